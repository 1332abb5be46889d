"""Takes off the quotes around whole lines, which some programs put there on top of those around fields."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator

from chat.analyst.intake.fields import chomped, lines_of, one_field

_SAMPLE = 200
_NEARLY = 0.9
_WIDE = 4  # columns that are no chance commas within texts
_MARKS = (",", ";", "\t", "|")


def is_wrapped(text: str) -> bool:
    """Whether (nearly) every line of a text is one quoted field that is a record itself."""
    lines = [chomped(line) for line in lines_of(text)[:_SAMPLE] if line.strip()]
    whole = [line for line in lines if _is_whole(line)]
    if len(whole) < 2 or len(whole) < _NEARLY * len(lines):
        return False
    inner = [one_field(line, '"')[0] for line in whole]
    return any(_is_table(inner, mark) for mark in _MARKS)


def unwrapped(text: str) -> str:
    """The lines of a text without the quotes around them."""
    return "".join(_without(line) for line in lines_of(text))


def unwrapped_blocks(blocks: Iterator[str]) -> Iterator[str]:
    """The same for the blocks of a text, all of whole lines."""
    return map(unwrapped, blocks)


def _is_whole(line: str) -> bool:
    return one_field(line, '"') != [line]


def _is_table(lines: list[str], mark: str) -> bool:
    rows = [row for row in csv.reader(lines, delimiter=mark) if row]
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if width < 2 or count < _NEARLY * len(lines):
        return False
    quoted = any(re.search(rf'(^|{re.escape(mark)})"', line) for line in lines)
    return quoted or (width >= _WIDE and not any(mark + " " in line for line in lines))


def _without(line: str) -> str:
    content = chomped(line)
    return one_field(content, '"')[0] + line[len(content) :]
