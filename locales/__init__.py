"""The sentences that users read, in Korean and English, by key."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ko")


@cache
def table(language: str) -> dict[str, str]:
    """All sentences of a language, from the JSON file beside this one."""
    path = Path(__file__).with_name(f"{language}.json")
    loaded: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def text(key: str, language: str, **values: object) -> str:
    """The sentence `key` in `language` (English when there is none such), its {places} filled with `values`."""
    return table(language if language in LANGUAGES else "en")[key].format(**values)


def language_of(accept_language: str | None) -> str:
    """The reader's language by an Accept-Language header: the first of ours that it names, else English."""
    for item in (accept_language or "").split(","):
        name = item.split(";")[0].strip().lower()[:2]
        if name in LANGUAGES:
            return name
    return "en"
