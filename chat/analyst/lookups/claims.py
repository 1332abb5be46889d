"""What a question claims of the rows it asks about: values that stand in the table, and numbers and years compared."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from chat.analyst.lookups.cells import MONTHS, number
from chat.analyst.lookups.cells import words as cells_words
from chat.analyst.lookups.days import days_of
from chat.analyst.lookups.forms import Condition, Conditions, Test, rows_of
from chat.analyst.lookups.grid import Grid
from chat.analyst.lookups.operators import said
from chat.analyst.lookups.targets import asked_nouns
from chat.analyst.lookups.thesaurus import listed, numbered
from chat.analyst.lookups.wording import Value, Word, Wording, is_number_of_all

_SMALLEST_YEAR, _GREATEST_YEAR = 1000, 2100
_MOST_COMBINATIONS = 60
_OUTRIGHT = 0.85  # how surely a word names a column by its main word


@cache
def _patterns() -> dict[str, Any]:
    """The patterns from the JSON file beside this one; {N} stands for a number there, {UNIT} for units behind it."""
    text = Path(__file__).with_name("claims.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    for one in (*loaded["compared"], *loaded["years"]):
        one["pattern"] = _filled(one["pattern"], loaded)
    return {**loaded, **{name: _filled(loaded[name], loaded) for name in ("between", "topmost")}}


def _filled(pattern: str, loaded: dict[str, Any]) -> str:
    return pattern.replace("{N}", loaded["number"]).replace("{UNIT}", loaded["unit"])


@dataclass(frozen=True, slots=True)
class Option:
    """One way to take a claim, how sure it is, and the words elsewhere that it explains."""

    condition: Condition
    sure: float
    explains: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Claim:
    """Words of the question that say something of rows, and what that may be. `weak`: it may say nothing at all."""

    start: int
    end: int
    options: tuple[Option, ...]
    weak: bool = False
    value: bool = False

    @property
    def explains(self) -> frozenset[int]:
        """The words that it is made of."""
        return frozenset(range(self.start, self.end))

    def meets(self, start: int, end: int) -> bool:
        """Whether it shares a word with a run."""
        return start < self.end and self.start < end


@dataclass(frozen=True, slots=True)
class Claimed:
    """A way to take several claims together."""

    conditions: Conditions
    sure: float
    explains: frozenset[int]
    rows: tuple[int, ...]


def claims_of(wording: Wording) -> tuple[Claim, ...]:
    """All that the question claims, in its order."""
    found = [*_days(wording)]
    taken = [(claim.start, claim.end) for claim in found]
    others = [
        *_compared(wording),
        *_years(wording),
        *_placed(wording),
        *_topmost(wording),
        *_lacking(wording),
        *_starting(wording),
    ]
    found += [claim for claim in others if not any(claim.meets(*run) for run in taken)]
    taken = [(claim.start, claim.end) for claim in found]
    for value in wording.values:
        if not any(value.overlaps(*run) for run in taken) and not is_number_of_all(wording, value.start):
            claim = _valued(wording, value)
            if claim:
                found.append(claim)
    taken = [(claim.start, claim.end) for claim in found]
    found += [claim for claim in _results(wording) if not any(claim.meets(*run) for run in taken)]
    taken = [(claim.start, claim.end) for claim in found]
    found += [claim for claim in _months(wording) if not any(claim.meets(*run) for run in taken)]
    return tuple(sorted(found, key=lambda claim: claim.start))


def _days(wording: Wording) -> Iterator[Claim]:
    for day in days_of(wording):
        if any(value.start <= day.start and value.end >= day.end for value in wording.values):
            continue  # the table has it in the same words
        options = []
        for condition in day.conditions:
            sure, explains = _beside(wording, day.start, day.end, condition.column)
            options.append(Option(condition, 0.95 + sure, explains))
        yield Claim(day.start, day.end, tuple(sorted(options, key=lambda option: -option.sure)), value=True)


def _valued(wording: Wording, value: Value) -> Claim | None:
    grid = wording.grid
    if _ends_name(wording, value) or _is_compared(wording, value):
        return None
    named_by = [wording.columns.get(at, {}) for at in range(value.start, value.end)]
    if not any(value.places.whole.values()) and any(
        all(by.get(column, 0) >= 0.85 for by in named_by) for column in range(len(grid.names))
    ):
        return None
    options = []
    single = value.end - value.start == 1
    word = wording.words[value.start]
    for column, rows in value.places.whole.items():
        if not rows:
            continue
        sure, explains = _beside(wording, value.start, value.end, column)
        condition = _of_year(grid, column, word) if single else None
        test: Test = "has" if value.places.among.get(column, set()) - rows and grid.is_prose(column) else "is"
        condition = condition or Condition(column, test, (" ".join(value.span),))
        options.append(Option(condition, 1.0 + sure, explains))
    for column in value.places.among:
        if value.places.whole.get(column):
            continue
        if word.number is not None and single and not _stands_for_year(grid, column, word.number):
            continue
        sure, explains = _beside(wording, value.start, value.end, column)
        much = 0.16 if len(value.span) > 1 else -0.04
        options.append(Option(Condition(column, "has", (" ".join(value.span),)), 0.62 + much + sure, explains))
    if not options:
        return None
    named = max(wording.columns.get(value.start, {}).values(), default=0.0) if single else 0.0
    whole = any(value.places.whole.values())
    if single and not whole and word.text in listed("decisive"):
        return None
    if single and not whole and (word.vague or named >= 0.7 or value.start in asked_nouns(wording)):
        return None
    several = wording.words[value.start : value.end]
    weak = (
        (single and (word.vague or word.idle or named >= 0.7))
        or (len(several) == 2 and all(one.vague or one.idle for one in several))
        or (not whole and single and len(word.text) <= 3 and word.number is None)
    )
    counted = any(hit.end in (value.start, value.start + 1) for hit in said(wording, "counting"))
    if not whole and (counted or wording.columns.get(value.end - 1, {}).get(grid.entity, 0.0) >= _OUTRIGHT):
        weak = weak or any(option.condition.column == grid.entity for option in options)  # "suspension bridges"
    options.sort(key=lambda option: -option.sure)
    return Claim(value.start, value.end, tuple(options[:4]), weak, True)


def _of_year(grid: Grid, column: int, word: Word) -> Condition | None:
    """The condition that a column's days are of a year, which some cells name alone and some with a month."""
    if not grid.has_full_dates[column] or not re.fullmatch(r"\d{4}", word.text):
        return None
    return Condition(column, "eq", (float(word.text),), year=True)


