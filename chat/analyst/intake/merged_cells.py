"""Finds merged cells in OpenDocument files, and the rows of a sheet that are names because cells in them are merged."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from chat.analyst.intake.column_kinds import DEEPEST, is_value

Range = tuple[tuple[int, int], tuple[int, int]]  # the first row and column and the last ones, counted from 0

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_LARGEST = 100 << 20  # bytes of XML beyond which looking would take longer than reading
_LOOKED_AT = 30


def open_document_ranges(path: Path, sheet: str) -> list[Range]:
    """The merged cells of a sheet of an OpenDocument file; none for other formats."""
    try:
        with zipfile.ZipFile(path) as archive:
            if "content.xml" not in archive.namelist() or archive.getinfo("content.xml").file_size > _LARGEST:
                return []
            with archive.open("content.xml") as xml:
                return _ranges(xml, sheet)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, ElementTree.ParseError):
        return []


def _ranges(xml: IO[bytes], sheet: str) -> list[Range]:
    found: list[Range] = []
    inside = False
    row = column = 0
    for event, element in ElementTree.iterparse(xml, events=("start", "end")):  # noqa: S314 (expat refuses entities)
        if element.tag == f"{_TABLE}table":
            if inside and event == "end":
                break
            inside = event == "start" and element.get(f"{_TABLE}name") == sheet
        elif event == "start" or not inside:
            continue
        elif element.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            across, down = (_count(element, f"number-{what}-spanned") for what in ("columns", "rows"))
            if across > 1 or down > 1:
                found.append(((row, column), (row + down - 1, column + across - 1)))
            column += _count(element, "number-columns-repeated")
            element.clear()
        elif element.tag == f"{_TABLE}table-row":
            row, column = row + _count(element, "number-rows-repeated"), 0
            element.clear()
    return found


def _count(element: ElementTree.Element, name: str) -> int:
    return int(element.get(_TABLE + name) or 1)


def rows_of_names(cells: Sequence[Sequence[str]], ranges: Sequence[Range]) -> range:
    """The rows, counted from 0, that can only be names: cells merged across columns there stand over others.

    `cells` are those of the sheet with merged ones filled. Empty when nothing says so.
    """
    width = max(map(len, cells), default=0)
    across = [one for one in ranges if one[0][1] < one[1][1] and one[1][1] - one[0][1] + 1 < max(3, width)]
    for top in sorted({first[0] for first, last in across if first[0] == last[0]})[:_LOOKED_AT]:
        groups = [(first, last) for first, last in across if first[0] == top == last[0]]
        beside = [last[0] for first, last in ranges if first[0] == top < last[0] and first[1] == last[1]]
        bottom = top + 1
        while any(first[0] == last[0] == bottom for first, last in across):
            bottom += 1
        bottom = max([bottom, *beside])
        if not beside and len(groups) < 2:
            continue
        rows = [[cell.strip() for cell in row] for row in cells[top : bottom + 1]]
        if bottom - top >= DEEPEST or bottom + 1 >= len(cells) or any(is_value(cell) for row in rows for cell in row):
            return range(0)
        told_apart = all(len(set(rows[-1][first[1] : last[1] + 1])) > 1 for first, last in groups)
        return range(top, bottom + 1) if told_apart else range(0)
    return range(0)
