"""Splits a line into fields by a dialect, also when its quoting is broken."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import dataclass

csv.field_size_limit(1 << 30)
_ENDS = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_BEAM = 6
_MOST_QUOTES = 60
_STRAY = 1.0  # what an unexpected quote costs a reading of a line
_NO_DELIMITER = 2.0
_INNER = 0.5


@dataclass(frozen=True, slots=True)
class Dialect:
    """How fields are told apart. `quote` and `escape` are "" where there are none; `escape` "" means doubled quotes.

    `skip_space`: blanks after the delimiter belong to it. `delimiter` "" means that every line is one field, or, with
    `edges`, that fields begin at fixed columns. `framed`: the delimiter also stands at both ends of a line.
    """

    delimiter: str
    quote: str = '"'
    escape: str = ""
    skip_space: bool = False
    edges: tuple[int, ...] = ()
    framed: bool = False


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends, of which a carriage return alone is one too."""
    return _ENDS.findall(text)


def chomped(line: str) -> str:
    """A line without its end."""
    return line[:-2] if line.endswith("\r\n") else line[:-1] if line.endswith(("\n", "\r")) else line


class Splitter:
    """Splits lines by one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        single = len(dialect.delimiter) == 1
        self._by_csv = single and bool(dialect.quote)
        self._field = _field_pattern(dialect)
        self._escaped = (
            re.compile(
                re.escape(dialect.escape) + "([" + re.escape(dialect.escape + dialect.quote + dialect.delimiter) + "])"
            )
            if dialect.escape
            else None
        )

    def plain(self, line: str) -> list[str]:
        """A line (without its end) that has no quotes or whose quotes mean nothing."""
        dialect = self.dialect
        if dialect.edges:
            if any(len(line[edge - 1 : edge + 1].strip(" ")) == 2 for edge in dialect.edges[1:]):
                return [line.strip()]  # words across the columns
            bounds = [*dialect.edges, len(line) + 1]
            return [line[start:end].strip() for start, end in itertools.pairwise(bounds)]
        if not dialect.delimiter:
            return [line]
        if dialect.framed:
            line = line.strip().removeprefix(dialect.delimiter).removesuffix(dialect.delimiter)
        cells = line.split(dialect.delimiter)
        if dialect.escape and dialect.escape in line:
            cells = self._rejoined(cells)
        return [cell.strip(" ") for cell in cells] if dialect.skip_space else cells

    def _rejoined(self, cells: list[str]) -> list[str]:
        """Fields whose delimiter was escaped, as some systems write instead of quoting."""
        joined: list[str] = []
        open_field = False
        for cell in cells:
            slashes = len(cell) - len(cell.rstrip(self.dialect.escape))
            if open_field:
                joined[-1] += self.dialect.delimiter + cell
            else:
                joined.append(cell)
            open_field = slashes % 2 == 1
        return [self.unescaped(cell) for cell in joined]

    def unescaped(self, cell: str) -> str:
        """A field with its escapes taken out."""
        return self._escaped.sub(r"\1", cell) if self._escaped and self.dialect.escape in cell else cell

    def clean(self, line: str) -> list[str] | None:
        """The fields of a line, or of lines that one record spans, when its quoting has no fault; else None."""
        dialect = self.dialect
        if not dialect.quote or dialect.quote not in line:
            return self.plain(chomped(line))
        if not dialect.delimiter:
            return one_field(chomped(line), dialect.quote)
        if not self._by_csv or dialect.escape:
            return self._clean_by_hand(line)
        try:
            rows = list(
                csv.reader(
                    lines_of(line),
                    delimiter=dialect.delimiter,
                    quotechar=dialect.quote,
                    skipinitialspace=dialect.skip_space,
                    strict=True,
                )
            )
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 else None

    def _clean_by_hand(self, line: str) -> list[str] | None:
        """The same for dialects that Python's reader doesn't know, in one go over the line."""
        line = chomped(line)
        cells: list[str] = []
        place = 0
        while True:
            match = self._field.match(line, place)
            if match is None:
                return None
            quoted, plain = match.group("quoted", "plain")
            cells.append(self.unescaped(plain) if quoted is None else self._unquoted(quoted))
            place = match.end()
            if not match["end"]:
                return cells

    def is_open(self, line: str) -> bool:
        """Whether a record may go on after this line: its quotes don't come in pairs."""
        quote, escape = self.dialect.quote, self.dialect.escape
        if not quote:
            return False
        count = line.count(quote)
        if escape:
            count -= line.count(escape + quote)
        return count % 2 == 1

    def readings(self, line: str, width: int | None) -> list[tuple[float, list[str]]]:
        """The least faulty ways to read a line, with what is wrong with each: at most a handful, the best first.

        With `width`, only those that have as many fields.
        """
        dialect = self.dialect
        line = chomped(line)
        if line.count(dialect.quote) > _MOST_QUOTES + 4 * (width or 0):
            return []
        # Partial readings by the position they have come to and the number of their fields.
        states: dict[int, dict[int, list[tuple[float, list[str]]]]] = {0: {0: [(0.0, [])]}}
        best: list[tuple[float, list[str]]] = []
        end = len(line) + 1  # a position behind the last field: after the line's end, which counts as a delimiter
        queue = [0]
        while queue:
            position = min(queue)
            queue.remove(position)
            steps = self._steps(line, position)
            for count, readings in states.pop(position).items():
                for cost, cells in readings:
                    for step, value, following in steps:
                        if width is not None and count + 1 > width:
                            continue
                        reading = (cost + step, [*cells, value])
                        if following == end:
                            if width is None or count + 1 == width:
                                best.append(reading)
                            continue
                        if following not in states:
                            states[following] = {}
                            queue.append(following)
                        kept = states[following].setdefault(count + 1, [])
                        kept.append(reading)
                        if len(kept) > _BEAM:
                            kept.sort(key=lambda item: item[0])
                            del kept[_BEAM:]
        best.sort(key=lambda item: item[0])
        return best[:_BEAM]

    def _steps(self, line: str, position: int) -> list[tuple[float, str, int]]:
        """The fields that may begin at a position: cost, value, and where the next one begins."""
        dialect = self.dialect
        delimiter, quote = dialect.delimiter, dialect.quote
        start = position
        if dialect.skip_space or (line.startswith(" ", position) and line[position:].lstrip(" ").startswith(quote)):
            while start < len(line) and line[start] == " " and delimiter != " ":
                start += 1
            if not dialect.skip_space and not line.startswith(quote, start):
                start = position
        steps: list[tuple[float, str, int]] = []
        if line.startswith(quote, start):
            steps += self._quoted(line, start)
        elif dialect.skip_space is False:
            start = position
        stop = self._delimiter_from(line, start)
        text = line[start:stop]
        inner = text.count(quote)
        cost = (_STRAY if text.startswith(quote) else 0.0) + _NO_DELIMITER * any(not fault for fault, _, _ in steps)
        cost += _INNER * max(0, inner - text.startswith(quote))
        if "\n" not in text and "\r" not in text:  # a line ends within quotes only
            steps.append((cost, self.unescaped(text), stop + len(delimiter) if stop < len(line) else len(line) + 1))
        if inner and not text.startswith(quote):
            cut = line.index(quote, start)
            if cut > start and self._quoted(line, cut):
                steps.append((_NO_DELIMITER, text[: cut - start], cut))
        return steps

    def _delimiter_from(self, line: str, start: int) -> int:
        stop = line.find(self.dialect.delimiter, start)
        escape = self.dialect.escape
        while escape and stop > start and line[stop - 1] == escape:
            stop = line.find(self.dialect.delimiter, stop + 1)
        return len(line) if stop < 0 else stop

    def _quoted(self, line: str, start: int) -> list[tuple[float, str, int]]:
        """The quoted fields that may begin with the quote at `start`: one for every quote that may close it."""
        dialect = self.dialect
        delimiter, quote, escape = dialect.delimiter, dialect.quote, dialect.escape
        steps: list[tuple[float, str, int]] = []
        at = line.find(quote, start + 1)
        while at >= 0 and len(steps) < 2 * _BEAM:
            if escape and line[at - 1] == escape and (at - len(line[:at].rstrip(escape))) % 2:
                at = line.find(quote, at + 1)
                continue
            content = line[start + 1 : at]
            after = at + 1
            blanks = 0
            while after < len(line) and line[after] in " \t" and not line.startswith(delimiter, after):
                after += 1
                blanks += 1
            strays = _lone_quotes(content, quote, escape)
            if quote in content:
                rest = content.replace(escape + quote if escape else quote * 2, "")
                strays += rest.count(quote + delimiter) + rest.count(delimiter + quote)
            value = self._unquoted(content)
            if after >= len(line):
                steps.append((strays * _STRAY, value, len(line) + 1))
            elif line.startswith(delimiter, after):
                steps.append((strays * _STRAY + 0.1 * bool(blanks), value, after + len(delimiter)))
            elif (
                not blanks and not strays and content and (line[after] != quote or line[after + 1 : after + 2] != quote)
            ):
                steps.append((_NO_DELIMITER, value, after))
            at = line.find(quote, at + 1)
        return steps

    def _unquoted(self, content: str) -> str:
        if self.dialect.escape:
            return self.unescaped(content)
        return content.replace(self.dialect.quote * 2, self.dialect.quote)


