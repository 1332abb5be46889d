"""Backups: whole, checked, and never half restored."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from storage import backup, care, conversations, files, users
from storage.backup import BackupError
from storage.database import Database, sqlite_url
from storage.files import FileStore


@dataclass
class Place:
    """A data folder with one person, one conversation and one file."""

    data: Path
    database: Database
    store: FileStore
    file_id: str

    @property
    def path(self) -> Path:
        return self.data / "chat.db"


def furnish(data: Path, content: bytes = b"a,b\n1,2\n") -> Place:
    data.mkdir()
    database = Database(sqlite_url(data))
    database.migrate()
    store = FileStore(data / "files")
    file_id, size, sha256 = store.save(BytesIO(content), limit=1000)
    user = database.write_now(users.add_user, username="kim", email="k@example.com", password_hash=b"x")
    made = database.write_now(conversations.add, user_id=user.id, agent_id="a", title="대화")
    database.write_now(
        files.add, file_id=file_id, user_id=user.id, name="a.csv", media_type="text/csv", size=size, sha256=sha256,
        conversation_id=made.id,
    )  # fmt: skip
    return Place(data, database, store, file_id)


@pytest.fixture
def place(tmp_path: Path):
    made = furnish(tmp_path / "data")
    yield made
    made.database.close()


@pytest.fixture
def saved(place: Place, tmp_path: Path) -> Path:
    path = tmp_path / "saved" / "one.zip"
    backup.make(place.path, place.data / "files", path)
    return path


def names_of(database: Database) -> list[str]:
    return database.read_now(lambda c: list(c.exec_driver_sql("SELECT username FROM users ORDER BY id").scalars()))


def test_a_backup_holds_database_and_files(saved: Path, place: Place) -> None:
    manifest = backup.verify(saved)
    assert set(manifest.members) == {"chat.db", f"files/{place.file_id[-2:]}/{place.file_id}"}
    assert manifest.missing == [] and manifest.schema == "0010"
    assert [path.name for path in saved.parent.iterdir()] == ["one.zip"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_a_backup_is_readable_by_its_owner_only(saved: Path) -> None:
    assert saved.stat().st_mode & 0o077 == 0


def test_a_backup_is_made_while_others_write(place: Place, tmp_path: Path) -> None:
    over = threading.Event()

    def write() -> None:
        number = 0
        while not over.is_set():
            number += 1
            place.database.write_now(
                users.add_user, username=f"u{number}", email="u@example.com", password_hash=b"x" * 2000
            )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            backup.make(place.path, place.data / "files", tmp_path / f"{number}.zip")
    finally:
        over.set()
        writer.join()
    assert backup.verify(tmp_path / "4.zip").schema == "0010"


def test_a_file_that_is_gone_is_noted(place: Place, tmp_path: Path) -> None:
    place.store.discard([place.file_id])
    manifest = backup.make(place.path, place.data / "files", tmp_path / "b.zip")
    assert manifest.missing == [place.file_id]


def test_without_a_database_there_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupError) as caught:
        backup.make(tmp_path / "chat.db", tmp_path / "files", tmp_path / "b.zip")
    assert caught.value.key == "backup.no_database"
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_fails_leaves_nothing_behind(place: Place, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(backup, "verify", lambda path: (_ for _ in ()).throw(BackupError("backup.no_backup")))
    (tmp_path / "b.zip").write_bytes(b"the old one")
    with pytest.raises(BackupError):
        backup.make(place.path, place.data / "files", tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == b"the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "data"]


def rewrite(path: Path, change) -> None:
    """Change the members of a ZIP file: `change` takes and gives a dictionary of names and bytes."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    changed = change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in changed.items():
            archive.writestr(name, content)


def other_bytes(members: dict[str, bytes]) -> dict[str, bytes]:
    return {name: b"other" if name.startswith("files") else content for name, content in members.items()}


def longer(members: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content + b"+" * 10_000 if name.startswith("files") else content for name, content in members.items()}


