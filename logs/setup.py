"""Where the lines go: to the console, and to files that are changed before they grow large."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from logs.lines import ConsoleLines, JsonLines, Prepare
from logs.masking import Mask

FILE_BYTES = 10 << 20
OLD_FILES = 5
# Their everyday lines name every address that is called.
QUIET = ("httpx", "httpcore", "alembic", "uvicorn.access")


def log_file(data: Path) -> Path:
    """The newest file; older ones have .1 to .5 at their end."""
    return data / "logs" / "chat.log"


def log_to(path: Path, *, secrets: Iterable[str]) -> None:
    """Begin to log. `secrets` are values that are masked wherever they stand."""
    prepare = Prepare(Mask(secrets))
    file = RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=OLD_FILES, encoding="utf-8", delay=True)
    file.setFormatter(JsonLines())
    console = logging.StreamHandler()
    console.setFormatter(ConsoleLines())
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for handler in (file, console):
        handler.addFilter(prepare)
        root.addHandler(handler)
    logging.captureWarnings(True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
