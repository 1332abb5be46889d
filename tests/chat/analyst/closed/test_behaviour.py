"""What holds for every answer to a closed question: its form, its script, and what is said when it isn't understood."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy import stats

from chat.analyst import closed, command
from chat.analyst.closed.slots import find_format
from chat.analyst.command import run_batch
from chat.analyst.jobs import JOBS
from chat.analyst.reading import read_table
from chat.analyst.time_limits import OutOfTime, time_limit
from tests.chat.analyst.closed.asking import ask, two
from tests.chat.analyst.closed.test_answers import CASES

ASKED = 'What is the mean of "Salary"? @mean[m] where "m" is rounded to two decimal places.'


@pytest.mark.parametrize("number", range(0, len(CASES), 12))
def test_the_script_prints_the_answer_beside_the_file(desk: Any, number: int) -> None:
    _, table, question, _ = CASES[number]
    found = desk.answer(table, question)
    printed = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", found.code],
        cwd=desk.folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert printed.stdout.strip() == found.pieces[0]


@pytest.mark.parametrize(
    "question",
    ["What is the mean salary?", "Send it to kim@example.com", "Use [brackets] only", "가장 높은 급여는?"],
)
def test_a_question_without_a_form_is_none(desk: Any, question: str) -> None:
    path = desk.folder / "staff.csv"
    assert closed.answer(question, read_table(path, path.name), "en", path) is None


def test_the_number_of_a_question_names_no_column(tmp_path: Path) -> None:
    path = tmp_path / "numbered.csv"
    path.write_text("column_1,pay_USD,year\n" + "".join(f"{90 - n},{n * n},{2000 + n % 3}\n" for n in range(12)))
    groups = [[n * n for n in range(12) if n % 3 == year] for year in range(3)]
    for number in ("1. ", "", "1) "):
        question = f"{number}Perform an ANOVA of the pay in USD between years. @p[p] where 'p' has three decimals."
        assert ask(path, question).pieces[0] == f"@p[{two(stats.f_oneway(*groups).pvalue, 3)}]"


def test_a_group_without_values_takes_no_part_in_a_test(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("pay,year\n" + "".join(f"{n * n},{2000 + n % 3}\n" for n in range(12)) + ",2009\n,2009\n")
    groups = [[n * n for n in range(12) if n % 3 == year] for year in range(3)]
    question = "Perform an ANOVA of the pay between years. @p[p] where 'p' has three decimals."
    assert ask(path, question).pieces[0] == f"@p[{two(stats.f_oneway(*groups).pvalue, 3)}]"


def test_what_no_column_says_is_not_understood(desk: Any) -> None:
    found = desk.answer("staff", "What is the mean wingspan of the birds? @mean_wingspan[w] rounded to two decimals.")
    assert found.text.startswith("I can't answer this in the requested format")
    assert "mean_wingspan" in found.text
    assert "@" not in found.text
    assert not found.code


def test_it_is_said_in_korean_too(desk: Any) -> None:
    found = desk.answer("staff", "새의 날개 길이 평균은? @mean_wingspan[값]", "ko")
    assert found.text.startswith("요청하신 형식으로 답할 수 없습니다")


def test_sure_places_are_answered_and_others_named(desk: Any) -> None:
    question = (
        'Calculate the mean of the "Salary" column. @mean_salary[m] @verdict[v] where "m" is '
        "rounded to two decimal places "
        'and "v" is a string that can either be "blue", "green" or "red".'
    )
    found = desk.answer("staff", question)
    assert found.pieces[0].startswith("@mean_salary[")
    assert "verdict" not in found.pieces[0]
    assert "verdict" in found.pieces[-1]


def test_a_split_without_a_seed_is_said(desk: Any) -> None:
    question = "Predict Salary based on YearsExp with linear regression on a test set. @mse[m] rounded to 2 decimals."
    found = desk.answer("staff", question)
    assert any("no random seed" in piece for piece in found.pieces)
    assert any("no size of the test set" in piece for piece in found.pieces)


def test_names_are_literals_in_the_script(tmp_path: Path) -> None:
    wicked = "a'] + __import__('os').getcwd() + df['"
    path = tmp_path / "wicked.csv"
    pd.DataFrame({wicked: [1, 2, 6], "b": [1, 1, 1]}).to_csv(path, index=False)
    found = closed.answer(f'Mean of the "{wicked}" column? @mean[m]', read_table(path, path.name), "en", path)
    assert found is not None
    assert found.pieces[0] == "@mean[3.00]"
    assert repr(wicked) in found.code


def test_rows_too_few_for_a_split_are_said(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("weight,height\n1,2\n")
    question = (
        "Train a linear regression to predict the height based on weight, "
        "with a test set of 20% and a random seed of 42. "
        "@mse[m] rounded to two decimals."
    )
    found = ask(path, question)
    assert found.text.startswith("I can't answer this in the requested format")


@pytest.mark.parametrize(
    "content",
    [
        "Report of the year,,\n,,\nname,Salary,x\na,10,1\nb,20,1\nc,60,2\n",
        'name;Salary;x\na;"1.010,5";1\nb;20;1\nc;"-940,5";2\n',
        'name,Salary,x\na,"$1,010.50",1\nb,$20,1\nc,"$-940.50",2\n',
        "name,Salary,x\na,10원,1\nb,20원,1\nc,60원,2\n",
    ],
    ids=["titles", "decimal commas", "money", "units"],
)
def test_what_pandas_alone_reads_otherwise_is_read_as_our_own_reading_does(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ugly.csv"
    path.write_text(content, encoding="utf-8")
    found = ask(path, ASKED)
    assert found.pieces[0] == "@mean[30.00]"
    assert found.columns == ("Salary",)
    printed = subprocess.run(
        [sys.executable, "-c", found.code], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert printed.stdout.strip() == "@mean[30.00]"


def test_the_chat_gets_text_and_work(desk: Any) -> None:
    request = {
        "files": [{"path": str(desk.folder / "staff.csv"), "name": "staff.csv"}],
        "question": ASKED,
        "language": "en",
    }
    told = JOBS["answer"](request, lambda step: None)
    assert told["pieces"][0] == f"@mean[{desk.frame('staff').Salary.mean():.2f}]"
    assert "read_csv('staff.csv'" in told["work"]["code"]
    assert told["work"]["columns"] == ("Salary",)


def batch(tmp_path: Path, *requests: object, seconds: float = 60) -> tuple[int, list[dict[str, Any]], str]:
    path = tmp_path / "batch.jsonl"
    path.write_text(
        "\n".join(json.dumps(one) if not isinstance(one, str) else one for one in requests), encoding="utf-8"
    )
    out, errors = io.StringIO(), io.StringIO()
    status = run_batch(path, out=out, errors=errors, seconds=seconds)
    return status, [json.loads(line) for line in out.getvalue().splitlines()], errors.getvalue()


def test_a_batch_answers_each_line_with_its_code(desk: Any, tmp_path: Path) -> None:
    staff = str(desk.folder / "staff.csv")
    status, told, errors = batch(tmp_path, *[{"id": n, "file": staff, "question": ASKED} for n in range(50)])
    assert (status, errors, [one["id"] for one in told]) == (0, "", list(range(50)))
    assert {one["answer"].splitlines()[0] for one in told} == {f"@mean[{desk.frame('staff').Salary.mean():.2f}]"}
    assert all("pd.read_csv" in one["code"] for one in told)


def test_a_missing_file_is_answered_and_told_and_the_rest_goes_on(desk: Any, tmp_path: Path) -> None:
    staff = str(desk.folder / "staff.csv")
    missing = {"id": 1, "file": "nowhere.csv", "question": ASKED}
    status, told, errors = batch(tmp_path, missing, {"id": 2, "file": staff, "question": ASKED})
    assert status == 1
    assert "nowhere.csv" in errors
    assert "nowhere.csv" in told[0]["answer"]
    assert told[1]["answer"].startswith("@mean[")


def test_a_file_without_data_is_answered_and_told(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    status, told, errors = batch(tmp_path, {"id": 1, "file": "empty.csv", "question": ASKED})
    assert status == 1
    assert "empty.csv holds no data" in told[0]["answer"]
    assert "empty.csv holds no data" in errors


@pytest.mark.parametrize("line", ["not json", "[1, 2]", '{"id": 3}'])
def test_a_line_that_is_none_is_told(tmp_path: Path, line: str) -> None:
    status, told, errors = batch(tmp_path, line)
    assert (status, len(told)) == (1, 1)
    assert "line 1" in errors


def test_a_slow_question_is_left_and_the_next_is_answered(
    desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = command.ask

    def ask(question: str, *others: Any, **more: Any) -> command.Answered:
        while question == "slow":
            time.sleep(0.01)
        return answered(question, *others, **more)

    monkeypatch.setattr(command, "ask", ask)
    staff = str(desk.folder / "staff.csv")
    slow = {"id": 1, "file": staff, "question": "slow"}
    status, told, errors = batch(tmp_path, slow, {"id": 2, "file": staff, "question": ASKED}, seconds=3)
    assert status == 1
    assert "longer than 3 seconds" in told[0]["answer"]
    assert "line 1" in errors
    assert told[1]["answer"].startswith("@mean[")


def test_a_limit_that_isn_t_reached_changes_nothing() -> None:
    with time_limit(60):
        pass


def test_an_interruption_by_the_user_stays_one() -> None:
    with pytest.raises(KeyboardInterrupt), time_limit(60):
        raise KeyboardInterrupt


def test_work_beyond_its_time_ends() -> None:
    with pytest.raises(OutOfTime), time_limit(0.05):
        while True:
            time.sleep(0.01)


@pytest.fixture
def in_the_background() -> Iterator[None]:
    """Ctrl-C is ignored, as a shell has it for the jobs that a script puts in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


