"""The analyst's own sentences, in Korean and English, by key."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from chat.analyst.telling.particles import with_particles
from locales import LANGUAGES


@cache
def sentences(language: str) -> dict[str, str]:
    """All sentences of a language, from the JSON file beside this one."""
    path = Path(__file__).with_name(f"sentences_{language}.json")
    loaded: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def say(key: str, language: str, **values: object) -> str:
    """The sentence `key` in `language` (English when there is none such), its {places} filled with `values`."""
    template = sentences(language if language in LANGUAGES else "en")[key]
    return (with_particles(template, values) if language == "ko" else template).format(**values)


def notices(key: str, **values: object) -> dict[str, str]:
    """The sentence `key` in every language, as an error carries it."""
    return {language: say(key, language, **values) for language in LANGUAGES}


def language_of_question(question: str, otherwise: str) -> str:
    """Korean when the question has Hangul, English when it has letters only, else the reader's language."""
    if re.search("[가-힣ㄱ-ㅣ]", question):
        return "ko"
    return "en" if re.search("[a-z]", question, re.IGNORECASE) else otherwise
