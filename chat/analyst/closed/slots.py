"""Finds the places of a requested answer format, `@name[placeholder]`, and what each may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from chat.analyst.closed.wording import NUMBER_WORDS, letters, tokens

_NAME = re.compile(r"@+((?=\d{0,4}[^\W\d])\w[\w .%/-]{0,80}?)\s*\[")
_DECIMALS = re.compile(
    r"(?P<n>\d+|one|two|three|four|five|six|third|second|first|fourth|fifth)(?:\s+or\s+\w+)?[\s-]*(?:decimals?|d\.?p\b)"
    r"|decimals?\s*(?:places?|points?)?\s*(?:\(|:|of|=)?\s*(?P<m>\d+)"
    r"|\b(?P<d>\d|one|two|three|four|five|six)\s+digits?\b(?!\s+(?:number|code|integer|year))"
    r"|소수(?:점)?\s*(?:이하|아래)?\s*(?P<k>\d+|한|두|세|네|첫째|둘째|셋째|넷째)\s*(?:자리|번째)?",
    re.I,
)
_DECIMALS_EACH = re.compile(
    rf"{_DECIMALS.pattern}|\bto (?P<t>one|two|three|four|five|six|\d)(?=\s*(?:[.,;]|and\b|$))", re.I
)
_NO_SUBJECT = frozenset(
    re.findall(
        r"\w+",
        "round rounded to the and or all value values places place decimal decimals a an of both is are each with "
        "results 까지 반올림",
    )
)
_KOREAN = {"한": 1, "두": 2, "세": 3, "네": 4, "첫째": 1, "둘째": 2, "셋째": 3, "넷째": 4}
_NEAREST = {"tenth": 1, "hundredth": 2, "thousandth": 3, "whole": 0, "integer": 0, "unit": 0}
_INTEGER = re.compile(r"\b(?:integers?|whole numbers?|non-negative number of|count of)\b|정수", re.I)
_BOOLEAN = re.compile(r"\bboolean\b|\btrue\b.{0,80}\bfalse\b|\bfalse\b.{0,80}\btrue\b", re.I | re.S)
_LIST = re.compile(r"\blist\b|\barray\b|목록|리스트", re.I)
_QUOTES = "\"'“”‘’`"
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{1,60})[\"”]|(?<!\w)['‘]([^'‘’\n]{1,60})['’](?!\w)")
_CHOICE = re.compile(
    r"either|\bcan be\b|could be|\bor\b|one of|takes? the value|depending|which can|/|중 하나|또는|이면", re.I
)
_DEFINES = re.compile(
    r"\s*(?:value\s+)?(?:is|are|should|represents?|can|could|denotes?|indicates?|means?|"
    r"refers?|signif\w+|must|will|to \w+ decimal|the |:|,?\s*each|은|는|이|가)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a place. `decimals` None: not said; `words`: the only answers allowed, in the question's order."""

    placeholder: str
    description: str
    decimals: int | None
    kind: str  # "number", "integer", "text", "boolean", "list" or "map"
    words: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """All that is said about it."""
        return f"{self.placeholder} {self.description}"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place `@name[…]` with its one value or several, apart by commas."""

    name: str
    parts: tuple[Part, ...]
    inside: str = ""

    @property
    def between(self) -> str:
        """What parts its values: a comma alone where the place itself is written so."""
        return "," if re.search(r",\S", self.inside) and not re.search(r",\s", self.inside) else ", "

    @property
    def words(self) -> list[str]:
        """The words of its name."""
        return tokens(self.name)


@dataclass(frozen=True, slots=True)
class Format:
    """The places in order, the question's text without them, and whether they are asked for once per group."""

    slots: tuple[Slot, ...]
    body: str
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    inside: str
    start: int
    end: int


