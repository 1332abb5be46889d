"""Statistics of statistics: "월별 합계의 평균", "the maximum of daily request counts", "일평균 불량수"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast, get_args

from chat.analyst.queries import NotClear, Period, Preparation, Query
from chat.analyst.tables import Column
from chat.analyst.telling.conditions_text import statistic_name
from chat.analyst.telling.sentences import say
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.roles import adds_up
from chat.analyst.understanding.sequences import Found, found_all, is_korean
from chat.analyst.understanding.words import Piece

_APART = "group=column each.k"
_PATTERNS = (
    "period=PERIOD.k measure=column inner=STATISTIC outer=STATISTIC",
    "period=PERIOD.k inner=STATISTIC measure=column outer=STATISTIC",
    "period=PERIOD.k rows|entity? counted=count|rows outer=STATISTIC",
    "period=PERIOD.k kept=value|condition+ rows|entity? counted=count|rows outer=STATISTIC",
    f"{_APART} kept=value|condition+ rows|entity? counted=count|rows outer=STATISTIC",
    f"{_APART} measure=column inner=STATISTIC outer=STATISTIC",
    f"{_APART} inner=STATISTIC measure=column outer=STATISTIC",
    f"{_APART} rows|entity? counted=count|rows outer=STATISTIC",
    "outer=STATISTIC period=PERIOD.e inner=STATISTIC measure=column",
    "outer=STATISTIC period=PERIOD.e measure=column inner=STATISTIC",
    "outer=STATISTIC inner=STATISTIC measure=column period=PERIOD.e",
    "outer=STATISTIC period=PERIOD.e counted=rows|entity count",
    "outer=STATISTIC period=PERIOD.e counted=count rows|entity?",
    "outer=STATISTIC counted=count rows|entity? period=PERIOD.e",
    "outer=mean counted=rows|entity period=PERIOD.e",
    "outer=STATISTIC counted=count rows|entity? per=each.e group=column",
    "outer=mean counted=rows per=each.e group=column",
    "outer=STATISTIC inner=STATISTIC measure=column per=each.e group=column",
    "outer=STATISTIC each? group=column inner=STATISTIC measure=column",
)
_MEANS = {f"mean_by_{period}": period for period in get_args(Period)}
_OF = re.compile(r"^(?:들|값|치)*의(?![가-힣])")
_OF_ALL = re.compile(r"(?:of|of the|of all|of all the|the|in|across)?")
_IDLE = ("sum", "mean")


def take_nested(draft: Draft) -> None:
    """Take what is computed of the groups out of the draft's pieces: a column of it stays in its place."""
    _means_of_periods(draft)
    for pattern in _PATTERNS:
        match = next((one for one in found_all(draft.pieces, pattern) if _is_nested(draft, one)), None)
        if match is not None:
            _take(draft, match)
            return


def _is_nested(draft: Draft, match: Found) -> bool:
    """Whether the second statistic is of the first: "합계의 평균", "maximum of daily totals", not "합계와 평균"."""
    outer = match.parts["outer"][0]
    group, measure, per = match.piece("group"), match.piece("measure"), match.piece("per")
    if group is not None and draft.one_of(group, "text") is None:
        return False
    if measure is not None and draft.one_of(measure, "number") is None:
        return False
    if is_korean(outer):
        before = draft.pieces[draft.pieces.index(outer) - 1]
        return bool(_OF.match(before.tail)) and not draft.has("growth", "share")
    if per is not None and not (per.text in ("per", "for each", "for every", "each") or outer.tail.strip() == "of"):
        return False  # "average number of orders by region" may be of any period
    return _OF_ALL.fullmatch(outer.tail.strip()) is not None and not draft.has("growth", "share")


def _take(draft: Draft, match: Found) -> None:
    outer, group, measure = match.parts["outer"][0], match.piece("group"), match.piece("measure")
    period, inner = match.piece("period"), match.piece("inner")
    apart = draft.one_of(group, "text") if group is not None else _date(draft)
    column = draft.one_of(measure, "number") if measure is not None else None
    made = _summary(
        draft,
        apart or "",
        cast("Period | None", period.key) if period else None,
        inner.key if inner else "count",
        column or "",
        korean=is_korean(outer),
    )
    draft.take(match, *match.parts.get("kept", []), made, outer)


def _means_of_periods(draft: Draft) -> None:
    """ "월평균 매출" is the mean of the months' sums, and "월평균 기온" a mean for each month."""
    place = next((number for number, piece in enumerate(draft.pieces) if piece.key in _MEANS), None)
    if place is None:
        return
    if draft.has("growth", "share", "pivot"):
        raise NotClear("too_hard", words=(draft.pieces[place].text,))
    said, rest = draft.pieces[place], draft.pieces[place + 1 :]
    period = cast(Period, _MEANS[said.key])
    beside = next((piece for piece in rest if piece.kind == "column" or piece.key in ("rows", "count")), None)
    name = draft.one_of(beside, "number") if beside is not None and beside.kind == "column" else None
    if beside is None or (beside.kind == "column" and name is None):
        raise NotClear("unsure")
    mean = Piece("word", said.text, key="mean")
    if name is not None and not adds_up(name):
        draft.pieces[place : place + 1] = [Piece("word", said.text, key=period), mean]
        return
    made = _summary(draft, _date(draft), period, "sum" if name else "count", name or "", korean=True)
    idle = ("rows", "count") if name is None else _IDLE
    kept = [piece for piece in rest if piece is not beside and piece.key not in idle]
    draft.pieces[place:] = [replace(made, tail=beside.tail), mean, *kept]


def _date(draft: Draft) -> str:
    named = {name for piece in draft.pieces for name in piece.columns if name in draft.scope.dates()}
    dates = sorted(named) or draft.scope.dates()
    if len(dates) != 1:
        raise NotClear("which_column" if dates else "needs_date", options=tuple(dates))
    return dates[0]


def _summary(draft: Draft, apart: str, period: Period | None, statistic: str, measure: str, *, korean: bool) -> Piece:
    language = "ko" if korean else "en"
    words = {"statistic": statistic_name(statistic, language), "column": measure}
    what = say("name.of", language, **words) if measure else say("name.rows", language)
    by = say(f"period.{period}", language) if period else apart
    name = say("name.summarised", language, what=what, by=by)
    step = Preparation("summarise", (apart,), statistic, name=name, measure=measure, period=period)
    draft.preparations.append(step)
    draft.scope.added.append(Column(name, "number"))
    return Piece("column", name, columns=(name,))


def summarised_last(query: Query) -> Query:
    """The summary after every other step and condition, and within the groups that the whole question sets apart.

    Raises NotClear where something of the question is of neither the rows nor their summaries.
    """
    summaries = [step for step in query.preparations if step.kind == "summarise"]
    if not summaries:
        return query
    summary, kept = summaries[0], []
    if len(summaries) > 1 or query.either or query.having or query.action != "aggregate":
        raise NotClear("too_hard", words=(summary.name,))
    if query.measures != (summary.name,) or set(query.groups) & set(summary.columns):
        raise NotClear("too_hard", words=(summary.name,))
    for step in query.preparations:
        if step.kind != "summarise":
            alone = step.kind in ("drop_outliers", "drop_missing", "fill_missing") and not step.columns
            kept.append(replace(step, columns=(summary.measure,)) if alone and summary.measure else step)
    if query.filters:
        kept.append(Preparation("keep_rows", filters=query.filters))
    whole = replace(summary, columns=(*query.groups, *summary.columns))
    return replace(query, filters=(), preparations=(*kept, whole))
