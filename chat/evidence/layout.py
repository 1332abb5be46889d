"""Where in the archive each file of a conversation goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chat.evidence.facts import Facts
from chat.evidence.names import Names, safe
from storage.cards import StoredCard
from storage.conversations import Message
from storage.files import FileFacts

MOST_INPUT_BYTES = 100 << 20  # of all inputs together; beyond it they are listed only


@dataclass(frozen=True, slots=True)
class Input:
    """A file that was given to the conversation; `path` is None where the inputs together are too large to come along,
    and `reading` how it was read, where it was."""

    facts: FileFacts
    path: str | None
    reading: StoredCard | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A chart or a table that an answer made, with its paths by format: png, svg, json, or csv and xlsx."""

    facts: FileFacts
    title: str
    paths: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A message with its place in the conversation (questions and answers share a number) and what belongs to it.

    `about` is the newest input up to it: the one that its computation reads.
    """

    message: Message
    number: int
    input: Input | None
    about: Input | None
    charts: tuple[Made, ...]
    tables: tuple[Made, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands where in an archive: the messages and, in the order of their use, the inputs of them all.

    Files that went with no question are inputs, too: an answer may have joined one.
    """

    entries: tuple[Entry, ...]
    inputs: tuple[Input, ...]


def lay_out(facts: Facts, present: frozenset[str]) -> Layout:
    """The messages with their files' paths; files that aren't `present` (by id) are listed without one."""
    names = Names()
    inputs = _inputs(facts, present, names)
    entries: list[Entry] = []
    number, about = 0, None
    for message in facts.messages:
        number += message.role == "user"
        given = inputs.get(message.file.id) if message.file else None
        about = given or about
        made = [
            _made(facts, file.id, number, names)
            for file in message.artifacts
            if file.id in present & facts.files.keys()
        ]
        charts = tuple(one for one in made if one.facts.file.kind == "chart")
        tables = tuple(one for one in made if one.facts.file.kind == "table")
        entries.append(Entry(message, number, given, about, charts, tables))
    return Layout(tuple(entries), tuple(inputs.values()))


def _inputs(facts: Facts, present: frozenset[str], names: Names) -> dict[str, Input]:
    asked = (message.file.id for message in facts.messages if message.file)
    others = (file_id for file_id, one in facts.files.items() if one.file.kind == "attachment")
    ids = dict.fromkeys((*asked, *others))
    found = [facts.files[file_id] for file_id in ids if file_id in facts.files]
    come_along = sum(one.file.size for one in found) <= MOST_INPUT_BYTES
    return {
        one.file.id: Input(
            one,
            names.take_in_folder("inputs", one.file.name) if come_along and one.file.id in present else None,
            facts.readings.get(one.file.id),
        )
        for one in found
    }


def _made(facts: Facts, file_id: str, number: int, names: Names) -> Made:
    one = facts.files[file_id]
    title = one.file.name.rpartition(".")[0]
    if one.file.kind == "table":
        folder, formats = "tables", {"csv": "csv", "xlsx": "xlsx"}
    else:
        folder, formats = "charts", {"png": "png"}
        if one.file.svg_id in facts.files:
            formats["svg"] = "svg"
        if one.spec:
            formats["json"] = "vl.json"
    stem = f"{number:02d} {safe(title, otherwise=one.file.kind)}"
    return Made(one, title, {key: names.take(folder, f"{stem}.{ending}") for key, ending in formats.items()})
