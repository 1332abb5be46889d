"""What `analyse` prints: cards, answers and tables of files, without a server, an account or a data folder."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from chat.analyst import closed, lookups
from chat.analyst.answering import Asked, reply_to
from chat.analyst.intake.cards import Card
from chat.analyst.reading import Reading, read, read_table
from chat.analyst.tables import ReadingFailed, Table
from chat.analyst.telling.sentences import language_of_question, say
from chat.analyst.telling.working import MOST_ROWS, exact
from chat.analyst.time_limits import OutOfTime, time_limit

_LANGUAGE = "en"
_KEPT = 4  # tables that a batch keeps for the next questions about them
_BLOCK = 50_000
_SECONDS = 120.0  # for a question of a batch


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: as text, as the table that it was computed to and as the value (or values) that it comes down to.

    `found` is what was looked up, or computed and looked up alike, alone, without how the question was read; "" for
    other answers.
    """

    question: str
    text: str
    table: dict[str, Any] | None = None
    value: Any = None
    code: str = ""
    found: str = ""

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON has it."""
        return {"question": self.question, "text": self.text, "table": self.table, "value": self.value}


def ask(
    question: str,
    table: Table,
    path: Path,
    *,
    others: Sequence[tuple[Table, Path]] = (),
    earlier: Sequence[str] = (),
    loaded: closed.Loaded | None = None,
) -> Answered:
    """The built-in analyst's answer to a question about a table, whose file is in `path`; the rest as in `Asked`."""
    asked = Asked(question, table, path, _LANGUAGE, others=others, earlier=earlier, loaded=loaded)
    reply = reply_to(asked)
    shown = _as_json_table(reply.result.frame) if reply.result is not None and reply.result.cannot is None else None
    code = reply.work.code if reply.work else ""
    value = [exact(one) for one in reply.value] if isinstance(reply.value, list) else exact(reply.value)
    found = reply.found
    if reply.query is not None and not found and (reply.query.filters or reply.query.groups):
        found = lookups.told_alone(value, question, table, reply.language)
    return Answered(question, "\n\n".join(reply.pieces), shown, value, code, found)


def run(arguments: Sequence[str], *, as_json: bool, dump: Path | None, out: TextIO, errors: TextIO) -> int:
    """Print cards and answers for what of `arguments` are files and what are questions.

    The status is 0 when all files could be read, 1 when some couldn't (their reasons go to `errors`), 2 when there is
    no file at all.
    """
    files = [Path(argument) for argument in arguments if Path(argument).is_file()]
    questions = [argument for argument in arguments if not Path(argument).is_file()]
    if not files:
        print("No file of that name: " + ", ".join(arguments), file=errors)
        return 2
    failed = 0
    printed: list[dict[str, Any]] = []
    tables: list[tuple[Table, Path]] = []
    readings: Iterable[tuple[Path, Reading | ReadingFailed]] = _readings(files, errors)
    if questions and len(files) > 1:  # a question about one of them may name columns of the others
        readings = list(readings)
        tables = [(one.table, path) for path, one in readings if isinstance(one, Reading) and one.table is not None]
    for path, reading in readings:
        if isinstance(reading, ReadingFailed):
            failed += 1
            if dump and reading.reason == "empty":
                _dump_path(path, dump, len(files)).write_bytes(b"")
            continue
        others = [(table, place) for table, place in tables if place != path]
        answers = [
            _answered(question, reading, path, others, questions[:number], errors)
            for number, question in enumerate(questions)
        ]
        if dump:
            write_table(reading, _dump_path(path, dump, len(files)))
        if as_json:
            printed.append({"card": reading.card.as_json(), "answers": [one.as_json() for one in answers]})
        else:
            print(
                card_text(reading.card), *[f"\n> {one.question}\n\n{one.text}" for one in answers], sep="\n", file=out
            )
    if as_json:
        whole = printed[0] if len(files) == 1 and printed else printed
        if printed:
            print(json.dumps(whole, ensure_ascii=False, default=str, allow_nan=False), file=out)
    return 1 if failed else 0


def _readings(files: Sequence[Path], errors: TextIO) -> Iterator[tuple[Path, Reading | ReadingFailed]]:
    """Each file as it was read, one after another, or why it can't be, which is told at once."""
    for path in files:
        try:
            yield path, read(path, path.name)
        except ReadingFailed as failure:
            print(f"{path}: {_reason(failure, path.name)}", file=errors)
            yield path, failure


def _answered(
    question: str,
    reading: Reading,
    path: Path,
    others: Sequence[tuple[Table, Path]],
    earlier: Sequence[str],
    errors: TextIO,
) -> Answered:
    if reading.table is None:
        return Answered(question, say("failed.no_table", language_of_question(question, _LANGUAGE), name=path.name))
    try:
        return ask(question, reading.table, path, others=others, earlier=earlier)
    except Exception as fault:  # whatever it is, the next question may go well
        print(f"{path}: {question}: {type(fault).__name__}: {fault}", file=errors)
        return Answered(question, say("failed.crash", language_of_question(question, _LANGUAGE), name=path.name))


