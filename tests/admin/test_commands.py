"""The commands about people and about the care of the data."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import update

from admin.cli import COMMANDS, main
from storage import audit, conversations, files, turns, users
from storage.audit import Filter
from storage.database import Database, sqlite_url
from storage.files import FileStore
from storage.lock import DataLock
from storage.models import conversations as conversations_table
from storage.models import now
from storage.users import User
from tests.live_server import PASSWORD

Run = Callable[..., int]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FABRIX_CHAT_SECURITY_BCRYPT_ROUNDS", "4")
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the data folder; its exit status."""

    def run(name: str, *arguments: str, given: str = "") -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        secrets = data.parent / "secrets.toml"
        return main([name, "--data", str(data), "--secrets", str(secrets), *arguments])

    return run


@pytest.fixture
def database(data: Path) -> Iterator[Database]:
    data.mkdir()
    made = Database(sqlite_url(data))
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def kim(database: Database) -> User:
    return database.write_now(users.add_user, username="kim", email="k@example.com", password_hash=b"x")


def acts(database: Database) -> list[tuple[str, str, str]]:
    """Actor, action and subject, the oldest first."""
    found = database.read_now(lambda c: list(audit.all_entries(c, Filter())))
    return [(entry.actor, entry.action, entry.subject) for entry in found]


def write(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.write_bytes(text.encode(encoding))
    return str(path)


HEADING = "username,password,first_name,last_name,email\n"
TWO = HEADING + f"kim.c,{PASSWORD},철수,김,kim@example.com\nlee.b,{PASSWORD},,,lee@example.com\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_users_are_made_from_a_csv_file(run: Run, database: Database, tmp_path: Path, capsys, encoding: str) -> None:
    assert run("create-users", write(tmp_path / "people.csv", TWO, encoding)) == 0
    kim = database.read_now(users.by_name, "kim.c")
    assert kim is not None and (kim.first_name, kim.last_name, kim.role) == ("철수", "김", "user")
    assert "Made 2 users." in capsys.readouterr().out
    assert acts(database) == [
        ("(command line)", "person.added", "kim.c"),
        ("(command line)", "person.added", "lee.b"),
    ]


def test_one_bad_row_and_nobody_is_made(run: Run, database: Database, kim: User, tmp_path: Path, capsys) -> None:
    rows = [
        f"good,{PASSWORD},,,g@example.com",
        f"KIM,{PASSWORD},,,k@example.com",
        f"Good,{PASSWORD},,,g@example.com",
        "bad name,short,,,nowhere",
        f"many,{PASSWORD},,,m@example.com,more",
        f"long,{PASSWORD},{'x' * 151},,l@example.com",
    ]
    assert run("create-users", write(tmp_path / "people.csv", HEADING + "\n".join(rows))) == 1
    told = capsys.readouterr().err
    assert "line 2 (good)" not in told
    assert "line 3 (KIM): username: Username already exists." in told
    assert "line 4 (Good): username: The same name as in line 2." in told
    assert all(f"line 5 (bad name): {field}" in told for field in ("username", "email", "password"))
    assert "line 6 (many): There are more cells than columns." in told
    assert "line 7 (long): first_name" in told
    assert "Nobody was added: 5 rows" in told
    assert PASSWORD not in told and "short" not in told.replace("too short", "")
    assert database.read_now(users.taken_among, {"good", "kim", "many", "long"}) == {"kim"}


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("", "first line"),
        ("name,password\nx,y\n", "first line"),
        (HEADING, "nobody"),
        (HEADING + '"x\n', "problems"),
        (HEADING + f'x,"{"y" * 200_000}",,,z\n', "follows line 1"),
        (HEADING + "x,y,,,z\n" * 5001, "At most 5000"),
    ],
)
def test_a_file_that_is_no_list_of_people_is_told(
    run: Run, database: Database, tmp_path: Path, capsys, content: str, part: str
) -> None:
    assert run("create-users", write(tmp_path / "people.csv", content)) == 1
    assert part in capsys.readouterr().err


def test_a_file_in_another_encoding_is_told(run: Run, tmp_path: Path, capsys) -> None:
    assert run("create-users", write(tmp_path / "people.csv", TWO, "utf-16")) == 1
    assert "neither UTF-8 nor CP949" in capsys.readouterr().err


def test_a_missing_file_is_told(run: Run, tmp_path: Path, capsys) -> None:
    assert run("create-users", str(tmp_path / "none.csv")) == 1
    assert "can't be read" in capsys.readouterr().err


