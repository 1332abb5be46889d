"""What the short codes of tables stand for: countries, states, positions of players, years of students."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from chat.analyst.lookups.cells import stem, words

_MOSTLY = 0.8


@cache
def _loaded() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("codes.json").read_text(encoding="utf-8"))
    return loaded


@cache
def _codes() -> dict[tuple[str, ...], list[tuple[str, frozenset[str]]]]:
    """By the words of a name: its codes, folded, with the words of the columns that may hold them (none: any)."""
    found: dict[tuple[str, ...], list[tuple[str, frozenset[str]]]] = defaultdict(list)
    anywhere = [{"columns": [], "codes": _loaded()[name]} for name in ("countries", "states")]
    for kind in (*anywhere, *_loaded()["kinds"]):
        for code, name in kind["codes"].items():
            for one in name.split("|"):
                found[tuple(words(one))].append((code.casefold(), frozenset(kind["columns"])))
    return dict(found)


def codes_of(name: Sequence[str], columns: Sequence[str]) -> Iterator[tuple[str, frozenset[int]]]:
    """The codes that stand for a name, given as words, each with the columns, by number, that may hold it."""
    for code, hints in _codes().get(tuple(name), ()):
        fitting = (at for at, column in enumerate(columns) if not hints or hints & {stem(w) for w in words(column)})
        yield code, frozenset(fitting)


@cache
def countries() -> dict[str, str]:
    """The names of countries by their codes in capitals."""
    return dict(_loaded()["countries"])


def country_of(text: str) -> str | None:
    """The country whose code ends a cell in brackets: "Ada Holm (NOR)"; None without one."""
    code = re.search(r"\(([A-Z]{3})\)\s*$", text)
    return countries().get(code[1]) if code else None


def names_countries(texts: Sequence[str]) -> bool:
    """Whether most cells of a column end with the code of a country."""
    filled = [text for text in texts if text.strip()]
    return sum(country_of(text) is not None for text in filled) >= _MOSTLY * max(len(filled), 1)
