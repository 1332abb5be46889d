"""Asking a closed question about a file, and numbers as its places are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chat.analyst import closed
from chat.analyst.reading import read_table


def ask(path: Path, question: str, language: str = "en") -> closed.Closed:
    """The whole answer to a question about a file."""
    found = closed.answer(question, read_table(path, path.name), language, path)
    assert found is not None
    return found


def two(value: Any, digits: int = 2) -> str:
    """A number with its decimals, two of them unless told otherwise; never "-0.00"."""
    return f"{round(float(value), digits) + 0.0:.{digits}f}"
