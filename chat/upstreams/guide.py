"""The guide's answers: which topic of the help text a question is about, by its keywords."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_UNKNOWN = {
    "en": "I don't know the answer to that. I can explain how to use this app:",
    "ko": "그 질문에는 답할 수 없습니다. 저는 이 앱의 사용법을 설명해 드릴 수 있습니다:",
}


@dataclass(frozen=True, slots=True)
class _Topic:
    keywords: tuple[str, ...]
    titles: dict[str, str]
    texts: dict[str, str]


@cache
def _topics() -> tuple[_Topic, ...]:
    path = Path(__file__).with_name("guide.json")
    return tuple(
        _Topic(
            keywords=tuple(entry["keywords"]),
            titles={language: entry[language]["title"] for language in ("en", "ko")},
            texts={language: entry[language]["text"] for language in ("en", "ko")},
        )
        for entry in json.loads(path.read_text(encoding="utf-8"))
    )


def guidance(question: str, language: str) -> str:
    """The topic that the most words of `question` point to, or that none does and what can be explained."""
    scores = [(sum(_is_in(keyword, question) for keyword in topic.keywords), topic) for topic in _topics()]
    best = max(score for score, _ in scores)
    if not best:
        titles = "\n".join(f"- {topic.titles[language]}" for topic in _topics())
        return f"{_UNKNOWN[language]}\n\n{titles}"
    found = [topic for score, topic in scores if score == best]
    return "\n\n".join(f"**{topic.titles[language]}**\n\n{topic.texts[language]}" for topic in found[:2])


def _is_in(keyword: str, question: str) -> bool:
    """English keywords are whole words; Korean ones may carry particles."""
    if keyword.isascii():
        return re.search(rf"(?<![a-z]){re.escape(keyword)}(?![a-z])", question.casefold()) is not None
    return keyword in question
