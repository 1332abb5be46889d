"""What each user may beside the team's limits: the default, or what an administrator has set for one person."""

from __future__ import annotations

import math

from chat.people import Allowance
from storage import allowances as stored
from storage.allowances import PersonalLimits
from storage.database import Database


class Allowances:
    """Kept in memory, because each decision asks; so a change is in force at once."""

    def __init__(self, database: Database, *, default: PersonalLimits) -> None:
        self._database = database
        self._default = default
        self._personal: dict[int, PersonalLimits] = {}
        self._ready: dict[int, Allowance] = {}
        self._usual = _allowance(PersonalLimits(), default)

    async def open(self) -> None:
        self._personal = await self._database.read(stored.all_of_them)
        self._ready = {user_id: _allowance(own, self._default) for user_id, own in self._personal.items()}

    def change_default(self, default: PersonalLimits) -> None:
        """What everybody may from now on who has no limits of their own."""
        self._default = default
        self._usual = _allowance(PersonalLimits(), default)
        self._ready = {user_id: _allowance(own, default) for user_id, own in self._personal.items()}

    def of(self, user_id: int) -> Allowance:
        return self._ready.get(user_id, self._usual)

    def personal(self, user_id: int) -> PersonalLimits:
        """What has been set for this user, for those who edit it."""
        return self._personal.get(user_id, PersonalLimits())

    async def set(self, user_id: int, limits: PersonalLimits) -> None:
        """Give a user limits of their own (None = the default, 0 = no limit)."""
        await self._database.write(stored.put, user_id, limits)
        self.remember(user_id, limits)

    def remember(self, user_id: int, limits: PersonalLimits) -> None:
        """Let limits that have just been stored be in force."""
        self._personal[user_id] = limits
        self._ready[user_id] = _allowance(limits, self._default)


def _allowance(own: PersonalLimits, default: PersonalLimits) -> Allowance:
    rpm = default.requests_per_minute if own.requests_per_minute is None else own.requests_per_minute
    tokens = default.tokens_per_day if own.tokens_per_day is None else own.tokens_per_day
    return Allowance(rpm=rpm or math.inf, tokens_per_day=tokens or math.inf)
