"""Questions with a requested answer format, `@name[value]`: understood, computed by a script, answered in that form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chat.analyst.closed.faithfulness import unread
from chat.analyst.closed.loading import Loaded, load
from chat.analyst.closed.planning import plan
from chat.analyst.closed.problems import NotUnderstood, Problem
from chat.analyst.closed.scripts import Script, run
from chat.analyst.closed.slots import find_format
from chat.analyst.tables import Table
from chat.analyst.telling.sentences import say

__all__ = ["Closed", "Loaded", "answer", "load"]


@dataclass(frozen=True, slots=True)
class Closed:
    """An answer in the requested form and what goes with it.

    `code` is the script that computed it, runnable beside the file, and "" where there is no such.
    """

    pieces: tuple[str, ...]
    rows: int
    code: str = ""
    columns: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole answer."""
        return "\n\n".join(self.pieces)


def answer(
    question: str, table: Table, language: str, path: Path | None = None, loaded: Loaded | None = None
) -> Closed | None:
    """The answer to a question that asks for a format; None when it asks for none.

    `path` is the file itself, `loaded` what `load` made of both, where it is there already.
    """
    form = find_format(question)
    if form is None:
        return None
    loaded = loaded or load(table, path)
    frame = loaded.frame
    problem = Problem(form, frame, Script(list(loaded.reading)))
    try:
        missing = plan(problem)
        ignored = unread(problem)
        if ignored:
            raise NotUnderstood(ignored)
        printed = run(problem.script, frame)
    except NotUnderstood as part:
        return Closed((say("closed.not_understood", language, part=str(part)),), len(frame))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        # Too few values for a test, words where numbers were meant: the computation is none for this table.
        return Closed((say("closed.failed", language),), len(frame))
    used = tuple(column for column in map(str, frame.columns) if repr(column) in problem.script.body)
    notes = [say("closed.computed", language, columns=", ".join(used), rows=len(frame))]
    notes += [say(f"closed.assumed_{remark}", language) for remark in dict.fromkeys(problem.remarks)]
    if missing:
        notes.append(say("closed.undetermined", language, names=", ".join(missing)))
    return Closed((printed, *notes), len(frame), problem.script.code if loaded.reading else "", used)
