"""The intake card: what is known about a file before anybody computes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from chat.analyst.intake.personal_data import personal_data
from chat.analyst.intake.spreadsheets import SheetSize
from chat.analyst.tables import Column, Note

_EXAMPLES = 3
_EXAMPLE_LENGTH = 60
_SAMPLE = 2000
_PREVIEW = 5  # rows
_MOST_KEYS = 5


@dataclass(frozen=True, slots=True)
class ColumnCard:
    """A column: its type and unit, examples as the file writes them, what is missing, and whose data it may be.

    `missing_share` is between 0 and 1; `distinct` counts different values. `personal` is "resident_number", "phone",
    "email", "card_number" or None.
    """

    name: str
    kind: str
    unit: str
    examples: tuple[str, ...]
    missing: int
    missing_share: float
    distinct: int
    personal: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """A file as it was read. Everything that doesn't apply to its format is None or empty.

    Line numbers count from 1, in the file or in the sheet. `duplicate_rows` counts the rows that stand there already.
    `keys` are the columns of which every row has a value of its own. `preview` are the first rows as the file writes
    them, each value cut. `text` is what a document says, and only that.
    """

    name: str
    size: int
    kind: Literal["table", "document"]
    format: str
    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    escape: str | None = None
    sheet: str | None = None
    sheets: tuple[SheetSize, ...] = ()
    header_lines: tuple[int, ...] = ()
    skipped_lines: tuple[int, ...] = ()
    rows: int = 0
    columns: tuple[ColumnCard, ...] = ()
    duplicate_rows: int = 0
    keys: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    preview: tuple[tuple[str, ...], ...] = ()
    text: str | None = None
    pages: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The card as JSON has it; a note is its key and its values."""
        card = asdict(self)
        card["notes"] = [{"key": note.key, **dict(note.values)} for note in self.notes]
        card["width"] = len(self.columns)
        return card


@dataclass(frozen=True, slots=True)
class Profile:
    """What the card says about a table's content; its `columns` are all "text" still."""

    columns: tuple[ColumnCard, ...]
    duplicate_rows: int
    keys: tuple[str, ...]

    def typed(self, columns: Sequence[Column]) -> tuple[ColumnCard, ...]:
        """The columns with what they turned out to hold."""
        pairs = zip(self.columns, columns, strict=True)
        return tuple(replace(card, kind=column.kind, unit=column.unit) for card, column in pairs)


def profile_of(texts: pa.Table) -> Profile:
    """Examples, missing values, duplicates, keys and personal data of a table of text, counted where it lies."""
    height = texts.num_rows
    counts = [_filled_and_distinct(column) for column in texts.columns]
    duplicates = _duplicates(texts) if height > 1 else 0
    cards = []
    keys = []
    for number, name in enumerate(texts.column_names):
        there, distinct = counts[number]
        sample = _sample(texts.column(number))
        missing = height - there
        cards.append(
            ColumnCard(
                name,
                "text",
                "",
                tuple(value[:_EXAMPLE_LENGTH] for value in dict.fromkeys(sample[:200]))[:_EXAMPLES],
                missing,
                round(missing / height, 6) if height else 0.0,
                distinct,
                personal_data(name, sample),
            )
        )
        if height > 1 and distinct == height:
            keys.append(name)
    return Profile(tuple(cards), duplicates, tuple(keys[:_MOST_KEYS]))


def preview_of(texts: pa.Table) -> tuple[tuple[str, ...], ...]:
    """The first rows of a table of text."""
    rows = zip(*(column.slice(0, _PREVIEW).to_pylist() for column in texts.columns), strict=True)
    return tuple(tuple((cell or "")[:_EXAMPLE_LENGTH] for cell in row) for row in rows)


def _filled_and_distinct(column: pa.ChunkedArray) -> tuple[int, int]:
    """How many cells hold something, and how many different things."""
    # Piece by piece, as trimming makes a copy.
    blank = [pc.fill_null(pc.equal(pc.utf8_trim_whitespace(chunk), ""), True) for chunk in column.chunks]
    missing = sum(pc.sum(part).as_py() or 0 for part in blank)
    filled = column.filter(pc.invert(pa.chunked_array(blank, pa.bool_()))) if missing else column
    return len(column) - missing, _different(pa.table([filled], ["c0"]))


def _duplicates(texts: pa.Table) -> int:
    """Rows that are equal to one before."""
    height: int = texts.num_rows
    return height - _different(texts.rename_columns([f"c{number}" for number in range(texts.num_columns)]))


def _different(texts: pa.Table) -> int:
    """How many different rows there are, by hash: of a million two differing ones agree in one of 30 million files.

    The texts themselves would take many times the memory.
    """
    cells = ", ".join(f"coalesce({name}, '')" for name in texts.column_names)
    with duckdb.connect() as database:
        database.execute("SET threads = 2")
        database.register("t", texts)
        row = database.execute(f"SELECT count(DISTINCT hash({cells})) FROM t").fetchone()  # noqa: S608 (our own names)
    return int(row[0]) if row else 0


def _sample(column: pa.ChunkedArray) -> list[str]:
    """Values from the beginning, which examples come from, and from all over the column."""
    start = column.slice(0, _SAMPLE // 2).to_pylist()
    step = max(1, len(column) // (_SAMPLE // 2))
    spread = [column[at].as_py() for at in range(_SAMPLE // 2, len(column), step)] if len(column) > _SAMPLE // 2 else []
    return [value for value in [*start, *spread] if value and value.strip()]
