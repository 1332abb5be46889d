"""What lies between two columns: a ratio, or the growth from the one to the other, such as from 2023 to 2024."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from chat.analyst.queries import NotClear, Period, Preparation, Query, Statistic
from chat.analyst.telling.sentences import say
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.scopes import Scope
from chat.analyst.understanding.sequences import Found, found_all, is_korean
from chat.analyst.understanding.words import Piece

_GROWTH = (
    "b=column than=unsupported.k each? a=column each? said=growth",
    "b=column a=column said=growth.k",
    "said=growth.e of? from? b=column until.e a=column",
    "said=growth.e between b=column a=column",
    "said=growth.e a=column than=compare|gt|over_sign|against b=column",
    "a=column than=compare.e b=column said=growth.e",
    "a=column said=growth.e from b=column",
)
_OF_SUMS = (
    "first=sum|mean a=column sign=minus|plus|over_sign|divided|difference.e second=sum|mean b=column",
    "a=column first=sum|mean sign=minus|plus|over_sign b=column second=sum|mean",
    "a=column first=sum|mean b=column second=sum|mean sign=divided.k",
)
_CHANGED = (
    "b=column a=column most=superlative? high|low? said=rose|fell|growth.k",
    "b=column than=unsupported.k a=column most=superlative? high|low? said=rose|fell.k",
    "said=growth.e most=superlative|high from? b=column until.e a=column",
    "most=superlative|high said=growth.e from? b=column until.e a=column",
)
_DIFFERENCE = (
    "a=column sum|mean? b=column sum|mean? said=difference.k",
    "said=difference.e between? a=column b=column",
    "said=difference.e between? sum|mean? a=column sum|mean? b=column",
)
_SAME = ("sum", "mean")
_FEW_ROWS = 100
_AMOUNTS = ("증가폭", "증감액", "증가량", "증가액", "감소액", "감소폭", "감소량", "증감")
_TURNS = ("감소", "줄어", "하락", "떨어", "decrease", "decline", "fell", "drop")


def take_between_columns(draft: Draft) -> None:
    """Make a column of the growth or difference that the question asks for, and name it in the place of the words."""
    _of_sums(draft)
    for pattern in _GROWTH:
        match = next((one for one in found_all(draft.pieces, pattern) if _fits(draft, one)), None)
        if match is not None:
            _take_growth(draft, match)
            return
    for pattern in _CHANGED:
        match = next((one for one in found_all(draft.pieces, pattern) if _fits(draft, one)), None)
        if match is not None and _take_change(draft, match):
            return
    apart = draft.text_columns() or draft.has("each")
    for pattern in _DIFFERENCE:
        match = next((one for one in found_all(draft.pieces, pattern) if _fits(draft, one)), None)
        told = match is not None and any(piece.key in _SAME for piece in draft.pieces[match.start : match.end])
        if match is not None and (apart or told) and not draft.has("significant", "t_test", "paired", "share"):
            _take_difference(draft, match)
            return


def _of_sums(draft: Draft) -> None:
    """ "Total salary minus total bonus", "매출 합계 / 수량 합계": what is done with two sums, or two means."""
    for pattern in _OF_SUMS:
        for match in found_all(draft.pieces, pattern):
            a, b, sign = (match.parts[part][0] for part in ("a", "b", "sign"))
            first, second = match.parts["first"][0], match.parts["second"][0]
            names = (draft.one_of(a, "number"), draft.one_of(b, "number"))
            if sign.key == "difference" and sign.text != "minus":
                continue
            gap = "gap" if first.key == "sum" else "mean_gap"
            method = {"minus": gap, "difference": gap, "plus": "+"}.get(sign.key, "/")
            loses = method in ("+", "/") and first.key == "mean"  # rows that have only one of both would be lost
            if not names[0] or not names[1] or first.key != second.key or loses or method == "+":
                raise NotClear("unsure")
            name = f"{names[0]} {'-' if method == gap else method} {names[1]}"
            _derive(draft, Preparation("derive", (names[0], names[1]), method, name=name))
            told = Piece("column", name, columns=(name,), tail=draft.pieces[match.end - 1].tail)
            draft.take(match, told)
            return


def _fits(draft: Draft, match: Found) -> bool:
    """Whether both are columns of numbers, and Korean says which is the earlier one."""
    a, b, than = match.parts["a"][0], match.parts["b"][0], match.piece("than")
    if than is not None and than.key == "unsupported" and than.text != "대비":
        return False
    if draft.one_of(a, "number") is None or draft.one_of(b, "number") is None or a.columns == b.columns:
        return False
    said = match.parts["said"][0]
    if is_korean(said) and said.key in ("growth", "rose", "fell") and than is None:
        return b.tail.strip() in ("에서", "보다", "부터", "->", "→", "~")
    return True


def _take_growth(draft: Draft, match: Found) -> None:
    """The growth in percent, of sums where there are groups; its amount where that is said."""
    a, b, said = (match.parts[part][0] for part in ("a", "b", "said"))
    later, earlier = draft.one_of(a, "number") or "", draft.one_of(b, "number") or ""
    if said.text.startswith("감소") and draft.has("high", "low"):
        raise NotClear("unsure")  # the highest decrease is the lowest growth
    amount = said.text in _AMOUNTS
    method, name = ("-", f"{later} - {earlier}") if amount else ("%", f"{earlier} → {later} (%)")
    rest = [piece for piece in draft.pieces[match.start : match.end] if piece.key == "each"]
    _derive(draft, Preparation("derive", (later, earlier), method, name=name))
    draft.take(match, Piece("column", name, columns=(name,), tail=said.tail), *rest)


def _take_change(draft: Draft, match: Found) -> bool:
    """ "2023에서 2024로 가장 많이 증가한 지점": ranked by the difference, which falls most where it is lowest."""
    a, b, said = (match.parts[part][0] for part in ("a", "b", "said"))
    if match.piece("most") is None:
        return False
    later, earlier = draft.one_of(a, "number") or "", draft.one_of(b, "number") or ""
    name = f"{later} - {earlier}"
    falls = said.key == "fell" or said.text.startswith(_TURNS)
    _derive(draft, Preparation("derive", (later, earlier), "-", name=name))
    rank = Piece("word", said.text, key="low" if falls else "high", tail=said.tail)
    draft.take(match, Piece("column", name, columns=(name,)), rank)
    return True


def _take_difference(draft: Draft, match: Found) -> None:
    a, b, said = (match.parts[part][0] for part in ("a", "b", "said"))
    first, second = draft.one_of(a, "number") or "", draft.one_of(b, "number") or ""
    name = f"{first} - {second}"
    statistics = {piece.key for piece in draft.pieces[match.start : match.end] if piece.key in _SAME}
    if len(statistics) > 1:
        raise NotClear("unsure")
    method = "-" if not statistics else "gap" if statistics == {"sum"} else "mean_gap"
    _derive(draft, Preparation("derive", (first, second), method, name=name))
    draft.take(match, Piece("column", name, columns=(name,), tail=said.tail))


def _derive(draft: Draft, step: Preparation) -> None:
    if step not in draft.preparations:
        draft.preparations.append(step)
        draft.scope.add_derived(step)


def take_correlations(draft: Draft) -> None:
    """ "라인별 온도와 불량수의 상관계수": a correlation for each group is a statistic of the two columns."""
    apart = draft.has("each", *get_args(Period)) and draft.text_columns()
    if not apart or not draft.has("correlation") or draft.has("significant", "spearman", "kendall"):
        return
    match = next(found_all(draft.pieces, "a=column b=column said=correlation"), None)
    match = match or next(found_all(draft.pieces, "said=correlation between? a=column b=column"), None)
    if match is None or not _fits(draft, match):
        return
    a, b, said = (match.parts[part][0] for part in ("a", "b", "said"))
    names = (draft.one_of(a, "number") or "", draft.one_of(b, "number") or "")
    name = say("name.pair", "ko" if is_korean(said) else "en", one=names[0], other=names[1])
    _derive(draft, Preparation("derive", names, "pair", name=name))
    draft.take(match, Piece("column", name, columns=(name,), tail=(said if is_korean(said) else b).tail))


def with_parts(query: Query, scope: Scope) -> Query:
    """A ratio or a growth of sums with the two sums beside it, and that of each row where a column names the rows."""
    if (
        query.statistics in (("met",), ("corr",))
        and query.action in ("aggregate", "trend")
        and len(query.measures) == 1
    ):
        if query.limit is None and not query.cumulative and not query.window:
            return replace(query, statistics=(), pairs=((query.statistics[0], query.measures[0]), ("count", "")))
        return query
    if query.statistics in (("per_row",), ("per_value",)) and len(query.measures) == 1 and not query.operation:
        return _with_counts(query)
    if (
        query.statistics not in (("quotient",), ("rate",), ("part",), ("gap",))
        or len(query.measures) != 1
        or query.operation
    ):
        return query
    if query.action not in ("aggregate", "trend") or query.window or query.cumulative or query.limit is not None:
        return query
    step = next(step for step in query.preparations if step.name == query.measures[0])
    parts: list[tuple[Statistic, str]] = [(query.statistics[0], step.name), *(("sum", name) for name in step.columns)]
    query = replace(query, measures=(step.name, *step.columns), statistics=(), pairs=tuple(parts))
    names = [name for name in scope.names("text") if scope.is_unique(name)]
    if query.action != "aggregate" or query.groups or query.statistics or not names or scope.height > _FEW_ROWS:
        return query
    return replace(query, groups=(names[0],), as_whole=True)


def _with_counts(query: Query) -> Query:
    """What is divided by a number of rows or of values, with both beside it."""
    if query.action not in ("aggregate", "trend") or query.window or query.cumulative or query.limit is not None:
        return query
    statistic = query.statistics[0]
    step = next(step for step in query.preparations if step.name == query.measures[0])
    divided: list[tuple[Statistic, str]]
    divided = [("sum", step.columns[0])] if statistic == "per_row" or len(step.columns) > 1 else [("count", "")]
    by: tuple[Statistic, str] = ("count", "") if statistic == "per_row" else ("distinct", step.columns[-1])
    pairs = ((statistic, step.name), *divided, by)
    measures = tuple(dict.fromkeys(name for _, name in pairs if name))
    return replace(query, measures=measures, statistics=(), pairs=pairs)
