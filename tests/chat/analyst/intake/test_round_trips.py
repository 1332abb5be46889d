"""Any table, written in any dialect and encoding, is read back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chat.analyst.reading import take_in

_WORDS = (
    "서울",
    "부산 해운대구",
    "노트북",
    "Kim",
    "Smith, John",
    'say "no"',
    "two\nlines",
    "it's",
    "naïve",
    "x;y",
    "a|b",
    "東京",
)
_MORE = (
    "North",
    "Old Town",
    "first;second",
    "tab\tinside",
    "50%",
    "C:\\temp\\",
    "(none)",
    "Müller & Söhne",
    "O'Neil",
    "…",
)
_WORD = st.sampled_from(_WORDS + _MORE)
_NUMBER = st.one_of(
    st.integers(-10_000, 10_000_000).map(str),
    st.decimals(-1000, 1000, places=2).map(str),
    st.integers(1, 9_999_999).map(lambda number: f"{number:,}"),
)
_DATE = st.dates().filter(lambda day: day.year > 1900).map(str)
_CODE = st.integers(1, 99_999).map(lambda number: f"AB-{number:05}")
_COLUMN = st.sampled_from([_WORD, _NUMBER, _DATE, _CODE])
_NAMES = ("지역", "name", "amount", "매출액", "등록일", "Product code", "note", "unit price", "비고")


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """A header and rows: the first column is a key, the others hold words, numbers, dates or codes, some missing."""
    width = draw(st.integers(2, 7))
    height = draw(st.integers(3, 25))
    columns = []
    for _ in range(width - 1):
        cells = draw(_COLUMN)
        missing = draw(st.sampled_from([0, 0, 0, 10]))
        columns.append([draw(cells) if not missing or draw(st.integers(0, missing)) else "" for _ in range(height)])
    names = draw(st.permutations(_NAMES))[: width - 1]
    keys = [str(number) for number in range(1, height + 1)]
    rows = [list(row) for row in zip(keys, *columns, strict=True)]
    return [["번호", *names], *rows]


@st.composite
def dialects(draw: st.DrawFn) -> dict[str, object]:
    """What the csv module of Python writes."""
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    # With lines that end in CR the module leaves LF unquoted in a cell: nobody could read that back.
    quoting = [csv.QUOTE_ALL, *([] if end == "\r" else [csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC])]
    return {
        "delimiter": draw(st.sampled_from([",", ";", "\t", "|"])),
        "quoting": draw(st.sampled_from(quoting)),
        "lineterminator": end,
    }


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=tables(),
    dialect=dialects(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp949"]),
)
@example(  # a column that is empty from top to bottom looks like a delimiter of two commas
    rows=[["번호", "지역", "name"], *([str(number), "", "서울"] for number in range(1, 16))],
    dialect={"delimiter": ",", "quoting": csv.QUOTE_MINIMAL, "lineterminator": "\n"},
    encoding="utf-8",
)
def test_what_was_written_is_read(
    tmp_path: Path, rows: list[list[str]], dialect: dict[str, object], encoding: str
) -> None:
    if encoding == "cp949":  # Hanja between a few Korean words may as well be Chinese
        rows = [[cell.replace("東京", "도쿄") for cell in row] for row in rows]
    written = io.StringIO(newline="")
    csv.writer(written, **dialect).writerows(rows)  # type: ignore[arg-type]
    path = tmp_path / "table.csv"
    path.write_bytes(written.getvalue().encode(encoding, errors="replace"))
    expected = [[cell.encode(encoding, errors="replace").decode(encoding) for cell in row] for row in rows]
    assert _read(path) == expected


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "^", "~", "\x1f"])
def test_cells_are_never_split_at_what_their_quotes_hold(tmp_path: Path, mark: str) -> None:
    rows = [["id", "text", "n"], *[[str(number), f"a{mark}b {number}", str(number * 7)] for number in range(1, 9)]]
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=mark).writerows(rows)
    assert _read(path) == rows


def _read(path: Path) -> list[list[str]]:
    raw = take_in(path, "table.csv").raw
    assert raw is not None
    body = [[cell or "" for cell in row] for row in zip(*[column.to_pylist() for column in raw.columns], strict=True)]
    header = raw.header()
    return body if header is None else [header, *body]
