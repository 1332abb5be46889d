"""Computes statistical tests: normality, t-tests, the analysis of variance, and chi-square."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from chat.analyst.engine.five_numbers import box_rows
from chat.analyst.engine.groupings import is_value
from chat.analyst.engine.relations import columns_of
from chat.analyst.engine.results import Result, result_of
from chat.analyst.engine.sources import Impossible, Source
from chat.analyst.engine.time_labels import label_of
from chat.analyst.queries import Query

Numbers = NDArray[np.float64]
MOST_SHAPIRO = 5000  # beyond that many values scipy warns that p may be inexact
_MOST_GROUPS = 1000
_MOST_CATEGORIES = 100
_FEWEST = {"shapiro": 3, "dagostino": 20, "ks": 3, "anderson": 8}


def normality(query: Query, source: Source) -> Result:
    """Whether values may come from a normal distribution; Shapiro and Wilk's test unless another is named."""
    sql, frame = columns_of(source, list(query.measures))
    rows = []
    method = ""
    for name in query.measures:
        values = frame[name].dropna().to_numpy()
        method = query.method or ("shapiro" if len(values) <= MOST_SHAPIRO else "dagostino")
        if len(values) < _FEWEST[method]:
            raise Impossible("too_few", count=len(values), needed=_FEWEST[method])
        if np.ptp(values) == 0:
            raise Impossible("constant", column=name)
        statistic, p, critical = _normal(values, method, query.alpha)
        rejects = statistic > critical if critical is not None else p < query.alpha
        rows.append((name, len(values), statistic, p, critical, rejects))
    result = pd.DataFrame(rows, columns=["column", "n", "statistic", "p", "critical", "significant"])
    values_found: dict[str, Any] = dict(
        zip(("n", "statistic", "p", "critical", "significant"), rows[0][1:], strict=True)
    )
    values_found["method"] = method
    finish = "\n".join(
        f"print({name!r}, *{_NORMAL[method].format(values=f'rows.iloc[:, {place}].dropna()')}, sep='\\t')"
        for place, name in enumerate(query.measures)
    )
    return result_of(source, query.measures, frame=result, values=values_found, sql=sql, finish=finish)


_NORMAL = {
    "shapiro": "stats.shapiro({values})",
    "dagostino": "stats.normaltest({values})",
    "ks": 'stats.kstest((v := {values}), "norm", args=(v.mean(), v.std()))',
    "anderson": '(stats.anderson({values}, method="interpolate").statistic,)',
}


def _normal(values: Numbers, method: str, alpha: float) -> tuple[float, float, float | None]:
    """The statistic, p and, where p doesn't exist, the critical value."""
    if method == "anderson":
        return _anderson(values, alpha)
    if method == "ks":
        found = scipy.stats.kstest(values, "norm", args=(values.mean(), values.std(ddof=1)))
    else:
        found = scipy.stats.shapiro(values) if method == "shapiro" else scipy.stats.normaltest(values)
    return float(found.statistic), float(found.pvalue), None


_ANDERSON = {0.15: 0.561, 0.1: 0.631, 0.05: 0.752, 0.025: 0.873, 0.01: 1.035}


def _anderson(values: Numbers, alpha: float) -> tuple[float, float, float]:
    """Anderson and Darling's statistic and the critical value of the nearest level that is tabled (Stephens 1986)."""
    count = len(values)
    ordered = np.sort((values - values.mean()) / values.std(ddof=1))
    places = np.arange(1, count + 1)
    normal = scipy.stats.norm
    squared = -count - np.sum((2 * places - 1) / count * (normal.logcdf(ordered) + normal.logsf(ordered[::-1])))
    level = min(_ANDERSON, key=lambda known: abs(known - alpha))
    critical = _ANDERSON[level] / (1 + 0.75 / count + 2.25 / count**2)
    return float(squared), math.nan, critical


def t_test(query: Query, source: Source) -> Result:
    """Whether two means differ, or one from a number: Welch's test unless another is named."""
    method = query.method or ("one_sample" if query.factor is not None else "welch")
    if method == "one_sample":
        return _one_sample(query, source)
    if method == "paired":
        return _paired(query, source)
    names, groups, sql, finish = _two_groups(query, source)
    a, b = groups
    for name, values in zip(names, groups, strict=True):
        if len(values) < 2:
            raise Impossible("too_few_in", name=name, count=len(values), needed=2)
    if np.ptp(a) == 0 and np.ptp(b) == 0:
        raise Impossible("constant", column=query.measures[0])
    found = scipy.stats.ttest_ind(a, b, equal_var=method == "student")
    low, high = found.confidence_interval(1 - query.alpha)
    pooled = math.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / (len(a) + len(b) - 2))
    values_found = _tested(query, found.statistic, found.pvalue) | {
        "df": float(found.df),
        "difference": float(a.mean() - b.mean()),
        "low": float(low),
        "high": float(high),
        "d": float(a.mean() - b.mean()) / pooled,
        "method": method,
        "boxes": box_rows(names, groups),
    }
    finish += f"\nprint(*stats.ttest_ind(a, b, equal_var={method == 'student'}), sep='\\t')"
    columns = query.measures if len(query.measures) > 1 else query.measures[:1]
    used = len(a) + len(b)
    frame = _groups_frame(names, groups)
    return result_of(source, columns, used=used, frame=frame, values=values_found, sql=sql, finish=finish)


