"""Rates: of the rows of a group or a part of the file, the share that meets a condition ("라인별 불합격 비율")."""

from __future__ import annotations

import re
from typing import get_args

from chat.analyst.queries import Filter, NotClear, Period, Preparation
from chat.analyst.telling.conditions_text import condition_text
from chat.analyst.telling.markdown import groups_digits
from chat.analyst.telling.sentences import say
from chat.analyst.understanding.conditions import Conditions
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.lexicon import value_that_says_yes
from chat.analyst.understanding.sequences import found, is_korean
from chat.analyst.understanding.words import Piece

_RANKS = ("superlative", "high", "low", "top", "bottom", "max", "min")
_SIGNS = ("ge", "gt", "le", "lt", "eq", "ne", "between")
_TELLING = ("not", "missing", "present", "lacking", "contains", "starts", "ends", "or", *_SIGNS)
_NOUNS = ("rows", "entity")
_WHOLE = re.compile(
    r"^(?:의|에서|에서의|중|중에|중에서|가운데|내)(?![가-힣])|^\s*(?:중|중에서?|가운데)(?![가-힣])|\b(?:in|for|from|among)\b"
)
_RELATIVE = re.compile(r"\b(?:are|is|were|was|that|who|with|have|has|had|which|where|whose|having|earning|earn)\b")
_SUFFIXES = ("률", "율")


def take_rates(draft: Draft) -> None:
    """Put a column that tells whether a row meets the condition in the place of condition and share.

    The share of all rows that meet all conditions is no matter of this. Raises NotClear where it can't be told what the
    share is of.
    """
    places = [number for number, piece in enumerate(draft.pieces) if piece.key == "share" or piece.text == "비율이"]
    if len(places) != 1:
        return
    said = draft.pieces[places[0]]
    korean = is_korean(said) or said.text in ("%", "몇 %")
    start, end = _before(draft.pieces, places[0]) if korean else _after(draft.pieces, places[0])
    if not korean and not any(map(_tells, draft.pieces[start:end])):
        start, end = _before(draft.pieces, places[0])  # "mobile share by country"
    block = _with_yes(draft, _with_gaps(draft, draft.pieces[start:end]), said, draft.pieces)
    if not any(_tells(piece) for piece in block):
        if said.text in _SUFFIXES:
            raise NotClear("unsure")
        return
    rest = [*draft.pieces[:start], *draft.pieces[end:]]
    rest = [piece for piece in rest if piece is not said]
    if not _is_apart(rest):
        return
    conditions = Conditions(draft.scope, list(block))
    conditions.take()
    left = [piece for piece in conditions.pieces if piece.key not in (*_NOUNS, "count", "whole") and piece is not said]
    measures = [name for piece in left if piece.kind == "column" and (name := draft.one_of(piece, "number"))]
    left = [piece for piece in left if not set(piece.columns) & set(measures)]
    if len(measures) > 1:
        raise NotClear("unsure")
    if conditions.either or not conditions.filters or any(not _names_rows(draft, piece) for piece in left):
        raise NotClear("unsure")
    language = "ko" if korean else "en"
    text = condition_text(conditions.filters, language)
    if measures:  # "온라인 매출 비중을 지역별로": of the sum
        name = f"{measures[0]} ({text})"
        _derive(draft, Preparation("derive", (measures[0],), "where", filters=tuple(conditions.filters), name=name))
        name = f"{name} / {measures[0]}"
        _derive(draft, Preparation("derive", (f"{measures[0]} ({text})", measures[0]), "share", name=name))
    else:
        name = say("name.rows_with", language, conditions=text)
        _derive(draft, Preparation("derive", method="meets", filters=tuple(conditions.filters), name=name))
    column = Piece("column", name, columns=(name,), tail=said.tail if korean else block[-1].tail)
    kept = [piece for piece in draft.pieces[:start] if piece is not said]
    draft.pieces = [*kept, column, *(piece for piece in draft.pieces[end:] if piece is not said)]


def _derive(draft: Draft, step: Preparation) -> None:
    draft.preparations.append(step)
    draft.scope.add_derived(step)


