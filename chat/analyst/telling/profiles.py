"""Words the profile of a file: how it was read, what stands out, its columns, statistics and first rows."""

from __future__ import annotations

from chat.analyst.engine.computing import compute
from chat.analyst.engine.results import Result
from chat.analyst.queries import Query
from chat.analyst.tables import Note, Table
from chat.analyst.telling.findings import outstanding, wrong
from chat.analyst.telling.markdown import escaped, number
from chat.analyst.telling.phrases import Phrases

_PREVIEW = 5
_MOST_NOTES = 15
_SEPARATORS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}


def profile(data: Table, result: Result, phrases: Phrases) -> list[str]:
    """All that is worth knowing before the first question."""
    pieces = [_what(data, phrases)]
    pieces += _list("profile.findings", [_finding(found, phrases) for found in outstanding(data)], phrases)
    problems = [_finding(found, phrases) for found in wrong(data)] if data.height else []
    pieces += [*_list("profile.problems", problems, phrases), *_notes(data, phrases)]
    pieces.append(f"{phrases.say('profile.columns')}\n\n{phrases.column_table(result.frame)}")
    numbers = tuple(data.names("number"))
    if numbers and data.height:
        statistics = compute(Query("describe", measures=numbers), data).frame
        pieces.append(f"{phrases.say('profile.statistics')}\n\n{phrases.statistics_table(statistics)}")
    return [*pieces, f"{phrases.say('profile.preview')}\n\n{phrases.rows(data.head(_PREVIEW))}"]


def _list(heading: str, lines: list[str], phrases: Phrases) -> list[str]:
    """A heading with its points, or nothing without any."""
    points = "\n".join(f"- {line}" for line in lines)
    return [f"{phrases.say(heading)}\n\n{points}"] if lines else []


def _finding(found: Note, phrases: Phrases) -> str:
    values = {key: escaped(value) if isinstance(value, str) else number(value) for key, value in found.values}
    for key, words in (("side", "finding"), ("period", "period")):
        if key in values:
            values[key] = phrases.say(f"{words}.{dict(found.values)[key]}")
    return phrases.say(f"finding.{found.key}", **values)


def _what(data: Table, phrases: Phrases) -> str:
    parts = [data.format]
    if data.encoding:
        parts.append(phrases.say("profile.encoding", encoding=data.encoding.upper()))
    if data.separator:
        known = _SEPARATORS.get(data.separator)
        separator = phrases.say(f"separator.{known}") if known else escaped(data.separator)
        parts.append(phrases.say("profile.separator", separator=separator))
    if data.sheet:
        parts.append(phrases.say("profile.sheet", sheet=escaped(data.sheet)))
    rows, columns = number(data.height), number(len(data.columns))
    name = escaped(data.name)
    return phrases.say("profile.what", name=name, rows=rows, columns=columns, format=", ".join(parts))


def _notes(data: Table, phrases: Phrases) -> list[str]:
    if not data.notes:
        return []
    lines = [f"- {phrases.note(note)}" for note in data.notes[:_MOST_NOTES]]
    if len(data.notes) > _MOST_NOTES:
        lines.append(f"- … (+{len(data.notes) - _MOST_NOTES})")
    return [f"{phrases.say('profile.notes')}\n\n" + "\n".join(lines)]
