"""The words of looking up, by what they are good for, from the JSON file beside this one."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from chat.analyst.lookups.cells import stem


@cache
def _loaded() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("thesaurus.json").read_text(encoding="utf-8"))
    return loaded


@cache
def listed(name: str) -> frozenset[str]:
    """A list of words: "idle" (say nothing), "vague" (may be said of any row), "who", "where", "when", "rank",
    "particles"; in their stems too."""
    return frozenset({*_loaded()[name], *(stem(word) for word in _loaded()[name])})


@cache
def order(name: str) -> dict[str, int]:
    """The words of a list with their places in it."""
    return {stem(word): place for place, word in reversed(list(enumerate(_loaded()[name])))}


@cache
def numbered(name: str) -> dict[str, int]:
    """The words of "numerals" or "ordinals" with their numbers."""
    return dict(_loaded()[name])


@cache
def demonyms() -> dict[str, str]:
    """Names of peoples with those of their countries."""
    return dict(_loaded()["demonyms"])


@cache
def measures() -> tuple[frozenset[str], ...]:
    """Units, each with all ways to say it."""
    return tuple(frozenset(words) for words in _loaded()["measures"])


@cache
def synonyms() -> dict[str, frozenset[str]]:
    """The words that may stand for a word as the name of a column, by stem."""
    found: dict[str, set[str]] = defaultdict(set)
    for group in _loaded()["same"]:
        stems = {stem(word) for word in group}
        for word in stems:
            found[word] |= stems - {word}
    return {word: frozenset(others) for word, others in found.items()}
