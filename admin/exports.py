"""Frames as files for a spreadsheet."""

from __future__ import annotations

from typing import Any

import pandas as pd

from chat import sheets


def csv_of(frame: pd.DataFrame) -> bytes:
    """As `sheets.csv_of`."""
    return sheets.csv_of(*_plain(frame))


def excel_of(frames: dict[str, pd.DataFrame]) -> bytes:
    """A workbook with a sheet for each frame by its name, as `sheets.workbook_of`."""
    return sheets.workbook_of({name: _plain(frame) for name, frame in frames.items()})


def _plain(frame: pd.DataFrame) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns and the rows."""
    columns = [[_cell(value) for value in frame[name].tolist()] for name in frame.columns]
    return [str(name) for name in frame.columns], list(zip(*columns, strict=True))


def _cell(value: Any) -> Any:
    """A text, a plain number or date, or None."""
    if not isinstance(value, str) and pd.isna(value):
        return None
    # Spreadsheets know no time zones.
    return value.tz_localize(None).to_pydatetime() if isinstance(value, pd.Timestamp) else value
