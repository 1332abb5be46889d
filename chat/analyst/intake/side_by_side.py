"""Tells tables that stand side by side in a sheet from one table with blank columns in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chat.analyst.intake.rows import Row
from chat.analyst.intake.shapes import kind_of

_LABELS = 0.8
_LEAST = 2  # columns, and rows, of what is a table of its own


@dataclass(frozen=True, slots=True)
class Block:
    """Columns `start` to `end` (exclusive, from 0) of a sheet, between blank ones."""

    start: int
    end: int
    heads: tuple[str, ...]
    height: int
    filled: int


def tables_in(rows: Sequence[Row]) -> list[Block]:
    """The tables side by side, the biggest first; a single one when the sheet is one table."""
    width = max((len(row.cells) for row in rows), default=0)
    used = [any(number < len(row.cells) and row.cells[number].strip() for row in rows) for number in range(width)]
    edges = [number for number in range(width) if used[number] and (number == 0 or not used[number - 1])]
    ends = [number + 1 for number in range(width) if used[number] and (number + 1 == width or not used[number + 1])]
    blocks = [_block(rows, start, end) for start, end in zip(edges, ends, strict=True)]
    if len(blocks) < 2 or not all(_is_table(rows, block, blocks[0]) for block in blocks):
        return [Block(0, width, (), len(rows), 0)]
    return sorted(blocks, key=lambda block: -block.filled)


def _block(rows: Sequence[Row], start: int, end: int) -> Block:
    parts = [[cell.strip() for cell in row.cells[start:end]] for row in rows]
    parts = [part for part in parts if any(part)]
    heads = next((part for part in parts if all(part)), [])
    return Block(start, end, tuple(heads), len(parts), sum(map(bool, (cell for part in parts for cell in part))))


def _is_table(rows: Sequence[Row], block: Block, first: Block) -> bool:
    """Whether a block has labels of its own, and is of another length, further off or named like the first one."""
    if block.end - block.start < _LEAST or block.height <= _LEAST:
        return False
    labels = [row.cells[block.start].strip() for row in rows if block.start < len(row.cells)]
    labels = [label for label in labels if label][1:]
    if sum(kind_of(label) in ("text", "code", "date") for label in labels) < _LABELS * len(labels):
        return False
    if block is first:
        return True
    gap = not any(row.cells[block.start - 2].strip() for row in rows if block.start - 2 < len(row.cells))
    return gap or block.height != first.height or block.heads == first.heads
