"""A conversation as FabriX wants to be sent it, no longer than what may be sent at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from chat import tokens


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a conversation goes along with a question.

    `turns`: earlier questions with their answers, at most. `tokens`: of all that is sent, the question included;
    a question that is larger by itself goes alone and whole.
    """

    turns: int
    tokens: int


# What a program sends along is its own business.
ALL_THERE_IS = Room(turns=sys.maxsize, tokens=sys.maxsize)


@dataclass(frozen=True, slots=True)
class Context:
    """What of a conversation the next question will take along.

    `left_out` is the index of the newest message that doesn't go along, None where all do; `tokens` counts the others.
    """

    left_out: int | None
    tokens: int


def contents_of(history: Sequence[tuple[str, str]], question: str, room: Room) -> tuple[str, ...]:
    """FabriX's `contents`: user, answer, …, the new question, the oldest turns left out for which there is no room.

    The position gives the role. So a question without answer text is left out with its empty answer, neighbours of
    one role are joined, and an answer can't come first.
    """
    line = _line((*history, ("user", question)))
    asked = line.pop().text
    kept, _ = _newest(line, room, tokens.weight(asked))
    return (*(item.text for item in line[kept:]), asked)


def context_of(history: Sequence[tuple[str, str]], room: Room) -> Context:
    """What will go along with a question that is still unknown."""
    line = _line(history)
    unanswered = tokens.weight(line.pop().text) if len(line) % 2 else 0.0
    kept, taken = _newest(line, room, unanswered)
    return Context(line[kept - 1].last if kept else None, round(taken))


@dataclass(slots=True)
class _Item:
    role: str
    text: str
    last: int  # the index of its last message in the history


def _line(history: Sequence[tuple[str, str]]) -> list[_Item]:
    """Question and answer in turn, from a question on."""
    line: list[_Item] = []
    for index, (role, content) in enumerate(history):
        if role not in ("user", "assistant"):
            continue
        if not content.strip():
            if role == "assistant" and line and line[-1].role == "user":
                line.pop()
        elif line and line[-1].role == role:
            line[-1] = _Item(role, f"{line[-1].text}\n\n{content}", index)
        elif line or role == "user":
            line.append(_Item(role, content, index))
    return line


def _newest(line: Sequence[_Item], room: Room, taken: float) -> tuple[int, float]:
    """Where the newest turns begin that there is room for beside `taken` tokens, and the tokens of it all."""
    kept = len(line)
    while kept and len(line) - kept < 2 * room.turns:
        turn = tokens.weight(line[kept - 2].text) + tokens.weight(line[kept - 1].text)
        if taken + turn > room.tokens:
            break
        taken += turn
        kept -= 2
    return kept, taken


def system_as_user(history: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same, with what the system says put before the question that follows: FabriX has no place for it."""
    return [("user" if role == "system" else role, content) for role, content in history]
