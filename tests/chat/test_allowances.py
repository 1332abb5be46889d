from __future__ import annotations

import math

from chat.allowances import Allowances
from chat.people import Allowance
from storage import users
from storage.allowances import PersonalLimits, all_of_them
from storage.database import Database

DEFAULT = PersonalLimits(requests_per_minute=10, tokens_per_day=0)


async def kim(database: Database) -> int:
    user = await database.write(users.add_user, username="kim", email="k@example.com", password_hash=b"x")
    return user.id


async def test_the_default_holds_for_who_has_no_limits_of_their_own(database: Database) -> None:
    allowances = Allowances(database, default=DEFAULT)
    await allowances.open()
    assert allowances.of(1) == Allowance(rpm=10, tokens_per_day=math.inf)


async def test_a_persons_own_limits_are_in_force_at_once_and_after_a_restart(database: Database) -> None:
    user_id = await kim(database)
    allowances = Allowances(database, default=DEFAULT)
    await allowances.set(user_id, PersonalLimits(tokens_per_day=5000))
    again = Allowances(database, default=DEFAULT)
    await again.open()
    assert allowances.of(user_id) == again.of(user_id) == Allowance(rpm=10, tokens_per_day=5000)
    assert again.personal(user_id) == PersonalLimits(None, 5000)


async def test_zero_frees_a_person_from_the_default(database: Database) -> None:
    user_id = await kim(database)
    allowances = Allowances(database, default=DEFAULT)
    await allowances.set(user_id, PersonalLimits(requests_per_minute=0))
    assert allowances.of(user_id).rpm == math.inf


async def test_none_goes_back_to_the_default_and_leaves_no_row(database: Database) -> None:
    user_id = await kim(database)
    allowances = Allowances(database, default=DEFAULT)
    await allowances.set(user_id, PersonalLimits(1, 1))
    await allowances.set(user_id, PersonalLimits())
    assert allowances.of(user_id).rpm == 10 and await database.read(all_of_them) == {}


async def test_another_default_is_in_force_at_once_where_nothing_else_was_set(database: Database) -> None:
    user_id = await kim(database)
    allowances = Allowances(database, default=DEFAULT)
    await allowances.set(user_id, PersonalLimits(tokens_per_day=5000))
    allowances.change_default(PersonalLimits(requests_per_minute=3, tokens_per_day=100))
    assert allowances.of(user_id) == Allowance(rpm=3, tokens_per_day=5000)
    assert allowances.of(user_id + 1) == Allowance(rpm=3, tokens_per_day=100)
