"""What a worker process can be asked to do: each job takes a request and returns a result as JSON has them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from chat.analyst import lookups
from chat.analyst.answers import answer, unclear_answer
from chat.analyst.card_job import card_job, table_of
from chat.analyst.charts import drawing_of
from chat.analyst.computing import compute
from chat.analyst.drawings import png_of, svg_of
from chat.analyst.queries import Unclear
from chat.analyst.questions import understand
from chat.analyst.scripts import script_of
from chat.analyst.sentences import language_of_question
from chat.analyst.suggestions import next_questions
from chat.analyst.totals import totals_job
from chat.analyst.working import tables_of, work_of
from chat.events import ResultTable, Work

Request = Mapping[str, Any]
Tell = Callable[[str], None]


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

    The others are what it may be joined with. `language` is the reader's. Raises ReadingFailed.
    """
    first, *others = request["files"]
    analysis = analyse(first, request["question"], request["language"], tell, others)
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


def analyse(file: Request, question: str, language: str, tell: Tell, others: Sequence[Request] = ()) -> Analysis:
    """Answer `question` about a request's file; `tell` hears which step begins.

    `language` is the reader's, for a question that has no words. Raises ReadingFailed.
    """
    language = language_of_question(question, language)
    tell("reading")
    table = table_of(file)
    tell("understanding")
    query = understand(question, table)
    found = lookups.answer(question, table, language) if lookups.is_open(query, table) else None
    if found:
        work = Work(found.columns, found.reading, found.rows, found.rows_used, code=found.code)
        return Analysis(found.pieces, work=work)
    if isinstance(query, Unclear):
        return Analysis(tuple(unclear_answer(query, table, language)))
    tell("computing")
    joined = {step.other for step in query.preparations if step.kind == "join"}
    beside = {one["name"]: (table_of(one), Path(one["path"])) for one in others if one["name"] in joined}
    result = compute(query, table, {name: other for name, (other, _) in beside.items()})
    code = script_of(query, result, table, Path(file["path"]), beside)
    analysis = Analysis(
        tuple(answer(query, result, table, language)),
        tables=tables_of(query, result, table, language),
        work=work_of(query, result, table, language, code) if result.cannot is None else None,
        suggestions=next_questions(query, table, language),
    )
    drawing = drawing_of(query, result, table, language) if result.cannot is None else None
    if drawing is None:
        return analysis
    tell("drawing")
    chart = DrawnChart(drawing.title, png_of(drawing), drawing.spec, svg_of(drawing))
    return replace(analysis, charts=(chart,))
