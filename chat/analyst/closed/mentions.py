"""Finds which columns of a table a text speaks of, however it spells them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from chat.analyst.closed.wording import FILLERS, Word, letters, stem, words_of

_EXACT, _WRITTEN, _WORDS, _STEMS, _SHORTENED, _PARTLY = 100, 90, 80, 75, 55, 45
# Words of the trade: as a column's whole name they count only where they are marked as one.
_TRADE = frozenset(
    re.findall(
        r"\w+",
        "mean median mode value values number count total sum average std min max range data "
        "index id test set sample score "
        "type name rate level class group variable result p r n x y z text date time day month "
        "year and the of a in is no "
        "yes source close open high low positive negative normal linear size label target",
    )
)
# What is done with values: no column is meant by their beginnings (`dist` by distribution).
_METHOD_WORDS = frozenset(
    re.findall(
        r"\w+",
        "distribution distributed distributions correlation correlations coefficient coefficients significance "
        "significant significantly statistic statistics statistical normality normally standard deviation deviations "
        "regression relationship relationships difference differences skewness kurtosis percentage missing average "
        "outlier outliers describe described calculate calculated calculation condition conditions constraints",
    )
)
_SAME = tuple(
    frozenset(group.split())
    for group in (
        "sex gender",
        "num no number count nbr",
        "avg average mean",
        "max maximum highest",
        "min minimum lowest",
        "pct percent percentage per",
        "temp temperature",
        "qty quantity",
        "desc description",
        "dept department",
        "yr yrs year years",
        "sqft square",
        "pressure baro barometric",
        "salary wage pay",
        "hp horsepower",
        "lat latitude",
        "lon lng long longitude",
        "id identifier",
        "amt amount",
        "wt weight",
        "ht height",
        "children kids",
        "cnt count",
        "dob birth",
        "vol volume",
        "diff difference",
    )
)
_QUANTITIES = frozenset(("diff", "difference", "change", "growth", "increase", "decrease"))
_STATISTICS = frozenset("prztf")
_OF_STATISTICS = frozenset(("value", "values", "score", "scores", "test", "tests"))
# What a column is measured in says nothing about what it is: `salary_in_dollars`, `Height (cm)`, `area_m2`.
_UNIT = re.compile(
    r"\s*[(\[][^()\[\]]{1,24}[)\]]$|[_\s]in[_\s](?:[a-z]+[_\s]){0,3}[a-z%$]+$|"
    r"[_\s](?:k[gmw]|kwh|km2|m[lmw2-3]|cm|mg|usd|krw|eur|won|hrs?|mins?|secs?|celsius|percent|pct|원|명|개|건|세|점|시간|일|분)$",
    re.I,
)
_KOREAN_PARTICLES = r"(?:열|칼럼|컬럼|의|은|는|이|가|을|를|와|과|으로|로|에|별|마다|에서|이며|이고|과의|와의)?"


@dataclass(frozen=True, slots=True)
class Mention:
    """A column that a text speaks of, where, and how sure that is (to 100)."""

    column: str
    start: int
    end: int
    score: int


def find_mentions(text: str, columns: Sequence[str]) -> list[Mention]:
    """The columns in a text in its order, each place taken by the surest."""
    return list(_mentions(text, tuple(columns)))


@lru_cache(maxsize=512)
def _mentions(text: str, columns: tuple[str, ...]) -> tuple[Mention, ...]:
    words = words_of(text)
    found: list[Mention] = []
    heads = [_UNIT.sub("", column) for column in columns]
    for column, head in zip(columns, heads, strict=True):
        found += _literal(text, column)
        found += _by_words(words, column)
        if head and head != column and heads.count(head) == 1 and head not in columns:
            found += _without_unit(text, words, head, column)
    found.sort(key=lambda one: (-one.score, -(one.end - one.start), one.start))
    kept: list[Mention] = []
    for one in found:
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    kept.sort(key=lambda one: one.start)
    return tuple(one for before, one in zip([None, *kept], kept, strict=False) if not _is_told(text, before, one))


def _is_told(text: str, before: Mention | None, one: Mention) -> bool:
    """Whether a guessed name only says more about the sure one before it: `the difference in votes` for `diff`."""
    if before is None or one.score >= _WRITTEN or before.score < _STEMS:
        return False
    return text[before.end : one.start].strip().lower() in ("in", "in the") and letters(before.column) in _QUANTITIES


def columns_in(text: str, columns: Sequence[str], *, at_least: int = 0) -> list[str]:
    """The different columns that a text speaks of, in its order."""
    return list(dict.fromkeys(one.column for one in find_mentions(text, columns) if one.score >= at_least))


def _literal(text: str, column: str) -> list[Mention]:
    name = column.strip()
    if not name:
        return []
    escaped = re.escape(name).replace(r"\ ", r"\s+")
    quoted = [
        Mention(column, found.start(), found.end(), _EXACT)
        for found in re.finditer(rf"[\"'“‘`\[]{{1,2}}{escaped}[\"'”’`\]]{{1,2}}", text)
    ]
    if quoted:
        whole = quoted
    else:
        whole = [
            Mention(column, found.start(), found.end(), _EXACT - 2)
            for found in re.finditer(rf"[\"'“‘`]{escaped}[\"'”’`]", text, re.I)
        ]
    bare = []
    stock = re.match(r"[A-Z]{3,}(?=\.)", name)
    if stock:  # a symbol before its exchange
        bare += [Mention(column, one.start(), one.end(), 76) for one in re.finditer(rf"\b{stock[0]}\b", text)]
    for found in re.finditer(rf"(?<![\w@]){escaped}(?!\w)", text):
        if _is_marked(name) or _named_as_column(text, found.start(), found.end()):
            bare.append(Mention(column, found.start(), found.end(), _WRITTEN + min(8, len(name) // 4)))
    if re.search(r"[가-힣]", name):
        bare += [
            Mention(column, found.start(), found.end(), _WRITTEN)
            for found in re.finditer(rf"(?<![A-Za-z_가-힣]){escaped}(?={_KOREAN_PARTICLES}(?:[^가-힣\w]|$))", text)
        ]
    return [*whole, *bare]


def _without_unit(text: str, words: Sequence[Word], head: str, column: str) -> list[Mention]:
    """Where a column is spoken of without its unit."""
    named = [*_literal(text, head), *(one for one in _by_words(words, head) if one.score >= _STEMS)]
    return [replace(one, column=column, score=min(one.score - 3, _WORDS)) for one in named]


def is_written_name(name: str) -> bool:
    """Whether a name is written as only columns are: `unit_price`, `DepDelay`, `HasCrCard`."""
    return len(name) > 2 and bool(re.search(r"[_]|[a-z][A-Z]", name))


def _is_marked(name: str) -> bool:
    """Whether a name can't be an ordinary word of a sentence."""
    if len(name) == 1:
        return False
    if re.search(r"[_\d./()%:#]|[a-z][A-Z]", name) or (name.isupper() and len(name) > 1):
        return True
    return name.casefold() not in _TRADE


