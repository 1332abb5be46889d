"""From many measured times to a few figures, and to a table that fits a terminal and a README."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median


def p95(values: Sequence[float]) -> float:
    """The smallest value that 95 of 100 don't exceed (nearest rank)."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def middle(values: Sequence[float]) -> float:
    return float(median(values))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its columns aligned."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    ruler = ["-" * width for width in widths]
    return "\n".join(_line(row, widths) for row in (head, ruler, *rows))


def seconds(value: float) -> str:
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
