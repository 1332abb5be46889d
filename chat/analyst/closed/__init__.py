"""Questions with a requested answer format, `@name[value]`: understood, computed by a script, answered in that form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chat.analyst.closed.loading import frame_of, reading_lines
from chat.analyst.closed.planning import plan
from chat.analyst.closed.problems import NotUnderstood, Problem
from chat.analyst.closed.scripts import Script, run
from chat.analyst.closed.slots import find_format
from chat.analyst.sentences import say
from chat.analyst.tables import Table


@dataclass(frozen=True, slots=True)
class Closed:
    """An answer in the requested form, what goes with it, and the script that computed it ("" without any)."""

    pieces: tuple[str, ...]
    code: str = ""
    columns: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole answer."""
        return "\n\n".join(self.pieces)


def answer(question: str, table: Table, language: str, path: Path | None = None) -> Closed | None:
    """The answer to a question that asks for a format; None when it asks for none."""
    form = find_format(question)
    if form is None:
        return None
    frame = frame_of(table, path)
    problem = Problem(form, frame, Script(reading_lines(table)))
    try:
        missing = plan(problem)
    except NotUnderstood as part:
        return Closed((say("closed.not_understood", language, part=str(part)),))
    printed = run(problem.script, frame)
    used = tuple(c for c in map(str, frame.columns) if repr(c) in problem.script.code)
    pieces = [printed]
    pieces.append(say("closed.computed", language, columns=", ".join(used), rows=len(frame)))
    pieces += [say(f"closed.assumed_{remark}", language) for remark in dict.fromkeys(problem.remarks)]
    if missing:
        pieces.append(say("closed.undetermined", language, names=", ".join(missing)))
    return Closed(tuple(pieces), problem.script.code, used)
