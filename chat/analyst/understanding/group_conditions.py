"""Conditions on groups: "매출 합계가 1000 이상인 지역", "regions with more than 10 orders"."""

from __future__ import annotations

from typing import Literal, cast

from chat.analyst.queries import Having, NotClear, Statistic, is_statistic
from chat.analyst.telling.markdown import groups_digits
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.sequences import Found, found_all
from chat.analyst.understanding.words import Piece

_GROUP = "group=column each?"
_PATTERNS = (
    "measure=column statistic=STATISTIC number=number rows|entity? sign=SIGN.k group=column",
    "statistic=STATISTIC measure=column number=number rows|entity? sign=SIGN.k group=column",
    f"{_GROUP} measure=column statistic=STATISTIC number=number rows|entity? sign=SIGN.k where|entity?",
    f"{_GROUP} statistic=STATISTIC measure=column number=number rows|entity? sign=SIGN.k where|entity?",
    "what=column count number=number rows|entity? sign=SIGN.k group=column",
    "count number=number rows|entity? sign=SIGN.k group=column",
    "what=column|rows|entity number=number rows|entity? sign=SIGN.k group=column",
    f"{_GROUP} count number=number rows|entity? sign=SIGN.k where|entity?",
    "group=column statistic=STATISTIC measure=column sign=SIGN.e number=number",
    "group=column measure=column statistic=STATISTIC sign=SIGN.e number=number",
    "group=column count what=column|rows|entity sign=SIGN.e number=number",
    "group=column sign=SIGN.e number=number what=column|rows|entity",
    "group=column count sign=SIGN.e number=number",
)


def take_group_conditions(draft: Draft) -> None:
    """Take the conditions on groups out of the draft's pieces; the group and what is computed of it stay."""
    for pattern in _PATTERNS:
        while match := next((match for match in found_all(draft.pieces, pattern) if _fits(draft, match)), None):
            _take(draft, match)


def _fits(draft: Draft, match: Found) -> bool:
    """Whether the parts are of the kinds that they must be of."""
    group, measure, what = match.piece("group"), match.piece("measure"), match.piece("what")
    if group is None or not _all_of(draft, group, "text", "date", "month") or group.tail.startswith("이"):
        return False
    if measure is not None:
        return not _all_of(draft, measure, "text")
    counted = what is None or what.kind == "word" or _all_of(draft, what, "text") or _is_key(draft, what)
    return counted and what is not group


def _all_of(draft: Draft, piece: Piece, *kinds: str) -> bool:
    return all(draft.scope.column(name).kind in kinds for name in piece.columns)


def _is_key(draft: Draft, piece: Piece) -> bool:
    """Whether a column names or numbers the rows."""
    if len(piece.columns) != 1 or not draft.scope.is_unique(piece.columns[0]):
        return False
    return draft.scope.column(piece.columns[0]).kind == "text" or not groups_digits(piece.columns[0])


def _take(draft: Draft, match: Found) -> None:
    group, sign, number = (match.parts[part][0] for part in ("group", "sign", "number"))
    measure, statistic, what = match.piece("measure"), match.piece("statistic"), match.piece("what")
    compared = cast("tuple[Statistic, str | None]", ("count", None))
    kept: list[Piece] = []
    if statistic is not None and measure is not None:
        name = draft.one_of(measure, "number")
        if name is None:
            raise NotClear("needs_number", words=measure.columns)
        compared = (cast(Statistic, statistic.key), name)
        kept = [measure, statistic]
    elif what is not None and what.kind == "column" and not _is_key(draft, what):
        name = draft.one_of(what, "text")
        compared = ("distinct", name)
    operator = cast(Literal["eq", "ne", "gt", "ge", "lt", "le"], sign.key)
    draft.having.append(Having(*compared, operator, number.number))
    marker = Piece("word", "별", key="each")
    outside = [piece for number, piece in enumerate(draft.pieces) if not match.start <= number < match.end]
    draft.counts_groups = any(piece.kind == "word" and piece.key == "count" for piece in outside)
    if any(piece.kind == "word" and is_statistic(piece.key) for piece in outside):
        kept = []
    elif not kept:
        kept = (
            [what, Piece("word", "종류", key="distinct")]
            if compared[1] and what
            else [Piece("word", "건수", key="count")]
        )
    draft.take(match, group, marker, *kept)
