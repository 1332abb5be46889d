"""What a question's words may be: values of the table, names of columns, numbers; and which are left over."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property

from chat.analyst.lookups.cells import fold, stem, words
from chat.analyst.lookups.codes import codes_of
from chat.analyst.lookups.grid import Grid, Places, Span
from chat.analyst.lookups.thesaurus import demonyms, listed, numbered, synonyms

_WORD = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+(?:st|nd|rd|th|s)\b|\d+|[^\W\d_]+")
_LONGEST = 12
_EMPTY = ("the", "of", "in", "a", "and", "for", "to", "total", "number", "no", "s")
_MENDED, _HANGUL_MENDED = 6, 4  # letters that a word must have to be mended
_SAME_START = 5  # letters that two words must share to be forms of one


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question: as folded there, its stem and other forms that it may stand for, and its place.

    `mended`: its first form is a word of the table from which it differs in a letter.
    """

    text: str
    forms: tuple[str, ...]
    start: int
    end: int
    mended: bool = False

    @property
    def idle(self) -> bool:
        """Whether it says nothing of the table."""
        return any(form in listed("idle") for form in self.forms)

    @property
    def vague(self) -> bool:
        """Whether it may be said of any row."""
        return any(form in listed("vague") for form in self.forms)

    @property
    def number(self) -> float | None:
        """The number that it is."""
        digits = self.text.replace(",", "")
        if re.fullmatch(r"\d+(\.\d+)?", digits):
            return float(digits)
        return float(numbered("numerals")[self.text]) if self.text in numbered("numerals") else None


@dataclass(frozen=True, slots=True)
class Value:
    """A run of the question's words that stands in the table: `places` says where, `text` as the question has it."""

    start: int
    end: int
    places: Places
    text: str
    span: Span

    def overlaps(self, start: int, end: int) -> bool:
        """Whether it shares a word with a run."""
        return start < self.end and self.start < end


@dataclass(frozen=True)
class Wording:
    """A question beside the table that it asks about."""

    question: str
    grid: Grid

    @cached_property
    def text(self) -> str:
        """The question, folded."""
        return fold(self.question)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The question's words."""
        found = []
        for match in _WORD.finditer(self.text):
            if match[0] != "s":
                found.append(Word(match[0], _forms(match[0]), match.start(), match.end()))
        return tuple(found)

    @cached_property
    def _mended_words(self) -> tuple[Word, ...]:
        return tuple(self._mended(word) for word in self.words)

    def _mended(self, word: Word) -> Word:
        """A word with a letter wrong as the only one of the table that it can mean; any other as it is."""
        if not word.text.isalpha() or len(word.text) < (_HANGUL_MENDED if is_korean(word.text) else _MENDED):
            return word
        known = word.idle or word.vague or word.text in listed("decisive") or synonyms().keys() & {*word.forms}
        if known or self._vocabulary & {*word.forms} or self._names_a_column(word):
            return word
        form = word.forms[0]
        near = {one for one in self._vocabulary if one[0] == form[0] and one_letter_off(one, form)}
        return replace(word, forms=(*near, *word.forms), mended=True) if len(near) == 1 else word

    def _names_a_column(self, word: Word) -> bool:
        return any(_likeness(word, one) for name in self.grid.names for one in words(name))

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """The longer words of the table's cells."""
        return frozenset(span[0] for span in self.grid.places if len(span) == 1 and len(span[0]) >= _HANGUL_MENDED)

    def run(self, start: int, end: int) -> tuple[int, int]:
        """The words, as numbers from and before, that a stretch of the text touches."""
        touched = [at for at, word in enumerate(self.words) if word.start < end and start < word.end]
        return (touched[0], touched[-1] + 1) if touched else (0, 0)

    def find(self, pattern: str) -> list[re.Match[str]]:
        """Where a pattern stands in the question, folded."""
        return list(re.finditer(pattern, self.text))

    @cached_property
    def columns(self) -> dict[int, dict[int, float]]:
        """By word, the columns that it may name and how surely (1: the column's whole name or its main word)."""
        found: dict[int, dict[int, float]] = defaultdict(dict)
        for column, name in enumerate(self.grid.names):
            for at, sure in self._naming(name).items():
                found[at][column] = sure
        return {at: _kept(by_column) for at, by_column in found.items()}

    def _naming(self, name: str) -> dict[int, float]:
        bare = re.sub(r"\([^)]*\)", " ", name)
        every = words(bare) or words(name)
        wanted = [word for word in every if word not in _EMPTY] or every
        if not wanted and "#" in name:
            wanted = ["number"]
        hits: dict[int, tuple[int, float]] = {}
        for at, word in enumerate(self.words):
            for place, one in enumerate(wanted):
                sure = _likeness(word, one)
                if sure and sure > hits.get(at, (0, 0.0))[1]:
                    hits[at] = (place, sure)
        met = {place for place, _ in hits.values()}
        share = len(met) / len(wanted) if wanted else 0.0
        joined = fold(name).replace(" ", "")
        for at, word in enumerate(self.words):  # "골득실" beside "골 득실", "runner up" beside "runners-up"
            if len(joined) > 1 and any(form == joined for form in word.forms):
                hits[at], share = (0, 1.0), 1.0
        return {at: sure * (0.55 + 0.45 * share) for at, (_, sure) in hits.items()}

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """The longest runs of words that stand in the table."""
        found: list[Value] = []
        for start in range(len(self.words)):
            for end in range(min(len(self.words), start + _LONGEST), start, -1):
                value = self._value(start, end)
                if value:
                    found.append(value)
                    break
        return tuple(one for one in found if not any(_within(one, other) for other in found if other is not one))

    def _value(self, start: int, end: int) -> Value | None:
        run = self._mended_words[start:end]
        if (
            all(word.idle for word in run)
            or (run[0].idle and run[0].text not in ("no", "the", "it", "all", "한"))
            or (run[-1].idle and len(run) == 1)
        ):
            return None
        head = tuple(word.forms[0] for word in run[:-1])
        for form in run[-1].forms:
            span = (*head, form)
            places = self.grid.places.get(span)
            if places is None and len(run) == 1 and form in demonyms():
                span = tuple(words(demonyms()[form]))
                places = self.grid.places.get(span)
            if places is not None and len(run) == 1 and run[0].mended and not places.whole:
                continue  # half a name: another's may look like it
            if places is not None and not (
                (run[-1].idle or (run[0].idle and run[0].number is None)) and not places.whole
            ):
                return Value(start, end, places, self.text[run[0].start : run[-1].end], span)
        coded = self._coded(head, run[-1])
        if coded is not None:
            return Value(start, end, coded[0], self.text[run[0].start : run[-1].end], coded[1])
        joined = "".join(word.text for word in run)
        for form in (joined, *(joined[: -len(end_)] for end_ in listed("particles") if joined.endswith(end_))):
            joined_span = self._joined.get(form) if len(form) > 2 else None
            if joined_span is not None:
                places = self.grid.places[joined_span]
                return Value(start, end, places, self.text[run[0].start : run[-1].end], joined_span)
        for form in run[-1].forms:  # "강남역", "한지운 감독": a value with what it is
            for kind in (kind for kind in listed("kinds") if form.endswith(kind) and len(form) > len(kind) + 1):
                span = (*head, form[: -len(kind)])
                places = self.grid.places.get(span)
                if places is not None and places.whole:
                    return Value(start, end, places, self.text[run[0].start : run[-1].end], span)
        return None

    def _coded(self, head: Span, last: Word) -> tuple[Places, Span] | None:
        """Where the code of what words name stands as a whole value: "NOR" of "norway" and of "norwegian"."""
        for form in last.forms:
            name = tuple(words(demonyms().get(form, form))) if not head else (*head, form)
            for code, columns in codes_of(name, self.grid.names):
                places = self.grid.places.get((code,))
                whole = {column: rows for column, rows in places.whole.items() if column in columns} if places else {}
                if whole:
                    return Places(whole), (code,)
        return None

    @cached_property
    def _joined(self) -> dict[str, Span]:
        """Whole values without their spaces: Korean leaves spaces to the writer."""
        return {
            "".join(span): span
            for span, places in self.grid.places.items()
            if places.whole and re.search("[가-힣]", "".join(span))
        }


