"""Guesses that two things are compared: which has more, by how much, whether it has."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chat.analyst.lookups import operators
from chat.analyst.lookups.claims import Claim, Claimed, rank_columns
from chat.analyst.lookups.forms import Condition, Form, rows_of
from chat.analyst.lookups.guessing import Guess, Guessing, Words, words_of
from chat.analyst.lookups.operators import Hit
from chat.analyst.lookups.wording import is_korean


@dataclass(frozen=True)
class Comparing(Guessing):
    """Makes them."""

    def _pairs(self) -> Iterator[tuple[Claim, Claim]]:
        values = [claim for claim in self.claims if claim.value]
        yield from itertools.pairwise(values)

    def _sides(self, one: Claim, other: Claim) -> Iterator[tuple[Condition, Condition, float]]:
        """Both of one column: two things of one kind."""
        for left in one.options:
            for right in other.options:
                if left.condition.column == right.condition.column:
                    yield left.condition, right.condition, (left.sure + right.sure) / 2

    def _rows_beside(self, one: Claim, other: Claim) -> Iterator[Claimed]:
        gone = (one, other)
        yield from self.taken(without=gone)

    def by_days_apart(self) -> Iterator[Guess]:
        """How many days lie between two rows."""
        days = [column for column, full in enumerate(self.wording.grid.has_full_dates) if full]
        for hit in operators.said(self.wording, "days_apart")[:1]:
            for one, other in self._pairs():
                if one.meets(hit.start, hit.end) or other.meets(hit.start, hit.end):
                    continue
                for left, right, sure in list(self._sides(one, other))[:1]:
                    for rest in self._rows_beside(one, other):
                        explains = one.explains | other.explains | words_of(hit) | rest.explains
                        for column in days:
                            said = {at for at, named in self.wording.columns.items() if column in named}
                            form = Form(
                                "difference",
                                column,
                                (*rest.conditions, left),
                                others=(*rest.conditions, right),
                                part="일" if is_korean(hit.text) else "days",
                            )
                            yield Guess(form, explains | said, 0.35 * (sure - 1) + 0.1)

    def by_difference(self) -> Iterator[Guess]:
        for hit in operators.said(self.wording, "difference"):
            for one, other in self._pairs():
                if one.meets(hit.start, hit.end) or other.meets(hit.start, hit.end):
                    continue
                for left, right, sure in self._sides(one, other):
                    for rest in self._rows_beside(one, other):
                        explains = one.explains | other.explains | words_of(hit) | rest.explains
                        for column, near, said in self._compared_columns():
                            form = Form(
                                "difference", column, (*rest.conditions, left), others=(*rest.conditions, right)
                            )
                            yield Guess(form, explains | said, 0.35 * (sure - 1) + 0.3 * (near - 0.8) + 0.1)
                        form = Form("difference", None, (*rest.conditions, left), others=(*rest.conditions, right))
                        several = max(len(rows_of(self.wording.grid, (side,))) for side in (left, right)) > 1
                        yield Guess(form, explains, 0.35 * (sure - 1) + (-0.02 if several else -0.5))
            yield from self._two_columns(hit)

    def _two_columns(self, hit: Hit) -> Iterator[Guess]:
        """How many more of one column than of another a row has."""
        numeric = {column for column, kind in enumerate(self.wording.grid.kinds) if kind == "number"}
        named = [
            (at, c, s)
            for at, cs in sorted(self.wording.columns.items())
            for c, s in cs.items()
            if c in numeric and s >= 0.7
        ]
        for (at, one, sure), (after, other, also) in itertools.pairwise(named):
            if one == other or at == after:
                continue
            for claimed in self.taken(hit):
                form = Form("difference", one, claimed.conditions, measure=other)
                explains = claimed.explains | {at, after} | words_of(hit)
                yield Guess(
                    form,
                    explains,
                    self.sure_of(claimed) + 0.15 * (sure + also - 1.8) - (0.0 if claimed.conditions else 0.1),
                )

    def _compared_columns(self) -> list[tuple[int, float, Words]]:
        """The columns of numbers or days that the question names, or the only one."""
        grid = self.wording.grid
        found: dict[int, tuple[int, float, Words]] = {}
        for at, columns in self.wording.columns.items():
            for column, sure in columns.items():
                if grid.kinds[column] == "text":
                    continue
                known = found.get(column)
                found[column] = (
                    column,
                    max(sure, known[1] if known else 0),
                    frozenset({at}) | (known[2] if known else frozenset()),
                )
        if not found:
            numeric = [c for c in grid.ordered if grid.kinds[c] == "number" and c not in rank_columns(grid)]
            if len(numeric) == 1:
                return [(numeric[0], 0.5, frozenset())]
        return list(found.values())

    def by_choice(self) -> Iterator[Guess]:
        """Which of two: "who won more, X or Y"."""
        if not re.search(r"\bor\b|와|과|이나|\b중\b|중에", self.wording.text) or self.counting:
            return
        for one, other in self._pairs():
            between = {word.text for word in self.wording.words[one.end : other.start]}
            korean = is_korean(self.wording.text)
            if not korean and ("or" not in between or other.start - one.end > 3):
                continue
            if korean and other.start - one.end > 1:
                continue
            joins = frozenset(range(one.end, other.start))
            for left, right, sure in self._sides(one, other):
                yield from self._which(left, right, sure, one.explains | other.explains | joins, (one, other))

    def _which(
        self, left: Condition, right: Condition, sure: float, explains: Words, gone: tuple[Claim, Claim]
    ) -> Iterator[Guess]:
        base = 0.35 * (sure - 1) + 0.08
        for rest in self._rows_beside(*gone):
            conditions, others = (*rest.conditions, left), (*rest.conditions, right)
            for hit in [
                *self.comparatives,
                *operators.superlatives(self.wording),
                *operators.ends(self.wording),
            ]:
                said = explains | words_of(hit) | rest.explains
                measures = self.measures(hit)
                for measure in measures:
                    form = Form(
                        "of_two",
                        left.column,
                        conditions,
                        others=others,
                        measure=measure.column,
                        largest=hit.up != measure.flipped,
                    )
                    yield Guess(form, said | measure.explains, base + 0.4 * (measure.sure - 0.8))
                several = max(len(rows_of(self.wording.grid, (side,))) for side in (left, right)) > 1
                if several:
                    form = Form("of_two", left.column, conditions, others=others, largest=hit.up)
                    yield Guess(form, said, base - 0.05)
                elif re.search("list|above|table|chart|표", self.wording.text) and hit.text in (
                    "first",
                    "last",
                    "before",
                    "after",
                    "earlier",
                    "later",
                ):
                    form = Form("of_two", left.column, conditions, others=others, largest=hit.up, offset=1)
                    yield Guess(form, said | operators.marks_of_list(self.wording), base)
            if rest.conditions and not self.comparatives and not operators.superlatives(self.wording):
                either = replace(left, operands=(*left.operands, *right.operands))
                form = Form("values", left.column, (*rest.conditions, either))
                yield Guess(form, explains | rest.explains, base - 0.05)

    def by_yes_or_no(self) -> Iterator[Guess]:
        if not operators.said(self.wording, "yes_no") or re.search(r"\bor\b", self.wording.text) or self.counting:
            return
        start = operators.said(self.wording, "yes_no")[0]
        for one, other in self._pairs():
            between = {word.text for word in self.wording.words[one.end : other.start]}
            if not {"than", "before", "after"} & between and not any(
                "보다" in word.text for word in self.wording.words
            ):
                continue
            for hit in self.comparatives:
                for left, right, sure in self._sides(one, other):
                    for column, near, said in self._compared_columns():
                        form = Form("yes_no", None, (left,), others=(right,), measure=column, largest=hit.up)
                        explains = one.explains | other.explains | said | words_of(hit, start)
                        yield Guess(form, explains, 0.35 * (sure - 1) + 0.3 * (near - 0.8) + 0.1)
