"""Guesses that cells are asked for: of the rows that meet conditions, first or last, beside or besides others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chat.analyst.lookups import operators
from chat.analyst.lookups.claims import Claim, Claimed
from chat.analyst.lookups.forms import Condition, Form, Pick, rows_of
from chat.analyst.lookups.guessing import Guess, Guessing, Words, nth_of, words_of
from chat.analyst.lookups.operators import Hit
from chat.analyst.lookups.targets import Target, targets
from chat.analyst.lookups.wording import is_korean

_NAMED = 0.5  # how surely a noun names the column that is told, if it names any


@dataclass(frozen=True)
class Selecting(Guessing):
    """Makes them."""

    def plain(self) -> Iterator[Guess]:
        for claimed in self.taken():
            if not claimed.conditions:
                continue
            for target in self.targets_of(claimed):
                values = {self.wording.grid.text(target.column, row) for row in claimed.rows}
                many = -0.1 if len(values) > 1 else 0.05
                many -= 0.15 if len(values) > 6 else 0.0
                many -= 0.15 if len(values) > 1 and operators.said(self.wording, "sum") else 0.0
                many -= 0.4 if operators.said(self.wording, "difference") else 0.0
                many -= 0.2 if self.comparatives and len(values) > 1 else 0.0
                many -= 0.3 if self.comparatives and operators.said(self.wording, "choice") else 0.0
                form = Form("values", target.column, claimed.conditions, limit=self._limit)
                many = 0.05 if self._limit else many
                yield Guess(form, claimed.explains | target.explains, self.sure_of(claimed, target) + many)

    @property
    def _limit(self) -> int | None:
        """How many are asked for: one by "name a city"."""
        return 1 if operators.said(self.wording, "any_one") else None

    def by_ends(self) -> Iterator[Guess]:
        listed = operators.listed_ends(self.wording)
        marks = operators.marks_of_list(self.wording)
        for hit in [*listed, *operators.ends(self.wording)]:
            by_place = hit in listed
            for claimed in self.taken(hit):
                for target in self.targets_of(claimed):
                    for pick, bonus, said in self._picks(hit, by_place):
                        form = Form("values", target.column, claimed.conditions, (pick,))
                        explains = claimed.explains | target.explains | words_of(hit) | marks | said
                        yield Guess(form, explains, self.sure_of(claimed, target) + bonus)
        for hit in operators.said(self.wording, "ordinal"):
            yield from self._ordinal(hit, marks)

    def _picks(self, hit: Hit, by_place: bool) -> Iterator[tuple[Pick, float, Words]]:
        dates = [column for column in self.wording.grid.ordered if self.wording.grid.kinds[column] == "date"]
        if by_place or not dates:
            yield Pick(hit.up), 0.05 if by_place else -0.03, frozenset()
            days = {column for column, kind in enumerate(self.wording.grid.kinds) if kind == "date"}
            said = frozenset(at for at, columns in self.wording.columns.items() if days & set(columns))
            if said and not by_place:
                yield Pick(hit.up), 0.0, said  # "the last show to air", of days without years
        if not by_place:
            for column in dates:
                said = frozenset(at for at, columns in self.wording.columns.items() if column in columns)
                yield Pick(hit.up, column), 0.04 if said else (0.0 if column == dates[0] else -0.08), said
                if column == dates[0]:
                    yield Pick(hit.up, column), 0.0, frozenset()

    def _ordinal(self, hit: Hit, marks: Words) -> Iterator[Guess]:
        nth = nth_of(hit.text)
        if not nth:
            return
        for claimed in self.taken(hit):
            for target in self.targets_of(claimed):
                form = Form("values", target.column, claimed.conditions, (Pick(False, None, nth),))
                explains = claimed.explains | target.explains | words_of(hit) | marks
                yield Guess(form, explains, self.sure_of(claimed, target) - (0.0 if marks else 0.12))

    def by_neighbours(self) -> Iterator[Guess]:
        for hit, offset in operators.neighbours(self.wording):
            anchors = [claim for claim in self.claims if claim.value and not claim.meets(hit.start, hit.end)]
            for anchor in [*anchors, *self._moments_beside(hit, offset)]:
                gap = min(abs(anchor.start - hit.end), abs(hit.start - anchor.end))
                if gap > 4:
                    continue
                for option in anchor.options[:2]:
                    rows = rows_of(self.wording.grid, (option.condition,))
                    if not rows or (len(rows) > 2 and rows[-1] - rows[0] >= len(rows)):
                        continue
                    claimed = Claimed((option.condition,), option.sure, anchor.explains | option.explains, rows)
                    yield from self._neighbours_of(claimed, hit, offset, gap, len(rows))

    def _moments_beside(self, hit: Hit, offset: int) -> Iterator[Claim]:
        """ "what year comes after 1995?", "the next date after 4 May": what is not compared but stands in the table."""
        if not re.search(r"\b(?:comes?|came|next|previous|listed)\b", hit.text):
            return
        test = "gt" if offset > 0 else "lt"
        for claim in self.claims:
            ends = [one for one in claim.options if (one.condition.year or one.condition.day)]
            alike = [
                replace(one, condition=replace(one.condition, test="eq")) for one in ends if one.condition.test == test
            ]
            if alike:
                yield Claim(max(claim.start, hit.end), claim.end, tuple(alike), value=True)

    def _neighbours_of(self, claimed: Claimed, hit: Hit, offset: int, gap: int, several: int) -> Iterator[Guess]:
        marks = operators.marks_of_list(self.wording)
        marks |= words_of(*(other for other, way in operators.neighbours(self.wording) if way == offset))
        found = targets(self.wording, frozenset())
        column = claimed.conditions[0].column
        found = [*found, Target(column, 0.44, frozenset(self.nouns[:1]) | self._called(hit))]
        for target in found:
            same = 0.1 if target.column == column else -0.04
            explains = claimed.explains | target.explains | words_of(hit) | marks
            form = Form("neighbour", target.column, claimed.conditions, offset=offset)
            yield Guess(form, explains, self.sure_of(claimed, target) + same + 0.05 - 0.03 * gap - 0.1 * (several - 1))

    def by_next_in_order(self) -> Iterator[Guess]:
        """ "the next highest after x", "after x, who had the most": the next by what is ordered, not by the table."""
        for hit, offset in operators.neighbours(self.wording):
            for superlative in operators.superlatives(self.wording) if offset > 0 else ():
                anchors = [
                    one for one in self.claims if one.value and not one.meets(superlative.start, superlative.end)
                ]
                for anchor in anchors[:2]:
                    if not 0 <= anchor.start - hit.end <= 3 or not self._is_of_order(anchor, superlative):
                        continue
                    yield from self._next_after(anchor, hit, superlative)

    def _is_of_order(self, anchor: Claim, superlative: Hit) -> bool:
        """Not "the tallest after x", which may be of the later ones."""
        before = self.wording.words[superlative.start - 1].text if superlative.start else ""
        return superlative.start >= anchor.end or before in ("next", "second", "다음")

    def _next_after(self, anchor: Claim, hit: Hit, superlative: Hit) -> Iterator[Guess]:
        nearby = words_of(*(other for other, way in operators.neighbours(self.wording) if way > 0))
        for option in anchor.options[:2]:
            rows = rows_of(self.wording.grid, (option.condition,))
            if len(rows) != 1:
                continue
            column = option.condition.column
            for target in [*targets(self.wording, frozenset()), Target(column, 0.44, frozenset(self.nouns[:1]))]:
                for measure in self.measures(superlative):
                    if measure.column is None or measure.column in (target.column, column):
                        continue
                    up = superlative.up != measure.flipped
                    form = Form(
                        "neighbour", target.column, (option.condition,), measure=measure.column, largest=up, offset=1
                    )
                    claimed = Claimed((option.condition,), option.sure, anchor.explains | option.explains, rows)
                    explains = claimed.explains | target.explains | measure.explains
                    explains |= words_of(hit, superlative) | nearby
                    same = 0.1 if target.column == column else -0.04
                    yield Guess(form, explains, self.sure_of(claimed, target, measure) + same + 0.04)

    def _called(self, hit: Hit) -> Words:
        """What the next one is called, where that is no word of the table: "the next president after"."""
        at = hit.end
        if at >= len(self.wording.words) or self.wording.columns.get(at) or not hit.text.endswith(("next", "previous")):
            return frozenset()
        return frozenset() if any(claim.meets(at, at + 1) for claim in self.claims) else frozenset({at})

    def by_exclusion(self) -> Iterator[Guess]:
        for hit in operators.said(self.wording, "other"):
            korean = is_korean(hit.text)
            after = [
                claim
                for claim in self.claims
                if claim.value
                and (
                    claim.start in (hit.end, hit.end + 1)
                    or (korean and claim.start <= hit.end and claim.end >= hit.start)
                )
            ]
            if not after:
                continue
            excluded = after[0]
            for option in excluded.options[:2]:
                negated = replace(option.condition, negated=True)
                rest = [claim for claim in self.claims if claim is not excluded]
                for claimed in self._rest(rest, hit, negated):
                    yield from self._excluding(claimed, option.condition, hit, excluded)

    def _rest(self, rest: list[Claim], hit: Hit, negated: Condition) -> Iterator[Claimed]:
        gone = tuple(claim for claim in self.claims if claim not in rest)
        for claimed in self.taken(Hit(hit.start, hit.start), without=gone):
            conditions = (*claimed.conditions, negated)
            rows = rows_of(self.wording.grid, conditions)
            if rows:
                yield replace(claimed, conditions=conditions, rows=rows)

    def _excluding(self, claimed: Claimed, condition: Condition, hit: Hit, excluded: Claim) -> Iterator[Guess]:
        explains = claimed.explains | words_of(hit) | excluded.explains
        explains |= frozenset(
            at for at, word in enumerate(self.wording.words) if word.text in ("other", "else", "another", "다른")
        )
        if self.counting:
            yield Guess(
                Form("count", None, claimed.conditions), explains | words_of(*self.counting), self.sure_of(claimed)
            )
            return
        found = [*targets(self.wording, frozenset()), Target(condition.column, 0.4, frozenset(self.nouns[:1]))]
        for target in found:
            for superlative in operators.superlatives(self.wording):
                for measure in self.measures(superlative):
                    form = Form("values", target.column, claimed.conditions, (Pick(superlative.up, measure.column),))
                    said = explains | target.explains | measure.explains | words_of(superlative)
                    yield Guess(form, said, self.sure_of(claimed, target, measure))
            if len(claimed.conditions) > 1 or len(claimed.rows) < 3:
                form = Form("values", target.column, claimed.conditions, limit=self._limit)
                many = -0.1 * (len(claimed.rows) > 1 and not self._limit)
                yield Guess(form, explains | target.explains, self.sure_of(claimed, target) + many)

    def by_likeness(self) -> Iterator[Guess]:
        """Which others have the same as the named one in a column."""
        grid = self.wording.grid
        for hit in operators.said(self.wording, "same"):
            for anchor in self.claims:
                if not anchor.value or anchor.meets(hit.start, hit.end):
                    continue
                for option in anchor.options[:2]:
                    rows = rows_of(grid, (option.condition,))
                    if len(rows) != 1:
                        continue
                    for at in range(max(0, hit.start - 2), min(len(self.wording.words), hit.end + 3)):
                        for column, sure in self.wording.columns.get(at, {}).items():
                            text = grid.text(column, rows[0])
                            if column == option.condition.column or not text:
                                continue
                            same = (Condition(column, "is", (text,)), replace(option.condition, negated=True))
                            explains = words_of(hit) | anchor.explains | {at} | option.explains
                            claimed = Claimed(same, option.sure, explains, rows)
                            yield from self._alike(claimed, option.condition.column, 0.3 * (sure - 0.9))

    def _alike(self, claimed: Claimed, column: int, bonus: float) -> Iterator[Guess]:
        explains = claimed.explains | {
            at for at, word in enumerate(self.wording.words) if word.text in ("other", "another", "다른")
        }
        if self.counting:
            yield Guess(Form("count", None, claimed.conditions), explains | words_of(*self.counting), bonus)
            return
        form = Form("values", column, claimed.conditions, limit=self._limit)
        nouns = (at for at in self.nouns[:2] if self.wording.columns.get(at, {column: 1.0}).get(column, 0.0) >= _NAMED)
        yield Guess(form, explains | frozenset(nouns), bonus)
