"""Sums divided by counts or by other sums: "sales per order", "주문당 매출", "매출 합계 / 주문 건수"."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from chat.analyst.queries import Period, Preparation
from chat.analyst.telling.markdown import groups_digits
from chat.analyst.telling.sentences import say
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.roles import adds_up
from chat.analyst.understanding.sequences import Found, found, found_all, is_korean
from chat.analyst.understanding.words import Piece

_BY_COUNT = (
    "sum=sum? a=column sign=divided.e rows? counted=count rows=rows|entity|column?",
    "sum=sum? a=column sign=over_sign counted=count rows=rows|entity|column?",
    "a=column sum=sum? sign=over_sign rows=rows|entity|column? counted=count",
    "a=column sum=sum? rows=rows|entity|column? counted=count sign=divided.k",
)
_PER = "a=column|rows|entity unit=each.e b=column|rows|entity"
_EACH = "b=column|rows unit=per_unit a=column|rows?"
_MANY = 30  # more groups than anybody asks for beside others


def take_quotients_by_count(draft: Draft) -> None:
    """A sum divided by a number of rows, as a formula says it, becomes a column of its own."""
    for pattern in _BY_COUNT:
        for match in found_all(draft.pieces, pattern):
            a, rows = match.parts["a"][0], match.piece("rows")
            name = draft.one_of(a, "number")
            if name is None or (rows is not None and not _is_row(draft, rows)):
                continue
            bracketed = match.end < len(draft.pieces) and draft.pieces[match.end].key == "close"
            made = _per_row(draft, name, korean=is_korean(match.parts["counted"][0]))
            last = draft.pieces[match.end - 1]
            draft.take(match, replace(made, tail=last.tail))
            if bracketed:
                _forget_title(draft, made.columns[0])
            return


def _forget_title(draft: Draft, name: str) -> None:
    """In "객단가(매출/주문건수)" the unknown word before the brackets is only what the formula is called."""
    place = next(number for number, piece in enumerate(draft.pieces) if piece.columns == (name,))
    if place >= 2 and draft.pieces[place - 1].key == "open" and draft.pieces[place - 2].kind == "unknown":
        del draft.pieces[place - 2]


def take_units(draft: Draft) -> None:
    """ "수량당 매출", "sales per unit" divide by numbers, "sales per order" by rows; "지역당 매출" sets texts apart."""
    for match in found_all(draft.pieces, _PER):
        if match.parts["unit"][0].text == "per" and not draft.has_statistic() and _take_ratio(draft, match):
            break
    while korean := found(draft.pieces, _EACH):
        if not _take_ratio(draft, korean):
            b, a = korean.parts["b"][0], korean.piece("a")
            draft.take(korean, b, replace(korean.parts["unit"][0], key="each"), *([a] if a else []))


def _take_ratio(draft: Draft, match: Found) -> bool:
    """Put a column of the ratio in the place of the words, if they mean one."""
    a, b, unit = match.piece("a"), match.parts["b"][0], match.parts["unit"][0]
    if a is None:
        return False
    korean = is_korean(unit)
    counts = a.kind == "word"
    name = None if counts else draft.one_of(a, "number")
    if name is None and not counts:
        return False
    if b.kind == "word" or _is_row(draft, b):
        if name is None or (b.kind == "column" and not _names_one_column(draft, b)):
            return False
        made = _per_row(draft, name, korean=korean)
    elif (second := draft.one_of(b, "number")) and name:
        counted = groups_digits(second) and (adds_up(second) or len(draft.scope.distinct(second)) > _MANY)
        if not korean and not counted:
            return False
        title = f"{name} / {second}"
        made = _made(draft, Preparation("derive", (name, second), "/", name=title))
    elif (group := draft.one_of(b, "text")) and _is_beside_others(draft, match, group):
        made = _per_value(draft, name, group, korean=korean)
    else:
        return False
    last = a if korean else b
    draft.take(match, replace(made, tail=last.tail))
    return True


def _is_row(draft: Draft, piece: Piece) -> bool:
    """Whether a piece names the rows: by its word, or by the column that tells each from the others."""
    if piece.kind == "word":
        return True
    dates = [name for name in piece.columns if draft.scope.column(name).kind in ("date", "month")]
    rest = [name for name in piece.columns if name not in dates]
    return len(rest) == 1 and draft.scope.is_unique(rest[0]) and _tells_rows(draft, rest[0])


def _tells_rows(draft: Draft, name: str) -> bool:
    return draft.scope.column(name).kind == "text" or not groups_digits(name)


def _names_one_column(draft: Draft, piece: Piece) -> bool:
    return any(draft.scope.is_unique(name) for name in piece.columns)


def _is_beside_others(draft: Draft, match: Found, group: str) -> bool:
    """ "Requests per user by country": more users than anybody wants to see beside other groups."""
    rest = [piece for number, piece in enumerate(draft.pieces) if not match.start <= number < match.end]
    apart = any(piece.key in ("each", *get_args(Period)) for piece in rest)
    return apart and len(draft.scope.distinct(group)) > _MANY


def _per_row(draft: Draft, name: str, *, korean: bool) -> Piece:
    title = say("name.per_row", "ko" if korean else "en", column=name)
    return _made(draft, Preparation("derive", (name,), "per_row", name=title))


def _per_value(draft: Draft, name: str | None, group: str, *, korean: bool) -> Piece:
    language = "ko" if korean else "en"
    what = name or say("name.rows", language)
    title = say("name.per_value", language, what=what, column=group)
    columns = (name, group) if name else (group,)
    return _made(draft, Preparation("derive", columns, "per_value", name=title))


def _made(draft: Draft, step: Preparation) -> Piece:
    if step not in draft.preparations:
        draft.preparations.append(step)
        draft.scope.add_derived(step)
    return Piece("column", step.name, columns=(step.name,))