def manifest_of(held: dict[str, bytes], /, **changes: object) -> dict[str, bytes]:
    return {**held, "manifest.json": json.dumps({**json.loads(held["manifest.json"]), **changes}).encode()}


def way_out(members: dict[str, bytes]) -> dict[str, bytes]:
    stated = json.loads(members["manifest.json"])["members"]
    stated["../evil"] = next(iter(stated.values()))
    return manifest_of({**members, "../evil": members["chat.db"]}, members=stated)


def bad_database(members: dict[str, bytes]) -> dict[str, bytes]:
    import hashlib

    content = members["chat.db"][:8192] + bytes(4096) + members["chat.db"][12288:]
    stated = json.loads(members["manifest.json"])["members"]
    stated["chat.db"]["sha256"] = hashlib.sha256(content).hexdigest()
    return manifest_of({**members, "chat.db": content}, members=stated)


BROKEN = {
    "other bytes": (other_bytes, "backup.bad_member"),
    "longer": (longer, "backup.bad_member"),
    "no manifest": (lambda m: {k: v for k, v in m.items() if k != "manifest.json"}, "backup.no_backup"),
    "bad manifest": (lambda m: {**m, "manifest.json": b"[]"}, "backup.no_backup"),
    "one more": (lambda m: {**m, "extra": b"x"}, "backup.no_backup"),
    "one less": (lambda m: {k: v for k, v in m.items() if k != "chat.db"}, "backup.no_backup"),
    "a way out": (way_out, "backup.no_backup"),
    "another format": (lambda m: manifest_of(m, format=2), "backup.newer"),
    "a newer schema": (lambda m: manifest_of(m, schema="9999"), "backup.newer"),
    "a bad database": (bad_database, None),
}


@pytest.mark.parametrize(("change", "key"), BROKEN.values(), ids=BROKEN)
def test_a_broken_backup_changes_nothing(place: Place, saved: Path, change, key: str | None) -> None:
    rewrite(saved, change)
    before = sorted(path.relative_to(place.data) for path in place.data.rglob("*"))
    with pytest.raises(BackupError) as caught:
        backup.restore(saved, data=place.data, database=place.path)
    assert key is None or caught.value.key == key
    assert caught.value.sentence("ko") != caught.value.sentence("en")
    assert sorted(path.relative_to(place.data) for path in place.data.rglob("*")) == before
    assert names_of(place.database) == ["kim"]


@pytest.mark.parametrize("content", [b"", b"nonsense" * 100])
def test_what_is_no_zip_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(BackupError) as caught:
        backup.verify(tmp_path / "b.zip")
    assert caught.value.key == "backup.broken"


def test_a_backup_that_is_cut_off_or_has_a_flipped_bit_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:3000] + bytes([whole[3000] ^ 1]) + whole[3001:]):
        saved.write_bytes(content)
        with pytest.raises(BackupError):
            backup.verify(saved)


def test_a_missing_backup_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackupError) as caught:
        backup.verify(tmp_path / "b.zip")
    assert caught.value.key == "backup.no_file"


def test_restoring_brings_everything_back_and_keeps_what_was_there(place: Place, saved: Path) -> None:
    place.database.write_now(users.add_user, username="later", email="l@example.com", password_hash=b"x")
    later, _, _ = place.store.save(BytesIO(b"later"), limit=100)
    place.store.discard([place.file_id])
    place.database.close()
    kept = backup.restore(saved, data=place.data, database=place.path)
    restored = Database(sqlite_url(place.data))
    assert names_of(restored) == ["kim"]
    restored.close()
    assert place.store.path(place.file_id).read_bytes() == b"a,b\n1,2\n"
    assert not place.store.path(later).exists() and (kept / "files" / later[-2:] / later).exists()
    was = Database(f"sqlite:///{(kept / 'chat.db').as_posix()}")
    assert names_of(was) == ["kim", "later"]
    was.close()
    assert sorted(path.name for path in place.data.iterdir() if "-" not in path.name) == ["chat.db", "files"]


