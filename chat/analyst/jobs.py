"""What a worker process can be asked to do: each job takes a request and returns a result as JSON has them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from chat.analyst.answering import Asked, Tell, reply_to
from chat.analyst.card_job import card_job, table_as_written, table_of
from chat.analyst.checking.totals import totals_job
from chat.analyst.tables import ReadingFailed, Table
from chat.analyst.telling.charts import drawing_of
from chat.analyst.telling.drawings import png_of, svg_of
from chat.analyst.telling.suggestions import next_questions
from chat.analyst.telling.working import tables_of
from chat.events import ResultTable, Work

Request = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A chart as pictures and as specification."""

    title: str
    png: bytes
    spec: dict[str, Any]
    svg: bytes = b""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is told: the answer's text in its pieces, charts and tables, how it was computed and what to ask next."""

    pieces: tuple[str, ...]
    charts: tuple[DrawnChart, ...] = ()
    tables: tuple[ResultTable, ...] = ()
    work: Work | None = None
    suggestions: tuple[str, ...] = ()


def answer_job(request: Request, tell: Tell) -> dict[str, Any]:
    """Answer `question` about the first of `files`, each {"path", "name"}, perhaps with {"choice", "table"}.

    The others are what it may be joined with, `earlier` the questions before. `language` is the reader's. Raises
    ReadingFailed.
    """
    first, *others = request["files"]
    analysis = analyse(first, request["question"], request["language"], tell, others, request.get("earlier", ()))
    charts = [
        {
            "title": chart.title,
            "png": base64.b64encode(chart.png).decode(),
            "svg": base64.b64encode(chart.svg).decode(),
            "spec": chart.spec,
        }
        for chart in analysis.charts
    ]
    return {
        "pieces": analysis.pieces,
        "charts": charts,
        "tables": [asdict(table) for table in analysis.tables],
        "work": asdict(analysis.work) if analysis.work else None,
        "suggestions": analysis.suggestions,
    }


JOBS: dict[str, Callable[[Request, Tell], dict[str, Any]]] = {
    "answer": answer_job,
    "card": card_job,
    "totals": totals_job,
}


def analyse(
    file: Request,
    question: str,
    language: str,
    tell: Tell,
    others: Sequence[Request] = (),
    earlier: Sequence[str] = (),
) -> Analysis:
    """Answer `question` about a request's file; `tell` hears which step begins.

    `others` are further files whose columns may be named, `earlier` the questions that this one may go on from.
    `language` is the reader's, for a question that has no words. Raises ReadingFailed.
    """
    tell("reading")
    table = table_of(file)
    asked = Asked(
        question,
        table,
        Path(file["path"]),
        language,
        is_as_found=not file.get("choice"),
        others=_readable(others),
        earlier=earlier,
        as_written=partial(table_as_written, file, table),
    )
    reply = reply_to(asked, tell)
    if reply.query is None or reply.result is None or reply.result.cannot is not None:
        return Analysis(reply.pieces, work=reply.work)
    analysis = Analysis(
        reply.pieces,
        tables=tables_of(reply.query, reply.result, table, reply.language),
        work=reply.work,
        suggestions=next_questions(reply.query, table, reply.language),
    )
    drawing = drawing_of(reply.query, reply.result, table, reply.language)
    if drawing is None:
        return analysis
    tell("drawing")
    chart = DrawnChart(drawing.title, png_of(drawing), drawing.spec, svg_of(drawing))
    return replace(analysis, charts=(chart,))


def _readable(files: Sequence[Request]) -> list[tuple[Table, Path]]:
    """The tables among other files; what can't be read can't be named either."""
    tables = []
    for file in files:
        with suppress(ReadingFailed):
            tables.append((table_of(file), Path(file["path"])))
    return tables