def find_format(question: str) -> Format | None:
    """The requested format of a question, or None when it asks for none."""
    if "@" not in question or "[" not in question:
        return None
    question = question.replace("\\n", "\n")
    places = _places(question)
    if not places:
        return None
    outside = _without(question, places)
    names = list(dict.fromkeys(place.name for place in places))
    firsts = [next(place for place in places if place.name == name) for name in names]
    placeholders = [text for place in firsts for text in [*_inner_parts(place.inside), *_quoted_whole(place, outside)]]
    definitions = _definitions(outside, placeholders)
    nameless = [place.name for place in firsts if not any(text in definitions for text in _inner_parts(place.inside))]
    by_name = [name for name in nameless if re.search(rf"[{_QUOTES}]{re.escape(name)}[{_QUOTES}]", outside)]
    if by_name:
        definitions = _definitions(outside, [*placeholders, *by_name])
    body = _body(outside, definitions)
    slots = []
    for place in firsts:
        others = [other.inside.strip(_QUOTES + " ") for other in places if other.name == place.name]
        slots.append(_slot(place, others, definitions, outside))
    repeated = re.search(r"for each\s+[\w ]+:\s*$|(?:각|마다)[^@\n]*:\s*$", question[: firsts[0].start].strip(), re.I)
    return Format(tuple(slots), body, bool(repeated))


def _places(question: str) -> list[_Place]:
    places: list[_Place] = []
    for found in _NAME.finditer(question):
        if places and found.start() < places[-1].end:
            continue
        end = _closing(question, found.end())
        places.append(_Place(found[1].strip(), question[found.end() : end].strip(), found.start(), end + 1))
    return places


def _closing(text: str, start: int) -> int:
    """Where the bracket that was opened before `start` is closed: at the line's end when it never is."""
    depth = 1
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    for index in range(start, len(text)):
        if text[index] == "[":
            depth += 1
        elif text[index] == "]":
            depth -= 1
            if not depth:
                return index
    return line_end


def _without(question: str, places: list[_Place]) -> str:
    """The question with a line break instead of each place."""
    pieces, at = [], 0
    for place in places:
        pieces.append(question[at : place.start])
        at = place.end
    return "\n".join([*pieces, question[at:]])


def _inner_parts(inside: str) -> list[str]:
    """The values that a place's placeholder names: several when short names stand between commas."""
    if inside.startswith("{"):
        return [inside]
    pieces = [piece.strip() for piece in re.split(r",(?![^()]*\))", inside.strip("[] "))]
    named = [piece for piece in pieces if piece and piece not in ("...", "…")]
    if len(named) > 1 and all(len(piece.split()) <= 3 and len(piece) <= 45 for piece in named):
        return [piece.strip(_QUOTES + " ") for piece in named]
    return [_unquoted(inside)]


def _quoted_whole(place: _Place, outside: str) -> list[str]:
    """What stands in a place between commas, where the question explains it as one: `"first,second" can be …`."""
    return [place.inside] if "," in place.inside and f'"{place.inside}"' in outside else []


def _unquoted(text: str) -> str:
    """A text without quotes around the whole of it; those of a word at its end stay."""
    bare = text.strip(_QUOTES + " ")
    return text.strip() if re.search(rf"[{_QUOTES}]", bare) else bare


def _definitions(outside: str, placeholders: list[str]) -> dict[str, str]:
    """What the question says each placeholder is."""
    marks: list[tuple[int, int, str]] = []
    for name in dict.fromkeys(placeholders):
        if not letters(name) or len(name) > 60:
            continue
        quoted = rf"[{_QUOTES}]{{1,2}}{re.escape(name)}[{_QUOTES}]{{1,2}}"
        bare = (
            rf"(?<![\w{_QUOTES}@])(?:where|and|,|\.|\n|^)\s*{re.escape(name)}"
            r"(?=\s+(?:value\s+)?(?:is|are|represents?|should|can)\b|\s*(?:,|and)\s)"
        )
        found = list(re.finditer(quoted, outside)) or (
            list(re.finditer(bare, outside, re.I))
            if "_" in name or not name.islower() or " where" in outside.lower()
            else []
        )
        marks += [(one.start(), one.end(), name) for one in found or _by_choices(outside, name)]
    marks.sort()
    definitions: dict[str, str] = {}
    group: list[str] = []
    for index, (_, end, name) in enumerate(marks):
        following = marks[index + 1][0] if index + 1 < len(marks) else len(outside)
        between = outside[end:following]
        group.append(name)
        if index + 1 < len(marks) and not re.sub(r"[\s,&…]|\.{3}|and|where|와|과|및", "", between.strip(_QUOTES + " ")):
            continue
        said = between.strip(_QUOTES + " ")
        if _DEFINES.match(said) or len(marks) == 1:
            for one in group:
                definitions[one] = "\x00".join(filter(None, (definitions.get(one), _first_paragraph(said))))
        group = []
    return definitions


