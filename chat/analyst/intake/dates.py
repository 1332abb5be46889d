"""Recognises dates and times in a column of text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_TIME = (
    r"(?:[T\s]+(?P<half>오전|오후|AM|PM|am|pm)?\s*(?P<hour>\d{1,2})(?::|시\s*)(?P<minute>\d{1,2})"
    r"(?:(?::|분\s*)(?P<second>\d{1,2}))?(?:\.\d+)?[분초]?\s*(?P<after>AM|PM|am|pm|오전|오후)?"
    r"(?:\s?(?P<zone>Z|(?:GMT|UTC)?[+-]\d\d?(?::?\d\d)?|UTC|GMT|KST))?)?"
)
_YEAR_FIRST = rf"^(?P<year>\d{{4}})\s*[-./년]\s*(?P<month>\d{{1,2}})\s*[-./월]\s*(?P<day>\d{{1,2}})[일.]?{_TIME}$"
_POINTED = rf"^(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}){_TIME}$"  # nowhere the month first
_YEAR_LAST = rf"^(?P<first>\d{{1,2}})[-./](?P<next>\d{{1,2}})[-./](?P<year>\d{{4}}){_TIME}$"
_MONTH = r"^(?P<year>(?:19|20)\d{2})\s*[-./년]\s*(?P<month>0?[1-9]|1[0-2])월?$"
_DIGITS = r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})$"
_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NAMED_FIRST = (
    rf"^(?i:(?P<named>{_NAMES})[a-z]*\.?[ -](?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[ -](?P<year>\d{{4}}){_TIME})$"
)
_NAMED = (
    rf"^(?i:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -](?P<named>{_NAMES})[a-z]*\.?,?[ -](?P<year>\d{{4}}|\d\d){_TIME})$"
)
_DATE_NAME = re.compile(r"날짜|일자|일시|기준일|년월일|일$|date|day|(^|_)(dt|ymd|time)($|_)", re.IGNORECASE)
_SAMPLE = 1000
_LONG = 50_000


@dataclass(frozen=True, slots=True)
class Dates:
    """A column as datetimes. `order` is set when the day had to be told from the month."""

    values: pd.Series
    left_out: int = 0
    examples: str = ""
    order: str = ""
    zone: str = ""
    monthly: bool = False


def dates_in(name: str, text: pa.ChunkedArray, share: float) -> Dates | None:
    """The column as datetimes when at least `share` of its values are dates of one form, else None."""
    sample = pc.drop_null(text.slice(0, 50 * _SAMPLE)).slice(0, _SAMPLE)
    for pattern in _patterns(name):
        fits = pc.sum(pc.match_substring_regex(sample, pattern)).as_py() or 0
        if fits and fits >= 0.8 * len(sample):
            return _read(text, pattern, share)
    return None


def _patterns(name: str) -> list[str]:
    """Eight digits are a date only in a column whose name says so."""
    return [
        _YEAR_FIRST,
        _MONTH,
        _POINTED,
        _YEAR_LAST,
        _NAMED,
        _NAMED_FIRST,
        *([_DIGITS] if _DATE_NAME.search(name) else []),
    ]


def _read(text: pa.ChunkedArray, pattern: str, share: float) -> Dates | None:
    """All values; of a long column in which they repeat, each different one is read once."""
    if len(text) <= _LONG or pc.count_distinct(text.slice(0, _LONG)).as_py() > _LONG / 4:
        return _all_read(text, pattern, share)
    encoded = text.dictionary_encode().unify_dictionaries()
    different = pa.chunked_array([encoded.chunk(0).dictionary])
    found = _all_read(different, pattern, 0.0)
    if found is None:
        return None
    places = pd.Series(pa.chunked_array([chunk.indices for chunk in encoded.chunks]).to_pandas())
    values = found.values.reindex(places).reset_index(drop=True)
    left_out = len(text) - text.null_count - int(values.notna().sum())
    if left_out > (1 - share) * (len(text) - text.null_count):
        return None
    return replace(found, values=values, left_out=left_out)


def _all_read(text: pa.ChunkedArray, pattern: str, share: float) -> Dates | None:
    fields = pc.extract_regex(text, pattern)
    names = re.compile(pattern).groupindex
    parts = {name: pc.struct_field(fields, [number]) for number, name in enumerate(names)}
    zones = _different(parts.get("zone"))
    order = _day_order(parts)
    if len(zones) > 1 or order == "unknown":
        return None
    if order:
        parts["month"], parts["day"] = (
            (parts["first"], parts["next"]) if order == "M/D/Y" else (parts["next"], parts["first"])
        )
    if "named" in parts:
        parts["month"], parts["year"] = _month_number(parts["named"]), _whole_year(parts["year"])
    values = _datetimes(parts, len(text))
    there = len(text) - text.null_count
    left_out = there - int(values.notna().sum())
    if left_out > (1 - share) * there:
        return None
    rest = text.filter(pa.array(values.isna().to_numpy())).drop_null() if left_out else text.slice(0, 0)
    examples = ", ".join(str(value)[:40] for value in pc.unique(rest).slice(0, 3).to_pylist())
    return Dates(values, left_out, examples, order, next(iter(zones), ""), pattern == _MONTH)


def _month_number(names: pa.ChunkedArray) -> pa.ChunkedArray:
    known = pa.array(_NAMES.split("|"), pa.large_string())
    return pc.add(pc.index_in(pc.utf8_lower(names), value_set=known), 1).cast(pa.large_string())


def _whole_year(years: pa.ChunkedArray) -> pa.ChunkedArray:
    """Years of two digits as POSIX reads them: 69 to 99 are of the last century."""
    short = pc.equal(pc.utf8_length(years), 2)
    century = pc.if_else(pc.greater_equal(years, "69"), pa.scalar("19", years.type), pa.scalar("20", years.type))
    return pc.if_else(short, pc.binary_join_element_wise(century, years, pa.scalar("", years.type)), years)


def _different(texts: pa.ChunkedArray | None) -> set[str]:
    return set() if texts is None else {value or "" for value in pc.unique(texts).to_pylist() if value is not None}


def _day_order(parts: dict[str, pa.ChunkedArray]) -> str:
    """Which of two numbers is the day: "M/D/Y", "D/M/Y", "unknown"; "" when the year comes first."""
    if "first" not in parts:
        return ""
    first, following = (pc.max(parts[name].cast(pa.int32())).as_py() or 0 for name in ("first", "next"))
    if first > 12 >= following:
        return "D/M/Y"
    return "M/D/Y" if following > 12 >= first else "unknown"


def _datetimes(parts: dict[str, pa.ChunkedArray], length: int) -> pd.Series:
    """The parts put together; what is no day of the calendar becomes missing."""
    day = parts.get("day")
    written = _joined(
        [parts["year"], _two(parts["month"]), _two(day) if day is not None else pa.scalar("01", pa.large_string())], "-"
    )
    if "hour" not in parts or not (pc.max(pc.binary_length(parts["hour"])).as_py() or 0):
        return pd.to_datetime(_strings(written), format="%Y-%m-%d", errors="coerce")
    clock = _joined([_two(_or_zero(parts[name])) for name in ("hour", "minute", "second")], ":")
    written = _joined([written, clock], " ")
    values = pd.to_datetime(_strings(written), format="%Y-%m-%d %H:%M:%S", errors="coerce")
    return values + _afternoon(parts, values)


def _afternoon(parts: dict[str, pa.ChunkedArray], values: pd.Series) -> pd.Series:
    """Twelve hours more for 오후 and PM, twelve less for midnight written as 오전 12."""
    half = _strings(_joined([_or_empty(parts["half"]), _or_empty(parts["after"])], "")).str.lower()
    late = half.isin(["오후", "pm"]) & (values.dt.hour < 12)
    midnight = half.isin(["오전", "am"]) & (values.dt.hour == 12)
    return pd.to_timedelta(late.astype(int) * 12 - midnight.astype(int) * 12, unit="h")


def _joined(parts: list[pa.ChunkedArray | pa.Scalar], between: str) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(*parts, pa.scalar(between, pa.large_string()))


def _strings(text: pa.ChunkedArray) -> pd.Series:
    return text.to_pandas()


def _two(text: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_lpad(text, 2, "0")


def _or_zero(text: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.equal(text, ""), "0", text)


def _or_empty(text: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(text, "")