def _tested(query: Query, statistic: float, p: float) -> dict[str, Any]:
    return {"statistic": float(statistic), "p": float(p), "significant": bool(p < query.alpha)}


def _groups_frame(names: list[str], groups: list[Numbers]) -> pd.DataFrame:
    rows = [
        (name, len(group), float(group.mean()), float(group.std(ddof=1)) if len(group) > 1 else math.nan)
        for name, group in zip(names, groups, strict=True)
    ]
    return pd.DataFrame(rows, columns=["group", "n", "mean", "std"])


def _two_groups(query: Query, source: Source) -> tuple[list[str], list[Numbers], str, str]:
    """The values of two groups of a measure, or of two measures; and the Python that sets them apart."""
    if not query.groups:
        if len(query.measures) != 2:
            raise Impossible("two_groups_needed")
        sql, frame = columns_of(source, list(query.measures))
        finish = "a, b = rows.iloc[:, 0].dropna(), rows.iloc[:, 1].dropna()"
        return list(query.measures), [frame[name].dropna().to_numpy() for name in query.measures], sql, finish
    names, groups, sql = _grouped_values(query, source)
    if len(names) != 2:
        raise Impossible("not_two_groups", column=query.groups[0], count=len(names))
    if query.compared and query.compared[0] == names[1]:
        names, groups = names[::-1], groups[::-1]
    finish = "\n".join(
        f"{side} = rows[rows.iloc[:, 0].astype(str) == {name!r}].iloc[:, 1]"
        for side, name in zip(("a", "b"), names, strict=True)
    )
    return names, groups, sql, finish


def _grouped_values(query: Query, source: Source) -> tuple[list[str], list[Numbers], str]:
    """The values of a measure by group, the groups in their order."""
    if not query.measures:
        raise Impossible("needs_a_number")
    label = label_of(query.groups[0], query, source)
    measure = source.name(query.measures[0])
    known = f"{measure} IS NOT NULL AND {source.name(query.groups[0])} IS NOT NULL"
    if query.compared:
        known += f"\n  AND ({' OR '.join(is_value(query, source, label, value) for value in query.compared)})"
    listed = f"({label})::VARCHAR AS {source.name(query.groups[0])}, {measure}::DOUBLE AS {measure}"
    sql = source.sql(f"SELECT {listed}\nFROM {source.relation}\nWHERE {known}\nORDER BY 1")
    frame = source.restored(source.frame(sql), ["group", "value"])
    found = frame.groupby("group", sort=True)["value"]
    if found.ngroups > _MOST_GROUPS:
        raise Impossible("too_many_groups", column=query.groups[0], count=found.ngroups)
    return [str(name) for name, _ in found], [values.to_numpy() for _, values in found], sql


def _paired(query: Query, source: Source) -> Result:
    if len(query.measures) != 2:
        raise Impossible("pairs_needed")
    sql, frame = columns_of(source, list(query.measures))
    both = frame.dropna()
    if len(both) < 2:
        raise Impossible("too_few", count=len(both), needed=2)
    a, b = (both[name].to_numpy() for name in query.measures)
    if np.ptp(a - b) == 0:
        raise Impossible("constant_difference")
    found = scipy.stats.ttest_rel(a, b)
    low, high = found.confidence_interval(1 - query.alpha)
    values = _tested(query, found.statistic, found.pvalue) | {
        "df": float(found.df),
        "difference": float((a - b).mean()),
        "low": float(low),
        "high": float(high),
        "method": "paired",
    }
    finish = "rows = rows.dropna()\nprint(*stats.ttest_rel(rows.iloc[:, 0], rows.iloc[:, 1]), sep='\\t')"
    frame = _groups_frame(list(query.measures), [a, b])
    return result_of(source, query.measures, used=len(both), frame=frame, values=values, sql=sql, finish=finish)


