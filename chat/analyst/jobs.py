"""One analysis from file and question to answer and chart, within a worker process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chat.analyst.answers import answer, unclear_answer
from chat.analyst.charts import drawing_of, png_of
from chat.analyst.computing import compute
from chat.analyst.queries import Unclear
from chat.analyst.questions import understand
from chat.analyst.reading import read_table
from chat.analyst.sentences import language_of_question


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A chart as picture and as specification."""

    title: str
    png: bytes
    spec: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is told: the answer's text in its pieces, and its charts."""

    pieces: tuple[str, ...]
    charts: tuple[DrawnChart, ...] = ()


def analyse(path: Path, name: str, question: str, language: str, tell: Callable[[str], None]) -> Analysis:
    """Answer `question` about the file in `path`; `tell` hears which step begins.

    `language` is the reader's, for a question that has no words. Raises ReadingFailed.
    """
    language = language_of_question(question, language)
    tell("reading")
    table = read_table(path, name)
    tell("understanding")
    query = understand(question, table)
    if isinstance(query, Unclear):
        return Analysis(tuple(unclear_answer(query, table, language)))
    tell("computing")
    result = compute(query, table)
    pieces = tuple(answer(query, result, table, language))
    drawing = drawing_of(query, result, table, language)
    if drawing is None:
        return Analysis(pieces)
    tell("drawing")
    return Analysis(pieces, (DrawnChart(drawing.title, png_of(drawing), drawing.spec),))
