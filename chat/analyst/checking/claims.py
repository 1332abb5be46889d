"""Finds what an answer says about whole columns of a table: its number of rows, and their sums, means and extremes.

Whatever might speak of a part of the rows is left out: a sentence with any word that isn't known to restrict nothing
(told_words), one below a heading or an opening line with such a word, or after a sentence that names a value of the
table; and all but what is said of the file as such, when the question or a filter in the answer's code restricts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chat.analyst.checking.told_numbers import Told
from chat.analyst.checking.told_words import Lexicon, Token

Statistic = Literal["rows", "sum", "mean", "min", "max", "distinct"]

_STATISTICS: dict[str, Statistic] = {"s": "sum", "T": "sum", "m": "mean", "n": "min", "x": "max", "d": "distinct"}
_ADDING: frozenset[Statistic] = frozenset({"rows", "sum"})  # what stays the same when the rows are put into groups
# What a sentence's column, statistic and number may be, one after the other; "o" is a statistic that isn't compared.
_CLAIM = re.compile(
    r"(?P<rows>T?RT?NR?|T?NRT?)|(?P<none>T?KN|T?NK|o?C?oN)|[smnxdT]CN|C[smnxdT]N|NdC|(?P<more>[smnxdT]N)|(?P<skip>CoN|B)"
)
_WHOLE = re.compile(r"N[smnxdT]C|CN[sT]")  # "1,000 is the total revenue", "revenue of 1,000 in total"
_LINES_OF_STATISTICS = frozenset("smnxdoTR")
_RESTRICTING = re.compile(
    r"\b(?:only|filter\w*|exclud\w*|except|without|where|subset|sampl\w*|outliers?|dropp?\w*|remov\w*|dedup\w*"
    r"|clean\w*|among|top|bottom|first|last|between|since|until|before|after|join\w*|merg\w*|impute\w*|group\w*)\b"
    r"|필터|제외|만\s|기준|경우|중에서|가운데|상위|하위|조건|이상치|결측|제거|삭제|정제|전처리|샘플|표본|일부|처음|중복|병합|결합"
    r"|\b(?:19|20)\d\d\b|\d\s*(?:년|월|일|분기)",
    re.IGNORECASE,
)
_FILTERING_CODE = re.compile(
    r"\.query\(|\.loc\[|\.iloc\[|\w\[\s*\w+\s*\[|dropna|drop_duplicates|fillna|\.head\(|\.sample\(|nrows|usecols"
    r"|\bwhere\b|\blimit\b|\bhaving\b|skiprows",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^([ \t]*)(```+|~~~+).*?(?:^[ \t]*\2[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+")
_BOLD_LINE = re.compile(r"^\s*(?:\*\*|__)([^*]+?)(?:\*\*|__)\s*:?\s*$")
_ITEM = re.compile(r"^(\s*)(?:[-*+•]|\d+[.)])\s+")
_RULE = re.compile(r"^\s*\|?[\s:-]*-[\s:-]*\|[\s:|-]*$")
_SENTENCE_END = re.compile(r"(?<=[^\d\s][.!?。])\s+|(?<=\d[.!?。])\s+(?=\S)")
_DROPPED = frozenset("wpeuFWA")


@dataclass(frozen=True, slots=True)
class Claim:
    """What an answer says of a column (None: of the rows); `approximately` when it says so itself.

    `loosely`: it stands in the last line of a breakdown, which may hold another statistic than the sum.
    """

    statistic: Statistic
    column: str | None
    told: Told
    approximately: bool = False
    loosely: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int


@dataclass(slots=True)
class _Place:
    """What has been said up to a sentence: whether it restricts, whether it sets groups apart, and its column."""

    restricted: bool = False
    grouped: bool = False
    column: str | None = None


class Reader:
    """Reads answers about one table. `values` are those of its text columns, case-folded."""

    def __init__(self, lexicon: Lexicon, values: Iterable[str] = ()) -> None:
        self._lexicon = lexicon
        self._values = frozenset(value for value in values if len(value) > 1)
        self._naming_value = re.compile("|".join(map(re.escape, self._values)) or "(?!)")

    def claims(self, answer: str, questions: Sequence[str] = ()) -> list[Claim]:
        """What `answer` says of the whole table, after the conversation's `questions` (the last one led to it)."""
        asked = _Place()
        for question in questions:
            self._enter(asked, question)
        code = " ".join(match[0] for match in _FENCE.finditer(answer))
        if _FILTERING_CODE.search(code):
            asked.restricted = True
        text = _FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), answer)
        return [*self._of_text(text, asked)]

    def _of_text(self, text: str, asked: _Place) -> Iterator[Claim]:
        section, block = _copy(asked), _copy(asked)
        lines = list(_lines(text))
        at = 0
        while at < len(lines):
            line = lines[at]
            if "|" in line.text and at + 1 < len(lines) and _RULE.match(lines[at + 1].text):
                end = at + 2
                while end < len(lines) and "|" in lines[end].text:
                    end += 1
                yield from self._of_table([line, *lines[at + 2 : end]], block)
                at = end
                continue
            at += 1
            if not line.text.strip():
                continue
            if _HEADING.match(line.text) or _BOLD_LINE.match(line.text):
                section = _copy(asked)
                self._enter(section, _HEADING.sub("", line.text))
                block = _copy(section)
            else:
                item = _ITEM.match(line.text)
                if item is None or not item[1]:
                    # What an item says of itself holds for those below it, not for the next one.
                    block.column = section.column
                if item is None:
                    block.restricted, block.grouped = section.restricted, section.grouped
                yield from self._of_line(line, item.end() if item else 0, section, block)

    def _of_line(self, line: _Line, begin: int, section: _Place, block: _Place) -> Iterator[Claim]:
        here = _copy(block)
        at = begin
        for end in [*(match.end() for match in _SENTENCE_END.finditer(line.text, begin)), len(line.text)]:
            sentence = line.text[at:end]
            tokens = self._tokens(sentence, line.start + at)
            if tokens is None:
                if _RESTRICTING.search(sentence) or self._naming_value.search(sentence.casefold()):
                    section.restricted = block.restricted = True
                block.restricted = True
                here.restricted = True
            else:
                letters = [token for token in tokens if token.letter not in _DROPPED]
                if [token.letter for token in letters] == ["C"]:
                    block.column = letters[0].text
                here.restricted |= block.restricted
                here.grouped = block.grouped
                yield from _kept(_claims_of(tokens, block.column), tokens, here)
            at = end

    def _enter(self, place: _Place, text: str) -> None:
        """Go on below a question or a heading."""
        tokens = self._tokens(text, 0)
        if tokens is None:
            place.restricted = True
            return
        place.grouped |= any(token.letter == "G" for token in tokens)
        named = [token for token in tokens if token.letter not in _DROPPED]
        place.column = named[0].text if [token.letter for token in named] == ["C"] else None

    def _tokens(self, text: str, offset: int) -> list[Token] | None:
        """The sentence's words, or None when any of them is not known or has a second meaning in this table."""
        tokens = self._lexicon.tokens(text, offset)
        if tokens is None:
            return None
        words = {token.text.casefold() for token in tokens if token.letter not in "Npe"}
        return None if words & self._values or words & self._lexicon.ambiguous else tokens

    def _of_table(self, lines: Sequence[_Line], place: _Place) -> Iterator[Claim]:
        head, *rows = [list(_cells(line)) for line in lines]
        heads = [self._tokens(text, start) for text, start in head]
        if not heads or heads[0] is None:
            return
        firsts = [self._tokens(*row[0]) if len(row) == len(heads) else None for row in rows]
        is_of_statistics = all(first is not None and _letters(first) in _LINES_OF_STATISTICS for first in firsts)
        for row, first in zip(rows, firsts, strict=True):
            if first is None:
                continue
            for kind, cell in zip(heads[1:], row[1:], strict=True):
                tokens = self._tokens(*cell)
                if kind is None or tokens is None or _letters(tokens) != "N":
                    continue
                number = next(token for token in tokens if token.letter == "N")
                about, named = _letters(first), _letters(kind)
                column = _only_column(kind)
                is_total = about in ("s", "T") and column is not None
                if is_total and not is_of_statistics:
                    claims = [Claim("sum", column, number.number, loosely=named == "C") for _ in (0,) if number.number]
                elif not named and len(heads) == 2:
                    claims = _claims_of([*first, number], place.column)
                elif (named == "C" and is_of_statistics) or (about == "C" and named in _LINES_OF_STATISTICS):
                    claims = _claims_of([*first, *kind, number], None)
                else:
                    continue
                yield from _kept(claims, [*first, *kind, *tokens], place)


