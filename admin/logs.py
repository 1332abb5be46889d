"""The last lines of the log by level and text, for administrators; masked once more on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any

from logs.masking import Mask
from logs.setup import OLD_FILES, log_file

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_BLOCK = 1 << 16
_PLAIN = re.compile(r"[a-z0-9 ._-]*")  # stands in a JSON text as it is, whatever its case
_KNOWN = ("time", "level", "logger", "message", "traceback")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line; `rest` holds request, user and turn and the figures, as far as the line has them."""

    at: datetime | None
    level: str
    logger: str
    message: str
    traceback: str
    rest: dict[str, Any]


def last_lines(data: Path, mask: Mask, *, level: str = "INFO", text: str = "", count: int = 200) -> list[LogLine]:
    """The newest `count` lines of at least this level that hold this text anywhere, the newest first.

    Looks into all files where need be (60 MB, a second or two): call it in a thread.
    """
    levels = LEVELS[LEVELS.index(level) :]
    wanted = text.strip().casefold()
    hints = [f'"level": "{name}"'.encode() for name in levels]
    # Most lines are passed over by their bytes alone, which is far quicker than reading and masking them.
    needle = wanted.encode() if _PLAIN.fullmatch(wanted) else b""
    chosen = (
        line
        for raw in _backwards(data)
        if (any(hint in raw for hint in hints) or b'"level": "' not in raw) and needle in raw.lower()
        if (line := _parsed(raw, mask)).level in levels and (not wanted or wanted in _words(line))
    )
    return list(islice(chosen, count))


def _words(line: LogLine) -> str:
    """All that a search may find: what is masked can't be found either."""
    rest = " ".join(f"{key}={value}" for key, value in line.rest.items())
    return " ".join((line.logger, line.message, line.traceback, rest)).casefold()


def _parsed(raw: bytes, mask: Mask) -> LogLine:
    """A line as it was written; one of an older make or cut off by a crash is shown whole, as INFO."""
    text = raw.decode("utf-8", "replace")
    try:
        found = json.loads(text)
        at = datetime.fromisoformat(found["time"])
        known = {name: mask(str(found.get(name, ""))) for name in _KNOWN}
    except (ValueError, TypeError, KeyError, AttributeError):
        return LogLine(None, "INFO", "", mask(text), "", {})
    rest = {key: mask(value) if isinstance(value, str) else value for key, value in found.items() if key not in _KNOWN}
    return LogLine(at, known["level"], known["logger"], known["message"], known["traceback"], rest)


def _backwards(data: Path) -> Iterator[bytes]:
    """The lines of all files from the newest on."""
    newest = log_file(data)
    for path in (newest, *(newest.with_name(f"{newest.name}.{number}") for number in range(1, OLD_FILES + 1))):
        try:
            with path.open("rb") as file:
                yield from _lines_backwards(file)
        except FileNotFoundError:  # there are no older ones, or it was just renamed
            continue


def _lines_backwards(file: BufferedReader) -> Iterator[bytes]:
    position = file.seek(0, 2)
    rest = b""
    while position:
        size = min(_BLOCK, position)
        position -= size
        file.seek(position)
        rest, *lines = (file.read(size) + rest).split(b"\n")
        yield from (line for line in reversed(lines) if line)
    if rest:
        yield rest
