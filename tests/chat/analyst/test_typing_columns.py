"""Text becomes numbers and dates where a column says so, and stays text where it doesn't."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from chat.analyst.tables import Column, Table

Read = Callable[..., Table]


def column_of(read: Read, *cells: str, name: str = "값") -> tuple[Column, list[object], dict[str, object]]:
    quoted = "\n".join(f'x,"{cell}"' for cell in cells)
    table = read(f"k,{name}\n{quoted}\n")
    notes = {note.key: dict(note.values) for note in table.notes}
    return table.columns[1], table.frame[name].tolist(), notes


def test_thousands_separators_and_brackets_are_numbers(read: Read) -> None:
    column, values, notes = column_of(read, "1,234", "(500)", "-7", "2,000,000.5")
    assert (column.kind, values) == ("number", [1234, -500, -7, 2000000.5])
    assert notes["written_numbers"]["count"] == 3


@pytest.mark.parametrize(
    ("cells", "unit", "values"),
    [
        (("₩1,200", "₩300"), "₩", [1200, 300]),
        (("1,200원", "300원"), "원", [1200, 300]),
        (("$1.50", "-$2"), "$", [1.5, -2]),
        (("12.5%", "3%"), "%", [12.5, 3]),
    ],
)
def test_units_are_taken_off_and_remembered(read: Read, cells: tuple[str, ...], unit: str, values: list[float]) -> None:
    column, found, _ = column_of(read, *cells)
    assert (column.kind, column.unit, found) == ("number", unit, values)


@pytest.mark.parametrize(
    "cells",
    [
        ("00123", "00456"),
        ("12%", "0.5"),
        ("₩100", "$100"),
        ("12345678901234567890", "12345678901234567891"),
        ("010-1234-5678", "010-9876-5432"),
    ],
)
def test_codes_and_mixed_units_stay_text(read: Read, cells: tuple[str, ...]) -> None:
    column, values, _ = column_of(read, *cells)
    assert (column.kind, values) == ("text", list(cells))


@pytest.mark.parametrize(
    ("cells", "unit", "values"),
    [
        (("1,23", "4,56"), "", [1.23, 4.56]),
        (("1.234,50", "-12,00", "7"), "", [1234.5, -12, 7]),
        (("1.234.567,8", "0,125"), "", [1234567.8, 0.125]),
        (("12,50 €", "1.000,00 €"), "€", [12.5, 1000]),
        (("1 234,5", "22 345,0"), "", [1234.5, 22345]),
        (("1 234.5", "22 345", "7"), "", [1234.5, 22345, 7]),
        (("1'234.50", "7.00"), "", [1234.5, 7]),
    ],
)
def test_decimal_commas_and_other_thousands_are_read_as_their_writers_mean_them(
    read: Read, cells: tuple[str, ...], unit: str, values: list[float]
) -> None:
    column, found, _ = column_of(read, *cells)
    assert (column.kind, column.unit, found) == ("number", unit, values)


@pytest.mark.parametrize("cells", [("1,234", "22,345"), ("1,234.5", "7"), ("1,234", "0.5")])
def test_a_comma_before_three_digits_is_no_decimal_one_without_proof(read: Read, cells: tuple[str, ...]) -> None:
    column, values, notes = column_of(read, *cells)
    assert column.kind == "number"
    assert values[0] >= 1234
    assert "decimal_comma" not in notes


def test_a_few_words_among_numbers_are_counted_and_left_out(read: Read) -> None:
    column, values, notes = column_of(read, *[str(number) for number in range(1, 20)], "모름")
    assert column.kind == "number"
    assert values[:19] == list(range(1, 20))
    assert notes["not_numbers"] == {"column": "값", "count": 1, "examples": "모름"}


def test_many_words_among_numbers_keep_the_column_text(read: Read) -> None:
    assert column_of(read, "1", "2", "3", "모름")[0].kind == "text"


def test_big_integers_keep_every_digit(read: Read) -> None:
    assert column_of(read, "123456789012345678", "1")[1] == [123456789012345678, 1]


@pytest.mark.parametrize("written", ["2024-01-31", "2024/1/31", "2024.01.31", "2024. 1. 31.", "2024년 1월 31일"])
def test_dates_of_every_usual_form_are_read(read: Read, written: str) -> None:
    column, values, _ = column_of(read, written, written)
    assert (column.kind, values) == ("date", [pd.Timestamp("2024-01-31")] * 2)


def test_times_are_read_with_the_korean_half_of_the_day(read: Read) -> None:
    _, values, _ = column_of(read, "2024-01-31 오후 3:05", "2024-01-31 오전 12:10", "2024-01-31 13:00:59")
    assert [str(value)[11:] for value in values] == ["15:05:00", "00:10:00", "13:00:59"]


def test_eight_digits_are_a_date_only_in_a_column_named_so(read: Read) -> None:
    assert column_of(read, "20240131", "20240201", name="기준일자")[0].kind == "date"
    assert column_of(read, "20240131", "20240201", name="금액")[0].kind == "number"


def test_day_and_month_are_told_apart_or_left_text(read: Read) -> None:
    assert column_of(read, "31/01/2024", "01/02/2024")[1][1] == pd.Timestamp("2024-02-01")
    assert column_of(read, "01/31/2024", "02/01/2024")[1][1] == pd.Timestamp("2024-02-01")
    assert column_of(read, "01/02/2024", "03/04/2024")[0].kind == "text"


def test_impossible_dates_are_counted(read: Read) -> None:
    cells = [f"2024-01-{day:02d}" for day in range(1, 20)]
    column, _, notes = column_of(read, *cells, "2024-02-31")
    assert column.kind == "date"
    assert notes["not_dates"] == {"column": "값", "count": 1, "examples": "2024-02-31"}


def test_years_and_months_are_dates_shown_as_months(read: Read) -> None:
    column, values, _ = column_of(read, "2024-01", "2024-02")
    assert (column.kind, values[1]) == ("month", pd.Timestamp("2024-02-01"))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("24 Oct 2013", "2013-10-24"),
        ("03-NOV-98", "1998-11-03"),
        ("3-Nov-13", "2013-11-03"),
        ("5 November 2013", "2013-11-05"),
        ("October 24, 2011", "2011-10-24"),
        ("Jan. 5 2023", "2023-01-05"),
    ],
)
def test_dates_with_the_month_by_its_name_are_read(read: Read, written: str, day: str) -> None:
    column, values, _ = column_of(read, written, written)
    assert (column.kind, values) == ("date", [pd.Timestamp(day)] * 2)


def test_times_as_korean_forms_export_them_are_read_with_their_zone(read: Read) -> None:
    column, values, notes = column_of(read, "2023/01/02 3:04:05 오후 GMT+9", "2023/01/03 11:00:01 오전 GMT+9")
    assert (column.kind, str(values[0])) == ("date", "2023-01-02 15:04:05")
    assert notes["zone_dropped"] == {"column": "값", "zone": "GMT+9"}


@pytest.mark.parametrize("mark", ["..", ":", "***", "ND", "(D)", "X", "－", "비공개"])
def test_marks_of_statistics_offices_among_numbers_are_missing_and_told(read: Read, mark: str) -> None:
    column, values, notes = column_of(read, "1.5", mark, "2", "3")
    assert (column.kind, values[0], values[2:]) == ("number", 1.5, [2, 3])
    assert notes["missing_marks"] == {"column": "값", "count": 1, "words": mark}


def test_a_minus_behind_a_number_counts(read: Read) -> None:
    assert column_of(read, "1,200.00-", "350.00")[1] == [-1200, 350]


def test_points_between_thousands_are_told_from_decimal_ones(read: Read) -> None:
    column, values, notes = column_of(read, "1.234", "987", "12", "2.233")
    assert (column.kind, values) == ("number", [1234, 987, 12, 2233])
    assert notes["thousands_points"] == {"column": "값", "examples": "1.234, 2.233"}
    assert column_of(read, "1.234.567", "12.500")[1] == [1_234_567, 12_500]


@pytest.mark.parametrize(
    "cells", [("1.234", "2.233"), ("1.125", "2", "3.375"), ("0.125", "250", "1.250"), ("1.5", "200")]
)
def test_points_that_may_be_decimal_ones_are(read: Read, cells: tuple[str, ...]) -> None:
    column, values, _ = column_of(read, *cells)
    assert (column.kind, values) == ("number", [float(cell) for cell in cells])


def test_a_long_column_of_repeating_dates_is_read_as_a_short_one(read: Read) -> None:
    cells = ["2024-01-31", "2024-02-31", "", "2024-02-29 오후 3:05"] + ["2024-03-01"] * 9
    column, values, notes = column_of(read, *cells * 5000)
    assert column.kind == "date"
    assert values[3] == pd.Timestamp("2024-02-29 15:05")
    assert [pd.isna(value) for value in values[:5]] == [False, True, True, False, False]
    assert values[-13:-11] == values[:1] + values[-12:-11]
    assert notes["not_dates"] == {"column": "값", "count": 5000, "examples": "2024-02-31"}


def test_a_letter_in_half_of_the_cells_is_a_value(read: Read) -> None:
    assert column_of(read, "1", "x", "2", "x", "3", "x")[0].kind == "text"