def _is_compared(wording: Wording, value: Value) -> bool:
    """Whether it is a number with which something is compared: "more than 3 races"."""
    before = wording.words[value.start - 1].text if value.start else ""
    return wording.words[value.start].number is not None and before in ("than", "least", "over", "under", "exactly")


def _ends_name(wording: Wording, value: Value) -> bool:
    """Whether it is a number that only ends the name of a column: "region 2"."""
    if value.end - value.start > 1 or not value.start or wording.words[value.start].number is None:
        return False
    both = " ".join(wording.words[at].text for at in (value.start - 1, value.start))
    return any(re.search(rf"\b{re.escape(both)}\b", name.casefold()) for name in wording.grid.names)


def _stands_for_year(grid: Grid, column: int, number: float) -> bool:
    return _SMALLEST_YEAR <= number <= _GREATEST_YEAR or grid.kinds[column] != "text"


def _beside(
    wording: Wording, start: int, end: int, column: int, *, within: bool = False
) -> tuple[float, frozenset[int]]:
    """How much more a column is meant because it is named near a run (or `within` it), and by which words."""
    best, words = 0.0, frozenset[int]()
    for at in range(max(0, start - 5), min(len(wording.words), end + 4)):
        if start <= at < end and not within:
            continue
        sure = wording.columns.get(at, {}).get(column, 0.0)
        gain = sure * (0.3 if start - 2 <= at <= end else 0.2)
        if gain > 0:
            words |= {at}
        best = max(best, gain)
    return best + 0.04 * max(0, len(words) - 1), words


