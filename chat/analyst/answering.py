"""The way of one question about a table: in which of the analyst's ways it is understood, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from chat.analyst import closed, lookups
from chat.analyst.engine.computing import compute
from chat.analyst.engine.results import Result
from chat.analyst.queries import Query, Unclear
from chat.analyst.scripts import script_of
from chat.analyst.tables import Table
from chat.analyst.telling.answers import answer, unclear_answer
from chat.analyst.telling.conditions_text import day_name
from chat.analyst.telling.sentences import language_of_question, say
from chat.analyst.telling.working import value_of, work_of
from chat.analyst.understanding.joining import names_files
from chat.analyst.understanding.questions import understand
from chat.events import Work

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what it may speak of: a table and its file, the conversation's other tables, and what went before.

    `language` is the reader's, for a question that has no words. `is_as_found`: nobody has chosen how the file is read.
    `loaded` is what `closed.load` made of table and file, where it is there already. `as_written` gives the table with
    its cells as the file wrote them, where `table` may lack them.
    """

    question: str
    table: Table
    path: Path
    language: str
    is_as_found: bool = True
    others: Sequence[tuple[Table, Path]] = ()
    earlier: Sequence[str] = ()
    loaded: closed.Loaded | None = None
    as_written: Callable[[], Table] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer's paragraphs, the one value that it comes down to (or None), and how it was computed.

    `query` and `result` are there when the question was computed as a query, `found` when it was looked up: the values
    alone, as they are told.
    """

    pieces: tuple[str, ...]
    language: str
    value: Any = None
    work: Work | None = None
    query: Query | None = None
    result: Result | None = None
    found: str = ""


def reply_to(asked: Asked, tell: Tell = lambda step: None) -> Reply:
    """Answer a question; `tell` hears which step begins.

    A requested format comes first, for its sentences would mean something else to the others; what the strict reading
    leaves open may still be looked up.
    """
    table = asked.table
    known = (table, *(other for other, _ in asked.others))
    names = [name for one in known for name in (Path(one.name).stem, *one.names())]
    language = language_of_question(asked.question, asked.language, names)
    tell("understanding")
    path = asked.path if asked.is_as_found else None
    in_form = closed.answer(asked.question, table, language, path, asked.loaded)
    if in_form is not None:
        work = Work(in_form.columns, "", in_form.rows, in_form.rows, code=in_form.code) if in_form.code else None
        return Reply(in_form.pieces, language, work=work)
    query = understand(asked.question, table, [other for other, _ in asked.others], asked.earlier)
    joins = names_files(asked.question, table, [other for other, _ in asked.others])
    found = None if joins else lookups.instead_of(query, asked.question, table, language, asked.as_written)
    if found is not None:
        work = Work(found.columns, found.reading, found.rows, found.rows_used, code=found.code)
        return Reply(found.pieces, language, found.value, work, found=found.text)
    if isinstance(query, Unclear):
        return Reply(tuple(unclear_answer(query, table, language)), language)
    tell("computing")
    return _computed(query, asked, language)


def _computed(query: Query, asked: Asked, language: str) -> Reply:
    table = asked.table
    joined = {step.other for step in query.preparations if step.kind == "join"}
    beside = {other.name: (other, path) for other, path in asked.others if other.name in joined}
    result = _with_names(compute(query, table, _tables(beside)), query, language)
    pieces = tuple(answer(query, result, table, language))
    if result.cannot is not None:
        return Reply(pieces, language, query=query, result=result)
    code = script_of(query, result, table, asked.path, beside)
    work = work_of(query, result, table, language, code)
    return Reply(pieces, language, value_of(query, result), work, query, result)


def _with_names(result: Result, query: Query, language: str) -> Result:
    """A result whose days of the week and hours are called as people do, and not by their numbers."""
    if query.period not in ("weekday", "hour") or result.cannot is not None:
        return result
    called = partial(day_name if query.period == "weekday" else _hour_name, language=language)
    frame = result.frame
    if query.across == query.date:
        return replace(result, frame=frame.rename(columns=lambda name: called(name) if str(name).isdigit() else name))
    if query.date not in frame.columns:
        return result
    return replace(result, frame=frame.assign(**{str(query.date): frame[query.date].map(called, na_action="ignore")}))


def _hour_name(number: object, language: str) -> str:
    return say("hour", language, hour=int(float(str(number))))


def _tables(beside: Mapping[str, tuple[Table, Path]]) -> dict[str, Table]:
    return {name: table for name, (table, _) in beside.items()}
