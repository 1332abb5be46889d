"""Ranks and parts of what is ranked: the second highest, the top 10 %, the last 5 rows, the mean of the best 20."""

from __future__ import annotations

from dataclasses import replace

from chat.analyst.queries import NotClear, Preparation, PreparationKind
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.sequences import Found, found
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
    "part=top_part|bottom_part",
)


def take_ranks(draft: Draft) -> None:
    """Take them out of the draft's pieces. Raises NotClear where what is ranked can't be told for certain."""
    _first_or_last_rows(draft)
    while (match := _best_rows(draft)) is not None:
        _keep_best(draft, match)
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


def _best_rows(draft: Draft) -> Found | None:
    """Best rows that something is computed of: "상위 10% 주문의 매출 합계", "average bonus of the top 10 employees"."""
    if not draft.has_statistic() and not draft.has("count", "correlation", "share", "distribution"):
        return None
    match = found(draft.pieces, *_BEST_ROWS)
    if match is None:
        return None
    after = draft.pieces[match.end] if match.end < len(draft.pieces) else None
    noun = match.piece("noun") or (after if match.end - match.start == 1 else None)
    return None if noun is not None and _names_groups(draft, noun) else match  # ranks of groups come next


def _names_groups(draft: Draft, piece: Piece) -> bool:
    texts = [name for name in piece.columns if draft.scope.column(name).kind == "text"]
    return any(not draft.scope.is_unique(name) for name in texts)


def _keep_best(draft: Draft, match: Found) -> None:
    part = match.parts["part"][0]
    number = match.piece("number")
    what = _ranked_by(draft, match)
    kept = Preparation(
        "keep_best",
        (what,),
        "low" if part.key.startswith("bottom") else "high",
        factor=part.number if part.key in _PARTS else None,
        operand=int(number.number) if number else None,
    )
    draft.preparations.append(kept)
    draft.rows_first = True


def _ranked_by(draft: Draft, match: Found) -> str:
    """The column that the rows are ranked by, and its piece taken: before them, after "by", else the only one."""
    pieces = draft.pieces
    start, end = match.start, match.end
    by = match.piece("what")
    if by is not None:
        draft.take(match)
        return _number(draft, by)
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
        raise NotClear("which_column", words=(match.parts["part"][0].text,), options=names)
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
    draft.drop("nth")
    draft.pieces = [
        replace(piece, key=_SUPERLATIVES[piece.key]) if piece.kind == "word" and piece.key in _SUPERLATIVES else piece
        for piece in draft.pieces
    ]
