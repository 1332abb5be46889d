"""Ranks and parts of what is ranked: the second highest, the top 10 %, the last 5 rows, the mean of the best 20."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from chat.analyst.queries import NotClear, Period, Preparation, PreparationKind, is_statistic
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.sequences import Found, found, found_all, is_korean
from chat.analyst.understanding.words import Piece

_RANKS = ("superlative", "high", "low", "top", "bottom", "min", "max")
_SUPERLATIVES = {"max": "high", "min": "low"}
_PARTS = {"top_part": "top", "bottom_part": "bottom"}
_BEST_ROWS = (
    "part=top_part|bottom_part noun=column each.e what=column",
    "part=top|bottom number=number noun=column each.e what=column",
    "part=top_part|bottom_part each? rows|entity+",
    "part=top_part|bottom_part each what=column",
    "part=top|bottom number=number rows|entity+",
    "part=top|bottom number=number value=column",
    "part=top_part|bottom_part value=column",
    "part=top_part|bottom_part",
    "before=column part=top|bottom.k number=number",
)
_OTHERS = (
    "no=not.e part=top_part|bottom_part|both_parts rows|entity*",
    "no=not.e part=top|bottom number=number rows|entity*",
    "part=top_part|bottom_part|both_parts rows|entity* no=not.k",
    "part=top|bottom number=number rows|entity* no=not.k",
)
_METHODS = {"top": "high", "top_part": "high", "bottom": "low", "bottom_part": "low", "both_parts": "both"}
_IN_EACH = ("per", "each", "for each", "for every", "by each", "within each", "각")
_PERIODS = get_args(Period)
_VALUE_IN_EACH = (
    "nth=nth rank=high|low|max|min what=column each=each.e group=column",
    "group=column each=each.k nth=nth rank=high|low|max|min what=column",
    "group=column each=each.k what=column nth=nth superlative? rank=high|low rows|entity|who",
    "each=each.k group=column what=column nth=nth superlative? rank=high|low rows|entity|who",
)


def take_ranks(draft: Draft) -> None:
    """Take them out of the draft's pieces. Raises NotClear where what is ranked can't be told for certain."""
    _first_or_last_rows(draft)
    while (match := _other_rows(draft)) is not None:
        _take_best(draft, match, "drop_best")
    if draft.has("both_parts"):
        raise NotClear("unsure")
    while (match := _best_rows(draft)) is not None:
        _take_best(draft, match, "keep_best")
    _part(draft)
    _nth(draft)


def _first_or_last_rows(draft: Draft) -> None:
    """ "마지막 5행", "the first 100 rows": shown, or what else is computed of them."""
    place = next(
        (number for number, piece in enumerate(draft.pieces) if piece.key in ("first_rows", "last_rows")), None
    )
    if place is None:
        return
    said = draft.pieces[place]
    rest = [piece for number, piece in enumerate(draft.pieces) if number != place and piece.key != "preview"]
    if any(piece.key in ("first_rows", "last_rows") for piece in rest):
        raise NotClear("unsure")
    shown = not any(piece.kind == "word" and piece.key not in ("columns", "whole", "rows") for piece in rest)
    if not shown or said.key == "last_rows":
        kind: PreparationKind = "keep_first" if said.key == "first_rows" else "keep_last"
        draft.preparations.append(Preparation(kind, operand=int(said.number)))
    if shown:
        number = Piece("number", f"{said.number:g}", number=said.number)
        draft.pieces = [*rest, Piece("word", said.text, key="preview"), number]
    else:
        draft.pieces[place : place + 1] = [Piece("word", said.text, key="rows", tail=said.tail)]


def _other_rows(draft: Draft) -> Found | None:
    """All rows but the best: "상위 5% 제외하고", "excluding the top 10 orders"; not "excluding the top 3 products"."""
    match = found(draft.pieces, *_OTHERS)
    if match is None:
        return None
    after = draft.pieces[match.end] if match.end < len(draft.pieces) else None
    follows = after is not None and not draft.pieces[match.end - 1].tail.strip(" ").endswith((",", ":"))
    english = not is_korean(match.parts["no"][0])
    if english and follows and after is not None and _names_groups(draft, after) and match.piece("number"):
        return None
    return match


def _best_rows(draft: Draft) -> Found | None:
    """Best rows that something is computed of: "상위 10% 주문의 매출 합계", "average bonus of the top 10 employees"."""
    if not draft.has_statistic() and not draft.has("count", "correlation", "share", "distribution"):
        return None
    match = next((one for pattern in _BEST_ROWS for one in found_all(draft.pieces, pattern) if _fits(draft, one)), None)
    if match is None:
        return None
    after = draft.pieces[match.end] if match.end < len(draft.pieces) else None
    noun = match.piece("noun") or (after if match.end - match.start == 1 else None)
    return None if noun is not None and _names_groups(draft, noun) else match  # ranks of groups come next


def _fits(draft: Draft, match: Found) -> bool:
    """Whether what rows are ranked by are numbers; "매출 상위 3개 수량" ranks by what stands before."""
    what, value = match.piece("what"), match.piece("value")
    if (named := match.piece("before")) is not None:  # "연봉 탑3 평균"
        after = draft.pieces[match.end] if match.end < len(draft.pieces) else None
        return after is not None and is_statistic(after.key) and draft.one_of(named, "number") is not None
    if what is not None and draft.one_of(what, "number") is None:
        return False
    if value is None:
        return True
    before = draft.pieces[match.start - 1] if match.start else None
    ranked = before is not None and before.kind == "column" and draft.one_of(before, "number") is not None
    return draft.one_of(value, "number") is not None and not (is_korean(match.parts["part"][0]) and ranked)


def _names_groups(draft: Draft, piece: Piece) -> bool:
    texts = [name for name in piece.columns if draft.scope.column(name).kind == "text"]
    return any(not draft.scope.is_unique(name) for name in texts)


def _take_best(draft: Draft, match: Found, kind: PreparationKind) -> None:
    part = match.parts["part"][0]
    number = match.piece("number")
    within = _within(draft, match)
    what = _ranked_by(draft, match)
    step = Preparation(
        kind,
        (what,),
        _METHODS[part.key],
        factor=None if number else part.number,
        operand=int(number.number) if number else None,
        within=within,
    )
    draft.preparations.append(step)
    draft.rows_first = True


def _within(draft: Draft, match: Found) -> tuple[str, ...]:
    """The groups that have best rows each: "지점별로 상위 3건의 평균", "average of the top 3 prices in each store".

    "매출 상위 10%의 지점별 평균" is of the best rows of all. Raises NotClear where that can't be told, or for periods.
    """
    pieces = draft.pieces
    each = [number for number, piece in enumerate(pieces) if piece.key == "each"]
    if not is_korean(match.parts["part"][0]):
        after = [number for number in each if number in (match.end, match.end + 1) and number + 1 < len(pieces)]
        names = [pieces[number + 1] for number in after if draft.one_of(pieces[number + 1], "text")]
        if names and match.piece("number") and pieces[after[0]].text not in _IN_EACH:
            raise NotClear("unsure")  # "average of the top 3 prices by store": of all stores, or of each?
        names = names if names and pieces[after[0]].text in _IN_EACH else []
        before = [number for number in each if number < match.start and pieces[number].text in _IN_EACH]
        names += [pieces[number + 1] for number in before if number + 1 < match.start]
    else:
        before = [number for number in each if number < match.start]
        names = [pieces[number + 1 if pieces[number].text == "각" else number - 1] for number in before]
        if any(piece.key in _PERIODS for piece in pieces[: match.start]):
            raise NotClear("unsure")
    columns = [draft.one_of(piece, "text") for piece in names]
    if None in columns:
        raise NotClear("unsure")
    return tuple(name for name in columns if name is not None)


def _ranked_by(draft: Draft, match: Found) -> str:
    """The column that the rows are ranked by, and its piece taken: before them, after "by", else the only one."""
    pieces = draft.pieces
    start, end = match.start, match.end
    if match.piece("before") is not None:
        start += 1
    if (by := match.piece("what")) is not None:
        draft.take(match)
        return _number(draft, by)
    if (value := match.piece("value")) is not None:
        others = [piece for piece in pieces if piece is not value and draft.one_of(piece, "number")]
        draft.take(match, *([] if others or draft.has("count", "share") else [value]))
        return _number(draft, value)
    if end + 1 < len(pieces) and pieces[end].key == "each" and (name := draft.one_of(pieces[end + 1], "number")):
        draft.pieces[start : end + 2] = []
        return name
    before = start - 1
    while before >= 0 and pieces[before].key in ("each", "superlative"):
        before -= 1
    korean = not pieces[start].text.isascii()
    if korean and before >= 0 and (name := draft.one_of(pieces[before], "number")):
        others = [piece for number, piece in enumerate(pieces) if piece.kind == "column" and number != before]
        alone = not any(draft.one_of(piece, "number") for piece in others)
        draft.pieces[before:end] = [pieces[before]] if alone and not draft.has("count", "share") else []
        return name
    draft.take(match)
    names = draft.number_columns()
    if len(names) != 1:
        options = names or tuple(draft.scope.names("number")[:8])
        raise NotClear("which_column" if options else "unsure", words=(match.parts["part"][0].text,), options=options)
    return names[0]


def _number(draft: Draft, piece: Piece) -> str:
    name = draft.one_of(piece, "number")
    if name is None:
        raise NotClear("needs_number", words=piece.columns)
    return name


def _part(draft: Draft) -> None:
    """ "매출 상위 20% 고객", "top 5% of employees by bonus": so many of what is ranked."""
    place = next((number for number, piece in enumerate(draft.pieces) if piece.key in _PARTS), None)
    if place is None:
        return
    said = draft.pieces[place]
    draft.options["percent"] = said.number
    draft.pieces[place] = Piece("word", said.text, key=_PARTS[said.key], tail=said.tail)


def _nth(draft: Draft) -> None:
    """ "두 번째로 높은", "the third largest": the rank of what is looked for."""
    said = [piece for piece in draft.pieces if piece.key == "nth"]
    if not said:
        return
    extremes = sum(piece.key in ("high", "low", "max", "min") for piece in draft.pieces)
    if said[0].text.endswith(("위", "등")) and not draft.has(*_RANKS):
        draft.pieces.append(Piece("word", said[0].text, key="high"))
    if len(said) > 1 or extremes > 1 or not draft.has(*_RANKS) or any(piece.kind == "number" for piece in draft.pieces):
        raise NotClear("unsure")
    draft.options["rank"] = int(said[0].number)
    _one_in_each(draft)
    draft.drop("nth")
    draft.pieces = [
        replace(piece, key=_SUPERLATIVES[piece.key]) if piece.kind == "word" and piece.key in _SUPERLATIVES else piece
        for piece in draft.pieces
    ]


def _one_in_each(draft: Draft) -> None:
    """ "The second highest price in each store", "지점별 두 번째로 높은 가격": of its rows, not of the stores."""
    match = next((one for pattern in _VALUE_IN_EACH if (one := found(draft.pieces, pattern))), None)
    if match is None:
        return
    what, group, each, rank = (match.parts[part][0] for part in ("what", "group", "each", "rank"))
    fits = draft.one_of(what, "number") and draft.one_of(group, "text")
    if fits and (is_korean(each) or each.text in _IN_EACH):
        place = draft.pieces.index(rank)
        rows = [] if draft.has("rows", "entity", "who") else [Piece("word", rank.text, key="rows")]
        draft.pieces[place + 1 : place + 1] = [Piece("number", "1", number=1.0), *rows]