def _numeric(wording: Wording, start: int, end: int, *, years: bool = False) -> list[tuple[int, float, frozenset[int]]]:
    """The columns of numbers that a compared number may be of."""
    grid = wording.grid
    found = []
    several = [column for column, kind in enumerate(grid.kinds) if kind == "number"]
    clock = ":" in wording.text[wording.words[start].start : wording.words[end - 1].end]
    clocks = [column for column in several if any(":" in grid.columns[column][row] for row in grid.rows)]
    for column, kind in enumerate(grid.kinds):
        if kind == "text" and grid.holds_scores(column):
            continue
        if kind == "text" and not years:
            sure, explains = _beside(wording, start, end, column, within=True)
            if sure >= 0.2 and any(re.search(r"\d", grid.columns[column][row]) for row in grid.rows):
                found.append((column, 0.6 + sure, explains))
            continue
        if kind == "date" and not years:
            continue
        if years and kind != "date":
            continue
        sure, explains = _beside(wording, start, end, column, within=True)
        alone = 0.2 if len(several) == 1 or years or (clock and column in clocks) else 0.0
        if sure or alone:
            found.append((column, 0.7 + sure + alone, explains))
    return sorted(found, key=lambda one: -one[1])[:3]


def _as_number(text: str) -> float:
    digits = text.replace(",", "")
    if ":" in digits or "'" in digits:
        return number(digits) or 0.0
    return float(digits) if re.fullmatch(r"\d+(\.\d+)?", digits) else float({**numbered("numerals"), "zero": 0}[text])


def _compared(wording: Wording) -> Iterator[Claim]:
    seen: list[tuple[int, int]] = []
    for one in _patterns()["compared"]:
        test: Test = one["test"]
        for match in wording.find(one["pattern"]):
            start, end = wording.run(match.start(), match.end())
            if any(start < other and one < end for one, other in seen):
                continue
            value = _as_number(match[1])
            after = wording.text[match.end(1) :]
            scale = re.match(r"\s*(million|billion|thousand|만|억)(?![a-z])", after)
            value *= {"million": 1e6, "billion": 1e9, "thousand": 1e3, "만": 1e4, "억": 1e8}[scale[1]] if scale else 1
            end = max(end, wording.run(match.start(), match.end(1) + scale.end())[1]) if scale else end
            end = _with_unit(wording, end)
            is_year = _SMALLEST_YEAR <= value <= _GREATEST_YEAR and re.fullmatch(r"\d{4}", match[1]) is not None
            options = [
                Option(Condition(column, test, (value,)), sure, explains)
                for column, sure, explains in _numeric(wording, start, end)
                if _SMALLEST_YEAR <= value <= _GREATEST_YEAR or not wording.grid.holds_years(column)
            ]
            if is_year:
                options += [
                    Option(Condition(column, test, (value,), year=True), sure, explains)
                    for column, sure, explains in _numeric(wording, start, end, years=True)
                ]
            if options:
                seen.append((start, end))
                yield Claim(start, end, tuple(sorted(options, key=lambda option: -option.sure)[:3]))
    for match in wording.find(_patterns()["between"]):
        first, last = (group for group in match.groups() if group)
        start, end = wording.run(match.start(), match.end())
        if any(start < other and one < end for one, other in seen):
            continue
        ends = (_as_number(first), _as_number(last))
        years = all(_SMALLEST_YEAR <= one <= _GREATEST_YEAR for one in ends)
        options = [
            Option(Condition(column, "between", ends, year=years), sure, explains)
            for column, sure, explains in _numeric(wording, start, end, years=years)
        ]
        if options and ends[0] < ends[1]:
            yield Claim(start, end, tuple(options))


