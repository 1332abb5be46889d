"""Questions that the analyst can answer about one file, built from its own columns and values."""

from __future__ import annotations

import pandas as pd

from chat.analyst.tables import Table
from chat.analyst.telling.markdown import groups_digits
from chat.analyst.telling.sentences import say
from chat.analyst.understanding.roles import adds_up, is_amount

_MOST = 5
_START = 1000  # rows from which examples come


def measures_of(table: Table) -> list[str]:
    """The columns of numbers that are worth computing on, money first, then those whose sums mean something."""
    numbers = [name for name in table.names("number") if groups_digits(name)]
    return sorted(numbers, key=lambda name: (not is_amount(name), not adds_up(name)))


def example_questions(table: Table, language: str) -> list[str]:
    """Three to five questions, as a user would type them."""
    numbers = measures_of(table)
    texts = [name for name in table.names("text") if 2 <= table.distinct_count(name) <= 50]
    questions: list[str] = []
    if numbers and texts:
        value = next(iter(table.head(_START)[texts[0]].dropna()), table.distinct(texts[0])[0])
        by_group = "example.sum" if adds_up(numbers[0]) else "example.mean_by"
        questions.append(say(by_group, language, number=numbers[0], text=texts[0]))
        questions.append(say("example.filter", language, number=numbers[0], text=texts[0], value=value))
    elif numbers:
        questions.append(say("example.mean", language, number=numbers[0]))
    elif texts:
        questions.append(say("example.count", language, text=texts[0]))
    if numbers and len(table.names("date", "month")) == 1:
        questions.append(say("example.trend", language, number=numbers[0]))
    if len(numbers) > 1 and _varies(table.head(_START)[numbers[1]]):
        questions.append(say("example.correlation", language, number=numbers[0], other=numbers[1]))
    if numbers:
        questions.append(say("example.top", language, number=numbers[0]))
    general = [say(key, language) for key in ("example.missing", "example.rows", "example.columns")]
    return [*questions, *general][: max(_MOST if len(questions) > 3 else 4, 3)]


def _varies(values: pd.Series) -> bool:
    return bool(values.nunique() > 1)
