"""One-time links: for a forgotten password, and for the first administrator."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from auth.accounts import NewPerson, SignedIn
from auth.errors import BadLink, FieldErrors, TooManyAttempts, UsernameExists
from auth.services import AccountServices, account_services
from storage import audit, users
from storage.audit import Filter, shell
from storage.models import now, one_time_links
from storage.users import User
from tests.conftest import settings_for
from tests.live_server import PASSWORD, LiveServer, Person

NEW = "another long password"
BOSS = NewPerson("boss", "boss@example.com", PASSWORD)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[AccountServices]:
    made = account_services(settings_for(tmp_path))
    yield made
    made.close()


@pytest.fixture
async def kim(services: AccountServices) -> User:
    return await services.accounts.add(NewPerson("kim", "k@example.com", PASSWORD), role="user", actor=shell())


def link(services: AccountServices, user: User) -> str:
    path = services.database.write_now(services.links.make, user, shell())
    assert path.startswith("/login/#reset=")
    return path.partition("=")[2]


def first_link(services: AccountServices) -> str:
    path = services.database.write_now(services.links.make_for_first_admin)
    assert path is not None and path.startswith("/login/#first=")
    return path.partition("=")[2]


async def signs_in(services: AccountServices, username: str, password: str) -> bool:
    try:
        await services.accounts.sign_in(username=username, password=password, address="::1")
    except Exception:
        return False
    return True


async def test_a_link_sets_a_new_password(services: AccountServices, kim: User) -> None:
    token = link(services, kim)
    assert await services.links.username(token, address="::1") == "kim"
    assert await services.links.redeem(token, password=NEW, address="::1") == "kim"
    assert await signs_in(services, "kim", NEW) and not await signs_in(services, "kim", PASSWORD)
    actions = [entry.action for entry in services.database.read_now(audit.entries, Filter(person="kim"))]
    assert actions[-3:] == ["password.reset", "link.made", "person.added"]


async def test_a_link_is_good_once(services: AccountServices, kim: User) -> None:
    token = link(services, kim)
    await services.links.redeem(token, password=NEW, address="::1")
    with pytest.raises(BadLink):
        await services.links.redeem(token, password=PASSWORD, address="::1")
    assert services.database.read_now(audit.entries, Filter(action="link.failed"))


async def test_two_at_once_can_not_both_use_a_link(services: AccountServices, kim: User) -> None:
    token = link(services, kim)
    tries = [services.links.redeem(token, password=f"{NEW} {n}", address="::1") for n in range(4)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["BadLink"] * 3 + ["str"]


async def test_a_link_is_good_for_an_hour(services: AccountServices, kim: User) -> None:
    token = link(services, kim)
    [expires] = services.database.read_now(lambda c: c.execute(select(one_time_links.c.expires_at)).scalars().all())
    assert timedelta(minutes=59) < expires - now() <= timedelta(hours=1)
    late = update(one_time_links).values(expires_at=now() - timedelta(seconds=1))
    services.database.write_now(lambda c: c.execute(late) and None)
    with pytest.raises(BadLink):
        await services.links.redeem(token, password=NEW, address="::1")


async def test_a_link_is_hashed_at_rest(services: AccountServices, kim: User) -> None:
    token = link(services, kim)
    [stored] = services.database.read_now(lambda c: c.execute(select(one_time_links.c.token_hash)).scalars().all())
    assert token.encode() not in stored and bytes.fromhex(token) not in stored


async def test_a_newer_link_takes_the_older_ones_place(services: AccountServices, kim: User) -> None:
    older, newer = link(services, kim), link(services, kim)
    with pytest.raises(BadLink):
        await services.links.redeem(older, password=NEW, address="::1")
    assert await services.links.redeem(newer, password=NEW, address="::1") == "kim"


async def test_a_link_ends_all_logins_and_tokens(services: AccountServices, kim: User) -> None:
    token = await services.logins.start(kim.id, address="::1")
    login = await services.logins.find(token)
    assert login is not None
    _, api_token = await services.own_account.make_api_token(login, "t", address="::1")
    await services.links.redeem(link(services, kim), password=NEW, address="::1")
    assert [await services.logins.find(item) for item in (token, api_token)] == [None, None]


async def test_a_bad_password_leaves_the_link_good(services: AccountServices, kim: User) -> None:
    token = link(services, kim)
    for password in ("", "short", "kim", "password1"):
        with pytest.raises(FieldErrors):
            await services.links.redeem(token, password=password, address="::1")
    assert await services.links.redeem(token, password=NEW, address="::1") == "kim"


async def test_a_suspended_person_has_no_use_of_a_link(services: AccountServices, kim: User) -> None:
    token = link(services, kim)
    services.database.write_now(users.set_active, kim.id, active=False)
    with pytest.raises(BadLink):
        await services.links.redeem(token, password=NEW, address="::1")


async def test_guessing_links_is_throttled(services: AccountServices) -> None:
    for _ in range(20):
        with pytest.raises(BadLink):
            await services.links.username("0" * 40, address="::1")
    for _ in range(3):
        with pytest.raises(TooManyAttempts):
            await services.links.username("0" * 40, address="::1")
    assert len(services.database.read_now(audit.entries, Filter(action="link.throttled"))) == 1


async def test_the_first_administrator_comes_from_a_link(services: AccountServices) -> None:
    made = await services.links.redeem_first_admin(first_link(services), BOSS, address="::1")
    assert isinstance(made, SignedIn) and made.user.role == "admin"
    assert await services.logins.find(made.token) is not None
    [entry] = services.database.read_now(audit.entries, Filter(action="person.added"))
    assert entry.subject == "boss" and entry.details == {"role": "admin", "first": True}


async def test_there_is_no_such_link_as_soon_as_there_is_an_administrator(services: AccountServices) -> None:
    token = first_link(services)
    await services.accounts.add(BOSS, role="admin", actor=shell())
    assert services.database.write_now(services.links.make_for_first_admin) is None
    with pytest.raises(BadLink):
        await services.links.redeem_first_admin(token, NewPerson("b2", "b@example.com", PASSWORD), address="::1")


async def test_two_at_once_can_not_both_become_the_first(services: AccountServices) -> None:
    token = first_link(services)
    people = [NewPerson(f"boss{n}", "b@example.com", PASSWORD) for n in range(4)]
    tries = [services.links.redeem_first_admin(token, new, address="::1") for new in people]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["BadLink"] * 3 + ["SignedIn"]
    assert services.database.read_now(users.count_administrators) == 1


async def test_a_bad_first_administrator_leaves_the_link_good(services: AccountServices, kim: User) -> None:
    token = first_link(services)
    with pytest.raises(FieldErrors):
        await services.links.redeem_first_admin(token, NewPerson("보스", "nowhere", "short"), address="::1")
    with pytest.raises(UsernameExists):
        await services.links.redeem_first_admin(token, NewPerson("KIM", "k@example.com", PASSWORD), address="::1")
    assert await services.links.redeem_first_admin(token, BOSS, address="::1")


async def test_the_two_kinds_of_links_do_not_stand_for_each_other(services: AccountServices, kim: User) -> None:
    reset, first = link(services, kim), first_link(services)
    with pytest.raises(BadLink):
        await services.links.redeem(first, password=NEW, address="::1")
    with pytest.raises(BadLink):
        await services.links.redeem_first_admin(reset, BOSS, address="::1")


def test_a_link_is_redeemed_over_http(server: LiveServer, person: Person, server_data: Path) -> None:
    services = account_services(settings_for(server_data))
    user = services.database.read_now(users.by_name, person.username)
    assert user is not None
    token = link(services, user)
    services.close()
    with httpx.Client(base_url=server.url) as http:
        assert http.post("/api/auth/link/", json={"token": token}).json() == {"username": person.username}
        answer = http.post("/api/auth/reset/", json={"token": token, "password": NEW})
        assert answer.status_code == 200 and answer.json()["username"] == person.username
        again = http.post("/api/auth/reset/", json={"token": token, "password": NEW})
        assert (again.status_code, again.json()["error"]) == (400, "bad_link")
        body = {"token": "f" * 40, "username": "x", "email": "x@example.com", "password": NEW}
        assert http.post("/api/auth/first-admin/", json=body).json()["error"] == "bad_link"
    assert person.http.get("/api/me").status_code == 401
