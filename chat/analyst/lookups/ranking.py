"""Guesses that the greatest or least is asked for: of rows, or of groups of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chat.analyst.lookups import operators
from chat.analyst.lookups.forms import Form, Pick
from chat.analyst.lookups.guessing import Guess, Guessing, words_of


@dataclass(frozen=True)
class Ranking(Guessing):
    """Makes them."""

    def by_order(self) -> Iterator[Guess]:
        for hit in operators.superlatives(self.wording):
            for measure in self.measures(hit):
                up = hit.up != measure.flipped
                for claimed in self.taken(hit):
                    for target in self.targets_of(claimed):
                        if target.column == measure.column:
                            continue
                        nth, said = self.rank_of(hit)
                        form = Form("values", target.column, claimed.conditions, (Pick(up, measure.column, nth),))
                        explains = claimed.explains | target.explains | measure.explains | words_of(hit) | said
                        yield Guess(form, explains, self.sure_of(claimed, target, measure) + 0.04)

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