def _claims_of(tokens: Sequence[Token], column: str | None) -> list[Claim]:
    """What a sentence says, when nothing is left over; `column` is the one that is spoken of already."""
    kept = [token for token in tokens if token.letter not in _DROPPED]
    letters = _joined(kept)
    about = "".join(token.letter for token in letters)
    approximately = any(token.letter == "A" for token in tokens)
    if about in ("TN", "NT") and any(token.letter == "u" and token.text == "건" for token in tokens):
        about = about.replace("T", "R")
    if "NN" in about:  # "90 of 90 rows"
        return []
    if _WHOLE.fullmatch(about):
        return [_claim(letters, column, approximately)]
    found: list[Claim] = []
    at = 0
    while at < len(about):
        match = _CLAIM.match(about, at)
        if match is None:
            return []
        part = letters[at : match.end()]
        column = next((token.text for token in part if token.letter == "C"), column)
        at = match.end()
        if match["rows"]:
            found.append(Claim("rows", None, next(token.number for token in part if token.number), approximately))
        elif not (match["none"] or match["skip"] or (match["more"] and column is None)):
            found.append(_claim(part, column, approximately))
    return found


def _claim(part: Sequence[Token], column: str | None, approximately: bool) -> Claim:
    named = next((token.text for token in part if token.letter == "C"), column)
    statistic = next(_STATISTICS[token.letter] for token in part if token.letter in _STATISTICS)
    return Claim(statistic, named, next(token.number for token in part if token.number), approximately)


