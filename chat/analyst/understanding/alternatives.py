"""Joins conditions by "or": values of one column to a list, others to alternatives."""

from __future__ import annotations

from dataclasses import replace

from chat.analyst.queries import AnyOf, Filter, NotClear
from chat.analyst.understanding.words import Piece


def joined_by_or(pieces: list[Piece]) -> list[Piece]:
    """The pieces with conditions on both sides of "or" as one condition, and without "or".

    "서울 노트북 또는 부산 마우스" are two alternatives of two conditions each; else "or" joins only its neighbours.
    Raises NotClear when it has no condition on both sides.
    """
    joined = list(pieces)
    while (place := next((number for number, piece in enumerate(joined) if piece.key == "or"), None)) is not None:
        if _or_of_names(joined, place):
            del joined[place]
            continue
        left, right = _run(joined, place, -1), _run(joined, place, 1)
        if not left or not right:
            raise NotClear("unsure")
        length = min(len(left), len(right)) if _columns(left) == _columns(right) and len(left) == len(right) else 1
        start, end = place - length, place + length + 1
        joined[start:end] = [_either(joined[start:place], joined[place + 1 : end])]
    return _merged(joined)


def _or_of_names(pieces: list[Piece], place: int) -> bool:
    """ "by region or product" joins columns, of which "and" says the same."""
    around = [pieces[number].kind for number in (place - 1, place + 1) if 0 <= number < len(pieces)]
    return around == ["column", "column"]


def _run(pieces: list[Piece], place: int, step: int) -> list[Piece]:
    run: list[Piece] = []
    number = place + step
    while 0 <= number < len(pieces) and pieces[number].kind == "condition":
        run.append(pieces[number])
        number += step
    return run[::step]


def _columns(run: list[Piece]) -> list[str]:
    return [condition.column for piece in run for condition in piece.filters]


def _either(left: list[Piece], right: list[Piece]) -> Piece:
    """One condition of two; a third alternative joins the two before it."""
    one, other = ([condition for piece in side for condition in piece.filters] for side in (left, right))
    if (
        len(one) == len(other) == 1
        and one[0].column == other[0].column
        and one[0].operator == other[0].operator == "in"
    ):
        values = tuple(dict.fromkeys((*one[0].operands, *other[0].operands)))
        return replace(left[0], filters=(replace(one[0], operands=values),), tail=right[-1].tail)
    before = left[0].either.alternatives if left[0].either else (tuple(one),)
    after = right[0].either.alternatives if right[0].either else (tuple(other),)
    text = f"{left[0].text} {right[-1].text}"
    return Piece("condition", text, tail=right[-1].tail, either=AnyOf((*before, *after)))


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Lists of values and of months of one column are alternatives wherever they stand, decades likewise."""
    merged: list[Piece] = []
    for piece in pieces:
        place = next((number for number, other in enumerate(merged) if _same_kind(piece, other)), None)
        if place is None:
            merged.append(piece)
        elif piece.key == "decade":
            merged[place] = replace(_either([merged[place]], [piece]), key="decade")
        else:
            merged[place] = replace(merged[place], filters=(_union(merged[place].filters[0], piece.filters[0]),))
    return merged


def _same_kind(piece: Piece, other: Piece) -> bool:
    if piece.kind != "condition" or other.kind != "condition":
        return False
    if piece.key == other.key == "decade":
        return True
    if len(piece.filters) != 1 or len(other.filters) != 1:
        return False
    one, two = piece.filters[0], other.filters[0]
    return one.column == two.column and one.operator == two.operator and one.operator in ("in", "weekday")


def _union(one: Filter, other: Filter) -> Filter:
    return replace(one, operands=tuple(dict.fromkeys((*one.operands, *other.operands))))
