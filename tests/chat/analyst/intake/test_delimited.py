"""Big files are read block by block, and come out as if they had been read as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.analyst.intake import delimited
from chat.analyst.intake.delimited import Delimited, read_delimited
from chat.analyst.intake.encodings import Decoding

ROWS = [
    [str(number), f"2024-0{number % 9 + 1}-11", f"도시 {number % 40}", f"{number * 1.5:.2f}"] for number in range(6000)
]
HEADER = ["번호", "날짜", "도시", "금액"]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that 200 KB are many blocks and most of it goes Arrow's way."""
    monkeypatch.setattr(delimited, "_WHOLE", 1 << 15)
    monkeypatch.setattr(delimited, "_BLOCK", 1 << 15)
    monkeypatch.setattr(delimited, "_SMALLEST", 1 << 12)


def text_of(rows: list[list[str]], end: str = "\n") -> str:
    return "".join(",".join(row) + end for row in rows)


def read(
    path: Path, text: str, encoding: str = "utf-8"
) -> tuple[list[list[str]], dict[str, dict[str, object]], Delimited]:
    path.write_bytes(text.encode(encoding))
    found = read_delimited(path, Decoding(encoding))
    assert found is not None
    columns = [["" if cell is None else cell for cell in column.to_pylist()] for column in found.table.columns]
    notes = {note.key: dict(note.values) for note in found.table.notes}
    return [list(row) for row in zip(*columns, strict=True)], notes, found


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blocks_lose_nothing(tmp_path: Path, encoding: str, end: str) -> None:
    rows, notes, found = read(tmp_path / "big.csv", text_of([HEADER, *ROWS], end), encoding)
    assert rows == ROWS
    assert (found.table.names, notes) == (HEADER, {})


def test_damages_far_down_are_mended_where_they_are(tmp_path: Path) -> None:
    lines = text_of([HEADER, *ROWS]).splitlines(keepends=True)
    lines[3001] = '3000,2024-04-11,"도시 0,4500.00\n'
    lines[3501] = "3500,2024-09-11도시 20,5250.00\n"
    lines[4001] = "4000,,2024-05-11,도시 0,6000.00\n"
    lines[4501] = "4500;2024-01-11;도시 20;6750.00\n"
    lines[5001] = "5000,2024-06-11\n"
    expected = [list(row) for row in ROWS]
    expected[3000][2] = '"도시 0'
    expected[5000][2:] = ["", ""]
    rows, notes, _ = read(tmp_path / "big.csv", "".join(lines))
    assert [row for row, other in zip(rows, expected, strict=True) if row != other] == []
    assert {key: values["lines"] for key, values in notes.items()} == {
        "open_quotes": "3002",
        "split_cells": "3502",
        "dropped_cells": "4002",
        "resplit_rows": "4502",
        "short_rows": "5002",
    }


def test_quoted_line_breaks_at_the_edge_of_a_block_stay_in_their_cell(tmp_path: Path) -> None:
    quoted = [[number, day, f'"{town}\nsecond line, of {number}"', amount] for number, day, town, amount in ROWS]
    rows, notes, _ = read(tmp_path / "big.csv", text_of([HEADER, *quoted]))
    assert [row[2] for row in rows] == [f"{row[2]}\nsecond line, of {row[0]}" for row in ROWS]
    assert notes == {}


def test_blank_rows_names_said_again_and_notes_are_set_aside_wherever_they_are(tmp_path: Path) -> None:
    parts = [HEADER, *ROWS[:2500], [], ["", "", "", ""], *ROWS[2500:4000], HEADER, *ROWS[4000:]]
    rows, notes, _ = read(tmp_path / "big.csv", text_of(parts) + "\n※ 잠정치임\n")
    assert rows == ROWS
    assert notes["blank_rows"] == {"count": 3, "lines": "2502–2503, 6005"}
    assert notes["repeated_header"] == {"count": 1, "lines": "4004"}
    assert notes["footnotes"] == {"count": 1, "text": "※ 잠정치임", "lines": "6006"}


def test_a_second_table_far_down_is_not_mixed_with_the_first(tmp_path: Path) -> None:
    other = text_of([["이름", "전화"], ["김", "010-1234-5678"], ["이", "010-2345-6789"]])
    rows, notes, _ = read(tmp_path / "big.csv", text_of([HEADER, *ROWS]) + "\n" + other)
    assert rows == ROWS
    assert notes["other_tables"] == {"line": 6003, "count": 2}


def test_chosen_separator_and_header_are_kept_to(tmp_path: Path) -> None:
    path = tmp_path / "chosen.csv"
    path.write_text("report\na;b,c\n1;2,3\n4;5,6\n", encoding="utf-8")
    by_comma = read_delimited(path, Decoding("utf-8"), delimiter=",", header=2)
    assert by_comma is not None
    assert (by_comma.table.names, by_comma.header_lines) == (["a;b", "c"], (2,))
    no_header = read_delimited(path, Decoding("utf-8"), delimiter=";", header=0)
    assert no_header is not None
    assert (no_header.table.names, no_header.table.height) == (None, 4)


def test_escapes_within_quotes_of_several_lines_take_no_longer_than_others(tmp_path: Path) -> None:
    """Each record was once tried again with every further line, which took minutes for a few thousand."""
    body = [[str(number), f'a \\"short\\" history,\nno. {number}', "1999"] for number in range(3000)]
    text = "id,note,year\n" + "".join(f'{number},"{note}",{year}\n' for number, note, year in body)
    rows, notes, found = read(tmp_path / "escaped.csv", text)
    assert found.dialect.escape == "\\"
    assert rows == [[number, note.replace("\\", ""), year] for number, note, year in body]
    assert notes == {}