def run_batch(path: Path, *, out: TextIO, errors: TextIO, seconds: float = _SECONDS) -> int:
    """Answer the lines `{"id", "file", "question"}` of a file with lines `{"id", "answer", "code"}`, one by one.

    Files are looked for from the current folder, and from that of the batch. A question gets `seconds`. The status is 1
    when a file or a line couldn't be read, or a question couldn't be gone through with.
    """
    failed = not path.is_file()
    tables = _Tables(path)
    for number, line in enumerate(_lines(path, errors), 1):
        if not line.strip():
            continue
        request: dict[str, Any] = {}
        place = f"{path}, line {number}"
        try:
            request = _request(line)
            with time_limit(seconds):
                answered = tables.ask(request["question"], request["file"])
        except ReadingFailed as failure:
            failed = True
            print(f"{request['file']}: {_reason(failure, request['file'])}", file=errors)
            answered = Answered("", _reason(failure, request["file"]))
        except OSError as error:
            failed = True
            reason = f"{request['file']}: {error.strerror or type(error).__name__}"
            print(reason, file=errors)
            answered = Answered("", reason)
        except OutOfTime:
            failed = True
            reason = say("closed.timeout", language_of_question(request["question"], _LANGUAGE), seconds=round(seconds))
            print(f"{place}: {reason}", file=errors)
            answered = Answered("", reason)
        except Exception as fault:  # whatever it is, the next line may go well
            failed = True
            print(f"{place}: {type(fault).__name__}: {fault}", file=errors)
            answered = Answered("", say("failed.crash", _LANGUAGE, name=str(request.get("file", path.name))))
        told = {"id": request.get("id"), "answer": answered.found or answered.text, "code": answered.code}
        print(json.dumps(told, ensure_ascii=False), file=out, flush=True)
    return 1 if failed else 0


def _request(line: str) -> dict[str, Any]:
    """A line of a batch. Raises ValueError."""
    request = json.loads(line)
    if not isinstance(request, dict) or not all(isinstance(request.get(key), str) for key in ("file", "question")):
        raise ValueError('a line is {"id", "file", "question"}, file and question as texts')
    return request


class _Tables:
    """The tables of a batch, the last ones kept for the next questions about them."""

    def __init__(self, batch: Path) -> None:
        self._batch = batch
        self._read = lru_cache(maxsize=_KEPT)(lambda name: read_table(_found(name, batch), Path(name).name))
        self._load = lru_cache(maxsize=_KEPT)(lambda name: closed.load(self._read(name), _found(name, batch)))

    def ask(self, question: str, name: str) -> Answered:
        """The answer to a question about a file. Raises ReadingFailed and OSError."""
        loaded = self._load(name) if "@" in question else None
        return ask(question, self._read(name), _found(name, self._batch), loaded=loaded)


def _lines(path: Path, errors: TextIO) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from file
    except OSError as error:
        print(f"{path}: {error.strerror}", file=errors)


def _found(name: str, batch: Path) -> Path:
    beside = batch.parent / name
    return beside if not Path(name).exists() and beside.exists() else Path(name)


def _reason(failure: ReadingFailed, name: str) -> str:
    return say(f"failed.{failure.reason}", _LANGUAGE, name=Path(name).name, limit="")


def _dump_path(path: Path, dump: Path, files: int) -> Path:
    """The file itself for one input; for several, one of the same name in a folder."""
    if files == 1 and not dump.is_dir():
        dump.parent.mkdir(parents=True, exist_ok=True)
        return dump
    dump.mkdir(parents=True, exist_ok=True)
    return dump / f"{path.stem}.csv"


def write_table(reading: Reading, path: Path) -> None:
    """Write a table as it was read: UTF-8, RFC 4180, the header first when the file has one; a document by lines."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        if reading.texts is None:
            writer.writerows([line] for line in (reading.card.text or "").splitlines())
            return
        if reading.header is not None:
            writer.writerow(reading.header)
        for batch in reading.texts.to_batches(max_chunksize=_BLOCK):
            columns = [["" if cell is None else cell for cell in column.to_pylist()] for column in batch.columns]
            writer.writerows(zip(*columns, strict=True))


def card_text(card: Card) -> str:
    """A card for a terminal."""
    facts = [
        card.format,
        card.encoding,
        f"separator {json.dumps(card.separator)}" if card.separator else None,
        f"sheet {card.sheet}" if card.sheet else None,
        f"header on line {', '.join(map(str, card.header_lines))}" if card.header_lines else None,
    ]
    lines = [f"{card.name}: {', '.join(fact for fact in facts if fact)}"]
    if card.kind == "document":
        lines.append(f"{len(card.text or ''):,} characters" + (f" on {card.pages} pages" if card.pages else ""))
        return "\n".join([*lines, *_notes(card)])
    lines.append(f"{card.rows:,} rows × {len(card.columns):,} columns, {card.duplicate_rows:,} duplicate rows")
    if card.keys:
        lines.append(f"keys: {', '.join(card.keys)}")
    for column in card.columns:
        missing = f", {column.missing_share:.1%} missing" if column.missing else ""
        personal = f", looks like personal data ({column.personal})" if column.personal else ""
        unit = f" in {column.unit}" if column.unit else ""
        examples = " | ".join(column.examples)
        lines.append(f"- {column.name}: {column.kind}{unit}{missing}{personal}; {examples}")
    return "\n".join([*lines, *_notes(card)])


def _notes(card: Card) -> list[str]:
    return [f"* {say(f'note.{note.key}', _LANGUAGE, **dict(note.values))}" for note in card.notes]


def _as_json_table(frame: pd.DataFrame) -> dict[str, Any] | None:
    if not len(frame.columns):
        return None
    shown = frame.head(MOST_ROWS)
    rows = [[exact(cell) for cell in row] for row in shown.itertuples(index=False, name=None)]
    return {"columns": [str(name).removeprefix("#") for name in frame.columns], "rows": rows}


def main(options: Any) -> int:
    """The command as admin/cli.py parses it: `inputs`, `json`, `dump`, `batch`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if options.batch:
        return run_batch(options.batch, out=sys.stdout, errors=sys.stderr)
    return run(options.inputs, as_json=options.json, dump=options.dump, out=sys.stdout, errors=sys.stderr)
