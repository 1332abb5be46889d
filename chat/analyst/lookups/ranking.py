"""Guesses that the greatest or least is asked for: of rows, or of groups of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chat.analyst.lookups import operators
from chat.analyst.lookups.forms import Form, Kind, Part, Pick
from chat.analyst.lookups.guessing import Guess, Guessing, Measure, Words, words_of
from chat.analyst.lookups.operators import Hit
from chat.analyst.lookups.thesaurus import listed

_OF_AMOUNTS = re.compile("most|least|fewest|number|amount|largest|smallest|biggest|많|적")
_PARTS: dict[str, Part] = {
    "month": "month",
    "months": "month",
    "year": "year",
    "years": "year",
    "달": "월",
    "달은": "월",
    "월": "월",
    "월은": "월",
    "해는": "year",
    "연도는": "year",
}


@dataclass(frozen=True)
class Ranking(Guessing):
    """Makes them."""

    def by_order(self) -> Iterator[Guess]:
        for hit in operators.superlatives(self.wording):
            for measure in self.measures(hit):
                up = hit.up != measure.flipped
                for claimed in self.taken(hit):
                    for target in self.targets_of(claimed):
                        if target.column == measure.column or self._has_no_order(hit, measure):
                            continue
                        nth, said = self.rank_of(hit)
                        form = Form("values", target.column, claimed.conditions, (Pick(up, measure.column, nth),))
                        explains = claimed.explains | target.explains | measure.explains | words_of(hit) | said
                        yield Guess(form, explains, self.sure_of(claimed, target, measure) + 0.04)

    def _has_no_order(self, hit: Hit, measure: Measure) -> bool:
        """Whether days would be "most" or "fewest"."""
        if measure.column is None or hit.hints:
            return False
        return self.wording.grid.kinds[measure.column] == "date" and bool(_OF_AMOUNTS.search(hit.text))

    def by_parts_of_days(self) -> Iterator[Guess]:
        """Which month or year has the most rows: "which month had the fewest games"."""
        grid = self.wording.grid
        parts = [
            (at, _PARTS[self.wording.words[at].text]) for at in self.nouns if self.wording.words[at].text in _PARTS
        ]
        for at, part in parts[:1]:
            for hit in operators.superlatives(self.wording):
                if hit.hints:
                    continue
                for claimed in self.taken(hit):
                    for column in (column for column, full in enumerate(grid.has_full_dates) if full):
                        form = Form("group", column, claimed.conditions, largest=hit.up, part=part)
                        noun = self.noun_after(hit)
                        if self._names_numbers(noun):
                            continue
                        explains = claimed.explains | {at} | words_of(hit) | noun
                        yield Guess(form, explains, self.sure_of(claimed) + 0.05)

    def _names_numbers(self, noun: Words) -> bool:
        named = ((column, sure) for at in noun for column, sure in self.wording.columns.get(at, {}).items())
        return any(self.wording.grid.kinds[column] == "number" and sure > 0.6 for column, sure in named)

    def by_countries(self) -> Iterator[Guess]:
        """Of names with their countries' codes: which country has most of them, which that of some row is, and how
        many there are."""
        grid = self.wording.grid
        for at, column in self.countries:
            for hit in operators.superlatives(self.wording):
                for claimed in self.taken(hit):
                    explains = claimed.explains | {at} | words_of(hit)
                    noun = self.noun_after(hit)
                    if not hit.hints and not self._is_of_amounts(noun):
                        form = Form("group", column, claimed.conditions, largest=hit.up, part="country")
                        named = self.wording.columns
                        also = {one for one, by in named.items() if column in by} | {
                            one for one, word in enumerate(self.wording.words) if word.vague and one > hit.end
                        }
                        yield Guess(form, explains | noun | also, self.sure_of(claimed) + 0.05)
                    for measure in self.measures(hit) if not self._counts_names(noun, column) else ():
                        up = hit.up != measure.flipped
                        form = Form("values", column, claimed.conditions, (Pick(up, measure.column),), part="country")
                        yield Guess(form, explains | measure.explains, self.sure_of(claimed, None, measure))
            for claimed in self.taken(*self.counting):
                explains = (
                    claimed.explains | {at} | words_of(*self.counting, *operators.said(self.wording, "different"))
                )
                if self.counting:
                    yield Guess(Form("distinct", column, claimed.conditions, part="country"), explains, 0.05)
                elif claimed.conditions:
                    form = Form("values", column, claimed.conditions, part="country")
                    several = len({grid.text(column, row) for row in claimed.rows}) > 1
                    yield Guess(form, explains, self.sure_of(claimed) - 0.1 * several)

    def _is_of_amounts(self, noun: Words) -> bool:
        """Whether the most of something is asked for that rows have, and not many rows: "the most points"."""
        first = sorted(noun)[:1]
        amounts = any({*self.wording.words[at].forms} & listed("amounts") for at in first)
        return amounts or self._names_numbers(frozenset(first))

    def _counts_names(self, noun: Words, column: int) -> bool:
        """Whether a noun is what a column names: "the most cyclists" are many of them."""
        return any(self.wording.columns.get(at, {}).get(column, 0.0) >= 0.6 for at in noun)

    def by_having(self) -> Iterator[Guess]:
        """Which values stand in so many rows: "who won more than once"."""
        grid = self.wording.grid
        for hit, test, number in operators.repetitions(self.wording):
            for claimed in self.taken(hit):
                for target in self.targets_of(claimed):
                    if grid.distinct_share(target.column) > 0.95 or grid.kinds[target.column] != "text":
                        continue
                    kind: Kind = "count_having" if self.counting else "having"
                    limit = 1 if operators.said(self.wording, "any_one") else None
                    form = Form(kind, target.column, claimed.conditions, threshold=number, test=test, limit=limit)
                    explains = claimed.explains | target.explains | words_of(hit, *self.counting)
                    columns = self.wording.columns
                    explains |= {at for at, named in columns.items() if named.get(target.column, 0.0) >= 0.6}
                    yield Guess(form, explains, self.sure_of(claimed, target) + 0.03)

    def by_groups(self) -> Iterator[Guess]:
        """Which value of a column stands in most rows, or has the most in sum."""
        grid = self.wording.grid
        for hit in operators.superlatives(self.wording):
            if hit.hints or not re.search("most|least|fewest|number|amount|많|적|최다|최소", hit.text):
                continue
            for claimed in self.taken(hit):
                for target in self.targets_of(claimed):
                    share = grid.distinct_share(target.column)
                    if share > 0.95 or (grid.kinds[target.column] == "number" and share > 0.6):
                        continue
                    explains = claimed.explains | target.explains | words_of(hit)
                    form = Form("group", target.column, claimed.conditions, largest=hit.up)
                    noun = frozenset(at for at in range(hit.end, hit.end + 2) if at < len(self.wording.words))
                    noun = frozenset(
                        at
                        for at in noun
                        if not any(
                            grid.kinds[c] == "number" and s > 0.7 for c, s in self.wording.columns.get(at, {}).items()
                        )
                    )
                    yield Guess(form, explains | noun, self.sure_of(claimed, target) - 0.05)
                    if hit.text.endswith(("most", "많이", "많은")):
                        for measure in self.measures(hit):
                            if (
                                measure.column != target.column
                                and measure.column is not None
                                and grid.kinds[measure.column] == "number"
                            ):
                                summed = replace(form, measure=measure.column)
                                yield Guess(
                                    summed, explains | measure.explains, self.sure_of(claimed, target, measure) - 0.06
                                )
