"""Splits a question into pieces that the lexicon of its file knows; what nothing explains stays unknown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from chat.analyst.queries import AnyOf, Filter
from chat.analyst.understanding.compounds import Relative, compounds_at
from chat.analyst.understanding.lexicon import LONGEST_VALUE, Lexicon, particles, vocabulary
from chat.analyst.understanding.quantities import Date, dates_at, numbers_at
from chat.analyst.understanding.verbs import verb_at

PieceKind = Literal[
    "word",
    "column",
    "value",
    "number",
    "date",
    "filler",
    "unknown",
    "span",
    "weekdays",
    "clock",
    "alpha",
    "decade",
    "literal",
    "condition",
]
_ROUNDED = (
    r"(?:,? ?(?:and )?(?:rounded|round)(?: (?:it|the \w+|your answer))?(?: off)? to (?:the )?"
    r"\w+ decimal\w*(?: places?| points?)?)"
    r"|소수점\s*(?:아래|이하)?\s*\S*\s*자리\S*(?:\s*반올림\S*)?"
)
_ORNAMENTS = re.compile(rf"{_ROUNDED}|[~∼]+(?!\s*\d)|[ㅋㅎㅠㅜ]{{2,}}|\^\^|[\U0001F300-\U0001FAFF]")
_CASES = "은는이가을를의에와과로으도만부까"  # particles of nouns begin so; the others end verbs
_COST = {"column": 1.0, "value": 0.9, "word": 1.05, "number": 1.0, "date": 0.95, "filler": 1.2, "span": 1.1}
_NUMBERED_COST = 0.9  # of a column called 2024 or "Q2 2024", which is no date and no number then
_COMPOUND_COST = 0.97
_LITERAL_COST = 3.0
_LITERAL = re.compile(r"'([^']{1,60})'|\"([^\"]{1,60})\"|‘([^’]{1,60})’|“([^”]{1,60})”|「([^」]{1,60})」")
_OWN_WORD_COST = 1.1  # of a value that is spelt like one of the analyst's words, such as the total of a row of totals
_PARTICLE_COST = 0.3
_CLOSING = "'\"’”」)]"
_LOOSE_COST = 0.5
_UNKNOWN_COST = 20.0
_FUZZY_COST = 6.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the question. `columns`: those that the text can mean; `values`: (column, value) likewise.

    `tail` is what stands between it and the next one: particles, signs and words without meaning. `numbers` are the
    days of a week. A condition that was understood keeps its `filters` (all of them) or `either` (at least one).
    """

    kind: PieceKind
    text: str
    key: str = ""
    columns: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    number: float = 0.0
    date: Date | None = None
    corrected: str = ""
    tail: str = field(default="", compare=False)
    numbers: tuple[float, ...] = ()
    relative: Relative | None = None
    filters: tuple[Filter, ...] = ()
    either: AnyOf | None = None


def pieces_of(question: str, lexicon: Lexicon) -> list[Piece]:
    """The question as the fewest known pieces; what nothing explains is of kind "unknown"."""
    exact = " ".join(unicodedata.normalize("NFKC", _ORNAMENTS.sub(" ", question)).split())
    text = exact.casefold()
    if len(text) != len(exact):  # casefold may lengthen a letter such as ß; then case can't be compared by place
        exact = text
    nowhere: tuple[float, int, Piece | None] = (float("inf"), 0, None)
    best = [(0.0, 0, None), *[nowhere] * len(text)]
    for start in range(len(text)):
        for end, cost, piece in _pieces_from(text, exact, start, lexicon):
            if best[start][0] + cost < best[end][0]:
                best[end] = (best[start][0] + cost, start, piece)
    return _path(best, exact)


def _path(best: list[tuple[float, int, Piece | None]], exact: str) -> list[Piece]:
    pieces: list[Piece] = []
    position = len(best) - 1
    tail = ""
    while position > 0:
        _, position_before, piece = best[position]
        if piece is not None:
            pieces.append(replace(piece, tail=tail))
        meaningless = piece is None or piece.kind == "filler"
        tail = exact[position_before:position] + tail if meaningless else ""
        position = position_before
    return pieces[::-1]


def _pieces_from(text: str, exact: str, start: int, lexicon: Lexicon) -> Iterator[tuple[int, float, Piece | None]]:
    """All pieces that can begin at `start`: (end, cost, piece)."""
    if text[start] in "()":
        yield start + 1, 0.01, Piece("filler", text[start], key="open" if text[start] == "(" else "close")
    if text[start] in " ,?!.:;'\"“”‘’「」[]…·&`^{}|":
        yield start + 1, 0.01, None
    if text[start : start + 2] in ("'s", "’s") and not text[start + 2 : start + 3].isalnum():
        yield start + 2, 0.02, None
    if start and (_is_word(text[start - 1]) or text[start - 1] in _CLOSING):
        yield from _particles(text, start)
    elif start > 1 and text[start - 1] == " " and (text[start - 2].isdigit() or text[start - 2] in ")%"):
        yield from _particles(text, start)  # "매출 * 1.1 의 합"
    if literal := _LITERAL.match(exact, start):
        yield literal.end(), _LITERAL_COST, Piece("literal", next(part for part in literal.groups() if part))
    if _boundary(text, start):
        yield from _compounds(text, start)
        yield from _dates_and_numbers(text, start)
        yield from _known(text, exact, start, lexicon)
        yield from _verbs(text, start)
    if start == 0 or not _is_word(text[start - 1]):
        yield from _rest_of_word(text, start, lexicon)


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "%_"


def _is_latin(character: str) -> bool:
    return character.isalnum() and not "가" <= character <= "힣"


