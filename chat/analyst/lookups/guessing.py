"""What all guesses about a question share: its claims and operators, what may be asked for and what may be measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from chat.analyst.lookups import operators
from chat.analyst.lookups.cells import words
from chat.analyst.lookups.claims import Claim, Claimed, claims_of, combined, rank_columns
from chat.analyst.lookups.forms import Form
from chat.analyst.lookups.operators import Hit
from chat.analyst.lookups.targets import Target, asked_nouns, targets, with_unit
from chat.analyst.lookups.thesaurus import listed, numbered
from chat.analyst.lookups.wording import Word, Wording, is_korean

Words = frozenset[int]


@dataclass(frozen=True, slots=True)
class Guess:
    """A form, the words that it explains, and what speaks for (or against) it beside them."""

    form: Form
    explains: Words
    bonus: float = 0.0


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of numbers or days that an order may follow (`column` None: the place in the table)."""

    column: int | None
    sure: float
    explains: Words
    flipped: bool = False


def weight(word: Word) -> float:
    """How much it matters that a word is explained."""
    if word.text in listed("decisive"):
        return 2.0
    if word.number is not None and not word.idle:
        return 1.5
    if word.idle:
        return 0.0
    return 0.3 if word.vague else 1.0


def nth_of(text: str) -> int:
    """The number that an ordinal says; 0 when it says none."""
    digits = re.search(r"\d+", text)
    if digits:
        return int(digits[0])
    return next((nth for name, nth in numbered("ordinals").items() if text.startswith(name)), 0)


def words_of(*hits: Hit) -> Words:
    """The words of operators."""
    return frozenset(at for hit in hits for at in range(hit.start, hit.end))


@dataclass(frozen=True)
class Guessing:
    """One question about one table."""

    wording: Wording

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        return claims_of(self.wording)

    @cached_property
    def counting(self) -> list[Hit]:
        """Those that ask how many there are; not "the same number of", "the highest number of"."""
        hits = operators.said(self.wording, "counting")
        return [
            hit
            for hit in hits
            if not self._asks_for_unit(hit)
            and (not hit.start or self.wording.words[hit.start - 1].text not in listed("compared"))
        ]

    def _asks_for_unit(self, hit: Hit) -> bool:
        """ "몇 위인가", "몇 호선인가": a cell is asked for, and not how many rows there are."""
        return "몇" in hit.text and any(said & words_of(hit) for _, said in with_unit(self.wording))

    @cached_property
    def comparatives(self) -> list[Hit]:
        """Those that no claim has ("more than 3")."""
        hits = operators.comparatives(self.wording)
        return [hit for hit in hits if not any(claim.meets(hit.start, hit.end) for claim in self.claims)]

    @cached_property
    def nouns(self) -> list[int]:
        return asked_nouns(self.wording)

    def taken(self, *hits: Hit, without: tuple[Claim, ...] = ()) -> Iterator[Claimed]:
        """Ways to take the claims that share no word with operators: all, and without the weak ones."""
        free = [
            claim
            for claim in self.claims
            if claim not in without and not any(claim.meets(hit.start, hit.end) for hit in hits)
        ]
        strong = tuple(claim for claim in free if not claim.weak)
        if len(strong) < len(free):
            yield from combined(self.wording.grid, tuple(free))
            for claim in free:
                if claim.weak and len(free) - len(strong) > 1:
                    yield from combined(self.wording.grid, (*strong, claim))
        yield from combined(self.wording.grid, strong)
        if not strong:
            yield Claimed((), 0.9, frozenset(), self.wording.grid.rows)

    @cached_property
    def countries(self) -> tuple[tuple[int, int], ...]:
        """The words that ask for a country where no column has that name, with the columns that hold codes of some."""
        counted = sorted(self.noun_after(self.counting[0])) if self.counting else []
        asked = [at for at in (*self.nouns[:2], *counted) if self.wording.words[at].text in listed("country")]
        if not asked or any(sure >= 0.6 for sure in self.wording.columns.get(asked[0], {}).values()):
            return ()
        return tuple((asked[0], column) for column in sorted(self.wording.grid.coded))

    def targets_of(self, claimed: Claimed) -> list[Target]:
        return targets(self.wording, frozenset(condition.column for condition in claimed.conditions))

    def sure_of(self, claimed: Claimed, target: Target | None = None, measure: Measure | None = None) -> float:
        bonus = 0.35 * (claimed.sure - 1.0)
        if target:
            bonus += 0.6 * (target.sure - 0.45)
        return bonus + (0.4 * (measure.sure - 0.8) if measure else 0.0)

    def measures(self, hit: Hit) -> list[Measure]:
        """The columns that a superlative may order by."""
        grid = self.wording.grid
        ordered = grid.ordered
        found: dict[int, Measure] = {}
        hinted = {column for column in ordered if any(hint in grid.names[column].casefold() for hint in hit.hints)}
        korean = is_korean(self.wording.text)
        for at in range(len(self.wording.words)):
            distance = at - hit.end if at >= hit.end else hit.start - at
            likely = (at < hit.start) == korean
            for column, sure in self.wording.columns.get(at, {}).items():
                if column not in ordered or (hinted and hit.start <= at < hit.end and column not in hinted):
                    continue
                sure -= 0.03 * distance + (0.0 if likely else 0.12)
                known = found.get(column)
                said = frozenset({at}) | (known.explains if known else frozenset())
                found[column] = Measure(column, max(sure, known.sure if known else 0.0), said)
        for column in () if hinted & set(found) else ordered:
            for rank, hint in enumerate(hit.hints):
                if hint in grid.names[column].casefold() and column not in found:
                    found[column] = Measure(column, 0.85 - 0.03 * rank, frozenset())
        ages = re.search("old(?:est|er)|young|어린|젊은|나이가 많은|늙은", hit.text)
        for column in ordered:
            if ages and {"age", "나이", "연령"} & set(words(grid.names[column])):
                found[column] = Measure(column, 1.0, frozenset(), flipped=True)
            if (
                hit.text in ("fastest", "quickest", "slowest", "faster", "slower")
                and "speed" in grid.names[column].casefold()
            ):
                found[column] = Measure(column, 1.0, frozenset(), flipped=True)
        if not found:
            plain = [c for c in ordered if grid.kinds[c] == "number" and c not in rank_columns(grid)]
            if len(plain) == 1 and not hit.hints:
                found[plain[0]] = Measure(plain[0], 0.5, frozenset())
        return sorted(found.values(), key=lambda measure: -measure.sure)[:3]

    def rank_of(self, hit: Hit) -> tuple[int, Words]:
        """ "the second highest", "두 번째로 많은": the place in the order, 1 without any, and the words that say it."""
        for ordinal in operators.said(self.wording, "ordinal"):
            if ordinal.end == hit.start or (is_korean(ordinal.text) and ordinal.end <= hit.start <= ordinal.end + 1):
                return nth_of(ordinal.text), words_of(ordinal)
        return 1, frozenset()

    def noun_after(self, hit: Hit) -> Words:
        """The noun that "how many" counts: the next word, and one more where it is vague or names a column."""
        found: set[int] = set()
        for at in range(hit.end, min(hit.end + 3, len(self.wording.words))):
            word = self.wording.words[at]
            if word.idle:
                if word.text in ("of", "the") or found:
                    break
                continue
            if found and not (word.vague or self.wording.columns.get(at)):
                break
            found.add(at)
        return frozenset(found)
