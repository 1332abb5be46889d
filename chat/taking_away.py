"""Gives out people's files: what an answer made also in the other formats that people take."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from chat.artifacts import Format, formats_of
from chat.errors import ChatError, NotFound
from chat.files import Files
from chat.result_tables import MAKERS, made
from chat.sheets import XLSX
from storage.conversations import StoredFile

MADE_HERE = 2000  # rows; a larger table would hold up everybody's answers
SECONDS = 120
_ROOT = Path(__file__).resolve().parents[1]
_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
_NO_FILE_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True)
class Taken:
    """A file to give out: the bytes lie in `source`, or are `source`. `shown`: a page may show it in place."""

    name: str
    media_type: str
    source: Path | bytes
    shown: bool = False


class TakingAway:
    """Large tables are made in a process of their own, one after another."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._place = asyncio.Semaphore(1)

    async def take(self, user_id: int, file_id: str, wanted: Format | None) -> Taken:
        """A user's file in the format that is wanted. Raises: NotFound, also where there is no such format of it."""
        file, path = await self._files.find(user_id, file_id)
        formats = formats_of(file)
        if wanted is not None and wanted not in formats:
            raise NotFound
        chosen = wanted or next(iter(formats), None)
        if chosen is None:
            return Taken(file.name, file.media_type, path)
        name = _NO_FILE_NAME.sub("_", f"{file.name.rpartition('.')[0]}.{chosen}")
        if chosen == "svg":
            svg, path = await self._files.find(user_id, file.svg_id or "")
            return Taken(name, svg.media_type, path)
        if chosen in MAKERS:
            return Taken(name, _MEDIA_TYPES[chosen], await self._made(file, path, chosen))
        # Only pictures that we drew ourselves are shown in place.
        return Taken(name, file.media_type, path, shown=wanted is None)

    async def _made(self, file: StoredFile, path: Path, format: str) -> bytes:
        if (file.rows or 0) <= MADE_HERE:
            return await asyncio.to_thread(made, path, format)
        async with self._place:
            return await _made_apart(path, format)


async def _made_apart(path: Path, format: str) -> bytes:
    """The same in another process. Raises ChatError where that fails or takes too long."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-X", "utf8", "-m", "chat.result_tables", str(path.resolve()), format),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        cwd=_ROOT,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        async with asyncio.timeout(SECONDS):
            content, _ = await process.communicate()
    except TimeoutError:
        raise ChatError from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise ChatError
    return content
