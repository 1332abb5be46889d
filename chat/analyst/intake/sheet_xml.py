"""Finds in an Excel sheet's own XML what the spreadsheet library reads as nothing: errors, formulas never computed."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*? t="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>(#[^<]{1,20})</v>'
)
_UNCOMPUTED = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)(?:<v></v>|<v ?/>)?</c>')
_BLOCK = 1 << 20
_LONGEST_CELL = 1 << 16
_LARGEST = 400 << 20  # bytes of XML beyond which looking would take longer than reading


@dataclass(slots=True)
class Unread:
    """Cells by row and column, both counted from 0: errors with their text, and formulas without a value."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncomputed: list[tuple[int, int]] = field(default_factory=list)


def unread_cells(path: Path, sheet: str) -> Unread:
    """What is in a sheet of an .xlsx file besides its values; empty for other formats and when it can't be told."""
    found = Unread()
    try:
        with zipfile.ZipFile(path) as archive:
            member = _member(archive, sheet)
            if member is None or archive.getinfo(member).file_size > _LARGEST:
                return found
            with archive.open(member) as xml:
                rest = b""
                while block := xml.read(_BLOCK):
                    block = rest + block
                    cut = max(block.rfind(b"<c "), len(block) - _LONGEST_CELL)
                    rest = block[cut:]
                    _look(block[:cut], found)
                _look(rest, found)
    except (zipfile.BadZipFile, KeyError, OSError, ElementTree.ParseError):
        return Unread()
    return found


def _member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    if "xl/workbook.xml" not in archive.namelist():
        return None
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (expat refuses entities that grow)
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in book.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            target = targets.get(element.get(_RELATION), "")
            return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/") if target else None
    return None


def _look(xml: bytes, found: Unread) -> None:
    if b't="e"' in xml:
        for column, row, text in _ERROR.findall(xml):
            found.errors[int(row) - 1, _number(column)] = text.decode("utf-8", errors="replace")
    if b"<f" in xml:
        found.uncomputed += [(int(row) - 1, _number(column)) for column, row in _UNCOMPUTED.findall(xml)]


def _number(column: bytes) -> int:
    """A column's place from 0, from its letters."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number - 1
