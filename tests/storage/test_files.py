from __future__ import annotations

import hashlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import update

from storage import files, users
from storage.database import Database
from storage.files import FileStore, TooLarge
from storage.models import files as files_table
from storage.models import now


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def test_bytes_come_back_as_they_were(store: FileStore) -> None:
    content = bytes(range(256)) * 10_000
    file_id, size, sha256 = store.save(BytesIO(content), limit=len(content))
    assert store.path(file_id).read_bytes() == content
    assert (size, sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_one_byte_too_many_keeps_nothing(store: FileStore, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        store.save(BytesIO(b"12345"), limit=4)
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def test_the_sweep_takes_what_no_row_knows(store: FileStore) -> None:
    kept, _, _ = store.save(BytesIO(b"kept"), limit=10)
    stray, _, _ = store.save(BytesIO(b"stray"), limit=10)
    assert store.sweep({kept}) == 1
    assert store.path(kept).exists() and not store.path(stray).exists()


def test_discarding_what_is_gone_already_is_no_error(store: FileStore) -> None:
    store.discard(["0" * 32])


def test_uploads_that_were_never_sent_are_forgotten_after_a_day(database: Database) -> None:
    def work(connection):
        user = users.add_user(connection, username="kim", email="k@example.com", password_hash=b"x")
        for file_id in ("old", "new"):
            files.add(connection, file_id=file_id, user_id=user.id, name="a", media_type="text/csv", size=1, sha256="")
        yesterday = now() - timedelta(hours=25)
        connection.execute(update(files_table).where(files_table.c.id == "old").values(created_at=yesterday))
        return files.forget_unsent(connection), files.used_bytes(connection, user.id)

    assert database.write_now(work) == ({"new"}, 1)


def test_what_was_made_of_a_file_goes_with_it(store: FileStore) -> None:
    file_id, _, _ = store.save(BytesIO(b"kept"), limit=10)
    other, _, _ = store.save(BytesIO(b"kept"), limit=10)
    store.beside(file_id, "a.parquet").write_bytes(b"table")
    store.beside(other, "a.parquet").parent.mkdir(exist_ok=True)
    store.beside(other, "a.parquet").write_bytes(b"table")
    store.discard([file_id])
    assert not store.path(file_id).exists() and not store.beside(file_id, "a.parquet").exists()
    assert store.beside(other, "a.parquet").exists()


def test_the_sweep_takes_what_was_made_of_files_that_are_gone_and_what_is_half_made(store: FileStore) -> None:
    kept, _, _ = store.save(BytesIO(b"kept"), limit=10)
    store.beside(kept, "a.parquet").write_bytes(b"table")
    store.beside(kept, "b.parquet.part").write_bytes(b"half")
    stray = store.beside("0" * 30 + kept[-2:], "a.parquet")
    stray.write_bytes(b"table")
    assert store.sweep({kept}) == 2
    assert store.beside(kept, "a.parquet").exists() and not stray.exists()


def test_only_the_newest_of_what_was_made_of_a_file_stays(store: FileStore) -> None:
    kept, _, _ = store.save(BytesIO(b"kept"), limit=10)
    for ending in ("old.parquet", "old.txt", "new.parquet", "new.txt"):
        store.beside(kept, ending).write_bytes(b"")
    store.discard_beside(kept, but=store.beside(kept, "new.parquet"))
    assert sorted(path.name for path in store.path(kept).parent.iterdir()) == [
        kept,
        f"{kept}.new.parquet",
        f"{kept}.new.txt",
    ]
