"""The job that reads a file for its intake card, and leaves beside it what questions would have to read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chat.analyst.intake.cards import Card
from chat.analyst.reading import MOST_KEPT_CELLS, Choice, Reading, read, read_table
from chat.analyst.stored_tables import open_table, write_table
from chat.analyst.tables import ReadingFailed, Table

_MOST_COLUMNS = 300  # that a card lists; `width` says how many there are


def card_job(request: Mapping[str, Any], tell: Callable[[str], None]) -> dict[str, Any]:
    """The card of the file {"path", "name", "choice"}; its table as Parquet, or a PDF's text, goes to `table`.

    `choice` holds fields of `Choice`, or is None like a `table` that nobody wants. Raises ReadingFailed.
    """
    tell("reading")
    try:
        reading = read(Path(request["path"]), request["name"], _choice(request), keeps_texts=False)
    except UnicodeError as error:  # only a chosen encoding is one that the file can't be in at all
        raise ReadingFailed("wrong_encoding") from error
    if request.get("table"):
        _keep(reading, Path(request["table"]))
    return {"card": _listed(reading.card)}


def table_of(file: Mapping[str, Any]) -> Table:
    """The table of a request's file {"path", "name", "choice", "table"}: the kept one where there is one.

    Raises ReadingFailed.
    """
    kept = Path(file["table"]) if file.get("table") else None
    if kept is not None and kept.exists():
        try:
            return open_table(kept, file["name"])
        except ReadingFailed:  # damaged, or written by another version: the upload itself is still there
            pass
    return read_table(Path(file["path"]), file["name"], _choice(file))


def table_as_written(file: Mapping[str, Any], table: Table) -> Table:
    """A small table with its cells as the file wrote them, which the kept one has no more; a larger one as it is."""
    if table.texts is not None or table.height * len(table.columns) > MOST_KEPT_CELLS:
        return table
    return read_table(Path(file["path"]), file["name"], _choice(file))


def _choice(file: Mapping[str, Any]) -> Choice:
    return Choice(**(file.get("choice") or {}))


def _keep(reading: Reading, path: Path) -> None:
    """Whole or not at all: whoever finds the file may read it."""
    part = path.with_name(f"{path.name}.part")
    try:
        if reading.table is not None:
            write_table(reading.table, part)
        elif reading.card.format == "PDF":
            part.write_text(reading.card.text or "", encoding="utf-8")
            path = path.with_suffix(".txt")
        else:
            return
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _listed(card: Card) -> dict[str, Any]:
    """The card without what would make it as long as its file."""
    listed = card.as_json()
    text = listed.pop("text")
    listed["characters"] = None if text is None else len(text)
    listed["columns"] = listed["columns"][:_MOST_COLUMNS]
    listed["preview"] = [row[:_MOST_COLUMNS] for row in listed["preview"]]
    return listed
