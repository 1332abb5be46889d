"""Conditions on what a text holds, and on whether there is a value at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from chat.analyst.queries import Filter, NotClear, Operator
from chat.analyst.understanding.scopes import Scope
from chat.analyst.understanding.sequences import Found, found, found_all, is_korean
from chat.analyst.understanding.words import Piece

_WHAT = "what=literal|value|unknown|number"
_HOW = "contains|starts|ends"
_PARTICLE = re.compile(r"(?:이라는|라는|으로|으|이|가|을|를|로)$")
_TEXT_PATTERNS = (
    rf"column=column {_WHAT} how={_HOW}.k",
    rf"{_WHAT} how={_HOW}.k column=column",
    rf"{_WHAT} how={_HOW}.k",
    rf"column=column how={_HOW}.e {_WHAT}",
    rf"how={_HOW}.e {_WHAT} between? column=column",
    rf"how={_HOW}.e {_WHAT}",
)
_EMPTY_PATTERNS = (
    r"column=column how=missing|lacking.k rows|entity|count",
    r"column=column how=present",
    r"how=present column=column",
    r"rows|entity|column column=column how=missing.e",
    r"rows|entity|column how=missing|lacking.e column=column",
)
_ADNOMINAL = ("없는", "비어있는", "비어 있는", "누락된", "빠진", "결측된", "빈", "없이")


def with_literals(pieces: list[Piece]) -> list[Piece]:
    """Words that nothing explains as literal text, where the question looks for them in texts ("containing Kim")."""
    left = list(pieces)
    for pattern in (rf"what=unknown how={_HOW}.k", rf"how={_HOW}.e what=unknown"):
        for match in list(found_all(left, pattern)):
            what = match.parts["what"][0]
            text = _PARTICLE.sub("", what.text) if pattern.endswith("k") and len(what.text) > 1 else what.text
            left = [Piece("literal", text, tail=piece.tail) if piece is what else piece for piece in left]
    return left


def with_text_conditions(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """The pieces with "contains", "starts", "ends", "missing" and "present" as conditions."""
    left = pieces
    while match := next(_looked_for(left, scope), None):
        left = _with(left, match, _text_condition(match, scope))
    while (match := found(left, *_EMPTY_PATTERNS)) and (condition := _empty_condition(match)):
        if match.parts["how"][0].key == "lacking" and _may_be_zero(condition.column, scope):
            raise NotClear("unsure")  # "orders with no discount": of nothing, or of 0?
        kept = [piece for piece in left[match.start : match.end] if piece not in _used(match)]
        left = [*left[: match.start], Piece("condition", "", filters=(condition,)), *kept, *left[match.end :]]
    literal = next((piece for piece in left if piece.kind == "literal"), None)
    if literal:
        raise NotClear("words", words=(literal.text,))
    return left


def _looked_for(pieces: list[Piece], scope: Scope) -> Iterator[Found]:
    """Where texts are looked for; a column beside them that holds none has nothing to do with it."""
    for pattern in _TEXT_PATTERNS:
        for match in found_all(pieces, pattern):
            column = match.piece("column")
            if column is None or any(scope.column(name).kind == "text" for name in column.columns):
                yield match


def _with(pieces: list[Piece], match: Found, condition: Filter) -> list[Piece]:
    return [*pieces[: match.start], Piece("condition", "", filters=(condition,)), *pieces[match.end :]]


def _text_condition(match: Found, scope: Scope) -> Filter:
    what, how = match.parts["what"][0], match.parts["how"][0]
    named = match.piece("column")
    candidates = named.columns if named else tuple(dict.fromkeys(name for name, _ in what.values))
    texts = [name for name in candidates or scope.names("text") if scope.column(name).kind == "text"]
    if len(texts) != 1:
        raise NotClear("which_column" if texts else "unsure", words=(what.text,), options=tuple(texts))
    written = next((value for name, value in what.values if name == texts[0]), what.text)
    return Filter(texts[0], cast(Operator, how.key), (written,))


def _empty_condition(match: Found) -> Filter | None:
    column, how = match.piece("column"), match.piece("how")
    if column is None or how is None or len(column.columns) != 1:
        return None
    if how.key == "missing" and is_korean(how) and how.text not in _ADNOMINAL:  # "급여의 결측치 건수" counts them
        return None
    return Filter(column.columns[0], "present" if how.key == "present" else "missing", ())


def _may_be_zero(name: str, scope: Scope) -> bool:
    return scope.column(name).kind == "number" and any(value == 0 for value in scope.distinct(name))


def _used(match: Found) -> list[Piece]:
    return [piece for pieces in match.parts.values() for piece in pieces]
