"""A file as text inside a conversation, for agents that can be sent nothing else."""

from __future__ import annotations

import math
import re

from chat.analyst.intake.encodings import find_encoding
from chat.errors import FileNotText, FileTooLong
from chat.upstreams.base import Attachment, Question
from locales import text

KB = 1024
# The control characters that no text holds; those of layout, of terminals and of a file's end in old systems it may.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")


def with_file(question: Question, *, limit: int) -> tuple[str, ...]:
    """The conversation with its file as a message and an acknowledgement before the question, which stays the last.

    The acknowledgement is there because many models' templates refuse two messages of one role in a row. A file of an
    earlier question goes along again where it can; else the agent is told that there was one. What is known of a file
    that goes along stands before the question. `limit` is in bytes.

    Raises:
        FileNotText, FileTooLong: a file that is new with this question; OSError: it can't be read
    """
    attachment, language = question.attachment or question.last_attachment, question.language
    if attachment is None:
        return question.contents
    name = attachment.name
    try:
        content = _content(attachment, limit)
    except (FileNotText, FileTooLong):
        if question.attachment and not question.repeated:
            raise
        pair = (text("server.file_hidden", language, name=name), text("server.file_not_seen", language, name=name))
    else:
        given = text("server.file_given", language, name=name, fence=_fence(content), content=content)
        pair = (given, text("server.file_read", language, name=name))
        question = question.with_card()
    return (*question.contents[:-1], *pair, question.contents[-1])


def _content(attachment: Attachment, limit: int) -> str:
    """The file's text, line ends as "\\n"."""
    kept = attachment.text if attachment.text and attachment.text.exists() else None
    bytes_there = kept.stat().st_size if kept else attachment.size
    if bytes_there > limit:
        raise FileTooLong(name=attachment.name, size=math.ceil(bytes_there / KB), limit=limit // KB)
    content = kept.read_text(encoding="utf-8") if kept else _decoded(attachment)
    if content is None or _NO_TEXT.search(content):
        raise FileNotText(name=attachment.name)
    return content


def _decoded(attachment: Attachment) -> str | None:
    """A file's bytes as text, in the encoding that its user has chosen or that is found; None when they are none."""
    chosen = (attachment.choice or {}).get("encoding")
    encoding = str(chosen) if chosen else find_encoding(attachment.path)
    try:
        return attachment.path.read_text(encoding=encoding).rstrip("\x1a\r\n") if encoding else None
    except UnicodeError:
        return None


def _fence(content: str) -> str:
    """A fence that is longer than any inside the text."""
    return "`" * max(3, 1 + max(map(len, re.findall("`+", content)), default=0))
