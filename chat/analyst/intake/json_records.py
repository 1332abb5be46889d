"""Reads JSON (an array of objects, JSON Lines, or an object around either) as rows of text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from chat.analyst.intake.layout import lines_text
from chat.analyst.tables import Note, ReadingFailed, note

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

    Lines that are no JSON among lines that are go into `notes`. Raises ReadingFailed when the text is no JSON or holds
    no records.
    """
    text = _without_broken_lines(text, notes) if is_lines(text) else text
    names: dict[str, int] = {}
    for record in _records(text):  # once for the names alone: a later record may have more of them
        for name in record:
            names.setdefault(name, len(names))
    if not names:
        raise ReadingFailed("empty")
    yield list(names)
    for record in _records(text):
        row: list[str | None] = [None] * len(names)
        for name, value in record.items():
            row[names[name]] = value
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


def _records(text: str) -> Iterator[dict[str, str | None]]:
    for value in _values(text):
        if isinstance(value, dict):
            yield _flat(value)
        elif isinstance(value, list):
            yield {f"column_{number}": _text(item) for number, item in enumerate(value, 1)}
        else:
            yield {"value": _text(value)}


def _values(text: str) -> Iterator[Any]:
    """The elements of the array, the lines, or the longest array in the one object, each parsed by itself."""
    start = len(text) - len(text.lstrip())
    if text[start : start + 1] == "[":
        yield from _sequence(text, start + 1, "]")
        return
    whole = list(islice(_sequence(text, start, ""), 2))  # two tell lines of records from a single object
    if len(whole) == 1 and isinstance(whole[0], dict):
        yield from _inside(whole[0])
    else:
        yield from _sequence(text, start, "")


def _inside(whole: dict[str, Any]) -> list[Any]:
    """The records within a single object: its longest array of objects, its columns, or the object itself."""
    arrays = [value for value in whole.values() if isinstance(value, list)]
    tables = [array for array in arrays if array and isinstance(array[0], dict)]
    if tables:
        return max(tables, key=len)
    if len(arrays) == len(whole) and len({len(array) for array in arrays}) == 1:
        return [dict(zip(whole, cells, strict=True)) for cells in zip(*arrays, strict=True)]
    return [whole]


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
