from __future__ import annotations

import json
from pathlib import Path

import pytest

from admin import logs as reader
from admin.logs import last_lines
from logs.masking import Mask
from logs.setup import log_file

HEX = "0123456789abcdef0123456789abcdef01234567"


def write(path: Path, *lines: dict[str, object] | str) -> None:
    path.parent.mkdir(exist_ok=True)
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")


def line(message: str, level: str = "INFO", **rest: object) -> dict[str, object]:
    return {"time": "2026-03-10T12:00:00.000+00:00", "level": level, "logger": "chat", "message": message, **rest}


def messages(data: Path, **options: object) -> list[str]:
    return [item.message for item in last_lines(data, Mask(), **options)]  # type: ignore[arg-type]


def test_the_newest_lines_come_first_over_all_files(tmp_path: Path) -> None:
    path = log_file(tmp_path)
    write(path, line("4"), line("5"))
    write(path.with_name("chat.log.1"), line("2"), line("3"))
    write(path.with_name("chat.log.2"), line("1"))
    assert messages(tmp_path) == ["5", "4", "3", "2", "1"]
    assert messages(tmp_path, count=3) == ["5", "4", "3"]


def test_they_are_chosen_by_level(tmp_path: Path) -> None:
    write(log_file(tmp_path), line("i"), line("w", "WARNING"), line("e", "ERROR"), line("d", "DEBUG"))
    assert messages(tmp_path, level="WARNING") == ["e", "w"]
    assert messages(tmp_path, level="DEBUG") == ["d", "e", "w", "i"]


@pytest.mark.parametrize("text", ["e-7f3k", "E-7F3K ", "turn_id=t9", "값이", 'a "quoted"', "Boom", "chat"])
def test_they_are_chosen_by_any_of_their_words(tmp_path: Path, text: str) -> None:
    found = line('Turn a "quoted" 값이', number="E-7F3K", turn_id="t9", traceback="BOOM")
    write(log_file(tmp_path), found, {**line("other"), "logger": "x"})
    assert messages(tmp_path, text=text) == ['Turn a "quoted" 값이']


def test_a_line_has_its_parts(tmp_path: Path) -> None:
    write(log_file(tmp_path), line("m", request_id="r", user_id=3, seconds=0.5))
    [found] = last_lines(tmp_path, Mask())
    assert found.at and found.at.year == 2026
    assert found.rest == {"request_id": "r", "user_id": 3, "seconds": 0.5}


def test_a_secret_that_got_into_the_file_is_neither_shown_nor_found(tmp_path: Path) -> None:
    write(log_file(tmp_path), line(f"Token {HEX} ours-by-value", note=f"password={HEX}"), f"raw Bearer {HEX}")
    found = last_lines(tmp_path, Mask(["ours-by-value"]))
    assert HEX not in str(found) and "ours-by-value" not in str(found)
    assert last_lines(tmp_path, Mask(["ours-by-value"]), text=HEX) == []


def test_lines_that_are_no_json_are_shown_as_they_are(tmp_path: Path) -> None:
    write(log_file(tmp_path), "2026 INFO chat: an older line", '{"cut off', "[1]", line("new"))
    assert messages(tmp_path) == ["new", "[1]", '{"cut off', "2026 INFO chat: an older line"]


def test_lines_across_the_blocks_of_reading_are_whole(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(reader, "_BLOCK", 7)
    write(log_file(tmp_path), line("하나"), line("둘"))
    assert messages(tmp_path) == ["둘", "하나"]


def test_without_a_file_there_are_no_lines(tmp_path: Path) -> None:
    assert messages(tmp_path) == []
