"""A lock on the data folder: one server at a time, and no restore beneath a running one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

NAME = "server.lock"


class DataLock:
    """Held by an open file: the system lets go of it when the process ends, however it ends."""

    def __init__(self, data: Path) -> None:
        self._path = data / NAME
        self._file: BinaryIO | None = None

    def take(self) -> bool:
        """Whether it could be taken: False while another process holds it. Raises OSError for a bad folder."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+b")
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
