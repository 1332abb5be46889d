"""Groups of ages: "연령대별", "by age group" cut a column of ages into decades."""

from __future__ import annotations

import math
from itertools import pairwise

from chat.analyst.queries import NotClear, Preparation
from chat.analyst.tables import Column
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.lexicon import Lexicon
from chat.analyst.understanding.sequences import is_korean
from chat.analyst.understanding.words import Piece

_AGE = "나이"
_GROUPS = ("연령대", "나이대", "age group", "age band", "age bracket")  # a file may have them already
_MOST_GROUPS = 30


def take_age_groups(draft: Draft, lexicon: Lexicon) -> None:
    """Name the groups of ages where the question sets them apart. Raises NotClear without one column of ages."""
    place = next((number for number, piece in enumerate(draft.pieces) if piece.key == "age_group"), None)
    if place is None:
        return
    said = draft.pieces[place]
    ages = tuple(name for name in lexicon.columns.get(_AGE, ()) if draft.scope.column(name).kind == "number")
    told = [
        name for word in _GROUPS for name in lexicon.columns.get(word, ()) if draft.scope.column(name).kind == "text"
    ]
    if not ages and len(set(told)) == 1:
        draft.pieces[place : place + 1] = _marked(said, told[0])
        return
    if len(ages) != 1:
        raise NotClear("which_column" if ages else "words", words=(said.text,), options=ages)
    name = f"{ages[0]}대" if is_korean(said) else f"{ages[0]} group"
    edges = _decades([float(str(value)) for value in draft.scope.distinct(ages[0])])
    labels = tuple(f"{low:g}–{high - 1:g}" for low, high in pairwise(edges))
    draft.preparations.append(Preparation("bin", ages, name=name, edges=edges, labels=labels))
    draft.scope.added.append(Column(name, "text"))
    draft.pieces[place : place + 1] = _marked(said, name)


def _marked(said: Piece, name: str) -> list[Piece]:
    column = Piece("column", said.text, columns=(name,), tail=said.tail)
    after = [Piece("word", "별", key="each")] if said.text.endswith(("별", "별로")) else []
    before = [Piece("word", "by", key="each")] if said.text.startswith(("by ", "per ", "each ")) else []
    return [*before, column, *after]


def _decades(values: list[float]) -> tuple[float, ...]:
    """The edges of decades that hold all the values. Raises NotClear when these are no ages."""
    if not values:
        raise NotClear("needs_number")
    first, last = math.floor(min(values) / 10), math.floor(max(values) / 10) + 1
    if last - first > _MOST_GROUPS:
        raise NotClear("unsure")
    return tuple(10.0 * number for number in range(first, last + 1))