def _field_pattern(dialect: Dialect) -> re.Pattern[str]:
    """A field without any fault, with the delimiter or the end of the record behind it."""
    quote, escape, mark = (re.escape(sign) for sign in (dialect.quote, dialect.escape, dialect.delimiter))
    within = f"(?:(?!{quote}|{escape}).|{escape}.)*" if escape else f"(?:(?!{quote}).|{quote}{quote})*"
    outside = f"(?:(?!{mark}|{quote or mark})[^\r\n{escape}]" + (f"|{escape}[^\r\n])*" if escape else ")*")
    blanks = " *" if mark != re.escape(" ") else ""
    skipped = blanks if dialect.skip_space else ""
    return re.compile(
        f"(?:{blanks}{quote}(?P<quoted>{within}){quote}(?!{quote})|{skipped}(?P<plain>{outside}))(?P<end>{mark}|\\Z)",
        re.DOTALL,
    )


def _lone_quotes(content: str, quote: str, escape: str) -> int:
    """Runs of an odd number of quotes within a quoted field, where every quote should be doubled or escaped."""
    if quote not in content:
        return 0
    if escape:
        content = content.replace(escape + escape, "").replace(escape + quote, "")
        return len(re.findall(re.escape(quote) + "+", content))
    return sum(len(run) % 2 for run in re.findall(re.escape(quote) + "+", content))


def one_field(line: str, quote: str) -> list[str]:
    """A line as one field: without the quotes around it when it is quoted as a whole, else as it is."""
    if len(line) > 1 and line.startswith(quote) and line.endswith(quote):
        inner = line[1:-1]
        if quote not in inner.replace(quote * 2, ""):
            return [inner.replace(quote * 2, quote)]
    return [line]