def _with_yes(draft: Draft, block: list[Piece], said: Piece, pieces: list[Piece]) -> list[Piece]:
    """In "지점별 반품률" and "return rate by store" a column that says yes or no stands for those that say yes."""
    apart = any(piece.key in ("each", *get_args(Period)) for piece in pieces) or any(
        piece.key in _RANKS for piece in pieces
    )
    place = next((n for n, piece in enumerate(pieces) if piece is said), 0)
    before = pieces[place - 1] if place else None
    if not apart or before is None or before.kind != "column" or any(map(_tells, block)):
        return block
    names = [name for name in before.columns if draft.scope.column(name).kind == "text"]
    yes = value_that_says_yes(draft.scope.distinct(names[0])) if len(names) == 1 else None
    if yes is None:
        return block
    item = Filter(names[0], "in", (yes,))
    told = Piece("condition", before.text, tail=before.tail, filters=(item,))
    return [*(piece for piece in block if piece is not before), told]


def _with_gaps(draft: Draft, pieces: list[Piece]) -> list[Piece]:
    """In "만족도 결측 비율" and "share of missing ages" what is missing is a condition on the column beside it."""
    told = list(pieces)
    while match := found(told, "what=column value=number"):
        what, value = match.parts["what"][0], match.parts["value"][0]
        after = told[match.end] if match.end < len(told) else None
        name = draft.one_of(what, "number")
        if name is None or groups_digits(name) or (after is not None and after.key in _SIGNS):
            break
        item = Filter(name, "eq", (value.number,))  # "status code 500"
        told[match.start : match.end] = [Piece("condition", value.text, tail=value.tail, filters=(item,))]
    for pattern in ("what=column said=missing|present", "said=missing|present what=column"):
        while match := found(told, pattern):
            what, said = match.parts["what"][0], match.parts["said"][0]
            name = next(iter(what.columns), "") if len(what.columns) == 1 else ""
            if not name:
                raise NotClear("which_column", words=(what.text,), options=what.columns)
            item = Filter(name, "missing" if said.key == "missing" else "present", ())
            told[match.start : match.end] = [Piece("condition", said.text, tail=said.tail, filters=(item,))]
    return told


def _before(pieces: list[Piece], place: int) -> tuple[int, int]:
    """Korean says the condition right before the share; what is "of" or "in" something comes before that."""
    start = place
    while start and _belongs(pieces[start - 1]) and not (start < place and _WHOLE.search(pieces[start - 1].tail)):
        start -= 1
    return start, place


def _after(pieces: list[Piece], place: int) -> tuple[int, int]:
    """English says it after the share: "of requests that are 404 by page"; before "that" stands the whole."""
    end = place + 1
    while end < len(pieces) and _belongs(pieces[end]):
        end += 1
        if end - place > 1 and _WHOLE.search(pieces[end - 1].tail):
            break
    start = place + 1
    turns = [number for number in range(place + 1, end - 1) if _RELATIVE.search(pieces[number].tail)]
    if turns and any(_tells(piece) for piece in pieces[turns[0] + 1 : end]):
        start = turns[0] + 1
    return start, end


def _belongs(piece: Piece) -> bool:
    if piece.kind in ("value", "number", "column", "literal", "condition", "decade"):
        return True
    return piece.kind == "word" and piece.key in (*_TELLING, *_NOUNS)


def _tells(piece: Piece) -> bool:
    return piece.kind in ("value", "literal", "condition", "decade") or piece.key in _TELLING


def _is_apart(rest: list[Piece]) -> bool:
    """Whether rates of groups, or of a part of the rows, are asked for."""
    apart = any(piece.key in ("each", "day", "week", "month", "quarter", "year", "weekday", "hour") for piece in rest)
    ranked = any(piece.key in _RANKS for piece in rest) and any(piece.kind == "column" for piece in rest)
    return apart or ranked or any(piece.kind == "value" or piece.key in _SIGNS for piece in rest)


def _names_rows(draft: Draft, piece: Piece) -> bool:
    names = [name for name in piece.columns if draft.scope.column(name).kind == "text"]
    return piece.kind == "filler" or (bool(names) and all(draft.scope.is_unique(name) for name in names))
