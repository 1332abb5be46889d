"""Splits a sentence about a table into the few words that say what a number is; any other word ends the reading.

A total in a sentence is a total of the whole table only when nothing restricts it. What restricts can't be listed, so
it is the other way round: words that restrict nothing are listed (told_words.json), and every other word might.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chat.analyst.checking.told_numbers import NUMBER, Told, told_number

_LETTERS = {
    "sum": "s",
    "total": "T",
    "mean": "m",
    "min": "n",
    "max": "x",
    "distinct": "d",
    "other": "o",
    "rows": "R",
    "columns": "K",
    "group": "G",
    "whole": "W",
    "file": "F",
    "approximate": "A",
    "unit": "u",
    "word": "w",
    "particle": "p",
    "ending": "e",
}
_LATIN = re.compile(r"[A-Za-z$€£₩¥][A-Za-z'’]*")
_HANGUL = re.compile("[가-힣]+")
_IGNORED = frozenset(" \t\r\n,:-–—=|()[]\"'“”‘’「」『』→⇒!?.。…*`#_")
_BREAKS = frozenset(";·•")
_NEARLY = frozenset("~≈∼～")
_UNITS_IN_NAMES = re.compile(r"\s*[(\[（].*?[)\]）]\s*$")


@dataclass(frozen=True, slots=True)
class Token:
    """`letter`: the kind of a word as in `_LETTERS`, "C" a column (by its name), "N" a number, "B" a break."""

    letter: str
    text: str = ""
    number: Told | None = None


class Lexicon:
    """The words that sentences about one table may be made of: the listed ones and its columns' names."""

    def __init__(self, columns: Sequence[str], units: Iterable[str] = (), files: Iterable[str] = ()) -> None:
        self._units = {unit.casefold() for unit in units if unit}
        self._files = sorted((name for name in files if name), key=len, reverse=True)
        listed = _listed()
        # A column called "total" or "count" makes these words mean two things.
        self.ambiguous = {name.strip().casefold() for name in columns} & set(listed)
        self._names: dict[str, str] = {}
        for column in columns:
            for name in (column, _UNITS_IN_NAMES.sub("", column)):
                key = _key(name)
                if len(key) > 1 and key not in listed and not key.isdigit():
                    self._names[key] = column if self._names.get(key, column) == column else ""
        keys = sorted(filter(self._names.get, self._names), key=len, reverse=True)
        self._columns = re.compile("|".join(map(_pattern, keys)) or "(?!)", re.IGNORECASE)

    def tokens(self, text: str, offset: int = 0) -> list[Token] | None:
        """The words of a sentence, or None when there is one that isn't listed."""
        found: list[Token] = []
        at, run = 0, ""  # run: the letter of what stands directly before, "" after anything else
        while at < len(text):
            if _is_ignored(text[at]) and not NUMBER.match(text, at):
                # "**12,345**입니다" is one word for its reader.
                at, run = at + 1, run if text[at] in "*`" else ""
                continue
            token, end = self._next(text, at, run, found, offset)
            if token is None:
                return None
            found.append(token)
            at, run = end, token.letter
        return found

    def _next(self, text: str, at: int, run: str, found: list[Token], offset: int) -> tuple[Token | None, int]:
        for name in self._files:
            if text.startswith(name, at):
                return Token("F", name), at + len(name)
        if text[at] in _NEARLY:
            return Token("A", text[at]), at + 1
        if text[at] in _BREAKS:
            return Token("B", text[at]), at + 1
        if run in ("", "T", "W", "A") and (match := self._columns.match(text, at)):
            return Token("C", self._column(match[0])), match.end()
        if run in ("", "T", "A", "W", "u", "e", "p") and (match := NUMBER.match(text, at)):
            return Token("N", match[0], told_number(match, offset)), match.end()
        if match := _LATIN.match(text, at):
            return self._word(match[0], run, found), match.end()
        if match := _HANGUL.match(text, at):
            return self._longest(text[at : match.end()], at, run, found)
        return None, at

    def _column(self, written: str) -> str:
        key = _key(written)
        return next(self._names[name] for name in (key, key[:-1], key[:-2]) if self._names.get(name))

    def _longest(self, rest: str, at: int, run: str, found: list[Token]) -> tuple[Token | None, int]:
        """The longest listed word at the beginning of a run of Hangul."""
        for end in range(len(rest), 0, -1):
            if token := self._word(rest[:end], run, found):
                return token, at + end
        return None, at

    def _word(self, text: str, run: str, found: list[Token]) -> Token | None:
        word = text.casefold().replace("’", "'")
        kinds = _listed().get(word, frozenset()) | (frozenset("u") if word in self._units else frozenset())
        for letter in "smnxdoTRKGWFAwupe":
            if letter in kinds and _may_follow(letter, run, found):
                return Token(letter, word)
        return None


def _may_follow(letter: str, run: str, found: list[Token]) -> bool:
    """Whether a word may stand where it does: in Korean, what follows a name decides what the name is."""
    before = found[-1].letter if found else ""
    if letter == "u":
        return before == "N" or not run
    if letter == "p":
        return run not in ("", "p")
    if letter == "e":
        return run not in ("", "e")
    if letter == "R":
        return run in ("", "N", "u", "W", "T")
    if letter == "G":
        return run in ("", "C")
    return run != "p" and not (run == "C" and letter in "wTAW")


@cache
def _listed() -> dict[str, frozenset[str]]:
    """The kinds of each listed word."""
    path = Path(__file__).with_name("told_words.json")
    lists: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for kind, words in lists.items():
        for word in words:
            found.setdefault(word, set()).add(_LETTERS[kind])
    return {word: frozenset(letters) for word, letters in found.items()}


def _key(name: str) -> str:
    """A name without what people leave out or change when they write it."""
    return re.sub(r"[\s_]+", "", name).casefold()


def _is_ignored(letter: str) -> bool:
    """Punctuation and pictures."""
    return letter in _IGNORED or unicodedata.category(letter) in ("So", "Cf", "Mn")


def _pattern(key: str) -> str:
    """A column's name as people write it: with blanks between its words, an English plural, and standing alone."""
    body = r"[\s_]*".join(map(re.escape, key))
    start = r"(?<![A-Za-z0-9_가-힣])" if not re.match("[가-힣]", key) else "(?<![A-Za-z0-9_])"
    return rf"{start}{body}" + (r"(?:e?s)?(?![A-Za-z0-9_])" if re.search("[a-z0-9_]$", key) else "")
