"""The words of a question that say what is done with cells: the greatest, the next, more than, how many.

Their patterns are in the JSON file beside this one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chat.analyst.lookups.cells import fold, words
from chat.analyst.lookups.forms import Test
from chat.analyst.lookups.thesaurus import numbered
from chat.analyst.lookups.wording import Wording


@dataclass(frozen=True, slots=True)
class Hit:
    """An operator in the question: the words that say it, its direction, and the columns that it speaks of."""

    start: int
    end: int
    up: bool = True
    hints: tuple[str, ...] = ()
    text: str = ""

    def meets(self, start: int, end: int) -> bool:
        """Whether it shares a word with a run."""
        return start < self.end and self.start < end


@cache
def _patterns() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("operators.json").read_text(encoding="utf-8"))
    return loaded


def _hits(wording: Wording, pattern: str, *, up: bool = True, hints: tuple[str, ...] = ()) -> list[Hit]:
    found = []
    for match in wording.find(pattern):
        start, end = wording.run(match.start(), match.end())
        if end > start and match[0].strip():
            found.append(Hit(start, end, up, hints, match[0].strip()))
    return found


def _earliest(wording: Wording, name: str) -> list[Hit]:
    """Where the patterns of a list stand: the earlier of them wins where two meet."""
    found: list[Hit] = []
    for one in _patterns()[name]:
        for hit in _hits(wording, one["pattern"], up=one["up"], hints=tuple(one.get("hints", ()))):
            if not any(hit.meets(other.start, other.end) for other in found):
                found.append(hit)
    return found


def asks_how_many(question: str) -> bool:
    """Whether a question asks for a number of things."""
    return bool(re.search(_patterns()["said"]["counting"], fold(question)))


def superlatives(wording: Wording) -> list[Hit]:
    """ "the highest", "가장 많은"; not "best" where that is said of a column like "Best finish"."""
    return [hit for hit in _earliest(wording, "superlatives") if not _is_in_a_name(wording, hit)]


def _is_in_a_name(wording: Wording, hit: Hit) -> bool:
    """Whether an operator is part of a column's name, of which the words beside it say another part."""
    if hit.end - hit.start > 1:
        return False
    beside = {
        form for at in (hit.start - 1, hit.end) if 0 <= at < len(wording.words) for form in wording.words[at].forms
    }
    named = (words(name) for name in wording.grid.names)
    return any(hit.text in name and beside & {*name} - {"of", "the", "in"} for name in named)


def comparatives(wording: Wording) -> list[Hit]:
    """ "more", "faster", "더 적은", with the direction."""
    return _earliest(wording, "comparatives")


def ends(wording: Wording) -> list[Hit]:
    """ "the first", "the last": in time, or in the table."""
    return _earliest(wording, "ends")


def listed_ends(wording: Wording) -> list[Hit]:
    """ "listed first", "the last on the chart": in the table."""
    return _earliest(wording, "listed_ends") or (ends(wording) if said(wording, "listed") else [])


def marks_of_list(wording: Wording) -> frozenset[int]:
    """The words that only say that something is listed."""
    return frozenset(at for hit in said(wording, "listed") for at in range(hit.start, hit.end))


def neighbours(wording: Wording) -> list[tuple[Hit, int]]:
    """ "right after", "above", with how many rows on."""
    return [(hit, one["offset"]) for one in _patterns()["neighbours"] for hit in _hits(wording, one["pattern"])]


def said(wording: Wording, name: str) -> list[Hit]:
    """Where one of the plain operators is said."""
    return _hits(wording, _patterns()["said"][name])


def repetitions(wording: Wording) -> list[tuple[Hit, Test, float]]:
    """ "more than once", "at least 3 times", "only one": how often something stands in the table."""
    found: list[tuple[Hit, Test, float]] = []
    for one in _patterns()["repetitions"]:
        for match in wording.find(one["pattern"]):
            start, end = wording.run(match.start(), match.end())
            text = next((group for group in match.groups() if group), "")
            number = float(text) if text.isdigit() else float(numbered("numerals").get(text, one.get("number", 0)))
            if number and not any(hit.meets(start, end) for hit, _, _ in found):
                found.append((Hit(start, end, text=match[0]), one["test"], number))
    return found


def alternatives(wording: Wording) -> list[tuple[Hit, tuple[str, str]]]:
    """ "more or less", "above/below": with the word that holds where the first is greater, and the other."""
    found = []
    for one in _patterns()["alternatives"]:
        for match in wording.find(one["pattern"]):
            start, end = wording.run(match.start(), match.end())
            words = (match[1], match[2])
            told = (words[0], words[1]) if one["up"] else (words[1], words[0])
            found.append((Hit(start, end, True, (), match[0]), told))
    return found
