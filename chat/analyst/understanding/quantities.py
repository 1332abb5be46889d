"""Numbers and dates as they stand in a question, in digits or in words, Korean or English."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = re.compile(
    r"[-−]?[₩$￦]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s?(천만|백만|만|억|천|k\b|m\b|million|thousand|billion)?"
    r"((?:(?<=억)\s?\d+(?:천만|백만|만))?(?:(?<=만)\s?\d+(?:천|백))?)\s?(원|%|달러|점(?![가-힣]*포)|kg\b|cm\b|km\b|mm\b)?"
)
_UNITS = {
    "백": 1e2,
    "천": 1e3,
    "만": 1e4,
    "백만": 1e6,
    "천만": 1e7,
    "억": 1e8,
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "million": 1e6,
    "billion": 1e9,
}
_COUNTERS = r"개(?!수)|줄|행(?!\s*수)|건(?!수)|명|곳|가지|군데"
_KOREAN_COUNTS = {
    "한": 1,
    "두": 2,
    "세": 3,
    "네": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
    "열": 10,
    "스무": 20,
}
_KOREAN_COUNT = re.compile(rf"({'|'.join(_KOREAN_COUNTS)})(?=\s?(?:{_COUNTERS}))")
_ENGLISH_COUNTS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "fifteen": 15,
    "twenty": 20,
    "fifty": 50,
}
_ENGLISH_COUNT = re.compile(rf"({'|'.join(_ENGLISH_COUNTS)})\b")
_DIGITS = {digit: value for value, digit in enumerate("일이삼사오육칠팔구", 1)}
_PLACES = {"십": 10, "백": 100, "천": 1000}
_HANGUL_NUMBER = re.compile(
    r"((?:[일이삼사오육칠팔구]?[십백천])+[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])?(만|억)(\s?원)?"
)
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"1[0-2]|0?[1-9]", r"3[01]|[12]\d|0?[1-9]"
_SHORT_YEAR = rf"(?P<short>\d\d)년\s*(?=(?:{_MONTH})월|[1-4]\s*분기|[상하]반기)"
_OPTIONAL_YEAR = rf"(?:(?P<year>{_YEAR})\s*(?:년도|년)\s*|{_SHORT_YEAR})?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<year>{_YEAR})\s*(?:년도|년)(?!도)(?:\s*(?P<month>{_MONTH})\s*월(?!별)달?(?:\s*(?P<day>{_DAY})\s*일)?)?",
        rf"(?P<year>{_YEAR})\s*[-./]\s*(?P<month>{_MONTH})(?!\d)(?:\s*[-./]\s*(?P<day>{_DAY})(?!\d))?",
        rf"{_SHORT_YEAR}(?P<month>{_MONTH})월(?!별)(?:\s*(?P<day>{_DAY})일)?",
        rf"(?P<month>{_MONTH})월(?!별)달?(?:\s*(?P<day>{_DAY})일)?",
        rf"{_OPTIONAL_YEAR}(?P<month>{_MONTH})(?=\s*~\s*(?:{_MONTH})월)",
        rf"{_OPTIONAL_YEAR}(?P<quarter>[1-4])\s*(?:사)?분기(?!별)",
        rf"{_OPTIONAL_YEAR}(?P<half>상|하)반기",
        rf"(?:the )?(?P<half>first|second) half(?: of)?(?: the year)?(?: (?:in |of )?(?P<year>{_YEAR})\b)?",
        rf"h(?P<half>[12])\b(?:\s+(?:of\s+)?(?P<year>{_YEAR})\b)?",
        rf"q(?P<quarter>[1-4])\b(?:\s+(?:of\s+)?(?P<year>{_YEAR})\b)?",
    )
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NAME = rf"(?P<name>(?:{'|'.join(_MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b)\.?"
_NTH = rf"(?P<day>{_DAY})(?:st|nd|rd|th)?(?!\d)"
_OF_YEAR = r"(?:(?:,\s*|\s+)(?P<year>(?:19|20)\d\d)\b)?"
_ENGLISH_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NAME}(?:\s+(?P<year>(?:19|20)\d\d)\b)?",
        rf"{_NAME}\s+{_NTH}{_OF_YEAR}",
        rf"(?:the\s+)?{_NTH}\s+(?:of\s+)?{_NAME}{_OF_YEAR}",
    )
)


@dataclass(frozen=True, slots=True)
class Date:
    """A day, month or year that a question names; what it leaves open is None.

    A quarter or half of a year has its first month, and 3 or 6 `months`.
    """

    year: int | None
    month: int | None = None
    day: int | None = None
    months: int = 1


def dates_at(text: str, start: int) -> Iterator[tuple[int, Date]]:
    """Each date that can be read from `start` on, with its end."""
    for pattern in _DATES:
        if match := pattern.match(text, start):
            yield match.end(), _date_of(match)
    for pattern in _ENGLISH_DATES:
        if match := pattern.match(text, start):
            part = match.groupdict()
            month = next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(match["name"][:3]))
            year, day = (int(part[name]) if part.get(name) else None for name in ("year", "day"))
            yield match.end(), Date(year, month, day)


def _date_of(match: re.Match[str]) -> Date:
    part = {name: text for name, text in match.groupdict().items() if text}
    year = int(part["year"]) if "year" in part else 2000 + int(part["short"]) if "short" in part else None
    if "quarter" in part:
        return Date(year, 3 * int(part["quarter"]) - 2, months=3)
    if "half" in part:
        return Date(year, 1 if part["half"] in ("상", "first", "1") else 7, months=6)
    month, day = (int(part[name]) if name in part else None for name in ("month", "day"))
    return Date(year, month, day)


def numbers_at(text: str, start: int) -> Iterator[tuple[int, float]]:
    """Each number that can be read from `start` on, with its end."""
    if (match := _NUMBER.match(text, start)) and not _may_be_metres(match):
        yield match.start() + len(match[0].rstrip()), _value_of(match)
    if start and "가" <= text[start - 1] <= "힣":
        return
    for pattern, counts in ((_KOREAN_COUNT, _KOREAN_COUNTS), (_ENGLISH_COUNT, _ENGLISH_COUNTS)):
        if match := pattern.match(text, start):
            yield match.end(), counts[match[1]]
    if (match := _HANGUL_NUMBER.match(text, start)) and (match[3] or len(match[1] or "") > 1 or match[1] in _PLACES):
        yield match.end(), _value_of_hangul(match[1] or "") * _UNITS[match[2]]


def _may_be_metres(match: re.Match[str]) -> bool:
    """ "600m" is millions only of money: "$600m"."""
    return match[3] == "m" and match[0].lstrip("-−")[0] not in "₩$￦"


def _value_of(match: re.Match[str]) -> float:
    """ "1억 2천만원" is the sum of its parts."""
    sign = -1 if match[0][0] in "-−" else 1
    first = float(match[1].replace(",", "") + (match[2] or "")) * _UNITS.get(match[3] or "", 1)
    parts = re.findall(r"(\d+)(천만|백만|만|천|백)", match[4])
    return sign * (first + sum(int(digits) * _UNITS[unit] for digits, unit in parts))


def _value_of_hangul(written: str) -> float:
    """ "삼백오십" is 350; nothing before 만 is one of it."""
    value, digit = 0, 0
    for letter in written:
        if letter in _PLACES:
            value += (digit or 1) * _PLACES[letter]
            digit = 0
        else:
            digit = _DIGITS[letter]
    return float(value + digit or 1)


def months_of(date: Date) -> tuple[float, ...]:
    """The months that a date without a year names."""
    first = date.month or 1
    return tuple(float(month) for month in range(first, first + date.months))


def first_day(date: Date) -> str:
    """The first day that belongs to the day, month or year, as ISO has it."""
    return f"{date.year:04d}-{date.month or 1:02d}-{date.day or 1:02d}"


def day_after(date: Date) -> str:
    """The first day that no longer belongs to the day, month or year."""
    year, month, day = date.year or 0, date.month, date.day
    if month is None:
        return f"{year + 1:04d}-01-01"
    if day is not None and day < calendar.monthrange(year, month)[1]:
        return f"{year:04d}-{month:02d}-{day + 1:02d}"
    last = month + date.months - 1
    return f"{year + last // 12:04d}-{last % 12 + 1:02d}-01"
