"""Files of all formats become tables; what was repaired is noted, and no row is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from chat.analyst.reading import read_table
from chat.analyst.tables import ReadingFailed, Table

Read = Callable[..., Table]


def notes_of(table: Table) -> dict[str, dict[str, str | int]]:
    return {note.key: dict(note.values) for note in table.notes}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949"])
def test_korean_is_read_in_every_usual_encoding(read: Read, encoding: str) -> None:
    table = read("지역,매출\n서울,1\n부산,2\n", encoding=encoding)
    assert table.frame.to_dict("list") == {"지역": ["서울", "부산"], "매출": [1, 2]}
    assert table.encoding == encoding


@pytest.mark.parametrize(
    ("encoding", "header", "city"),
    [("cp1252", "naïve,prix", "école"), ("cp932", "名前,値段", "こんにちは"), ("gb18030", "城市,数量", "北京市场")],
)
def test_other_old_encodings_are_told_from_cp949(read: Read, encoding: str, header: str, city: str) -> None:
    table = read(f"{header}\n{city},3\n", encoding=encoding)
    assert table.encoding == encoding
    assert table.frame.iloc[0, 0] == city


def test_encoding_is_found_when_the_first_megabytes_are_ascii(read: Read) -> None:
    table = read("a,b\n" + "x,1\n" * 400_000 + "서울,2\n", encoding="cp949")
    assert table.encoding == "cp949"
    assert table.frame["a"].iloc[-1] == "서울"
    assert len(table.frame) == 400_001


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_found(read: Read, separator: str) -> None:
    table = read(f"a{separator}b\n1{separator}x\n2{separator}y\n")
    assert (table.separator, list(table.frame.columns)) == (separator, ["a", "b"])


def test_rows_are_neither_lost_at_the_sample_border_nor_elsewhere(read: Read) -> None:
    for count in (1, 19, 20, 21, 200, 20_001):
        table = read("n,t\n" + "".join(f"{number},x\n" for number in range(count)))
        assert table.frame["n"].tolist() == list(range(count))


def test_quoted_separators_and_line_breaks_stay_in_their_cell(read: Read) -> None:
    table = read('name,n\n"Kim, J",1\n"two\nlines",2\n"say ""hi""",3\n')
    assert table.frame["name"].tolist() == ["Kim, J", "two\nlines", 'say "hi"']


def test_short_long_and_blank_rows_are_kept_or_counted(read: Read) -> None:
    table = read("a,b\n1,x\n2\n\n3,y,left,over\n")
    assert table.frame["a"].tolist() == [1, 2, 3]
    assert table.frame["_extra"].tolist()[2] == "left,over"
    notes = notes_of(table)
    assert [notes[key]["count"] for key in ("short_rows", "long_rows", "blank_rows")] == [1, 1, 1]


def test_open_quote_does_not_swallow_rows(read: Read) -> None:
    table = read('a,b\n1,"x\n2,y\n3,z"\n4,w\n')
    assert table.frame["a"].tolist() == [1, 2, 3, 4]
    assert notes_of(table)["open_quotes"] == {"count": 1, "lines": "2"}


def test_title_above_the_header_is_set_aside_with_a_note(read: Read) -> None:
    table = read("2024 매출 보고서,,\n\n지역,제품,매출\n서울,노트북,1\n")
    assert list(table.frame.columns) == ["지역", "제품", "매출"]
    assert notes_of(table)["preamble"] == {"count": 1, "text": "2024 매출 보고서", "lines": "1"}


def test_data_without_a_header_keeps_its_first_row(read: Read) -> None:
    table = read("서울,10\n부산,20\n")
    assert table.frame["column_2"].tolist() == [10, 20]
    assert "no_header" in notes_of(table)


def test_years_as_column_names_are_a_header(read: Read) -> None:
    assert list(read("지역,2023,2024\n서울,1,2\n").frame.columns) == ["지역", "2023", "2024"]


def test_empty_and_double_column_names_become_unique(read: Read) -> None:
    table = read("a,,a\n1,2,3\n")
    assert list(table.frame.columns) == ["a", "column_2", "a_2"]
    assert {"empty_names", "duplicate_names"} <= notes_of(table).keys()


def test_invalid_bytes_are_counted(read: Read) -> None:
    table = read("지역,n\n서울,1\n".encode("cp949") + b"\xff\xff,2\n" + "부산,3\n대구,4\n".encode("cp949"))
    assert table.frame["n"].tolist() == [1, 2, 3, 4]
    assert notes_of(table)["broken_characters"]["count"] == 1


def test_excel_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "really_excel.csv"
    frame = pd.DataFrame({"지역": ["서울", "부산"], "코드": ["001", "002"], "날짜": pd.to_datetime(["2024-01-31"] * 2)})
    with path.open("wb") as file:
        frame.to_excel(file, sheet_name="매출", index=False, engine="openpyxl")
    table = read_table(path, "really_excel.csv")
    assert (table.format, table.sheet) == ("Excel", "매출")
    assert table.frame["코드"].tolist() == ["001", "002"]
    assert table.frame["날짜"].tolist() == [pd.Timestamp("2024-01-31")] * 2


def test_other_sheets_are_named(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        for sheet in ("하나", "둘"):
            pd.DataFrame({"a": [1]}).to_excel(book, sheet_name=sheet, index=False)
    assert notes_of(read_table(path, "book.xlsx"))["other_sheets"] == {"count": 1, "names": "둘"}


def test_parquet_keeps_types_and_missing_values(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    frame = pd.DataFrame({"지역": ["서울", None], "n": [1.5, 2.0], "d": pd.to_datetime(["2024-01-01", None])})
    frame.to_parquet(path)
    table = read_table(path, "data.parquet")
    assert [column.kind for column in table.columns] == ["text", "number", "date"]
    assert table.frame["지역"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([{"지역": "서울", "n": 1}, {"지역": "부산", "n": 2}], ensure_ascii=False),
        '{"지역": "서울", "n": 1}\n{"지역": "부산", "n": 2}\n',
        json.dumps({"ok": True, "data": [{"지역": "서울", "n": 1}, {"지역": "부산", "n": 2}]}),
        json.dumps({"지역": ["서울", "부산"], "n": [1, 2]}),
    ],
)
def test_json_records_are_read_in_their_usual_shapes(read: Read, content: str) -> None:
    assert read(content, name="data.json").frame.to_dict("list") == {"지역": ["서울", "부산"], "n": [1, 2]}


def test_nested_json_becomes_columns_with_dots(read: Read) -> None:
    table = read('[{"a": {"b": 1, "c": [1, 2]}}, {"d": "x"}]')
    assert list(table.frame.columns) == ["a.b", "a.c", "d"]
    assert table.frame["a.c"].tolist()[0] == "[1, 2]"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"[]", "empty"),
        (b'[{"a": 1}, {"a": ', "corrupt"),
        (b"PAR1 but nothing else", "corrupt"),
        (b"PK\x03\x04 broken archive", "corrupt"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "unsupported"),
        (b"%PDF-1.7\n1 0 obj\n", "corrupt"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512 + "WordDocument".encode("utf-16-le"), "unsupported"),
    ],
)
def test_unreadable_files_say_why(read: Read, content: bytes, reason: str) -> None:
    with pytest.raises(ReadingFailed) as failure:
        read(content)
    assert failure.value.reason == reason
