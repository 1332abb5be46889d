"""Words a result as Markdown: the answer in one sentence, a table where it helps, and how it was computed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from chat.analyst.engine.results import COUNT, CUMULATED, MOVING, PART, SHARE, TIMES, Result
from chat.analyst.queries import Action, Query, Unclear
from chat.analyst.tables import Note, Table
from chat.analyst.telling import statistical_answers
from chat.analyst.telling.compared_answers import compared, growth, pivot
from chat.analyst.telling.examples import example_questions
from chat.analyst.telling.markdown import MISSING, escaped, number, table
from chat.analyst.telling.phrases import MOST_ROWS, Phrases, plain
from chat.analyst.telling.profiles import profile

_MOST_CONFUSING = 10


def answer(query: Query, result: Result, data: Table, language: str) -> list[str]:
    """The answer in the pieces in which it is told: paragraphs and tables."""
    phrases = Phrases(data, language, result.made)
    where = phrases.conditions(query)
    if result.cannot is not None:
        return [_why_not(result.cannot, phrases)]
    if query.action == "profile":
        return profile(data, result, phrases)
    if where and not result.matching and query.action not in ("count", "share"):
        return [phrases.say("answer.no_rows", conditions=where), phrases.how(query, result)]
    return _ANSWERS[query.action](query, result, phrases, where)


def unclear_answer(unclear: Unclear, data: Table, language: str) -> list[str]:
    """What was not understood, and what could be asked of this file instead."""
    phrases = Phrases(data, language)
    numbers = phrases.names(data.names("number")[:_MOST_CONFUSING]) or phrases.say("none")
    words = ", ".join(f"“{escaped(word)}”" for word in unclear.words)
    options = ", ".join(f"**{escaped(option)}**" for option in unclear.options)
    key = f"unclear.{unclear.reason}"
    if unclear.reason == "which_column" and unclear.words:
        key = "unclear.which_column_word"
    pieces = [phrases.say(key, words=words, options=options, numbers=numbers)]
    if unclear.reason in ("words", "unsure"):
        names = data.names()
        more = " …" if len(names) > _MOST_CONFUSING else ""
        pieces.append(phrases.say("unclear.columns", columns=phrases.names(names[:_MOST_CONFUSING]) + more))
    examples = "\n".join(f"- {escaped(question)}" for question in example_questions(data, language))
    return [*pieces, f"{phrases.say('unclear.examples')}\n\n{examples}"]


def _why_not(reason: Note, phrases: Phrases) -> str:
    values = {key: escaped(value) if isinstance(value, str) else number(value) for key, value in reason.values}
    return phrases.say(f"cannot.{reason.key}", **values)


def _count(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    if query.groups:
        return _groups(query, result, phrases, where)
    key = "answer.count_conditions" if where else "answer.count"
    count, rows = number(result.values["count"]), number(result.rows)
    return [phrases.say(key, count=count, rows=rows, conditions=where), phrases.how(query, result)]


def _aggregate(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    if query.operation:
        return compared(query, result, phrases, where)
    if query.groups:
        return _groups(query, result, phrases, where)
    if query.pairs:
        return _each_its_own(query, result, phrases, where)
    statistics = [str(name) for name in result.frame.columns[1:]]
    if not query.statistics:
        statistics.sort(key=lambda name: name != "sum")
    sentences = [
        _statistic(name, value, column, phrases, where)
        for column, row in zip(query.measures, result.frame[statistics].values.tolist(), strict=True)
        for name, value in list(zip(statistics, row, strict=True))[: None if query.statistics else 1]
    ]
    pieces = [sentences[0] if len(sentences) == 1 else "\n".join(f"- {sentence}" for sentence in sentences)]
    if not query.statistics:
        pieces.append(phrases.statistics_table(result.frame))
    return [*pieces, *_mode(query, result, phrases), phrases.how(query, result)]


def _each_its_own(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """A sentence for each statistic of its own measure."""
    sentences = [
        _statistic(statistic, plain(value), column, phrases, where)
        if column
        else phrases.say("answer.statistic_rows", conditions=where, value=number(plain(value)))
        for (statistic, column), value in zip(query.pairs, result.frame.iloc[0], strict=True)
    ]
    return ["\n".join(f"- {sentence}" for sentence in sentences), phrases.how(query, result)]


def _mode(query: Query, result: Result, phrases: Phrases) -> list[str]:
    """How often the most frequent value occurs, which tells whether it means anything."""
    times, tied = result.values.get("mode_times"), result.values.get("mode_tied", 1)
    if "mode" not in query.statistics or not times or len(query.measures) > 1:
        return []
    if times == 1 and tied > 1:
        return [phrases.say("answer.mode_once", column=escaped(query.measures[0]))]
    if tied > 1:
        return [phrases.say("answer.mode_tied", count=number(tied), times=number(times))]
    return [phrases.say("answer.mode_times", times=number(times))]


def _statistic(name: str, value: Any, column: str, phrases: Phrases, where: str) -> str:
    words = {"statistic": phrases.statistic(name), "column": escaped(column), "conditions": where}
    if value is None:
        return phrases.say("answer.no_value", **words)
    return phrases.say("answer.statistic", value=phrases.value(value, column, name), **words)


def _groups(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    first = result.values["by"]
    if result.frame.empty:
        return [
            phrases.say("answer.no_groups", groups=phrases.names(query.groups), conditions=where),
            phrases.how(query, result),
        ]
    if not query.measures or first == COUNT:
        return _counted_groups(query, result, phrases, where)
    statistic, _, column = first.partition(" ")
    top = _top_row(result.frame, first)
    sentence = phrases.say(
        "answer.groups",
        groups=phrases.names(query.groups),
        statistic=phrases.statistic(statistic),
        column=escaped(column),
        conditions=where,
        top=_group_name(top, query.groups, phrases),
        value=phrases.value(top[first], column, statistic),
        overall=phrases.value(result.values["overall" if query.pairs else statistic], column, statistic),
    )
    return [sentence, phrases.computed(result.frame), phrases.how(query, result)]


def _counted_groups(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """Rows by group; of groups that had to meet a condition, how many do."""
    top = _top_row(result.frame, COUNT)
    sentence = phrases.say(
        "answer.groups_having" if query.having else "answer.groups_rows",
        groups=phrases.names(query.groups),
        conditions=where,
        count=number(result.values["groups"]),
        top=_group_name(top, query.groups, phrases),
        value=number(top[COUNT].item()),
        overall=number(result.values["overall"]),
    )
    return [sentence, phrases.computed(result.frame), phrases.how(query, result)]


def _top_row(frame: pd.DataFrame, by: str) -> Any:
    """The row with the highest value, which bins in their own order don't begin with."""
    known = frame[by].dropna()
    return frame.loc[known.astype(float).idxmax()] if len(known) else frame.iloc[0]


