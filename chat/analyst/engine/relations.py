"""Computes how columns of numbers go together: correlation and linear regression."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from chat.analyst.engine.results import Result, result_of
from chat.analyst.engine.sources import Impossible, Source
from chat.analyst.queries import Query

MOST_CORRELATED = 12
MOST_POINTS = 500
Numbers = NDArray[np.float64]


def correlation(query: Query, source: Source) -> Result:
    """Coefficients of pairs in which both values are there, with the probability of such a one by chance."""
    numeric = [column.name for column in source.columns if column.kind == "number"]
    names = list(query.measures) if len(query.measures) > 1 else [*query.measures, *numeric]
    names = list(dict.fromkeys(names))[:MOST_CORRELATED]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    if len(query.measures) == 1:
        pairs = [(a, b) for a, b in pairs if a == query.measures[0]]
    if not pairs:
        raise Impossible("needs_two_numbers")
    method = query.method or "pearson"
    sql, frame = columns_of(source, names)
    rows = [(a, b, *correlated(frame[a], frame[b], method)) for a, b in pairs]
    result = pd.DataFrame(rows, columns=["a", "b", "r", "pairs", "p"])
    result = result.sort_values("r", key=lambda r: -r.abs(), kind="stable", ignore_index=True)
    used = int(frame[names].notna().all(axis=1).sum()) if len(pairs) == 1 else len(frame)
    values: dict[str, Any] = {
        "r": result["r"].iloc[0],
        "p": result["p"].iloc[0],
        "n": int(result["pairs"].iloc[0]),
        "left_out": max(len(numeric) - MOST_CORRELATED, 0),
    }
    if len(pairs) == 1:
        values["points"] = _sample(frame[list(pairs[0])].dropna())
    finish = _CORRELATE.format(names=names, method=_METHODS[method], pairs=pairs)
    return result_of(source, (), used=used, frame=result, values=values, sql=sql, finish=finish)


_METHODS = {"pearson": "pearsonr", "spearman": "spearmanr", "kendall": "kendalltau"}
_CORRELATE = """\
rows.columns = {names!r}
for a, b in {pairs!r}:
    both = rows[[a, b]].dropna()
    r, p = stats.{method}(both[a], both[b])
    print(a, b, r, p, len(both), sep="\\t")"""


def columns_of(source: Source, names: list[str]) -> tuple[str, pd.DataFrame]:
    """Some columns as floats, and the SQL that got them; of dates, days since 1970."""
    listed = ", ".join(_as_number(source, name) for name in names)
    sql = source.sql(f"SELECT {listed}\nFROM {source.relation}")
    frame = source.restored(source.frame(sql), names)
    return sql, frame.astype(float)


def _as_number(source: Source, name: str) -> str:
    if source.kind(name) in ("date", "month"):
        return f"epoch({source.name(name)}) / 86400 AS {source.name(name)}"
    return f"{source.name(name)}::DOUBLE AS {source.name(name)}"


def correlated(a: pd.Series, b: pd.Series, method: str) -> tuple[float, int, float]:
    """The coefficient, how many pairs there are, and p; nan when there are too few or all alike."""
    there = (a.notna() & b.notna()).to_numpy()
    x, y = a.to_numpy()[there], b.to_numpy()[there]
    count = len(x)
    if count < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan, count, math.nan
    if method == "kendall":
        found = scipy.stats.kendalltau(x, y)
        return float(found.statistic), count, float(found.pvalue)
    if method == "spearman":
        x, y = scipy.stats.rankdata(x), scipy.stats.rankdata(y)
    r = float(np.clip(np.corrcoef(x - x[0], y - y[0])[0, 1], -1, 1))  # large values would lose their digits
    freedom = count - 2
    # Student's t, as scipy has it for both; a perfect correlation has no chance left.
    t = math.inf if abs(r) == 1 else abs(r) * math.sqrt(freedom / (1 - r * r))
    return r, count, float(2 * scipy.stats.t.sf(t, freedom))


def _sample(pairs: pd.DataFrame) -> pd.DataFrame:
    """Some of very many points, the same each time."""
    return pairs.sample(MOST_POINTS, random_state=0) if len(pairs) > MOST_POINTS else pairs


def regression(query: Query, source: Source) -> Result:
    """The least squares of the first measure by the others: coefficients, R², p and the root mean squared error."""
    names = list(dict.fromkeys(query.measures))
    if len(names) < 2:
        raise Impossible("needs_two_numbers")
    target, predictors = names[0], names[1:]
    sql, frame = columns_of(source, names)
    both = frame.dropna()
    count, width = len(both), len(predictors)
    if count < width + 2:
        raise Impossible("too_few", count=count, needed=width + 2)
    for name in names:
        if both[name].nunique() < 2:
            raise Impossible("constant", column=name)
    y = both[target].to_numpy()
    fit = _least_squares(both[predictors].to_numpy(), y)
    if fit is None:
        raise Impossible("collinear", columns=", ".join(predictors))
    coefficients, errors, r2, rmse = fit
    freedom = count - width - 1
    with np.errstate(divide="ignore"):
        t = coefficients / errors
    p = 2 * scipy.stats.t.sf(np.abs(t), freedom)
    rows = {
        "term": ["", *predictors],
        "coefficient": coefficients,
        "error": errors,
        "t": t,
        "p": p,
    }
    f = math.inf if r2 >= 1 else (r2 / width) / ((1 - r2) / freedom)
    values: dict[str, Any] = {
        "target": target,
        "slope": float(coefficients[1]),
        "intercept": float(coefficients[0]),
        "r2": r2,
        "adjusted_r2": 1 - (1 - r2) * (count - 1) / freedom,
        "p": float(p[1]) if width == 1 else float(scipy.stats.f.sf(f, width, freedom)),
        "rmse": rmse,
        "n": count,
    }
    if width == 1:
        values["points"] = _sample(both[[predictors[0], target]])
    finish = _REGRESS.format(names=names)
    return result_of(source, tuple(names), used=count, frame=pd.DataFrame(rows), values=values, sql=sql, finish=finish)


_REGRESS = """\
rows.columns = {names!r}
rows = rows.dropna()
y = rows.iloc[:, 0].to_numpy()
x = np.column_stack([np.ones(len(rows)), rows.iloc[:, 1:].to_numpy()])
coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
left = y - x @ coefficients
freedom = len(x) - x.shape[1]
errors = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * (left @ left) / freedom)
p = 2 * stats.t.sf(abs(coefficients / errors), freedom)
for name, *cells in zip(["intercept", *rows.columns[1:]], coefficients, errors, p):
    print(name, *cells, sep="\\t")
