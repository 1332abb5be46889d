"""Columns brought to another unit: `from Fahrenheit to Celsius`, `1 inch = 2.54 cm`, `minutes to hours`."""

from __future__ import annotations

import re

from chat.analyst.closed.mentions import same
from chat.analyst.closed.problems import NotUnderstood, Problem
from chat.analyst.closed.wording import FILLERS, plain, tokens

_N = r"\d[\d,]*(?:\.\d+)?"
_FACTOR = re.compile(
    rf"\b(?:1|one|an?)\s+(?P<a>[a-z°]+(?: [a-z]+){{0,3}}?)\s*(?:=|≈|is(?: equal to)?|equals?(?: to)?|"
    rf"corresponds to)\s*(?:about |approximately )?"
    rf"(?P<f>{_N})\s*(?P<b>[a-z°][a-z°/]*(?: [a-z]+){{0,2}})",
    re.I,
)
# How many of the second unit one of the first is: the international definitions.
_KNOWN = {
    ("hour", "minute"): 60.0, ("minute", "second"): 60.0, ("hour", "second"): 3600.0, ("day", "hour"): 24.0,
    ("inch", "centimeter"): 2.54, ("foot", "meter"): 0.3048, ("mile", "kilometer"): 1.609344,
    ("kilometer", "meter"): 1000.0, ("meter", "centimeter"): 100.0, ("centimeter", "millimeter"): 10.0,
    ("pound", "kilogram"): 0.45359237, ("kilogram", "gram"): 1000.0, ("tonne", "kilogram"): 1000.0,
    ("foot", "inch"): 12.0,
}  # fmt: skip
_NAMES = {
    "hour": "hours? hrs? h", "minute": "minutes? mins?", "second": "seconds? secs?", "day": "days?",
    "inch": "inch(?:es)?", "foot": "foot feet ft", "mile": "miles?", "centimeter": "centimet(?:er|re)s? cm",
    "millimeter": "millimet(?:er|re)s? mm", "meter": "met(?:er|re)s? m", "kilometer": "kilomet(?:er|re)s? km",
    "pound": "pounds? lbs?", "kilogram": "kilograms? kilos? kg", "gram": "grams? g",
    "tonne": "(?:metric )?tons? tonnes?", "celsius": "celsius °c", "fahrenheit": "fahrenheit °f",
}  # fmt: skip
_UNIT = {name: re.compile(rf"(?<![a-z])(?:{'|'.join(said.split())})(?![a-z])", re.I) for name, said in _NAMES.items()}
_CHANGES = re.compile(
    r"\bconvert\w*|\btransform\w*|\btranslat\w*|\bexpress\w*|\bgiven in\b|\bmeasured in\b|\brecorded in\b|변환", re.I
)


def convert(problem: Problem) -> None:
    """Write the line that brings a column to the unit that the question wants.

    Raises NotUnderstood when it wants one and the column or the direction isn't sure.
    """
    code = _by_factor(problem) or _by_names(problem)
    if code is None:
        return
    sentence, change = code
    column = _column(problem, sentence)
    if column is None:
        raise NotUnderstood(sentence)
    values = f"df[{problem.number(column)}]"
    problem.script.add(f"{values} = {change.format(values)}")
    problem.defining.add(sentence)


def _by_factor(problem: Problem) -> tuple[str, str] | None:
    for sentence in problem.sentences:
        found = _FACTOR.search(sentence)
        if not found:
            continue
        factor = plain(float(found["f"].replace(",", "")))
        into = tokens(found["b"])
        units = [
            word for word in tokens(found["a"]) if word not in FILLERS and not any(same(word, one) for one in into)
        ]
        wanted = re.findall(
            r"\b(?:in|to|into)\s+((?:[a-z]+\s*){1,4})", problem.body[: problem.body.find(found.group())].casefold()
        )
        wanted += [" ".join(tokens(slot.name)) for slot in problem.format.slots]
        back = any(same(word, unit) for text in wanted for word in tokens(text) for unit in units)
        return sentence, f"{{}} / {factor!r}" if back else f"{{}} * {factor!r}"
    return None


def _by_names(problem: Problem) -> tuple[str, str] | None:
    for sentence in problem.sentences:
        if not _CHANGES.search(sentence):
            continue
        found = re.search(r"\bfrom\s+(.{1,30}?)\s+(?:in)?to\s+(.{1,30})", sentence, re.I)
        pair = (_unit_in(found[1]), _unit_in(found[2])) if found else (None, None)
        if None in pair:
            given = re.search(r"\b(?:given|measured|recorded|stored) in\s+(\S+)", sentence, re.I)
            into = re.search(r"\b(?:in|to|into)\s+(\S+)", sentence[: given.start()] if given else sentence, re.I)
            pair = (_unit_in(given[1]), _unit_in(into[1])) if given and into else (None, None)
        first, second = pair
        if first is None or second is None or first == second:
            continue
        if (first, second) == ("fahrenheit", "celsius"):
            return sentence, "({} - 32) * 5 / 9"
        if (first, second) == ("celsius", "fahrenheit"):
            return sentence, "{} * 9 / 5 + 32"
        if (first, second) in _KNOWN:
            return sentence, f"{{}} * {plain(_KNOWN[first, second])!r}"
        if (second, first) in _KNOWN:
            return sentence, f"{{}} / {plain(_KNOWN[second, first])!r}"
    return None


def _unit_in(text: str) -> str | None:
    return next((name for name, pattern in _UNIT.items() if pattern.search(text)), None)


def _column(problem: Problem, sentence: str) -> str | None:
    """The column to convert: the sentence's one, or the question's only one."""
    before = re.split(r"\bthen\b", sentence)[0]
    for texts in ([before], problem.sentences):
        columns = [
            c
            for text in texts
            for c in problem.columns_in(_FACTOR.sub(" ", text), at_least=45)
            if problem.is_numeric(c)
        ]
        columns = list(dict.fromkeys(columns))
        if len(columns) == 1:
            return columns[0]
    return None
