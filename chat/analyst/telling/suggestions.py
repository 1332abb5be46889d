"""Proposes what to ask next: questions that the analyst understands, about the columns at hand."""

from __future__ import annotations

from collections.abc import Iterator

from chat.analyst.queries import Query
from chat.analyst.tables import Table
from chat.analyst.telling.examples import example_questions, measures_of
from chat.analyst.telling.sentences import say
from chat.analyst.understanding.questions import understand
from chat.analyst.understanding.roles import adds_up

_MOST = 3
_MOST_GROUPS = 50
_MOST_TRIED = 50_000  # rows of a table whose questions are tried, as all its values are looked at


def next_questions(query: Query, table: Table, language: str) -> tuple[str, ...]:
    """Up to three questions that go on from an answer; never the one that was just answered."""
    questions: dict[str, None] = {}
    for question in _candidates(query, table, language):
        understood = understand(question, table) if table.height <= _MOST_TRIED else None
        if understood is None or (isinstance(understood, Query) and understood != query):
            questions[question] = None
        if len(questions) == _MOST:
            break
    return tuple(questions)


def _candidates(query: Query, table: Table, language: str) -> Iterator[str]:
    """The closest first: about the same measure, then about the file."""
    numbers = measures_of(table)
    texts = [name for name in table.names("text") if 2 <= table.distinct_count(name) <= _MOST_GROUPS]
    dates = table.names("date", "month")
    measure = next((name for name in query.measures if name in numbers), numbers[0] if numbers else None)
    group = next((name for name in texts if name not in query.groups), None)
    if query.action != "profile" and measure:
        words = {"number": measure, "text": group}
        if group and query.action in ("aggregate", "count", "describe", "distribution", "trend", "growth", "top"):
            yield say("example.sum" if adds_up(measure) else "example.mean_by", language, **words)
        if len(dates) == 1 and query.action not in ("trend", "growth"):
            yield say("example.trend", language, **words)
        if query.action == "trend":
            yield say("example.growth", language, **words)
        if query.groups and query.action == "aggregate" and adds_up(measure):
            yield say("example.share", language, number=measure, text=query.groups[0])
        if query.action in ("aggregate", "describe", "distribution"):
            yield say("example.outliers", language, **words)
        if query.action in ("outliers", "aggregate"):
            yield say("example.distribution", language, **words)
        yield say("example.top", language, **words)
    yield from example_questions(table, language)
