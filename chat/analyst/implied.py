"""Columns that a question means without naming them: 40세 an age, "sold" a quantity or an amount, "where" a place."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from chat.analyst.lexicon import Lexicon
from chat.analyst.queries import NotClear, Period
from chat.analyst.tables import Table
from chat.analyst.words import Piece

_AGE, _AMOUNT, _QUANTITY = "나이", "매출", "수량"
_PLACES = ("지역", "도시", "국가", "매장")
_OF_AGES = ("older than", "younger than", "or older", "or younger")
_RANKS = {"superlative", "high", "low", "top", "bottom", "max", "min"}
_RANKED_BY_QUANTITY = ("팔린", "팔리는", "팔렸던", "판매된", "sold", "selling")  # "가장 많이 팔린" counts pieces


def with_implied(pieces: list[Piece], lexicon: Lexicon, table: Table) -> list[Piece]:
    """The pieces with every implied column as one of its own. Raises NotClear when several fit."""
    pieces = _excluded_values(pieces, lexicon)
    pieces = _with_ages(pieces, lexicon)
    pieces = _with_sold(pieces, lexicon)
    return _with_places(pieces, lexicon, table)


def without_idle_words(pieces: list[Piece]) -> list[Piece]:
    """In "between a and b" without numbers and in "the salary column" the small words mean nothing.

    언제 adds nothing to the period or day that the question names.
    """
    keys = {piece.key for piece in pieces}
    idle = {"between"} if "correlation" in keys else set()
    idle |= {"when"} if keys.intersection(get_args(Period)) else set()
    meaningful = [piece for piece in pieces if piece.kind != "filler" and piece.key not in idle]
    kinds = ["", *(piece.kind for piece in meaningful), ""]
    return [
        piece
        for number, piece in enumerate(meaningful)
        if piece.key != "columns" or "column" not in (kinds[number], kinds[number + 2])
    ]


def _excluded_values(pieces: list[Piece], lexicon: Lexicon) -> list[Piece]:
    """In "합계를 제외한" and "except total" a word of the analyst's is a value, if the file has it."""
    found = list(pieces)
    for number, piece in enumerate(pieces):
        after = pieces[number + 1] if number + 1 < len(pieces) else None
        beside = pieces[number - 1] if piece.text.isascii() and number else after
        values = lexicon.values.get(piece.text)
        if piece.kind == "word" and values and beside is not None and beside.key == "not":
            found[number] = Piece("value", piece.text, values=tuple(values))
    return found


def _with_ages(pieces: list[Piece], lexicon: Lexicon) -> list[Piece]:
    """ "30세 이상" and "older than 30" compare the column of ages."""
    columns = lexicon.columns.get(_AGE, ())
    named = any(piece.kind == "column" and piece.columns == columns for piece in pieces)
    if not columns or len(columns) > 1:
        return pieces
    found: list[Piece] = []
    for piece in pieces:
        if piece.key == "age" and found and found[-1].kind == "number":
            number = found.pop()
            found += [number] if named else [Piece("column", piece.text, columns=columns), number]
        elif piece.text in _OF_AGES and not named:
            place = (
                len(found) - 1 if found and found[-1].kind == "number" and piece.text.startswith("or") else len(found)
            )
            found[place:place] = [Piece("column", piece.text, columns=columns)]
            found.append(piece)
        else:
            found.append(piece)
    return found


def _with_sold(pieces: list[Piece], lexicon: Lexicon) -> list[Piece]:
    """How much is sold is an amount, how many a quantity; a column that is named besides settles it."""
    places = [number for number, piece in enumerate(pieces) if piece.key == "sell"]
    if not places:
        return pieces
    amount, quantity = lexicon.columns.get(_AMOUNT, ()), lexicon.columns.get(_QUANTITY, ())
    rest = [piece for piece in pieces if piece.key != "sell"]
    if any(piece.kind == "column" and set(piece.columns) & {*amount, *quantity} for piece in rest):
        return rest
    texts = {piece.text for piece in pieces}
    counted = any(piece.key == "count" for piece in pieces)
    if amount and any(
        (text.startswith("얼마") and not text.startswith("얼마나")) or text == "how much" for text in texts
    ):
        columns = amount
    elif quantity and (counted or texts.intersection(_RANKED_BY_QUANTITY)):
        columns = quantity
    else:
        columns = tuple(dict.fromkeys((*amount, *quantity)))
    if len(columns) != 1:
        raise NotClear("which_column" if columns else "words", words=(pieces[places[0]].text,), options=columns)
    sold = Piece("column", pieces[places[0]].text, columns=columns)
    found = [sold if number == places[0] else piece for number, piece in enumerate(pieces) if number not in places[1:]]
    if counted and columns == quantity:
        return [replace(piece, key="sum") if piece.key == "count" else piece for piece in found]
    return found


def _with_places(pieces: list[Piece], lexicon: Lexicon, table: Table) -> list[Piece]:
    """ "Where are sales highest?" asks for the column of places, unless another column of texts is named."""
    rest = [piece for piece in pieces if piece.key != "where"]
    asked = [
        piece
        for before, piece in zip([None, *pieces], pieces, strict=False)
        if piece.key == "where" and not (before is not None and before.kind == "number")
    ]
    texts = set(table.names("text"))
    named = any(piece.kind == "column" and texts.intersection(piece.columns) for piece in rest)
    if not asked or named or not any(piece.key in _RANKS for piece in rest):
        return rest
    columns = tuple(dict.fromkeys(name for word in _PLACES for name in lexicon.columns.get(word, ()) if name in texts))
    if len(columns) != 1:
        raise NotClear("which_column", words=(asked[0].text,), options=columns or tuple(table.names("text")[:8]))
    return [*rest, Piece("column", asked[0].text, columns=columns)]
