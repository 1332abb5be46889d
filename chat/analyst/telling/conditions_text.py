"""Words the conditions of a query as plain text."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from chat.analyst.queries import QUANTILES, Filter, Having, Query, quantile_of
from chat.analyst.telling.markdown import groups_digits, number
from chat.analyst.telling.sentences import say


def condition_text(filters: Sequence[Filter], language: str) -> str:
    """All conditions in a row, such as "지역 = 서울, 매출 ≥ 100"; not escaped for Markdown."""
    return ", ".join(
        say(f"filter.{item.operator}", language, column=item.column, values=_operands(item, language))
        for item in filters
    )


def all_conditions(query: Query, language: str) -> str:
    """What rows, and groups, a question is about, as plain text; "" when it is about all."""
    parts = [condition_text(query.filters, language)] if query.filters else []
    for choice in query.either:
        alternatives = (
            say("filter.also", language).join(condition_text((item,), language) for item in every)
            for every in choice.alternatives
        )
        text = say("filter.or", language).join(alternatives)
        alone = not (query.filters or query.having or len(query.either) > 1)
        parts.append(text if alone else say("filter.either", language, alternatives=text))
    parts += [_of_group(item, language) for item in query.having]
    return ", ".join(parts)


def _of_group(item: Having, language: str) -> str:
    if item.measure is None:
        column = say("filter.rows", language)
    else:
        column = say("head.of", language, column=item.measure, statistic=statistic_name(item.statistic, language))
    return say(f"filter.{item.operator}", language, column=column, values=number(item.operand))


def statistic_name(name: str, language: str) -> str:
    """What a statistic is called."""
    if name not in QUANTILES and (part := quantile_of(name)) is not None:
        return say("stat.percentile", language, part=f"{part * 100:g}")
    return say(f"stat.{name}", language)


def day_name(number: object, language: str) -> str:
    """A day of the week by its number; 1 is Monday."""
    return say(f"weekday.{int(float(str(number)))}", language)


def _operands(item: Filter, language: str) -> str:
    if item.operator == "during":
        start, after = (pd.Timestamp(str(day)) for day in item.operands)
        last = after - pd.Timedelta(days=1)
        return f"{start:%Y-%m-%d}" if start == last else f"{start:%Y-%m-%d} ~ {last:%Y-%m-%d}"
    if item.operator == "weekday":
        return say("filter.and", language).join(day_name(operand, language) for operand in item.operands)
    return say("filter.and", language).join(_operand(operand, item.column) for operand in item.operands)


def _operand(operand: str | float, column: str) -> str:
    return operand if isinstance(operand, str) else number(operand, grouping=groups_digits(column))
