from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from logs import setup, work
from logs.lines import ConsoleLines, JsonLines, Prepare, fields
from logs.masking import Mask
from logs.setup import log_file, log_to

HEX = "0123456789abcdef0123456789abcdef01234567"


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("chat.turns", logging.INFO, "f.py", 1, message, args, None)
    made.__dict__.update(extra)
    Prepare(Mask()).filter(made)
    return made


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, put back as it was."""
    logger = logging.getLogger()
    before, level = logger.handlers[:], logger.level
    yield logger
    for handler in {*logger.handlers} - {*before}:
        if isinstance(handler.formatter, JsonLines | ConsoleLines):
            logger.removeHandler(handler)
            handler.close()
    logger.setLevel(level)
    logging.captureWarnings(False)


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_line_of_the_file_is_an_object_with_what_is_known() -> None:
    work.begin_request("req-1")
    work.note_user(7)
    work.note_turn("t1")
    line = json.loads(JsonLines().format(record("Turn %s", "done", **fields(waited_ms=3, error=None))))
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "chat.turns",
        "message": "Turn done",
        "request_id": "req-1",
        "user_id": 7,
        "turn_id": "t1",
        "waited_ms": 3,
    }


def test_a_line_without_a_request_names_none() -> None:
    line = json.loads(JsonLines().format(record("Started")))
    assert not line.keys() & {"request_id", "user_id", "turn_id"}


def test_a_traceback_is_in_its_line_and_masked() -> None:
    try:
        raise RuntimeError(f"with Token {HEX}")
    except RuntimeError as error:
        made = logging.LogRecord("a", logging.ERROR, "f", 1, "m", (), (type(error), error, error.__traceback__))
    Prepare(Mask()).filter(made)
    [line] = JsonLines().format(made).splitlines()
    assert "RuntimeError" in json.loads(line)["traceback"] and HEX not in line
    assert HEX not in ConsoleLines().format(made)


def test_messages_and_figures_are_masked() -> None:
    made = record("password=%s", "hunter2", **fields(route=f"GET /x?token={HEX}"))
    for text in (JsonLines().format(made), ConsoleLines().format(made)):
        assert "hunter2" not in text and HEX not in text


def test_nobody_forges_a_line_on_the_console() -> None:
    text = ConsoleLines().format(record("name kim\n2026 ERROR forged \x1b[31m\r\x9b1m"))
    assert len(text.splitlines()) == 1
    assert not set(text) & {"\x1b", "\r", "\x9b"}


def test_the_console_says_who_and_how_much() -> None:
    work.begin_request("req-1")
    text = ConsoleLines().format(record("Slow query", **fields(seconds=0.7)))
    assert text.endswith("INFO chat.turns: Slow query [seconds=0.7 request=req-1]")


def test_files_are_changed_at_10_mb_and_five_old_ones_are_kept(root: logging.Logger, tmp_path: Path) -> None:
    log_to(tmp_path / "chat.log", secrets=[])
    [handler] = [item for item in root.handlers if isinstance(item, RotatingFileHandler)]
    assert (handler.maxBytes, handler.backupCount) == (10 * 1024 * 1024, 5)


def test_the_set_up_masks_the_secrets_of_the_settings_everywhere(root, tmp_path: Path, capsys) -> None:
    path = log_file(tmp_path)
    path.parent.mkdir()
    log_to(path, secrets=["our-own-secret"])
    logging.getLogger("chat").warning("it is our-own-secret")
    logging.getLogger("httpx").info("never seen")
    assert [line["message"] for line in lines_of(path)] == ["it is ***"]
    assert "our-own-secret" not in capsys.readouterr().err


def test_old_lines_move_to_numbered_files(root, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(setup, "FILE_BYTES", 2000)
    log_to(tmp_path / "chat.log", secrets=[])
    for number in range(200):
        logging.getLogger("chat").info("Line %d", number)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chat.log", *(f"chat.log.{n}" for n in range(1, 6))]
    assert lines_of(tmp_path / "chat.log")[-1]["message"] == "Line 199"


async def test_a_task_and_what_it_starts_work_for_the_same_request() -> None:
    work.begin_request("outer")

    async def turn() -> work.Work:
        work.note_turn("t")
        return await asyncio.create_task(inner())

    async def inner() -> work.Work:
        return work.current()

    assert await asyncio.create_task(turn()) == work.Work("outer", None, "t")
    assert work.current().turn_id == ""


@pytest.mark.parametrize("given", ["", "two words", "a\nb", "x" * 65, "한글", "a;b"])
def test_an_unfit_id_is_replaced(given: str) -> None:
    made = work.begin_request(given)
    assert made != given and len(made) == 16
