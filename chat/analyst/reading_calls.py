"""Finds the pandas calls that read a file just as it was read, and proves them by doing it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from chat.analyst.reading import read
from chat.analyst.tables import Column, ReadingFailed, Table

_SAMPLE = 20_000  # rows that are compared
_MOST_READ_AGAIN = 20_000_000  # bytes of a file that is read once more to be sure
_TEXT = '''\
def text(cells):
    """Without blanks at the ends; what stands for nothing is missing."""
    cells = cells.str.strip()
    return cells.mask(cells.str.lower().isin(["", "nan", "null", "#n/a", "<na>"]))
'''
_NUMBER = '''\
def number(cells, decimal="."):
    """Without thousands separators, units and brackets for negative numbers."""
    cells = cells.str.strip().str.replace(r"^\\((.*)\\)$|^(.*\\d)-$", r"-\\1\\2", regex=True)
    cells = cells.str.replace(r"[−△▲]", "-", regex=True)
    if decimal == ",":
        cells = cells.str.replace(r"(?<=\\d)[.'\\s](?=\\d)", "", regex=True).str.replace(",", ".")
    cells = cells.str.replace(r"[^0-9.eE+-]|(?<![0-9.])[eE]|[eE](?![0-9+-])", "", regex=True)
    return pd.to_numeric(cells, errors="coerce")
'''
_DATE = '''\
def date(cells):
    """Year, month and day as the numbers in that order, then hour, minute and second."""
    day, clock = r"(\\d{4})\\D*(\\d{1,2})(?:\\D+(\\d{1,2}))?", r"(?:(\\d{1,2})\\D+(\\d{1,2})(?:\\D+(\\d{1,2}))?)?"
    parts = cells.str.extract(day + r"\\D*" + clock)
    parts = parts.fillna({0: "", 1: "", 2: "1", 3: "0", 4: "0", 5: "0"})
    joined = parts[0] + "-" + parts[1] + "-" + parts[2] + " " + parts[3] + ":" + parts[4] + ":" + parts[5]
    times = pd.to_datetime(joined, format="%Y-%m-%d %H:%M:%S", errors="coerce")
    late = cells.str.contains("오후|PM", case=False) & (times.dt.hour < 12)
    early = cells.str.contains("오전|AM", case=False) & (times.dt.hour == 12)
    return times + pd.to_timedelta(late * 12 - early * 12, unit="h")
'''
_HELPERS = {"text(": _TEXT, "number(": _NUMBER, "date(": _DATE}
_FORMATS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%Y-%m",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d %b %y",
    "%d-%b-%y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
)


def reading_code(table: Table, path: Path, used: Iterable[str], variable: str = "data") -> tuple[str, bool]:
    """Python that reads the file in `path` into a frame called `variable`, with its used columns typed.

    Also tells whether it reads the file itself, and not what `analyse --dump` makes of it.
    """
    recipe = _recipe(table, path)
    names = list(table.identifiers.values())
    lines = [f"{variable} = {recipe.call}"]
    if recipe.names != names:
        lines.append(f"{variable}.columns = {names!r}")
    wanted = set(used)
    for column in table.columns:
        if column.name in wanted:
            target = f"{variable}[{table.identifiers[column.name]!r}]"
            lines.append(f"{target} = {recipe.converters[column.name].format(target)}")
    lines.append(f'{variable}["#row"] = range(len({variable}))')
    return "\n".join(lines), recipe.is_plain


def helpers_of(code: str) -> list[str]:
    """The functions that the code calls."""
    return [source for call, source in _HELPERS.items() if f" = {call}" in code]


@dataclass(frozen=True, slots=True)
class _Recipe:
    """The call that reads a file as text, the names that it finds, and what types each column, {} being its text."""

    call: str
    names: list[str]
    converters: dict[str, str]
    is_plain: bool


_RECIPES: WeakKeyDictionary[Table, _Recipe] = WeakKeyDictionary()


def _recipe(table: Table, path: Path) -> _Recipe:
    """How pandas reads the file, found once for each table."""
    if table not in _RECIPES:
        _RECIPES[table] = _find_recipe(table, path)
    return _RECIPES[table]


def _find_recipe(table: Table, path: Path) -> _Recipe:
    """How pandas reads the file, or what `analyse --dump` makes of it when it can't."""
    for call in _calls(table):
        raw = _tried(call, path)
        if raw is not None and raw.shape == (min(table.height, _SAMPLE), len(table.columns)):
            converters = _converters(table, raw)
            if len(converters) == len(table.columns):
                return _Recipe(call, [str(name) for name in raw.columns], converters, is_plain=True)
    header = ", header=None" if _has_no_header(table) else ""
    call = f"pd.read_csv({table.name + ' as read.csv'!r}{header}, dtype=str, keep_default_na=False)"
    is_small = path.exists() and path.stat().st_size <= _MOST_READ_AGAIN
    raw = _as_read(table, path) if is_small else pd.DataFrame()
    usual = {column.name: _choices(column)[-1] for column in table.columns}
    return _Recipe(call, [str(name) for name in raw.columns], usual | _converters(table, raw), is_plain=False)