print("R²", 1 - (left @ left) / ((y - y.mean()) ** 2).sum(), sep="\\t")
print("RMSE", np.sqrt((left @ left) / len(y)), sep="\\t")
print("n", len(y), sep="\\t")"""


def _least_squares(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers, float, float] | None:
    """Coefficients (the intercept first) and their standard errors, R² and RMSE; None when predictors depend."""
    middle, scale = x.mean(axis=0), x.std(axis=0)
    # Large values would lose their digits.
    design = np.column_stack([np.ones(len(y)), (x - middle) / scale])
    start, y = y[0], y - y[0]
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    scaled, *_ = np.linalg.lstsq(design, y, rcond=None)
    left = y - design @ scaled
    squares = float(left @ left)
    spread = float(((y - y.mean()) ** 2).sum())
    back = np.vstack(
        [np.concatenate([[1.0], -middle / scale]), np.column_stack([np.zeros(len(scale)), np.diag(1 / scale)])]
    )
    variance = np.linalg.inv(design.T @ design) * squares / (len(y) - design.shape[1])
    errors = np.sqrt(np.diag(back @ variance @ back.T))
    coefficients = back @ scaled
    coefficients[0] += start
    return coefficients, errors, 1 - squares / spread, math.sqrt(squares / len(y))
