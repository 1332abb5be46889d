"""Words the conditions of a query as plain text."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from chat.analyst.markdown import groups_digits, number
from chat.analyst.queries import Filter
from chat.analyst.sentences import say


def condition_text(filters: Sequence[Filter], language: str) -> str:
    """All conditions in a row, such as "지역 = 서울, 매출 ≥ 100"; not escaped for Markdown."""
    return ", ".join(
        say(f"filter.{item.operator}", language, column=item.column, values=_operands(item, language))
        for item in filters
    )


def _operands(item: Filter, language: str) -> str:
    if item.operator == "during":
        start, after = (pd.Timestamp(str(day)) for day in item.operands)
        last = after - pd.Timedelta(days=1)
        return f"{start:%Y-%m-%d}" if start == last else f"{start:%Y-%m-%d} ~ {last:%Y-%m-%d}"
    return say("filter.and", language).join(_operand(operand, item.column) for operand in item.operands)


def _operand(operand: str | float, column: str) -> str:
    return operand if isinstance(operand, str) else number(operand, grouping=groups_digits(column))