def _named_as_column(text: str, start: int, end: int) -> bool:
    after, before = text[end : end + 20].lower(), text[max(0, start - 22) : start].lower()
    if text[start:end].lower() in _STATISTICS and re.match(r"[\s-]+(?:values?|scores?|tests?)\b", after):
        return False  # a p-value is none of a column `p`
    return bool(
        re.match(
            r"[\s-]+(?:and\s+\S+\s+)?(?:columns?|variables?|features?|values?|prices?|fields?|"
            r"coordinates?)\b|\s*(?:열|컬럼|칼럼)",
            after,
        )
        or re.search(r"\b(?:columns?|variables?|features?|fields?)\s+(?:called\s+|named\s+)?$", before)
    )


def _by_words(words: Sequence[Word], column: str) -> list[Mention]:
    parts = [word.text for word in words_of(column)]
    joined = letters(column)
    if not joined:
        return []
    is_trade = len(parts) == 1 and joined in _TRADE
    found = []
    for index in range(len(words)):
        if words[index].text in FILLERS and words[index].text != (parts[0] if parts else ""):
            continue
        if joined in _STATISTICS and words[index + 1 : index + 2] and words[index + 1].text in _OF_STATISTICS:
            continue
        mention = _in_order(words, index, parts, column)
        if mention is None and not is_trade:
            mention = _shortened(words, index, joined, column)
        if mention is None or (is_trade and mention.score < _SHORTENED):
            continue
        if is_trade:
            mention = Mention(column, mention.start, mention.end, 30)
        found.append(mention)
    if not found and len(parts) > 1:
        found = _loosely(words, parts, column)
    return found


