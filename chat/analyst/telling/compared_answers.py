"""Words what is set side by side: pivots, growth against another period, and two values compared."""

from __future__ import annotations

from typing import Any

from chat.analyst.engine.results import CHANGE, GROWTH, TOTAL, Result
from chat.analyst.queries import Query
from chat.analyst.telling.markdown import MISSING, escaped, number
from chat.analyst.telling.phrases import Phrases, plain


def pivot(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """The whole in a sentence, the parts in a table."""
    statistic, across = result.values["statistic"], result.values["across"]
    column = query.measures[0] if query.measures else ""
    totals = result.frame[TOTAL].dropna()
    adds_up = statistic in ("sum", "count") and len(totals)
    sentence = phrases.say(
        "answer.pivot" if column else "answer.pivot_rows",
        statistic=phrases.statistic(statistic),
        column=escaped(column),
        groups=phrases.names(result.values["groups"]),
        across=escaped(across),
        conditions=where,
        value=number(plain(totals.sum())) if adds_up else number(result.used),
    )
    if column and not adds_up:
        sentence = (
            phrases.say("head.of", column=escaped(column), statistic=phrases.statistic(statistic))
            + f" ({phrases.names((*result.values['groups'], across))}){where}"
        )
    pieces = [sentence, phrases.computed(result.frame)]
    if result.values["left_out"]:
        shown = len(result.frame.columns) - len(result.values["groups"]) - 1
        words = {"count": number(shown), "across": escaped(across), "left": number(result.values["left_out"])}
        pieces.append(phrases.say("answer.pivot_left_out", **words))
    return [*pieces, phrases.how(query, result)]


def _signed(value: Any) -> str:
    shown = number(plain(value))
    return f"+{shown}" if shown != MISSING and value > 0 else shown


def _percent(value: Any, phrases: Phrases) -> str:
    if value != value or value is None:
        return phrases.say("answer.no_percent")
    return f"{value:+.1f} %"


def growth(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """How the last period compares, which changed most, and all of them in a table."""
    date, first = query.date or "", result.values["by"]
    known = result.frame.dropna(subset=[CHANGE])
    labels = (date, *(name for name in query.groups if name != date))

    def named(row: Any) -> str:
        return " / ".join(phrases.cell(row[name], name) for name in labels)

    period = phrases.say(f"period.{result.values['period']}")
    last = known.iloc[0 if query.limit is not None else -1]
    statistic, _, column = first.partition(" ")
    sentence = phrases.say(
        "answer.growth" if query.measures else "answer.growth_rows",
        last=named(last),
        statistic=phrases.statistic(statistic) if query.measures else "",
        column=escaped(column),
        conditions=where,
        value=phrases.value(last[first], column, statistic) if query.measures else number(plain(last[first])),
        percent=_percent(last[GROWTH], phrases),
        before=phrases.say("answer.growth_year" if query.versus == "year" else "answer.growth_previous", period=period),
        change=_signed(last[CHANGE]),
    )
    pieces = [sentence]
    rated = known.dropna(subset=[GROWTH])
    if len(rated) > 1 and query.limit is None:
        top, bottom = rated.loc[rated[GROWTH].idxmax()], rated.loc[rated[GROWTH].idxmin()]
        words = {"top": named(top), "bottom": named(bottom)}
        shares = {"up": _percent(top[GROWTH], phrases), "down": _percent(bottom[GROWTH], phrases)}
        pieces.append(phrases.say("answer.growth_best", **words, **shares))
    more = [phrases.say("how.period", period=period, date=escaped(date))]
    if len(rated) < len(known):
        more.append(phrases.say("how.no_share_below_zero"))
    return [*pieces, phrases.computed(result.frame), phrases.how(query, result, *more)]


def compared(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """Two values and what is between them."""
    if len(query.compared) == 2 and len(query.groups) > 1:
        return _compared_in_groups(query, result, phrases, where)
    names = [str(name) for name in result.frame["name"]]
    statistics = query.statistics or ("sum",)
    columns = list(query.measures) if len(query.measures) == 2 else [*query.measures[:1]] * 2
    used = list(statistics) if len(statistics) == 2 and len(query.measures) == 1 else [statistics[0]] * 2
    if not query.measures:
        what, sides = phrases.say("answer.compared_rows"), [number(result.values[key]) for key in ("a", "b")]
    else:
        what = (
            phrases.statistic(used[0])
            if len(set(columns)) > 1
            else phrases.say("answer.compared_of", column=escaped(columns[0]), statistic=phrases.statistic(used[0]))
        )
        if used[0] != used[1]:
            what, names = escaped(columns[0]), [phrases.statistic(name) for name in used]
        sides = [
            phrases.value(result.values[key], column, statistic)
            for key, column, statistic in zip(("a", "b"), columns, used, strict=True)
        ]
    value = result.values["value"]
    shown = number(value)
    if query.operation == "difference" and query.measures:
        shown = phrases.value(value, columns[0], "mean" if isinstance(value, float) else used[0])
    sentence = phrases.say(
        f"answer.{query.operation}",
        statistic=what,
        conditions=where,
        a=escaped(names[0]),
        b=escaped(names[1]),
        a_value=sides[0],
        b_value=sides[1],
        value=shown,
    )
    return [sentence, phrases.how(query, result)]


def _compared_in_groups(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """Where two values lie furthest apart, and all groups in a table."""
    by = result.values["by"]
    known = result.frame[by].dropna().astype(float)
    top = result.frame.loc[known.idxmax()]
    column, statistic = (query.measures[0], (query.statistics or ("sum",))[0]) if query.measures else ("", "count")
    words = {"column": escaped(column), "statistic": phrases.statistic(statistic)}
    sentence = phrases.say(
        "answer.compared_groups",
        what=phrases.say("answer.compared_of", **words) if column else phrases.say("answer.compared_rows"),
        conditions=where,
        a=escaped(query.compared[0]),
        b=escaped(query.compared[1]),
        groups=phrases.names(query.groups[1:]),
        which=phrases.say(f"head.{query.operation}"),
        top=" / ".join(phrases.cell(top[name], name) for name in query.groups[1:]),
        value=number(plain(top[by])),
    )
    return [sentence, phrases.computed(result.frame), phrases.how(query, result)]