def test_work_in_the_background_ends_in_time_too_and_ignores_the_keyboard(in_the_background: None) -> None:
    with pytest.raises(OutOfTime), time_limit(0.05):
        for _ in range(1000):
            time.sleep(0.01)
    with time_limit(60):
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_placeholders_lists_and_words_are_told_apart() -> None:
    form = find_format(
        "@a[x] @b[one, two] @c[id1, id2, ...] @d[{'k': v}] @e[yes/no] where \"x\" is an integer,"
        ' "one" and "two" are numbers '
        "with three decimals."
    )
    assert form is not None
    assert [slot.name for slot in form.slots] == ["a", "b", "c", "d", "e"]
    assert [[part.kind for part in slot.parts] for slot in form.slots] == [
        ["integer"], ["number", "number"], ["list"], ["map"], ["text"],
    ]  # fmt: skip
    assert form.slots[1].parts[0].decimals == 3
    assert form.slots[4].parts[0].words == ("yes", "no")


@pytest.mark.parametrize("name", ["{df}", '"]); import os #', "tail\\", "'''", "{0}", "a b\u2028c"])
def test_names_and_values_are_never_code(tmp_path: Path, name: str) -> None:
    path = tmp_path / "hostile.csv"
    pd.DataFrame({name: [name, "other"] * 10, "sales": range(20)}).to_csv(path, index=False)
    asked = f'Calculate the mean of "sales" for rows where "{name}" is "{name}". @mean[m]'
    found = closed.answer(asked, read_table(path, path.name), "en", path)
    assert found is not None and found.code
    done = subprocess.run([sys.executable, "-c", found.code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == found.pieces[0] and done.stdout.startswith("@mean[")