def _by_choices(outside: str, name: str) -> list[re.Match[str]]:
    """Where a placeholder that lists its answers, `yes/no`, is explained by these: `"yes" or "no" signifies if …`."""
    pieces = [re.escape(piece.strip()) for piece in name.split("/")]
    if len(pieces) < 2:
        return []
    quoted = r"\s*(?:,|or|and|/)\s*".join(rf"[{_QUOTES}]{piece}[{_QUOTES}]" for piece in pieces)
    return list(re.finditer(rf"{quoted}(?=\s*(?:signif|represent|indicat|denot|mean))", outside, re.I))


def _first_paragraph(text: str) -> str:
    kept = re.split(r"\n\s*\n|\n(?=[A-Z@{}]|where\b)", text.strip())[0]
    return re.sub(r"[,\s]*\b(?:where|and)?\s*$", "", kept, flags=re.I).strip()


def _body(outside: str, definitions: dict[str, str]) -> str:
    """What the question says besides its format."""
    body = outside
    for said in definitions.values():
        for piece in said.split("\x00"):
            body = body.replace(piece, "\n") if piece else body
    # The number of a list is no number to compute with, and no name of a column.
    body = re.sub(r"^\s*\(?\d{1,2}[.)]\s+(?=\D)", "", body, flags=re.MULTILINE)
    return re.sub(r"[ \t]+", " ", body)


def _slot(place: _Place, others: list[str], definitions: dict[str, str], outside: str) -> Slot:
    inner = _inner_parts(place.inside)
    alternatives = tuple(dict.fromkeys(other for other in others if other and len(other) <= 40))
    if len(alternatives) > 1 and all(number_like(other) is False for other in alternatives):
        boolean = {other.casefold() for other in alternatives} == {"true", "false"}
        part = Part(place.inside, "", None, "boolean" if boolean else "text", alternatives)
        return Slot(place.name, (part,), place.inside)
    parts = []
    for text in inner:
        whole = definitions.get(place.inside) or (definitions.get(place.name, "") if len(inner) == 1 else "")
        said = definitions.get(text, whole).replace("\x00", " ")
        parts.append(_part(text, said, place, outside))
    is_list = _elements(place.inside) or len({_stemless(part.placeholder) for part in parts}) == 1
    if len(parts) > 1 and is_list and not all("," in word for part in parts for word in part.words or ("",)):
        description = " ".join(dict.fromkeys(part.description for part in parts))
        known = next((part.decimals for part in parts if part.decimals is not None), None)
        parts = [replace(parts[0], placeholder=place.inside, description=description, kind="list", decimals=known)]
    return Slot(place.name, tuple(parts), place.inside)


def _elements(inside: str) -> bool:
    """Whether what stands inside a place goes on: `a1, a2, ...`."""
    return bool(re.search(r"\.\.\.|…", inside)) and not inside.startswith("{")


def _stemless(name: str) -> str:
    return re.sub(r"[_\s]*\d+$", "", name)


def _part(placeholder: str, said: str, place: _Place, outside: str) -> Part:
    whole = said or placeholder
    words = _words(said, placeholder)
    if placeholder.startswith("{"):
        return Part(placeholder, said, decimals_in(said), "map")
    if not words and _BOOLEAN.search(whole):
        return Part(placeholder, said, None, "boolean", _boolean_words(whole))
    if {word.casefold() for word in words} == {"true", "false"}:
        return Part(placeholder, said, None, "boolean", _boolean_words(whole))
    decimals = decimals_in(whole)
    if decimals is None:
        decimals = _own_decimals(_common(outside), tokens(f"{place.name} {placeholder}"))
    if words:
        return Part(placeholder, said, decimals, "text", words)
    if _LIST.search(said) or _is_list(placeholder) or _elements(place.inside):
        return Part(placeholder, said, decimals, "list")
    if _INTEGER.search(f"{placeholder} {whole}") and not decimals_in(whole):
        return Part(placeholder, said, 0, "integer")
    if not re.search(r"\bis a (?:\w+ )?number\b", said) and re.search(
        r"\bstring|\bnames?\b|_names?$|문자열|이름", whole, re.I
    ):
        return Part(placeholder, said, decimals, "text")
    if re.search(r"\bdate\b|날짜", whole, re.I) and not re.search(r"\bnumber\b|숫자", said):
        return Part(placeholder, said, decimals, "text")
    return Part(placeholder, said, decimals, "number")


