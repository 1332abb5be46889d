"""Guesses that a judgement is asked for: yes or no, "more or less", "before or after"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chat.analyst.lookups import operators
from chat.analyst.lookups.comparing import Comparing
from chat.analyst.lookups.forms import Conditions, Form, rows_of
from chat.analyst.lookups.guessing import Guess, Words, words_of
from chat.analyst.lookups.operators import Hit
from chat.analyst.lookups.thesaurus import numbered

_OF_TIME = frozenset({"before", "after", "earlier", "later"})


@dataclass(frozen=True)
class Judging(Comparing):
    """Makes them."""

    def by_judgement(self) -> Iterator[Guess]:
        yield from self._by_alternatives()
        if self.counting or not operators.said(self.wording, "yes_no") or re.search(r"\bor\b", self.wording.text):
            return
        start = words_of(operators.said(self.wording, "yes_no")[0])
        yield from self._by_sameness(start)
        yield from self._by_number_of_rows(start)
        yield from self._by_having_any(start)
        yield from self._by_existence()
        yield from self._by_facts(start)

    def _by_alternatives(self) -> Iterator[Guess]:
        """ "more or less", "above or below": which of the two words holds."""
        for hit, either in operators.alternatives(self.wording):
            place = re.search(r"\blist|\btable|\bchart", self.wording.text) and either[0] in (
                "above",
                "below",
                "before",
            )
            for one, other in self._pairs():
                for left, right, sure in self._sides(one, other):
                    said = words_of(hit) | one.explains | other.explains | operators.marks_of_list(self.wording)
                    base = 0.35 * (sure - 1) + 0.1
                    if place:
                        form = Form("yes_no", None, (left,), others=(right,), largest=hit.up, either=either, offset=1)
                        yield Guess(form, said, base)
                    for column, near, named in self._judged_columns(either):
                        form = Form(
                            "yes_no", None, (left,), others=(right,), measure=column, largest=hit.up, either=either
                        )
                        yield Guess(form, said | named, base + 0.3 * (near - 0.8))
            yield from self._against_number(hit, either)

    def _judged_columns(self, either: tuple[str, str]) -> list[tuple[int, float, Words]]:
        """The columns that the question names; by words of time the days."""
        grid = self.wording.grid
        named = self._compared_columns()
        if not _OF_TIME & set(either):
            return named
        days = [one for one in named if grid.kinds[one[0]] == "date"]
        others = (column for column in grid.ordered if grid.kinds[column] == "date")
        return days or [(column, 0.7, frozenset[int]()) for column in others][:1]

    def _against_number(self, hit: Hit, either: tuple[str, str]) -> Iterator[Guess]:
        """ "did position 1 have more or less than 49 points?"; without any row named, how many there are."""
        for at in range(hit.end, min(hit.end + 3, len(self.wording.words))):
            number = self.wording.words[at].number
            if number is None:
                continue
            values = [claim for claim in self.claims if claim.value and not claim.meets(at, at + 1)]
            said = words_of(hit) | {at} | operators.marks_of_list(self.wording)
            for taken in itertools.product(*(claim.options[:2] for claim in values)):
                conditions = tuple(option.condition for option in taken)
                named = frozenset[int]().union(*(claim.explains for claim in values), *(one.explains for one in taken))
                if not rows_of(self.wording.grid, conditions):
                    continue
                base = Form("yes_no", None, conditions, largest=hit.up, either=either, threshold=number)
                for column, near, words in self._compared_columns():
                    if conditions and self.wording.grid.kinds[column] == "number":
                        form = replace(base, measure=column)
                        yield Guess(form, said | named | words, 0.3 * (near - 0.8) + 0.1)
                noun = self.noun_after(Hit(at + 1, at + 1))
                yield Guess(base, said | named | noun, 0.0 if conditions else 0.08)
            break

    def _by_sameness(self, start: Words) -> Iterator[Guess]:
        """ "did x drive the same car as y?" """
        for hit in operators.said(self.wording, "same"):
            for one, other in self._pairs():
                for left, right, sure in self._sides(one, other):
                    for at in range(hit.start, min(len(self.wording.words), hit.end + 3)):
                        for column, near in self.wording.columns.get(at, {}).items():
                            if column == left.column:
                                continue
                            explains = start | words_of(hit) | one.explains | other.explains | {at}
                            form = Form("same", column, (left,), others=(right,))
                            yield Guess(form, explains, 0.35 * (sure - 1) + 0.3 * (near - 0.8) + 0.1)

    def _by_number_of_rows(self, start: Words) -> Iterator[Guess]:
        """ "are there at least 11 rounds?" """
        for match in self.wording.find(r"\bthere (?:at least|more than|over|fewer than|less than|at most|under) (\w+)"):
            first, after = self.wording.run(match.start(), match.end())
            digits = match[1]
            number = float(digits) if digits.isdigit() else float(numbered("numerals").get(digits, 0))
            if not number:
                continue
            claims = [claim for claim in self.claims if claim.meets(first, after)]
            up = bool(re.search(r"at least|more|over", match[0]))
            for claimed in self.taken(without=tuple(claims)):
                form = Form(
                    "yes_no",
                    None,
                    claimed.conditions,
                    threshold=number,
                    largest=up,
                    inclusive="at" in match[0].split(),
                )
                noun = self.noun_after(Hit(after, after))
                named = claimed.explains | noun | frozenset(range(first, after)) | start
                yield Guess(form, named | operators.marks_of_list(self.wording), self.sure_of(claimed) + 0.05)

    def _by_having_any(self, start: Words) -> Iterator[Guess]:
        """ "does x have any bronze medals?" """
        for match in self.wording.find(r"\b(?:have|win|get|earn|receive|score)?\s*any\b"):
            first, after = self.wording.run(match.start(), match.end())
            values = [claim for claim in self.claims if claim.value and not claim.weak]
            for option in values[0].options[:2] if len(values) == 1 else ():
                for column, near, said in self._compared_columns():
                    if self.wording.grid.kinds[column] != "number" or not any(first <= at <= after + 2 for at in said):
                        continue
                    form = Form("yes_no", None, (option.condition,), measure=column, threshold=0.0)
                    explains = start | values[0].explains | option.explains | said | frozenset(range(first, after))
                    noun = self.noun_after(Hit(after, after))
                    yield Guess(form, explains | noun, 0.35 * (option.sure - 1) + 0.3 * (near - 0.8) + 0.05)

    def _by_existence(self) -> Iterator[Guess]:
        """ "were any towers established before 1800?": whether there is a row that meets all that is claimed."""
        match = re.match(r"\s*(?:is|are|was|were|did|do|does|has|have)(?: there)?(?: any| an?)?\b", self.wording.text)
        if not match or not re.search(r"\bany\b|\bthere\b", match[0]):
            return
        claims = [claim for claim in self.claims if not claim.weak]
        _, after = self.wording.run(match.start(), match.end())
        for taken in itertools.product(*(claim.options[:2] for claim in claims)) if claims else ():
            explains = frozenset(range(after)) | self.noun_after(Hit(after, after))
            explains = explains.union(*(claim.explains for claim in claims), *(one.explains for one in taken))
            sure = sum(one.sure for one in taken) / len(taken)
            form = Form("yes_no", None, tuple(one.condition for one in taken), threshold=0.0)
            yield Guess(form, explains, 0.35 * (sure - 1) + 0.02)

    def _by_facts(self, start: Words) -> Iterator[Guess]:
        """ "does x have more than 3?", "was x in rome?": whether the named row meets what else is claimed."""
        values = [claim for claim in self.claims if claim.value and not claim.weak]
        for named in values[:1]:
            rest = [claim for claim in self.claims if claim is not named and not (claim.weak and claim.value)]
            if not rest or any(claim.value and claim in values[2:] for claim in rest):
                continue
            for option in named.options[:2]:
                if not rows_of(self.wording.grid, (option.condition,)) or option.condition.test != "is":
                    continue
                for taken in itertools.product(*(claim.options[:2] for claim in rest)):
                    conditions = tuple(one.condition for one in taken)
                    if any(one.column == option.condition.column or one.test == "has" for one in conditions):
                        continue
                    explains = start | named.explains | option.explains
                    explains = explains.union(*(claim.explains for claim in rest), *(one.explains for one in taken))
                    sure = (option.sure + sum(one.sure for one in taken)) / (1 + len(taken))
                    form = Form("yes_no", None, (option.condition, *conditions), threshold=0.0)
                    yield Guess(form, explains, 0.35 * (sure - 1) + (0.06 if _measured(conditions) else -0.02))


def _measured(conditions: Conditions) -> bool:
    return any(condition.test not in ("is", "has") for condition in conditions)
