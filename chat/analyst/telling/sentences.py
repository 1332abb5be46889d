"""The analyst's own sentences, in Korean and English, by key."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from chat.analyst.telling.particles import with_particles
from locales import LANGUAGES

_ENGLISH = frozenset(
    ("what", "which", "who", "how", "is", "are", "the", "of", "by", "in", "for", "and", "with", "where", "only", "per")
)


class _Counting(string.Formatter):
    """Fills places as str.format does, and chooses between the words for one and for more."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, bar, more = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        return one if str(value) == "1" else more


_COUNTING = _Counting()


@cache
def sentences(language: str) -> dict[str, str]:
    """All sentences of a language, from the JSON file beside this one."""
    path = Path(__file__).with_name(f"sentences_{language}.json")
    loaded: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def say(key: str, language: str, **values: object) -> str:
    """The sentence `key` in `language` (English when there is none such), its {places} filled with `values`.

    {place:word|words} is the first of the two where the value of the place is 1.
    """
    template = sentences(language if language in LANGUAGES else "en")[key]
    return _COUNTING.vformat(with_particles(template, values) if language == "ko" else template, (), values)


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
