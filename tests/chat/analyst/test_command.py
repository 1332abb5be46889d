"""Files are read and asked about from a shell, without settings, data folder or server."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from admin.cli import main
from chat.analyst.command import run, run_batch

SALES = "지역,매출\n서울,10\n부산,20\n서울,5\n"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    path = tmp_path / "sales.csv"
    path.write_bytes(SALES.encode("cp949"))
    return path


def analyse(*arguments: object, as_json: bool = False, dump: Path | None = None) -> tuple[int, str, str]:
    out, errors = io.StringIO(), io.StringIO()
    status = run([str(argument) for argument in arguments], as_json=as_json, dump=dump, out=out, errors=errors)
    return status, out.getvalue(), errors.getvalue()


def test_card_and_answers_are_printed(sales: Path) -> None:
    status, out, errors = analyse(sales, "매출 합계는?", "how many rows?")
    assert (status, errors) == (0, "")
    assert "sales.csv: CSV, cp949" in out
    assert "3 rows × 2 columns" in out
    assert "**35**" in out
    assert "**3**" in out


def test_json_is_one_object_of_card_and_answers(sales: Path) -> None:
    status, out, _ = analyse(sales, "매출 합계는?", "지역별 매출 합계", as_json=True)
    told = json.loads(out)
    assert status == 0
    assert told.keys() == {"card", "answers"}
    card = told["card"]
    assert (card["encoding"], card["separator"], card["rows"], card["width"]) == ("cp949", ",", 3, 2)
    assert [column["kind"] for column in card["columns"]] == ["text", "number"]
    total, by_region = told["answers"]
    assert total.keys() == {"question", "text", "table", "value"}
    assert (total["question"], total["value"]) == ("매출 합계는?", 35)
    assert by_region["table"] == {"columns": ["지역", "sum 매출"], "rows": [["부산", 20], ["서울", 15]]}


def test_the_table_is_written_as_it_was_read(sales: Path, tmp_path: Path) -> None:
    analyse(sales, dump=tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().decode() == SALES.replace("\n", "\r\n")


def test_what_has_no_header_is_written_without_one(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("2024-01-01;1\n2024-01-02;2\n", encoding="utf-8")
    analyse(path, dump=tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "2024-01-01,1\n2024-01-02,2\n"


def test_several_tables_are_written_into_a_folder(sales: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text('[{"a": "x, y"}]', encoding="utf-8")
    status, out, _ = analyse(sales, other, as_json=True, dump=tmp_path / "out")
    assert status == 0
    assert [told["card"]["name"] for told in json.loads(out)] == ["sales.csv", "other.json"]
    assert (tmp_path / "out" / "other.csv").read_bytes() == b'a\r\n"x, y"\r\n'
    assert (tmp_path / "out" / "sales.csv").exists()


def test_a_file_that_cannot_be_read_says_why_and_the_rest_goes_on(sales: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    status, out, errors = analyse(empty, sales, "how many rows?", dump=tmp_path / "out")
    assert status == 1
    assert "empty.csv holds no data" in errors
    assert "**3**" in out
    assert (tmp_path / "out" / "empty.csv").read_bytes() == b""


def test_without_a_file_there_is_nothing_to_do() -> None:
    status, out, errors = analyse("how many rows?")
    assert (status, out) == (2, "")
    assert "how many rows?" in errors


def test_documents_have_a_card_but_no_answers_to_compute(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# Notes\n\nSome words.\n", encoding="utf-8")
    status, out, _ = analyse(path, "sum of x?", as_json=True)
    told = json.loads(out)
    assert (status, told["card"]["kind"], told["card"]["format"]) == (0, "document", "Markdown")
    assert told["card"]["text"].startswith("# Notes")
    assert "no table" in told["answers"][0]["text"]


def test_a_batch_answers_line_by_line_and_goes_on_after_a_failure(sales: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    lines = [
        {"id": 1, "file": str(sales), "question": "매출 합계는?"},
        {"id": "b", "file": "empty.csv", "question": "how many rows?"},
        {"id": 3, "file": "gone.csv", "question": "how many rows?"},
        {"id": 4, "file": "sales.csv", "question": "how many rows?"},
    ]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("".join(json.dumps(line) + "\n" for line in lines) + "\nno JSON\n", encoding="utf-8")
    out, errors = io.StringIO(), io.StringIO()
    assert run_batch(batch, out=out, errors=errors) == 1
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["id"] for line in told] == [1, "b", 3, 4, None]
    assert all(line.keys() == {"id", "answer", "code"} for line in told)
    assert "35" in told[0]["answer"]
    assert "**3**" in told[3]["answer"]
    assert "pd.read_csv('sales.csv'" in told[0]["code"] and "sum(" in told[0]["code"]
    assert [reason in errors.getvalue() for reason in ("empty.csv", "gone.csv", "line 6")] == [True] * 3


def test_a_batch_that_is_not_there_is_told(tmp_path: Path) -> None:
    errors = io.StringIO()
    assert run_batch(tmp_path / "gone.jsonl", out=io.StringIO(), errors=errors) == 1
    assert "gone.jsonl" in errors.getvalue()


def test_the_command_needs_no_settings_and_leaves_nothing_behind(sales: Path, tmp_path: Path) -> None:
    empty = tmp_path / "elsewhere"
    empty.mkdir()
    ran = subprocess.run(
        [sys.executable, "-m", "admin.cli", "analyse", str(sales), "매출 합계는?", "--json"],
        cwd=empty,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout.decode())["answers"][0]["value"] == 35
    assert list(empty.iterdir()) == []


def test_the_command_is_parsed(sales: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyse", str(sales), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answers"] == []