def _has_no_header(table: Table) -> bool:
    return any(note.key == "no_header" for note in table.notes)


def _calls(table: Table) -> list[str]:
    """Calls that may read the file, the plainest first."""
    name = repr(table.name)
    header = ", header=None" if _has_no_header(table) else ""
    above = f", skiprows={table.header_lines[0] - 1}" if table.header_lines and table.header_lines[0] > 1 else ""
    rest = ", dtype=str, keep_default_na=False)"
    if table.format in ("CSV", "TSV") and table.separator and len(table.header_lines) <= 1:
        separator = "" if table.separator == "," else f", sep={table.separator!r}"
        encoding = "" if table.encoding in (None, "utf-8", "ascii") else f", encoding={table.encoding!r}"
        quote = "" if table.quote in (None, '"') else f", quotechar={table.quote!r}"
        escape = f", escapechar={table.escape!r}" if table.escape else ""
        return [f"pd.read_csv({name}{separator}{encoding}{quote}{escape}{above}{header}{rest}"]
    if table.sheet and len(table.header_lines) <= 1:
        sheet = f", sheet_name={table.sheet!r}"
        return [
            f'pd.read_excel({name}{sheet}{above}{header}, engine="{engine}"{rest}'
            for engine in ("openpyxl", "calamine")
        ]
    if table.format == "Parquet":
        return [f"pd.read_parquet({name}).astype(str)"]
    return []


def _tried(call: str, path: Path) -> pd.DataFrame | None:
    """What a call reads, of a big file its first rows; None when it can't."""
    rows = f", nrows={_SAMPLE})" if "read_csv" in call or "read_excel" in call else None
    if rows:
        call = call[:-1] + rows
    opened = call.replace(call[call.index("(") + 1 : _end_of_name(call)], repr(str(path)), 1)
    try:
        frame: pd.DataFrame = eval(opened, {"pd": pd})  # noqa: S307 - all that it holds is our own repr
        return frame
    except Exception:  # whatever pandas makes of an ugly file, it isn't this call then
        return None


def _end_of_name(call: str) -> int:
    """Where the first argument, a text, ends."""
    start = call.index("(") + 1
    place = start + 1
    while call[place] != call[start]:
        place += 2 if call[place] == "\\" else 1
    return place + 1


def _as_read(table: Table, path: Path) -> pd.DataFrame:
    """The table's text as `analyse --dump` writes it."""
    try:
        reading = read(path, table.name)
    except ReadingFailed:
        return pd.DataFrame()
    if reading.texts is None:
        return pd.DataFrame()
    frame = reading.texts.slice(0, _SAMPLE).to_pandas().fillna("")
    frame.columns = pd.Index(list(reading.header or range(frame.shape[1])), dtype=object)
    return frame


def _converters(table: Table, raw: pd.DataFrame) -> dict[str, str]:
    """What types a column of text as it was typed, for each column for which there is anything."""
    expected = table.head(_SAMPLE)
    found: dict[str, str] = {}
    scope: dict[str, Any] = {"pd": pd}
    exec("\n".join(_HELPERS.values()), scope)  # noqa: S102 - our own functions above
    for place, column in enumerate(table.columns[: raw.shape[1]]):
        for choice in _choices(column):
            if _agrees(choice, raw.iloc[:, place], expected.iloc[:, place], scope):
                found[column.name] = choice
                break
    return found


def _choices(column: Column) -> list[str]:
    if column.kind == "text":
        return ["text({})"]
    if column.kind == "number":
        plain = 'pd.to_numeric({}, errors="coerce")'
        return [plain, "number({})", 'number({}, decimal=",")', "number({})"]
    return [*(f'pd.to_datetime({{}}, format="{shape}", errors="coerce")' for shape in _FORMATS), "date({})"]


def _agrees(choice: str, cells: pd.Series, expected: pd.Series, scope: dict[str, Any]) -> bool:
    try:
        typed = eval(choice.format("cells"), scope, {"cells": cells})  # noqa: S307 - one of the choices above
        there = expected.notna().to_numpy()
        if not (typed.notna().to_numpy() == there).all():
            return False
        return bool(np.all(typed.to_numpy()[there] == expected.to_numpy()[there]))
    except Exception:  # a column that this choice can't read
        return False
