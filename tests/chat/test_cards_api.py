"""Intake cards over HTTP: what is known of an upload, by whom it may be seen, and how it is read instead."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pydantic import TypeAdapter

from chat.shapes import FileCard, OpenConversation
from storage import cards
from storage.database import Database
from tests.live_server import Person

SALES = "영업 실적\n지역;매출;전화\n서울;10;010-1234-5678\n부산;;010-2345-6789\n대구;30;010-3456-7890\n"


def card_of(person: Person, file_id: str) -> Any:
    """The answer about a card as soon as it has been made."""
    while (answer := person.http.get(f"/api/files/{file_id}/card")).status_code == 202:
        assert answer.json() == {"state": "reading"}
    return answer


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture
def sales(person: Person) -> str:
    return str(person.upload("영업.csv", SALES.encode("cp949"))["file_id"])


def test_an_upload_has_a_card(person: Person, sales: str) -> None:
    answer = card_of(person, sales)
    assert answer.status_code == 200
    told = answer.json()
    TypeAdapter(FileCard).validate_python(told, extra="forbid")
    card = told["card"]
    assert (card["encoding"], card["separator"], card["header_lines"]) == ("cp949", ";", [2])
    assert (card["rows"], card["width"]) == (3, 3)
    assert [column["name"] for column in card["columns"]] == ["지역", "매출", "전화"]
    assert card["columns"][2]["personal"] == "phone"
    assert card["preview"][0] == ["서울", "10", "010-1234-5678"]
    assert set(told["choice"].values()) == {None}


def test_the_notes_are_sentences_in_the_readers_language(person: Person, sales: str) -> None:
    card_of(person, sales)
    answer = person.http.get(f"/api/files/{sales}/card", headers={"Accept-Language": "ko"})
    english = card_of(person, sales).json()["card"]["notes"][0]
    korean = answer.json()["card"]["notes"][0]
    assert korean["key"] == english["key"] == "preamble"
    assert "영업 실적" in korean["text"] and korean["text"] != english["text"]
    assert english["lines"] == "1"


def test_a_choice_changes_the_card_and_is_kept(person: Person, sales: str) -> None:
    card_of(person, sales)
    answer = person.http.put(f"/api/files/{sales}/card", json={"header": 3, "encoding": "euc-kr"})
    assert answer.status_code == 200
    assert next(column["name"] for column in answer.json()["card"]["columns"]) == "서울"
    again = card_of(person, sales).json()
    assert again == answer.json()
    assert again["choice"] == {"encoding": "euc-kr", "separator": None, "sheet": None, "header": 3}


def test_a_sheet_can_be_chosen(person: Person) -> None:
    content = workbook(판매=[["a", "b"], [1, 2]], 재고=[["c"], [3], [4]])
    file = person.upload("둘.xlsx", content)["file_id"]
    assert card_of(person, file).json()["card"]["sheet"] == "판매"
    answer = person.http.put(f"/api/files/{file}/card", json={"sheet": "재고"}).json()
    assert (answer["card"]["sheet"], answer["card"]["rows"]) == ("재고", 2)


@pytest.mark.parametrize("choice", [{"encoding": "no-such"}, {"encoding": "hex"}])
def test_a_choice_that_does_not_work_leaves_the_card_as_it_was(person: Person, sales: str, choice: Any) -> None:
    before = card_of(person, sales).json()
    answer = person.http.put(f"/api/files/{sales}/card", json=choice)
    assert answer.status_code == 422
    assert answer.json() == {"error": "file_unreadable", "message": "There is no encoding of that name."}
    assert card_of(person, sales).json() == before


def test_an_encoding_that_a_file_can_not_be_in_is_refused_by_name(person: Person, sales: str) -> None:
    card_of(person, sales)
    answer = person.http.put(f"/api/files/{sales}/card", json={"encoding": "utf-16"})
    assert answer.status_code == 422
    assert answer.json()["message"] == "영업.csv can't be read in this encoding."


def test_a_sheet_that_is_not_there_is_refused(person: Person) -> None:
    file = person.upload("eins.xlsx", workbook(판매=[["a", "b"], [1, 2]]))["file_id"]
    card_of(person, file)
    answer = person.http.put(f"/api/files/{file}/card", json={"sheet": "none"})
    assert answer.status_code == 422 and "eins.xlsx" in answer.json()["message"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("header", -1), ("header", "x"), ("separator", ""), ("separator", ",,,,,,"), ("encoding", "../x"), ("quote", "'")],
)
def test_a_wrong_field_is_named(person: Person, sales: str, field: str, value: Any) -> None:
    answer = person.http.put(f"/api/files/{sales}/card", json={field: value})
    assert answer.status_code == 400 and field in answer.json()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("빈 파일.csv", b"\n\n \n", "file_unusable"),
        ("깨진.xlsx", b"PK\x03\x04" + b"x" * 100, "file_unusable"),
        ("그림.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "file_unreadable"),
    ],
)
def test_what_can_not_be_read_says_why_by_name(person: Person, name: str, content: bytes, code: str) -> None:
    answer = card_of(person, person.upload(name, content)["file_id"])
    assert answer.status_code == 422
    assert answer.json()["error"] == code
    assert name in answer.json()["message"]


def test_a_document_has_a_short_card(person: Person) -> None:
    file = person.upload("notes.md", b"# Notes\n\nSome words.\n")["file_id"]
    card = card_of(person, file).json()["card"]
    assert (card["kind"], card["format"], card["characters"]) == ("document", "Markdown", 21)
    assert card["columns"] == card["preview"] == []


def test_somebody_elses_card_is_not_there(person: Person, other: Person, sales: str) -> None:
    assert other.http.get(f"/api/files/{sales}/card").status_code == 404
    assert other.http.put(f"/api/files/{sales}/card", json={"header": 1}).status_code == 404
    assert other.http.get("/api/files/nothing/card").status_code == 404
    other.http.headers.pop("Authorization")
    assert other.http.get(f"/api/files/{sales}/card").status_code == 401
    assert other.http.put(f"/api/files/{sales}/card", json={"header": 1}).status_code == 401


def test_the_table_lies_beside_the_upload_and_goes_with_it(person: Person, sales: str, server_data: Path) -> None:
    card_of(person, sales)
    assert len(list(server_data.glob(f"files/*/{sales}.*.parquet"))) == 1
    first = list(server_data.glob(f"files/*/{sales}.*"))
    person.http.put(f"/api/files/{sales}/card", json={"header": 3})
    second = list(server_data.glob(f"files/*/{sales}.*"))
    assert len(second) == 1 and second != first
    assert person.http.delete(f"/files/{sales}").status_code == 204
    assert not list(server_data.glob(f"files/*/{sales}*"))


def test_a_card_that_was_lost_is_made_again(person: Person, sales: str, shared_database: Database) -> None:
    before = card_of(person, sales).json()
    shared_database.write_now(lambda connection: connection.execute(cards.cards.delete()))
    assert card_of(person, sales).json() == before


def test_a_conversation_lists_its_files(person: Person, sales: str, upstream) -> None:
    conversation = person.conversation()
    note = person.upload("notes.md", b"# Notes\n\nSome words.\n")["file_id"]
    person.ask_and_wait(conversation, "One", file_id=sales)
    person.ask_and_wait(conversation, "Two", file_id=note)
    opened = person.http.get(f"/api/sessions/{conversation}/").json()
    TypeAdapter(OpenConversation).validate_python(opened, extra="forbid")
    assert opened["files"] == [
        {"file_id": sales, "name": "영업.csv", "size": len(SALES.encode("cp949")), "rows": 3, "columns": 3},
        {"file_id": note, "name": "notes.md", "size": 21, "rows": None, "columns": None},
    ]
