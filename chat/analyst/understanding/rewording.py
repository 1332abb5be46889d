"""Says parts of a question in plainer words that the rest of the reading knows: "5 days with the most" ranks days."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import get_args

from chat.analyst.queries import NotClear, Period, is_statistic
from chat.analyst.telling.markdown import groups_digits
from chat.analyst.understanding.compounds import percentile_key
from chat.analyst.understanding.scopes import Scope
from chat.analyst.understanding.sequences import found, found_all, is_korean
from chat.analyst.understanding.spoken_conditions import with_spoken_conditions
from chat.analyst.understanding.value_ratios import with_ratios_of_values
from chat.analyst.understanding.words import Piece

_RANKS = {"superlative", "high", "low", "top", "bottom", "recent", "early"}
_USING = {*_RANKS, "ge", "gt", "le", "lt", "eq", "ne", "between", "preview", "bin_word", "nth", "from", "until", "rows"}
_QUARTILES = ("사분위수", "사분위", "사분위 수", "quartile", "quartiles")
_HOW_MANY = ("how many", "몇", "number of", "the number of", "몇 개", "몇 건")
_LENGTHS = re.compile(
    r"높이|길이|거리|고도|수심|해발|깊이|너비|폭|키|height|length|distance|elevation|depth|width|altitude"
)
_MEASURED = re.compile(
    r"(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>km|cm|mm|m|kg|g|ft|미터|킬로미터|도|℃|cc|l)(?![a-z])"
)
_PEOPLE = ("사람", "직원", "사원", "학생", "회원", "환자", "인물", "person", "employee", "student", "individual")
_CALLED = ("name", "id", "code", "number", "이름", "성명", "코드", "번호")
_NEARLY_ALL = 0.8  # two people may have one name
_EQUALS = re.compile(r"^(?:점|회|세|살|개|명|건|대|층|호|급|년|일|번|원|%)?\s*(?:인|짜리)(?![가-힣])")


def reworded(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """The pieces with such parts in plainer words. Raises NotClear where one of them can't be told for certain."""
    pieces = _without_units(pieces, scope)
    pieces = _busiest(pieces)
    pieces = _rows_by_identifier(pieces, scope)
    pieces = _quartiles(pieces)
    pieces = _more_percentiles(pieces)
    pieces = _ranked_periods(pieces)
    pieces = _counted_days(pieces, scope)
    pieces = _first_and_last_dates(pieces, scope)
    pieces = _newest_and_oldest(pieces, scope)
    pieces = with_ratios_of_values(_ratios(pieces, scope))
    pieces = with_spoken_conditions(_attributes_of_key(pieces, scope), scope)
    pieces = _spans_of_columns(pieces, scope)
    pieces = _without_bearers(pieces, scope)
    pieces = _asking_number(pieces, scope)
    pieces = _asking_who(pieces)
    return _codes(_equal_numbers(pieces, scope), scope)