def _group_name(row: Any, groups: tuple[str, ...], phrases: Phrases) -> str:
    return " / ".join(phrases.cell(row[name], name) for name in groups)


def _share(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    unit_of = query.measures[0] if query.measures else ""
    shown = partial(phrases.value, column=unit_of, statistic="sum" if unit_of else "count")
    if not query.groups:
        values = {"share": number(result.values["share"]), "part": shown(result.values["part"])}
        return [
            phrases.say("answer.share_part", conditions=where, total=shown(result.values["total"]), **values),
            phrases.how(query, result),
        ]
    if result.frame.empty:
        return [phrases.say("answer.no_rows", conditions=where), phrases.how(query, result)]
    top = result.frame.iloc[0] if query.ascending or query.rank else _top_row(result.frame, PART)
    sentence = phrases.say(
        "answer.share_rank" if query.rank else "answer.share_least" if query.ascending else "answer.share",
        which=phrases.which(query),
        groups=phrases.names(query.groups),
        conditions=where,
        top=f"“{_group_name(top, query.groups, phrases)}”",
        value=shown(top[PART].item()),
        total=shown(result.values["total"]),
        share=_percent(top[SHARE]),
    )
    part = escaped(unit_of) if unit_of else phrases.say("head.rows")
    extra = [CUMULATED] if query.cumulative else []
    headers = [*(escaped(name) for name in query.groups), part, phrases.say("head.share")]
    headers += [phrases.say("head.cumulated_share") for _ in extra]
    rows = [
        [
            *(phrases.cell(row[name], name) for name in query.groups),
            shown(row[PART]),
            *(_percent(row[name]) for name in (SHARE, *extra)),
        ]
        for row in result.frame.head(MOST_ROWS).to_dict("records")
    ]
    text = table(headers, rows, [*[False] * len(query.groups), True, True, *[True] * len(extra)])
    return [sentence, "\n\n".join([text, *phrases.cut(result.frame)]), phrases.how(query, result)]


def _percent(value: float) -> str:
    return MISSING if value != value else f"{value:.1f}"


def _top(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    measure, by = query.measures[0], result.values["by"]
    if result.frame.empty:
        words = {"statistic": phrases.say("which.highest"), "column": escaped(measure)}
        return [phrases.say("answer.no_value", conditions=where, **words), phrases.how(query, result)]
    first = result.frame.iloc[0]
    which = phrases.which(query)
    statistic = by.removesuffix(measure).strip()
    column = escaped(measure)
    value = phrases.value(first[by], measure, statistic)
    if query.within and query.limit is not None:
        words = {"within": phrases.names(query.within), "which": which, "count": number(query.limit)}
        key = "answer.top_within" if query.rank is None else "answer.top_within_nth"
        sentence = phrases.say(key, column=column, conditions=where, **words)
        shown = [phrases.computed(result.frame) if query.groups else phrases.rows(result.frame)]
    elif query.groups:
        top = _group_name(first, query.groups, phrases)
        words = {"groups": phrases.names(query.groups), "statistic": phrases.statistic(statistic), "top": top}
        sentence = phrases.say("answer.top", which=which, column=column, conditions=where, value=value, **words)
        shown = [phrases.computed(result.frame)] if len(result.frame) > 1 else []
    elif len(query.measures) > 1:
        asked = " / ".join(phrases.cell(first[name], name) for name in query.measures[1:])
        sentence = phrases.say(
            "answer.top_asked", which=which, column=column, conditions=where, value=value, asked=asked
        )
        shown = [phrases.rows(result.frame)]
    else:
        sentence = phrases.say("answer.top_rows", which=which, column=column, conditions=where, value=value)
        shown = [phrases.rows(result.frame)]
    tied = [phrases.say("answer.tied", count=number(result.values["tied"]))] if result.values["tied"] else []
    more = [phrases.say("how.default_sum")] if query.groups and not query.statistics else []
    return [sentence, *shown, *tied, phrases.how(query, result, *more)]


def _trend(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    first = str(result.values["by"])
    known = result.frame.dropna(subset=[first])
    if known.empty:
        return [phrases.say("answer.no_rows", conditions=where), phrases.how(query, result)]
    top, bottom = (known.loc[place] for place in _places(known[first], query))
    is_counted = first == COUNT
    statistic, _, column = ("count", "", "") if is_counted else first.partition(" ")
    labels = (query.date or "", *query.groups)
    shown = partial(phrases.value, column=column, statistic=statistic)
    period = phrases.say(f"period.{result.values['period']}")
    key = "answer.trend" if query.limit is None else "answer.trend_best"
    sentence = phrases.say(
        f"{key}_rows" if is_counted else key,
        which=phrases.which(query),
        period=period,
        statistic=phrases.statistic(statistic),
        column=escaped(column),
        conditions=where,
        top=_group_name(top, labels, phrases),
        value=shown(top[first].item()),
        bottom=_group_name(bottom, labels, phrases),
        low=shown(bottom[first].item()),
    )
    frame = result.frame.rename(columns={COUNT: phrases.say("head.rows")})
    more = phrases.say("how.period", period=period, date=escaped(query.date or ""))
    return [sentence, *_accumulated(query, result, phrases), phrases.computed(frame), phrases.how(query, result, more)]


def _accumulated(query: Query, result: Result, phrases: Phrases) -> list[str]:
    """Where a moving average and a running total end, when there is one line of them."""
    if query.groups or query.limit is not None:
        return []
    date = query.date or ""
    pieces = []
    for asked, name, key in ((query.window, MOVING, "moving"), (query.cumulative, CUMULATED, "cumulated")):
        known = result.frame.dropna(subset=[name]) if asked else result.frame.head(0)
        if not known.empty:
            last = known.iloc[-1]
            words = {"last": phrases.cell(last[date], date), "window": query.window}
            pieces.append(phrases.say(f"answer.{key}", value=number(plain(last[name])), **words))
        elif asked and name == MOVING:
            pieces.append(phrases.say("answer.moving_none", window=query.window))
    return pieces


def _places(values: pd.Series, query: Query) -> tuple[Any, Any]:
    """Where the highest and the lowest value are; in a ranking, where the first and the last are."""
    if query.limit is not None:
        return values.index[0], values.index[-1]
    return values.idxmax(), values.idxmin()


def _missing(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    count, incomplete = result.values["missing"], number(result.values["incomplete"])
    if not count:
        return [phrases.say("answer.missing_none", conditions=where), phrases.how(query, result)]
    sentence = phrases.say(
        "answer.missing", count=number(count), incomplete=incomplete, rows=number(result.matching), conditions=where
    )
    rows = [
        [escaped(row["column"]), number(row["missing"]), f"{row['share']:.1f} %"]
        for row in result.frame.to_dict("records")
        if row["missing"]
    ]
    headers = [phrases.say(f"head.{name}") for name in ("column", "missing", "missing_share")]
    return [sentence, table(headers, rows[:50], [False, True, True]), phrases.how(query, result)]


def _outliers(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    columns = phrases.names(query.measures)
    sentence = phrases.say(
        "answer.outliers", count=number(result.values["outliers"]), columns=columns, conditions=where
    )
    rows = [
        [escaped(row["column"]), *(number(row[name]) for name in ("q1", "q3", "low", "high", "outliers"))]
        for row in result.frame.to_dict("records")
    ]
    headers = [
        phrases.say(key) for key in ("head.column", "stat.q1", "stat.q3", "head.low", "head.high", "head.outliers")
    ]
    pieces = [sentence, table(headers, rows, [False, *[True] * 5])]
    extreme = result.values.get("rows")
    if extreme is not None and len(extreme):
        pieces.append(f"{phrases.say('answer.outlier_rows')}\n\n{phrases.rows(extreme)}")
    factor = result.values["factor"]
    is_usual = result.values["method"] == "iqr" and factor == 1.5
    rule = "how.iqr" if is_usual else "how.z" if result.values["method"] == "z" else "how.iqr_factor"
    return [*pieces, phrases.how(query, result, phrases.say(rule, factor=number(factor)))]


def _lookup(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """One cell in a sentence, more in a table."""
    if "value" in result.values:
        name = query.measures[0]
        value = phrases.value(result.values["value"], name)
        sentence = phrases.say("answer.lookup", column=escaped(name), conditions=where, value=value)
        return [sentence, phrases.how(query, result)]
    sentence = phrases.say("answer.lookup_rows", count=number(result.matching), conditions=where)
    return [sentence, phrases.rows(result.frame), phrases.how(query, result)]


def _preview(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    count = number(len(result.frame))
    sentence = phrases.say("answer.preview", count=count, rows=number(result.matching), conditions=where)
    return [sentence, phrases.rows(result.frame), phrases.how(query, result)]


def _columns(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    return [phrases.say("answer.columns", count=result.values["columns"]), phrases.column_table(result.frame)]


def _describe(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    columns = phrases.names(query.measures)
    sentence = phrases.say("answer.describe", columns=columns, rows=number(result.matching), conditions=where)
    return [sentence, phrases.statistics_table(result.frame), phrases.how(query, result, phrases.say("how.quartiles"))]


def _duplicates(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    what = phrases.say("answer.duplicates_in", columns=phrases.names(query.measures)) if query.measures else ""
    pieces = [phrases.say("answer.duplicates", count=number(result.values["duplicates"]), what=what + where)]
    if len(result.frame):
        pieces.append(phrases.rows(result.frame.rename(columns={TIMES: phrases.say("head.times")})))
    return [*pieces, phrases.how(query, result)]


def _distinct(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    name = query.measures[0]
    count, used = number(result.values["distinct"]), number(result.used)
    sentence = phrases.say("answer.distinct", column=escaped(name), count=count, used=used, conditions=where)
    rows = [[phrases.cell(value, name), number(times)] for value, times in result.frame.head(MOST_ROWS).values.tolist()]
    text = table([escaped(name), phrases.say("head.rows")], rows, [False, True])
    return [sentence, "\n\n".join([text, *phrases.cut(result.frame)]), phrases.how(query, result)]


def _distribution(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    name = query.measures[0]
    values = {key: phrases.value(result.values[key], name, key) for key in ("median", "mean", "min", "max")}
    sentence = phrases.say("answer.distribution", column=escaped(name), conditions=where, **values)
    rows = [[number(low), number(high), number(count)] for low, high, count in result.frame.values.tolist()]
    headers = [phrases.say(f"head.{key}") for key in ("from", "to", "rows")]
    return [sentence, table(headers, rows, [True, True, True]), phrases.how(query, result)]


_ANSWERS: dict[Action, Callable[[Query, Result, Phrases, str], list[str]]] = {
    "count": _count,
    "aggregate": _aggregate,
    "share": _share,
    "top": _top,
    "correlation": statistical_answers.correlation,
    "trend": _trend,
    "missing": _missing,
    "outliers": _outliers,
    "preview": _preview,
    "columns": _columns,
    "describe": _describe,
    "duplicates": _duplicates,
    "distinct": _distinct,
    "distribution": _distribution,
    "lookup": _lookup,
    "pivot": pivot,
    "growth": growth,
    "normality": statistical_answers.normality,
    "t_test": statistical_answers.t_test,
    "anova": statistical_answers.anova,
    "chi_square": statistical_answers.chi_square,
    "regression": statistical_answers.regression,
}
