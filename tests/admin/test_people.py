"""What administrators and staff may do with people, and what it leaves behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest

from admin.errors import BadFields, LastAdministrator, NoSuchPerson, NotAllowed
from admin.people import PeopleDesk
from auth.accounts import NewPerson
from auth.services import AccountServices, account_services
from chat.allowances import Allowances
from storage import audit, conversations, files, users
from storage.allowances import PersonalLimits
from storage.audit import Actor, Filter, actor_of, shell
from storage.people import Belongings
from storage.users import User
from tests.conftest import settings_for
from tests.live_server import PASSWORD


class Office:
    """The desk, and one person of each role."""

    def __init__(self, services: AccountServices, desk: PeopleDesk, allowances: Allowances) -> None:
        self.services = services
        self.database = services.database
        self.desk = desk
        self.allowances = allowances

    async def hire(self) -> Office:
        self.boss, self.staff, self.user = [await self.person(role, role) for role in ("admin", "staff", "user")]
        return self

    async def person(self, username: str, role: str = "user", **names: str) -> User:
        new = NewPerson(username, f"{username}@example.com", PASSWORD, **names)
        return await self.desk.add(shell(), new, role=role)

    def now(self, user: User) -> User | None:
        return self.database.read_now(users.by_id, user.id)

    def acts(self, user: User) -> list[tuple[str, str, dict[str, object]]]:
        found = self.database.read_now(audit.entries, Filter(person=user.username))
        return [(entry.action, entry.actor, entry.details) for entry in found]


def as_actor(user: User) -> Actor:
    return actor_of(user, "10.0.0.1")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    services = account_services(settings_for(tmp_path))
    allowances = Allowances(services.database, default=PersonalLimits(0, 0))
    desk = PeopleDesk(
        services.database, store=services.store, accounts=services.accounts, passwords=services.passwords,
        links=services.links, allowances=allowances,
    )  # fmt: skip
    yield await Office(services, desk, allowances).hire()
    services.close()


async def test_suspending_ends_logins_and_tokens_and_keeps_all_data(office: Office) -> None:
    services = office.services
    token = await services.logins.start(office.user.id, address="::1")
    login = await services.logins.find(token)
    assert login is not None
    _, api_token = await services.own_account.make_api_token(login, "t", address="::1")
    made = office.database.write_now(conversations.add, user_id=office.user.id, agent_id="a", title="t")
    await office.desk.suspend(as_actor(office.boss), office.user.id)
    assert [await services.logins.find(item) for item in (token, api_token)] == [None, None]
    assert office.database.read_now(conversations.owned, made.id, office.user.id) is not None
    assert office.acts(office.user)[0] == ("person.suspended", "admin", {"ended": 2})
    await office.desk.unsuspend(as_actor(office.boss), office.user.id)
    assert (await services.accounts.sign_in(username="user", password=PASSWORD, address="::1")).user == office.user
    assert await services.logins.find(token) is None


async def test_a_new_role_ends_logins_and_is_in_the_log(office: Office) -> None:
    token = await office.services.logins.start(office.user.id, address="::1")
    await office.desk.set_role(as_actor(office.boss), office.user.id, "staff")
    assert (office.now(office.user) or office.boss).role == "staff"
    assert await office.services.logins.find(token) is None
    assert office.acts(office.user)[0] == ("person.role", "admin", {"before": "user", "after": "staff", "ended": 1})


async def test_the_role_that_somebody_has_already_changes_nothing(office: Office) -> None:
    token = await office.services.logins.start(office.user.id, address="::1")
    await office.desk.set_role(as_actor(office.boss), office.user.id, "user")
    assert await office.services.logins.find(token) is not None


async def test_an_unknown_role_is_a_fault(office: Office) -> None:
    with pytest.raises(ValueError, match="god"):
        await office.desk.set_role(as_actor(office.boss), office.user.id, "god")


LAST = {
    "suspended": lambda desk, actor, user: desk.suspend(actor, user.id),
    "demoted": lambda desk, actor, user: desk.set_role(actor, user.id, "staff"),
    "deleted": lambda desk, actor, user: desk.delete(actor, user.id),
}


@pytest.mark.parametrize("act", LAST.values(), ids=LAST)
async def test_the_last_administrator_stays(office: Office, act) -> None:
    for actor in (as_actor(office.boss), shell()):
        with pytest.raises(LastAdministrator):
            await act(office.desk, actor, office.boss)
    assert office.now(office.boss) == office.boss
    assert office.acts(office.boss)[0][0] == "refused"


@pytest.mark.parametrize("act", LAST.values(), ids=LAST)
async def test_a_suspended_administrator_does_not_count(office: Office, act) -> None:
    second = await office.person("second", "admin")
    await office.desk.suspend(as_actor(office.boss), second.id)
    with pytest.raises(LastAdministrator):
        await act(office.desk, shell(), office.boss)
    await office.desk.unsuspend(as_actor(office.boss), second.id)
    await act(office.desk, shell(), office.boss)


@pytest.mark.parametrize("act", LAST.values(), ids=LAST)
async def test_one_administrator_stays_when_all_go_at_once(office: Office, act) -> None:
    bosses = [office.boss, *[await office.person(f"boss{n}", "admin") for n in range(3)]]
    acts = [act(office.desk, shell(), boss) for boss in bosses]
    results = await asyncio.gather(*acts, return_exceptions=True)
    assert sum(isinstance(result, LastAdministrator) for result in results) == 1
    assert office.database.read_now(users.count_administrators) == 1


CHANGES = {
    "edit": lambda desk, actor, user: desk.edit(actor, user.id, email="n@example.com", first_name="a", last_name="b"),
    "suspend": lambda desk, actor, user: desk.suspend(actor, user.id),
    "unsuspend": lambda desk, actor, user: desk.unsuspend(actor, user.id),
    "logins": lambda desk, actor, user: desk.end_logins(actor, user.id),
    "link": lambda desk, actor, user: desk.reset_link(actor, user.id),
    "password": lambda desk, actor, user: desk.set_password(actor, user.id, "another long password"),
    "limits": lambda desk, actor, user: desk.set_limits(actor, user.id, PersonalLimits(5, 500)),
    "delete": lambda desk, actor, user: desk.delete(actor, user.id),
}
ROLE_CHANGE = {"role": lambda desk, actor, user: desk.set_role(actor, user.id, "admin")}
LOOKS = {
    "list": lambda desk, actor, user: desk.listing(actor),
    "find": lambda desk, actor, user: desk.find(actor, user.username),
    "count": lambda desk, actor, user: desk.belongings(actor, user.id),
}


@pytest.mark.parametrize("act", (CHANGES | ROLE_CHANGE).values(), ids=CHANGES | ROLE_CHANGE)
async def test_staff_changes_nothing_about_administrators(office: Office, act) -> None:
    second = await office.person("second", "admin")
    with pytest.raises(NotAllowed):
        await act(office.desk, as_actor(office.staff), second)
    assert office.now(second) == second
    action, actor, _ = office.acts(second)[0]
    assert (action, actor) == ("refused", "staff")


@pytest.mark.parametrize("act", (CHANGES | LOOKS).values(), ids=CHANGES | LOOKS)
async def test_staff_does_the_rest(office: Office, act) -> None:
    await act(office.desk, as_actor(office.staff), office.user)


async def test_staff_makes_nobody_more_than_a_user(office: Office) -> None:
    with pytest.raises(NotAllowed):
        await office.desk.set_role(as_actor(office.staff), office.user.id, "staff")
    for role in ("staff", "admin"):
        with pytest.raises(NotAllowed):
            await office.desk.add(as_actor(office.staff), NewPerson("new", "n@example.com", PASSWORD), role=role)
    made = await office.desk.add(as_actor(office.staff), NewPerson("new", "n@example.com", PASSWORD))
    assert made.role == "user"


@pytest.mark.parametrize("act", (CHANGES | ROLE_CHANGE | LOOKS).values(), ids=CHANGES | ROLE_CHANGE | LOOKS)
async def test_a_plain_user_does_nothing_here(office: Office, act) -> None:
    with pytest.raises(NotAllowed):
        await act(office.desk, as_actor(office.user), office.staff)
    assert office.now(office.staff) == office.staff


@pytest.mark.parametrize("act", (CHANGES | ROLE_CHANGE).values(), ids=CHANGES | ROLE_CHANGE)
async def test_an_administrator_who_was_one_until_just_now_does_nothing(office: Office, act) -> None:
    second = await office.person("second", "admin")
    await office.desk.set_role(as_actor(office.boss), second.id, "user")
    with pytest.raises(NotAllowed):
        await act(office.desk, as_actor(second), office.user)


@pytest.mark.parametrize("act", (CHANGES | ROLE_CHANGE).values(), ids=CHANGES | ROLE_CHANGE)
async def test_every_change_is_in_the_log(office: Office, act) -> None:
    await act(office.desk, as_actor(office.boss), office.user)
    newest = office.database.read_now(audit.entries, Filter(), limit=1)[0]
    assert (newest.actor, newest.subject, newest.address) == ("admin", "user", "10.0.0.1")


@pytest.mark.parametrize("act", (CHANGES | ROLE_CHANGE).values(), ids=CHANGES | ROLE_CHANGE)
async def test_who_is_gone_is_told(office: Office, act) -> None:
    await office.desk.delete(as_actor(office.boss), office.user.id)
    with pytest.raises(NoSuchPerson):
        await act(office.desk, as_actor(office.boss), office.user)


async def test_a_deletion_says_first_what_goes_with_it_and_takes_it_all(office: Office) -> None:
    store, database, user = office.services.store, office.database, office.user
    kept, _, _ = store.save(BytesIO(b"somebody else's"), limit=100)
    gone, size, sha256 = store.save(BytesIO(b"abc"), limit=100)
    made = database.write_now(conversations.add, user_id=user.id, agent_id="a", title="t")
    for role in ("user", "assistant"):
        database.write_now(conversations.add_message, conversation_id=made.id, parent_id=None, role=role, content="x")
    database.write_now(
        files.add, file_id=gone, user_id=user.id, name="a.csv", media_type="text/csv", size=size, sha256=sha256
    )
    told = await office.desk.belongings(as_actor(office.boss), user.id)
    assert told == Belongings(conversations=1, messages=2, files=1, size=3)
    assert await office.desk.delete(as_actor(office.boss), user.id) == told
    assert office.now(user) is None
    assert not store.path(gone).exists() and store.path(kept).exists()
    tables = ("conversations", "messages", "files")
    counts = [database.read_now(lambda c, t=t: c.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar()) for t in tables]
    assert counts == [0, 0, 0]
    assert office.acts(user)[0] == ("person.deleted", "admin", {"conversations": 1, "messages": 2, "files": 1})


async def test_limits_are_in_force_at_once(office: Office) -> None:
    await office.desk.set_limits(as_actor(office.boss), office.user.id, PersonalLimits(3, None))
    assert office.allowances.of(office.user.id).rpm == 3
    [row] = [item for item in (await office.desk.listing(shell()))[0] if item.user == office.user]
    assert (row.requests_per_minute, row.tokens_per_day) == (3, None)


async def test_bad_fields_are_named(office: Office) -> None:
    boss = as_actor(office.boss)
    with pytest.raises(BadFields) as caught:
        await office.desk.add(boss, NewPerson("보스", "nowhere", "short"))
    assert set(caught.value.errors) == {"username", "email", "password"}
    with pytest.raises(BadFields) as caught:
        await office.desk.add(boss, NewPerson("USER", "u@example.com", PASSWORD))
    assert set(caught.value.errors) == {"username"}
    with pytest.raises(BadFields):
        await office.desk.edit(boss, office.user.id, email="nowhere", first_name="", last_name="")
    with pytest.raises(BadFields):
        await office.desk.set_password(boss, office.user.id, "short")
    assert "email" in caught.value.sentence("en") or "username" in caught.value.sentence("en")


async def test_people_are_searched_sorted_and_paged(office: Office) -> None:
    await office.person("Kim.A", first_name="철수", last_name="김")
    await office.person("lee_b", first_name="Bo", last_name="Lee")

    async def names(**chosen: object) -> list[str]:
        return [row.user.username for row in (await office.desk.listing(shell(), **chosen))[0]]

    assert await names() == ["admin", "Kim.A", "lee_b", "staff", "user"]
    assert await names(sort="-username", size=2) == ["user", "staff"]
    assert await names(size=2, page=3) == ["user"]
    assert await names(sort="nonsense") == await names()
    assert await names(search="kim") == ["Kim.A"]
    assert await names(search="김철수") == ["Kim.A"]
    assert await names(search="bo lee") == ["lee_b"]
    assert await names(search="LEE_B@example") == ["lee_b"]
    assert await names(search="%") == [] and await names(search="e_b") == ["lee_b"]
    assert (await office.desk.listing(shell(), search="user", size=1))[1] == 1
    for sort in ("email", "name", "role", "active", "created_at", "-seen_at"):
        assert len(await names(sort=sort)) == 5


async def test_when_somebody_was_last_seen_is_listed(office: Office) -> None:
    await office.services.logins.start(office.user.id, address="::1")
    rows = {row.user.username: row for row in (await office.desk.listing(shell(), sort="-seen_at"))[0]}
    assert next(iter(rows)) == "user" and rows["user"].seen_at is not None and rows["staff"].seen_at is None


async def test_a_thousand_people_are_listed_within_a_blink(office: Office) -> None:
    def hire(connection) -> None:
        for number in range(1000):
            made = users.add_user(
                connection, username=f"p{number}", email=f"p{number}@example.com", password_hash=b"x", last_name="김"
            )
            for _ in range(5):
                conversations.add(connection, user_id=made.id, agent_id="a", title="t")

    office.database.write_now(hire)
    started = time.monotonic()
    for chosen in ({}, {"search": "김"}, {"sort": "-seen_at", "page": 20}, {"sort": "name", "search": "p99"}):
        await office.desk.listing(shell(), **chosen)
    assert time.monotonic() - started < 1.0
