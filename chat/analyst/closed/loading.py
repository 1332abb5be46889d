"""How a script reads the file: the lines, and the table that they give."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from chat.analyst.tables import Table

_PLAIN = ("CSV", "TSV")


def reading_lines(table: Table) -> list[str]:
    """The lines that read the file beside a script into `df`."""
    return [f"df = {_call(table, table.name)}"]


def _call(table: Table, name: str) -> str:
    if table.format not in _PLAIN:
        sheet = f", sheet_name={table.sheet!r}" if table.sheet else ""
        return f"pd.read_excel({name!r}{sheet})"
    options = [] if (table.encoding or "").casefold() in ("", "utf-8", "ascii") else [f"encoding={table.encoding!r}"]
    options += [] if table.separator in (None, ",") else [f"sep={table.separator!r}"]
    return f"pd.read_csv({', '.join([repr(name), *options, 'low_memory=False'])})"


def frame_of(table: Table, path: Path | None) -> pd.DataFrame:
    """What the script's lines read; the table as it was read here where they can't read the same rows."""
    if path is not None and path.is_file():
        try:
            frame: pd.DataFrame = eval(_call(table, str(path)), {"pd": pd})  # noqa: S307 - our own call of literals
        except Exception:  # whatever the dialect is, our own reading has managed it
            return table.frame
        if frame.shape == table.frame.shape:
            return frame
    return table.frame
