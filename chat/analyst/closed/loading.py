"""How a script reads the file: the lines, and the table that they give."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from chat.analyst.reading_calls import helpers_of, reading_code
from chat.analyst.tables import Table

_PLAIN = ("CSV", "TSV")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table in memory and the lines that read it into `df`: none where nobody has chosen the file's path."""

    frame: pd.DataFrame
    reading: tuple[str, ...]


def load(table: Table, path: Path | None) -> Loaded:
    """The table of a file as one plain call reads it, where that is what our own reading found; else as that did."""
    if path is None or not path.is_file():
        return Loaded(table.frame, ())
    try:
        frame: pd.DataFrame = _read(table, path)
    except Exception:  # whatever pandas stumbles over, our own reading has managed it
        frame = pd.DataFrame()
    if _is_the_same(frame, table):
        return Loaded(frame, (f"df = {_call(table, table.name)}",))
    code, _ = reading_code(table, path, table.names(), "df")
    lines = [line for line in code.splitlines() if "#row" not in line]
    return Loaded(table.frame.rename(columns=table.identifiers), (*helpers_of(code), *lines))


def _is_the_same(frame: pd.DataFrame, table: Table) -> bool:
    """Whether pandas found the same rows, the same numbers in columns of numbers, and no others."""
    if frame.shape != (table.height, len(table.columns)):
        return False
    for place, column in enumerate(table.columns):
        plain, ours = frame.iloc[:, place], table.frame[column.name]
        is_number = is_numeric_dtype(plain) and not is_bool_dtype(plain)
        if is_number != (column.kind == "number"):
            if plain.notna().any() or ours.notna().any():
                return False
        elif is_number:
            if not plain.astype(float).equals(
                pd.Series(ours.to_numpy(float, na_value=float("nan")), index=plain.index)
            ):
                return False
        elif not plain.isna().equals(ours.isna().set_axis(plain.index)):
            return False
    return True


def _options(table: Table) -> dict[str, object]:
    if table.format not in _PLAIN:
        return {"sheet_name": table.sheet} if table.sheet else {}
    options: dict[str, object] = {}
    if (table.encoding or "").casefold() not in ("", "utf-8", "ascii"):
        options["encoding"] = table.encoding
    if table.separator not in (None, ","):
        options["sep"] = table.separator
    return {**options, "low_memory": False}


def _reader(table: Table) -> str:
    return "read_csv" if table.format in _PLAIN else "read_excel"


def _read(table: Table, path: Path) -> pd.DataFrame:
    found: pd.DataFrame = getattr(pd, _reader(table))(path, **_options(table))
    return found


def _call(table: Table, name: str) -> str:
    options = [f"{key}={value!r}" for key, value in _options(table).items()]
    return f"pd.{_reader(table)}({', '.join([repr(name), *options])})"
