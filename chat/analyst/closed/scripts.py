"""The script that answers a question: built line by line, run in this process, and given away as it stands."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from dataclasses import dataclass, field, replace

import pandas as pd

_RESERVED = {"df", "pd", "np", "stats", "shown", "frame"}
_SHOWN = [
    'def shown(value, digits=None, between=", "):',
    '    """A number with its decimals; a word or a list as it is."""',
    "    if isinstance(value, (list, tuple)):",
    "        return between.join(shown(one, digits) for one in value)",
    "    if isinstance(value, pd.Timestamp):",
    '        return value.isoformat(sep=" ").removesuffix(" 00:00:00")',
    "    if isinstance(value, str) or value is None or digits is None:",
    '        return f"{value:.15g}" if isinstance(value, float) else str(value)',
    '    return f"{round(float(value), digits) + 0.0:.{digits}f}"',
]


@dataclass(slots=True)
class Script:
    """Python lines that compute the places of an answer from the table in `df` and print them.

    Only names of columns, values and numbers get into the lines, each as a Python literal.
    """

    reading: list[str]
    conversions: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    prints: list[str] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)
    _names: set[str] = field(default_factory=lambda: set(_RESERVED))

    def let(self, hint: str, expression: str) -> str:
        """The variable that holds an expression; the same expression is computed once."""
        if expression in self._known:
            return self._known[expression]
        name = self.name(hint)
        self.lines.append(f"{name} = {expression}")
        self._known[expression] = name
        return name

    def let_two(self, hints: tuple[str, str], expression: str) -> tuple[str, str]:
        """The two variables that hold what an expression returns."""
        if expression in self._known:
            first, second = self._known[expression].split(",")
            return first, second
        first, second = self.name(hints[0]), self.name(hints[1])
        self.lines.append(f"{first}, {second} = {expression}")
        self._known[expression] = f"{first},{second}"
        return first, second

    def name(self, hint: str) -> str:
        """A name that is not taken."""
        base = re.sub(r"\W+", "_", hint).strip("_").lower() or "value"
        base = base if base[0].isalpha() and base.isascii() else f"value_{len(self._names)}"
        name, number = base, 2
        while name in self._names:
            name, number = f"{base}_{number}", number + 1
        self._names.add(name)
        return name

    def known(self, key: str) -> tuple[str, ...] | None:
        """The variables remembered under a key."""
        return tuple(self._known[key].split(",")) if key in self._known else None

    def remember(self, key: str, names: tuple[str, ...]) -> None:
        """Keep the variables that several lines made together."""
        self._known[key] = ",".join(names)

    def mark(self) -> tuple[int, dict[str, str]]:
        """Where the script is now, to go back to."""
        return len(self.lines), dict(self._known)

    def back_to(self, mark: tuple[int, dict[str, str]]) -> None:
        """Take back the lines since a mark."""
        del self.lines[mark[0] :]
        self._known = mark[1]

    def import_once(self, line: str) -> None:
        """An import in the middle of the script."""
        if line not in self.lines:
            self.lines.append(line)

    def add(self, *lines: str) -> None:
        """Lines that change the table; what was computed before is computed again afterwards."""
        self.lines += lines
        self._known.clear()

    def convert(self, line: str) -> None:
        """A line that makes a column numbers or dates, before everything else."""
        if line not in self.conversions:
            self.conversions.append(line)

    @property
    def body(self) -> str:
        """All but the reading."""
        return "\n".join([*self.conversions, *self.lines, *_SHOWN, *self.prints])

    @property
    def code(self) -> str:
        """The whole script."""
        used = self.body
        imports = ["import numpy as np"] if "np." in used else []
        imports.append("import pandas as pd")
        imports += ["from scipy import stats"] if "stats." in used else []
        computing = [*self.conversions, *self.lines]
        return "\n".join([*imports, "", *_SHOWN, "", *self.reading, *computing, *self.prints]) + "\n"


def run(script: Script, frame: pd.DataFrame) -> str:
    """What a script prints about a table that is read already. Whatever it raises comes through."""
    printed = io.StringIO()
    here = replace(script, reading=["df = frame.copy()"])
    with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
        warnings.simplefilter("ignore")
        exec(compile(here.code, "<answer>", "exec"), {"__name__": "__main__", "frame": frame})  # noqa: S102 - our own lines
    return printed.getvalue().strip()