def _boundary(text: str, position: int) -> bool:
    """Whether a piece may begin or end here: Hangul joins freely, letters and digits stand together."""
    if position in (0, len(text)):
        return True
    before, after = text[position - 1], text[position]
    if before.isdigit() != after.isdigit():
        return True
    return not (_is_latin(before) and _is_latin(after))


def _particles(text: str, start: int) -> Iterator[tuple[int, float, None]]:
    for particle in particles():
        end = start + len(particle)
        if text.startswith(particle, start) and (end == len(text) or not "가" <= text[end] <= "힣"):
            yield end, _PARTICLE_COST, None


def _compounds(text: str, start: int) -> Iterator[tuple[int, float, Piece]]:
    for found in compounds_at(text, start):
        if not _boundary(text, found.end):
            continue
        cost = _COST["span"] if found.kind == "span" else _COMPOUND_COST
        piece = Piece(
            found.kind,
            text[start : found.end],
            key=found.key,
            number=found.number,
            numbers=found.numbers,
            relative=found.relative,
        )
        yield found.end, cost - 0.001 * (found.end - start), piece


def _dates_and_numbers(text: str, start: int) -> Iterator[tuple[int, float, Piece]]:
    for end, date in dates_at(text, start):
        yield end, _COST["date"] - 0.001 * (end - start), Piece("date", text[start:end], date=date)
    for end, number in numbers_at(text, start):
        if _boundary(text, end):
            yield end, _COST["number"], Piece("number", text[start:end], number=number)


def _known(text: str, exact: str, start: int, lexicon: Lexicon) -> Iterator[tuple[int, float, Piece]]:
    own_words = vocabulary()
    for end in range(start + 1, min(len(text), start + LONGEST_VALUE) + 1):
        if not _boundary(text, end):
            continue
        part = text[start:end]
        length = 0.001 * len(part)
        if columns := lexicon.columns.get(part):
            cost = _COST["column"] if not any(map(str.isdigit, part)) else _NUMBERED_COST
            yield end, cost - length, Piece("column", part, columns=columns)
        if (values := lexicon.values.get(part)) and _means_value(part, exact[start:end], values):
            cost = _COST["value"] if own_words.get(part, "filler") == "filler" else _OWN_WORD_COST
            yield end, cost - length, Piece("value", part, values=tuple(values))
        if meaning := own_words.get(part):
            kind: PieceKind = "filler" if meaning == "filler" else "word"
            yield end, _COST[kind] - length, Piece(kind, part, key=meaning)


def _verbs(text: str, start: int) -> Iterator[tuple[int, float, Piece]]:
    if found := verb_at(text, start):
        end, meaning = found
        kind: PieceKind = "filler" if meaning == "filler" else "word"
        yield end, _COST[kind] + _LOOSE_COST, Piece(kind, text[start:end], key=meaning)


def _means_value(part: str, written: str, values: list[tuple[str, str]]) -> bool:
    """Digits and very short words mean a value only when written exactly like it."""
    if part.isdigit() and not part.startswith("0"):
        return False
    return len(part) > 2 or not part.isascii() or any(value == written for _, value in values)


def _rest_of_word(text: str, start: int, lexicon: Lexicon) -> Iterator[tuple[int, float, Piece]]:
    """A whole word: misspelt, or unknown; its particle is left aside."""
    match = re.compile(r"[^\s,?!;()\[\]\"“”]+").match(text, start)
    if not match:
        return
    bare = _without_particle(match[0])
    end = start + len(bare)
    yield end, _UNKNOWN_COST, Piece("unknown", bare)
    if (corrected := _corrected(bare, lexicon)) is not None:
        yield end, _FUZZY_COST, corrected


def _without_particle(word: str) -> str:
    word = word.rstrip(".:'’")
    for particle in particles():
        if len(word) - len(particle) >= 2 and word.endswith(particle) and particle[0] in _CASES:
            return word.removesuffix(particle)
    return word


def _corrected(word: str, lexicon: Lexicon) -> Piece | None:
    """The one known column or word that is a letter away. Values are not corrected: 경남 is not 경북."""
    letters = unicodedata.normalize("NFD", word)
    if len(letters) < 5 or any(character.isdigit() for character in word):
        return None
    if _is_participle(word):
        return None
    near = [known for known in lexicon.columns if _one_letter_apart(letters, unicodedata.normalize("NFD", known))]
    near = near or [known for known, other in _own_words() if _one_letter_apart(letters, other)]
    targets = {(lexicon.columns.get(known), vocabulary().get(known)) for known in near}
    if len(targets) != 1:
        return None
    columns, meaning = targets.pop()
    if columns:
        return Piece("column", word, columns=columns, corrected=columns[0])
    return Piece("word", word, key=meaning or "", corrected=near[0])


def _is_participle(word: str) -> bool:
    """ "Carried" is no "carrier", though a letter away."""
    return word.isascii() and len(word) > 5 and word.endswith(("ed", "ing"))


@cache
def _own_words() -> list[tuple[str, str]]:
    """The analyst's own words that mean something, and their letters (of Hangul: jamo)."""
    words = [known for known, meaning in vocabulary().items() if meaning != "filler" and " " not in known]
    return [(known, unicodedata.normalize("NFD", known)) for known in words]


def _one_letter_apart(letters: str, other: str) -> bool:
    """Whether one letter (of Hangul: one jamo) is wrong, missing, too much, or two are exchanged."""
    if abs(len(letters) - len(other)) > 1 or len(other) < 4 or letters[0] != other[0]:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(letters, other, strict=False)) if a != b), min(len(letters), len(other))
    )
    a, b = letters[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
