from __future__ import annotations

import pytest
from sqlalchemy import Connection

from storage import conversations as stored
from storage import files, users
from storage.database import Database


@pytest.fixture
def connection(database: Database):
    with database._engine.begin() as connection:
        yield connection


@pytest.fixture
def user_id(connection: Connection) -> int:
    return users.add_user(connection, username="kim", email="k@example.com", password_hash=b"x").id


@pytest.fixture
def conversation_id(connection: Connection, user_id: int) -> str:
    return stored.add(connection, user_id=user_id, agent_id="agent", title="").id


def say(connection: Connection, conversation_id: str, parent: str | None, role: str, content: str) -> str:
    return stored.add_message(connection, conversation_id=conversation_id, parent_id=parent, role=role, content=content)


@pytest.fixture
def tree(connection: Connection, conversation_id: str) -> dict[str, str]:
    """q1 ─ a1 ─ q2 ─ a2, and an edited q2b ─ a2b beside q2."""
    ids: dict[str, str] = {}
    for name, parent, role in (
        ("q1", None, "user"),
        ("a1", "q1", "assistant"),
        ("q2", "a1", "user"),
        ("a2", "q2", "assistant"),
        ("q2b", "a1", "user"),
        ("a2b", "q2b", "assistant"),
    ):
        ids[name] = say(connection, conversation_id, ids[parent] if parent else None, role, name)
    return ids


def texts(connection: Connection, conversation_id: str, leaf: str) -> list[str]:
    return [message.content for message in stored.path(connection, conversation_id, leaf)]


def test_the_path_goes_from_the_beginning_to_the_leaf(connection, conversation_id, tree) -> None:
    assert texts(connection, conversation_id, tree["a2"]) == ["q1", "a1", "q2", "a2"]
    assert texts(connection, conversation_id, tree["a2b"]) == ["q1", "a1", "q2b", "a2b"]


def test_the_last_message_added_is_the_leaf(connection, conversation_id, user_id, tree) -> None:
    found = stored.owned(connection, conversation_id, user_id)
    assert found is not None and found.leaf_id == tree["a2b"]


def test_versions_of_a_message_are_its_siblings(connection, conversation_id, tree) -> None:
    path = stored.path(connection, conversation_id, tree["a2"])
    assert path[2].siblings == [tree["q2"], tree["q2b"]]
    assert path[0].siblings == [tree["q1"]]


def test_choosing_a_version_leads_to_the_end_of_its_newest_branch(connection, conversation_id, tree) -> None:
    assert stored.newest_leaf(connection, conversation_id, tree["q2"]) == tree["a2"]
    assert stored.newest_leaf(connection, conversation_id, tree["q1"]) == tree["a2b"]


def test_a_path_never_leaves_its_conversation(connection, user_id, tree) -> None:
    elsewhere = stored.add(connection, user_id=user_id, agent_id="agent", title="")
    assert stored.path(connection, elsewhere.id, tree["a2"]) == []


def test_history_is_the_newest_part_of_the_path(connection, conversation_id) -> None:
    parent = None
    for number in range(40):
        parent = say(connection, conversation_id, parent, "user" if number % 2 == 0 else "assistant", str(number))
    history = stored.last_turns(connection, conversation_id, parent, count=3)
    assert [text for _, text in history][-6:] == ["34", "35", "36", "37", "38", "39"]
    assert stored.last_turns(connection, conversation_id, parent, count=0) == []


def test_someone_elses_conversation_is_none(connection, conversation_id, user_id) -> None:
    assert stored.owned(connection, conversation_id, user_id + 1) is None


def test_the_list_is_by_newest_change_with_counts(connection, user_id, conversation_id, tree) -> None:
    newer = stored.add(connection, user_id=user_id, agent_id="agent", title="b")
    assert [(row.id, count) for row, count in stored.listing(connection, user_id)] == [
        (newer.id, 0),
        (conversation_id, 6),
    ]
    stored.change(connection, conversation_id, title="a")
    assert [row.title for row, _ in stored.listing(connection, user_id)] == ["a", "b"]
    assert [row.title for row, _ in stored.listing(connection, user_id, ordering="-title")] == ["b", "a"]


def test_looking_at_another_version_is_no_change(connection, user_id, conversation_id, tree) -> None:
    before = stored.owned(connection, conversation_id, user_id)
    stored.choose_leaf(connection, conversation_id, tree["a2"])
    after = stored.owned(connection, conversation_id, user_id)
    assert before is not None and after is not None and before.updated_at == after.updated_at


def add_file(connection: Connection, user_id: int, file_id: str, **values) -> None:
    files.add(
        connection, file_id=file_id, user_id=user_id, name=f"{file_id}.csv", media_type="text/csv", size=3,
        sha256="", **values,
    )  # fmt: skip


def test_the_newest_file_on_the_path_is_the_last_attachment(connection, user_id, conversation_id) -> None:
    for name in ("f1", "f2"):
        add_file(connection, user_id, name)
        files.attach(connection, name, user_id=user_id, conversation_id=conversation_id)
    first = stored.add_message(
        connection, conversation_id=conversation_id, parent_id=None, role="user", content="1", file_id="f1"
    )
    second = stored.add_message(
        connection, conversation_id=conversation_id, parent_id=first, role="user", content="2", file_id="f2"
    )
    third = say(connection, conversation_id, second, "user", "3")
    newest = stored.last_attachment(connection, conversation_id, third)
    earlier = stored.last_attachment(connection, conversation_id, first)
    assert newest is not None and newest.id == "f2"
    assert earlier is not None and earlier.id == "f1"


def test_removing_a_conversation_names_the_files_that_go(connection, user_id, conversation_id) -> None:
    add_file(connection, user_id, "f1", conversation_id=conversation_id)
    assert stored.remove(connection, conversation_id) == ["f1"]
    assert files.owned(connection, "f1", user_id) is None


def test_a_file_of_another_conversation_can_not_be_attached(connection, user_id, conversation_id) -> None:
    elsewhere = stored.add(connection, user_id=user_id, agent_id="agent", title="")
    add_file(connection, user_id, "f1", conversation_id=elsewhere.id)
    assert files.attach(connection, "f1", user_id=user_id, conversation_id=conversation_id) is None
