"""Whether what a question looks up settles which of several columns it means, so that nobody need be asked."""

from __future__ import annotations

from dataclasses import replace

from chat.analyst.lookups.cells import words
from chat.analyst.lookups.choosing import Chosen
from chat.analyst.lookups.forms import Condition, Form, evaluate
from chat.analyst.lookups.wording import Wording

_ALL = 0.999  # the share of a question's words that is explained, but for rounding


def settles(chosen: Chosen, options: frozenset[int], is_about_a_word: bool, wording: Wording) -> bool:
    """Whether `chosen` explains every word, comes to one value, and would with none of the other `options` come to
    another one, unless the question says the whole name of the column that was chosen.

    `options` are the columns that seemed to fit; `is_about_a_word`: it is a word of the question that fits them all.
    """
    if (
        not options
        or chosen.explained < _ALL
        or len(chosen.found.values) != 1
        or _compares_groups(chosen.guess.form, wording)
    ):
        return False
    form = chosen.guess.form
    used = form.columns & options
    if not used:
        return not is_about_a_word
    if len(used) > 1:
        return used == options
    (column,) = used
    others = options - used
    if _is_said(column, wording) and not any(_is_said(other, wording) for other in others):
        return True
    results = (evaluate(_with(form, column, other), wording.grid) for other in others)
    return all(result is None or result.values == chosen.found.values for result in results)


def _compares_groups(form: Form, wording: Wording) -> bool:
    """Whether it ranks rows though what is asked for stands in several of them: a sum or a mean may be meant."""
    ranks = any(pick.column is not None for pick in form.picks)
    return ranks and form.target is not None and wording.grid.distinct_share(form.target) < 1.0


def _is_said(column: int, wording: Wording) -> bool:
    said = {text for word in wording.words for text in (word.text, *word.forms)}
    name = words(wording.grid.names[column])
    return bool(name) and said.issuperset(name)


def _with(form: Form, column: int, other: int) -> Form:
    """The form with another column in the place of one."""

    def instead(one: int | None) -> int | None:
        return other if one == column else one

    def of(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        return tuple(replace(one, column=other) if one.column == column else one for one in conditions)

    return replace(
        form,
        target=instead(form.target),
        measure=instead(form.measure),
        conditions=of(form.conditions),
        others=of(form.others),
        picks=tuple(replace(pick, column=instead(pick.column)) for pick in form.picks),
    )
