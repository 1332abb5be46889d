"""Cards that are being made: who waits for them, and what happens when their file goes or is read anew meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from chat.analyst.pool import Analyst
from chat.cards import Cards
from chat.errors import AnalysisFailed, FileNotRead, FileUnreadable, FileUnusable, NotFound
from storage import cards as stored
from storage import files, users
from storage.conversations import StoredFile
from storage.database import Database
from storage.files import FileStore


class ScriptedAnalyst(Analyst):
    """Each reading waits for `go`, then writes its table, or fails with `reason` if there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()
        self.begun: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.reason = ""

    async def run(self, job: str, request: dict[str, Any], name: str) -> dict[str, Any]:
        self.begun.put_nowait(request)
        await self.go.wait()
        if self.reason:
            raise self.failure(self.reason, name)
        Path(request["table"]).write_bytes(b"table")
        return {"card": {"name": name, "choice": request["choice"]}}


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
def user_id(database: Database) -> int:
    return database.write_now(users.add_user, username="kim", email="k@example.com", password_hash=b"x").id


@pytest.fixture
def file(database: Database, store: FileStore, user_id: int) -> StoredFile:
    file_id, size, sha256 = store.save(BytesIO(b"a,b\n1,2\n"), limit=100)
    return database.write_now(
        files.add, file_id=file_id, user_id=user_id, name="a.csv", media_type="text/csv", size=size, sha256=sha256
    )


@pytest.fixture
def analyst() -> ScriptedAnalyst:
    return ScriptedAnalyst()


@pytest.fixture
async def cards(database: Database, store: FileStore, analyst: ScriptedAnalyst) -> AsyncIterator[Cards]:
    made = Cards(database, store=store, analyst=analyst)
    yield made
    await made.close()


def beside(store: FileStore, file: StoredFile) -> list[Path]:
    return list(store.path(file.id).parent.glob(f"{file.id}.*"))


async def test_a_card_that_is_being_made_is_none_yet(
    cards: Cards, analyst: ScriptedAnalyst, file: StoredFile, user_id: int, monkeypatch
) -> None:
    monkeypatch.setattr("chat.cards.HELD_SECONDS", 0.01)
    cards.begin(file)
    assert await cards.of(user_id, file.id) is None
    analyst.go.set()
    await cards.settled(file.id)
    known = await cards.of(user_id, file.id)
    assert known is not None and known.card == {"name": "a.csv", "choice": None}


async def test_a_file_that_was_never_read_is_read_when_somebody_looks(
    cards: Cards, analyst: ScriptedAnalyst, file: StoredFile, user_id: int
) -> None:
    analyst.go.set()
    assert await cards.of(user_id, file.id) is not None


async def test_a_file_that_is_deleted_while_it_is_read_leaves_nothing(
    cards: Cards, analyst: ScriptedAnalyst, database: Database, store: FileStore, file: StoredFile, user_id: int
) -> None:
    cards.begin(file)
    await analyst.begun.get()
    assert database.write_now(files.drop_unsent, file.id, user_id=user_id)
    store.discard([file.id])
    analyst.go.set()
    await cards.settled(file.id)
    assert beside(store, file) == []
    with pytest.raises(NotFound):
        await cards.of(user_id, file.id)


async def test_reading_ends_when_the_upload_is_taken_away(
    cards: Cards, analyst: ScriptedAnalyst, database: Database, file: StoredFile
) -> None:
    cards.begin(file)
    await analyst.begun.get()
    cards.forget(file.id)
    await cards.settled(file.id)
    assert database.read_now(stored.of_file, file.id) is None


async def test_the_last_of_two_choices_holds(
    cards: Cards, analyst: ScriptedAnalyst, store: FileStore, file: StoredFile, user_id: int
) -> None:
    first = asyncio.create_task(cards.choose(user_id, file.id, {"header": 1}))
    await analyst.begun.get()
    second = asyncio.create_task(cards.choose(user_id, file.id, {"header": 2}))
    await analyst.begun.get()
    analyst.go.set()
    known = await second
    assert known.choice == {"header": 2}
    assert await first == known
    assert len(beside(store, file)) == 1


async def test_a_choice_that_fails_keeps_card_and_table(
    cards: Cards, analyst: ScriptedAnalyst, store: FileStore, file: StoredFile, user_id: int
) -> None:
    analyst.go.set()
    before, kept = await cards.of(user_id, file.id), beside(store, file)
    analyst.reason = "empty"
    with pytest.raises(FileUnreadable) as caught:
        await cards.choose(user_id, file.id, {"header": 9})
    assert type(caught.value) is FileUnreadable and "a.csv" in caught.value.notice("ko")
    assert await cards.of(user_id, file.id) == before and beside(store, file) == kept


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [
        ("empty", FileUnusable),
        ("encrypted", FileUnusable),
        ("corrupt", FileUnusable),
        ("unsupported", FileUnreadable),
        ("memory", FileNotRead),
        ("time", FileNotRead),
        ("crash", FileNotRead),
    ],
)
async def test_the_reason_is_kept_and_told(
    cards: Cards, analyst: ScriptedAnalyst, file: StoredFile, user_id: int, reason: str, refusal: type[Exception]
) -> None:
    analyst.go.set()
    analyst.reason = reason
    cards.begin(file)
    await cards.settled(file.id)
    analyst.reason = ""
    for _ in range(2):
        with pytest.raises(FileUnreadable) as caught:
            await cards.of(user_id, file.id)
        assert type(caught.value) is refusal
        assert caught.value.notice("en") == AnalysisFailed.notice(analyst.failure(reason, "a.csv"), "en")


async def test_a_question_waits_for_a_card_but_not_forever(
    cards: Cards, analyst: ScriptedAnalyst, file: StoredFile
) -> None:
    cards.begin(file)
    await analyst.begun.get()
    await cards.settled(file.id, 0.01)
    waiting = asyncio.create_task(cards.settled(file.id))
    analyst.go.set()
    await waiting


async def test_a_file_that_was_not_read_this_time_can_be_read_again(
    cards: Cards, analyst: ScriptedAnalyst, file: StoredFile, user_id: int
) -> None:
    analyst.go.set()
    analyst.reason = "time"
    with pytest.raises(FileNotRead):
        await cards.of(user_id, file.id)
    analyst.reason = ""
    known = await cards.choose(user_id, file.id, {})
    assert known.card is not None and await cards.of(user_id, file.id) == known
