"""Reading somebody's conversation: who may, for how long, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from admin.errors import BadReason, NoSuchConversation, NotAllowed, NotOpened
from admin.openings import LASTS, Openings
from storage import audit, conversations, openings, users
from storage.audit import Actor, Filter, actor_of, shell
from storage.database import Database
from storage.models import openings as table
from storage.openings import Opening
from tests.admin.rows import Rows

REASON = "A complaint of last week"


class Office:
    """kim's conversation of two messages, and one person of each role."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.openings = Openings(database)
        rows = Rows(database)
        self.kim = rows.person("kim")
        self.conversation = rows.conversation(self.kim)
        self.boss, self.deputy, self.staff, self.user = [
            self._actor(rows.person(name), role)
            for name, role in (("boss", "admin"), ("deputy", "admin"), ("staff", "staff"), ("user", "user"))
        ]
        parent = None
        for role, content in (("user", "secret question"), ("assistant", "secret answer")):
            parent = database.write_now(
                conversations.add_message,
                conversation_id=self.conversation, parent_id=parent, role=role, content=content,
            )  # fmt: skip

    def _actor(self, user_id: int, role: str) -> Actor:
        self.database.write_now(users.set_role, user_id, role)
        user = self.database.read_now(users.by_id, user_id)
        assert user is not None
        return actor_of(user, "10.0.0.1")

    async def open(self, actor: Actor | None = None, reason: str = REASON) -> Opening:
        return await self.openings.open(actor or self.boss, self.conversation, reason)

    async def texts(self, actor: Actor | None = None) -> list[str]:
        _, messages = await self.openings.read(actor or self.boss, self.conversation)
        return [message.content for message in messages]

    def entries(self, action: str) -> list[audit.Entry]:
        return self.database.read_now(audit.entries, Filter(action=action))

    def stored(self) -> list[Opening]:
        return self.database.read_now(openings.of, self.conversation)

    def end(self) -> None:
        """The half hour passes."""
        self.database.write_now(lambda c: c.execute(update(table).values(until=table.c.at)) and None)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


async def test_an_administrator_reads_with_a_reason_for_half_an_hour(office: Office) -> None:
    made = await office.open()
    assert made.until - made.at == LASTS == timedelta(minutes=30)
    known, _ = await office.openings.read(office.boss, office.conversation)
    assert (known.id, known.owner, known.messages) == (office.conversation, "kim", 2)
    assert await office.texts() == ["secret question", "secret answer"]


async def test_after_half_an_hour_it_needs_another_reason(office: Office) -> None:
    await office.open()
    office.end()
    with pytest.raises(NotOpened):
        await office.texts()
    await office.open()
    assert len(await office.texts()) == 2


async def test_without_a_reason_nothing_is_read(office: Office) -> None:
    with pytest.raises(NotOpened):
        await office.texts()


async def test_an_opening_is_nobody_elses(office: Office) -> None:
    await office.open()
    with pytest.raises(NotOpened):
        await office.texts(office.deputy)


@pytest.mark.parametrize("who", [lambda o: o.staff, lambda o: o.user, lambda o: shell()])
async def test_only_administrators_open_and_read(office: Office, who: Callable[[Office], Actor]) -> None:
    with pytest.raises(NotAllowed):
        await office.open(who(office))
    with pytest.raises(NotAllowed):
        await office.texts(who(office))
    assert office.stored() == []
    assert {entry.details["wanted"] for entry in office.entries("refused")} == {
        "conversation.opened",
        "conversation.read",
    }


@pytest.mark.parametrize(
    "lose",
    [
        lambda c, user_id: users.set_role(c, user_id, "staff"),
        lambda c, user_id: users.set_active(c, user_id, active=False),
    ],
)
async def test_whoever_is_no_administrator_any_more_reads_no_more(office: Office, lose: Callable[..., None]) -> None:
    await office.open()
    office.database.write_now(lose, office.boss.user_id)
    with pytest.raises(NotAllowed):
        await office.texts()


@pytest.mark.parametrize("reason", ["", "too short", "          a          ", "\u200b" * 20, "x" * 501])
async def test_a_reason_is_needed_that_says_something(office: Office, reason: str) -> None:
    with pytest.raises(BadReason):
        await office.open(reason=reason)
    assert office.stored() == [] and office.entries("conversation.opened") == []


@pytest.mark.parametrize("reason", ["ten letter", "x" * 500, "열 글자가 되는 사유"[:10]])
async def test_ten_characters_are_enough_and_500_are_taken(office: Office, reason: str) -> None:
    assert (await office.open(reason=reason)).reason == reason


async def test_a_reason_is_kept_as_one_line(office: Office) -> None:
    assert (await office.open(reason=" A reason\n of two \u202elines ")).reason == "A reason of two lines"


async def test_it_is_in_the_audit_log_with_its_reason(office: Office) -> None:
    made = await office.open()
    [entry] = office.entries("conversation.opened")
    assert (entry.actor, entry.subject, entry.address) == ("boss", "kim", "10.0.0.1")
    assert entry.details["conversation"] == office.conversation
    assert entry.details["reason"] == REASON == made.reason


async def test_there_is_no_opening_without_its_entry(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("storage.audit.add", broken)
    with pytest.raises(RuntimeError):
        await office.open()
    assert office.stored() == []


async def test_what_is_gone_can_not_be_opened_or_read(office: Office) -> None:
    await office.open()
    office.database.write_now(conversations.remove, office.conversation)
    with pytest.raises(NoSuchConversation):
        await office.open()
    with pytest.raises(NoSuchConversation):
        await office.texts()


async def test_opening_changes_nothing_of_the_conversation(office: Office) -> None:
    def row() -> object:
        return office.database.read_now(conversations.owned, office.conversation, office.kim)

    before = row()
    await office.open()
    await office.texts()
    assert row() == before
