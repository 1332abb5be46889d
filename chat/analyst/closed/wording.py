"""Words of a question about closed values: how a text is cut, what counts as the same word, and what numbers say."""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBER_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6,
    "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5,
}  # fmt: skip
FILLERS = frozenset(
    re.findall(
        r"\w+",
        "the a an of in on at by for to from with and or per each all is are was were be that "
        "this these those which its it "
        "their has have had as into over recorded received column columns value values paid",
    )
)
_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]|\d+(?:\.\d+)?|[^\W\d_a-zA-Z]+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "s", "e", "y")
_SENTENCE_END = re.compile(
    r"(?<!\bNo)(?<!\bno)(?<!\be\.g)(?<!\bi\.e)(?<!\bMr)(?<!\bMrs)(?<!\bMiss)(?<!\bvs)(?<!\bnum)(?<!\bavg)(?<!\bInc)[.?!。]\s+(?=[A-Z\"'“‘@{\[\d가-힣-]|$)"
    r"|(?<=다)\.\s*|\n+"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word in lower case and where it stands in its text."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words and numbers of a text; camel case, underscores and signs part them."""
    return [Word(found.group().casefold(), found.start(), found.end()) for found in _WORD.finditer(text)]


def tokens(text: str) -> list[str]:
    """The words of a text without their places."""
    return [word.text for word in words_of(text)]


def stem(word: str) -> str:
    """What is left of an English word without its usual endings; short words stay as they are."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def letters(text: str) -> str:
    """The letters and digits of a text in lower case."""
    return re.sub(r"[\W_]+", "", text).casefold()


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line ends one, too."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def number(text: str) -> float | None:
    """The number that a word says, in digits or letters."""
    text = text.casefold().strip()
    if text in NUMBER_WORDS:
        return NUMBER_WORDS[text]
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def plain(value: float) -> int | float:
    """A whole number as an int."""
    return int(value) if value == int(value) else value
