"""Everything that a question may mean of a small table, each with the words that it explains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chat.analyst.lookups.counting import Counting
from chat.analyst.lookups.guessing import Guess
from chat.analyst.lookups.judging import Judging
from chat.analyst.lookups.ranking import Ranking
from chat.analyst.lookups.selecting import Selecting


@dataclass(frozen=True)
class Guesser(Selecting, Counting, Ranking, Judging):
    """Makes the guesses about one question."""

    def guesses(self) -> Iterator[Guess]:
        """All guesses."""
        yield from self.by_choice()
        yield from self.by_yes_or_no()
        yield from self.by_judgement()
        yield from self.by_difference()
        yield from self.by_days_apart()
        if not self.counting:
            yield from self.by_neighbours()
            yield from self.by_next_in_order()
        yield from self.by_exclusion()
        yield from self.by_spans()
        yield from self.by_likeness()
        if self.counting:
            yield from self.by_counting()
            yield from self.by_place()
            yield from self.by_rows_between()
        yield from self.by_runs()
        yield from self.by_statistics()
        yield from self.by_order()
        yield from self.by_groups()
        yield from self.by_parts_of_days()
        yield from self.by_countries()
        yield from self.by_having()
        if not self.counting:
            yield from self.by_ends()
            yield from self.plain()
