"""The encoding of a table is found from a few lines of it, in every region's encodings."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from chat.analyst.intake.encodings import Decoding, blocks_of, find_encoding, known
from tests.chat.analyst.intake.languages import ENCODINGS_OF_UNICODE, LANGUAGES, corpus

# Five rows are too few to tell this one by; Python itself has no other name for it either.
HOPELESS = {("Arabic", "mac-arabic")}
CASES = [case for case in corpus(rows=5) if case[:2] not in HOPELESS]


@pytest.mark.parametrize(
    ("encoding", "text", "content"), [case[1:] for case in CASES], ids=[f"{case[0]}, {case[1]}" for case in CASES]
)
def test_five_rows_are_enough_to_tell_the_encoding(tmp_path: Path, encoding: str, text: str, content: bytes) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    found = find_encoding(path)
    assert found is not None
    assert "".join(blocks_of(path, Decoding(found))) == text, f"{encoding} read as {found}"


def test_two_rows_are_nearly_always_enough(tmp_path: Path) -> None:
    read = Counter(_decoded(content, tmp_path) == text for _, _, text, content in corpus(rows=2))
    assert read[False] <= 3


def test_the_corpus_has_every_region() -> None:
    encodings = {encoding for language in LANGUAGES for encoding in language.encodings}
    assert len(LANGUAGES) >= 30
    assert len(encodings) >= 70
    assert encodings.isdisjoint(ENCODINGS_OF_UNICODE)


def _encoding_of(content: bytes, folder: Path) -> str | None:
    path = folder / "table.csv"
    path.write_bytes(content)
    return find_encoding(path)


def _decoded(content: bytes, folder: Path) -> str:
    return content.decode(_encoding_of(content, folder) or "ascii", errors="replace").removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("이름\n김\n", "cp949"),
        ("a,b\n서울,2\n", "cp949"),
        ("상품,가격\n펲시,1\n", "cp949"),
        ("名前,値段\nこんにちは,3\n", "euc-jp"),
        ("城市,数量\n北京市场,3\n", "gb18030"),
        ("Größe,n\nMüller,1\n", "cp1252"),
        ("prix €,n\n3,1\n", "cp1252"),
        ("город,n\nМосква,1\n", "koi8-r"),
        ("город,n\nМосква,1\n", "cp866"),
    ],
)
def test_a_word_or_two_are_told_by_what_is_usual(tmp_path: Path, text: str, encoding: str) -> None:
    assert _decoded(text.encode(encoding), tmp_path) == text


def test_what_is_no_text_has_no_encoding(tmp_path: Path) -> None:
    assert _encoding_of(bytes(range(256)) * 20, tmp_path) is None
    assert _encoding_of(b"\x89PNG\r\n\x1a\n" + bytes(200), tmp_path) is None


def test_lines_that_came_in_from_elsewhere_are_read_in_their_own_encoding(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    lines = ["지역,수\n"] + [f"서울특별시 {number}구,{number}\n" for number in range(30)]
    path.write_bytes("".join(lines).encode() + "부산광역시 서구,31\n대구광역시 중구,32\n".encode("cp949"))
    decoding = Decoding(find_encoding(path) or "")
    text = "".join(blocks_of(path, decoding))
    assert text.endswith("부산광역시 서구,31\n대구광역시 중구,32\n")
    assert (decoding.encoding, decoding.other, decoding.broken) == ("utf-8", "cp949", [32, 33])


def test_zero_bytes_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "zeros.csv"
    path.write_bytes(b"a,b\n1,\x00x\n2,y\n" * 50)
    decoding = Decoding(find_encoding(path) or "")
    assert "".join(blocks_of(path, decoding)) == "a,b\n1,x\n2,y\n" * 50
    assert decoding.zeros == 50


def test_blocks_end_at_line_ends_and_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    text = "".join(f"{number},서울\r\n" for number in range(5000))
    for encoding in ("utf-8", "cp949", "utf-16-le", "iso2022_kr"):
        path.write_bytes(text.encode(encoding))
        blocks = list(blocks_of(path, Decoding(encoding), size=4096))
        assert "".join(blocks) == text
        assert all(block.endswith("\r\n") for block in blocks)


def test_names_of_encodings_are_taken_as_people_write_them() -> None:
    assert known("CP949") == known("uhc") == "cp949"
    assert known("no such thing") is None
