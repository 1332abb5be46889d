"""Expressions with a number inside: the 37th percentile, a 7-day moving average, the last 3 months, on Mondays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from chat.analyst.queries import Period

CompoundKind = Literal["word", "date", "span", "weekdays", "clock", "alpha", "decade"]
_COUNTS = {
    **dict(zip("한두세석네넉", (1, 2, 3, 3, 4, 4), strict=True)),
    **dict(zip(("다섯", "여섯", "일곱", "여덟", "열"), (5, 6, 7, 8, 10), strict=True)),
    **dict(zip(("one", "two", "three", "four", "five", "six", "seven"), range(1, 8), strict=True)),
    **dict(zip(("ten", "twelve"), (10, 12), strict=True)),
}
_UNIT_NAMES: dict[Period, tuple[str, ...]] = {
    "hour": ("시간", "hour"),
    "day": ("일", "day"),
    "week": ("주일", "주", "week"),
    "month": ("개월", "달", "month"),
    "quarter": ("개 분기", "개분기", "분기", "quarter"),
    "year": ("년", "year"),
}
_UNITS: dict[str, Period] = {name: period for period, names in _UNIT_NAMES.items() for name in names}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})"
_UNIT = rf"(?:(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})s?)"
_ROWS = rf"(?P<rows>\d{{1,6}}|{'|'.join(_COUNTS)})"
_AVERAGE = (
    r"(?:단순\s*)?(?:이동\s*평균(?:선|값)?|moving averages?|moving mean|rolling (?:average|mean)s?|running average)"
)
_BOTH = r"상[·/,\s]*하위|상위\s*(?:[·/,및]|와)\s*하위|(?:top|highest|upper) and (?:the )?(?:bottom|lowest|lower)"
_HIGHEST = ("top", "highest", "best", "largest", "biggest", "longest", "heaviest", "most expensive")
_SIDES = "|".join((*_HIGHEST, "bottom", "lowest", "worst", "smallest", "shortest", "lightest", "cheapest"))
_NUMBER = r"(?P<number>\d+(?:\.\d+)?)"
_PERCENT = r"\s*(?:%|퍼센트|프로|percent)"
_CUT = r"(?:기준\s*값|기준\s*선|경계\s*값|경계|컷오프|커트라인|임계\s*값|cut-?off|threshold)"
_ORDINALS = {
    **dict(zip(("두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열"), range(2, 11), strict=True)),
    **dict(zip(("second", "third", "fourth", "fifth", "sixth", "seventh"), range(2, 8), strict=True)),
    **dict(zip(("eighth", "ninth", "tenth"), range(8, 11), strict=True)),
}
_RANKING = (
    r"highest|largest|biggest|greatest|best|lowest|smallest|fewest|least|worst|most|oldest|youngest|longest|shortest"
)
_LINES = r"rows?|records?|lines?|entries|observations?"
_DAYS = "월화수목금토일"
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RELATIVE: dict[tuple[Period, int], str] = {
    ("day", 0): "오늘|금일|today",
    ("day", 1): "어제|전날|yesterday",
    ("day", 2): "그저께|그제|엊그제",
    ("week", 0): r"이번\s*주|금주|(?:this|the current|current) week",
    ("week", 1): r"지난\s*주|저번\s*주|(?:the )?(?:last|previous|prior|past) week",
    ("month", 0): r"이번\s*달|이달|당월|금월|(?:this|the current|current) month",
    ("month", 1): r"지난\s*달|저번\s*달|전달|전월|(?:the )?(?:last|previous|prior|past) month",
    ("month", 2): r"지지난\s*달|저저번\s*달",
    ("quarter", 0): r"이번\s*분기|당분기|금분기|(?:this|the current|current) quarter",
    ("quarter", 1): r"지난\s*분기|저번\s*분기|전\s*분기|직전\s*분기|(?:the )?(?:last|previous|prior|past) quarter",
    ("year", 0): r"올해|금년|올\s*한\s*해|이번\s*년도|당해|(?:this|the current|current) year",
    ("year", 1): r"작년|지난\s*해|전년도?|(?:the )?(?:last|previous|prior|past) year",
    ("year", 2): "재작년",
}
_NOT_HANGUL = r"(?![별간])"


@dataclass(frozen=True, slots=True)
class Relative:
    """A time told from the newest date of a file.

    The whole `period` that lies `back` before the newest one, or, `rolling`, so many periods up to the newest day.
    """

    period: Period
    back: int = 0
    rolling: int = 0


@dataclass(frozen=True, slots=True)
class Compound:
    """One expression: its kind, what it means as a word, and what it holds."""

    end: int
    kind: CompoundKind
    key: str = ""
    number: float = 0.0
    numbers: tuple[float, ...] = ()
    relative: Relative | None = None


def compounds_at(text: str, start: int) -> Iterator[Compound]:
    """Each expression that can be read from `start` on."""
    for pattern, make in _PATTERNS:
        if (match := pattern.match(text, start)) and (compound := make(match)) is not None:
            yield compound


def percentile_key(percent: float) -> str:
    """What a percentile is called among the statistics."""
    named = {25.0: "q1", 50.0: "median", 75.0: "q3"}
    return named.get(percent, f"p{percent:g}")


def _percentile(match: re.Match[str]) -> Compound | None:
    number = float(match["number"])
    percent = number * 100 if "quantile" in match[0] and number < 1 else number
    if match.groupdict().get("side") in ("상위", "top"):
        percent = 100 - percent
    return Compound(match.end(), "word", percentile_key(percent)) if 0 < percent < 100 else None


def _count(written: str) -> int:
    return int(written) if written.isdigit() else _COUNTS[written]


def _moving(match: re.Match[str]) -> Compound:
    unit = match["unit"]
    return Compound(match.end(), "word", "moving", _count(match["count"]), (), Relative(_UNITS[unit]) if unit else None)


def _span(match: re.Match[str]) -> Compound:
    return Compound(match.end(), "span", _UNITS[match["unit"]], _count(match["count"]))


def _nth(match: re.Match[str]) -> Compound | None:
    written = match["nth"]
    number = int(written) if written.isdigit() else _ORDINALS[written]
    return Compound(match.end(), "word", "nth", number) if number > 1 else None


def _best_part(match: re.Match[str]) -> Compound | None:
    number = float(match["number"])
    key = "top_part" if match["side"] in ("상위", *_HIGHEST) else "bottom_part"
    key = "both_parts" if re.fullmatch(_BOTH, match["side"]) else key
    return Compound(match.end(), "word", key, number) if 0 < number < 100 else None


def _rows_at(match: re.Match[str]) -> Compound:
    first = re.search("처음|첫|앞|first", match["side"]) is not None
    return Compound(match.end(), "word", "first_rows" if first else "last_rows", _count(match["rows"]))


def _rolling(match: re.Match[str]) -> Compound:
    return Compound(match.end(), "date", relative=Relative(_UNITS[match["unit"]], rolling=_count(match["count"])))


def _ago(match: re.Match[str]) -> Compound:
    return Compound(match.end(), "date", relative=Relative(_UNITS[match["unit"]], back=_count(match["count"])))


def _recent(match: re.Match[str]) -> Compound:
    return Compound(match.end(), "date", relative=Relative("week" if "주" in match["unit"] else "year", rolling=1))


def _relative(period: Period, back: int) -> Callable[[re.Match[str]], Compound]:
    return lambda match: Compound(match.end(), "date", relative=Relative(period, back))


def _korean_days(match: re.Match[str]) -> Compound:
    days = tuple(float(_DAYS.index(letter) + 1) for letter in match[0].replace("요일", "") if letter in _DAYS)
    return Compound(match.end(), "weekdays", numbers=days)


def _english_day(match: re.Match[str]) -> Compound:
    return Compound(match.end(), "weekdays", numbers=(float(_ENGLISH_DAYS.index(match["day"]) + 1),))


def _days(*days: float) -> Callable[[re.Match[str]], Compound]:
    return lambda match: Compound(match.end(), "weekdays", numbers=days)


def _hour(match: re.Match[str]) -> Compound | None:
    hour = int(match["hour"])
    late = match["half"] in ("오후", "저녁", "밤", "pm", "p.m.")
    hour = hour % 12 + 12 * late if match["half"] else hour
    return Compound(match.end(), "clock", number=float(hour)) if hour < 25 else None


def _alpha(match: re.Match[str]) -> Compound | None:
    level = float(match["number"].rstrip(" %")) / (100 if "%" in match[0] else 1)
    level = 1 - level if re.search("신뢰|confidence", match[0]) else level
    return Compound(match.end(), "alpha", number=round(level, 6)) if 0 < level < 0.5 else None


def _decade(match: re.Match[str]) -> Compound:
    return Compound(match.end(), "decade", number=float(match["number"]))


def _named_decade(number: float) -> Callable[[re.Match[str]], Compound]:
    return lambda match: Compound(match.end(), "decade", number=number)


_Make = Callable[[re.Match[str]], Compound | None]
_LEVEL = r"(?P<number>0?\.\d+|\d{1,2}\s*%)"
_PATTERNS: tuple[tuple[re.Pattern[str], _Make], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (rf"(?:제\s*)?{_NUMBER}(?:{_PERCENT})?\s*(?:번째\s*)?(?:백분위수|백분위|퍼센타일|분위수)", _percentile),
        (rf"{_NUMBER}(?:st|nd|rd|th)?[\s-]*%?[\s-]?quantiles?\b", _percentile),
        (rf"{_NUMBER}(?:st|nd|rd|th)?[\s-]*percentiles?\b", _percentile),
        (rf"{_NUMBER}(?:st|nd|rd|th)?(?=(?:\s*(?:,|and|&|, and)\s*\d+(?:st|nd|rd|th)?)+ percentiles?\b)", _percentile),
        (rf"{_NUMBER}(?=(?:\s*(?:,|와|과|및)\s*\d+)+\s*(?:번째\s*)?(?:백분위|퍼센타일))", _percentile),
        (rf"(?:percentile|quantile)s? (?:of )?{_NUMBER}\b", _percentile),
        (r"p(?P<number>\d{1,2}(?:\.\d+)?)\b", _percentile),
        (rf"(?P<side>상위|하위|top|bottom)\s*{_NUMBER}{_PERCENT}\s*(?:의|지점의?)?\s*{_CUT}", _percentile),
        (rf"{_CUT}(?: value)? (?:of|for) the (?P<side>top|bottom) {_NUMBER}{_PERCENT}", _percentile),
        (rf"(?P<nth>\d{{1,3}}|{'|'.join(_ORDINALS)})\s*번\s*째(?:로|의)?(?=\s*\S)", _nth),
        (r"(?P<nth>\d{1,3})\s*(?:위|등)(?![가-힣]*급)", _nth),
        (rf"(?:the )?(?P<nth>{'|'.join(_ORDINALS)})(?=[\s-]*(?:{_RANKING})\b)", _nth),
        (rf"(?:the )?(?P<nth>\d{{1,3}})(?:st|nd|rd|th)(?=[\s-]*(?:{_RANKING})\b)", _nth),
        (rf"(?P<side>{_BOTH}|상위|하위)\s*(?:각각?\s*)?{_NUMBER}{_PERCENT}(?!\s*(?:의|지점의?)?\s*{_CUT})", _best_part),
        (
            rf"(?:the )?(?P<side>{_BOTH}|{_SIDES}) "
            rf"{_NUMBER}{_PERCENT}(?: of(?: the| all)?)?",
            _best_part,
        ),
        (
            rf"(?:맨\s*)?(?P<side>마지막|끝|뒤|처음|첫|앞)(?:에서|의)?\s*{_ROWS}\s*(?:개\s*)?(?:의\s*)?(?:행|줄|레코드|데이터)",
            _rows_at,
        ),
        (rf"(?:the )?(?P<side>first|last|final) {_ROWS} (?:{_LINES})\b", _rows_at),
        (rf"{_COUNT}\s*-?\s*{_UNIT}?(?:\s*-?\s*(?:간|의|기간|단위))?\s*-?\s*{_AVERAGE}", _moving),
        (rf"{_AVERAGE} (?:of|over|with a window of) (?:the )?(?:last |past )?{_COUNT}[\s-]*{_UNIT}?\b", _moving),
        (rf"{_COUNT}[\s-]*{_UNIT}(?![가-힣]*월)(?:간|동안|치|짜리)?", _span),
        (rf"(?:최근|지난|과거|직전|마지막)\s*{_COUNT}\s*{_UNIT}(?:간|동안|치)?", _rolling),
        (rf"(?:the )?(?:(?:most )?recent|last|past|previous|latest|trailing) {_COUNT}[\s-]{_UNIT}\b", _rolling),
        (r"최근\s*(?P<unit>일주일|주일|일년|1년)", _recent),
        (r"(?:the )?year[\s-]to[\s-]date|ytd\b", _relative("year", 0)),
        (r"(?:the )?month[\s-]to[\s-]date|mtd\b", _relative("month", 0)),
        (rf"{_COUNT}\s*{_UNIT}\s*(?:전(?!체|\s*대비)|ago\b)", _ago),
        *((rf"(?:{words}){_NOT_HANGUL}", _relative(*time)) for time, words in _RELATIVE.items()),
        (rf"[{_DAYS}]요일(?:(?:\s*[,·/]\s*|\s*(?:과|와|이랑|하고|또는|및)\s*)[{_DAYS}]요일)*(?!별)", _korean_days),
        (rf"(?P<day>{'|'.join(_ENGLISH_DAYS)})s?\b", _english_day),
        (r"주말(?!별)|weekends?\b", _days(6.0, 7.0)),
        (r"평일(?!별)|주중|weekdays\b|working days\b", _days(1.0, 2.0, 3.0, 4.0, 5.0)),
        (r"(?P<half>오전|오후|새벽|아침|저녁|밤)?\s*(?P<hour>\d{1,2})\s*시(?![간도])", _hour),
        (r"(?P<hour>\d{1,2})\s*(?P<half>am|pm|a\.m\.|p\.m\.)", _hour),
        (rf"유의\s*수준\s*(?:은|이|을|를)?\s*{_LEVEL}", _alpha),
        (rf"{_LEVEL}\s*(?:의\s*)?유의\s*수준", _alpha),
        (r"신뢰\s*(?:수준|도)\s*(?P<number>\d{2}(?:\.\d+)?)\s*%", _alpha),
        (r"(?P<number>\d{2}(?:\.\d+)?)\s*%\s*(?:의\s*)?신뢰\s*(?:수준|도)", _alpha),
        (rf"(?:a |an |the )?(?:alpha|α|significance level)\s*(?:of|=|is|at)?\s*{_LEVEL}", _alpha),
        (rf"(?:a |an |the )?{_LEVEL}\s*(?:significance level|level of significance|level\b|significance\b)", _alpha),
        (r"(?:a |the )?(?P<number>\d{2}(?:\.\d+)?)\s*%\s*confidence(?: level)?", _alpha),
        (r"(?P<number>[1-9]0)\s*대(?![비체])", _decade),
        (r"(?:in their |in the |aged )?(?P<number>[2-9]0)s\b", _decade),
        *(
            (rf"(?:in their |in the )?{name}\b", _named_decade(10.0 * place))
            for place, name in enumerate(("twenties", "thirties", "forties", "fifties", "sixties", "seventies"), 2)
        ),
    )
)
