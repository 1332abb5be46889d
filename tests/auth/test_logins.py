from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from auth.logins import Logins
from auth.tokens import Tokens
from storage import users
from storage.database import Database
from storage.models import logins as logins_table
from storage.models import now
from storage.secret import Secret
from storage.users import User


@pytest.fixture
async def logins(database: Database) -> AsyncIterator[Logins]:
    made = Logins(database, tokens=Tokens(Secret("k" * 40)), idle=timedelta(minutes=30), longest=timedelta(hours=12))
    yield made
    await made.close()


@pytest.fixture
async def user(database: Database) -> User:
    return await database.write(users.add_user, username="kim", email="k@example.com", password_hash=b"x")


async def set_columns(database: Database, **values: object) -> None:
    await database.write(lambda c: c.execute(update(logins_table).values(**values)) and None)


async def test_a_token_finds_its_login(logins: Logins, user: User) -> None:
    login = await logins.find(await logins.start(user.id, address="::1"))
    assert login is not None and login.user == user


async def test_a_token_is_forty_hex_digits_and_new_each_time(logins: Logins, user: User) -> None:
    first, second = await logins.start(user.id, address=""), await logins.start(user.id, address="")
    assert len(first) == 40 and int(first, 16) >= 0
    assert first != second


async def test_the_token_is_not_stored(logins: Logins, user: User, database: Database) -> None:
    token = await logins.start(user.id, address="")
    row = await database.read(lambda c: c.execute(select(logins_table)).one())
    assert token.encode() not in row.token_hash and bytes.fromhex(token) not in row.token_hash


async def test_another_secret_key_signs_everybody_out(logins: Logins, user: User, database: Database) -> None:
    token = await logins.start(user.id, address="")
    other = Logins(database, tokens=Tokens(Secret("z" * 40)), idle=timedelta(minutes=30), longest=timedelta(hours=1))
    assert await other.find(token) is None


async def test_thirty_idle_minutes_end_a_login(logins: Logins, user: User, database: Database) -> None:
    token = await logins.start(user.id, address="")
    await set_columns(database, used_at=now() - timedelta(minutes=29))
    assert await logins.find(token) is not None
    await set_columns(database, used_at=now() - timedelta(minutes=31))
    assert await logins.find(token) is None


async def test_use_keeps_a_login_alive(logins: Logins, user: User, database: Database) -> None:
    token = await logins.start(user.id, address="")
    await set_columns(database, used_at=now() - timedelta(minutes=20))
    await logins.find(token)
    used = await database.read(lambda c: c.execute(select(logins_table.c.used_at)).scalar_one())
    assert now() - used < timedelta(minutes=1)


async def test_twelve_hours_end_a_login_in_any_case(logins: Logins, user: User, database: Database) -> None:
    token = await logins.start(user.id, address="")
    await set_columns(database, expires_at=now() - timedelta(seconds=1))
    assert await logins.find(token) is None


async def test_a_suspended_person_is_signed_out(logins: Logins, user: User, database: Database) -> None:
    token = await logins.start(user.id, address="")
    await database.write(users.set_active, user.id, active=False)
    assert await logins.find(token) is None


async def test_whoever_watches_hears_of_the_end_at_once(logins: Logins, user: User) -> None:
    login = await logins.find(await logins.start(user.id, address=""))
    assert login is not None
    ended = asyncio.Event()
    with logins.watch(login, ended.set):
        await logins.end(login)
        assert ended.is_set()


async def test_whoever_watches_hears_of_an_end_made_by_another_process(
    logins: Logins, user: User, database: Database
) -> None:
    login = await logins.find(await logins.start(user.id, address=""))
    assert login is not None
    ended = asyncio.Event()
    with logins.watch(login, ended.set):
        await database.write(users.set_active, user.id, active=False)
        async with asyncio.timeout(5):
            await ended.wait()


async def test_whoever_begins_to_watch_during_a_check_is_not_taken_for_ended(
    logins: Logins, user: User, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = [await logins.find(await logins.start(user.id, address="")) for _ in range(2)]
    assert first is not None and second is not None
    checking, go_on, told = asyncio.Event(), asyncio.Event(), asyncio.Event()
    read = database.read

    async def read_and_pause(*args: Any, **kwargs: Any) -> Any:
        found = await read(*args, **kwargs)
        checking.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(database, "read", read_and_pause)
    with logins.watch(first, told.set):
        await checking.wait()
        with logins.watch(second, told.set):
            go_on.set()
            await asyncio.sleep(0.01)
            assert not told.is_set()
