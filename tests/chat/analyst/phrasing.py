"""Files and plain Python arithmetic for the test of everyday phrasings, and what an answer comes down to."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from chat.analyst.engine.computing import Result
from chat.analyst.queries import Query

Row = dict[str, Any]
Measure = Callable[[list[Row]], Any]


def sales_rows() -> list[Row]:
    """A sale every four days from November 2023 on, two without an amount, the last one twice."""
    regions, products = ("서울", "부산", "대구", "광주"), ("노트북", "마우스", "키보드", "모니터", "스피커")
    rows = [
        {
            "날짜": date(2023, 11, 2) + timedelta(days=4 * i),
            "지역": regions[(i * i + i // 3) % 4],
            "제품": products[(i * 7 + i // 5) % 5],
            "매출": None if i in (17, 58) else 20_000 * (1 + (i * 37) % 61),
            "수량": 1 + (i * 11) % 9 if i != 40 else 90,
        }
        for i in range(110)
    ]
    return [*rows, dict(rows[-1])]


def staff_rows() -> list[Row]:
    """Ninety employees, three of them without a score."""
    return [
        {
            "employee_id": f"E{i:03d}",
            "department": ("Sales", "IT", "Finance", "HR")[(i * i + i // 7) % 4],
            "city": ("Seoul", "Busan", "Daegu")[(i * 5 + i // 4) % 3],
            "gender": ("F", "M")[(i // 2) % 2],
            "age": 23 + (i * 13) % 38,
            "salary": 30_000 + 500 * ((i * 29) % 97),
            "score": None if i % 40 == 7 else round(1 + (i * 17) % 41 / 10, 1),
            "hire_date": date(2019, 1, 15) + timedelta(days=20 * i),
        }
        for i in range(90)
    ]


def as_csv(rows: list[Row]) -> str:
    """The rows as the text of a file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def values(column: str, rows: list[Row]) -> list[Any]:
    return [row[column] for row in rows if row[column] is not None]


def total(column: str) -> Measure:
    return lambda rows: sum(values(column, rows))


def mean(column: str) -> Measure:
    return lambda rows: fmean(values(column, rows))


def most(column: str) -> Measure:
    return lambda rows: max(values(column, rows))


def least(column: str) -> Measure:
    return lambda rows: min(values(column, rows))


def different(column: str) -> Measure:
    return lambda rows: len(set(values(column, rows)))


def where(measure: Measure, **wanted: Any) -> Measure:
    """`measure` of the rows whose columns have a wanted value, are among wanted ones, or pass a test."""
    return lambda rows: measure([row for row in rows if all(_fits(row[name], test) for name, test in wanted.items())])


def _fits(value: Any, test: Any) -> bool:
    if callable(test):
        return value is not None and bool(test(value))
    return value in test if isinstance(test, tuple) else value == test


def by(name: str, measure: Measure, label: Callable[[Any], Any] = lambda value: value) -> Measure:
    """`measure` of each group."""

    def of_groups(rows: list[Row]) -> dict[Any, Any]:
        groups: dict[Any, list[Row]] = defaultdict(list)
        for row in rows:
            groups[label(row[name])].append(row)
        return {group: measure(members) for group, members in groups.items()}

    return of_groups


def monthly(name: str, measure: Measure) -> Measure:
    return by(name, measure, lambda day: f"{day:%Y-%m}")


def yearly(name: str, measure: Measure) -> Measure:
    return by(name, measure, lambda day: f"{day:%Y}")


def quarterly(name: str, measure: Measure) -> Measure:
    return by(name, measure, lambda day: f"{day:%Y}Q{(day.month + 2) // 3}")


def ranked(groups: Measure, limit: int, *, ascending: bool = False) -> Measure:
    """The groups with the highest or lowest values, as a list of pairs."""
    return lambda rows: sorted(groups(rows).items(), key=lambda pair: pair[1], reverse=not ascending)[:limit]


def largest(column: str, limit: int) -> Measure:
    return lambda rows: sorted(values(column, rows), reverse=True)[:limit]


def shares(groups: Measure) -> Measure:
    """The percentage that each group has in the whole."""

    def percentages(rows: list[Row]) -> dict[Any, float]:
        parts = groups(rows)
        return {group: part / sum(parts.values()) * 100 for group, part in parts.items()}

    return percentages


def quantile(column: str, part: float) -> Measure:
    """By linear interpolation."""

    def interpolated(rows: list[Row]) -> float:
        ordered = sorted(values(column, rows))
        place = (len(ordered) - 1) * part
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))

    return interpolated


def outliers(column: str) -> Measure:
    """How many values lie beyond one and a half interquartile ranges outside the quartiles."""

    def beyond(rows: list[Row]) -> int:
        q1, q3 = (quantile(column, part)(rows) for part in (0.25, 0.75))
        reach = 1.5 * (q3 - q1)
        return sum(not q1 - reach <= value <= q3 + reach for value in values(column, rows))

    return beyond


def pearson(one: str, other: str) -> Measure:
    def coefficient(rows: list[Row]) -> float:
        pairs = [(row[one], row[other]) for row in rows if row[one] is not None and row[other] is not None]
        a, b = fmean(x for x, _ in pairs), fmean(y for _, y in pairs)
        spread = sum((x - a) ** 2 for x, _ in pairs) * sum((y - b) ** 2 for _, y in pairs)
        return float(sum((x - a) * (y - b) for x, y in pairs) / spread**0.5)

    return coefficient


def empty_cells(rows: list[Row]) -> int:
    return sum(value is None for row in rows for value in row.values())


def repeated(rows: list[Row]) -> int:
    return len(rows) - len({tuple(row.values()) for row in rows})


def outcome(query: Query, result: Result) -> Any:
    """What an answer comes down to: a number, a dictionary of groups, a list of the best, or the kind of overview."""
    found = result.values
    match query.action:
        case "count" | "missing" | "outliers" | "duplicates" | "distinct":
            return found[query.action]
        case "correlation":
            return found["r"]
        case "aggregate" if not query.groups:
            return found["sum"] if not query.statistics else _single(found[name] for name in query.statistics)
        case "share" if not query.groups:
            return found["share"]
        case "share" if query.limit:
            return _pairs(result, "#part")
        case "share" | "aggregate" | "trend" if query.limit is None:
            column = "#share" if query.action == "share" else _summed(query, result)
            return dict(_pairs(result, column))
        case "top" | "trend":
            column = found["by"]
            return _pairs(result, column) if query.groups or query.date else list(result.frame[column])
        case "preview":
            return ("preview", len(result.frame))
        case "columns":
            return list(result.frame["column"])
    return (query.action, *(query.measures if query.action in ("describe", "distribution") else ()))


def _summed(query: Query, result: Result) -> str:
    if not query.measures:
        return "#count"
    return f"{query.statistics[0] if query.statistics else 'sum'} {query.measures[0]}"


def _single(items: Iterable[Any]) -> Any:
    several = tuple(items)
    return several[0] if len(several) == 1 else several


def _pairs(result: Result, column: str) -> list[tuple[Any, Any]]:
    """Each group's name and its value; the names of several groups as one tuple."""
    names = [name for name in result.frame.columns if name in result.frame.columns[: _names(result)]]
    labels = result.frame[names].astype(str).itertuples(index=False, name=None)
    return [(_single(label), value) for label, value in zip(labels, result.frame[column], strict=True)]


def _names(result: Result) -> int:
    """How many columns at the left name groups: those before the first computed one."""
    computed = [" " in name or name.startswith("#") for name in result.frame.columns]
    return computed.index(True)
