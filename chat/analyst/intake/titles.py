"""Knows lines above a table that are no part of it: keys with their values, and names of sections in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chat.analyst.intake.shapes import is_typed

_KEY = re.compile(r"[#%\s]*[^\W\d_][^:：,;|\t]{0,40}[:：](\s|$)")
_SECTION = re.compile(r"\s*\[[^\[\]\d][^\[\]]*\]\s*")
_SELDOM = 0.1
_FOLLOWING = 20
_DEEPEST = 30
_TABLE = 3  # cells


def is_keyed(cells: Sequence[str]) -> bool:
    """Whether the first filled cell is a key that ends with a colon, or begins with one: `Unit: persons`."""
    first = next((cell for cell in cells if cell and not cell.isspace()), "")
    return bool(_KEY.match(first))


def behind_keys(rows: Sequence[Sequence[str]], head: Sequence[int]) -> list[int]:
    """The rows of `head` (places in `rows`) without keys and sections at the beginning."""
    last: int | None = None
    keys = sections = 0
    before: list[str] = []
    for number, index in enumerate(head[:_DEEPEST]):
        filled = [cell for cell in rows[index] if cell.strip()]
        if _begin_a_table(before, filled):
            break  # what has a colon below is a note
        before = filled
        section = len(filled) == 1 and bool(_SECTION.fullmatch(filled[0]))
        sections += section
        keys += section or is_keyed(filled) or len(filled) == 1
        if section or (is_keyed(filled) and (sections or 2 * keys > number)):
            last = number
    if last is None:
        return list(head)
    following = [rows[index] for index in head[last + 1 :] if sum(map(bool, rows[index])) > 1][:_FOLLOWING]
    if len(following) < 2 or sum(map(is_keyed, following)) > _SELDOM * len(following):
        return list(head)
    return list(head[last + 1 :])


def _begin_a_table(names: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether one row is of words and the next one, as long as it, has values: more than a key and what it is."""
    if len(names) < _TABLE or len(names) != len(cells) or is_keyed(names):
        return False
    return not any(map(is_typed, names)) and any(map(is_typed, cells))
