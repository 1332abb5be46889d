"""Reads tables out of XML (also Excel's of 2003) and HTML."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree import ElementTree

from chat.analyst.intake.rows import Row
from chat.analyst.tables import ReadingFailed

_SPREADSHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
_LONGEST_SPAN = 1000
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def xml_rows(text: str) -> list[Row]:
    """The records of an XML file, their names first: the elements that are repeated most below one parent.

    An element's text, attributes and children become columns; those of children are named `child.name`.
    Raises ReadingFailed when the file is no XML or holds nothing repeated.
    """
    try:
        # Expat itself refuses entities that grow. The text is decoded already: what it says of its encoding is past.
        root = ElementTree.fromstring(_DECLARATION.sub("", text, count=1))  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ReadingFailed("corrupt") from error
    if root.tag == f"{_SPREADSHEET}Workbook":
        return _spreadsheet_rows(root)
    records = _repeated(root)
    if not records:
        raise ReadingFailed("no_table")
    names: dict[str, int] = {}
    flat = [_flat(record) for record in records]
    for record in flat:
        for name in record:
            names.setdefault(name, len(names))
    rows = [Row(1, list(names))]
    for number, record in enumerate(flat, 1):
        cells = [""] * len(names)
        for name, value in record.items():
            cells[names[name]] = value
        rows.append(Row(number, cells))
    return rows


def _repeated(root: ElementTree.Element) -> list[ElementTree.Element]:
    """The elements of one tag below one parent that hold the most, among those that have parts of their own."""
    best: list[ElementTree.Element] = []
    best_size = 0
    for parent in root.iter():
        tags = Counter(child.tag for child in parent if isinstance(child.tag, str))
        for tag, count in tags.items():
            children = [child for child in parent if child.tag == tag]
            parts = len(children[0]) + len(children[0].attrib)
            if not parts and count < 2:
                continue
            size = count * max(parts, 1) if count > 1 else parts
            if count > 1 and parts:
                size *= 2
            if size > best_size:
                best, best_size = children, size
    return best


def _name(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _flat(element: ElementTree.Element, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}

    def put(name: str, value: str) -> None:
        found[name] = f"{found[name]}, {value}" if found.get(name) else value

    for name, value in element.attrib.items():
        put(prefix + _name(name), value)
    text = (element.text or "").strip()
    if text or (not len(element) and not element.attrib):
        put(prefix.removesuffix(".") or "value", text)
    for child in element:
        if isinstance(child.tag, str):
            for name, value in _flat(child, f"{prefix}{_name(child.tag)}.").items():
                put(name, value)
    return found


def _spreadsheet_rows(root: ElementTree.Element) -> list[Row]:
    """Excel's XML of 2003: the biggest worksheet."""
    tables = [list(table.iter(f"{_SPREADSHEET}Row")) for table in root.iter(f"{_SPREADSHEET}Table")]
    if not tables or not any(tables):
        raise ReadingFailed("empty")
    rows: list[Row] = []
    for row in max(tables, key=len):
        number = int(row.get(f"{_SPREADSHEET}Index", len(rows) + 1))
        rows += [Row(line, []) for line in range(len(rows) + 1, min(number, len(rows) + _LONGEST_SPAN))]
        cells: list[str] = []
        for cell in row.iter(f"{_SPREADSHEET}Cell"):
            index = int(cell.get(f"{_SPREADSHEET}Index", len(cells) + 1))
            cells += [""] * min(index - len(cells) - 1, _LONGEST_SPAN)
            data = cell.find(f"{_SPREADSHEET}Data")
            cells.append("".join(data.itertext()) if data is not None else "")
            cells += [""] * min(int(cell.get(f"{_SPREADSHEET}MergeAcross", 0)), _LONGEST_SPAN)
        rows.append(Row(number, cells))
    return rows


def html_rows(text: str) -> list[Row]:
    """The biggest table of an HTML page; cells that span several are in all of them. Empty when there is none."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    tables = [_expanded(table) for table in parser.tables]
    best = max(tables, key=lambda table: sum(len(row) for row in table), default=[])
    return [Row(number, row) for number, row in enumerate(best, 1)]


@dataclass(slots=True)
class _Cell:
    """A cell and how many columns and rows it takes."""

    across: int = 1
    down: int = 1
    parts: list[str] = field(default_factory=list)

    def text(self) -> str:
        return _BLANKS.sub(" ", "".join(self.parts)).strip()


def _expanded(table: list[list[_Cell]]) -> list[list[str]]:
    """Rows of text in which every cell stands in all the places that it takes."""
    from_above: dict[int, tuple[int, str]] = {}
    rows: list[list[str]] = []
    for cells in table:
        row: list[str] = []
        following: dict[int, tuple[int, str]] = {}
        for cell in [*cells, None]:
            while len(row) in from_above:
                left, text = from_above[len(row)]
                if left > 1:
                    following[len(row)] = (left - 1, text)
                row.append(text)
            for _ in range(cell.across if cell else 0):
                if cell and cell.down > 1:
                    following[len(row)] = (cell.down - 1, cell.text())
                row.append(cell.text() if cell else "")
        from_above = following
        rows.append(row)
    return rows


class _Tables(HTMLParser):
    """Collects the cells of all tables of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[_Cell]]] = []
        self._open: list[list[list[_Cell]]] = []
        self._cell: _Cell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, row or cell."""
        if tag == "table":
            self._open.append([])
            self.tables.append(self._open[-1])
            self._cell = None
        elif tag == "tr" and self._open:
            self._open[-1].append([])
            self._cell = None
        elif tag in ("td", "th") and self._open:
            if not self._open[-1]:
                self._open[-1].append([])
            values = dict(attrs)
            self._cell = _Cell(_span(values.get("colspan")), _span(values.get("rowspan")))
            self._open[-1][-1].append(self._cell)
        elif tag == "br" and self._cell is not None:
            self._cell.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a table, row or cell."""
        if tag in ("td", "th", "tr"):
            self._cell = None
        elif tag == "table" and self._open:
            self._open.pop()
            self._cell = None

    def handle_data(self, data: str) -> None:
        """Text, which matters within cells only."""
        if self._cell is not None:
            self._cell.parts.append(data)


_BLANKS = re.compile(r"[ \t\r\n\f\v\u00a0]+")


def _span(value: str | None) -> int:
    return min(int(value), _LONGEST_SPAN) if value and value.strip().isdigit() and int(value) > 0 else 1
