"""What an answer makes besides text: told, kept, taken away, and gone with its message."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select, update

from chat import taking_away
from chat.events import Chart, Delta, Finished, ResultTable, Suggestions, Work
from storage import files
from storage.database import Database
from storage.files import FileStore
from storage.models import files as files_table
from tests.live_server import Person

PNG, SVG = b"\x89PNG...", "<svg xmlns='http://www.w3.org/2000/svg'><text>서울</text></svg>".encode()
TABLE = ResultTable("지역별 매출", ("지역", "매출"), ("text", "number"), (("=서울", 1900), ("부산", 1100.5)))
WORK = Work(("지역", "매출"), "연도 = 2024", 1200, 300, "SELECT 1", "print(1)")
TOLD_WORK = {
    "columns": ["지역", "매출"],
    "conditions": "연도 = 2024",
    "rows": 1200,
    "rows_used": 300,
    "sql": "SELECT 1",
    "code": "print(1)",
}
QUESTIONS = ("월별로는?", "상위 3개는?")


@pytest.fixture
def conversation(person: Person) -> str:
    return person.conversation()


@pytest.fixture
def turn(person: Person, conversation: str, upstream) -> str:
    """A turn whose answer has everything."""
    chart = Chart("지역별 매출", PNG, {"mark": "bar"}, SVG)
    upstream.enqueue(Delta("see"), chart, TABLE, WORK, Suggestions(QUESTIONS), Finished())
    return person.ask_and_wait(conversation)["turn_id"]


def artifacts(person: Person, conversation: str) -> list[dict[str, Any]]:
    return list(person.messages(conversation)[-1]["artifacts"])


@pytest.fixture
def chart(person: Person, conversation: str, turn: str) -> str:
    return str(artifacts(person, conversation)[0]["file_id"])


@pytest.fixture
def table(person: Person, conversation: str, turn: str) -> str:
    return str(artifacts(person, conversation)[1]["file_id"])


def test_an_answer_tells_what_it_made_live_and_later_alike(person: Person, conversation: str, turn: str) -> None:
    events = [(event.kind, event.data) for event in person.events(turn)]
    assert [kind for kind, _ in events] == ["delta", "artifact", "artifact", "work", "suggestions", "done"]
    message = person.messages(conversation)[-1]
    chart, table = message["artifacts"]
    assert [data for kind, data in events if kind == "artifact"] == [chart, table]
    assert (chart["kind"], chart["title"], chart["formats"]) == ("chart", "지역별 매출", ["png", "svg"])
    assert (table["kind"], table["title"], table["formats"], table["rows"]) == (
        "table",
        "지역별 매출",
        ["csv", "xlsx"],
        2,
    )
    assert events[3][1] == message["work"] == TOLD_WORK
    assert events[4][1] == {"questions": message["suggestions"]} == {"questions": list(QUESTIONS)}


def test_an_answer_of_words_alone_has_none_of_it(person: Person, conversation: str, upstream) -> None:
    person.ask_and_wait(conversation)
    for message in person.messages(conversation):
        assert (message["artifacts"], message["work"], message["suggestions"]) == ([], None, [])


def test_an_answer_of_a_table_alone_is_no_failure(person: Person, conversation: str, upstream) -> None:
    upstream.enqueue(TABLE, Finished())
    person.ask_and_wait(conversation)
    assert person.messages(conversation)[-1]["state"] == "done"


def test_a_chart_comes_as_picture_and_as_drawing(person: Person, chart: str) -> None:
    shown, saved, drawing = (person.http.get(f"/files/{chart}{rest}") for rest in ("", "?format=png", "?format=svg"))
    assert shown.content == saved.content == PNG
    assert drawing.content == SVG and drawing.headers["content-type"].startswith("image/svg+xml")
    told = [answer.headers["content-disposition"].split(";")[0] for answer in (shown, saved, drawing)]
    assert told == ["inline", "attachment", "attachment"]


def test_what_is_given_out_runs_nothing_wherever_it_is_opened(person: Person, chart: str, table: str) -> None:
    for path in (f"{chart}?format=svg", chart, table):
        headers = person.http.get(f"/files/{path}").headers
        directives = dict(item.strip().partition(" ")[::2] for item in headers["content-security-policy"].split(";"))
        assert directives["default-src"] == "'none'" and "sandbox" in directives
        assert "script-src" not in directives
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("rest", ["", "?format=csv"])
def test_a_table_comes_as_csv(person: Person, table: str, rest: str) -> None:
    answer = person.http.get(f"/files/{table}{rest}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''%EC%A7%80")
    assert answer.headers["content-disposition"].endswith(".csv")
    read = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert read == [["지역", "매출"], ["'=서울", "1900"], ["부산", "1100.5"]]


def test_a_table_comes_as_workbook(person: Person, table: str) -> None:
    answer = person.http.get(f"/files/{table}?format=xlsx")
    assert answer.headers["content-disposition"].endswith(".xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.content))["지역별 매출"]
    assert list(sheet.values) == [("지역", "매출"), ("'=서울", 1900), ("부산", 1100.5)]


def test_a_name_that_is_no_file_name_becomes_one(person: Person, conversation: str, upstream) -> None:
    upstream.enqueue(ResultTable('a/b: "c"', ("n",), ("number",), ()), Finished())
    person.ask_and_wait(conversation)
    [made] = artifacts(person, conversation)
    answer = person.http.get(f"/files/{made['file_id']}")
    assert made["title"] == 'a/b: "c"'
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''a_b_%20_c_.csv"


@pytest.mark.parametrize("format", ["png", "svg", "csv", "xlsx"])
def test_someone_elses_is_not_found_in_any_format(other: Person, chart: str, table: str, format: str) -> None:
    for file in (chart, table):
        answer = other.http.get(f"/files/{file}?format={format}")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_a_format_that_a_file_has_not_is_not_found(person: Person, chart: str, table: str) -> None:
    upload = person.upload("a.csv", b"n\n1\n")["file_id"]
    for path in (f"{chart}?format=csv", f"{table}?format=svg", f"{upload}?format=csv", f"{upload}?format=xlsx"):
        assert person.http.get(f"/files/{path}").status_code == 404
    assert person.http.get(f"/files/{chart}?format=exe").status_code == 400


def test_a_chart_without_a_drawing_offers_none(person: Person, conversation: str, upstream) -> None:
    upstream.enqueue(Chart("t", PNG, {}), Finished())
    person.ask_and_wait(conversation)
    [made] = artifacts(person, conversation)
    assert made["formats"] == ["png"]
    assert person.http.get(f"/files/{made['file_id']}?format=svg").status_code == 404


def test_each_version_of_an_answer_keeps_its_own(person: Person, conversation: str, turn: str, upstream) -> None:
    first = person.messages(conversation)[-1]
    upstream.enqueue(Delta("again"), TABLE, Suggestions(("그리고?",)), Finished())
    again = person.http.post(f"/api/turns/{turn}/again").json()
    person.events(again["turn_id"])
    second = person.messages(conversation)[-1]
    assert (second["work"], second["suggestions"], len(second["artifacts"])) == (None, ["그리고?"], 1)
    person.http.post(f"/api/sessions/{conversation}/version", json={"message_id": first["id"]})
    shown = person.messages(conversation)[-1]
    assert {**shown, "siblings": None} == {**first, "siblings": None}


def stored(database: Database, ids: list[str]) -> int:
    return database.read_now(
        lambda c: int(c.execute(select(func.count()).where(files_table.c.id.in_(ids))).scalar_one())
    )


@pytest.mark.parametrize("what", ["conversation", "message"])
def test_all_of_it_goes_with_its_message(
    person: Person, conversation: str, turn: str, shared_database: Database, server_data: Path, what: str
) -> None:
    message = person.messages(conversation)[-1]["id"]
    of_message = select(files_table.c.id).where(files_table.c.message_id == message)
    ids = list(shared_database.read_now(lambda c: c.execute(of_message).scalars().all()))
    paths = [FileStore(server_data / "files").path(file_id) for file_id in ids]
    assert len(paths) == 3 and all(path.exists() for path in paths)
    gone = f"/api/sessions/{conversation}/" if what == "conversation" else f"/api/messages/{message}/"
    assert person.http.delete(gone).status_code == 204
    assert stored(shared_database, ids) == 0
    assert not any(path.exists() for path in paths)


def test_it_counts_as_the_users_room(person: Person, conversation: str, turn: str, shared_database: Database) -> None:
    user_id = person.http.get("/api/me").json()["user_id"]
    table_size = artifacts(person, conversation)[1]["size"]
    assert shared_database.read_now(files.used_bytes, user_id) == len(PNG) + len(SVG) + table_size


def test_a_table_whose_bytes_are_gone_is_not_found(person: Person, table: str, server_data: Path) -> None:
    FileStore(server_data / "files").path(table).unlink()
    assert person.http.get(f"/files/{table}?format=xlsx").status_code == 404


def test_a_drawing_whose_row_is_gone_is_not_found(person: Person, chart: str, shared_database: Database) -> None:
    orphan = update(files_table).where(files_table.c.id == chart).values(svg_id="0" * 32)
    shared_database.write_now(lambda c: c.execute(orphan))
    assert person.http.get(f"/files/{chart}?format=svg").status_code == 404


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_large_table_made_in_another_process_is_the_same(
    person: Person, table: str, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/files/{table}?format={format}"
    here = person.http.get(path)
    monkeypatch.setattr(taking_away, "MADE_HERE", 0)
    apart = person.http.get(path)
    assert (apart.status_code, apart.headers["content-disposition"]) == (200, here.headers["content-disposition"])
    if format == "csv":
        assert apart.content == here.content
    else:
        assert cells(apart.content) == cells(here.content)


def cells(workbook: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(BytesIO(workbook)).worksheets[0].values)


def test_a_table_that_can_not_be_made_is_a_sentence(
    person: Person, table: str, server_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_away, "MADE_HERE", 0)
    FileStore(server_data / "files").path(table).write_bytes(b"no table")
    answer = person.http.get(f"/files/{table}")
    assert (answer.status_code, answer.json()["error"]) == (500, "internal_error")


def test_a_table_that_takes_too_long_is_a_sentence(person: Person, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_away, "MADE_HERE", 0)
    monkeypatch.setattr(taking_away, "SECONDS", 0)
    answer = person.http.get(f"/files/{table}")
    assert (answer.status_code, answer.json()["error"]) == (500, "internal_error")
