"""The worker keeps to its protocol whatever the code within it prints or raises."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chat.analyst import jobs
from chat.analyst.worker import serve
from tests.chat.analyst.conftest import SALES

WORKER = (sys.executable, "-X", "utf8", "-m", "chat.analyst.worker", "--memory-mb", "1500", "--seconds", "60")

REQUEST = {"job": "answer", "question": "매출 합계", "language": "ko"}


@pytest.fixture
def request_line(tmp_path: Path) -> str:
    path = tmp_path / "upload"
    path.write_text(SALES, encoding="cp949")
    return json.dumps(REQUEST | {"files": [{"path": str(path), "name": "매출.csv"}]}) + "\n"


def answers_to(lines: list[str]) -> list[dict[str, Any]]:
    out = io.StringIO()
    serve(lines, out, seconds=10_000)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_process_answers_many_requests_and_ends_with_its_input(request_line: str) -> None:
    done = subprocess.run(WORKER, input=request_line * 2, capture_output=True, text=True, encoding="utf-8", check=True)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    assert [message["result"]["pieces"][0] for message in messages if "result" in message] == [
        "매출 합계: **3,000**"
    ] * 2


def test_a_new_process_only_loads_what_every_question_needs() -> None:
    code = "import sys, chat.analyst.jobs; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "duckdb" in loaded
    assert not {"scipy.stats", "sklearn", "vl_convert", "pypdf", "openpyxl"}.intersection(loaded)


def test_steps_are_told_in_their_order(request_line: str) -> None:
    steps = [message["status"] for message in answers_to([request_line]) if "status" in message]
    assert steps == ["reading", "understanding", "computing"]


@pytest.mark.parametrize(("error", "reason"), [(RuntimeError("bug"), "crash"), (MemoryError(), "memory")])
def test_error_within_a_job_is_one_line(
    request_line: str, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(jobs, "table_of", fail)
    assert answers_to([request_line])[-1] == {"error": reason}


def test_stray_prints_do_not_reach_the_protocol(request_line: str) -> None:
    program = "import os, sys; from chat.analyst import jobs, worker; real = jobs.table_of\n"
    program += "def noisy(*a):\n    print('noise'); os.write(1, b'more noise'); return real(*a)\n"
    program += "jobs.table_of = noisy; worker.main()"
    command = (*WORKER[:3], "-c", program, *WORKER[5:])
    done = subprocess.run(command, input=request_line, capture_output=True, text=True, encoding="utf-8", check=True)
    assert all(json.loads(line) for line in done.stdout.splitlines())
    assert "noise" in done.stderr


def test_question_goes_on_from_the_earlier_ones_and_names_other_files(tmp_path: Path, request_line: str) -> None:
    request = json.loads(request_line)
    other = tmp_path / "other"
    other.write_text("제품,분류\n노트북,컴퓨터\n마우스,주변기기\n키보드,주변기기\n", encoding="utf-8")
    broken = tmp_path / "broken"
    broken.write_bytes(b"")
    request["files"] += [{"path": str(other), "name": "분류.csv"}, {"path": str(broken), "name": "b.csv"}]
    lines = [
        json.dumps(request | {"question": "서울은?", "earlier": ["매출 합계"]}),
        json.dumps(request | {"question": "컴퓨터 분류의 매출 합계"}),
    ]
    first, second = (message["result"]["pieces"][0] for message in answers_to(lines) if "result" in message)
    assert "1,900" in first
    assert "1,200" in second