def _without_units(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """In "높이가 600m 이상" the unit is that of the column; elsewhere nobody knows whether "5m" are metres."""
    told: list[Piece] = []
    column: Piece | None = None
    for piece in pieces:
        column = piece if piece.kind == "column" else column
        measured = _MEASURED.match(piece.text) if piece.kind == "unknown" else None
        if measured and column and all(_has_unit(scope, name, measured["unit"]) for name in column.columns):
            value = float(measured["number"].replace(",", ""))
            told.append(Piece("number", piece.text, number=value, tail=piece.text[measured.end() :] + piece.tail))
        else:
            told.append(piece)
    return told


def _has_unit(scope: Scope, name: str, unit: str) -> bool:
    written = scope.column(name).unit
    return written == unit if written else unit in ("m", "미터") and bool(_LENGTHS.search(name.casefold()))


def rows_by_part_of_name(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """The orders of a file with an order number and an order date are its rows."""
    return [
        Piece("word", piece.text, key="rows", tail=piece.tail) if _means_rows(pieces, number, scope) else piece
        for number, piece in enumerate(pieces)
    ]


def _means_rows(pieces: list[Piece], number: int, scope: Scope) -> bool:
    names = pieces[number].columns
    called = pieces[number].text.rstrip("s") in _CALLED
    if len(names) > 1 and not called and _all_name_rows(names, scope) and not _is_marked(pieces, number):
        return True
    if len(names) < 2 or (number + 1 < len(pieces) and pieces[number + 1].key in ("each", "trend", "distinct")):
        return False
    dates = [name for name in names if scope.column(name).kind in ("date", "month")]
    keys = [name for name in names if name not in dates]
    if not dates or len(keys) != 1 or not scope.is_unique(keys[0]):
        return False
    numbers = [piece for piece in pieces if any(scope.column(name).kind == "number" for name in piece.columns)]
    counted = any(piece.key in ("count", "rows", "lacking", "missing") for piece in pieces) or bool(numbers)
    return counted or any(piece.kind == "number" or piece.key in _RANKS for piece in pieces)


def _all_name_rows(names: tuple[str, ...], scope: Scope) -> bool:
    """Whether every column that a word may mean names the rows: an item's code, and its name."""
    if not all(scope.column(name).kind == "text" and scope.owner(name) is scope.table for name in names):
        return False
    different = [len(scope.distinct(name)) for name in names]
    return max(different) == scope.height and min(different) >= _NEARLY_ALL * scope.height


def _is_marked(pieces: list[Piece], number: int) -> bool:
    beside = pieces[max(number - 1, 0) : number + 2]
    return any(piece.key in ("each", "distinct", "missing", "duplicates", "contains") for piece in beside)


def _busiest(pieces: list[Piece]) -> list[Piece]:
    """ "The busiest hour" has the most rows."""
    told: list[Piece] = []
    for piece in pieces:
        if piece.key == "busiest":
            most = "가장 많은" if is_korean(piece) else "most"
            told += [Piece("word", most, key="superlative"), Piece("word", piece.text, key="rows", tail=piece.tail)]
        else:
            told.append(piece)
    return told


def _rows_by_identifier(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """In "tickets per month" and "부서별 사원번호 수" the column that names every row stands for the rows."""
    keys = {piece.key for piece in pieces if piece.kind == "word"}
    if not keys & {"each", "pivot", "trend", "growth", "cumulative", *get_args(Period)} or "distinct" in keys:
        return pieces
    if keys & {*_RANKS} and not keys & {*get_args(Period), "count"}:
        return pieces
    over_time = keys & {"pivot", "trend", "growth", "cumulative", *get_args(Period)}
    if "count" in keys and not over_time and not keys & _RANKS and not any(is_statistic(key) for key in keys):
        return pieces  # "부서별 직원 수": different names are counted
    kept = [piece for piece in pieces if piece.kind != "filler"]
    told = list(pieces)
    for before, piece, after in zip([None, *kept], kept, [*kept[1:], None], strict=False):
        english = before is not None and before.key == "each" and before.text.isascii()
        marked = english or (after is not None and after.key == "each" and is_korean(after))
        if piece.kind == "column" and not marked and not piece.key and _are_identifiers(piece, scope):
            told[told.index(piece)] = Piece("word", piece.text, key="rows", tail=piece.tail)
    return told


def _are_identifiers(piece: Piece, scope: Scope) -> bool:
    return all(scope.column(name).kind == "text" and scope.is_unique(name) for name in piece.columns)


def _quartiles(pieces: list[Piece]) -> list[Piece]:
    """ "사분위수", "quartiles": the first, the second and the third one."""
    found_pieces: list[Piece] = []
    known = {piece.key for piece in pieces}
    if not any(is_statistic(key) for key in known):  # alone they are among everything that describes a column
        return pieces
    for piece in pieces:
        if piece.text in _QUARTILES and piece.kind == "word" and piece.key == "describe":
            keys = [key for key in ("q1", "median", "q3") if key not in known]
            found_pieces += [replace(piece, key=key, tail=piece.tail if key == keys[-1] else "") for key in keys]
        else:
            found_pieces.append(piece)
    return found_pieces


def _more_percentiles(pieces: list[Piece]) -> list[Piece]:
    """ "percentiles 10, 50 and 90": the word stands before the first only."""
    listed = False
    told = list(pieces)
    for number, piece in enumerate(pieces):
        if piece.kind == "word" and re.match(r"(?:percentile|quantile)s", piece.text):
            listed = True
        elif listed and piece.kind == "number" and 0 < piece.number < 100:
            told[number] = Piece("word", piece.text, key=percentile_key(piece.number), tail=piece.tail)
        elif piece.kind != "filler":
            listed = False
    return told


def _ranked_periods(pieces: list[Piece]) -> list[Piece]:
    """ "5 days with the most rainfall": so many periods are ranked. A span that nothing uses isn't understood."""
    if not any(piece.key in _RANKS for piece in pieces) or any(piece.key == "moving" for piece in pieces):
        return pieces
    told: list[Piece] = []
    for piece in pieces:
        if piece.kind == "span":
            told.append(Piece("number", f"{piece.number:g}", number=piece.number))
            told.append(Piece("word", piece.text, key=piece.key, tail=piece.tail))
        else:
            told.append(piece)
    return told


def _counted_days(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "How many days" counts the different days; other periods can't be counted."""
    match = found(pieces, "count day|week|month|quarter|year", "rows? day|week|month|quarter|year count.k")
    if match is None or any(piece.key in ("each", "trend", "growth", *_RANKS) for piece in pieces):
        return pieces
    taken = pieces[match.start : match.end]
    counted = next(piece for piece in taken if piece.key == "count")
    period = next(piece for piece in taken if piece.key in ("day", "week", "month", "quarter", "year"))
    bare = period.text in ("day", "days", "날", "week", "weeks", "month", "months", "달", "year", "years", "연도")
    if not bare or (counted.text not in _HOW_MANY and not is_korean(counted)):
        return pieces
    if period.columns or period.text in {name.casefold() for name in scope.names()}:
        return pieces
    dates = [name for name in scope.dates() if scope.column(name).kind == "date"]
    if period.key != "day" or len(dates) != 1 or scope.has_times(dates[0]):
        raise NotClear("unsure")
    column = Piece("column", period.text, columns=(dates[0],), tail=taken[-1].tail)
    rest = [piece for piece in pieces[match.end :] if dates[0] not in piece.columns]
    return [*pieces[: match.start], Piece("word", counted.text, key="distinct"), column, *rest]


def _first_and_last_dates(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "The first order date", "마지막 주문일": the earliest and the latest one."""
    dates = set(scope.dates())
    if any(piece.kind == "number" or (piece.kind == "word" and piece.key in ("rows", "each")) for piece in pieces):
        return pieces
    told = list(pieces)
    plain = [piece for piece in pieces if piece.kind != "filler"]
    for number, (one, other, what) in enumerate(zip(plain, plain[1:], plain[2:], strict=False)):
        if one.text in ("first", "처음", "첫") and other.text in ("last", "마지막") and set(what.columns) & dates:
            ends = (Piece("word", one.text, key="min"), Piece("word", other.text, key="max"))
            return [*plain[:number], *ends, *plain[number + 2 :]]
    for number, piece in enumerate(pieces[:-1]):
        beside = bool(dates) and bool(set(pieces[number + 1].columns) & dates) and piece.kind in ("word", "unknown")
        if beside and piece.text in ("first", "첫", "처음"):
            told[number] = replace(piece, kind="word", key="early")
        elif beside and piece.text in ("last", "마지막"):
            told[number] = replace(piece, kind="word", key="recent")
    return told


def _newest_and_oldest(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "가장 최근 주문일", "the earliest date": of dates the last and the first."""
    said = next((piece for piece in pieces if piece.key in ("recent", "early")), None)
    if said is None:
        return pieces
    dates = scope.dates()
    named = [number for number, piece in enumerate(pieces) if set(piece.columns) & set(dates)]
    columns = {name for number in named for name in pieces[number].columns if name in dates} or set(dates)
    if len(columns) != 1:
        raise NotClear("which_column" if columns else "needs_date", options=tuple(columns))
    column = columns.pop()
    rest = [piece for number, piece in enumerate(pieces) if number not in named]
    meaningful = [piece for piece in rest if piece.kind == "column" or (piece.kind == "word" and piece.key == "rows")]
    key = "max" if said.key == "recent" else "min"
    if not meaningful and named and not any(piece.key == "entity" for piece in rest):
        computed = Piece("word", said.text, key=key)
        kept = [piece for piece in rest if piece.key not in ("superlative", "when")]
        return [computed if piece is said else piece for piece in kept] + [Piece("column", column, columns=(column,))]
    by_date = Piece("column", column, key="ranked_by", columns=(column,))
    order = Piece("word", said.text, key="high" if key == "max" else "low")
    return [by_date, *(replace(order, tail=piece.tail) if piece is said else piece for piece in rest)]


def _without_bearers(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """In "average attendance of games" and "games with attendance over 500" the games only are what the rows are."""
    if any(piece.key in ("month", "quarter", "year") and piece.tail.strip() == "with" for piece in pieces):
        raise NotClear("unsure")
    told = list(pieces)
    meaningful = [piece for piece in pieces if piece.kind != "filler"]
    for first, second in pairwise(meaningful):
        computed = any(is_statistic(piece.key) for piece in pieces) and _is_number(first, scope)
        if computed and first.tail.strip() == "of" and second.text.isascii() and _numbers_rows(second, scope):
            told = [piece for piece in told if piece is not second]
    return [
        Piece("word", piece.text, key="rows", tail=piece.tail)
        if piece.tail.strip() in ("with", "where", "that have", "that had", "having") and _numbers_rows(piece, scope)
        else piece
        for piece in told
    ]


def _asking_number(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "Which year had the most viewers?" asks for the year of the best row, where each row has its own."""
    told = list(pieces)
    for number, piece in enumerate(pieces[1:], 1):
        asking = pieces[number - 1].kind == "filler" and pieces[number - 1].text in (
            "which",
            "what",
            "in which",
            "어느",
            "어떤",
        )
        own = _is_number(piece, scope) and all(scope.is_unique(name) for name in piece.columns)
        after = pieces[number + 1 :]
        ranked = any(one.key in ("superlative", "high", "low") for one in after)
        if asking and own and ranked and any(_is_number(one, scope) for one in after):
            told[number] = replace(piece, key="asked")
    return told


def _is_number(piece: Piece, scope: Scope) -> bool:
    return bool(piece.columns) and all(scope.column(name).kind == "number" for name in piece.columns)


def _numbers_rows(piece: Piece, scope: Scope) -> bool:
    """Whether a column of numbers counts the rows: 1, 2, 3, … or codes, each once."""
    if not _is_number(piece, scope) or not all(scope.is_unique(name) for name in piece.columns):
        return False
    if not all(groups_digits(name) for name in piece.columns):
        return True
    values = [float(str(value)) for name in piece.columns for value in scope.distinct(name)]
    return bool(values) and max(values) - min(values) + 1 == len(values)


def _ratios(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "매출 대비 비용 비율", "ratio of cost to sales": the first is divided by, the second divided."""
    match = found(
        pieces, "b=column unsupported.k a=column share|ratio?", "share|ratio.e a=column until.e b=column"
    ) or found(pieces, "a=column until.e b=column ratio.e")
    if match is None:
        return pieces
    a, b = match.parts["a"][0], match.parts["b"][0]
    said = next((piece for piece in pieces[match.start : match.end] if piece.kind == "word"), None)
    numeric = [[name for name in piece.columns if scope.column(name).kind == "number"] for piece in (a, b)]
    if said is None or (said.key == "unsupported" and said.text != "대비") or not all(numeric):
        return pieces
    around = [*pieces[: match.start], *pieces[match.end :]]
    apart = any(piece.kind == "column" or piece.key in ("each", *get_args(Period), *_RANKS) for piece in around)
    if apart or any(is_statistic(piece.key) for piece in around):
        divided = replace(b, tail=f"{b.tail} {pieces[match.end - 1].tail}")
        return [*pieces[: match.start], a, Piece("word", "/", key="over_sign"), divided, *pieces[match.end :]]
    ratio = Piece("word", "비율", key="ratio", tail=pieces[match.end - 1].tail)
    return [*pieces[: match.start], a, b, ratio, *pieces[match.end :]]


def _attributes_of_key(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "By carrier country" sets apart by the country that another file tells of each carrier."""
    told = list(pieces)
    for key, attribute in pairwise(piece for piece in pieces if piece.kind != "filler"):
        owners = {scope.owner(name) for name in attribute.columns} - {scope.table}
        other = next(iter(owners), None)
        joined = key.kind == attribute.kind == "column" and key.tail.strip() in ("", "의", "'s")
        if not joined or len(owners) != 1 or other is None or len(key.columns) != 1:
            continue
        if key.columns[0] in other.names() and other.is_unique(key.columns[0]):
            told = [piece for piece in told if piece is not key]
    return told


def _spans_of_columns(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "With more than 10 years": a comparison of the column that is called years."""
    match = found(pieces, "sign=ge|gt|le|lt.e span=span", "span=span sign=ge|gt|le|lt")
    if match is None:
        return pieces
    span, sign = match.parts["span"][0], match.parts["sign"][0]
    named = [name for name in scope.names("number") if name.casefold() in (span.key, f"{span.key}s")]
    if len(named) != 1:
        return pieces
    column = Piece("column", named[0], columns=(named[0],))
    number = Piece("number", f"{span.number:g}", number=span.number, tail=span.tail)
    ordered = [sign, number] if pieces.index(sign) < pieces.index(span) else [number, sign]
    return [*pieces[: match.start], column, *ordered, *pieces[match.end :]]


def _asking_who(pieces: list[Piece]) -> list[Piece]:
    """ "Which person has the highest salary?", "급여가 가장 높은 직원은?": their name is asked for."""
    ranked = [number for number, piece in enumerate(pieces) if piece.key in ("superlative", "high", "low")]
    several = any(piece.kind == "number" or piece.key in ("who", "each", "count", "ranked_by") for piece in pieces)
    if not ranked or several:
        return pieces
    told = list(pieces)
    for number, piece in enumerate(pieces):
        before = pieces[number - 1] if number else None
        after_rank = is_korean(piece) and number > ranked[-1] and not piece.tail.startswith("의")
        which = before is not None and before.text in ("which", "what", "어느", "어떤", "oldest", "youngest")
        if piece.key == "entity" and piece.kind == "word" and piece.text in _PEOPLE and (which or after_rank):
            told[number] = replace(piece, key="who")
    return told


def _codes(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "404인 요청", "requests that are 404": a number alone that only one column of codes has."""
    told = list(pieces)
    kept = [piece for piece in pieces if piece.kind != "filler"]
    for before, piece, after in zip([None, *kept], kept, [*kept[1:], None], strict=False):
        at_top = (after is not None and after.key in _USING) or (
            before is not None and before.key in _USING - {"superlative", "rows"}
        )
        alone = piece.kind == "number" and not at_top and (before is None or not _is_number(before, scope))
        if not alone or piece.number < 100 or any(one.kind == "number" and one is not piece for one in kept):
            continue
        codes = [name for name in scope.table.names("number") if not groups_digits(name) and not scope.is_unique(name)]
        having = [name for name in codes if piece.number in scope.distinct(name)]
        if len(having) == 1:
            place = told.index(piece)
            column = Piece("column", having[0], columns=(having[0],))
            told[place : place + 1] = [column, Piece("word", "=", key="eq"), piece]
    return told


def _equal_numbers(pieces: list[Piece], scope: Scope) -> list[Piece]:
    """ "만족도 5점인 고객": a number that a column of numbers is."""
    told = list(pieces)
    for match in found_all(pieces, "what=column value=number no=not.k"):
        what, value, no = (match.parts[part][0] for part in ("what", "value", "no"))
        if _is_number(what, scope) and no.text == "아닌" and value.tail.strip() in ("이", "가"):
            place = told.index(value)
            told[place : place + 2] = [Piece("word", "!=", key="ne", tail=value.tail), replace(value, tail=no.tail)]
    for match in found_all(pieces, "what=column value=number"):
        what, value = match.parts["what"][0], match.parts["value"][0]
        numeric = what.columns and all(scope.column(name).kind == "number" for name in what.columns)
        if numeric and _EQUALS.match(value.tail):
            place = told.index(value)
            told.insert(place + 1, Piece("word", "=", key="eq", tail=value.tail))
            told[place : place + 2] = [told[place + 1], told[place]]
    return told
