"""Slows the guessing of passwords and of the sign-up key, without letting anyone lock somebody else out."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from auth.errors import TooManyAttempts

REFUSALS_TOLD_EVERY = 15 * 60  # seconds
REMEMBERED = 10_000  # keys; the ones unused for longest are forgotten first


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `attempts` failures in any `seconds`."""

    attempts: int
    seconds: float


# One person who mistypes meets the first rule; an office behind one address hardly ever the second; a guesser with
# many addresses the third, which the owner of the account doesn't meet at an address that has signed in before.
ACCOUNT_AT_ADDRESS = Rule(5, 15 * 60)
ADDRESS = Rule(100, 15 * 60)
ACCOUNT = Rule(30, 15 * 60)
KEY_AT_ADDRESS = Rule(5, 15 * 60)
KEY = Rule(100, 60 * 60)
LINK_AT_ADDRESS = Rule(20, 15 * 60)
KEY_OF_ALL = "key"


class Throttle:
    """Counts failures in sliding windows, in memory. An attempt counts as failed until it has succeeded."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[Hashable, deque[float]] = OrderedDict()
        self._key_tries: deque[float] = deque()  # of everybody together; never forgotten for lack of room
        self._trusted: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._refused: OrderedDict[Hashable, float] = OrderedDict()

    def attempt_sign_in(self, account: str, address: str) -> Callable[[], None]:
        """Take place for one attempt; call what comes back when it has succeeded.

        Raises:
            TooManyAttempts: with the seconds until the next is allowed.
        """
        rules: list[tuple[Hashable, Rule]] = [
            (("pair", account, address), ACCOUNT_AT_ADDRESS),
            (("address", address), ADDRESS),
        ]
        if (account, address) not in self._trusted:
            rules.append((("account", account), ACCOUNT))
        undo = self._attempt(rules)

        def succeeded() -> None:
            undo()
            self._failures.pop(("pair", account, address), None)
            self._trusted[(account, address)] = None
            _shorten(self._trusted)

        return succeeded

    def attempt_key(self, address: str) -> Callable[[], None]:
        """The same for a try of the sign-up key."""
        return self._attempt([(("key", address), KEY_AT_ADDRESS), (KEY_OF_ALL, KEY)])

    def attempt_link(self, address: str) -> Callable[[], None]:
        """The same for a one-time link: not that one could be guessed, but each try costs an entry in a log."""
        return self._attempt([(("link", address), LINK_AT_ADDRESS)])

    def _attempt(self, rules: Sequence[tuple[Hashable, Rule]]) -> Callable[[], None]:
        moment = self._clock()
        full = {
            key: times[0] + rule.seconds - moment
            for key, rule in rules
            if len(times := self._recent(key, rule, moment)) >= rule.attempts
        }
        if full:
            is_first = self._is_first_refusal(next(iter(full)), moment)
            raise TooManyAttempts(
                max(full.values()), "Too many attempts. Please wait and try again.", is_first=is_first
            )
        # Only what is let through is remembered: refused attempts must not push others' failures out.
        windows = [self._window(key) for key, _ in rules]
        for times in windows:
            times.append(moment)

        def undo() -> None:
            for times in windows:
                if moment in times:
                    times.remove(moment)

        return undo

    def _is_first_refusal(self, key: Hashable, moment: float) -> bool:
        """Whether this key has not been refused for a while: whoever goes on trying must not fill a log."""
        last = self._refused.get(key, float("-inf"))
        if moment - last < REFUSALS_TOLD_EVERY:
            return False
        self._refused[key] = moment
        self._refused.move_to_end(key)
        _shorten(self._refused)
        return True

    def _recent(self, key: Hashable, rule: Rule, moment: float) -> deque[float]:
        times = self._key_tries if key == KEY_OF_ALL else self._failures.get(key, deque())
        while times and times[0] <= moment - rule.seconds:
            times.popleft()
        return times

    def _window(self, key: Hashable) -> deque[float]:
        if key == KEY_OF_ALL:
            return self._key_tries
        times = self._failures.setdefault(key, deque())
        self._failures.move_to_end(key)
        _shorten(self._failures)
        return times


def _shorten(table: OrderedDict) -> None:  # type: ignore[type-arg]
    while len(table) > REMEMBERED:
        table.popitem(last=False)
