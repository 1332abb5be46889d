"""Turns columns of text into numbers and dates where the whole column, or nearly all of it, says so."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from chat.analyst.intake.dates import Dates, dates_in
from chat.analyst.tables import Column, Note, note

NEARLY = 0.9  # the share of a column's values that must fit before the rest is left out
_MISSING = ("", "nan", "null", "#n/a", "<na>")
_MISSING_NUMBERS = (
    *("-", "--", "–", "—", "－", ".", "..", "...", "…", ":", "?", "*", "**", "***", "****", "*****"),
    *("na", "n/a", "n.a.", "none", "(x)", "(d)", "(s)", "(z)", "(na)", "(nd)"),
    *("#div/0!", "#value!", "#ref!", "#num!", "#name?", "없음", "미정", "해당없음", "해당 없음", "자료없음", "비공개"),
)
_SELDOM_MISSING = ("x", "nd", "n.d.", "nr", "ns")  # where they stand for a good part of a column, they say something
_SIGNS = r"[₩￦€£¥]|(?:R|A|C|US|HK|NT|S)?[$]|KRW|USD|EUR|GBP|JPY|CHF|CNY"
_UNITS = r"%|％|원|달러|천원|만원|백만원|억원|KRW|USD|EUR|won|[€£¥$]"
_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_WRITTEN = (
    rf"^(?P<open>\(?)(?P<sign>[+\-−△▲]?)\s*(?P<currency>{_SIGNS})?\s*(?P<sign2>[+\-−]?)\s*"
    rf"(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s*(?P<unit>{_UNITS})?(?P<close>\)?)(?P<sign3>-?)$"
)
_COMMA = r"^[^\d,.]{0,4}(\d{1,3}([.'\x{a0}\x{202f} ]\d{3})+|\d+)(,\d+)?[^\d,.]{0,5}$"  # 1.234,5 and 12 345,67 €
_COMMA_PROOF = r"\d,(\d{1,2}|\d{4,})(\D|$)|\d\.\d{3},\d|^\D{0,4}0,\d"
_COMMA_COUNTER = r",\d+[.,]|\d\.(\d{1,2}|\d{4,})(\D|$)"
_POINTED = r"^[+\-−]?[1-9]\d{0,2}(\.\d{3})+$"  # 1.234 and 1.234.567
_UP_TO_THOUSAND = r"^[+\-−]?\d{1,3}$"
_POINTED_PROOF = r"^\D?(\d{1,3}\.\d{3}\.\d{3}|[1-9]\d\d$)"
_SPACED = r"^[+\-−]?\d{1,3}(['’\x{a0}\x{202f} ]\d{3})+(\.\d+)?$"
_CODE = r"^[+-]?0\d"
_SELDOM = 1 / 3
_EXACT = 2**53  # the integers that a float holds exactly
_SAMPLE = 1000
_MANY = 100_000  # rows whose text is worth giving back to the system at once
_NOTHING = pa.scalar("", pa.large_string())
_MINUS = pa.scalar("-", pa.large_string())


def typed_frame(texts: dict[str, pa.ChunkedArray]) -> tuple[pd.DataFrame, tuple[Column, ...], list[Note]]:
    """The columns as a DataFrame, what each holds, and notes on what was converted or left out.

    Takes the columns out of `texts` one by one, so that only one column is in memory twice.
    """
    series: dict[str, pd.Series] = {}
    columns: list[Column] = []
    notes: list[Note] = []
    for name in list(texts):
        column, values, found = typed_column(name, texts.pop(name))
        series[name] = values
        columns.append(column)
        notes += found
        if len(values) > _MANY:
            pa.default_memory_pool().release_unused()
    return pd.DataFrame(series, copy=False), tuple(columns), notes


def typed_column(name: str, text: pa.ChunkedArray) -> tuple[Column, pd.Series, list[Note]]:
    """One column as numbers, dates or, when it is neither, the text as it stands with blanks at its ends cut."""
    text, named_missing = _cleaned(text)
    notes = [note("missing_words", column=name, count=named_missing)] if named_missing else []
    if text.null_count == len(text):
        return Column(name, "text"), _text_series(text), notes
    dates = dates_in(name, text, NEARLY)
    if dates is not None:
        return _dates(name, dates, notes)
    text, commas = _with_points(text)
    if _has_pointed_thousands(text):
        pointed = text.filter(pc.match_substring_regex(text, _POINTED))
        notes.append(note("thousands_points", column=name, examples=examples_of(pointed)))
        text = pc.replace_substring(text, ".", "")
    numbers = _numbers(name, text, [])
    if numbers is not None:
        notes = [*notes, note("decimal_comma", column=name)] if commas else notes
        column, values, found = numbers
        return column, values, [*notes, *found]
    return Column(name, "text"), _text_series(text), notes


def _cleaned(text: pa.ChunkedArray) -> tuple[pa.ChunkedArray, int]:
    """Without blanks at the ends and what stands for nothing, and how many of these were words; piece by piece."""
    pieces: list[pa.Array] = []
    named = 0
    for chunk in text.chunks:
        trimmed = pc.utf8_trim_whitespace(chunk)
        trimmed = chunk if trimmed.equals(chunk) else trimmed
        missing = pc.is_in(pc.utf8_lower(trimmed), value_set=pa.array(_MISSING, type=text.type))
        named += pc.sum(pc.and_kleene(missing, pc.not_equal(trimmed, ""))).as_py() or 0
        pieces.append(pc.if_else(missing, None, trimmed) if pc.any(missing).as_py() else trimmed)
    return pa.chunked_array(pieces, type=text.type), named


def _with_points(numbers: pa.ChunkedArray) -> tuple[pa.ChunkedArray, bool]:
    """Numbers with a decimal comma, or with blanks or apostrophes between thousands, as others write them.

    A comma before three digits alone says nothing: it is taken for a decimal one only when another value of the column
    proves it. Also tells whether commas were decimal.
    """
    sample = pc.drop_null(numbers.slice(0, 50 * _SAMPLE)).slice(0, _SAMPLE)
    if _share_of(sample, _COMMA) >= NEARLY and _any(numbers, _COMMA_PROOF) and not _any(numbers, _COMMA_COUNTER):
        unlike = pc.invert(pc.match_substring_regex(numbers, _COMMA))
        pointed = pc.replace_substring(
            pc.replace_substring_regex(numbers, r"(\d)[.'\x{a0}\x{202f} ](\d)", r"\1\2"), ",", "."
        )
        return pc.if_else(pc.fill_null(unlike, True), numbers, pointed), True
    if _any(sample, _SPACED) and _share_of(sample, rf"{_SPACED}|{_PLAIN}") >= NEARLY:
        fits = pc.fill_null(pc.match_substring_regex(numbers, _SPACED), False)
        return pc.if_else(
            fits, pc.replace_substring_regex(numbers, r"(\d)['’\x{a0}\x{202f} ](\d)", r"\1\2"), numbers
        ), False
    return numbers, False


def _has_pointed_thousands(text: pa.ChunkedArray) -> bool:
    """Whether points can only be between thousands: three digits behind each, and whole numbers below 1,000 beside.

    Without whole numbers beside, such a column is one of decimals with three places.
    """
    values = pc.drop_null(pc.filter(text, pc.invert(_is_one_of(text, _MISSING_NUMBERS))))
    pointed = pc.sum(pc.match_substring_regex(values, _POINTED)).as_py() or 0
    whole = pc.sum(pc.match_substring_regex(values, _UP_TO_THOUSAND)).as_py() or 0
    if not pointed or pointed + whole < len(values):
        return False
    twice = _any(values, r"\d\.\d{3}\.\d{3}")
    return twice or (whole >= 0.2 * len(values) and pointed > 1 and _any(values, _POINTED_PROOF))


def _share_of(sample: pa.ChunkedArray, pattern: str) -> float:
    return (pc.sum(pc.match_substring_regex(sample, pattern)).as_py() or 0) / max(1, len(sample))


def _any(text: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(text, pattern)).as_py())


def _text_series(text: pa.ChunkedArray) -> pd.Series:
    return text.to_pandas(types_mapper={pa.large_string(): pd.StringDtype(na_value=float("nan"))}.get)


def _dates(name: str, dates: Dates, notes: list[Note]) -> tuple[Column, pd.Series, list[Note]]:
    found = list(notes)
    if dates.order:
        found.append(note("day_order", column=name, order=dates.order))
    if dates.zone:
        found.append(note("zone_dropped", column=name, zone=dates.zone))
    if dates.left_out:
        found.append(note("not_dates", column=name, count=dates.left_out, examples=dates.examples))
    return Column(name, "month" if dates.monthly else "date"), dates.values, found


def _numbers(name: str, text: pa.ChunkedArray, notes: list[Note]) -> tuple[Column, pd.Series, list[Note]] | None:
    """The column as numbers, or None: codes with leading zeros, mixed units and digits beyond 15 stay text."""
    if not _worth_trying(text):
        return None
    marks = _is_one_of(text, _MISSING_NUMBERS)
    seldom = _is_one_of(text, _SELDOM_MISSING)
    if 0 < (pc.sum(seldom).as_py() or 0) <= _SELDOM * (len(text) - text.null_count):
        marks = pc.or_(marks, seldom)
    if marked := pc.sum(marks).as_py() or 0:
        words = examples_of(pc.filter(text, marks))
        notes = [*notes, note("missing_marks", column=name, count=marked, words=words)]
    text = pc.if_else(marks, None, text)
    plain = pc.match_substring_regex(text, _PLAIN)
    if pc.any(pc.match_substring_regex(text, _CODE)).as_py():
        return None
    written = len(text) - text.null_count - (pc.sum(plain).as_py() or 0)
    if not written:
        return _plain_numbers(name, text, notes)
    parts = pc.extract_regex(pc.if_else(plain, None, text), _WRITTEN)
    return _written_numbers(name, text, plain, _fields(parts), notes)


def _worth_trying(text: pa.ChunkedArray) -> bool:
    sample = pc.drop_null(text.slice(0, 50 * _SAMPLE)).slice(0, _SAMPLE)
    fits = pc.or_(pc.match_substring_regex(sample, _WRITTEN), pc.match_substring_regex(sample, _PLAIN))
    none = pc.or_(fits, _is_one_of(sample, _MISSING_NUMBERS))
    return bool(pc.any(fits).as_py()) and (pc.sum(none).as_py() or 0) >= 0.5 * len(sample)


def _fields(parts: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    names = re.compile(_WRITTEN).groupindex
    return {name: pc.struct_field(parts, [number]) for number, name in enumerate(names)}


def _written_numbers(
    name: str,
    text: pa.ChunkedArray,
    plain: pa.ChunkedArray,
    parts: Mapping[str, pa.ChunkedArray],
    notes: list[Note],
) -> tuple[Column, pd.Series, list[Note]] | None:
    """Numbers of which some are written with separators, signs of money, units or brackets."""
    balanced = pc.equal(pc.equal(parts["open"], "("), pc.equal(parts["close"], ")"))
    unit = _one_unit(parts, has_plain=bool(pc.any(plain).as_py()))
    if unit is None:
        return None
    negative = pc.or_(
        pc.equal(parts["open"], "("),
        pc.or_(_is_one_of(parts["sign"], ("-", "−", "△", "▲")), _is_one_of(parts["sign2"], ("-", "−"))),
    )
    negative = pc.or_(negative, pc.equal(parts["sign3"], "-"))
    digits = pc.replace_substring(parts["digits"], ",", "")
    signed = pc.binary_join_element_wise(pc.if_else(negative, _MINUS, _NOTHING), digits, _NOTHING)
    cleaned = pc.if_else(pc.fill_null(plain, False), text, pc.if_else(balanced, signed, None))
    left_out = cleaned.null_count - text.null_count
    if len(text) - cleaned.null_count < NEARLY * (len(text) - text.null_count):
        return None
    notes = list(notes)
    if left_out:
        rest = pc.filter(text, pc.and_(pc.is_valid(text), pc.is_null(cleaned)))
        notes.append(note("not_numbers", column=name, count=left_out, examples=examples_of(rest)))
    converted = (pc.sum(pc.is_valid(cleaned)).as_py() or 0) - (pc.sum(plain).as_py() or 0)
    if converted:
        notes.append(note("written_numbers", column=name, count=converted, unit=unit or ","))
    return _plain_numbers(name, cleaned, notes, unit)


def _one_unit(parts: Mapping[str, pa.ChunkedArray], *, has_plain: bool) -> str | None:
    """The unit that all written numbers share; "" without any, None when several would be mixed up."""
    pairs = pc.binary_join_element_wise(parts["currency"], parts["unit"], _NOTHING)
    units = {unit for unit in pc.unique(pc.filter(pairs, pc.is_valid(parts["digits"]))).to_pylist() if unit}
    has_bare = has_plain or bool(pc.any(pc.and_(pc.equal(pairs, ""), pc.is_valid(parts["digits"]))).as_py())
    if len(units) > 1 or (has_bare and units and next(iter(units)) not in "₩￦$€£¥원"):
        return None
    return next(iter(units), "")


def _plain_numbers(
    name: str, text: pa.ChunkedArray, notes: list[Note], unit: str = ""
) -> tuple[Column, pd.Series, list[Note]] | None:
    whole = pc.all(pc.match_substring_regex(text, r"^[+-]?\d{1,18}$")).as_py()
    text = pc.replace_substring_regex(text, r"^\+", "")
    if whole:
        values = text.cast(pa.int64())
        if text.null_count and (pc.max(pc.abs(values)).as_py() or 0) > _EXACT:
            return None
        return Column(name, "number", unit), values.to_pandas(), notes
    if pc.any(pc.match_substring_regex(text, r"^[+-]?\d{16,}$")).as_py():
        return None
    return Column(name, "number", unit), text.cast(pa.float64()).to_pandas(), notes


def examples_of(values: pa.ChunkedArray) -> str:
    """Up to three different values, for a note."""
    return ", ".join(str(value)[:40] for value in pc.unique(values).slice(0, 3).to_pylist())


def _is_one_of(text: pa.ChunkedArray, words: tuple[str, ...]) -> pa.ChunkedArray:
    wanted = pa.array(words, type=text.type)
    # Piece by piece: the words in small letters would be the whole column once more.
    found = [pc.is_in(pc.utf8_lower(chunk), value_set=wanted) for chunk in text.chunks]
    return pa.chunked_array(found, type=pa.bool_())
