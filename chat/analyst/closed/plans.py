"""What holds for a whole question while its script is written, and which column and rows a place means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chat.analyst.closed.conditions import Condition
from chat.analyst.closed.facts import Facts
from chat.analyst.closed.mentions import find_mentions
from chat.analyst.closed.places import slot_conditions
from chat.analyst.closed.problems import NotUnderstood, Problem
from chat.analyst.closed.scopes import subset
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.wording import FILLERS, letters, tokens

_BEFORE = re.compile(r"\b(?:before|pre|original|raw|initial|with outliers?|prior)\b")
_REMOVES = re.compile(
    r"(?:remov|prun|exclud|drop|eliminat|without|discard|제거|제외)\w*[^.\n]{0,60}(?:outlier|이상치|"
    r"identified)|outliers?[^.\n]{0,60}(?:remov|prun|exclud|drop|eliminat)"
    r"|outliers?[^.\n]{0,80}\bremove them|[.\n]\s*(?:then )?(?:remove|exclude|drop|discard) "
    r"(?:them|these|those)\b|"
    r"outliers?[\s\S]{0,200}\b(?:among|of|in) the (?:rest|remaining)\b|(?:이상치|이상값)[^.\n]{0,20}(?:제거|제외|빼)",
    re.I,
)
_KEEPS = re.compile(
    r"do not (?:remove|consider|exclude) (?:any )?(?:outliers|data|missing|values)|"
    r"outliers[^.\n]{0,30}(?:not needed|no further)",
    re.I,
)
_ASKED = re.compile(
    r"\b(?:mean|median|average|standard deviation|skewness|kurtosis|variance|distribution|range)\b"
    r"[^.\n]{0,60}?\b(?:of|for)\s+(?:the\s+)?",
    re.I,
)
_DEFAULT_DECIMALS = 2


@dataclass
class Plan:
    """A problem, its method, the conditions that hold for all places, and the places in work."""

    problem: Problem
    facts: Facts
    conditions: list[Condition] = field(default_factory=list)
    before: str | None = None  # the variable that holds the table before it was prepared
    extra: list[Condition] = field(default_factory=list)  # of the group in work, where places are asked for per group

    def slot_conditions(self, slot: Slot) -> list[Condition]:
        """The conditions that a place's own name states."""
        return [*slot_conditions(self.problem, slot.words, slot.name), *self.extra]

    def frame(self, slot: Slot, *, stage: bool = True) -> str:
        """The variable that holds the rows a place is about."""
        own = self.slot_conditions(slot)
        taken = {one.column for one in own}
        general = [one for one in self.conditions if one.column not in taken]
        base = self.before if stage and self.before and self.is_before(slot) else "df"
        return subset(self.problem, base, [*general, *own])

    def is_before(self, slot: Slot) -> bool:
        """Whether a place asks for what was there before the preparation."""
        return bool(_BEFORE.search(" ".join(slot.words))) and not re.search(r"\bwithout\b", " ".join(slot.words))

    @property
    def removes_outliers(self) -> bool:
        """Whether outliers are to be left out."""
        return bool(
            self.facts.outlier_method and _REMOVES.search(self.problem.body) and not _KEEPS.search(self.problem.body)
        )

    def column(self, slot: Slot, part: Part, *, numeric: bool = True) -> str:
        """The column that a place is about: named by it, else the question's first one."""
        made_and_named = [one.name for one in self.problem.features if self._speaks_of(slot, part, one.name)]
        if made_and_named and not (numeric and any(one.labels for one in self.problem.features)):
            return made_and_named[-1]
        named = self.named(slot, part, numeric=numeric)
        is_word = bool(named) and letters(named[0]) in (
            "value",
            "values",
            "score",
            "number",
        )  # `std_value` of a new column
        if named and not (is_word and any(not one.labels for one in self.problem.features)):
            return named[0]
        others = self.named(slot, part, numeric=False) if numeric else []
        if others and not set(others) <= {one.column for one in self.slot_conditions(slot)} | self._sources():
            raise NotUnderstood(slot.name)  # it names a column of words
        made = [one.name for one in self.problem.features if not (numeric and one.labels)]
        mentioned = self.mentioned(numeric=numeric)
        told = {one.column for one in self.slot_conditions(slot)}
        asked = [one for one in self.asked() if one not in told]
        others = [one for one in asked if one not in made]
        if made and len(others) == 1 and set(asked) & set(made) and self._is_beside(made[-1]):
            return others[0]
        if numeric and not made and len(asked) == 1 and self.problem.says(r"\bmissing|\bnulls?\b|imput|결측"):
            return asked[0]
        if made and not (mentioned and mentioned[0] not in made and _first_asked(self.problem, mentioned[0])):
            return made[-1]
        if mentioned:
            grouping = {one.column for one in [*self.conditions, *self.slot_conditions(slot)]} | self.problem.sources
            free = [one for one in mentioned if one not in grouping]
            return (free or mentioned)[0]
        every = [c for c in self.problem.columns if self.problem.is_numeric(c)]
        if numeric and len(every) == 1 and not re.search(r"['\"“‘][^'\"“”‘’\n]{2,40}['\"”’]", self.problem.body):
            return every[0]
        raise NotUnderstood(slot.name)

    def unnamed(self, text: str) -> str:
        """A text without the columns that it surely names: `total` in `total_rides` asks for no sum."""
        for one in reversed(find_mentions(text, self.problem.columns)):
            text = f"{text[: one.start]}…{text[one.end :]}" if one.score >= 80 else text
        return text

    def _sources(self) -> set[str]:
        """The columns that the question's new ones are made of."""
        made = [
            line for one in self.problem.features for line in self.problem.script.lines if f"[{one.name!r}]" in line
        ]
        return {column for column in map(str, self.problem.frame.columns) for line in made if repr(column) in line}

    def all_judged(self, slot: Slot, part: Part) -> list[str]:
        """The columns that one word is to judge: several where the question speaks of `the variables (a, b, c)`."""
        if self.problem.features or self.named(slot, part) or self.slot_conditions(slot):
            return [self.column(slot, part)]
        for sentence in self.problem.sentences:
            named = [c for c in self.problem.columns_in(sentence, at_least=75) if self.problem.is_numeric(c)]
            if len(named) > 2 and re.search(r"\b(?:variables|columns|features)\b|변수들|열들", sentence, re.I):
                return named
        return [self.column(slot, part)]

    def asked(self) -> list[str]:
        """The columns whose statistics the question asks for in so many words: `the mean and range of X`."""
        found: list[str] = []
        for sentence in self.problem.sentences:
            for one in _ASKED.finditer(sentence):
                if re.search(r"imput|fill|missing|replac", one.group(), re.I):
                    continue
                following = sentence[one.end() : one.end() + 160]
                nearest = find_mentions(following, self.problem.columns)[:1]
                if nearest and not re.search(r"\b(?:and|of|for|in|by|to)\b|[,;]", following[: nearest[0].start]):
                    found += [nearest[0].column] if self.problem.is_numeric(nearest[0].column) else []
        return list(dict.fromkeys(found))

    def _speaks_of(self, slot: Slot, part: Part, name: str) -> bool:
        """Whether a place's texts have all the words of a column that the question makes."""
        wanted = [word for word in tokens(name) if word not in FILLERS]
        said = [*slot.words, *tokens(part.placeholder)]
        return len(wanted) > 1 and all(word in said for word in wanted)

    def _is_beside(self, name: str) -> bool:
        """Whether other places name the made column, so that the rest ask for what it is compared with."""
        return any(self._speaks_of(slot, part, name) for slot in self.problem.format.slots for part in slot.parts)

    def named(self, slot: Slot, part: Part, *, numeric: bool = True) -> list[str]:
        """The columns that a place's own texts name."""
        texts = [
            " ".join(slot.words),
            slot.name,
            " ".join(tokens(part.placeholder)),
            part.placeholder,
            part.description,
        ]
        if len(slot.parts) > 1:
            texts = [texts[2], *texts[:2], *texts[4:]]
        texts = ["" if len(text) == 1 and text.isascii() else text for text in texts]  # `p` stands for a p value
        wanted = self.problem.columns
        grouping = {
            one.column
            for one in self.slot_conditions(slot)
            if one.is_equality or one.code.endswith((".isna()", ".notna()"))
        }
        for number, text in enumerate(texts):
            found = [
                one
                for one in find_mentions(text, wanted)
                if one.score >= (50 if number < 4 else 60) or self._is_asked(one)
            ]
            names = [one.column for one in found if not numeric or self.problem.is_numeric(one.column)]
            names = names or [one for one in _compounded(text, wanted) if not numeric or self.problem.is_numeric(one)]
            names = [one for one in names if one not in grouping or (len(names) == 1 and number == 4)] or []
            if names:
                return list(dict.fromkeys(names))
        return []

    def every_named(self, slot: Slot, part: Part) -> list[str]:
        """All columns that a place's texts name, in their order."""
        texts = [slot.name, " ".join(slot.words), part.placeholder, part.description]
        found = [one for text in texts for one in find_mentions(text, self.problem.columns)]
        last = (slot.words or [""])[-1]
        sure = [one.column for one in found if one.score >= 75 or letters(one.column) == last]
        return list(dict.fromkeys([*sure, *[one.column for one in found if one.score >= 50 or self._is_asked(one)]]))

    def _is_asked(self, mention: object) -> bool:
        """Whether an uncertain name in a place is a column that the question speaks of, too."""
        column = getattr(mention, "column", "")
        return any(one.column == column and one.score >= 75 for one in self.problem.mentions)

    def mentioned(self, *, numeric: bool = True) -> list[str]:
        """The columns that the question speaks of, surely named before guessed ones."""
        mentions = self.problem.mentions
        sure = [one.column for one in mentions if one.score >= 70]
        rest = [one.column for one in mentions if 40 <= one.score < 70] + [
            one.column for one in mentions if one.score < 40
        ]
        names = list(dict.fromkeys([*sure, *rest] if sure else rest))
        return [one for one in names if not numeric or self.problem.is_numeric(one)]

    def series(self, frame: str, column: str) -> str:
        """A column of a frame as numbers."""
        return f"{frame}[{self.problem.number(column)}]"

    def show(self, value: str, part: Part, *, whole: bool = False) -> str:
        """The code of a value as its place wants it."""
        if part.kind in ("text", "boolean"):
            return f"shown({value})"
        decimals = 0 if whole or part.kind == "integer" else part.decimals
        return f"shown({value}, {_DEFAULT_DECIMALS if decimals is None else decimals})"


