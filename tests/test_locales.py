from __future__ import annotations

import re
import string

import pytest

from chat import errors
from chat.errors import ChatError
from locales import LANGUAGES, language_of, table, text


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences_with_the_same_places() -> None:
    english, korean = table("en"), table("ko")
    assert english.keys() == korean.keys()
    for key, sentence in english.items():
        assert places(sentence) == places(korean[key]), key


def test_korean_is_korean() -> None:
    untranslated = [key for key, sentence in table("ko").items() if not re.search("[가-힣]", sentence)]
    assert untranslated == ["page.product"]


def subclasses(cls: type) -> set[type]:
    return {cls} | {below for sub in cls.__subclasses__() for below in subclasses(sub)}


def test_every_error_has_its_sentence_in_both_languages() -> None:
    for cls in subclasses(ChatError):
        assert all(f"error.{cls.code}" in table(language) for language in LANGUAGES), cls


def test_the_tree_of_errors_is_drawn_in_full() -> None:
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or "")) | {"ChatError"}
    assert drawn == {cls.__name__ for cls in subclasses(ChatError)}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("fr-FR,ko;q=0.5", "ko"),
        ("fr", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_first_language_of_ours_is_taken(header: str | None, language: str) -> None:
    assert language_of(header) == language


def test_an_unknown_language_gets_english() -> None:
    assert text("page.send", "fr") == text("page.send", "en")
