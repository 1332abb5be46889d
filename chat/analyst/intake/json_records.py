"""Reads JSON (an array of objects, JSON Lines, or an object around either) as rows of text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from chat.analyst.intake.body import lines_text
from chat.analyst.intake.json_shapes import Found, beside, records_within
from chat.analyst.intake.layout import find_layout
from chat.analyst.intake.rows import Row
from chat.analyst.tables import Note, ReadingFailed, note

_SAMPLE = 200
_BETWEEN = re.compile(r"[\s,]*")


def begins_with_a_value(text: str) -> bool:
    """Whether a text that opens with a bracket is JSON rather than a line that happens to."""
    start = text.lstrip()[:2000]
    return bool(re.match(r"\{\s*(\"|\}|$)|\[\s*([\[{\"\]\d-]|true|false|null|$)", start)) and not re.match(
        r"\[[^\]\"{]*\]\s*[^\s,\]}]", start
    )


def is_lines(text: str) -> bool:
    """Whether every line is a record of its own."""
    first, _, rest = text.strip().partition("\n")
    first = first.strip()
    if not rest.strip() or first[:1] not in ("{", "[") or first[-1:] not in ("}", "]"):
        return False
    try:
        json.loads(first)
    except (json.JSONDecodeError, RecursionError):
        return False
    return True


def rows_of(text: str, notes: list[Note]) -> Iterator[list[str | None]]:
    """The records' names as the first row, then each record's values; nested objects become `outer.inner`.

    Lines that are no JSON among lines that are, and what stands around the records, go into `notes`. Raises
    ReadingFailed when the text is no JSON or holds no records.
    """
    text = _without_broken_lines(text, notes) if is_lines(text) else text
    found = _only_object(text, notes)
    listed = _names_of_lists(text, found)
    names = dict.fromkeys(listed)
    for record in _records(text, found, listed):  # once for the names alone: a later record may have more of them
        names.update(dict.fromkeys(record))
    if not names:
        raise ReadingFailed("empty")
    yield list(names)
    places = {name: place for place, name in enumerate(names)}
    for record in _records(text, found, listed):
        row: list[str | None] = [None] * len(names)
        for name, value in record.items():
            row[places[name]] = value
        yield row


def _without_broken_lines(text: str, notes: list[Note]) -> str:
    """Lines of records without those that can't be read, unless these are too many to be by chance."""
    lines = text.splitlines()
    broken = []
    for number, line in enumerate(lines, 1):
        try:
            if line.strip(" \t,"):
                json.loads(line.strip(" \t,"))
        except (json.JSONDecodeError, RecursionError):
            broken.append(number)
    if not broken or len(broken) > len(lines) / 4:
        return text
    notes.append(note("broken_lines", count=len(broken), lines=lines_text(broken)))
    unwanted = set(broken)
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in unwanted)


def _records(text: str, found: Found | None, listed: Sequence[str]) -> Iterator[dict[str, str | None]]:
    values = iter(found.records) if found else _values(text)
    if listed and not (found and found.names):
        next(values)  # their names
    for value in values:
        if isinstance(value, dict):
            yield _flat(value)
        elif isinstance(value, list):
            beyond = [f"column_{number}" for number in range(len(listed) + 1, len(value) + 1)]
            yield dict(zip([*listed, *beyond], map(_text, value), strict=False))
        else:
            yield {"value": _text(value)}


def _values(text: str) -> Iterator[Any]:
    """The elements of the array, or the lines, each parsed by itself."""
    start = len(text) - len(text.lstrip())
    return _sequence(text, start + 1, "]") if text[start : start + 1] == "[" else _sequence(text, start, "")


def _only_object(text: str, notes: list[Note]) -> Found | None:
    """The records within the object that the text is, or None when it is an array or a sequence of records."""
    if text.lstrip()[:1] == "[":
        return None
    whole = list(islice(_values(text), 2))  # two tell lines of records from a single object
    if len(whole) != 1 or not isinstance(whole[0], dict):
        return None
    found = records_within(whole[0])
    if found.path:
        around = beside(whole[0], found.path)
        notes.append(note("records_at", path=".".join(found.path), count=len(around), names=", ".join(around)[:200]))
    return found


def _names_of_lists(text: str, found: Found | None) -> list[str]:
    """The names of records that are lists, which the first of them may hold."""
    if found and found.names:
        return [name if name not in found.names[:at] else f"{name}_{at + 1}" for at, name in enumerate(found.names)]
    first = list(islice(iter(found.records) if found else _values(text), _SAMPLE))
    if not first or not all(isinstance(value, list) for value in first):
        return []
    width = max(map(len, first))
    rows = [Row(number, [_text(cell) or "" for cell in value]) for number, value in enumerate(first, 1)]
    layout = find_layout([row for row in rows if len(row.cells) == width], width)
    if not layout.names or layout.header != (0,) or rows[0].filled < width:
        return []
    return [name if name not in layout.names[:at] else f"{name}_{at + 1}" for at, name in enumerate(layout.names)]


def _sequence(text: str, position: int, end: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=lambda _: None)
    while True:
        match = _BETWEEN.match(text, position)
        position = match.end() if match else position
        if position >= len(text) or (end and text[position] == end):
            break
        try:
            value, position = decoder.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError) as error:
            raise ReadingFailed("corrupt") from error
        yield value
    if end and text[position : position + 1] != end:
        raise ReadingFailed("corrupt")


class _Number(str):
    """A number exactly as the file writes it."""

    __slots__ = ()


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, str | None]:
    flat: dict[str, str | None] = {}
    for name, value in record.items():
        if isinstance(value, dict) and value:
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = _text(value)
    return flat


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return _written(value)


def _written(value: Any) -> str:
    """A value within a record as JSON, its numbers as the file writes them."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {_written(item)}" for name, item in value.items())
            + "}"
        )
    return json.dumps(value, ensure_ascii=False)
