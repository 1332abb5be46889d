"""Conditions as people say them: "폐기된 품목", "aged 40 to 60", "patients over 65"."""

from __future__ import annotations

import re

from chat.analyst.queries import Filter, Operator
from chat.analyst.understanding.lexicon import normal, value_that_says_yes
from chat.analyst.understanding.scopes import Scope
from chat.analyst.understanding.sequences import found, is_korean
from chat.analyst.understanding.words import Piece

_PEOPLES = ("patients", "employees", "customers", "people", "students", "users", "members", "clients", "workers")
_PASSIVE = re.compile(r"^(?:된|한|했던|됐던|되었던)(?![가-힣])")


def with_spoken_conditions(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """The pieces with each such condition as one of its own."""
    pieces = _years_of_columns(pieces, scope)
    return _ages_of_people(_ranges(_that_say_yes(pieces, scope), scope), scope)


def _years_of_columns(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "Founded before 1950", "설립연도가 1990년 이후인": years in a column of numbers, which is no column of dates."""
    match = found(pieces, "what=column sign=before|after|from.e year=number|date") or found(
        pieces, "what=column year=number|date sign=before|after.k"
    )
    if match is None or not _numbers_of(match.parts["what"][0], scope):
        return pieces
    what, sign, said = (match.parts[part][0] for part in ("what", "sign", "year"))
    year = said.number if said.date is None else float(said.date.year or 0)
    if len(what.columns) != 1 or not 1000 <= year <= 2200 or (said.date is not None and said.date.month):
        return pieces
    values = [float(str(value)) for value in scope.distinct(what.columns[0])]
    if not values or not all(1000 <= value <= 2200 and value.is_integer() for value in values):
        return pieces
    korean = is_korean(sign)
    operator: Operator = "lt" if sign.key == "before" else "gt" if sign.text == "after" else "ge"
    tail = sign.tail if korean else said.tail
    condition = Piece("condition", said.text, tail=tail, filters=(Filter(what.columns[0], operator, (year,)),))
    return [*pieces[: match.start], condition, *pieces[match.end :]]


def _that_say_yes(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "폐기된 품목" are those whose 폐기여부 says yes."""
    told = list(pieces)
    for number, piece in enumerate(pieces):
        names = [name for name in piece.columns if scope.column(name).kind == "text"]
        after = pieces[number + 1] if number + 1 < len(pieces) else None
        counted = after is not None and after.key == "count" and is_korean(after) and not piece.tail.strip()
        partly = normal(piece.text) not in map(normal, names)  # "반품 건수", not "반품여부 수"
        if len(names) == 1 and (_PASSIVE.match(piece.tail) or (counted and partly)):
            yes = value_that_says_yes(scope.distinct(names[0]))
            if yes is not None:
                item = Filter(names[0], "in", (yes,))
                told[number] = Piece("condition", piece.text, tail=piece.tail, filters=(item,))
    return told


def _ranges(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "Aged 40 to 60", "나이 40~60": both ends belong to it."""
    match = found(pieces, "what=column low=number to=until high=number")
    if match is None or not _numbers_of(match.parts["what"][0], scope):
        return pieces
    what, low, high = (match.parts[part][0] for part in ("what", "low", "high"))
    if is_korean(match.parts["to"][0]) or low.number >= high.number:
        return pieces
    names = [name for name in what.columns if scope.column(name).kind == "number"]
    if len(names) != 1:
        return pieces
    bounds = (Filter(names[0], "ge", (low.number,)), Filter(names[0], "le", (high.number,)))
    condition = Piece("condition", f"{low.text} – {high.text}", tail=high.tail, filters=bounds)
    return [*pieces[: match.start], condition, *pieces[match.end :]]


def _ages_of_people(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "Patients over 65" are older than that, where no column is named and one holds ages."""
    match = found(pieces, "who=entity|column|rows sign=gt|lt.e age=number")
    ages = [name for name in scope.table.names("number") if name.casefold() in ("age", "나이", "연령")]
    if match is None or len(ages) != 1 or match.parts["sign"][0].text not in ("over", "under", "above", "below"):
        return pieces
    who, age = match.parts["who"][0], match.parts["age"][0]
    people = who.key == "entity" or (who.text in _PEOPLES and not _numbers_of(who, scope))
    after = pieces[match.end] if match.end < len(pieces) else None
    measured = after is not None and after.kind == "unknown"
    if not people or measured or not age.text.isdigit() or not 0 < age.number < 120:
        return pieces
    place = pieces.index(who) + 1
    return [*pieces[:place], Piece("column", "age", columns=(ages[0],)), *pieces[place:]]


def _numbers_of(piece: Piece, scope: Scope) -> bool:
    return bool(piece.columns) and all(scope.column(name).kind == "number" for name in piece.columns)