def _in_order(words: Sequence[Word], index: int, parts: Sequence[str], column: str) -> Mention | None:
    """The column's words one after another, fillers between them left out on both sides."""
    wanted = [part for part in parts if part not in FILLERS] or list(parts)
    at, exact = index, True
    for number, part in enumerate(wanted):
        while number and at < len(words) and words[at].text != part and _is_filler(words, at):
            at += 1
        following = words[at : at + len(part)]
        if number and 1 < len(part) < 4 and "".join(word.text[0] for word in following) == part:
            at, exact = at + len(part), False  # the initials of what a part stands for: `systolic_bp`
            continue
        if at >= len(words) or not same(words[at].text, part):
            return None
        exact = exact and words[at].text == part
        at += 1
    score = (_WORDS if exact else _STEMS) + min(9, 2 * len(wanted))
    return Mention(column, words[index].start, words[at - 1].end, score)


def _is_filler(words: Sequence[Word], at: int) -> bool:
    """Whether a word says nothing between others: `number`, too, in `the total number of visits`."""
    counts = words[at].text == "number" and at + 1 < len(words) and words[at + 1].text == "of"
    return words[at].text in FILLERS or counts


def _shortened(words: Sequence[Word], index: int, joined: str, column: str) -> Mention | None:
    """The column's name as the beginnings of following words: `pclass` for passenger class."""
    best: tuple[int, int, int] | None = None

    def walk(at: int, left: str, gaps: int, used: int, single: int) -> None:
        nonlocal best
        if not left:
            if best is None or gaps < best[1]:
                best = (at, gaps, used)
            return
        if at >= len(words) or gaps > 3 or used > 7:
            return
        word = words[at].text
        longest = len(_shared(word, left))
        for length in range(longest, 0, -1):
            whole = length == len(word)
            if length == 1 and not whole and (single or (used == 0 and len(joined) < 4)):
                continue
            if length == 2 and not whole and len(joined) < 5:
                continue
            walk(at + 1, left[length:], gaps, used + 1, single + (length == 1))
            if best is not None and best[1] == gaps:
                return
        for other in _others_of(word):
            if len(other) > 1 and left.startswith(other) and len(left) < len(joined):
                walk(at + 1, left[len(other) :], gaps, used + 1, single)  # `brain weight` for brainwt
        if used:
            walk(at + 1, left, gaps + (word not in FILLERS), used, single)

    walk(index, joined, 0, 0, 0)
    if best is None:
        return None
    end, gaps, used = best
    if used == 1 and (len(joined) < 3 or not _is_beginning(words[index].text, joined)):
        return None
    return Mention(
        column, words[index].start, words[end - 1].end, _SHORTENED + min(10, 2 * used + len(joined) // 4) - 6 * gaps
    )


def _others_of(word: str) -> list[str]:
    """What everybody writes for a word."""
    return [other for group in _SAME if word in group for other in group if other != word]


def _is_beginning(word: str, joined: str) -> bool:
    return (
        word.startswith(joined)
        and word not in _METHOD_WORDS
        and (len(joined) >= 4 or len(word) >= len(joined) + 3 or word == joined)
    )


def _shared(word: str, other: str) -> str:
    length = 0
    while length < min(len(word), len(other)) and word[length] == other[length]:
        length += 1
    return word[:length]


def _loosely(words: Sequence[Word], parts: Sequence[str], column: str) -> list[Mention]:
    """Most of the column's words, close together: `life expectancy` for Health (Life Expectancy)."""
    wanted = [part for part in parts if part not in FILLERS and len(part) > 1]
    if len(wanted) < 2:
        return []
    found = []
    for index, word in enumerate(words):
        if not any(same(word.text, part) for part in wanted):
            continue
        window = list(words[index : index + len(wanted) + 2])
        met = [part for part in wanted if any(same(one.text, part) for one in window)]
        if len(met) >= 2 and len(met) / len(wanted) >= 0.5:
            last = max(number for number, one in enumerate(window) if any(same(one.text, part) for part in met))
            score = _PARTLY + round(10 * len(met) / len(wanted)) - (last + 1 - len(met))
            found.append(Mention(column, word.start, window[last].end, score))
    return found


def same(word: str, part: str) -> bool:
    """Whether two words are one: equal, of one stem, or an abbreviation that everybody uses."""
    if word == part or (len(word) > 2 and len(part) > 2 and "not" not in (word, part) and stem(word) == stem(part)):
        return True
    if len(word) > 5 and len(part) > 5 and word[:6] == part[:6]:
        return True
    return any(word in group and part in group for group in _SAME)
