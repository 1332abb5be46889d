"""Charts that a question wishes for: "막대 그래프로", "scatter plot of age and salary", and what such a chart shows."""

from __future__ import annotations

import re

from chat.analyst.queries import ChartKind
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.words import Piece

_KINDS: tuple[tuple[re.Pattern[str], ChartKind], ...] = (
    (re.compile(r"막대|\bbar\b|column chart"), "bar"),
    (re.compile(r"라인|꺾은선|선\s*그래프|선\s*차트|\bline\b"), "line"),
    (re.compile(r"히스토그램|histogram"), "histogram"),
    (re.compile(r"산점도|산포도|스캐터|scatter"), "scatter"),
    (re.compile(r"박스|상자|box"), "box"),
    (re.compile(r"히트맵|히트\s*맵|heat\s*map"), "heat_map"),
)
_TESTED = ("correlation", "regression", "pivot", "t_test", "anova", "chi_square")


def take_chart(draft: Draft, pieces: list[Piece]) -> None:
    """Take the wish for a chart out of the draft's pieces; where nothing else says so, it tells what is computed."""
    said = [piece.text for piece in pieces if piece.key in ("chart", "distribution")]
    kinds = [kind for text in said for pattern, kind in _KINDS if pattern.search(text)]
    draft.pieces = [piece for piece in draft.pieces if piece.key != "chart"]
    if not kinds:
        return
    draft.options["chart"] = kinds[0]
    if draft.has(*_TESTED) or draft.has_statistic():
        return
    numbers = {name for piece in draft.pieces for name in piece.columns if draft.scope.column(name).kind == "number"}
    texts = {name for piece in draft.pieces for name in piece.columns if draft.scope.column(name).kind == "text"}
    if kinds[0] == "scatter" and len(numbers) > 1:
        draft.pieces.append(Piece("word", kinds[0], key="correlation"))
    elif kinds[0] == "box" and numbers and not draft.has("distribution"):
        draft.pieces.append(Piece("word", kinds[0], key="distribution"))
    elif kinds[0] == "heat_map" and not texts and len(numbers) != 1:
        draft.pieces.append(Piece("word", kinds[0], key="correlation"))
    elif kinds[0] == "heat_map" and len(texts) > 1:
        draft.pieces.append(Piece("word", kinds[0], key="pivot"))
