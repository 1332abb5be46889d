"""The protocol between a running turn and the service that answers it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from chat.events import StreamEvent


@dataclass(frozen=True, slots=True)
class Agent:
    """An assistant that a user may choose. `capabilities`: "chat", "file".

    `names` holds label and description by language, for an agent that has them in more than one. `upstream` is the
    name of the upstream that runs it, filled in by the directory.
    """

    id: str
    label: str
    description: str = ""
    capabilities: tuple[str, ...] = ("chat", "file")
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    upstream: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a question: where it lies, what the user called it, its size in bytes.

    `choice` is how its user wants it read, None as it is found. Where they have been made already, its table lies in
    `table` and its text, if it is no text file itself, in `text`.
    """

    path: Path
    name: str
    size: int
    media_type: str = "application/octet-stream"
    choice: Mapping[str, object] | None = None
    table: Path | None = None
    text: Path | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What an agent is asked.

    `contents` is the conversation, the roles by position: user, answer, user, answer, …, the new question (not blank).
    `attachment` goes with this question; `last_attachment` is the conversation's newest file, this one included.
    `files` are all the conversation's files with tables, the one that the question is about first. `card` says what is
    known of that file, in plain text that stands before the question wherever the file goes along; `repeated` tells
    that the attachment went with an earlier question already. `earlier` are the questions before this one, the oldest
    first.
    `idempotency_key` is the same for all tries, so that an upstream can tell a repeat from a new question.
    `plain`: without what an older server might not know; see `ExtrasRejected`.
    `options` are what a program wants FabriX to be told, under FabriX's own names; they come before the settings.
    """

    agent_id: str
    contents: tuple[str, ...]
    attachment: Attachment | None = None
    last_attachment: Attachment | None = None
    files: tuple[Attachment, ...] = ()
    card: str = ""
    repeated: bool = False
    earlier: tuple[str, ...] = ()
    language: str = "en"
    idempotency_key: str = ""
    plain: bool = False
    options: Mapping[str, object] = field(default_factory=dict)

    def with_card(self) -> Question:
        """The same with the card in the last item, before the question."""
        if not self.card:
            return self
        *history, asked = self.contents
        return replace(self, contents=(*history, f"{self.card}\n\n{asked}"), card="")


class Upstream(Protocol):
    """A source of agents. All methods raise subclasses of `chat.errors.UpstreamError` only.

    `name` is its key in settings, limits and logs; `title` is what people are told it is called.
    """

    name: str
    title: str

    def may_run(self, agent_id: str) -> bool:
        """Whether this may be the id of an agent of this upstream, by its form: no two upstreams say yes to one.

        An id of FabriX's, or of a local agent, holds no "/". Those of the others are "NAME/MODEL".
        """
        ...

    async def agents(self) -> list[Agent]:
        """All agents, in the upstream's order."""
        ...

    async def prepared(self, question: Question) -> Question:
        """`question` as it goes out, before its tokens are counted: with its file as text where that is the way.

        Raises what makes it impossible to send.
        """
        ...

    def ask(self, question: Question) -> AsyncIterator[StreamEvent]:
        """Answer `question`. Closing the iterator closes the connection to the upstream.

        Ends with `Finished`, or raises; what was said before the error stays said.
        """
        ...

    async def is_up(self) -> bool:
        """Whether the upstream answers just now. Never raises."""
        ...

    async def aclose(self) -> None: ...
