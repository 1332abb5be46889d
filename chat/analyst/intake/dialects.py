"""Finds the dialect of delimited text: what separates, quotes and escapes its fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chat.analyst.intake.fields import Dialect, Splitter, chomped, lines_of
from chat.analyst.intake.shapes import kind_of

_USUAL = (",", "\t", ";", "|")
_PRIOR = {
    ",": 1.0,
    "\t": 1.0,
    ";": 1.0,
    "|": 0.99,
    ":": 0.8,
    " ": 0.75,
    "\x1f": 1.0,
    "\x01": 1.0,
    "\x1e": 1.0,
    "^": 0.95,
}
_OTHER_PRIOR = 0.85
_SEVERAL_PRIOR = 0.97  # the same sign several times, or with blanks: more of a decision than one sign
_SAMPLE_LINES = 400
_COMMENTS = ("#", "%", "//", "!")
_RULER = re.compile(r"\s*([-=]{2,}|[-=])( +[-=]+)+\s*")
_SPANNED = 40
_RUN = re.compile(r" [|;] |\\t|[-=~]+>|[^\w\s\"'()\[\]{}+,;:.\-/@%&#*=<>$€£¥₩!?]+|[|~^¦§¬]+|<>|::+|;;+|,,+|\|\|+|\t\t+")
_IN_QUOTES = re.compile('"[^"]*"')
_OF_THOUSANDS = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?![\d,])")
_THOUSANDS = 0.7  # what commas count that may all be within numbers
_SINGLE = 0.3  # what a file of one column scores, so that a chance comma doesn't split it


@dataclass(frozen=True, slots=True)
class Sample:
    """The lines at the beginning of a file that the dialect is told by."""

    lines: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Sample:
        """Whole lines of a text's beginning."""
        lines = lines_of(text)[:_SAMPLE_LINES]
        said = next((number for number, line in enumerate(lines) if not line.startswith(_COMMENTS)), 0)
        return cls(tuple(lines[said:] if len(lines) - said > 1 else lines))


def find_dialect(text: str, delimiter: str | None = None) -> Dialect:
    """The dialect by which a sample of text falls into rows of the same length and cells of known kinds.

    `delimiter` is one that somebody has chosen already.
    """
    sample = Sample.of(text)
    if not any(line.strip() for line in sample.lines):
        return Dialect(delimiter or ",")
    if not delimiter and _is_framed(sample):
        return Dialect("|", "", "", skip_space=True, framed=True)
    ruled = None if delimiter else _ruled(sample)
    if ruled:
        return ruled
    best, best_score = Dialect(""), _single_score(sample)
    for dialect in _candidates(sample, delimiter):
        score = _score(sample, dialect)
        if score > best_score + 1e-9 or (delimiter and not best.delimiter):
            best, best_score = dialect, score
    fixed = None if delimiter else _fixed_width(sample)
    if fixed and _score(sample, fixed) * 0.98 > best_score:
        best = fixed
    return best


def _is_framed(sample: Sample) -> bool:
    """Whether it is a table as databases and Markdown draw it: bars at both ends of every line, drawn lines between."""
    lines = [line.strip() for line in sample.lines if line.strip()]
    drawn = [line for line in lines if re.fullmatch(r"[+|:\- =]*(--|==|-:|:-)[+|:\- =]*", line)]
    rest = [line for line in lines if line not in drawn]
    bars = sum(len(line) > 1 and line[0] == line[-1] == "|" for line in rest)
    return bool(drawn) and bars >= 2 and bars >= 0.6 * len(rest)


def _candidates(sample: Sample, delimiter: str | None) -> Iterable[Dialect]:
    text = "".join(sample.lines)
    quotes = [quote for quote in ('"', "'", "") if not quote or quote in text]
    if "'" in quotes and not _frames(sample, "'"):
        quotes.remove("'")
    for mark in [delimiter] if delimiter else _delimiters(sample):
        for quote in quotes:
            if not quote and len(quotes) > 1 and '"' in quotes:
                continue
            escapes = ("", "\\") if (quote and "\\" + quote in text) or "\\" + mark in text else ("",)
            for escape in escapes:
                yield Dialect(mark, quote or '"', escape, _skips_space(sample, mark))


