"""Steps that change the data before anything is computed: outliers, missing values and duplicates taken care of."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from chat.analyst.queries import NotClear, Preparation, PreparationKind, Query
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.sequences import Found, found, is_korean
from chat.analyst.understanding.words import Piece

_FACTORS = {"iqr": 1.5, "z": 3.0}
_HOW = "how=mean|median|mode|zero|previous|number|min|max"
_RULE = "method=zscore|iqr? threshold? factor=number? SIGN? threshold?"
_DROPPED: tuple[tuple[PreparationKind, tuple[str, ...]], ...] = (
    (
        "drop_outliers",
        (
            "method=zscore|iqr not.e what=outliers columns=column*",
            f"columns=column* {_RULE} each? what=outliers rows? not.k",
            f"after? not.e method=zscore|iqr? what=outliers columns=column* each? {_RULE.replace('=z', '2=z')}",
            "not.e rows|entity what=outliers columns=column*",
        ),
    ),
    (
        "drop_missing",
        (
            "columns=column* what=missing rows=rows|entity? not.k rows2=rows?",
            "columns=column* what=missing lacking.k rows=rows",
            "after? not.e rows=rows|entity? where? what=missing columns=column* rows2=rows?",
            "after? not.e rows=rows|entity columns=column what=missing",
        ),
    ),
    (
        "drop_duplicates",
        (
            "columns=column* what=duplicates rows? not.k",
            "after? not.e what=duplicates rows? columns=column*",
        ),
    ),
)
_FILLED = (
    f"columns=column* what=missing columns2=column* {_HOW} fill.k",
    f"after? fill.e what=missing columns=column* columns? columns? {_HOW}",
    f"after? fill.e columns=column+ what=missing {_HOW}",
    f"columns=column* what=missing fill.e {_HOW}",
)
_BELONGS = re.compile(r"\b(?:in|of|from|for|by|on|based on|with)\b")


def take_steps(draft: Draft) -> None:
    """Take the steps out of the draft's pieces, in their order."""
    taken: list[tuple[int, Preparation]] = []
    for kind, patterns in _DROPPED:
        while match := found(draft.pieces, *patterns):
            taken.append((match.start, _dropping(draft, kind, match)))
    while match := found(draft.pieces, *_FILLED):
        taken.append((match.start, _filling(draft, match)))
    draft.preparations += [step for _, step in sorted(taken, key=lambda pair: pair[0])]


def _dropping(draft: Draft, kind: PreparationKind, match: Found) -> Preparation:
    columns, rest = _columns_of_step(draft, match)
    options: dict[str, Any] = {}
    if kind == "drop_outliers":
        method = match.piece("method") or match.piece("method2")
        name = "z" if method and method.key == "zscore" else "iqr"
        factor = match.piece("factor")
        options = {"method": name, "factor": factor.number if factor else _FACTORS[name]}
    named = tuple(name for piece in columns for name in piece.columns)
    whole_rows = bool(match.parts.get("rows") or match.parts.get("rows2"))
    back = rest if rest else _given_back(draft, match, columns)
    draft.take(match, *back)
    step = Preparation(kind, named, **options)
    return replace(step, name="rows") if whole_rows and not named and kind == "drop_missing" else step


def _filling(draft: Draft, match: Found) -> Preparation:
    columns, rest = _columns_of_step(draft, match)
    named = tuple(name for piece in columns for name in piece.columns)
    how = match.parts["how"][0]
    back = rest if rest else _given_back(draft, match, columns)
    draft.take(match, *back)
    if how.kind == "number":
        if how.number == 0:
            return Preparation("fill_missing", named, "zero")
        return Preparation("fill_missing", named, "value", operand=how.number)
    if how.key in ("min", "max"):
        raise NotClear("too_hard", words=(how.text,))
    return Preparation("fill_missing", named, how.key)


def _columns_of_step(draft: Draft, match: Found) -> tuple[list[Piece], list[Piece]]:
    """The columns that the step is about, and those that follow it but belong to what comes next.

    English says "outliers in salary", where "without outliers, salary by city" has its salary to itself.
    """
    columns = [*match.parts.get("columns", []), *match.parts.get("columns2", [])]
    for piece in columns:
        if len(piece.columns) > 1:
            raise NotClear("which_column", words=(piece.text,), options=piece.columns)
    what = match.parts["what"][0]
    place = draft.pieces.index(what)
    follows = bool(columns) and draft.pieces.index(columns[0]) > place
    if follows and not is_korean(what) and not _BELONGS.search(what.tail) and not match.parts.get("how"):
        return [], columns
    return columns, []


def _given_back(draft: Draft, match: Found, columns: list[Piece]) -> list[Piece]:
    """ "급여의 이상치를 빼고 부서별 평균": the step's column is also what is computed, when no other is named."""
    others = [piece for number, piece in enumerate(draft.pieces) if not match.start <= number < match.end]
    named = any(
        piece.kind == "column" and any(draft.scope.column(name).kind == "number" for name in piece.columns)
        for piece in others
    )
    return [] if named or any(piece.key == "count" for piece in others) else columns


def with_columns(query: Query) -> Query:
    """Steps that name no column are about those that are computed on; of whole rows about all."""
    steps = tuple(
        replace(step, columns=query.measures, name="")
        if not step.columns and step.kind in ("drop_outliers", "drop_missing", "fill_missing") and step.name != "rows"
        else replace(step, name="")
        if step.name == "rows"
        else step
        for step in query.preparations
    )
    return replace(query, preparations=steps)
