"""What a question says about how to compute: methods, levels, windows and what growth is measured against."""

from __future__ import annotations

from chat.analyst.queries import NotClear
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.sequences import found
from chat.analyst.understanding.words import Piece

_PERIODS = ("day", "week", "month", "quarter", "year", "weekday", "hour")
_CORRELATIONS = ("pearson", "spearman", "kendall")
_NORMALITY = ("shapiro", "dagostino", "ks", "anderson")
_USUAL_WINDOWS = {"day": 7, "week": 4, "month": 3, "quarter": 4, "year": 3}
_AGAINST = {"vs_day": "day", "vs_week": "week", "vs_month": "month", "vs_quarter": "quarter", "vs_year": "year"}
_FACTOR = (
    "zscore|iqr|std sign=SIGN? threshold? factor=number",
    "factor=number method=zscore|iqr|std",
    "threshold factor=number",
)


def take_options(draft: Draft) -> None:
    """Take them out of the draft's pieces, into its options."""
    _across(draft)
    _level(draft)
    _method(draft)
    if draft.has("outliers"):
        _rule_of_outliers(draft)
    _window(draft)
    _against(draft)
    if draft.has("cumulative"):
        draft.options["cumulative"] = True
    if draft.has("test") and draft.has("difference") and not draft.has("significant", "t_test", "anova"):
        draft.pieces.append(Piece("word", "test", key="significant"))
    draft.drop("test", "threshold")


def _across(draft: Draft) -> None:
    """ "With months across": unlike "across regions", it follows what it is about."""
    for number, piece in enumerate(draft.pieces[1:], 1):
        after = draft.pieces[number + 1] if number + 1 < len(draft.pieces) else None
        follows = after is not None and (after.kind == "column" or after.key in _PERIODS)
        if piece.text == "across" and not follows and not draft.has("pivot"):
            draft.pieces[number] = Piece("word", piece.text, key="across")


def _level(draft: Draft) -> None:
    levels = [piece for piece in draft.pieces if piece.kind == "alpha"]
    if levels:
        draft.options["alpha"] = levels[0].number
        draft.pieces = [piece for piece in draft.pieces if piece.kind != "alpha"]


def _method(draft: Draft) -> None:
    for names, action in ((_CORRELATIONS, "correlation"), (_NORMALITY, "normality")):
        named = next((piece.key for piece in draft.pieces if piece.kind == "word" and piece.key in names), None)
        if named and not (named == "kendall" and draft.has("spearman")):
            draft.options["method"] = named
            draft.drop(*names)
            if not draft.has(action):
                draft.pieces.append(Piece("word", action, key=action))
    for name in ("welch", "student", "paired"):
        if draft.drop(name):
            draft.options["method"] = name
            if not draft.has("t_test"):
                draft.pieces.append(Piece("word", name, key="t_test"))


def _rule_of_outliers(draft: Draft) -> None:
    """ "z점수 3 기준 이상치", "outliers beyond 2 IQR"."""
    method = "z" if draft.has("zscore", "std") else "iqr" if draft.has("iqr") else ""
    match = found(draft.pieces, *_FACTOR)
    if match and (factor := match.piece("factor")):
        draft.options["factor"] = factor.number
        draft.pieces = [piece for piece in draft.pieces if piece is not factor]
    if method:
        draft.options["method"] = method
        draft.drop("zscore", "std", "iqr")
    if method or match:
        draft.drop("gt", "ge", "each", "threshold")


def _window(draft: Draft) -> None:
    """ "7일 이동평균": the window is 7, of the period that is named, else of its own; without a number the usual."""
    moving = next((piece for piece in draft.pieces if piece.kind == "word" and piece.key == "moving"), None)
    if moving is None:
        return
    span = next((piece for piece in draft.pieces if piece.kind == "span"), None)
    unit = moving.relative.period if moving.relative else span.key if span else None
    named = [piece.key for piece in draft.pieces if piece.kind == "word" and piece.key in _USUAL_WINDOWS]
    usual = _USUAL_WINDOWS[named[0]] if len(named) == 1 else 0
    window = moving.number or (span.number if span else usual)
    if not window:
        raise NotClear("unsure")
    draft.options["window"] = int(window)
    draft.pieces = [piece for piece in draft.pieces if piece is not span]
    if unit and not draft.has(*_PERIODS):
        draft.pieces.append(Piece("word", unit, key=unit))


def _against(draft: Draft) -> None:
    """Growth against the period before ("전월 대비"), or against the same one of the year before ("전년 동월 대비")."""
    said = next((piece for piece in draft.pieces if piece.key in (*_AGAINST, "vs_same")), None)
    if said is None:
        return
    named = [piece.key for piece in draft.pieces if piece.kind == "word" and piece.key in _PERIODS]
    if said.key == "vs_same" or (said.key == "vs_year" and named and named != ["year"]):
        draft.options["versus"] = "year"
        quarterly = "분기" in said.text or "quarter" in said.text
        period = named[0] if named else "quarter" if quarterly else "month"
    else:
        period = _AGAINST[said.key]
    kept = [
        piece for piece in draft.pieces if piece.key not in (*_AGAINST, "vs_same", "difference", "compare", "ratio")
    ]
    kept = [piece for piece in kept if piece.key not in named]
    draft.pieces = [*kept, Piece("word", period, key=period)]
    if not draft.has("growth"):
        draft.pieces.append(Piece("word", "growth", key="growth"))
