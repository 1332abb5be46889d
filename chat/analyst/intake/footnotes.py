"""Tells the notes below a table from its last rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chat.analyst.intake.rows import Row
from chat.analyst.intake.shapes import kind_of

_LONG = 24
_NOTE = re.compile(
    r"\s*([※*†‡①②#]|주\s*[):\]]|\(주\)|\[주|주\d|주석|출처|자료|비고\s*:|단위|참고|note|source|notes?:|remark|footnote|\(\d+\)|\d\)\s"
    r"|last updated|data from|generated (by|on|at)|\(?c\)\s?opyright|copyright|©"
    r"|(fonte|fuente|quelle|källa|bron|źródło|zdroj|источник|примечани|remarque|notas?|fußnote|anmerkung)\w{0,3}(\(\w\))?\s*[:：]"
    r"|(数据|資料|资料|数据)来源|資料來源|出典|注\s?[:：)）\d])",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\(?\d[\d,]*( (rows?|row\(s\)|records?|record\(s\))\)?( (in set|selected|affected|returned|fetched).*)?|개 행.*)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\d{1,2}\.(\s|$)")


def notes_from(rows: Sequence[Row], width: int) -> int:
    """Where the notes below a table begin: lines of one cell that are no row of it."""
    if width < 2:
        return len(rows)
    last = next((index for index in range(len(rows) - 1, -1, -1) if rows[index].filled), 0)
    if last and _COUNT.fullmatch(" ".join(" ".join(rows[last].cells).split())):
        return notes_from(rows[:last], width)
    tail = _tail(rows, width)
    if tail < len(rows):
        return tail
    index = len(rows)
    start = index
    while index > 0:
        row = rows[index - 1]
        if not row.filled:
            index -= 1
            continue
        apart = index >= 2 and not rows[index - 2].filled
        first = row.cells[0].strip() if row.cells else ""
        alone = (row.filled == 1 and bool(first)) or (
            row.filled > 1 and len(row.cells) != width and bool(_NOTE.match(first))
        )
        apart = apart or _gap_above(rows, index - 1)
        marked = apart and bool(_NOTE.match(first))  # a comma in it may make cells of it, as many as a row has
        if not marked and not (alone and _is_note(row, first, width, apart)):
            break
        index -= 1
        start = index
    return start if start > 0 else len(rows)


def _tail(rows: Sequence[Row], width: int) -> int:
    """Where only lines of words in one cell or two follow, of which at least one is a note: further texts about it.

    The number of rows when the lines at the end are no such.
    """
    index = len(rows)
    while index > 0 and _is_words(rows[index - 1], width):
        index -= 1
    lines = [row for row in rows[index:] if row.filled]
    proven = any(_NOTE.match(row.cells[0].strip()) for row in lines) and width > 2
    return index if proven and 0 < index < len(rows) else len(rows)


def _is_words(row: Row, width: int) -> bool:
    """Whether a line is blank or has less than half of the table's cells, and the first one is a text."""
    if not row.filled:
        return True
    first = row.cells[0].strip()
    words = kind_of(first) in ("text", "signs") or bool(_NOTE.match(first)) or bool(_NUMBERED.match(first))
    return words and len(row.cells) <= max(1, min(2, (width - 1) // 2))


def _gap_above(rows: Sequence[Row], index: int) -> bool:
    """Whether blank lines stand between the table and the lines at its end, this one among them."""
    while index > 0 and rows[index].filled == 1:
        index -= 1
    return not rows[index].filled


def _is_note(row: Row, text: str, width: int, apart: bool) -> bool:
    if _NOTE.match(text):
        return True
    words = kind_of(text) == "text"
    if apart:
        return words
    return words and len(row.cells) == 1 and width > 2 and (len(text) >= _LONG or text.count(" ") > 1 or width > 4)
