"""A test of rows, as a part of the script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FRAME = "\0"  # what no literal of Python holds as it is


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of rows: the column that it is about and its code, in which FRAME stands for the table."""

    column: str
    code: str
    is_equality: bool = False
    value: Any = None
