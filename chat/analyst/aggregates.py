"""Statistics of values, and of the values of groups."""

from __future__ import annotations

from typing import Any

import pandas as pd

from chat.analyst.queries import QUANTILES, Statistic


def statistic_of(values: pd.Series, statistic: Statistic) -> Any:
    """One statistic of the values that are there; None when there are too few. Sums of integers don't overflow."""
    values = values.dropna()
    if statistic in ("count", "distinct"):
        return len(values) if statistic == "count" else int(values.nunique())
    if len(values) < (2 if statistic in ("std", "var") else 1):
        return None
    if statistic == "sum" and values.dtype.kind == "i" and float(values.abs().max()) * len(values) > 2**62:
        return sum(values.tolist())
    result = values.quantile(QUANTILES[statistic]) if statistic in QUANTILES else getattr(values, statistic)()
    return result.item() if hasattr(result, "item") else result


def grouped(
    frame: pd.DataFrame, groups: list[str], measures: tuple[str, ...], statistics: tuple[Statistic, ...]
) -> pd.DataFrame:
    """The statistics of each group, in columns called "statistic measure"."""
    by = frame.groupby(groups, dropna=False, sort=True)
    columns = {}
    for measure in measures:
        for statistic in statistics:
            columns[f"{statistic} {measure}"] = _of_groups(by[measure], statistic)
    return pd.DataFrame(columns).reset_index()


def _of_groups(by: Any, statistic: Statistic) -> pd.Series:
    if statistic in QUANTILES:
        return by.quantile(QUANTILES[statistic])
    if statistic == "sum":
        return by.sum(min_count=1)
    return getattr(by, "nunique" if statistic == "distinct" else statistic)()
