"""Chooses what a question means: the guess that explains its words best, or none when that is not certain enough."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chat.analyst.lookups.cells import words
from chat.analyst.lookups.forms import Found, evaluate
from chat.analyst.lookups.grid import Grid
from chat.analyst.lookups.guesses import Guesser
from chat.analyst.lookups.guessing import Guess, weight, words_of
from chat.analyst.lookups.operators import alternatives, said, superlatives
from chat.analyst.lookups.targets import asked_nouns
from chat.analyst.lookups.thesaurus import listed, measures
from chat.analyst.lookups.wording import Wording, is_number_of_all

LEAST = 0.72  # of 1: all words explained, and nothing speaks against it
_CLEAR = 0.02  # by which the best guess must be better than one that comes to something else
_ASKED = 2.4  # the weight of what is asked for
_SURE_OF_SEVERAL = 0.78  # what must be explained where an order leaves several rows
_MOST_BONUS = 0.1
_OTHERWISE_ASKED = 0.8  # what speaks against a guess of another kind than the question asks for
_UNSAID = 0.2  # what speaks against a guess that leaves out what is ordered
_NEVER_LEFT = listed("decisive") - {"but", "average"}  # a guess that leaves one of them out is of another question
_MOST_GUESSES = 4000
_OTHERWISE = r"\bor\b|^can you|\b(?:what|which|who|when|where|how)\b|무엇|뭐|무슨|누구|누가|언제|어디|어느|어떤|얼마|몇"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A guess, what it comes to, how well it explains the question, and that with all that speaks for it."""

    guess: Guess
    found: Found
    explained: float
    score: float

    @property
    def certain(self) -> bool:
        """Whether the question was understood: what speaks for a guess doesn't make up for words left over."""
        return self.explained + min(self.score - self.explained, _MOST_BONUS) >= LEAST


def explained(guess: Guess, wording: Wording) -> float:
    """The share of the question's words, by their weight, that a guess explains."""
    asked = asked_nouns(wording)
    weights = [weight(word) for word in wording.words]
    weights = [max(one, _ASKED) if at in asked and one >= 1.0 else one for at, one in enumerate(weights)]
    whole = sum(weights)
    explains = guess.explains | _numbers_of_names(guess, wording)
    if wording.grid.sides:  # the units said which measure is meant
        explains |= {at for at, word in enumerate(wording.words) if any(word.text in unit for unit in measures())}
    left = sum(one for at, one in enumerate(weights) if at not in explains)
    return 1.0 - left / max(whole, 2.5)


def _numbers_of_names(guess: Guess, wording: Wording) -> frozenset[int]:
    """The numbers of the question that stand in the names of columns that a guess speaks of: "in 2011" of such ones."""
    names = {part for column in guess.form.columns for part in words(wording.grid.names[column])}
    numbers = [at for at, word in enumerate(wording.words) if word.text.isdigit()]
    said = {at for at in numbers if len(wording.words[at].text) > 2 and wording.words[at].text in names}
    return frozenset(said | {at for at in numbers if is_number_of_all(wording, at)})


def ranked(wording: Wording) -> list[Chosen]:
    """All guesses that come to something, the best first."""
    seen: dict[object, Chosen] = {}
    ordering = words_of(*superlatives(wording))
    kinds = _kinds_asked(wording)
    for number, guess in enumerate(Guesser(wording).guesses()):
        if number >= _MOST_GUESSES:
            break
        share = explained(guess, wording)
        rated = (
            share
            + guess.bonus
            - _UNSAID * bool(ordering - guess.explains)
            - _OTHERWISE_ASKED * bool(kinds and _kind_of(guess) not in kinds)
        )
        known = seen.get(guess.form)
        if known is not None:
            if rated > known.score:
                seen[guess.form] = Chosen(guess, known.found, share, rated - _tied(known.found, guess))
            continue
        if rated < LEAST - 0.3:
            continue
        result = evaluate(guess.form, wording.grid)
        if result is not None:
            seen[guess.form] = Chosen(guess, result, share, rated - _tied(result, guess))
    return sorted(seen.values(), key=lambda chosen: -chosen.score)


def _kinds_asked(wording: Wording) -> tuple[str, ...]:
    """The kinds of which one must be meant; none where any may be."""
    if _asks_yes_or_no(wording):
        return ("yes_no", "same")
    if said(wording, "days_apart"):
        return ("days",)
    if said(wording, "apart"):
        return ("difference", "span")
    return ("run",) if said(wording, "run") else ()


def _kind_of(guess: Guess) -> str:
    return "days" if guess.form.kind == "difference" and guess.form.part else guess.form.kind


def _asks_yes_or_no(wording: Wording) -> bool:
    """Whether nothing else than a judgement can be asked for."""
    if not said(wording, "yes_no"):
        return False
    return bool(alternatives(wording)) or not re.search(_OTHERWISE, wording.text)


def _tied(found: Found, guess: Guess) -> float:
    """What speaks against an order that leaves many values."""
    ordered = guess.form.kind == "values" and any(pick.column is not None for pick in guess.form.picks)
    return min(0.04 * (len(found.values) - 1), 0.2) if ordered else 0.0


def choose(question: str, grid: Grid) -> Chosen | None:
    """What the question means of the table; None when that is not certain."""
    wording = Wording(question, grid)
    if not said(wording, "asking"):
        return None
    found = ranked(wording)
    if not found or not found[0].certain:
        return None
    best = found[0]
    if any(word.text in _NEVER_LEFT and at not in best.guess.explains for at, word in enumerate(wording.words)):
        return None
    ordered = best.guess.form.kind == "values" and any(pick.column is not None for pick in best.guess.form.picks)
    if ordered and len(best.found.values) > 1 and best.explained < _SURE_OF_SEVERAL:
        return None
    for other in found[1:]:
        if best.score - other.score >= _CLEAR:
            break
        if _told(other.found) != _told(best.found):
            return None
    return best


def _told(found: Found) -> frozenset[str | float | bool]:
    return frozenset(found.values)
