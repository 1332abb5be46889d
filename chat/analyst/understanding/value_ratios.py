"""Ratios between the rows of two values: "현금 대비 카드 매출 비율", "ratio of mobile to desktop requests"."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from chat.analyst.queries import Period
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.sequences import found, is_korean
from chat.analyst.understanding.words import Piece

_AGAINST = "b=value than=unsupported.k a=value"
_DIVIDED = "a=value rows|entity|count? sign=divided|over_sign.e b=value"
_APART = ("each", "count", *get_args(Period))


def with_ratios_of_values(pieces: list[Piece]) -> list[Piece]:
    """The pieces with what is divided first, and a word for the ratio: Korean names the divisor first, before 대비."""
    pieces = _growth_between_dates(pieces)
    match = found(pieces, _AGAINST)
    if match is not None and match.parts["than"][0].text == "대비" and _alone(pieces):
        a, b = match.parts["a"][0], match.parts["b"][0]
        said = next((number for number, piece in enumerate(pieces) if piece.key in ("share", "ratio")), None)
        compared = said is not None or any(piece.key == "difference" for piece in pieces)
        if compared and _same_column(a, b):
            told = [*pieces[: match.start], replace(a, tail="와"), replace(b, tail=a.tail), *pieces[match.end :]]
            ratio = Piece("word", "비율", key="ratio")
            return [ratio if one.key in ("share", "ratio") else one for one in told]
    match = found(pieces, _DIVIDED)
    if match is not None and _alone(pieces):
        a, b = match.parts["a"][0], match.parts["b"][0]
        if _same_column(a, b) and match.parts["sign"][0].key == "divided":
            ratio = Piece("word", "ratio", key="ratio")
            return [*pieces[: match.start], ratio, a, b, *pieces[match.end :]]
    return pieces


def _growth_between_dates(pieces: list[Piece]) -> list[Piece]:
    """ "2023년 대비 2024년 매출 증가율": the difference in percent, of the later one first."""
    match = found(pieces, "b=date than=unsupported.k a=date")
    growth = next((piece for piece in pieces if piece.key == "growth"), None)
    if match is None or growth is None or match.parts["than"][0].text != "대비":
        return pieces
    if sum(piece.kind == "date" for piece in pieces) > 2:
        return pieces
    a, b = match.parts["a"][0], match.parts["b"][0]
    told = [*pieces[: match.start], replace(a, tail="와"), replace(b, tail=a.tail), *pieces[match.end :]]
    words = [Piece("word", growth.text, key="difference", tail=growth.tail)]
    words += [Piece("word", growth.text, key="share")] if growth.text.endswith(("율", "률")) else []
    place = told.index(growth)
    return [*told[:place], *words, *told[place + 1 :]]


def _alone(pieces: list[Piece]) -> bool:
    return sum(piece.kind == "value" for piece in pieces) == 2


def _same_column(a: Piece, b: Piece) -> bool:
    return bool({column for column, _ in a.values} & {column for column, _ in b.values})


def count_for_ratio(draft: Draft) -> None:
    """A ratio or difference of two values without anything to compute on is one of their numbers of rows."""
    if draft.number_columns() or draft.has(*_APART) or draft.has_statistic():
        return
    named = [piece for piece in draft.pieces if piece.kind == "column"]
    if any(not all(map(draft.scope.is_unique, piece.columns[:1])) for piece in named):
        return
    draft.pieces = [piece for piece in draft.pieces if piece.kind != "column" and piece.key not in ("rows", "entity")]
    korean = any(is_korean(piece) for piece in draft.pieces)
    draft.pieces.append(Piece("word", "건수" if korean else "count", key="count"))
