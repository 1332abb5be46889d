"""How a script reads the file: the line, and the table that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chat.analyst.tables import Table

_PLAIN = ("CSV", "TSV")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table in memory and the lines that read it into `df`: none where pandas alone doesn't get the same rows."""

    frame: pd.DataFrame
    reading: tuple[str, ...]


def load(table: Table, path: Path | None) -> Loaded:
    """The table of a file as a script beside it would read it, else as it was read here."""
    if path is not None and path.is_file():
        try:
            frame: pd.DataFrame = _read(table, path)
        except Exception:  # whatever pandas stumbles over, our own reading has managed it
            return Loaded(table.frame, ())
        if frame.shape == (table.height, len(table.columns)):
            return Loaded(frame, (f"df = {_call(table, table.name)}",))
    return Loaded(table.frame, ())


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
