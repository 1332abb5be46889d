"""Columns that a question means without naming them: 40세 an age, "sold" a quantity or an amount, "where" a place."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import get_args

from chat.analyst.queries import Filter, NotClear, Period, is_statistic
from chat.analyst.telling.markdown import groups_digits
from chat.analyst.understanding.asked import with_asked
from chat.analyst.understanding.lexicon import Lexicon
from chat.analyst.understanding.scopes import Scope
from chat.analyst.understanding.sequences import is_korean
from chat.analyst.understanding.words import Piece

_AGE, _QUANTITY = "나이", "수량"
_AMOUNTS = ("매출", "금액")  # the first that the file has
_PLACES = ("지역", "도시", "국가", "매장")
_OF_AGES = ("older than", "younger than", "or older", "or younger", "oldest", "youngest", "어린", "젊은")
_TAKES_LONG = re.compile(
    r"time|duration|latency|elapsed|(?:^|[_\s(])(?:ms|sec|secs|seconds|min|minutes|hours|days)\b|시간|기간|초\)|분\)|지연"
)
_TIMED = re.compile(rf"{_TAKES_LONG.pattern}|speed|velocity|kmh|km/h|mph|rpm|속도|속력")
_PRICED = re.compile(r"expensive|pric(?:y|iest)|cheap|costliest|비싼|비싸|저렴|^싼")
_RANKS = {"superlative", "high", "low", "top", "bottom", "max", "min"}
_HOW_MANY = ("how many", "몇 개", "몇개", "number of", "the number of")
_HOW_MUCH = (
    "how much",
    "how much more",
    "how much less",
    "얼마",
    "얼마야",
    "얼마인가요",
    "얼마지",
    "얼마예요",
    "얼마인지",
    "얼마치",
    "얼마어치",
)
_COUNTS_ROWS = {"rows", "ge", "gt", "le", "lt", "eq", "ne", "between", "missing", "outliers", "distinct", "duplicates"}
_RANKED_BY_QUANTITY = ("팔린", "팔리는", "팔렸던", "판매된", "sold", "selling")  # "가장 많이 팔린" counts pieces


def with_implied(pieces: list[Piece], lexicon: Lexicon, table: Scope) -> list[Piece]:
    """The pieces with every implied column as one of its own. Raises NotClear when several fit."""
    pieces = _excluded_values(pieces, lexicon)
    pieces = _with_decades(_with_ages(pieces, lexicon), lexicon, table)
    pieces = with_asked(_rows_by_number(pieces, table), lexicon, table)
    pieces = _with_prices(_with_speeds(pieces, table), lexicon, table)
    pieces = _with_sold(pieces, lexicon)
    return _with_places(pieces, lexicon, table)


def without_idle_words(pieces: list[Piece]) -> list[Piece]:
    """In "between a and b" without numbers and in "the salary column" the small words mean nothing.

    언제 adds nothing to the period or day that the question names.
    """
    keys = {piece.key for piece in pieces}
    bounds = sum(piece.kind in ("number", "date", "clock") for piece in pieces)
    idle = {"between"} if bounds < 2 or "correlation" in keys else set()
    idle |= {"when"} if keys.intersection(get_args(Period)) else set()
    meaningful = [
        piece for piece in pieces if piece.kind != "filler" and piece.key not in (*idle, "else", "same_again")
    ]
    meaningful = _without_idle_bounds(meaningful)
    kinds = ["", *(piece.kind for piece in meaningful), ""]
    return [
        piece
        for number, piece in enumerate(meaningful)
        if piece.key != "columns" or "column" not in (kinds[number], kinds[number + 2])
    ]


def _without_idle_bounds(pieces: list[Piece]) -> list[Piece]:
    """ "From" and "to" tell of times and numbers only right before these ("부터" after them), not in "from Seoul"."""
    bounds = ("number", "date", "clock")
    kept = []
    for number, piece in enumerate(pieces):
        near = number - 1 if is_korean(piece) else number + 1
        beside = 0 <= near < len(pieces) and pieces[near].kind in bounds
        if piece.key not in ("from", "until") or not piece.text[0].isalpha() or beside:
            kept.append(piece)
    return kept


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
    if len(columns) != 1:
        return pieces
    named = any(piece.kind == "column" and piece.columns == columns for piece in pieces)
    found: list[Piece] = []
    for piece in pieces:
        if piece.key == "age" or piece.text in _OF_AGES:
            after_number = bool(found) and found[-1].kind == "number" and not piece.text.endswith("than")
            place = len(found) - after_number
            found[place:place] = [] if named else [Piece("column", piece.text, columns=columns)]
        found += [] if piece.key == "age" else [piece]
    return found


def _with_speeds(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """What is slow takes long, or goes at a low speed. Raises NotClear where no column tells which."""
    said = [piece for piece in pieces if piece.key in ("slow", "fast")]
    if not said:
        return pieces
    names = {name for piece in pieces for name in piece.columns if scope.column(name).kind == "number"}
    takes_long = {bool(_TAKES_LONG.search(name.casefold())) for name in names if _TIMED.search(name.casefold())}
    if len(takes_long) != 1:
        raise NotClear("words", words=tuple(piece.text for piece in said))
    told = []
    for piece in pieces:
        is_more = (piece.key == "slow") == next(iter(takes_long))
        keys = ("gt", "lt") if piece.text.endswith("than") else ("high", "low")
        told.append(replace(piece, key=keys[not is_more]) if piece in said else piece)
    return told


def _with_prices(pieces: list[Piece], lexicon: Lexicon, scope: Scope) -> list[Piece]:
    """What is expensive has a high price or cost, where no column of numbers is named and one holds that."""
    place = next((number for number, piece in enumerate(pieces) if _PRICED.search(piece.text)), None)
    if place is None or any(_is_number(piece, scope) for piece in pieces):
        return pieces
    named = (lexicon.columns.get(word, ()) for word in ("price", "cost", "amount"))
    columns = next((names for names in named if names), ())
    if len(columns) != 1 or scope.column(columns[0]).kind != "number":
        return pieces
    column = Piece("column", pieces[place].text, columns=columns)
    place += 1 if pieces[place].text.isascii() else 0
    return [*pieces[:place], column, *pieces[place:]]


def _with_decades(pieces: list[Piece], lexicon: Lexicon, scope: Scope) -> list[Piece]:
    """ "30대" as a condition on the column of ages, or on the column of numbers before it."""
    found: list[Piece] = []
    for piece in pieces:
        if piece.kind != "decade":
            found.append(piece)
            continue
        named = found[-1].columns if found and _is_number(found[-1], scope) else ()
        columns = tuple(name for name in named or lexicon.columns.get(_AGE, ()) if scope.column(name).kind == "number")
        if len(columns) != 1:
            raise NotClear("which_column" if columns else "words", words=(piece.text,), options=columns)
        bounds = (Filter(columns[0], "ge", (piece.number,)), Filter(columns[0], "lt", (piece.number + 10,)))
        found = found[:-1] if named else found
        found.append(Piece("condition", piece.text, key="decade", tail=piece.tail, filters=bounds))
    return found


def _rows_by_number(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """In "orders by hour" and "orders yesterday" the column that numbers the orders stands for the rows."""
    keys = {piece.key for piece in pieces if piece.kind == "word"}
    others = [piece for piece in pieces if _is_number(piece, scope) and not _numbers_rows(piece, scope)]
    apart = keys.intersection((*get_args(Period), "each"))
    when = any(piece.kind in ("date", "weekdays", "clock", "value") for piece in pieces)
    if not (apart or when) or others or any(is_statistic(key) for key in keys):
        return pieces
    rows = [piece for piece, after in pairwise([*pieces, Piece("filler", "")]) if after.kind != "number"]
    return [
        Piece("word", piece.text, key="rows", tail=piece.tail)
        if piece in rows and _numbers_rows(piece, scope)
        else piece
        for piece in pieces
    ]


def _is_number(piece: Piece, scope: Scope) -> bool:
    return any(scope.column(name).kind == "number" for name in piece.columns)


def _numbers_rows(piece: Piece, scope: Scope) -> bool:
    names = [name for name in piece.columns if scope.column(name).kind == "number"]
    return bool(names) and all(not groups_digits(name) and scope.is_unique(name) for name in names)


def _with_sold(pieces: list[Piece], lexicon: Lexicon) -> list[Piece]:
    """The verb as the column of what is sold; another column for that, named besides, settles it."""
    amount = next((lexicon.columns[word] for word in _AMOUNTS if word in lexicon.columns), ())
    quantity = lexicon.columns.get(_QUANTITY, ())
    rest = [piece for piece in pieces if piece.key != "sell"]
    named = {name for piece in rest if piece.kind == "column" for name in piece.columns}
    verbs = [piece for piece in pieces if piece.key == "sell"]
    if verbs and not named & {*amount, *quantity}:
        columns = _columns_sold({piece.text for piece in pieces}, amount, quantity)
        if len(columns) != 1:
            raise NotClear("which_column" if columns else "words", words=(verbs[0].text,), options=columns)
        sold = Piece("column", verbs[0].text, columns=columns)
        rest = [sold if piece is verbs[0] else piece for piece in pieces if piece not in verbs[1:]]
        named = {*columns}
    return _pieces_added_up(rest) if named & {*quantity} else rest


def _columns_sold(texts: set[str], amount: tuple[str, ...], quantity: tuple[str, ...]) -> tuple[str, ...]:
    """How much is sold is an amount, how many a quantity; without either word it may be both."""
    if texts.intersection(_HOW_MUCH):
        return amount
    if quantity and texts.intersection({*_HOW_MANY, *_RANKED_BY_QUANTITY}):
        return quantity
    return tuple(dict.fromkeys((*amount, *quantity)))


def _pieces_added_up(pieces: list[Piece]) -> list[Piece]:
    """ "How many units" asks for the sum of a quantity, unless a condition or the rows are counted."""
    if any(piece.key in _COUNTS_ROWS for piece in pieces):
        return pieces
    return [replace(piece, key="sum") if piece.text in _HOW_MANY else piece for piece in pieces]


def _with_places(pieces: list[Piece], lexicon: Lexicon, table: Scope) -> list[Piece]:
    """ "Where are sales highest?" asks for the column of places, unless another column of texts is named."""
    rest = [piece for piece in pieces if piece.key != "where"]
    counted = [number for number, piece in enumerate(pieces[1:], 1) if pieces[number - 1].kind == "number"]  # "세 곳"
    asked = [piece for number, piece in enumerate(pieces) if piece.key == "where" and number not in counted]
    texts = set(table.names("text"))
    named = any(piece.kind == "column" and texts.intersection(piece.columns) for piece in rest)
    if not asked or named or not any(piece.key in _RANKS for piece in rest):
        return rest
    columns = tuple(dict.fromkeys(name for word in _PLACES for name in lexicon.columns.get(word, ()) if name in texts))
    if len(columns) != 1:
        raise NotClear("which_column", words=(asked[0].text,), options=columns or tuple(table.names("text")[:8]))
    return [*rest, Piece("column", asked[0].text, columns=columns)]
