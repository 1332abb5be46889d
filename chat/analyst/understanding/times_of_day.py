"""Conditions on the hour or the day of the week."""

from __future__ import annotations

from collections.abc import Callable

from chat.analyst.queries import Filter, NotClear
from chat.analyst.understanding.sequences import Found, found
from chat.analyst.understanding.words import Piece


def with_weekdays(pieces: list[Piece], date_column: Callable[[], str | None]) -> list[Piece]:
    """ "월요일", "on weekends" as conditions on the column of dates. Raises NotClear when there is none."""
    if not any(piece.kind == "weekdays" for piece in pieces):
        return pieces
    column = date_column()
    if column is None:
        raise NotClear("needs_date")
    return [
        Piece("condition", piece.text, tail=piece.tail, filters=(Filter(column, "weekday", piece.numbers),))
        if piece.kind == "weekdays"
        else piece
        for piece in pieces
    ]


def with_hours(pieces: list[Piece], date_column: Callable[[], str]) -> list[Piece]:
    """ "9시부터 18시까지" (from 9:00 until 17:59), "after 6pm", "오전 9시" as conditions on the hour."""
    left = pieces
    while match := found(
        left,
        "between? start=clock from? until? between? end=clock until? between? before?",
        "sign=after|from|before|until start=clock",
        "start=clock sign=after|from|before|until",
        "start=clock",
    ):
        hours = _hours(match)
        condition = Piece("condition", "hour", filters=(Filter(date_column(), "hour", hours),))
        left = [*left[: match.start], condition, *left[match.end :]]
    return left


def _hours(match: Found) -> tuple[float, ...]:
    start, end, sign = match.piece("start"), match.piece("end"), match.piece("sign")
    first = int(start.number) if start else 0
    if end:
        last = int(end.number)
        wrapped = range(first, last) if first < last else [*range(first, 24), *range(last)]
        return tuple(float(hour) for hour in wrapped)
    if sign is None:
        return (float(first % 24),)
    found_range = range(first, 24) if sign.key in ("after", "from") else range(first)
    return tuple(float(hour) for hour in found_range)
