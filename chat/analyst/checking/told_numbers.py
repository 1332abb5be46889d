"""Numbers as people write them in sentences: 12,345, 1.2만, 3억 5천만, 12k, $1.2 million."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_KOREAN = {"조": 1e12, "억": 1e8, "만": 1e4, "천": 1e3, "백": 1e2, "십": 1e1}
_ENGLISH = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mil": 1e6,
    "million": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "t": 1e12,
    "trillion": 1e12,
}
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_SCALE = r"(?:[십백천]?[만억조]|천(?!\w*[만억조])|백(?!\w*[만억조]))"
# A number must stand alone: no letter before it (Q1), no second point or comma behind it (1.234.567,8; 2024.01.05).
NUMBER = re.compile(
    rf"(?<![A-Za-z0-9_./])(?<!\d[,:])(?P<sign>[-−–△▲+])?(?:[₩$€£¥]\s?)?"
    rf"(?:(?P<korean>{_DIGITS}\s?{_SCALE}(?:\s?{_DIGITS}\s?{_SCALE})*(?:\s?{_DIGITS}(?=\s?[원개명건]))?)"
    rf"|(?P<plain>{_DIGITS})(?:\s?(?P<scale>thousand|million|billion|trillion|mn|mil|bn|[kmbt])(?![a-z]))?)"
    r"(?![.,/:\-]?\d)",
    re.IGNORECASE,
)
_PART = re.compile(rf"(?P<digits>{_DIGITS})\s?(?P<scale>{_SCALE})?")
_SURELY_ROUND = 1000  # 12,000 may stand for 12,345 without a word that says so; 12,300 and 120 don't
_POINT_OR_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}\.\d{3}(?!\d)")  # 1.234: half of Europe's thousands
_EXACT = 2.0**53


@dataclass(frozen=True, slots=True)
class Told:
    """A number as written: its `value`, and the `step` between what could be written so shortly."""

    value: float
    step: float
    written: str
    start: int
    end: int

    def fits(self, computed: float, *, approximately: bool = False) -> bool:
        """Whether a computed number could be written like this, rounded or cut off."""
        told, step = self.value, self.step
        if _POINT_OR_THOUSANDS.search(self.written) and _near(told * 1000, computed, 1e-12):
            return True
        if computed * told < 0:
            return False
        told, computed = abs(told), abs(computed)
        if approximately:
            step = max(step, _last_digit(told))
        elif step == 1:
            if told > 10 * _last_digit(told) >= 10 * _SURELY_ROUND:
                step = _last_digit(told)
                return _near(told, computed, 1e-12) or abs(told - computed) <= step / 2
            if computed == math.floor(computed):
                return _near(told, computed, 1e-15 if computed < _EXACT else 1e-12)
        return -step / 2 <= computed - told < step or _near(told, computed, 1e-12)


def told_number(match: re.Match[str], offset: int = 0) -> Told:
    """The number of a match of `NUMBER` in a text that begins at `offset`."""
    negative = match["sign"] in ("-", "−", "–", "△", "▲") if match["sign"] else False
    if match["korean"]:
        value, step = 0.0, 1.0
        for part in _PART.finditer(match["korean"]):
            scale = math.prod(_KOREAN[letter] for letter in part["scale"] or "")
            value += _plain(part["digits"]) * scale
            step = scale * _step(part["digits"])
    else:
        scale = _ENGLISH[match["scale"].lower()] if match["scale"] else 1.0
        value, step = _plain(match["plain"]) * scale, _step(match["plain"]) * scale
    written = match[0].strip()
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    return Told(-value if negative else value, step, written, offset + start, offset + match.end())


def _plain(digits: str) -> float:
    return float(digits.replace(",", ""))


def _step(digits: str) -> float:
    """The worth of the last written digit."""
    return 10.0 ** -len(digits.partition(".")[2])


def _last_digit(value: float) -> float:
    """The worth of the last digit that isn't a zero."""
    step = 1.0
    while value and value % (step * 10) == 0:
        step *= 10
    return step


def _near(one: float, other: float, relative: float) -> bool:
    return math.isclose(one, other, rel_tol=relative, abs_tol=1e-12)
