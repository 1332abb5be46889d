"""Which request, person and turn the running code works for, so that every line of the log can say so."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass, replace

# What a proxy in front may hand on; anything else could forge a line, or fill the log.
GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Work:
    """ "" and None = not known, or none. `turn_id` is a turn's or a direct call's."""

    request_id: str = ""
    user_id: int | None = None
    turn_id: str = ""


NOTHING = Work()
_work: ContextVar[Work] = ContextVar("work", default=NOTHING)


def current() -> Work:
    """What is being worked on. Tasks and database threads know it from whoever started them."""
    return _work.get()


def begin_request(given: str) -> str:
    """A request begins; its id, which is the given one if that is fit to be written down."""
    request_id = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
    _work.set(Work(request_id))
    return request_id


def note_user(user_id: int) -> None:
    """From here on it is known who asks."""
    work = _work.get()
    if work.user_id != user_id:
        _work.set(replace(work, user_id=user_id))


def note_turn(turn_id: str) -> None:
    """From here on, in this task, all is done for this turn."""
    _work.set(replace(_work.get(), turn_id=turn_id))
