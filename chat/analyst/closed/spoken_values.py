"""Values that a text names in other words than the table has: `herbivores` for herbi, `women` for female."""

from __future__ import annotations

import re
from typing import Any

from chat.analyst.closed.mentions import same
from chat.analyst.closed.problems import Problem
from chat.analyst.closed.scopes import COMMON
from chat.analyst.closed.wording import letters, tokens, words_of

_SEXES = {"male": ("men", "man", "boys"), "female": ("women", "woman", "girls")}


def named_values(problem: Problem, text: str) -> list[tuple[int, str, str, Any]]:
    """Where a text names values of columns of words, also by longer ones: place, word, column and value."""
    words = words_of(text)
    taken = [(one.start, one.end) for one in problem.mentions_in(text) if one.score >= 90]
    found: list[tuple[int, str, str, Any]] = []
    made = [one.name for one in problem.features if one.labels]
    for column in [*made, *problem.groups()]:
        if column not in made and problem.kind(column) not in ("text", "written"):
            continue
        labels = [label for one in problem.features if one.name == column for label in one.labels]
        for value in labels or problem.distinct(column):
            parts = tokens(str(value))
            if not parts or letters(str(value)) in COMMON:
                continue
            if len(letters(str(value))) == 1:
                single = re.search(
                    rf"[\"'“‘(]{re.escape(str(value))}[\"'”’)]|\b{re.escape(column)}\s+{re.escape(str(value))}\b", text
                )
                if single:
                    found.append((single.start(), str(value), column, value))
                continue
            for index in range(len(words) - len(parts) + 1):
                span = words[index : index + len(parts)]
                if any(start <= span[0].start < end for start, end in taken):
                    continue
                if all(_is_value_word(word.text, own) for word, own in zip(span, parts, strict=True)):
                    found.append((span[0].start, text[span[0].start : span[-1].end], column, value))
                    break
    return found


def _is_value_word(word: str, part: str) -> bool:
    longer = len(part) > 2 and word.startswith(part) and len(word) <= len(part) + 5
    return same(word, part) or longer or word in _SEXES.get(part, ())
