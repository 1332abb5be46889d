"""The use cases of a conversation, for the page and for programs alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import Connection

from chat import tokens
from chat.analyst.telling.sentences import language_of_question
from chat.card_text import facts
from chat.cards import Cards, attachment_of
from chat.contents import Context, Room, contents_of, context_of
from chat.errors import FieldError, NotFound, TurnRunning
from chat.records import Caller
from chat.turns import Turns
from chat.upstreams.base import Attachment, Question
from locales import text
from storage import cards, files, openings, turns
from storage import conversations as stored
from storage.cards import StoredCard
from storage.conversations import Conversation, Message, StoredFile
from storage.database import Database
from storage.files import FileStore
from storage.openings import Opening
from storage.turns import Turn

TITLE_LENGTH = 60  # characters
EARLIER_QUESTIONS = 20  # that a question takes along for those who understand it by them
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Ask:
    """A new question. `parent_id` is the message to go on from; `at_leaf` says to take the conversation's leaf.

    The file goes along with it; the others only become files of the conversation, which it may be joined with.
    """

    content: str
    file_id: str | None = None
    other_file_ids: tuple[str, ...] = ()
    client_id: str | None = None
    parent_id: str | None = None
    at_leaf: bool = True


@dataclass(frozen=True, slots=True)
class Manner:
    """How a turn is asked: by a person or a program, how many seconds it may wait in line (None: the usual).

    `asks_hidden`: whether agents that are hidden from people may be asked.
    """

    interactive: bool = True
    patience: float | None = None
    asks_hidden: bool = False


USUAL = Manner()


class Conversations:
    """Each method takes the user's id and finds nothing that isn't theirs (NotFound)."""

    def __init__(self, database: Database, *, store: FileStore, cards: Cards, turns: Turns, room: Room) -> None:
        """`room`: how much of a conversation goes along with a question."""
        self._database = database
        self._store = store
        self._cards = cards
        self._turns = turns
        self._room = room

    async def create(self, user_id: int, *, agent_id: str, title: str) -> Conversation:
        return await self._database.write_briefly(stored.add, user_id=user_id, agent_id=agent_id, title=title)

    async def listing(self, user_id: int, *, ordering: str) -> list[tuple[Conversation, int]]:
        """The user's conversations with their numbers of messages; an unknown ordering means newest change first."""
        known = ordering.removeprefix("-") in stored.ORDERINGS
        return await self._database.read(stored.listing, user_id, ordering=ordering if known else "-updated_at")

    async def open(self, user_id: int, conversation_id: str) -> tuple[Conversation, list[Message]]:
        """A conversation and the messages along its current path."""

        def query(connection: Connection) -> tuple[Conversation, list[Message]]:
            conversation = _owned(connection, conversation_id, user_id)
            return conversation, stored.path(connection, conversation_id, conversation.leaf_id)

        return await self._database.read(query)

    async def seen_by(self, user_id: int, conversation_id: str) -> list[Opening]:
        """Which administrators have opened it, when and why; the newest first."""

        def query(connection: Connection) -> list[Opening]:
            _owned(connection, conversation_id, user_id)
            return openings.of(connection, conversation_id)

        return await self._database.read(query)

    async def files(self, user_id: int, conversation_id: str) -> list[tuple[StoredFile, StoredCard | None]]:
        """The uploads of a conversation, the oldest first, with what is known of each."""

        def query(connection: Connection) -> list[tuple[StoredFile, StoredCard | None]]:
            _owned(connection, conversation_id, user_id)
            return cards.of_conversation(connection, conversation_id)

        return await self._database.read(query)

    def context(self, conversation: Conversation, path: list[Message]) -> tuple[Context, Room]:
        """What of an open conversation the next question takes along, and how much there is room for."""
        room = self._room_at(conversation.agent_id)
        return context_of([(message.role, message.content) for message in path], room), room

    async def change(
        self,
        user_id: int,
        conversation_id: str,
        *,
        title: str | None = None,
        agent_id: str | None = None,
        pinned: bool | None = None,
    ) -> Conversation:
        values = {key: value for key, value in (("title", title), ("agent_id", agent_id)) if value is not None}

        def work(connection: Connection) -> Conversation:
            _owned(connection, conversation_id, user_id)
            if values:
                stored.change(connection, conversation_id, **values)
            if pinned is not None:
                stored.set_pinned(connection, conversation_id, pinned=pinned)
            return _owned(connection, conversation_id, user_id)

        return await self._database.write(work)

    async def choose(self, user_id: int, conversation_id: str, message_id: str) -> None:
        """Go on from the version that `message_id` is: the current path becomes the newest one through it."""

        def work(connection: Connection) -> None:
            _owned(connection, conversation_id, user_id)
            if not stored.has_message(connection, conversation_id, message_id):
                raise NotFound
            if running := turns.live(connection, conversation_id):
                raise TurnRunning(running)
            stored.choose_leaf(connection, conversation_id, stored.newest_leaf(connection, conversation_id, message_id))

        await self._database.write(work)

    async def delete(self, user_id: int, conversation_id: str) -> None:
        """Delete a conversation with its messages, turns and files; a running turn is stopped first."""

        def find(connection: Connection) -> str | None:
            _owned(connection, conversation_id, user_id)
            return turns.live(connection, conversation_id)

        running = await self._database.read(find)
        if running:
            self._turns.stop(running)
            await self._turns.settled(running)

        def work(connection: Connection) -> tuple[list[str], str | None]:
            _owned(connection, conversation_id, user_id)
            begun_meanwhile = turns.live(connection, conversation_id)
            return stored.remove(connection, conversation_id), begun_meanwhile

        gone, begun_meanwhile = await self._database.write(work)
        self._store.discard(gone)
        if begun_meanwhile:
            self._turns.stop(begun_meanwhile)

    async def add_message(self, user_id: int, conversation_id: str, *, role: str, content: str) -> Message:
        """Store a message at the end of the current path; nobody is asked."""

        def work(connection: Connection) -> Message:
            conversation = _owned(connection, conversation_id, user_id)
            if running := turns.live(connection, conversation_id):
                raise TurnRunning(running)
            message_id = stored.add_message(
                connection,
                conversation_id=conversation_id,
                parent_id=conversation.leaf_id,
                role=role,
                content=content,
            )
            if role == "user":
                _entitle(connection, conversation, content)
            return _found(stored.message(connection, message_id))

        return await self._database.write_briefly(work)

    async def ask(self, user_id: int, conversation_id: str, ask: Ask, *, language: str, manner: Manner = USUAL) -> Turn:
        """Store the question and an empty answer, and start the turn. A repeat of a client id starts nothing.

        Raises:
            NotFound, TurnRunning, FieldError
        """

        def work(connection: Connection) -> tuple[Turn, Question | None]:
            conversation = _owned(connection, conversation_id, user_id)
            if ask.client_id and (repeated := turns.by_client_id(connection, conversation_id, ask.client_id)):
                return repeated, None
            if running := turns.live(connection, conversation_id):
                raise TurnRunning(running)
            parent_id = conversation.leaf_id if ask.at_leaf else ask.parent_id
            if parent_id is not None and not stored.has_message(connection, conversation_id, parent_id):
                raise FieldError("parent_id", "There is no such message in this conversation.")
            content, file = self._content(connection, conversation, ask, language)
            question_id = stored.add_message(
                connection,
                conversation_id=conversation_id,
                parent_id=parent_id,
                role="user",
                content=content,
                file_id=file.id if file else None,
                is_leaf=False,
            )
            _entitle(connection, conversation, content if ask.content.strip() or file is None else file.name)
            return self._begin(
                connection,
                conversation,
                question_id,
                parent_id,
                content,
                file,
                client_id=ask.client_id,
                language=language,
            )

        for file_id in filter(None, (ask.file_id, *ask.other_file_ids)):
            # Whoever asks at once after an upload asks about what is read in a moment.
            await self._cards.settled(file_id)
        turn, question = await self._database.write_briefly(work)
        if question:
            self._turns.start(turn, question, _caller(user_id, manner))
        return turn

    async def again(self, user_id: int, turn_id: str, *, language: str, manner: Manner = USUAL) -> Turn:
        """Ask the question of a turn again: another answer beside the first, from the conversation's agent of today."""

        def work(connection: Connection) -> tuple[Turn, Question]:
            old = turns.owned(connection, turn_id, user_id)
            if old is None:
                raise NotFound
            conversation = _owned(connection, old.conversation_id, user_id)
            if running := turns.live(connection, conversation.id):
                raise TurnRunning(running)
            asked = _found(stored.message(connection, old.user_message_id))
            return self._begin(
                connection,
                conversation,
                asked.id,
                asked.parent_id,
                asked.content,
                asked.file,
                client_id=None,
                language=language,
            )

        turn, question = await self._database.write_briefly(work)
        self._turns.start(turn, question, _caller(user_id, manner))
        return turn

    async def turn(self, user_id: int, turn_id: str) -> Turn:
        found = self._database.read_briefly(turns.owned, turn_id, user_id)
        if found is None:
            raise NotFound
        return found

    async def stop(self, user_id: int, turn_id: str) -> None:
        turn = await self.turn(user_id, turn_id)
        self._turns.stop(turn.id)

    async def wait_longer(self, user_id: int, turn_id: str, seconds: float) -> None:
        turn = await self.turn(user_id, turn_id)
        self._turns.wait_longer(turn.id, seconds)

    def _content(
        self, connection: Connection, conversation: Conversation, ask: Ask, language: str
    ) -> tuple[str, StoredFile | None]:
        attached = [
            _found(files.attach(connection, file_id, user_id=conversation.user_id, conversation_id=conversation.id))
            for file_id in filter(None, (ask.file_id, *ask.other_file_ids))
        ]
        file = attached[0] if ask.file_id else None
        if ask.content.strip():
            return ask.content, file
        if file is None:
            raise FieldError("content", "This field may not be blank.")
        return text("question.default", language), file

    def _begin(
        self,
        connection: Connection,
        conversation: Conversation,
        question_id: str,
        parent_id: str | None,
        content: str,
        file: StoredFile | None,
        *,
        client_id: str | None,
        language: str,
    ) -> tuple[Turn, Question]:
        history = stored.last_turns(connection, conversation.id, parent_id, count=self._room.turns)
        asked = stored.last_turns(connection, conversation.id, parent_id, count=EARLIER_QUESTIONS)
        newest = file or stored.last_attachment(connection, conversation.id, parent_id)
        kept = cards.of_conversation(connection, conversation.id) if newest else []
        known = {each.id: card for each, card in kept}
        card = known.get(newest.id) if newest else None
        told = facts(card.card, language_of_question(content, language)) if card and card.card else ""
        turn = turns.begin(
            connection,
            conversation_id=conversation.id,
            user_id=conversation.user_id,
            agent_id=conversation.agent_id,
            user_message_id=question_id,
            client_id=client_id,
        )
        return turn, Question(
            agent_id=conversation.agent_id,
            contents=contents_of(history, content, self._room_beside(told, conversation.agent_id)),
            attachment=self._attachment(file, known),
            last_attachment=self._attachment(newest, known),
            files=self._tables(newest, kept),
            card=told,
            repeated=file is not None and stored.has_attachment(connection, conversation.id, parent_id, file.id),
            earlier=tuple(said for role, said in asked if role == "user")[-EARLIER_QUESTIONS:],
            language=language,
        )

    def _room_at(self, agent_id: str) -> Room:
        return replace(self._room, tokens=int(min(self._room.tokens, self._turns.most_tokens(agent_id))))

    def _room_beside(self, card: str, agent_id: str) -> Room:
        room = self._room_at(agent_id)
        return replace(room, tokens=max(0, room.tokens - tokens.count(card)))

    def _attachment(self, file: StoredFile | None, known: Mapping[str, StoredCard | None]) -> Attachment | None:
        return attachment_of(self._store, file, known.get(file.id)) if file else None

    def _tables(
        self, first: StoredFile | None, kept: Sequence[tuple[StoredFile, StoredCard | None]]
    ) -> tuple[Attachment, ...]:
        """The files with tables, the one that is asked about before the others."""
        tables = [(file, card) for file, card in kept if card and card.card and card.card["kind"] == "table"]
        tables.sort(key=lambda each: first is None or each[0].id != first.id)
        return tuple(attachment_of(self._store, file, card) for file, card in tables)


def _caller(user_id: int, manner: Manner) -> Caller:
    return Caller(user_id, interactive=manner.interactive, patience=manner.patience, asks_hidden=manner.asks_hidden)


def _entitle(connection: Connection, conversation: Conversation, question: str) -> None:
    """Name a conversation after its first question."""
    if conversation.title:
        return
    first_line = next((line.strip() for line in question.splitlines() if line.strip()), "")
    title = first_line if len(first_line) <= TITLE_LENGTH else first_line[: TITLE_LENGTH - 1].rstrip() + "…"
    stored.change(connection, conversation.id, title=title)


def _owned(connection: Connection, conversation_id: str, user_id: int) -> Conversation:
    return _found(stored.owned(connection, conversation_id, user_id))


def _found(value: Found | None) -> Found:
    if value is None:
        raise NotFound
    return value
