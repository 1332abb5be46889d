"""Damages of delimited files as they happen in the wild, done to clean tables, each with what must be read in the end.

The kinds are those that the Pollock benchmark (HPI, "Pollock: A Data Loading Benchmark", 2023) counts in open data.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Rows = list[list[str]]


@dataclass(frozen=True)
class Damaged:
    """A damaged file and the rows that must be read from it, the header first (when there is one)."""

    kind: str
    name: str
    content: bytes
    expected: Rows


def written(
    rows: Sequence[Sequence[str]],
    *,
    delimiter: str = ",",
    end: str = "\r\n",
    quote: str = '"',
    escape: str | None = None,
    every: bool = False,
) -> str:
    """Rows as delimited text; `escape` None doubles quotes, "" leaves them as they are."""
    return "".join(delimiter.join(_field(cell, delimiter, quote, escape, every) for cell in row) + end for row in rows)


def _field(cell: str, delimiter: str, quote: str, escape: str | None, every: bool) -> str:
    if not every and not any(mark in cell for mark in (delimiter.strip() or delimiter, quote, "\n", "\r")):
        return cell
    inner = cell.replace(quote, quote * 2 if escape is None else escape + quote)
    return f"{quote}{inner}{quote}"


def shop(count: int = 60, seed: int = 1) -> Rows:
    """Sales: dates, times, numbers, codes, money, texts with commas and inches, links, a column nearly empty."""
    random.seed(seed)
    things = [
        "Trail Shoes",
        "Canvas Tent",
        "Wool Socks, Grey",
        "Steel Kettle",
        'Table Lamp, 12"',
        "Kids' Raincoat",
        "Garden Chair",
        "Oak Shelf, Narrow",
        "Camp Stove",
        "Linen Shirt, Long",
        'Skillet 10" Cast Iron',
    ]
    texts = [
        "Built to last for years of daily use and easy to clean after every trip.",
        "Light, warm and dry: made for cold mornings, wet afternoons and long evenings outside.",
        "Our customers' favourite since 1987, now in three new colours.",
        "Made from certified cotton without any plastic parts.",
        'Fits all standard 9" fittings, screws included.',
        "With its wide base it stands on sand, snow and grass alike.",
        "Keeps what it holds warm for up to twelve hours",
    ]
    rows = [["DAY", "HOUR", "Pieces", "ARTICLE", "Cost", "ItemName", "ItemText", "LINK", "Remarks"]]
    for number in range(count):
        code = f"{random.choice(['TR', 'KX', 'AB', 'WZ'])}-{random.randint(1000, 9999)}"
        rows.append(
            [
                f"{random.randint(1, 28):02}/{random.randint(1, 12):02}/2021",
                f"{number % 24:02}:{number % 4 * 15:02}",
                str(random.randint(0, 30)),
                code,
                f"${random.randint(1, 99)}.{random.randint(10, 99)}",
                random.choice(things),
                random.choice(texts),
                f"https://shop.example.org/item/{code.replace('-', '_')}.html",
                "checked" if number == 7 else "",
            ]
        )
    return rows


def clinics(count: int = 40, seed: int = 2) -> Rows:
    """A Korean register: names, districts, numbers with thousands separators, dates, telephone numbers."""
    random.seed(seed)
    names = ["서울중앙의원", "한빛치과", "새봄한의원", "늘푸른 소아과", "바른정형외과, 본점", "행복 내과"]
    rows = [["기관명", "시도", "병상수", "연매출(천원)", "개설일", "전화번호", "비고"]]
    for _ in range(count):
        rows.append(
            [
                random.choice(names),
                random.choice(["서울", "부산", "대구", "경기"]),
                str(random.randint(1, 400)),
                f"{random.randint(1000, 9999999):,}",
                f"20{random.randint(10, 23)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
                f"0{random.randint(2, 6)}-{random.randint(200, 999)}-{random.randint(1000, 9999)}",
                random.choice(["야간진료, 주차 가능", "예약제", "주말 휴진", "응급실 운영"]),
            ]
        )
    return rows


def meters(count: int = 50, seed: int = 3) -> Rows:
    """Measurements: a key, a stamp, three numbers, a state."""
    random.seed(seed)
    rows = [["sensor", "measured_at", "temperature", "pressure", "state"]]
    for number in range(count):
        rows.append(
            [
                f"S{number % 7 + 1:03}",
                f"2024-0{number % 9 + 1}-1{number % 10} 0{number % 10}:30:00",
                f"{random.uniform(-9, 35):.2f}",
                f"{random.uniform(980, 1030):.1f}",
                random.choice(["ok", "late", "lost"]),
            ]
        )
    return rows


TABLES = {"shop": shop, "clinics": clinics, "meters": meters}


def damaged_files(name: str, every: int = 1) -> Iterator[Damaged]:
    """All kinds of damage done to one of the tables; of the kinds that hit one row, every so manieth."""
    rows = TABLES[name]()
    yield from _of_the_file(name, rows)
    yield from _of_a_row(name, rows, every)


def _encoded(name: str, text: str) -> bytes:
    return text.encode("cp949" if name == "clinics" else "utf-8")


def _of_the_file(name: str, rows: Rows) -> Iterator[Damaged]:
    header, body = rows[0], rows[1:]
    width = len(header)
    text = written(rows)

    def made(kind: str, content: str, expected: Rows = rows) -> Damaged:
        return Damaged("file", f"{name}: {kind}", _encoded(name, content), expected)

    yield made("as it should be", text)
    yield made("every field quoted", written(rows, every=True))
    yield made("nothing in it", "", [])
    yield made("no line end at the end", text.removesuffix("\r\n"))
    yield made("two line ends at the end", text + "\r\n")
    yield made("no header", written(body), body)
    yield made("two header rows", written([header, *rows]), [[f"{one} {one}" for one in header], *body])
    yield made("three header rows", written([header, header, *rows]), [[" ".join([one] * 3) for one in header], *body])
    title = ["PREAMBLE", *[""] * (width - 1)]
    yield made("delimited preamble", written([title, [""] * width, *rows]))
    yield made("preamble", "Report of the year\r\n\r\n" + text)
    yield made("preamble of three lines", "Report\r\nfor internal use only\r\n2024-01-31\r\n\r\n" + text)
    yield made("footnote", text + "\r\nSource: our own records\r\n")
    yield made("delimited footnotes", text + written([[""] * width, ["* provisional", *[""] * (width - 1)]]))
    yield made("header only", written([header]), [header])
    yield made("one row", written(rows[:2]), rows[:2])
    second = [["name", "price", "when"], *[[f"x{number}", str(number), "2020-01-01"] for number in range(9)]]
    yield made("second table with fewer columns", text + written(second))
    more = [[*header, "More"], *[[*row, str(number)] for number, row in enumerate(body)]]
    yield made("second table with more columns", text + written(more))
    yield made("the same table again", text + text)
    yield made("second table behind a blank line", text + "\r\n" + written(second))
    for label, delimiter in (
        ("semicolon", ";"),
        ("tab", "\t"),
        ("bar", "|"),
        ("comma and blank", ", "),
        ("caret", "^"),
        ("two bars", "||"),
        ("tilde and bar", "~|"),
        ("unit separator", "\x1f"),
        ("two tabs", "\t\t"),
        ("section sign", "§"),
    ):
        if delimiter == "§" and name == "shop":
            continue
        yield made(f"delimited by {label}", written(rows, delimiter=delimiter))
    yield made("quoted by apostrophes", written(rows, quote="'", every=True))
    yield made("quotes escaped by backslashes", written(rows, escape="\\", every=True))
    yield made("quotes not escaped", written(rows, escape="", every=True))
    yield made("lines end with LF", written(rows, end="\n"))
    yield made("lines end with CR", written(rows, end="\r"))
    yield made("a delimiter at the end of every line", written(rows, end=",\r\n"))
    yield made("blank lines between", "\r\n".join(written([row]) for row in rows))
    yield made("header said again", written([*rows[:20], header, *rows[20:]]))
    yield made("zero bytes", text.replace(",", ",\0", 3))


def _of_a_row(name: str, rows: Rows, every: int) -> Iterator[Damaged]:
    width = len(rows[0])
    cases = 0
    for index, row in enumerate(rows):
        fields = [_field(cell, ",", '"', None, False) for cell in row]
        for column in range(width):
            cases += 1
            if cases % every:
                continue
            place = f"{name}: row {index}, column {column}: "
            if column:
                lost = ",".join(fields[:column]) + ",".join(fields[column:])
                yield _with_line(name, rows, index, lost, "lost delimiter", place)
            more = ",".join([*fields[:column], "", *fields[column:]])
            yield _with_line(name, rows, index, more, "added delimiter", place)
            stray = [*fields]
            stray[column] = (
                fields[column][:1] + '"' + fields[column][1:] if fields[column][:1] == '"' else '"' + fields[column]
            )
            literal = [list(one) for one in rows]
            literal[index][column] = '"' + literal[index][column]
            yield _with_line(name, rows, index, ",".join(stray), "stray quote", place, literal)
        if index % every == 0:
            place = f"{name}: row {index}: "
            yield _with_line(name, rows, index, " ".join(fields), "row by blanks", place)
            semicolons = written([row], delimiter=";", end="")
            yield _with_line(name, rows, index, semicolons, "row by semicolons", place)
            apostrophes = written([row], quote="'", every=True, end="")
            yield _with_line(name, rows, index, apostrophes, "row by apostrophes", place)
            yield _with_line(name, rows, index, ",".join(fields) + "\n\r\n", "two line ends", place)


def _with_line(
    name: str, rows: Rows, index: int, line: str, kind: str, place: str, expected: Rows | None = None
) -> Damaged:
    lines = [written([row], end="") for row in rows]
    lines[index] = line
    return Damaged(kind, place + kind, _encoded(name, "\r\n".join(lines) + "\r\n"), expected or rows)


def as_rows(text: str) -> Rows:
    """RFC 4180 text as rows."""
    return list(csv.reader(io.StringIO(text, newline="")))