def is_korean(text: str) -> bool:
    """Whether a text has Korean letters."""
    return bool(re.search("[가-힣]", text))


def one_letter_off(one: str, other: str) -> bool:
    """Whether two words differ in a letter: another, one more or fewer, or two that changed places."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    shared = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, left = one[shared:], other[shared:]
    if len(one) == len(other):
        return rest[1:] == left[1:] or (rest[:2] == left[:2][::-1] and rest[2:] == left[2:])
    return rest[1:] == left if len(one) > len(other) else rest == left[1:]


def is_number_of_all(wording: Wording, at: int) -> bool:
    """Whether a word only says how many rows there are: "all 13 events"."""
    return (
        at > 0
        and wording.words[at - 1].text in ("all", "these", "모두", "총")
        and wording.words[at].number == len(wording.grid.rows)
    )


def _within(one: Value, other: Value) -> bool:
    return other.start <= one.start and one.end <= other.end and (other.end - other.start > one.end - one.start)


def _forms(text: str) -> tuple[str, ...]:
    plain = text.replace(",", "")
    if re.search("[가-힣]", plain):
        ends = sorted((end for end in listed("particles") if plain.endswith(end) and plain != end), key=len)
        return (plain, *(plain[: -len(end)] for end in ends))
    return tuple(dict.fromkeys((stem(plain), plain)))


def _likeness(word: Word, wanted: str) -> float:
    """How surely a word of the question means a word of a column's name."""
    if wanted in word.forms or word.text == wanted:
        return 1.0
    for form in word.forms:
        if wanted in synonyms().get(form, ()):
            return 0.7
        if wanted in (f"{form}명", f"{form}이름") and re.search("[가-힣]", form):
            return 0.95  # "역" names "역명"
        if len(form) >= 2 and re.search("[가-힣]", form) and (wanted.startswith(form) or form.startswith(wanted)):
            return 0.75 if min(len(form), len(wanted)) >= 2 else 0.0
        if len(form) >= _SAME_START and len(wanted) >= _SAME_START and form[:_SAME_START] == wanted[:_SAME_START]:
            return 0.8 if abs(len(form) - len(wanted)) <= 4 else 0.0
    return 0.0


def _kept(by_column: dict[int, float]) -> dict[int, float]:
    """Without the columns that a word names much less surely than another."""
    best = max(by_column.values())
    return {column: sure for column, sure in by_column.items() if sure >= 0.6 * best}