def _is_list(placeholder: str) -> bool:
    words = " ".join(tokens(placeholder))
    return bool(_LIST.search(placeholder) or re.search(r"^list\b|\blist$", words))


def _boolean_words(said: str) -> tuple[str, ...]:
    lower = re.search(r"\btrue\b", said) and not re.search(r"\bTrue\b", said)
    return ("true", "false") if lower else ("True", "False")


def _words(said: str, placeholder: str) -> tuple[str, ...]:
    """The answers that a description allows; none when it only names or describes."""
    for text in (said, placeholder):
        quoted = [next(group for group in found if group) for found in _QUOTED.findall(text)]
        quoted = [word.strip().rstrip(".,") if len(word) > 3 else word for word in quoted]
        quoted = [word for word in dict.fromkeys(quoted) if word != placeholder and number_like(word) is False]
        if len(quoted) > 1 and _CHOICE.search(text) and "list of" not in text:
            return tuple(quoted)
    option = r"[A-Za-z가-힣][\w -]{0,30}"
    stripped = placeholder.replace('"', "").strip(" .")
    inside = re.search(r"\(([^()]*/[^()]*)\)", stripped)
    slashed = re.fullmatch(rf"{option}(?:\s*/\s*{option})+", inside[1] if inside else stripped)
    if slashed:
        return tuple(piece.strip() for piece in slashed.group().split("/"))
    return ()


def _common(outside: str) -> str:
    """The sentences that speak of rounding."""
    lines = re.split(r"\n|(?<=[a-z가-힣0-9])\.\s", outside)
    return "\n".join(
        line
        for line in lines
        if re.search(r"round|decimal|whole|digit|hundredth|tenth|소수|반올림|nearest", line, re.I)
    )


def _own_decimals(text: str, words: list[str]) -> int | None:
    """The decimals that rounding rules give to what has these words: `Round F to two decimals and p to three`."""
    said = list(_DECIMALS_EACH.finditer(text))
    before = 0
    for one in said if len(said) > 1 else ():
        subject = [word for word in tokens(text[before : one.start()]) if word not in _NO_SUBJECT]
        before = one.end()
        met = any(
            word == own or (len(own) > 1 and word.startswith(own)) or (len(word) > 2 and own.startswith(word[:4]))
            for word in subject
            for own in words
        )
        if met:
            return decimals_in(f"rounded {one.group()} decimals" if one["t"] else one.group())
    return decimals_in(text)


def decimals_in(text: str) -> int | None:
    """How many decimals a text asks for; None when it doesn't say."""
    found = _DECIMALS.search(text)
    if found:
        said = (found["n"] or found["m"] or found["d"] or found["k"]).casefold()
        return int(said) if said.isdigit() else _KOREAN.get(said, NUMBER_WORDS.get(said, 2))
    shared = re.search(
        r"rounded to (\w+)(?=\s*(?:,|\band\b|$))", text.strip(), re.I
    )  # `to two and "p" to four decimals`
    if shared and (shared[1].isdigit() or shared[1].casefold() in NUMBER_WORDS):
        return int(NUMBER_WORDS.get(shared[1].casefold(), shared[1]))
    nearest = re.search(r"(?:nearest|rounded to (?:the|an?)|to the(?! nearest))\s+(\w+)", text, re.I)
    if nearest and nearest[1].casefold() in _NEAREST:
        return _NEAREST[nearest[1].casefold()]
    if re.search(r"positive integer|정수|\bwhole (?:numbers?|percents?)\b", text, re.I):
        return 0
    return None


def number_like(text: str) -> bool:
    """Whether a text is a number."""
    return bool(re.fullmatch(r"[+-]?[\d.,]+%?", text.strip()))
