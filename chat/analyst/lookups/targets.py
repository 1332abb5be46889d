"""Which column a question asks for: the one that it names after its question word, or of the kind of that word."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from chat.analyst.lookups import operators
from chat.analyst.lookups.cells import fold, stem, words
from chat.analyst.lookups.thesaurus import order
from chat.analyst.lookups.wording import Wording

_ASKING = (
    r"\b(?:(?:in|at|on|for|to|from|of|by|with|during) )?(?:which|what)(?:'s)?\b"
    r"|\b(?:name|list|tell me|give|identify|show)\b"
)
_ASKED_UNIT = (
    r"몇\s*((?!명|개(?!월)|번(?!지)|회|곳|편|건|차례|가지|종류|나라|팀|경기)[가-힣a-z㎞]{1,3}?)"
    r"(?:은|는|이|가|을|를)?(?:인가요?|입니까|이야|야|이에요|예요|이었나|였나|했나|한가|에|을|를|이나|까지)?\b"
)
_TAKING = r"\bhow (?:long|much time) did (?:it )?(?:.* )?take\b|\bhow long .* to (?:finish|complete)\b"
_MEASURING = r"\bhow (long|tall|high|far|deep|old|heavy|fast|big|large|wide)\b(?! did| does| has| it)"
_AUX = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "did",
        "do",
        "does",
        "has",
        "have",
        "had",
        "can",
        "could",
        "would",
        "will",
        "shall",
        "s",
        "the",
        "a",
        "an",
        "all",
        "of",
        "these",
        "those",
        "each",
        "name",
        "names",
        "total",
        "this",
        "other",
        "only",
        "one",
        "two",
        "three",
        "four",
        "five",
        "last",
        "first",
        "next",
        "previous",
        "lowest",
        "highest",
    ]
)
_STOPS = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "did",
        "do",
        "does",
        "has",
        "have",
        "had",
        "can",
        "could",
        "would",
        "will",
        "shall",
        "with",
        "in",
        "on",
        "at",
        "from",
        "by",
        "for",
        "to",
        "that",
        "who",
        "which",
        "when",
        "where",
        "after",
        "before",
        "between",
        "listed",
        "came",
        "comes",
        "and",
        "or",
        "living",
        "located",
        "held",
        "played",
        "having",
        "using",
        "born",
        "being",
    ]
)
_UNITS = frozenset(
    ["ft", "m", "km", "mi", "mile", "cm", "mm", "kg", "lb", "t", "sq", "ha", "acre", "mph", "usd", "eur"]
)
_MOST_WORDS = 6
_CERTAIN = 0.35


@dataclass(frozen=True, slots=True)
class Target:
    """A column that may be asked for, how surely, and the words that say so."""

    column: int
    sure: float
    explains: frozenset[int]


def asked_nouns(wording: Wording) -> list[int]:
    """The words, by number, that say what is asked for."""
    if re.search("[가-힣]", wording.text):
        return _korean_nouns(wording)
    for match in wording.find(_MEASURING):
        start, end = wording.run(match.start(1), match.end(1))
        return list(range(start, end))
    for match in wording.find(_ASKING):
        _, at = wording.run(match.start(), match.end())
        nouns: list[int] = []
        if at < len(wording.words) and wording.words[at].text in ("has", "have", "had"):
            return []  # "which has a height over 3 m?": the rows themselves
        for place in range(at, min(at + _MOST_WORDS, len(wording.words))):
            text = wording.words[place].text
            if text in _AUX and not nouns:
                continue
            if text in ("name", "names", "of", "the") or (nouns and wording.words[place].text in ("s",)):
                if text in ("of", "the") and nouns:
                    continue
                continue
            if text in _STOPS:
                break
            nouns.append(place)
        if nouns:
            said = {at for hit in operators.superlatives(wording) for at in range(hit.start, hit.end)}
            before = [at for at in nouns if said and at < min(said)]  # "which race offered the most money"
            return before or [at for at in nouns if at not in said] or nouns
    return _first_nouns(wording) if not wording.find(r"\b(?:who|where|when|how|did|does|do|is|are|was|were)\b") else []


def _first_nouns(wording: Wording) -> list[int]:
    """ "the year with the most passengers": no question word, but what is asked for comes first."""
    nouns: list[int] = []
    for at, word in enumerate(wording.words[:_MOST_WORDS]):
        if word.text in _AUX and not nouns:
            continue
        if word.text in _STOPS:
            break
        nouns.append(at)
    return nouns


def _korean_nouns(wording: Wording) -> list[int]:
    """The last word that says something: "2010년 우승팀은?", "가장 높은 선수는 누구인가"; "어느 팀이", "무슨 앨범"."""
    for at, word in enumerate(wording.words[:-1]):
        if word.text in ("어느", "어떤", "무슨", "몇"):
            return [at + 1]
    for at in reversed(range(len(wording.words))):
        if not wording.words[at].idle:
            before = [at - 1] if at and not wording.words[at - 1].idle else []
            return [*before, at]
    return []


def targets(wording: Wording, used: frozenset[int]) -> list[Target]:
    """What may be asked for, the likeliest first; `used` are columns that conditions are already about."""
    found: dict[int, Target] = {}

    def add(column: int, sure: float, explains: frozenset[int]) -> None:
        sure += -0.3 if column in used else (0.04 if column == wording.grid.entity else 0.0)
        known = found.get(column)
        if known is None:
            found[column] = Target(column, sure, explains)
        elif explains - known.explains and min(sure, known.sure) >= _CERTAIN:
            found[column] = Target(column, max(sure, known.sure) + 0.04, known.explains | explains)
        elif known.sure < sure:
            found[column] = Target(column, sure, explains)

    nouns = asked_nouns(wording)
    for place, at in enumerate(nouns):
        for column, sure in wording.columns.get(at, {}).items():
            near = 0.12 * place if not re.search("[가-힣]", wording.text) else 0.12 * (len(nouns) - 1 - place)
            near += 0.2 * (not _is_head(wording, at, column))
            both = frozenset(one for one in nouns if column in wording.columns.get(one, {}))
            if place == len(nouns) - 1 and re.search("[가-힣]", wording.text):
                both |= frozenset(nouns)  # "회차의 제목": what it is the title of
            add(column, 0.25 + 0.35 * sure - near + 0.05 * len(both), both)
    named_outright = {
        column for at in nouns[-1:] for column, sure in wording.columns.get(at, {}).items() if sure >= 0.85
    }
    for name in ("who", "when", "where"):
        for hit in operators.said(wording, name):
            if named_outright and re.search("[가-힣]", hit.text):
                for column in named_outright:  # "…한 역은 어디인가?" asks for the station
                    add(column, 0.6, frozenset(range(hit.start, hit.end)) | frozenset(nouns[-1:]))
                continue
            said = frozenset(range(hit.start, hit.end))
            for column, rank in _kinds(wording, name):
                named = frozenset(at for at, by in wording.columns.items() if by.get(column, 0.0) >= 0.5)
                more = 0.06 * min(len(named), 3)
                add(column, (0.46 if name == "who" else 0.5) - 0.04 * rank + more, said | named)
    for match in wording.find(_TAKING):
        start, end = wording.run(match.start(), match.end())
        said = frozenset(
            at for at in range(start, end) if wording.words[at].text in ("long", "take", "time", "finish", "complete")
        )
        for column, name in enumerate(wording.grid.names):
            if {"time", "duration"} & set(words(name)):
                add(column, 0.7, said)
    for column, _ in wording.grid.sides:
        if column in found:  # its unit is said
            found[column] = replace(found[column], sure=found[column].sure + 0.1)
    for column, said in with_unit(wording):
        add(column, 0.66, said)
    entity = wording.grid.entity
    if entity in used:
        others = [c for c, kind in enumerate(wording.grid.kinds) if kind == "text" and c not in used]
        entity = others[0] if others else entity
    unnamed = frozenset(at for at in nouns[:2] if not wording.columns.get(at))
    if not _asks_directly(wording, nouns):
        unnamed = frozenset()
    who = bool(operators.said(wording, "who"))
    for at, columns in wording.columns.items():
        for column, sure in columns.items():
            if wording.words[at].number is None and (wording.grid.kinds[column] == "text" or not who):
                add(column, 0.1 + (0.32 if who else 0.1) * sure, frozenset({at}))
    if entity not in found or unnamed:
        add(entity, 0.16 if not unnamed else 0.3, unnamed)
    return sorted(found.values(), key=lambda target: -target.sure)[:4]


def _is_head(wording: Wording, at: int, column: int) -> bool:
    """Whether a word may name a column as a whole: not "race" one of "Race leader"."""
    name = words(re.sub(r"\([^)]*\)", " ", wording.grid.names[column]))
    while len(name) > 1 and name[-1] in _UNITS:
        name.pop()
    forms = set(wording.words[at].forms)
    if len(name) < 2 or not forms & set(name[:-1]) or re.search("[가-힣]", wording.grid.names[column]):
        return True
    return any(name[-1] in wording.words[one].forms for one in range(max(0, at - 2), min(len(wording.words), at + 3)))


def with_unit(wording: Wording) -> list[tuple[int, frozenset[int]]]:
    """ "몇 호선인가", "몇 위": the columns whose cells are numbers with that unit, or of ranks."""
    found = []
    for match in wording.find(_ASKED_UNIT):
        start, end = wording.run(match.start(), match.end())
        for column, texts in enumerate(wording.grid.columns):
            having = sum(bool(re.match(rf"\s*\d[\d,.]*\s*{match[1]}", texts[row])) for row in wording.grid.rows)
            ranks = match[1] in ("위", "등") and re.search("순위|등위|등수|랭킹|최종", wording.grid.names[column])
            if having > 0.5 * len(wording.grid.rows) or ranks:
                found.append((column, frozenset(range(start, end))))
    return found


def _asks_directly(wording: Wording, nouns: list[int]) -> bool:
    """Whether the noun is what a row is ("which opera", "name a lake"), and not something of it ("what is the …")."""
    if not nouns or re.search("[가-힣]", wording.text):
        return False
    if any(hit.end == nouns[0] and not wording.columns.get(nouns[0]) for hit in operators.superlatives(wording)):
        return True  # "what is the tallest building?"
    before = [word.text for word in wording.words[max(0, nouns[0] - 2) : nouns[0]]]
    return bool({"which", "what", "name", "list"} & set(before)) and not {"is", "was", "are", "were", "s"} & set(before)


def _kinds(wording: Wording, name: str) -> list[tuple[int, int]]:
    """The columns of the kind that "who", "when" or "where" asks for."""
    found: list[tuple[int, int]] = []
    ranks = order(name)
    for column, title in enumerate(wording.grid.names):
        said = [stem(word) for word in re.findall(r"[^\W\d_]+", fold(title))]
        known = [ranks[word] for word in said if word in ranks]
        if known and not (name == "who" and wording.grid.kinds[column] != "text"):
            dated = name == "when" and wording.grid.kinds[column] != "date"
            found.append((min(known) + 100 * dated, column))
    if name == "when":
        known_columns = {column for _, column in found}
        found += [(50, c) for c, kind in enumerate(wording.grid.kinds) if kind == "date" and c not in known_columns]
    return [(column, rank) for rank, (_, column) in enumerate(sorted(found))]