def test_a_password_is_reset_by_a_link(run: Run, database: Database, kim: User, capsys) -> None:
    assert run("reset-password", "KIM", "--address", "https://chat.example") == 0
    assert "https://chat.example/login/#reset=" in capsys.readouterr().out
    assert acts(database) == [("(command line)", "link.made", "kim")]


def test_a_password_is_set_from_standard_input(run: Run, database: Database, kim: User) -> None:
    before = database.read_now(users.credentials, "kim")
    assert run("reset-password", "kim", "--password-stdin", given=PASSWORD + "\n") == 0
    assert database.read_now(users.credentials, "kim") != before
    assert acts(database) == [("(command line)", "password.reset", "kim")]


def test_a_password_is_asked_for(run: Run, kim: User, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    answers = iter([PASSWORD, PASSWORD, PASSWORD, "another"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    assert run("reset-password", "kim", "--ask") == 0
    assert run("reset-password", "kim", "--ask") == 1
    assert "not the same" in capsys.readouterr().err


def test_a_bad_new_password_is_refused(run: Run, kim: User, capsys) -> None:
    assert run("reset-password", "kim", "--password-stdin", given="short") == 1
    assert capsys.readouterr().err.startswith("password:")


def test_somebody_is_suspended_and_let_in_again(run: Run, database: Database, kim: User) -> None:
    assert run("suspend", "kim") == 0
    assert not (database.read_now(users.by_name, "kim") or kim).active
    assert run("unsuspend", "kim") == 0
    assert (database.read_now(users.by_name, "kim") or kim).active
    assert [action for _, action, _ in acts(database)] == ["person.suspended", "person.unsuspended"]


def test_the_last_administrator_is_not_suspended(run: Run, database: Database, capsys) -> None:
    assert run("create-admin", "boss", "--email", "b@example.com", "--password-stdin", given=PASSWORD) == 0
    assert run("suspend", "boss") == 1
    assert "last administrator" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["suspend", "unsuspend", "reset-password"])
def test_an_unknown_name_is_told(run: Run, name: str, capsys) -> None:
    assert run(name, "nobody") == 1
    assert "no such person" in capsys.readouterr().err


def old_conversation(database: Database, data: Path, user: User, title: str, *, days: int) -> str:
    """A conversation with one message and one file, last changed so many days ago; the file's id."""
    store = FileStore(data / "files")
    file_id, size, sha256 = store.save(BytesIO(b"x" * 100), limit=1000)
    made = database.write_now(conversations.add, user_id=user.id, agent_id="a", title=title)
    database.write_now(conversations.add_message, conversation_id=made.id, parent_id=None, role="user", content="x")
    database.write_now(
        files.add, file_id=file_id, user_id=user.id, name="a", media_type="text/csv", size=size, sha256=sha256,
        conversation_id=made.id,
    )  # fmt: skip
    moment = now() - timedelta(days=days)
    change = update(conversations_table).where(conversations_table.c.id == made.id)
    database.write_now(lambda c: c.execute(change.values(updated_at=moment, pinned=title == "pinned")) and None)
    return file_id


def titles(database: Database, user: User) -> set[str]:
    return {row.title for row, _ in database.read_now(conversations.listing, user.id)}


def test_a_clean_up_takes_what_is_old_with_its_files(
    run: Run, database: Database, data: Path, kim: User, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.retention.AT_ONCE", 1)
    ids = {
        title: old_conversation(database, data, kim, title, days=days)
        for title, days in (("old", 91), ("older", 200), ("young", 89), ("pinned", 200), ("live", 200))
    }
    [live] = [row.id for row, _ in database.read_now(conversations.listing, kim.id) if row.title == "live"]
    begin = {"conversation_id": live, "user_id": kim.id, "agent_id": "a", "user_message_id": "q", "client_id": None}
    database.write_now(turns.begin, **begin)
    long_ago = update(conversations_table).where(conversations_table.c.id == live)
    database.write_now(lambda c: c.execute(long_ago.values(updated_at=now() - timedelta(days=200))) and None)
    assert run("cleanup", "--days", "90", "--dry-run") == 0
    assert "Would delete 2 conversations with 2 messages and 2 files" in capsys.readouterr().out
    assert len(titles(database, kim)) == 5 and acts(database) == []
    assert run("cleanup", "--days", "90") == 0
    assert "Deleted 2 conversations with 2 messages and 2 files" in capsys.readouterr().out
    assert titles(database, kim) == {"young", "pinned", "live"}
    store = FileStore(data / "files")
    assert {title for title, file_id in ids.items() if store.path(file_id).exists()} == {"young", "pinned", "live"}
    [entry] = database.read_now(audit.entries, Filter())
    assert entry.details == {"days": 90, "conversations": 2, "messages": 2, "files": 2}


@pytest.mark.parametrize("days", ["0", "-1", "x", "999999"])
def test_an_absurd_age_is_refused(run: Run, days: str) -> None:
    with pytest.raises(SystemExit) as caught:
        run("cleanup", "--days", days)
    assert caught.value.code == 2


def test_backups_go_into_their_folder_and_the_oldest_go(
    run: Run, database: Database, data: Path, kim: User, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FABRIX_CHAT_BACKUP_KEEP", "2")
    (data / "backups").mkdir()
    for day in (1, 2):
        (data / "backups" / f"fabrix-chat-2020010{day}-030000.zip").touch()
    assert run("backup") == 0
    told = capsys.readouterr().out
    assert "Wrote and checked" in told and "fabrix-chat-20200101-030000.zip" in told
    assert len(list((data / "backups").iterdir())) == 2
    assert acts(database) == [("(command line)", "backup.made", "")]


def test_a_backup_is_restored(run: Run, database: Database, data: Path, kim: User, tmp_path: Path, capsys) -> None:
    file_id = old_conversation(database, data, kim, "t", days=1)
    assert run("backup", str(tmp_path / "b.zip")) == 0
    database.write_now(users.add_user, username="later", email="l@example.com", password_hash=b"x")
    FileStore(data / "files").discard([file_id])
    database.close()
    assert run("restore", str(tmp_path / "b.zip")) == 0
    assert "before-restore-" in capsys.readouterr().out
    assert run("check") == 0
    again = Database(sqlite_url(data))
    assert again.read_now(users.by_name, "later") is None and titles(again, kim) == {"t"}
    assert ("(command line)", "backup.restored", "") in acts(again)
    again.close()


def test_nothing_is_restored_beneath_a_running_server(run: Run, data: Path, kim: User, tmp_path: Path, capsys) -> None:
    assert run("backup", str(tmp_path / "b.zip")) == 0
    lock = DataLock(data)
    assert lock.take()
    assert run("restore", str(tmp_path / "b.zip")) == 1
    assert "server is running" in capsys.readouterr().err
    lock.release()


def test_what_is_no_backup_is_told(run: Run, database: Database, tmp_path: Path, capsys) -> None:
    assert run("restore", write(tmp_path / "b.zip", "nonsense")) == 1
    assert run("restore", str(tmp_path / "none.zip")) == 1
    assert capsys.readouterr().err.count("\n") == 2


def test_a_backup_that_can_not_be_written_is_told(run: Run, database: Database, tmp_path: Path, capsys) -> None:
    (tmp_path / "file").touch()
    assert run("backup", str(tmp_path / "file" / "b.zip")) == 1
    assert "can't be read or written" in capsys.readouterr().err


def test_check_says_that_all_is_well(run: Run, database: Database, data: Path, kim: User, capsys) -> None:
    beside = FileStore(data / "files").beside(old_conversation(database, data, kim, "t", days=1), "a.parquet")
    beside.write_bytes(b"made of the file")
    os.utime(beside, (0, 0))
    assert run("check") == 0
    told = capsys.readouterr()
    assert "All is well." in told.out and "files: 1" in told.out and told.err == ""


def test_check_names_what_is_wrong(run: Run, database: Database, data: Path, kim: User, capsys) -> None:
    store = FileStore(data / "files")
    ids = [old_conversation(database, data, kim, "t", days=1) for _ in range(22)]
    store.discard(ids)
    lost, _, _ = store.save(BytesIO(b"x"), limit=10)
    os.utime(store.path(lost), (0, 0))
    assert run("check") == 3
    told = capsys.readouterr().err
    assert f"file {lost}: on the disk, but not in the database" in told
    assert "in the database, but not on the disk" in told and "… and 2 more" in told


def test_check_without_a_database_is_told(run: Run, data: Path, capsys) -> None:
    assert run("check") == 1
    assert "The database can't be used" in capsys.readouterr().err


def test_optimize_tells_the_sizes(run: Run, database: Database, kim: User, capsys) -> None:
    assert run("optimize") == 0
    assert "MB now." in capsys.readouterr().out
    assert acts(database) == [("(command line)", "optimize", "")]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_help(run: Run, name: str, capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        run(name, "--help")
    told = capsys.readouterr().out
    # Files are answered about without a data folder.
    assert caught.value.code == 0 and ("--data" in told) == (name != "analyse")