def _one_sample(query: Query, source: Source) -> Result:
    if query.factor is None or not query.measures:
        raise Impossible("no_number_to_test")
    name = query.measures[0]
    sql, frame = columns_of(source, [name])
    values = frame[name].dropna().to_numpy()
    if len(values) < 2:
        raise Impossible("too_few", count=len(values), needed=2)
    if np.ptp(values) == 0:
        raise Impossible("constant", column=name)
    found = scipy.stats.ttest_1samp(values, query.factor)
    low, high = found.confidence_interval(1 - query.alpha)
    told = _tested(query, found.statistic, found.pvalue) | {
        "df": float(found.df),
        "difference": float(values.mean() - query.factor),
        "low": float(low) - query.factor,
        "high": float(high) - query.factor,
        "method": "one_sample",
    }
    finish = f"print(*stats.ttest_1samp(rows.iloc[:, 0].dropna(), {query.factor!r}), sep='\\t')"
    frame = _groups_frame([name], [values])
    return result_of(source, (name,), frame=frame, values=told, sql=sql, finish=finish)


def anova(query: Query, source: Source) -> Result:
    """Whether the means of several groups differ: one-way, with F and the share of variance that groups explain."""
    if query.groups:
        names, groups, sql = _grouped_values(query, source)
        finish = "print(*stats.f_oneway(*[v.iloc[:, 1] for _, v in rows.groupby(rows.columns[0])]), sep='\\t')"
    else:
        sql, frame = columns_of(source, list(query.measures))
        names = list(query.measures)
        groups = [frame[name].dropna().to_numpy() for name in names]
        finish = "print(*stats.f_oneway(*[rows[name].dropna() for name in rows.columns]), sep='\\t')"
    groups_there = [(name, group) for name, group in zip(names, groups, strict=True) if len(group)]
    names, groups = [name for name, _ in groups_there], [group for _, group in groups_there]
    count = sum(map(len, groups))
    if len(groups) < 2:
        raise Impossible("groups_needed", count=len(groups))
    if count <= len(groups):
        raise Impossible("too_few", count=count, needed=len(groups) + 1)
    if all(np.ptp(group) == 0 for group in groups):
        raise Impossible("constant_within")
    found = scipy.stats.f_oneway(*groups)
    whole = np.concatenate(groups)
    between = sum(len(group) * (group.mean() - whole.mean()) ** 2 for group in groups)
    values = _tested(query, found.statistic, found.pvalue) | {
        "df_between": len(groups) - 1,
        "df_within": count - len(groups),
        "eta_squared": float(between / ((whole - whole.mean()) ** 2).sum()),
        "boxes": box_rows(names, groups),
    }
    return result_of(
        source, query.measures, used=count, frame=_groups_frame(names, groups), values=values, sql=sql, finish=finish
    )


def chi_square(query: Query, source: Source) -> Result:
    """Whether two columns of categories depend on each other, with the counts that independence would have."""
    names = list(dict.fromkeys((*query.groups, *query.measures)))[:2]
    if len(names) < 2:
        raise Impossible("two_columns_needed")
    labels = [label_of(name, query, source) for name in names]
    cells = [source.name(name) for name in names]
    known = " AND ".join(f"{cell} IS NOT NULL" for cell in cells)
    listed = ", ".join(f"({label})::VARCHAR AS {cell}" for label, cell in zip(labels, cells, strict=True))
    sql = source.sql(
        f"SELECT {listed}, count(*) AS n\nFROM {source.relation}\nWHERE {known}\nGROUP BY 1, 2\nORDER BY 1, 2"
    )
    counts = source.restored(source.frame(sql), ["a", "b", "n"])
    crossed = counts.pivot(index="a", columns="b", values="n").fillna(0).astype("int64")
    for name, size in zip(names, crossed.shape, strict=True):
        if size < 2:
            raise Impossible("one_category", column=name)
        if size > _MOST_CATEGORIES:
            raise Impossible("too_many_groups", column=name, count=size)
    found = scipy.stats.chi2_contingency(crossed)
    total = int(crossed.to_numpy().sum())
    plain = scipy.stats.chi2_contingency(crossed, correction=False).statistic
    values = _tested(query, found.statistic, found.pvalue) | {
        "df": int(found.dof),
        "cramers_v": math.sqrt(float(plain) / (total * (min(crossed.shape) - 1))),
        "n": total,
        "smallest_expected": float(found.expected_freq.min()),
        "few": float((found.expected_freq < 5).mean()),
        "yates": crossed.shape == (2, 2),
        "names": tuple(names),
    }
    expected = pd.DataFrame(found.expected_freq, index=crossed.index, columns=crossed.columns)
    rows = [(a, b, int(crossed.loc[a, b]), float(expected.loc[a, b])) for a in crossed.index for b in crossed.columns]
    frame = pd.DataFrame(rows, columns=[*names, "observed", "expected"])
    return result_of(source, tuple(names), used=total, frame=frame, values=values, sql=sql, finish=_CHI)


_CHI = """\
table = rows.pivot(index=rows.columns[0], columns=rows.columns[1], values="n").fillna(0)
statistic, p, freedom, expected = stats.chi2_contingency(table)
print(statistic, p, freedom, sep="\\t")
print(expected)"""
