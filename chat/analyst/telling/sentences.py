"""The analyst's own sentences, in Korean and English, by key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from chat.analyst.telling.particles import with_particles
from locales import LANGUAGES

_ENGLISH = frozenset(
    ("what", "which", "who", "how", "is", "are", "the", "of", "by", "in", "for", "and", "with", "where", "only", "per")
)


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


def language_of_question(question: str, otherwise: str, names: Iterable[str] = ()) -> str:
    """Korean when the question has Hangul, English when it has letters only, else the reader's language.

    Hangul in an English sentence may be a name of the table ("total 매출 by 지역") or one of its values ("and for 서울
    only?"): `names` of columns say nothing about the language, and words that only English has outweigh fewer others.
    """
    whole = question.casefold()
    known = [name.casefold() for name in names]
    hangul = re.findall("[가-힣ㄱ-ㅣ]+", question)
    latin = re.findall("[a-z]+", whole)
    if not hangul:
        return "en" if latin else otherwise
    korean = [word for word in hangul if not any(word in name for name in known)]
    english = [word for word in latin if not any(word in name and name in whole for name in known)]
    if not korean and english:
        return "en" if len(english) > 1 else otherwise
    return "en" if len(english) > len(korean) and not _ENGLISH.isdisjoint(english) else "ko"
