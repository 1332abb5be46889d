"""Understands a Korean or English question about a file: as a Query, or as Unclear; it never guesses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from chat.analyst.queries import NotClear, Preparation, Query, Unclear
from chat.analyst.tables import Table
from chat.analyst.understanding.against import take_against
from chat.analyst.understanding.between_columns import take_between_columns, take_correlations, with_parts
from chat.analyst.understanding.bins import take_age_groups
from chat.analyst.understanding.chart_wishes import take_chart
from chat.analyst.understanding.comparing import (
    compared_in_groups,
    set_apart,
    take_comparison,
    with_every_value_apart,
    within_dates,
)
from chat.analyst.understanding.conditions import Conditions
from chat.analyst.understanding.derived import take_derived
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.followups import gone_on, is_elliptical
from chat.analyst.understanding.formulas import take_constants, take_formulas
from chat.analyst.understanding.group_conditions import take_group_conditions
from chat.analyst.understanding.implied import with_implied, without_idle_words
from chat.analyst.understanding.joining import NamedJoin, take_join
from chat.analyst.understanding.joins import with_joins
from chat.analyst.understanding.lexicon import Lexicon
from chat.analyst.understanding.nested import summarised_last, take_nested
from chat.analyst.understanding.numeric_bins import take_bins
from chat.analyst.understanding.options import take_options
from chat.analyst.understanding.per_units import take_quotients_by_count
from chat.analyst.understanding.questioning import Reading
from chat.analyst.understanding.ranked import take_ranks
from chat.analyst.understanding.rates import take_rates
from chat.analyst.understanding.rewording import reworded, rows_by_part_of_name
from chat.analyst.understanding.scopes import Scope
from chat.analyst.understanding.steps import take_steps, with_columns
from chat.analyst.understanding.text_conditions import with_literals
from chat.analyst.understanding.worded_numbers import with_worded_numbers
from chat.analyst.understanding.words import Piece, pieces_of

_THAN = re.compile(r"^보다는?(?![가-힣])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CUES = ("else", "same_again", "chart")
_TITLED = re.compile(r"(?P<title>[^:?.!]{3,60}):\s+(?P<question>\S.*)", re.DOTALL)
_OR = re.compile(r"^(?:이나|나|이거나|거나)(?![가-힣])")


def understand(
    question: str, table: Table, others: Sequence[Table] = (), earlier: Sequence[str] = ()
) -> Query | Unclear:
    """What `question` asks of `table`. A blank question asks for the profile of the file.

    `others` are the conversation's other files, whose columns may be named too; `earlier` its questions so far, the
    oldest first, which a question such as "and for 2024 only?" goes on from.
    """
    if not question.strip():
        return Query("profile")
    try:
        question, joined = take_join(question, table, others)
    except NotClear as error:
        return error.unclear
    return _understood(question, Scope(table, _named_first(others, joined), joined), earlier)


def _named_first(others: Sequence[Table], joined: NamedJoin | None) -> list[Table]:
    """The other files, those first that the question names: of columns with the same name theirs are meant."""
    named = joined.others if joined else ()
    return sorted(others, key=lambda other: not any(other is one for one in named))


def _understood(question: str, scope: Scope, earlier: Sequence[str]) -> Query | Unclear:
    """What a question asks, apart from the joining that its scope knows already."""
    try:
        reading, draft = read_question(question, scope)
        last = _last_understood(scope, earlier) if is_elliptical(reading, draft) else None
        if last is None:
            query = set_apart(_counted(draft.complete(reading.query()), draft), reading.keys(), as_one=draft.as_one)
        else:
            query = set_apart(gone_on(last, reading, draft), reading.keys(), as_one=draft.as_one)
        if draft.rows_first:
            query = _rows_first(query)
        query = with_every_value_apart(compared_in_groups(query, scope), scope, as_one=draft.as_one)
        query = with_parts(summarised_last(query), scope)
        _reject_idle_ranks(query)
        query = with_columns(within_dates(query, scope))
        return with_joins(with_worded_numbers(query, scope.worded), scope)
    except NotClear as error:
        titled = _TITLED.fullmatch(question) if error.unclear.reason == "words" else None
        if titled and _only_names(titled["title"], scope):
            return _understood(titled["question"], Scope(scope.table, scope.others, scope.joined), earlier)
        return error.unclear


def _only_names(title: str, scope: Scope) -> bool:
    """Whether a title before the question itself says nothing that rows could be chosen by."""
    kinds = {piece.kind for piece in pieces_of(title, Lexicon(scope, title))}
    return kinds <= {"column", "word", "filler", "unknown"}


def _last_understood(scope: Scope, earlier: Sequence[str]) -> Query | None:
    """What the newest of the earlier questions that was understood asks, without the joins and readings it takes.

    How that one joins files holds for the one that goes on from it, which says nothing of it itself.
    """
    for number in range(len(earlier) - 1, -1, -1):
        query = understand(earlier[number], scope.table, scope.others, earlier[:number])
        if isinstance(query, Query) and query.action != "profile":
            if scope.joined is None:
                scope.joined = _last_joined(scope, earlier[: number + 1])
            steps = tuple(step for step in query.preparations if step.kind != "join" and step.method != "worded")
            return replace(query, preparations=steps)
    return None


def _last_joined(scope: Scope, earlier: Sequence[str]) -> NamedJoin | None:
    """The joining that the newest of the questions says that says any."""
    for question in reversed(earlier):
        with suppress(NotClear):
            _, joined = take_join(question, scope.table, scope.others)
            if joined is not None:
                return joined
    return None


def read_question(question: str, scope: Scope) -> tuple[Reading, Draft]:
    """The question with its steps, conditions and options taken out, as the draft has them. Raises NotClear."""
    lexicon = Lexicon(scope, question)
    pieces = pieces_of(question, lexicon)
    draft = Draft(scope, rows_by_part_of_name(with_literals(pieces), scope))
    draft.cues = {piece.key for piece in pieces if piece.key in _CUES}
    draft.as_one = any(_is_or(piece) for piece in pieces)
    draft.rows_first = _names_rows_of_outliers(pieces)
    take_chart(draft, pieces)
    take_quotients_by_count(draft)
    take_formulas(draft)
    take_between_columns(draft)
    draft.pieces = reworded(draft.pieces, scope)
    take_derived(draft)
    take_constants(draft)
    take_against(draft)
    than = any(_THAN.match(piece.tail) for piece in draft.pieces)
    _reject_unknown(draft.pieces, allowed_empty="chart" in draft.cues)
    draft.pieces = without_idle_words(with_implied(draft.pieces, lexicon, scope))
    take_age_groups(draft, lexicon)
    take_ranks(draft)
    take_bins(draft)
    take_correlations(draft)
    take_rates(draft)
    take_nested(draft)
    take_steps(draft)
    take_options(draft)
    take_group_conditions(draft)
    conditions = Conditions(scope, draft.pieces)
    conditions.take()
    draft.pieces, draft.filters = conditions.pieces, conditions.filters
    take_comparison(draft, conditions.either)
    if draft.has("compare") and sum(piece.kind == "weekdays" for piece in pieces) > 1:
        raise NotClear("too_hard", words=tuple(piece.text for piece in pieces if piece.kind == "weekdays"))
    if than and "compared" not in draft.options:
        raise NotClear("unsure")  # "매출이 평균보다 높은 지역", "비용보다 큰 매출"
    corrections = tuple((piece.text, piece.corrected) for piece in pieces if piece.corrected)
    draft.options |= {"corrections": corrections, "either": tuple(conditions.either)}
    alternatives = (item for any_of in conditions.either for one in any_of.alternatives for item in one)
    reading = Reading(scope, draft.pieces, (*draft.filters, *alternatives))
    reading.forget_identifiers()
    return reading, draft


def _names_rows_of_outliers(pieces: list[Piece]) -> bool:
    """ "서울에서 이상치를 빼고": the outliers are those of Seoul, not of all rows."""
    outliers = next((number for number, piece in enumerate(pieces) if piece.key == "outliers"), 0)
    return any(piece.kind == "value" and piece.tail.strip() == "에서" for piece in pieces[:outliers])


def _rows_first(query: Query) -> Query:
    """The conditions before the steps that choose among the rows: the outliers, or the best, of those they keep."""
    chosen = [
        n for n, step in enumerate(query.preparations) if step.kind in ("drop_outliers", "keep_best", "drop_best")
    ]
    if not chosen or not (query.filters or query.either) or (query.action == "share" and not query.groups):
        return query  # the share of those rows that meets the conditions
    if query.either:
        raise NotClear("unsure")
    kept = Preparation("keep_rows", filters=query.filters)
    steps = (*query.preparations[: chosen[0]], kept, *query.preparations[chosen[0] :])
    return replace(query, filters=(), preparations=steps)


def _reject_idle_ranks(query: Query) -> None:
    """A rank or a part of what nothing ranks, or a difference that nothing computes, would be ignored."""
    if query.operation and query.action != "aggregate":
        raise NotClear("unsure")
    if (query.rank is not None or query.percent is not None) and query.limit is None:
        raise NotClear("unsure")


def _counted(query: Query, draft: Draft) -> Query:
    """ "How many regions have total sales above 500": the groups that meet the condition are counted."""
    if not draft.counts_groups or not query.groups or query.action not in ("aggregate", "share"):
        return query
    return replace(query, action="count", measures=(), statistics=())


def _is_or(piece: Piece) -> bool:
    return piece.key == "or" or (piece.kind in ("value", "date") and bool(_OR.match(piece.tail)))


def _reject_unknown(pieces: list[Piece], *, allowed_empty: bool) -> None:
    beyond = tuple(piece.text for piece in pieces if piece.key == "unsupported")
    if beyond:
        raise NotClear("too_hard", words=beyond)
    unknown = tuple(piece.text for piece in pieces if piece.kind == "unknown")
    if unknown:
        raise NotClear("words", words=unknown)
    years = any(piece.kind == "number" and _YEAR.fullmatch(piece.text) for piece in pieces)  # "and in 2024?"
    if not allowed_empty and not years and all(piece.kind in ("filler", "number") for piece in pieces):
        raise NotClear("unsure")