def test_an_empty_folder_can_be_restored_into(saved: Path, tmp_path: Path) -> None:
    data = tmp_path / "new"
    data.mkdir()
    backup.restore(saved, data=data, database=data / "chat.db")
    assert care.check(data / "chat.db", data / "files").is_good


def test_a_failed_move_is_taken_back(place: Place, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.database.close()
    move, moves = shutil.move, []

    def fail_once(source: Path, target: Path) -> None:
        moves.append(source)
        if Path(source).parent.name.startswith("restoring") and Path(source).name == "files":
            raise OSError(28, "No space left on device")
        move(source, target)

    monkeypatch.setattr(backup.shutil, "move", fail_once)
    with pytest.raises(OSError, match="No space"):
        backup.restore(saved, data=place.data, database=place.path)
    assert place.store.path(place.file_id).exists()
    again = Database(sqlite_url(place.data))
    assert names_of(again) == ["kim"]
    again.close()


def test_too_little_room_is_told(place: Place, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(place.data)._replace(free=10)
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(BackupError) as caught:
        backup.restore(saved, data=place.data, database=place.path)
    assert caught.value.key == "backup.no_room"


def test_the_oldest_backups_go_and_other_files_stay(tmp_path: Path) -> None:
    names = [f"fabrix-chat-2026010{day}-030000.zip" for day in range(1, 6)]
    for name in [*names, "mine.zip", "fabrix-chat-20260101-030000.zip.part"]:
        (tmp_path / name).touch()
    assert [path.name for path in backup.prune(tmp_path, keep=2)] == names[:3]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*names[3:], "mine.zip", "fabrix-chat-20260101-030000.zip.part"]
    )


def test_a_good_folder_is_good(place: Place) -> None:
    found = care.check(place.path, place.data / "files")
    assert found.is_good and (found.files, found.files_size) == (1, 8)
    assert found.database_size > 0 and found.free > 0


def test_orphans_of_both_kinds_are_found(place: Place) -> None:
    lost, _, _ = place.store.save(BytesIO(b"x"), limit=10)
    young, _, _ = place.store.save(BytesIO(b"x"), limit=10)
    os.utime(place.store.path(lost), (0, 0))
    place.store.discard([place.file_id])
    found = care.check(place.path, place.data / "files")
    assert (found.without_row, found.without_bytes, found.is_good) == ([lost], [place.file_id], False)
    assert place.store.path(young).exists()


def test_a_file_of_another_length_is_found(place: Place) -> None:
    place.store.path(place.file_id).write_bytes(b"short")
    assert care.check(place.path, place.data / "files").wrong_size == [place.file_id]


def test_rows_that_refer_to_nothing_are_found(place: Place) -> None:
    import sqlite3

    with sqlite3.connect(place.path) as connection:
        connection.execute("DELETE FROM users")
    connection.close()
    [first, *_] = care.check(place.path, place.data / "files").database_problems
    assert "refers to a missing row of users" in first


def test_optimizing_gives_room_back(place: Place) -> None:
    for number in range(300):
        place.database.write_now(
            users.add_user, username=f"u{number}", email="u@example.com", password_hash=b"x" * 3000
        )
    place.database.write_now(lambda c: c.exec_driver_sql("DELETE FROM users WHERE username LIKE 'u%'") and None)
    before, after = care.optimize(place.path)
    assert after < before / 2
    assert names_of(place.database) == ["kim"]


def test_two_processes_can_not_hold_the_lock(tmp_path: Path) -> None:
    import subprocess

    from storage.lock import DataLock

    script = (
        "import sys; from pathlib import Path; from storage.lock import DataLock;"
        f"lock = DataLock(Path({str(tmp_path)!r})); print(lock.take(), flush=True); sys.stdin.read()"
    )
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert child.stdout is not None and child.stdin is not None
    assert child.stdout.readline() == "True\n"
    lock = DataLock(tmp_path)
    assert not lock.take()
    child.kill()
    child.wait()
    child.stdout.close()
    child.stdin.close()
    assert lock.take()
    lock.release()