def _with_unit(wording: Wording, end: int) -> int:
    """The end of a run with a number, its unit included."""
    unit = end < len(wording.words) and wording.words[end].number is None
    return end + 1 if unit and set(wording.words[end].forms) & listed("units") else end


def _years(wording: Wording) -> Iterator[Claim]:
    for one in _patterns()["years"]:
        for match in wording.find(one["pattern"]):
            year = next(group for group in match.groups() if group)
            yield from _year_claim(wording, match, one["test"], (float(year),))
    for match in wording.find(_patterns()["decade"]):
        text = next(group for group in match.groups() if group)
        year = float(text) if len(text) == 4 else (1900.0 if int(text) > 20 else 2000.0) + float(text)
        length = 99.0 if year % 100 == 0 and re.match(r"1[0-8]", text) else 9.0
        yield from _year_claim(wording, match, "between", (year, year + length))


def _year_claim(wording: Wording, match: re.Match[str], test: Test, operands: tuple[float, ...]) -> Iterator[Claim]:
    start, end = wording.run(match.start(), match.end())
    options = tuple(
        Option(Condition(column, test, operands, year=True), sure, explains)
        for column, sure, explains in _numeric(wording, start, end, years=True)
    )
    if options:
        yield Claim(start, end, options)


def _months(wording: Wording) -> Iterator[Claim]:
    for match in wording.find(_patterns()["month"]):
        start, end = wording.run(match.start(), match.end())
        number = float(match[2]) if match[2] else MONTHS.index(match[1][:3]) + 1.0
        options = tuple(
            Option(Condition(column, "eq", (number,), month=True), 0.9)
            for column, full in enumerate(wording.grid.has_full_dates)
            if full
        )
        if options:
            yield Claim(start, end, options[:2])


def _lacking(wording: Wording) -> Iterator[Claim]:
    """ "won no gold medals", "without any notes": a column that says nothing of a row, or nought."""
    for match in wording.find(_patterns()["lacking"]):
        start, end = wording.run(match.start(), match.end())
        found: dict[int, tuple[float, int]] = {}
        for at in range(end, min(end + 3, len(wording.words))):
            for column, sure in wording.columns.get(at, {}).items():
                found[column] = (max(sure, found.get(column, (0.0, 0))[0]), at + 1)
        options = [
            Option(Condition(column, "none"), 0.9 + 0.2 * sure, frozenset(range(start, after)))
            for column, (sure, after) in found.items()
            if sure >= 0.6 and column != wording.grid.entity
        ]
        if options:
            yield Claim(start, end, tuple(sorted(options, key=lambda option: -option.sure)[:2]))
    for name, test in (("missing", "none"), ("negative", "lt"), ("positive", "gt")):
        for match in wording.find(_patterns()[name]):
            start, end = wording.run(match.start(), match.end())
            near = wording.columns.get(start - 1, {})
            operands = () if test == "none" else (0.0,)
            options = [
                Option(Condition(column, test, operands), 0.9 + 0.2 * sure, frozenset({start - 1}))  # type: ignore[arg-type]
                for column, sure in near.items()
                if sure >= 0.6 and (test == "none" or wording.grid.kinds[column] == "number")
            ]
            if options:
                yield Claim(start, end, tuple(options[:2]))


def _starting(wording: Wording) -> Iterator[Claim]:
    """ "that begin with the letter p": of the column named before it, else of what names the rows."""
    grid = wording.grid
    for match in wording.find(_patterns()["starting"]):
        start, end = wording.run(match.start(), match.end())
        options = []
        for column in (column for column, kind in enumerate(grid.kinds) if kind == "text"):
            sure, explains = _beside(wording, start, end, column)
            if sure or column == grid.entity:
                options.append(Option(Condition(column, "starts", (match[1],)), 0.9 + sure, explains))
        if options:
            yield Claim(start, end, tuple(sorted(options, key=lambda option: -option.sure)[:2]))


