"""Guesses that a number is asked for: of rows, of different values, a sum or an average."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from chat.analyst.lookups import operators
from chat.analyst.lookups.cells import words, year_span
from chat.analyst.lookups.forms import Condition, Form, Part, rows_of
from chat.analyst.lookups.guessing import Guess, Guessing, Words, weight, words_of
from chat.analyst.lookups.operators import Hit
from chat.analyst.lookups.wording import is_korean

_NAMED = 0.5  # how surely a column must be named that is added up


@dataclass(frozen=True)
class Counting(Guessing):
    """Makes them."""

    def _counted_columns(self, hit: Hit) -> list[tuple[int, float, Words]]:
        """The columns named right after "how many", or by the word before "몇"."""
        found: dict[int, tuple[int, float, Words]] = {}
        near = [*range(hit.end, min(hit.end + 4, len(self.wording.words)))]
        if is_korean(hit.text):
            near = list(range(max(0, hit.start - 2), min(hit.end + 1, len(self.wording.words))))
        for at in near:
            if any(claim.meets(at, at + 1) and not claim.weak for claim in self.claims):
                continue
            for column, sure in self.wording.columns.get(at, {}).items():
                sure -= 0.04 * abs(at - hit.end)
                if column not in found or found[column][1] < sure:
                    before = found[column][2] if column in found else frozenset()
                    found[column] = (column, sure, before | {at})
                else:
                    found[column] = (column, found[column][1], found[column][2] | {at})
        return list(found.values())

    def by_counting(self) -> Iterator[Guess]:
        different = operators.said(self.wording, "different")
        marks = operators.marks_of_list(self.wording)
        grid = self.wording.grid
        for hit in self.counting[:1]:
            named = self._counted_columns(hit)
            for claimed in self.taken(hit):
                base = claimed.explains | words_of(*self.counting) | marks
                conditions = claimed.conditions
                noun = self.noun_after(hit)
                strange = any(weight(self.wording.words[at]) >= 1.0 and not self.wording.columns.get(at) for at in noun)
                if strange and not conditions and not marks and not operators.said(self.wording, "sum"):
                    continue  # it may be that some rows are none
                left = any(weight(word) >= 1.0 and at not in base | noun for at, word in enumerate(self.wording.words))
                bonus = self.sure_of(claimed) - (0.0 if conditions else 0.1 if left else 0.04) - 0.06 * strange
                alone = len(claimed.rows) <= max((len(one.operands) for one in conditions), default=0) and any(
                    self._names_a_row(condition, claimed.rows) for condition in conditions
                )
                alone = alone or (len(claimed.rows) == 1 and self._asks_of_one(hit))
                noun_words = noun
                numeric = [
                    one for one in named if one[0] in grid.ordered and grid.kinds[one[0]] == "number" and one[1] >= 0.6
                ]
                most = max((len(said) for _, _, said in named), default=0)
                entity = any(
                    (column == grid.entity or grid.counts_rows(column)) and len(said) == most
                    for column, _, said in named
                )
                measured = any(set(said) & noun for _, _, said in numeric)
                noun = noun if not measured or entity else frozenset()
                yield Guess(
                    Form("count", None, conditions),
                    base | noun,
                    bonus + (0.06 if entity else -0.08 * measured) - 0.3 * alone,
                )
                for column, sure, said in named:
                    vague = frozenset(at for at in noun_words if self.wording.words[at].vague)
                    explains = base | said | vague
                    used = any(condition.column == column for condition in conditions)
                    if grid.kinds[column] == "number" and column in grid.ordered and not used and sure >= _NAMED:
                        several = len(claimed.rows) > 1
                        yield Guess(
                            Form("sum" if several else "values", column, conditions),
                            explains,
                            bonus + 0.25 * (sure - 0.75) + (-0.02 if several else 0.06) - 0.3 * entity,
                        )
                    if not used or different:
                        repeated = grid.distinct_share(column) < 0.95
                        fits = (
                            0.1
                            if different
                            else (
                                0.06
                                if repeated and not conditions and said == noun_words
                                else 0.02
                                if repeated and not conditions
                                else -0.1
                            )
                            - 0.1 * (grid.kinds[column] == "number")
                            - 0.14 * (repeated and not conditions and self._tells_more(hit, explains))
                        )
                        yield Guess(
                            Form("distinct", column, conditions),
                            explains | words_of(*different),
                            bonus + fits + 0.2 * (sure - 0.9) - 0.3 * alone,
                        )

    def _tells_more(self, hit: Hit, explains: Words) -> bool:
        """Whether something is said of what is counted: "how many prizes has she won" counts each time."""
        after = range(hit.end, len(self.wording.words))
        return any(weight(self.wording.words[at]) and at not in explains for at in after)

    def _asks_of_one(self, hit: Hit) -> bool:
        """ "how many points does x have": x has them, and is not what is counted."""
        verbs = ("does", "did", "has", "had")
        values = (claim.start for claim in self.claims if claim.value and claim.start > hit.end + 1)
        return any(self.wording.words[at - 1].text in verbs for at in values)

    def _names_a_row(self, condition: Condition, rows: tuple[int, ...]) -> bool:
        """Whether it is about what each row is named by, of which nobody asks how many there are."""
        grid = self.wording.grid
        if condition.test != "is" or condition.column != grid.entity or grid.distinct_share(grid.entity) < 0.95:
            return False
        named = {words(str(operand))[0] for operand in condition.operands if words(str(operand))}
        return all((words(grid.text(condition.column, row)) or [""])[0] in named for row in rows)

    def by_place(self) -> Iterator[Guess]:
        """How many rows come after (or before) a named one."""
        for hit in operators.said(self.wording, "beyond"):
            up = bool(re.search("after|below|following|다음|이후|뒤|아래", hit.text))
            for anchor in self.claims:
                near = hit.end <= anchor.start <= hit.end + 1 or (
                    anchor.end <= hit.start <= anchor.end + 1 and is_korean(hit.text)
                )
                if not anchor.value or not near:
                    continue
                for option in anchor.options[:2]:
                    form = Form("beyond", None, (option.condition,), offset=1 if up else -1)
                    if len(rows_of(self.wording.grid, (option.condition,))) == 1:
                        explains = anchor.explains | option.explains | words_of(hit, *self.counting)
                        explains |= self.noun_after(self.counting[0])
                        yield Guess(form, explains, 0.35 * (option.sure - 1) + 0.05)

    def by_rows_between(self) -> Iterator[Guess]:
        """How many rows stand between two named ones."""
        values = [claim for claim in self.claims if claim.value]
        for hit in operators.said(self.wording, "between"):
            for one, other in itertools.pairwise(values):
                if one.start - hit.end not in (0, 1) or not 0 < other.start - one.end <= 2:
                    continue
                for left, right in itertools.product(one.options[:2], other.options[:2]):
                    conditions = ((left.condition,), (right.condition,))
                    single = all(len(rows_of(self.wording.grid, side)) == 1 for side in conditions)
                    if left.condition.column != right.condition.column or not single:
                        continue
                    form = Form("beyond", None, conditions[0], others=conditions[1], offset=1)
                    explains = one.explains | other.explains | left.explains | right.explains
                    explains |= words_of(hit, *self.counting) | self.noun_after(self.counting[0])
                    explains |= frozenset(range(one.end, other.start))
                    yield Guess(form, explains, 0.35 * ((left.sure + right.sure) / 2 - 1) + 0.2)

    def by_spans(self) -> Iterator[Guess]:
        """ "how long did x serve?", of cells like "1976–2007"."""
        grid = self.wording.grid
        for hit in operators.said(self.wording, "span"):
            unit: Part = "" if "year" in hit.text or "몇" in hit.text else "년" if is_korean(hit.text) else "years"
            for column, texts in enumerate(grid.columns):
                spans = sum(year_span(texts[row]) is not None for row in grid.rows)
                if spans < 0.4 * len(grid.rows):
                    continue
                named = frozenset(at for at, by in self.wording.columns.items() if by.get(column, 0.0) >= 0.4)
                for claimed in self.taken(hit):
                    if len(claimed.rows) == 1:
                        form = Form("span", column, claimed.conditions, part=unit)
                        explains = claimed.explains | words_of(hit) | named
                        yield Guess(form, explains, self.sure_of(claimed) + 0.1)

    def by_runs(self) -> Iterator[Guess]:
        """How many rows meet something one after another: "how many consecutive games", "the longest streak"."""
        longest = [hit for hit in operators.superlatives(self.wording) if hit.up]
        asked = any(operators.said(self.wording, name) for name in ("who", "when", "where"))
        if not self.counting and (not longest or asked):
            return
        spans = operators.said(self.wording, "span")
        for hit in operators.said(self.wording, "run"):
            for claimed in self.taken(hit, *self.counting, *longest):
                if claimed.conditions:
                    explains = claimed.explains | words_of(hit, *self.counting, *longest, *spans)
                    noun = frozenset(at for at in range(hit.end, hit.end + 1) if at < len(self.wording.words))
                    yield Guess(Form("run", None, claimed.conditions), explains | noun, self.sure_of(claimed) + 0.1)

    def by_statistics(self) -> Iterator[Guess]:
        for name, kind in (("sum", "sum"), ("mean", "mean")):
            for hit in operators.said(self.wording, name):
                for claimed in self.taken(hit):
                    for column, sure, said in self._numbers_near(hit):
                        form = Form(kind, column, claimed.conditions)  # type: ignore[arg-type]
                        if kind == "sum" and len(claimed.rows) == 1:
                            form = Form("values", column, claimed.conditions)
                        explains = claimed.explains | said | words_of(hit, *self.counting)
                        yield Guess(form, explains, self.sure_of(claimed) + 0.2 * (sure - 0.8) - 0.02)
        for hit in operators.superlatives(self.wording):
            for measure in self.measures(hit):
                if measure.column is None or measure.column not in self._asked_columns():
                    continue
                for claimed in self.taken(hit):
                    form = Form("extreme", measure.column, claimed.conditions, largest=hit.up != measure.flipped)
                    explains = claimed.explains | measure.explains | words_of(hit)
                    yield Guess(form, explains, self.sure_of(claimed, None, measure) + 0.02)

    def _asked_columns(self) -> set[int]:
        return {column for at in self.nouns for column in self.wording.columns.get(at, {})}

    def _numbers_near(self, hit: Hit) -> list[tuple[int, float, Words]]:
        found: dict[int, tuple[int, float, Words]] = {}
        for at in range(max(0, hit.start - 4), min(len(self.wording.words), hit.end + 6)):
            for column, sure in self.wording.columns.get(at, {}).items():
                if self.wording.grid.kinds[column] == "number" and column in self.wording.grid.ordered:
                    _, known, said = found.get(column, (column, 0.0, frozenset[int]()))
                    found[column] = (column, max(known, sure - 0.02 * abs(at - hit.end)), said | {at})
        return list(found.values())
