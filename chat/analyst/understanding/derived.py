"""Columns that a question defines: a difference, sum, product or ratio of two columns, or a function of one."""

from __future__ import annotations

import re
from dataclasses import replace

from chat.analyst.queries import Preparation, is_statistic
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.per_units import take_units
from chat.analyst.understanding.sequences import Found, found, is_korean
from chat.analyst.understanding.words import Piece

_SIGNS = {
    "minus": "-",
    "not": "-",
    "difference": "-",
    "plus": "+",
    "added": "+",
    "sum": "+",
    "times": "*",
    "multiplied": "*",
    "over_sign": "/",
    "divided": "/",
}
_FUNCTIONS = {
    "log": "log",
    "absolute": "abs",
    "square": "square",
    "root": "root",
    "standardized": "z",
    "min_max": "min_max",
    "length": "length",
}
_FUNCTION = "|".join(_FUNCTIONS)
_PATTERNS = (
    "a=column b=column sign=not|added|multiplied|divided.k name=unknown|column?",
    "a=column b=column sign=difference.k",
    "sign=difference.e a=column b=column",
    "a=column sign=minus|plus|times|over_sign|multiplied|divided|difference b=column",
)
_NAMED = (
    "name=unknown eq a=column sign=minus|plus|times|over_sign|multiplied|divided|difference b=column",
    "name=unknown a=column sign=minus|plus|times|over_sign|multiplied|divided b=column",
)
_OF_ONE = (f"function={_FUNCTION}.e a=column", f"a=column function={_FUNCTION}.k")
_JOINING = ("-", "−", "+", "/", "*", "×", "x", "times")
_OUT_OF = re.compile(r"^\s*(?:값|금액|결과)?(?:에서|에서는|으로부터|로부터)")
_INTO = re.compile(r"^\s*(?:값|금액|결과)?(?:를|을|에|과|와|하고|랑|이랑|에다|에다가)")


def take_derived(draft: Draft) -> None:
    """Make the columns that the question defines known, and name them where it uses them."""
    take_units(draft)
    while match := found(draft.pieces, *_NAMED) or _unnamed(draft):
        if not _derive(draft, match):
            break
    while match := found(draft.pieces, *_OF_ONE):
        if not _derive_of_one(draft, match):
            break
    draft.pieces = [
        piece for number, piece in enumerate(draft.pieces) if piece.text not in _JOINING or _calculates(draft, number)
    ]


def _calculates(draft: Draft, number: int) -> bool:
    """Whether a sign stands between numbers; between other words it only joins or sets them apart."""
    beside = [draft.pieces[place] for place in (number - 1, number + 1) if 0 <= place < len(draft.pieces)]
    numeric = [piece.kind == "number" or _is_number_column(draft, piece) for piece in beside]
    between = len(numeric) == 2 and all(numeric)
    if draft.pieces[number].text == "times":  # "3 times IQR" counts, "salary times department" multiplies nothing
        return between or not any(piece.kind == "number" for piece in beside)
    computed = [is_statistic(piece.key) for piece in beside]
    counted = any(piece.key == "count" for piece in beside)
    return between or counted or (any(numeric) and any(computed))  # "매출 합계 / 주문 건수" can't be computed


def _unnamed(draft: Draft) -> Found | None:
    """Two columns and what is done with them; "매출과 비용을 뺀" and a bare "A/B" mean no such thing."""
    match = found(draft.pieces, *_PATTERNS)
    if match is None:
        return None
    a, sign = match.parts["a"][0], match.parts["sign"][0]
    if sign.key == "not":
        return match if _OUT_OF.match(a.tail) else None
    if sign.key in ("added", "multiplied", "divided") and is_korean(sign):
        return match if _INTO.match(a.tail) else None
    if sign.key == "difference" and sign.text != "minus":
        both = draft.one_of(a, "number") and draft.one_of(match.parts["b"][0], "number")
        return match if both and draft.has_statistic() and not draft.has("significant", "t_test") else None
    after = draft.pieces[match.end] if match.end < len(draft.pieces) else None
    marked = after is not None and after.key == "each" and is_korean(after)
    return None if sign.key == "over_sign" and marked else match


def _derive(draft: Draft, match: Found) -> bool:
    a, b, sign = (match.parts[part][0] for part in ("a", "b", "sign"))
    first, second = draft.one_of(a, "number"), draft.one_of(b, "number")
    if first is None or second is None:
        return False
    written = match.piece("name")
    follows = written is not None and is_korean(sign) and written.kind == "column"
    symbol = _SIGNS[sign.key]
    name = f"{first} {symbol} {second}" if written is None or follows else written.text
    rest = [written] if follows and written and not _is_number_column(draft, written) else []
    if follows and written and not rest:
        name = written.columns[0] if len(written.columns) == 1 else name
        if name in draft.scope.names():
            name = f"{first} {symbol} {second}"
    _add(draft, Preparation("derive", (first, second), symbol, name=name))
    column = Piece("column", name, columns=(name,), tail=(written or sign).tail)
    draft.take(match, column, *rest)
    later = [number for number, piece in enumerate(draft.pieces) if _is_called(piece, written, name)]
    for number in later:
        draft.pieces[number] = replace(column, tail=draft.pieces[number].tail)
    if later and not is_korean(sign):  # "profit = sales - cost, mean profit": the definition itself asks for nothing
        draft.pieces = [piece for piece in draft.pieces if piece is not column]
    return True


def _is_number_column(draft: Draft, piece: Piece) -> bool:
    return any(draft.scope.column(name).kind == "number" for name in piece.columns)


def _is_called(piece: Piece, written: Piece | None, name: str) -> bool:
    return written is not None and piece.kind == "unknown" and piece.text == name


def _derive_of_one(draft: Draft, match: Found) -> bool:
    a, function = match.parts["a"][0], match.parts["function"][0]
    kind = "text" if function.key == "length" else "number"
    column = draft.one_of(a, kind)
    if column is None:
        return False
    name = f"{_FUNCTIONS[function.key]}({column})"
    _add(draft, Preparation("derive", (column,), _FUNCTIONS[function.key], name=name))
    draft.take(match, Piece("column", name, columns=(name,), tail=a.tail))
    return True


def _add(draft: Draft, step: Preparation) -> None:
    if step not in draft.preparations:
        draft.preparations.append(step)
        draft.scope.add_derived(step)
