"""An intake card in words: its notes for people, and all of it as the facts that an agent is given with a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chat.analyst.telling.sentences import say
from locales import text

LONGEST = 3000  # characters of a card for an agent
_COLUMNS = 2000  # … of which its columns may take
_CUT = 60  # characters of a name or an example
_ESCAPES = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_PERSONAL = re.compile(
    r"(?<!\d)\d{6}[- ]?[0-9]\d{6}(?!\d)"  # resident numbers
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<!\d)(?:\+?82[-. ]?\(?0?\)?[-. ]?|0)1[016789][-. ]?\d{3,4}[-. ]?\d{4}(?!\d)"
    r"|(?<!\d)(?:\d{4}[- ]){3}\d{4}(?!\d)"
)


def note_sentences(card: Mapping[str, Any], language: str) -> list[str]:
    """What was found, repaired and left out, as plain sentences."""
    return [_plain(say(f"note.{note['key']}", language, **_values(note))) for note in card["notes"]]


def facts(card: Mapping[str, Any], language: str) -> str:
    """A card as plain text of at most `LONGEST` characters; what looks like personal data is masked in it."""
    lines = [text("server.card.head", language, name=_line(card["name"])), *_format(card, language)]
    if card["kind"] == "table":
        lines += [*_shape(card, language), *_columns(card, language)]
    lines += [f"- {_masked(sentence)}" for sentence in note_sentences(_without_examples(card), language)]
    return _whole_lines(lines, LONGEST)


def _format(card: Mapping[str, Any], language: str) -> Iterator[str]:
    told = [card["format"]]
    separator = {"\t": text("server.card.tab", language), " ": text("server.card.space", language)}
    for key, value in (
        ("encoding", card["encoding"]),
        ("separator", separator.get(card["separator"], card["separator"])),
        ("quote", card["quote"]),
        ("sheet", card["sheet"]),
        ("pages", card["pages"]),
    ):
        if value:
            told.append(text(f"server.card.{key}", language, value=_line(str(value))))
    yield f"- {', '.join(told)}"
    if card["kind"] == "table" and card["header_lines"]:
        yield "- " + text("server.card.header", language, lines=", ".join(map(str, card["header_lines"])))


def _shape(card: Mapping[str, Any], language: str) -> Iterator[str]:
    yield "- " + text("server.card.shape", language, rows=f"{card['rows']:,}", columns=f"{card['width']:,}")
    if card["duplicate_rows"]:
        yield "- " + text("server.card.duplicates", language, count=f"{card['duplicate_rows']:,}")
    if card["keys"]:
        yield "- " + text("server.card.keys", language, names=", ".join(_masked(_line(name)) for name in card["keys"]))


def _columns(card: Mapping[str, Any], language: str) -> Iterator[str]:
    yield "- " + text("server.card.columns", language)
    left, shown = _COLUMNS, 0
    for column in card["columns"]:
        line = f"  - {_column(column, language)}"
        left -= len(line)
        if left < 0:
            break
        shown += 1
        yield line
    if more := card["width"] - shown:
        yield "  - " + text("server.card.more_columns", language, count=f"{more:,}")


def _column(column: Mapping[str, Any], language: str) -> str:
    kind = text(f"server.card.kind.{column['kind']}", language)
    unit = f" ({column['unit']})" if column["unit"] else ""
    told = [f"{_masked(_line(column['name']))}: {kind}{unit}"]
    if column["examples"]:
        hide = _hidden if column["personal"] else _masked
        examples = " | ".join(hide(_line(example)) for example in column["examples"])
        told.append(text("server.card.examples", language, examples=examples))
    if column["missing"]:
        told.append(
            text(
                "server.card.missing", language, count=f"{column['missing']:,}", share=f"{column['missing_share']:.1%}"
            )
        )
    if column["personal"]:
        told.append(text("server.card.personal", language))
    return "; ".join(told)


def _without_examples(card: Mapping[str, Any]) -> dict[str, Any]:
    """The card with the notes on personal columns masked."""
    personal = {column["name"] for column in card["columns"] if column["personal"]}
    notes: list[Mapping[str, Any]] = []
    for note in card["notes"]:
        hidden = note.get("column") in personal and "examples" in note
        notes.append({**note, "examples": _hidden(note["examples"])} if hidden else note)
    return {**card, "notes": notes}


def _values(note: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in note.items() if key != "key"}


def _plain(sentence: str) -> str:
    """A sentence of the analyst's without what only Markdown needs."""
    return _ESCAPES.sub(r"\1", sentence)


def _line(value: str) -> str:
    value = " ".join(value.split())
    return value if len(value) <= _CUT else value[: _CUT - 1] + "…"


def _masked(value: str) -> str:
    return _PERSONAL.sub(lambda found: _hidden(found[0]), value)


def _hidden(value: str) -> str:
    """How a value is written, and nothing of what it says."""
    return re.sub(r"\w", "*", value)


def _whole_lines(lines: Sequence[str], most: int) -> str:
    kept, length = [], 0
    for line in lines:
        length += len(line) + 1
        if length > most:
            break
        kept.append(line)
    return "\n".join(kept)