def _delimiters(sample: Sample) -> list[str]:
    """The usual ones, and every other sign or run of signs that stands on most of the lines."""
    counts: Counter[str] = Counter()
    lines = [chomped(line) for line in sample.lines if line.strip()]
    for line in lines:
        counts.update({sign for sign in line if not sign.isalnum() and sign not in "\"'_.()-+[]{}/\\\r\n"})
        counts.update(set(_RUN.findall(line)))
    needed = max(2, len(lines) // 2) if len(lines) > 1 else 1
    often = [mark for mark, count in counts.items() if count >= needed and not _is_empty_cell(mark, lines)]
    rest = sorted(mark for mark in often if mark not in _USUAL)
    return [mark for mark in _USUAL if counts[mark]] + rest


def _is_empty_cell(mark: str, lines: Sequence[str]) -> bool:
    """Whether a sign is there twice because a cell between is empty: the header, which has names, has it once."""
    sign = mark[0]
    return len(mark) == 2 and mark == 2 * sign and sign in _USUAL and mark not in lines[0] and sign in lines[0]


def _frames(sample: Sample, quote: str) -> bool:
    """Whether a quote stands around fields, and not only as an apostrophe within words."""
    pattern = re.compile(rf"(?:^|[^\w\s]|\s){quote}[^{quote}\r\n]*{quote}(?=[^\w\s]|\s|$)")
    hits = sum(bool(pattern.search(line)) for line in sample.lines)
    return hits >= len(sample.lines) / 4


def _skips_space(sample: Sample, delimiter: str) -> bool:
    """Whether a blank follows (nearly) every delimiter."""
    if len(delimiter) > 1 or delimiter.isspace():
        return False
    pattern = re.compile(re.escape(delimiter) + r"([^\r\n])")
    found = [match[1] for line in sample.lines for match in pattern.finditer(_IN_QUOTES.sub('""', line))]
    return bool(found) and found.count(" ") >= 0.98 * len(found)


def _score(sample: Sample, dialect: Dialect) -> float:
    rows, faulty = _rows(sample.lines, Splitter(dialect))
    widths = Counter(len(row) for row in rows)
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0.0
    width = max(wide, key=lambda size: (wide[size] * (size - 1) / size, size))
    all_rows = len(rows) + faulty
    pairs = sum(1 for one, other in pairwise(rows) if len(one) == len(other) > 1)
    # Two tables one below the other are two widths, each of them without a break.
    even = max(widths[width], 0.95 * (pairs + 1)) / all_rows
    near = sum(count for size, count in widths.items() if size < width or size == width + 1) / all_rows
    good = [row for row in rows if len(row) == width]
    typed = _type_score(good, dialect)
    mark = dialect.delimiter
    prior = _PRIOR.get(mark, _SEVERAL_PRIOR if len(mark) > 1 else _OTHER_PRIOR)
    if dialect.quote == "'":
        prior *= 0.99
    if dialect.escape:
        prior *= 0.995
    if mark == "," and _only_in_numbers(sample):
        prior *= _THOUSANDS
    few = 0.9 + 0.1 * (width - 1) / width
    regular = float(min(1.0, even + 0.25 * near) ** 1.5)
    return regular * (0.35 + 0.65 * typed) * prior * few


def _only_in_numbers(sample: Sample) -> bool:
    """Whether (nearly) every comma may be one between thousands."""
    text = _IN_QUOTES.sub('""', "".join(sample.lines))
    return "," in text and _OF_THOUSANDS.sub("", text).count(",") < 0.05 * text.count(",")


def _single_score(sample: Sample) -> float:
    """A file of one column is what remains when nothing separates its lines evenly."""
    lines = [chomped(line).strip() for line in sample.lines if line.strip()]
    kinds = Counter(kind_of(line) for line in lines[1:] or lines)
    kind, count = kinds.most_common(1)[0]
    return 0.85 * count / len(lines[1:] or lines) if kind not in ("text", "signs", "empty") else _SINGLE


def _type_score(rows: Sequence[Sequence[str]], dialect: Dialect) -> float:
    """The share of cells that are of a known kind; words count less, and marks that are left over against it."""
    total = 0.0
    body = rows[1:] if len(rows) > 2 else rows
    columns = list(zip(*body, strict=True))
    for column in columns:
        kinds = Counter(map(kind_of, column))
        score = sum(count * _worth(kind) for kind, count in kinds.items())
        text = kinds["text"]
        if text:
            score -= 0.5 * sum(_has_marks(cell, dialect) for cell in column if kind_of(cell) == "text")
        if kinds["empty"] == len(column):
            score /= 2  # a column without anything in it may be a delimiter too many
        total += score / len(column) * (0.7 + 0.3 * max(kinds.values()) / len(column))
    return max(0.0, total / len(columns))


def _worth(kind: str) -> float:
    return {"empty": 0.6, "text": 0.7, "signs": 0.1, "code": 0.85, "flag": 0.9}.get(kind, 1.0)


_LEFT_OVER = re.compile(r"[\t|;^~¦\x1f]|\S,\S")


def _has_marks(cell: str, dialect: Dialect) -> bool:
    """Whether a cell looks as if there were something left to split or to unquote."""
    if cell[:1] in "\"'" and len(cell) > 1:
        return True
    return (
        dialect.delimiter not in ("\t", "|", ";")
        and bool(_LEFT_OVER.search(cell))
        and '"' not in cell
        and (dialect.delimiter != "," or not cell.count(",") or ("," in cell and cell.count(";") > 0))
    )


def _rows(lines: Sequence[str], splitter: Splitter) -> tuple[list[list[str]], int]:
    """The rows of a sample, read so that one open quote doesn't swallow the others; and how many were faulty."""
    rows: list[list[str]] = []
    faulty = 0
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if not line.strip():
            continue
        row = splitter.clean(line)
        if row is None and splitter.is_open(line):
            spanned = _spanned(lines, number, splitter)
            if spanned:
                row, number = spanned
        if row is None:
            faulty += 1
            continue
        if any(cell.strip() for cell in row):
            rows.append(row)
    return rows, faulty


def _spanned(lines: Sequence[str], number: int, splitter: Splitter) -> tuple[list[str], int] | None:
    record = lines[number - 1]
    for end in range(number, min(number + _SPANNED, len(lines))):
        record += lines[end]
        if splitter.dialect.quote in lines[end]:
            row = splitter.clean(record)
            if row is not None:
                return row, end + 1
    return None


def _ruled(sample: Sample) -> Dialect | None:
    """Columns as wide as the strokes that are drawn below their names."""
    lines = [chomped(line).expandtabs() for line in sample.lines]
    drawn = next((number for number, line in enumerate(lines) if _RULER.fullmatch(line)), None)
    if drawn is None or drawn == 0 or not lines[drawn - 1].strip():
        return None
    strokes = [match.span() for match in re.finditer(r"[-=]+", lines[drawn])]
    gaps = [end for (_, end), (start, _) in pairwise(strokes) for end in range(end, start)]
    rows = [line for line in [lines[drawn - 1], *lines[drawn + 1 :]] if line.strip()][:_SPANNED]
    blank = sum(all(line[gap : gap + 1] in ("", " ") for gap in gaps) for line in rows)
    if blank < 0.8 * len(rows):
        return None
    return Dialect("", "", "", False, (0, *(start for start, _ in strokes[1:])))


def _fixed_width(sample: Sample) -> Dialect | None:
    """Columns that begin at the same place on every line, with blanks before them."""
    lines = [chomped(line).expandtabs() for line in sample.lines if line.strip()]
    lines = [line for line in lines if not re.fullmatch(r"[\s\-=+_]*", line)]
    if len(lines) < 3 or any("\t" in line for line in sample.lines):
        return None
    if sum(line.startswith('"') for line in lines) > len(lines) / 2:
        return None
    width = max(map(len, lines))
    most = sorted(map(len, lines))[len(lines) // 2]
    lines = [line for line in lines if len(line) >= most / 2 and re.search(r"\S\s{2,}\S|\S\s\S", line)]
    if len(lines) < 3:
        return None
    filled = [sum(1 for line in lines if at < len(line) and line[at] != " ") for at in range(width)]
    allowed = len(lines) // 50
    edges = [at for at in range(width) if filled[at] > allowed and (at == 0 or filled[at - 1] <= allowed)]
    if not edges or len(edges) < 2 or not any(re.search(r"\S {2,}\S", line) for line in lines):
        return None
    edges[0] = 0
    return Dialect("", "", "", False, tuple(edges))
