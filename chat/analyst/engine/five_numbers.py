"""What a box plot shows of groups of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_GROUPS = 20
_MOST_POINTS = 500

Numbers = NDArray[np.float64]


def box_rows(names: Sequence[str], groups: Sequence[Numbers]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A row per group with group, low, q1, median, q3 and high, and a row with group and value per outlier.

    `low` and `high` are the last values within 1.5 interquartile ranges of the quartiles (Tukey); the quartiles are
    interpolated. Of very many groups the first ones, and of very many outliers the farthest.
    """
    rows: list[dict[str, Any]] = []
    outliers: list[dict[str, Any]] = []
    for name, values in list(zip(names, groups, strict=True))[:_MOST_GROUPS]:
        if not len(values):
            continue
        q1, median, q3 = (float(part) for part in np.quantile(values, (0.25, 0.5, 0.75)))
        reach = 1.5 * (q3 - q1)
        inside = (values >= q1 - reach) & (values <= q3 + reach)
        kept, beyond = values[inside], values[~inside]
        ends = {"low": float(kept.min()), "high": float(kept.max())}
        rows.append({"group": name, **ends, "q1": q1, "median": median, "q3": q3})
        outliers += [{"group": name, "value": float(value)} for value in beyond]
    outliers.sort(key=lambda one: -abs(one["value"]))
    return rows, outliers[:_MOST_POINTS]
