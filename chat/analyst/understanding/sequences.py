"""Finds sequences of pieces in a question, described as patterns of their meanings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from chat.analyst.queries import STATISTICS
from chat.analyst.understanding.words import Piece

_ATOM = re.compile(r"(?:(\w+)=)?([\w|]+?)(?:\.([ke]))?([?*+]?)")
_CLASSES = {
    "STATISTIC": "|".join([*sorted(STATISTICS), r"p[\d.]+"]),
    "SIGN": "ge|gt|le|lt|eq|ne",
    "PERIOD": "day|week|month|quarter|year|weekday|hour",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Where a pattern fits: from piece `start` to before `end`, and the pieces that fit its named parts."""

    start: int
    end: int
    parts: dict[str, list[Piece]]

    def piece(self, name: str) -> Piece | None:
        """The first piece of a part."""
        return next(iter(self.parts.get(name, [])), None)


def found_all(pieces: Sequence[Piece], pattern: str) -> Iterator[Found]:
    """Each place where `pattern` fits, from the left.

    A pattern is a row of parts such as "what=column|value mean.k number? SIGN": a part is a meaning (the key of a
    word, else the kind of a piece) or several, only Korean (.k) or only English (.e) where it says so, how often
    (? * +), and its name. Pieces without meaning are passed over.
    """
    places = [number for number, piece in enumerate(pieces) if piece.kind != "filler"]
    tags = [f"{_tag(pieces[number])} " for number in places]
    starts = [0]
    for tag in tags:
        starts.append(starts[-1] + len(tag))
    where = {start: number for number, start in enumerate(starts)}
    for match in _compiled(pattern).finditer("".join(tags)):
        if match.end() == match.start():
            continue
        spans = {name: match.span(name) for name in match.re.groupindex}
        parts = {
            name: [pieces[place] for place in places[where[a] : where[b]]] for name, (a, b) in spans.items() if a >= 0
        }
        first, last = places[where[match.start()]], places[where[match.end()] - 1]
        yield Found(first, last + 1, parts)


def found(pieces: Sequence[Piece], *patterns: str) -> Found | None:
    """The first place where one of `patterns` fits, tried in their order."""
    return next((match for pattern in patterns for match in found_all(pieces, pattern)), None)


def is_korean(piece: Piece) -> bool:
    """Whether a piece is written in Hangul."""
    return any("가" <= character <= "힣" for character in piece.text)


def _tag(piece: Piece) -> str:
    return f"{piece.key if piece.kind == 'word' else piece.kind}.{'k' if is_korean(piece) else 'e'}"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(r"(?:(?<= )|^)" + "".join(_part(atom) for atom in pattern.split()))


def _part(atom: str) -> str:
    match = _ATOM.fullmatch(atom)
    if match is None:
        raise ValueError(atom)
    name, meanings, language, repeat = match.groups()
    alternatives = "|".join(_CLASSES.get(meaning, meaning) for meaning in meanings.split("|"))
    one = rf"(?:(?:{alternatives})\.{language or '[ke]'} ){repeat}"
    return f"(?P<{name}>{one})" if name else one
