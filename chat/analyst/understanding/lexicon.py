"""The words that a question about one file may use: the analyst's own, the file's columns and its text values."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from chat.analyst.understanding.scopes import Scope

LONGEST_VALUE = 60
_MOST_VALUES = 20_000
_MOST_PLURALS = 200
_DATE_WORDS = ("날짜", "일자", "date", "dates")
_LOOSE_ENDS = ("금액", "액", "수량", "수", "량", "명", "일자", "일", "코드", "값", "율", "률", "번호", "여부", "유무")
_FUNCTION_WORD = re.compile(
    r"an?|and|are|as|at|be|by|did|do|for|from|ha[ds]|have|in|is|it|no|not|of|on|or|per|than|that|the|to|was|were|with"
)
_OF_PEOPLE = re.compile(r"[가-힣]{2,4}")  # whose status is 퇴사 are 퇴사자
_TIME_UNIT = re.compile(r"m?sec|ms|(?:milli)?s(?:ec(?:ond)?)?s|second|millis|min(?:ute)?s?|hours?")


@cache
def _words() -> dict[str, list[str]]:
    path = Path(__file__).with_name("vocabulary.json")
    loaded: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@cache
def vocabulary() -> dict[str, str]:
    """The analyst's own words, each with its meaning."""
    return {word: meaning for meaning, words in _words().items() if meaning != "particles" for word in words}


@cache
def particles() -> tuple[str, ...]:
    """What Korean may attach to a word, the longest first."""
    return tuple(sorted(_words()["particles"], key=len, reverse=True))


@cache
def _synonyms() -> tuple[tuple[str, ...], ...]:
    path = Path(__file__).with_name("synonyms.json")
    return tuple(tuple(words) for words in json.loads(path.read_text(encoding="utf-8")))


@cache
def _places_of_synonyms() -> dict[str, list[int]]:
    """Which groups of synonyms a word is in."""
    places: dict[str, list[int]] = {}
    for place, words in enumerate(_synonyms()):
        for word in words:
            places.setdefault(word, []).append(place)
    return places