def _results(wording: Wording) -> Iterator[Claim]:
    """ "won", "lost": of a column whose cells begin with how a game went, like "W 3–1"."""
    ways = {word: tuple(words) for words in _patterns()["results"] for word in words}
    for column in range(len(wording.grid.names)):
        texts = [cells_words(wording.grid.columns[column][row]) for row in wording.grid.rows]
        began = [text for text in texts if text and text[0] in ways]
        if len(began) < 0.6 * len(texts):
            continue
        for at, word in enumerate(wording.words):
            way = next((ways[form] for form in word.forms if form in ways and len(form) > 1), None)
            if way is not None:
                held = tuple(one for one in way if any(text[0] == one for text in began))
                if held:
                    yield Claim(at, at + 1, (Option(Condition(column, "has", held), 0.95),), weak=True, value=True)
        return


def rank_columns(grid: Grid) -> list[int]:
    """The columns that say who came how manieth."""
    found = []
    for column, name in enumerate(grid.names):
        said = set(re.findall(r"[^\W\d_]+|#", name.casefold()))
        if (said & listed("rank") and grid.kinds[column] == "number") or (
            said & listed("rank") and any(re.match(r"\d+(st|nd|rd|th)\b", text) for text in grid.columns[column])
        ):
            found.append(column)
    return found


def _placed(wording: Wording) -> Iterator[Claim]:
    columns = rank_columns(wording.grid)
    if not columns:
        return
    for match in wording.find(_patterns()["placed"]):
        text = next(group for group in match.groups() if group)
        start, end = wording.run(match.start(), match.end())
        digits = re.match(r"\d+", text)
        place = float(digits[0]) if digits else float(numbered("ordinals")[text])
        options = []
        for at, column in enumerate(columns):
            named, explains = _beside(wording, start, end, column)
            options.append(Option(Condition(column, "eq", (place,)), 1.0 - 0.1 * at + named, explains))
        yield Claim(start, end, tuple(sorted(options, key=lambda option: -option.sure)[:2]))


def _topmost(wording: Wording) -> Iterator[Claim]:
    """ "in the top 10": of the first column of ranks."""
    columns = rank_columns(wording.grid)
    for match in wording.find(_patterns()["topmost"]) if columns else ():
        start, end = wording.run(match.start(), match.end())
        options = tuple(
            Option(
                Condition(column, "le", (_as_number(match[1]),)),
                1.0 - 0.1 * at + _beside(wording, start, end, column)[0],
            )
            for at, column in enumerate(columns[:2])
        )
        yield Claim(start, end, options)


def combined(grid: Grid, claims: tuple[Claim, ...]) -> Iterator[Claimed]:
    """The ways to take all these claims together, that some row meets."""
    if not claims:
        return
    for taken in itertools.islice(itertools.product(*(claim.options for claim in claims)), _MOST_COMBINATIONS):
        conditions = _merged(grid, tuple(option.condition for option in taken))
        rows = rows_of(grid, conditions)
        if not rows:
            continue
        explains = frozenset[int]().union(*(claim.explains for claim in claims), *(option.explains for option in taken))
        sure = sum(option.sure for option in taken) / len(taken)
        yield Claimed(conditions, sure, explains, rows)


def _merged(grid: Grid, conditions: Conditions) -> Conditions:
    """Two values of one column that no row has both: either will do."""
    merged: list[Condition] = []
    for condition in conditions:
        for at, other in enumerate(merged):
            texts = {condition.test, other.test} <= {"is", "has"} and condition.column == other.column
            if texts and not rows_of(grid, (condition, other)):
                test: Test = "is" if condition.test == other.test == "is" else "has"
                merged[at] = replace(other, test=test, operands=(*other.operands, *condition.operands))
                break
        else:
            merged.append(condition)
    return tuple(merged)
