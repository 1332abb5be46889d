"""Lines of the log: a sentence for the console, a JSON object for the file."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from logs.masking import Mask
from logs.work import NOTHING, Work, current

_CONTROL = {number: f"\\x{number:02x}" for number in [*range(32), *range(127, 160)] if number not in (9, 10)}


def fields(**values: Any) -> dict[str, Any]:
    """For `extra=` of a call to the log: figures beside the sentence. None is left out."""
    return {"fields": {key: value for key, value in values.items() if value is not None}}


class Prepare(logging.Filter):
    """Masks a record once for all handlers, and notes what is being worked on; it never holds one back."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def filter(self, record: logging.LogRecord) -> bool:
        if hasattr(record, "work"):
            return True
        record.work = current()
        record.msg, record.args = self._mask(record.getMessage()), None
        record.fields = {
            key: value if isinstance(value, int | float) else self._mask(str(value))
            for key, value in getattr(record, "fields", {}).items()
        }
        if record.exc_info:
            record.exc_text = self._mask(_FORMATTER.formatException(record.exc_info))
        return True


class JsonLines(logging.Formatter):
    """An object per line: time (UTC), level, logger, message, then what is known of the work, figures, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_known(record),
            **_fields(record),
        }
        if record.exc_text:
            line["traceback"] = record.exc_text
        return _encode(line)


class ConsoleLines(logging.Formatter):
    """A sentence with its figures; what could move the cursor or forge a line is shown as its code."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        text = super().formatMessage(record)
        figures = {**_fields(record), **{key.removesuffix("_id"): value for key, value in _known(record).items()}}
        if figures:
            text += f" [{' '.join(f'{key}={value}' for key, value in figures.items())}]"
        return text if text.isprintable() else text.replace("\n", "\\n").translate(_CONTROL)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text.translate(_CONTROL) if record.exc_text else text


_FORMATTER = logging.Formatter()
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _known(record: logging.LogRecord) -> dict[str, Any]:
    """What the record was written for, without what isn't known."""
    work: Work = getattr(record, "work", NOTHING)
    known = {"request_id": work.request_id, "user_id": work.user_id, "turn_id": work.turn_id}
    return {key: value for key, value in known.items() if value not in ("", None)}


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return getattr(record, "fields", {})
