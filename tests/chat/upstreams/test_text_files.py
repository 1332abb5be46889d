"""A file as text inside a conversation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chat.errors import FileNotText, FileTooLong
from chat.upstreams.base import Attachment, Question
from chat.upstreams.text_files import KB, with_file

CONTENTS = ("first", "answer", "What is in it?")


def attachment(folder: Path, content: bytes, name: str = "sales.csv") -> Attachment:
    path = folder / "stored"
    path.write_bytes(content)
    return Attachment(path, name, len(content))


def asked(file: Attachment | None, *, earlier: Attachment | None = None, language: str = "en") -> Question:
    return Question("gpu/m", CONTENTS, attachment=file, last_attachment=file or earlier, language=language)


def test_the_file_stands_before_the_question_and_roles_still_alternate(tmp_path: Path) -> None:
    contents = with_file(asked(attachment(tmp_path, b"a,b\r\n1,2\r\n")), limit=KB)
    assert contents == (
        "first",
        "answer",
        "This is the file sales.csv:\n\n```\na,b\n1,2\n```",
        "I have read the file sales.csv.",
        "What is in it?",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le"])
def test_any_encoding_that_the_analyst_reads(tmp_path: Path, encoding: str) -> None:
    text = "지역,매출\n서울,120\n부산,135\n" * 5
    contents = with_file(asked(attachment(tmp_path, text.encode(encoding)), language="ko"), limit=KB)
    assert contents[2] == f"다음은 sales.csv 파일입니다.\n\n```\n{text.strip()}\n```"


def test_fences_inside_do_not_end_the_file(tmp_path: Path) -> None:
    content = with_file(asked(attachment(tmp_path, b"````python\n1\n````")), limit=KB)[2]
    assert content.endswith("`````\n````python\n1\n````\n`````")


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01",
        b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\xb7\x1e",
        b"plain at first \x00 but not in the end",
        b"utf-8 with \x01 a control character",
        bytes(range(256)) * 2,
    ],
)
def test_what_is_no_text_is_refused_whatever_it_is_called(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileNotText) as caught:
        with_file(asked(attachment(tmp_path, content, "notes.txt")), limit=KB)
    assert "notes.txt" in caught.value.notice("en") and "notes.txt" in caught.value.notice("ko")


def test_a_name_does_not_make_a_file_unreadable(tmp_path: Path) -> None:
    assert "hello" in with_file(asked(attachment(tmp_path, b"hello", "photo.png")), limit=KB)[2]


def test_too_large_a_file_is_refused_with_the_limit(tmp_path: Path) -> None:
    limit = with_file(asked(attachment(tmp_path, b"x" * 2 * KB)), limit=2 * KB)
    assert "x" * 2 * KB in limit[2]
    with pytest.raises(FileTooLong) as caught:
        with_file(asked(attachment(tmp_path, b"x" * (2 * KB + 1))), limit=2 * KB)
    assert "2 KB at most" in caught.value.notice("en") and "sales.csv has 3 KB" in caught.value.notice("en")


def test_an_earlier_file_goes_along_again(tmp_path: Path) -> None:
    contents = with_file(asked(None, earlier=attachment(tmp_path, b"a,b")), limit=KB)
    assert "a,b" in contents[2] and contents[-1] == CONTENTS[-1]


def test_an_earlier_file_that_can_not_go_along_does_not_stop_the_conversation(tmp_path: Path) -> None:
    contents = with_file(asked(None, earlier=attachment(tmp_path, b"\0" * 50)), limit=KB)
    assert contents[2:4] == (
        "Earlier in this conversation I attached the file sales.csv. Its content can't be shown to you.",
        "I can't see the file sales.csv.",
    )


def test_without_a_file_nothing_changes() -> None:
    assert with_file(asked(None), limit=KB) == CONTENTS


def test_what_is_known_of_the_file_stands_before_the_question_which_stays_as_it_was(tmp_path: Path) -> None:
    question = replace(asked(attachment(tmp_path, b"a,b\n1,2")), card="- CSV, 1 row")
    assert with_file(question, limit=KB)[-1] == f"- CSV, 1 row\n\n{CONTENTS[-1]}"
    assert "a,b" in with_file(question, limit=KB)[2]


def test_what_is_known_of_a_file_that_can_not_be_seen_stays_here(tmp_path: Path) -> None:
    question = replace(asked(None, earlier=attachment(tmp_path, b"\0" * 50)), card="- Excel, 1 row")
    assert with_file(question, limit=KB)[-1] == CONTENTS[-1]


def test_a_file_that_goes_along_again_does_not_stop_the_conversation(tmp_path: Path) -> None:
    question = replace(asked(attachment(tmp_path, b"\0" * 50)), repeated=True)
    assert with_file(question, limit=KB)[3] == "I can't see the file sales.csv."


def test_the_text_of_a_file_that_is_no_text_goes_along(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("본문", encoding="utf-8")
    file = replace(attachment(tmp_path, b"%PDF-1.7 \0" * 1000, "보고서.pdf"), text=tmp_path / "words")
    assert "본문" in with_file(asked(file), limit=KB)[2]


def test_text_is_read_in_the_encoding_that_was_chosen(tmp_path: Path) -> None:
    file = replace(attachment(tmp_path, "é".encode("latin-1") * 4), choice={"encoding": "cp1251"})
    assert "йййй" in with_file(asked(file), limit=KB)[2]