def normal(text: str) -> str:
    """Text as it is compared: composed Hangul, no case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class Lexicon:
    """The words that `question` may use of one file: how its columns may be called, and its text values."""

    def __init__(self, scope: Scope, question: str) -> None:
        self.columns = {**_column_aliases(scope.all_names()), **_column_aliases(scope.names())}
        if len(scope.dates()) == 1:
            self.columns = {**dict.fromkeys(_DATE_WORDS, tuple(scope.dates())), **self.columns}
        self.values: dict[str, list[tuple[str, str]]] = {}
        parts = _parts_of(normal(question))
        for name in scope.all_names("text"):
            values = scope.values_among(name, parts, _MOST_VALUES)
            for value in values:
                if len(value) <= LONGEST_VALUE:
                    self._add(normal(value), name, value)
                if _OF_PEOPLE.fullmatch(value):
                    self._add(f"{value}자", name, value)
            for value in values[:_MOST_PLURALS] if len(values) <= _MOST_PLURALS else ():
                self._add_plurals(value, name)
            if value_that_says_yes(values) is not None:
                self._add_rates(name, normal(question))
            for word, meant in _synonyms_of_values(values):
                if meant is None:
                    self.columns.setdefault(word, (name,))
                elif word not in self.columns:
                    self._add(word, name, meant)

    def _add_plurals(self, value: str, column: str) -> None:
        """ "Managers" are the rows whose position is Manager, where the word means nothing else."""
        written = normal(value)
        for word in _plurals(written) if len(written) > 2 and written[-1] != "s" else ():
            if word not in self.columns and word not in vocabulary() and word not in self.values:
                self._add(word, column, value)

    def _add_rates(self, column: str, question: str) -> None:
        """ "Readmission rate" is that of a column called readmitted, which says yes or no."""
        for word in re.findall(r"[a-z]{5,}(?= rates?\b)|[a-z]{4,}ion\b", question):
            near = any(word.startswith(part[: max(5, len(part) - 4)]) for part in words_of(column) if len(part) > 4)
            if near and vocabulary().get(word, "filler") == "filler":
                self.columns.setdefault(word, (column,))

    def _add(self, word: str, column: str, value: str) -> None:
        known = self.values.setdefault(word, [])
        if (column, value) not in known:
            known.append((column, value))


def value_that_says_yes(values: Sequence[object]) -> str | None:
    """The value for yes of a column that says yes or no; None of another column."""
    sides = {_side(normal(str(value)), _opposites()[1]): str(value) for value in values}
    return sides[0] if len(values) == 2 and set(sides) == {0, 1} else None


def _synonyms_of_values(values: list[str]) -> Iterator[tuple[str, str | None]]:
    """Other words for the values of a column that tells two opposites, such as men and women; None: for both."""
    for opposites in _opposites():
        sides = {value: _side(normal(value), opposites) for value in values}
        if len(values) == 2 and set(sides.values()) == {0, 1}:
            yield from ((word, value) for value, side in sides.items() for word in opposites[side or 0])
            yield from ((word, None) for word in opposites[2])


def _side(value: str, opposites: list[list[str]]) -> int | None:
    return next((side for side, words in enumerate(opposites[:2]) if value in words), None)


@cache
def _opposites() -> list[list[list[str]]]:
    path = Path(__file__).with_name("opposites.json")
    loaded: list[list[list[str]]] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _parts_of(question: str) -> set[str]:
    """Everything in a question that could be a value."""
    lengths = range(1, LONGEST_VALUE + 1)
    return {question[start : start + length] for start in range(len(question)) for length in lengths}


def _column_aliases(names: list[str]) -> dict[str, tuple[str, ...]]:
    """Every way to call a column, closest first: whoever has a closer claim to a word keeps it alone."""
    aliases: dict[str, tuple[str, ...]] = {}
    for ways in (_exact_names, _parts_of_name, _synonyms_of_name, _synonyms_of_parts, _ends_of_name):
        found: dict[str, list[str]] = {}
        for name in names:
            for alias in ways(name):
                if name not in found.setdefault(alias, []):
                    found[alias].append(name)
        for alias, columns in found.items():
            if alias and alias not in aliases:
                aliases[alias] = tuple(columns)
    return aliases


def _exact_names(name: str) -> Iterator[str]:
    plain = normal(name)
    words = words_of(name)
    yield from (plain, plain.replace(" ", ""), plain.replace("_", " "), " ".join(words), "".join(words))
    yield from _plurals(" ".join(words))
    if year := re.fullmatch(r"((?:19|20)\d\d)\s*(?:년도?)?", plain):
        yield from (f"{year[1]}년", f"{year[1]}년도", year[1])


def _parts_of_name(name: str) -> Iterator[str]:
    """A word of a longer name, the name without its unit, a Korean name without its general ending."""
    without_unit = normal(re.sub(r"[(\[].*?[)\]]", "", name))
    yield from (without_unit, without_unit.replace(" ", ""))
    words = words_of(without_unit)
    for word in words:
        if len(word) > 1 and (not _FUNCTION_WORD.fullmatch(word) or len(words) == 1):
            yield word
            yield from _plurals(word)
    yield from (f"{' '.join(words)} type", f"{' '.join(words)} types", f"{without_unit} 유형")
    if len(words) > 1 and _TIME_UNIT.fullmatch(words[-1]):
        yield " ".join([*words[:-1], "time"])
    for ending in _LOOSE_ENDS:
        stem = without_unit.removesuffix(ending)
        if stem != without_unit and len(stem) > 1:
            yield stem


def _synonyms_of_name(name: str) -> Iterator[str]:
    words = words_of(name)
    without_unit = normal(re.sub(r"[(\[].*?[)\]]", "", name))
    yield from _synonyms_among({normal(name), without_unit, " ".join(words), "".join(words)})


def _synonyms_of_parts(name: str) -> Iterator[str]:
    words = {word for word in words_of(name) if len(word) > 1}
    yield from _synonyms_among(words | {normal(name).removesuffix(ending) for ending in _LOOSE_ENDS})


def _ends_of_name(name: str) -> Iterator[str]:
    """ "회원등급" may be called 등급 and "설비ID" 설비, where no column has a closer claim to that word."""
    plain = normal(re.sub(r"[(\[].*?[)\]]", "", name))
    if hangul := re.fullmatch(r"([가-힣]{2,})\s?[a-z]{1,4}", plain):
        yield hangul[1]
    if re.fullmatch(r"[가-힣]{4,}", plain):
        ends = [plain[start:] for start in range(2, len(plain) - 1)]
        ends += [end.removesuffix(ending) for end in ends for ending in _LOOSE_ENDS]
        yield from (end for end in ends if len(end) > 1 and end not in (*vocabulary(), *_LOOSE_ENDS))


def _synonyms_among(own: set[str]) -> Iterator[str]:
    """The words that mean the same in Korean or English as one of `own`."""
    places = _places_of_synonyms()
    for place in sorted({place for word in own for place in places.get(word, ())}):
        for word in _synonyms()[place]:
            yield word
            yield from _plurals(word)


def words_of(name: str) -> list[str]:
    """The words of a column's name, in small letters, however they are joined."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[\s_\-./()\[\]]+", normal(spaced)) if word]


def _plurals(word: str) -> Iterator[str]:
    if word.isascii() and word[-1:].isalpha():
        yield f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
        yield f"{word}es"
