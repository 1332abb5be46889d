"""Names of files in an archive that every system can unpack: safe on Windows, each different, none a path."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 120  # characters of a name; with folders around it a path must stay below 260 on Windows
_NOT_ALLOWED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
# What would make text run backwards or hide in a name.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)


def safe(name: str, *, otherwise: str = "file") -> str:
    """The name as every system takes it, in one part; its ending is kept."""
    name = unicodedata.normalize("NFC", name)
    name = _INVISIBLE.sub("", _NOT_ALLOWED.sub("_", name)).strip(" .")
    if _DEVICES.match(name):
        name = f"_{name}"
    suffix = PurePosixPath(name).suffix[:20]
    if len(name) > LONGEST:
        name = name[: LONGEST - len(suffix)].rstrip(" .") + suffix
    return name or otherwise


class Names:
    """Gives each file of an archive a path that no other one has, upper and lower case being the same."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def take(self, folder: str, name: str) -> str:
        """A free path in `folder` for what people call `name`."""
        name = safe(name)
        stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
        path, number = f"{folder}/{name}", 1
        while path.casefold() in self._given:
            number += 1
            path = f"{folder}/{stem} ({number}){suffix}"
        self._given.add(path.casefold())
        return path

    def take_in_folder(self, folder: str, name: str) -> str:
        """The same, but with the name kept: a second file of that name lies in a folder of its own."""
        name = safe(name)
        path, number = f"{folder}/{name}", 1
        while path.casefold() in self._given:
            number += 1
            path = f"{folder}/{number}/{name}"
        self._given.add(path.casefold())
        return path
