"""The job that reads a file for its card, and what it leaves for the questions to come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chat.analyst.card_job import card_job, table_of
from chat.analyst.jobs import JOBS
from chat.analyst.tables import ReadingFailed
from tests.chat.analyst.intake.test_cards import pdf

ROWS = "지역,매출\n서울,10\n부산,20\n"


@pytest.fixture
def file(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "upload"
    path.write_text(ROWS, encoding="cp949")
    return {"path": str(path), "name": "매출.csv", "choice": None, "table": str(tmp_path / "upload.parquet")}


def silent(_: str) -> None:
    """Nobody listens."""


def test_the_table_is_kept_and_answers_do_not_read_the_file_again(file: dict[str, Any]) -> None:
    card = JOBS["card"](file, silent)["card"]
    assert (card["rows"], card["width"], card["preview"][0]) == (2, 2, ("서울", "10"))
    assert "text" not in card
    Path(file["path"]).unlink()
    table = table_of(file)
    assert (table.height, table.name, table.encoding) == (2, "매출.csv", "cp949")


def test_a_choice_holds_for_the_kept_table_and_for_the_file(file: dict[str, Any]) -> None:
    file["choice"] = {"header": 0}
    assert table_of(file).height == 3
    card_job(file, silent)
    assert table_of(file).height == 3


def test_a_damaged_table_is_read_from_the_file(file: dict[str, Any]) -> None:
    Path(file["table"]).write_bytes(b"no Parquet")
    assert table_of(file).height == 2


def test_nothing_half_made_is_left_behind(file: dict[str, Any], tmp_path: Path, monkeypatch) -> None:
    def broken(_table: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError

    monkeypatch.setattr("chat.analyst.card_job.write_table", broken)
    with pytest.raises(OSError):
        card_job(file, silent)
    assert [path.name for path in tmp_path.iterdir()] == ["upload"]


def test_a_wide_card_lists_the_first_columns(file: dict[str, Any]) -> None:
    Path(file["path"]).write_text(",".join(f"c{n}" for n in range(400)) + "\n" + ",".join(["1"] * 400) + "\n")
    card = card_job(file, silent)["card"]
    assert (card["width"], len(card["columns"]), len(card["preview"][0])) == (400, 300, 300)


def test_the_text_of_a_pdf_is_kept(file: dict[str, Any], tmp_path: Path) -> None:
    Path(file["path"]).write_bytes(pdf("Hello"))
    card = card_job(file, silent)["card"]
    assert (card["kind"], card["format"], card["pages"]) == ("document", "PDF", 1)
    assert "Hello" in (tmp_path / "upload.txt").read_text(encoding="utf-8")
    assert not Path(file["table"]).exists()


def test_what_can_not_be_read_fails_with_its_reason(file: dict[str, Any]) -> None:
    Path(file["path"]).write_bytes(b"")
    with pytest.raises(ReadingFailed, match="empty"):
        card_job(file, silent)