def of_series(plan: Plan, slot: Slot, measure: str | None) -> str | None:
    """The statistic of a moving one: `max_average` of the moving average is a maximum."""
    if measure not in ("mean", "median", "sum", "std") or not any(
        f.name.startswith("moving ") for f in plan.problem.features
    ):
        return measure
    found = re.search(
        r"\b(max|min)(?:imum)?\b|\b(highest|largest|peak)\b|\b(?:lowest|smallest)\b", " ".join(slot.words)
    )
    return (found[1] or ("max" if found[2] else "min")) if found else measure


def of_range(plan: Plan, measure: str | None) -> str | None:
    """The statistic of a made column that is called a range itself: `the average diurnal range`."""
    if measure != "range" or not any("range" in one.name.casefold() for one in plan.problem.features):
        return measure
    found = re.search(r"\b(average|mean|median)\b[^.\n]{0,30}\brange", plan.problem.low)
    return {"median": "median"}.get(found[1], "mean") if found else measure


def _compounded(text: str, columns: list[str]) -> list[str]:
    """The columns whose Korean name is a part of a word: `평균거래금액`; the longest where one holds another."""
    found = [one for one in columns if len(one) > 1 and not one.isascii() and letters(one) in letters(text)]
    return [one for one in found if not any(one != other and letters(one) in letters(other) for other in found)]


def _first_asked(problem: Problem, column: str) -> bool:
    """Whether the last request of a question is about a column rather than about the one that it makes."""
    asks = [
        one
        for one in problem.sentences
        if re.search(r"\b(?:calculate|compute|find|report|determine|what)\b", one, re.I)
    ]
    return (
        bool(asks)
        and not any(one.said == asks[-1] for one in problem.features)
        and column in problem.columns_in(asks[-1], at_least=75)
        and not any(one.name in asks[-1] or "new feature" in asks[-1].lower() for one in problem.features)
    )