def _joined(tokens: Sequence[Token]) -> list[Token]:
    """The same with words that say one thing together made one: "total sum", "column revenue", "row count"."""
    found: list[Token] = []
    for token in tokens:
        pair = (found[-1].letter if found else "") + token.letter
        if pair in ("Ts", "ss", "Ro", "CK"):
            found[-1] = token if pair == "Ts" else found[-1]
        elif pair in ("sT", "oR", "KC"):
            found[-1] = found[-1] if pair == "sT" else token
        else:
            found.append(token)
    return found


def _kept(claims: Iterable[Claim], tokens: Sequence[Token], place: _Place) -> Iterator[Claim]:
    """Those of the claims that speak of the whole table."""
    letters = {token.letter for token in tokens}
    of_the_file = "W" in letters and bool(letters & {"F", "R"})
    if "G" in letters:
        return
    for claim in claims:
        if place.restricted and not of_the_file:
            continue
        if place.grouped and not of_the_file and claim.statistic not in _ADDING:
            continue
        yield claim


def _letters(tokens: Sequence[Token] | None) -> str:
    return "".join(token.letter for token in _joined([one for one in tokens or () if one.letter not in _DROPPED]))


def _only_column(head: Sequence[Token] | None) -> str | None:
    """The column that the head of a table names, as itself or as its sum."""
    letters = _letters(head)
    if head is None or letters not in ("C", "Cs", "sC", "TC", "CT"):
        return None
    return next(token.text for token in head if token.letter == "C")


def _cells(line: _Line) -> Iterator[tuple[str, int]]:
    """The cells of a table's line, each with its place in the answer."""
    text = line.text.rstrip()
    begin = text.find("|") + 1 if text.lstrip().startswith("|") else 0
    end = len(text) - 1 if text.endswith("|") else len(text)
    at = begin
    for cell in re.split(r"(?<!\\)\|", text[begin:end]):
        yield cell, line.start + at
        at += len(cell) + 1


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    for line in text.split("\n"):
        yield _Line(line, at)
        at += len(line) + 1


def _copy(place: _Place) -> _Place:
    return _Place(place.restricted, place.grouped, place.column)
