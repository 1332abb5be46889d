"""Values compared with their mean or with another column: "평균보다 높은 매출", "cost greater than sales"."""

from __future__ import annotations

from functools import partial

from chat.analyst.queries import Filter, NotClear, Operator, Preparation
from chat.analyst.tables import Column
from chat.analyst.telling.sentences import say
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.sequences import Found, found, found_all, is_korean
from chat.analyst.understanding.words import Piece

_SIGNS: dict[str, Operator] = {
    "high": "gt",
    "low": "lt",
    "rose": "gt",
    "fell": "lt",
    "gt": "gt",
    "lt": "lt",
    "ge": "ge",
    "le": "le",
}
_MEANS = (
    "what=column mean=mean sign=gt|lt|ge|le|high|low.k",
    "mean=mean what=column sign=gt|lt|ge|le|high|low.k",
    "what=column sign=gt|lt|ge|le.e mean=mean what2=column?",
    "sign=gt|lt|ge|le.e mean=mean what=column",
)
_DEVIATIONS = (
    "what=column mean=mean number=number std sign=ge|gt? side=high|low.k",
    "mean=mean number=number std sign=ge|gt? side=high|low.k what=column",
    "what=column sign=gt|ge.e number=number std side=gt|lt.e mean=mean",
    "what=column number=number std side=gt|lt.e mean=mean",
)
_MEANS_OF_GROUPS = (
    "group=column mean=mean what=column sign=gt|lt|ge|le|high|low.k",
    "what=column group=column mean=mean sign=gt|lt|ge|le|high|low.k",
    "what=column sign=gt|lt|ge|le.e group=column mean=mean",
    "sign=gt|lt|ge|le.e group=column mean=mean what=column",
)
_COLUMNS = (
    "a=column b=column sign=gt|lt|ge|le|high|low|rose|fell.k",
    "a=column sign=gt|lt|ge|le.e b=column",
)


def take_against(draft: Draft) -> None:
    """Take such conditions out of the draft's pieces; each compares a column that is made for it with nothing.

    Raises NotClear where it can't be told whether rows or groups are compared.
    """
    while match := next((one for one in map(partial(found, draft.pieces), _DEVIATIONS) if one), None):
        name = draft.one_of(match.parts["what"][0], "number")
        if name is None:
            break
        _take_deviations(draft, match, name)
    for pattern in _MEANS_OF_GROUPS:
        while match := next((one for one in found_all(draft.pieces, pattern) if _is_of_mean(draft, one)), None):
            name = draft.one_of(match.parts["what"][0], "number") or ""
            group = draft.one_of(match.parts["group"][0], "text")
            if group is None:
                break
            language = "ko" if is_korean(match.parts["sign"][0]) else "en"
            title = say("name.against_mean", language, column=name, group=group)
            _take(draft, match, Preparation("derive", (name,), "above_mean", name=title, within=(group,)))
    for pattern in _MEANS:
        while match := next((one for one in found_all(draft.pieces, pattern) if _is_of_mean(draft, one)), None):
            name = draft.one_of(match.parts["what"][0], "number") or ""
            _take(draft, match, Preparation("derive", (name,), "z", name=f"z({name})"))
    for pattern in _COLUMNS:
        while match := next((one for one in found_all(draft.pieces, pattern) if _is_of_columns(draft, one)), None):
            a, b = (draft.one_of(match.parts[part][0], "number") or "" for part in ("a", "b"))
            if match.parts["a"][0].tail.startswith("보다"):
                a, b = b, a
            _take(draft, match, Preparation("derive", (a, b), "-", name=f"{a} - {b}"))


def _take_deviations(draft: Draft, match: Found, name: str) -> None:
    """ "평균보다 2표준편차 이상 높은", "more than 2 standard deviations above the mean"."""
    number, side = match.parts["number"][0].number, match.parts["side"][0]
    sign = match.piece("sign")
    above = side.key in ("high", "gt", "ge")
    open_end = sign is not None and sign.key in ("ge", "le")
    operators: dict[bool, Operator] = {True: "ge" if open_end else "gt", False: "le" if open_end else "lt"}
    step = Preparation("derive", (name,), "z", name=f"z({name})")
    _add(draft, step)
    condition = Filter(step.name, operators[above], (number if above else -number,))
    draft.take(match, Piece("condition", side.text, tail=side.tail, filters=(condition,)))


def _is_of_mean(draft: Draft, match: Found) -> bool:
    """Whether one column of numbers is compared with its own mean, and not ranked by it."""
    what, mean, sign = (match.parts[part][0] for part in ("what", "mean", "sign"))
    again = match.piece("what2")
    if draft.one_of(what, "number") is None:
        return False
    if again is not None and again.columns != what.columns:
        return False
    return _says_than(mean, what, sign) if is_korean(sign) else True


def _says_than(mean: Piece, what: Piece, sign: Piece) -> bool:
    """ "평균보다 높은", "평균 매출 이상", "평균을 넘는" say what is compared with; "평균 매출이 높은" doesn't."""
    than = any(piece.tail.startswith("보다") for piece in (mean, what)) or sign.text.startswith("보다")
    return than or sign.key in ("ge", "le", "gt", "lt")


def _is_of_columns(draft: Draft, match: Found) -> bool:
    a, b, sign = (match.parts[part][0] for part in ("a", "b", "sign"))
    if not draft.one_of(a, "number") or not draft.one_of(b, "number") or a.columns == b.columns:
        return False
    if not is_korean(sign):
        return True
    than = a.tail.startswith("보다") or b.tail.startswith("보다") or sign.text.startswith("보다")
    return than and not (a.tail.startswith("보다") and sign.text.startswith("보다"))


def _take(draft: Draft, match: Found, step: Preparation) -> None:
    sign = match.parts["sign"][0]
    after = draft.pieces[match.end] if match.end < len(draft.pieces) else None
    if after is not None and after.kind == "column" and _is_group(draft, after) and not draft.has("count"):
        raise NotClear("unsure")  # "매출이 평균보다 높은 지역": a row of it, or all of its rows together?
    _add(draft, step)
    condition = Filter(step.name, _SIGNS[sign.key], (0.0,))
    draft.take(match, Piece("condition", sign.text, tail=sign.tail, filters=(condition,)))


def _add(draft: Draft, step: Preparation) -> None:
    if step not in draft.preparations:
        draft.preparations.append(step)
        draft.scope.added.append(Column(step.name, "number"))


def _is_group(draft: Draft, piece: Piece) -> bool:
    texts = [name for name in piece.columns if draft.scope.column(name).kind == "text"]
    return any(not draft.scope.is_unique(name) for name in texts)
