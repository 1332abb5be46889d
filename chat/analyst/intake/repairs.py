"""Mends rows that have too many or too few cells, when the other rows of the table say how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from chat.analyst.intake.fields import Dialect, Splitter, chomped
from chat.analyst.intake.shapes import Profile, kind_of
from chat.analyst.intake.titles import is_keyed

_OTHERS = (",", ";", "\t", "|", " ", ":")
_SURE = 3.0  # by how much a repair has to fit better than the row as it stands
_BETTER = 1.5
_SLACK = 8.0  # by how much a mended row may fit worse than the least typical good row
_CLEARLY = 0.7
_MOST_TOKENS = 300
_SHORT = 3  # the most pieces that a cell of a typed column is made of
_TYPED = 0.8
_SEEN = 0.05


@dataclass(frozen=True, slots=True)
class Mended:
    """A row made whole, and what was done to it: "dropped", "trimmed", "merged", "split", "together" or "resplit"."""

    cells: list[str]
    how: str


class Mender:
    """Mends rows by the profile of the good ones."""

    def __init__(self, dialect: Dialect, profile: Profile) -> None:
        self._dialect = dialect
        self._profile = profile
        self._typed = [profile.typed_share(number) >= _TYPED for number in range(profile.width)]
        self.has_keys = profile.width > 0 and any(is_keyed([cell]) for cell in profile.columns[0].values)
        self._others = [
            Splitter(Dialect(mark, dialect.quote, dialect.escape)) for mark in _OTHERS if mark != dialect.delimiter
        ]

    def fits(self, cells: Sequence[str]) -> float:
        """How well cells fit their columns; cells beyond the last column and missing ones count against them."""
        width = self._profile.width
        padded = [*cells[:width], *[""] * (width - len(cells))]
        score = sum(self._profile.cell(cell, number) for number, cell in enumerate(padded))
        return score - 8.0 * sum(1 for cell in cells[width:] if cell) - 0.5 * abs(len(cells) - width)

    def is_typical(self, cells: Sequence[str]) -> bool:
        """Whether a row of the right length looks like the others."""
        return len(cells) == self._profile.width and self.fits(cells) >= self._profile.least - _SLACK

    def mend(self, cells: list[str], line: str) -> Mended | None:
        """The row as it was probably meant, or None when nothing says so. `line` is the text that it was read from."""
        width = self._profile.width
        if len(cells) > width:
            return self._fewer(cells)
        if len(cells) < width:
            return self._more(cells, line)
        return self._resplit(line, self.fits(cells))

    def _fewer(self, cells: list[str]) -> Mended | None:
        width = self._profile.width
        trimmed = not any(cell.strip() for cell in cells[width:])
        if trimmed and self.is_typical(cells[:width]) and not self._fits_without_another(cells):
            return Mended(cells[:width], "trimmed")
        if any(self._typed) and len(cells) <= _MOST_TOKENS:
            best = self._assembled(cells, self._dialect.delimiter, drops=len(cells) - width)
            if best is not None and best[0] >= self._profile.least - _SLACK:
                dropped = len([cell for cell in cells if cell]) == len([cell for cell in best[1] if cell])
                return Mended(best[1], "dropped" if dropped else "merged")
        return Mended(cells[:width], "trimmed") if trimmed else None

    def _fits_without_another(self, cells: list[str]) -> bool:
        """Whether a row fits clearly better when another of its empty cells is left out than the last one."""
        width = self._profile.width
        if len(cells) != width + 1:
            return False
        tails = [cells[:number] + cells[number + 1 :] for number in range(width) if not cells[number]]
        return any(self.fits(tail) > self.fits(cells[:width]) + _BETTER for tail in tails)

    def _more(self, cells: list[str], line: str) -> Mended | None:
        width = self._profile.width
        padded = [*cells, *[""] * (width - len(cells))]
        base = sum(self._profile.cell(cell, number) for number, cell in enumerate(padded))
        resplit = self._resplit(line, base)
        if resplit:
            return resplit
        if width - len(cells) != 1 or not any(self._typed):
            return None
        found = sorted(self._splits(cells), key=lambda item: -item[0])
        if not found or found[0][0] < max(base + _SURE, self._profile.least - _SLACK):
            return None
        others = [one for score, one in found if score > found[0][0] - _CLEARLY and one != found[0][1]]
        if not others:
            return Mended(found[0][1], "split")
        return self._together(cells, [found[0][1], *others])

    def _together(self, cells: list[str], cuts: Sequence[list[str]]) -> Mended | None:
        """The row with two values in one cell, when it is sure which cell that is, but not where to cut it."""
        number = next((at for at, cell in enumerate(cells) if cell != cuts[0][at]), len(cells) - 1)
        if any(cut[:number] != cells[:number] or cut[number + 2 :] != cells[number + 1 :] for cut in cuts):
            return None
        return Mended([*cells[: number + 1], "", *cells[number + 1 :]], "together")

    def _resplit(self, line: str, base: float) -> Mended | None:
        """The row by another delimiter than the rest of the file has."""
        line = chomped(line)
        best: tuple[float, list[str]] | None = None
        for splitter in self._others:
            mark = splitter.dialect.delimiter
            if line.count(mark) < self._profile.width - 1 or (mark == " " and self._profile.width < _SHORT):
                continue
            cells = splitter.clean(line)
            if cells is None:
                readings = splitter.readings(line, None)
                cells = readings[0][1] if readings else splitter.plain(line)
            if len(cells) == self._profile.width:
                found: tuple[float, list[str]] | None = (self.fits(cells), cells)
            elif self._profile.width < len(cells) <= _MOST_TOKENS and any(self._typed):
                found = self._assembled(cells, mark, drops=0)
            else:
                continue
            if found and (best is None or found[0] > best[0]):
                best = found
        if best is None or best[0] < max(base + _SURE, self._profile.least - _SLACK):
            return None
        return Mended(best[1], "resplit")

    def _assembled(self, tokens: list[str], mark: str, *, drops: int) -> tuple[float, list[str]] | None:
        """Neighbouring tokens put together, and up to `drops` empty ones left out, so that they fit best."""
        width = self._profile.width
        states: dict[tuple[int, int], tuple[float, list[str]]] = {(0, 0): (0.0, [])}
        whole = [mark in token for token in tokens]  # such a token was quoted: it is a field by itself
        for column in range(width):
            following: dict[tuple[int, int], tuple[float, list[str]]] = {}
            for (start, dropped), (score, cells) in states.items():
                skip = 0
                while True:
                    self._extend(
                        following, tokens, whole, mark, column, start + skip, dropped + skip, score - 0.5 * skip, cells
                    )
                    if dropped + skip >= drops or start + skip >= len(tokens) or tokens[start + skip]:
                        break
                    skip += 1
            states = following
        ends = []
        for (start, dropped), (score, cells) in states.items():
            rest = tokens[start:]
            if not any(rest) and dropped + len(rest) <= drops:
                ends.append((score, cells))
        return max(ends, key=lambda item: item[0], default=None)

    def _extend(
        self,
        following: dict[tuple[int, int], tuple[float, list[str]]],
        tokens: list[str],
        whole: list[bool],
        mark: str,
        column: int,
        start: int,
        dropped: int,
        score: float,
        cells: list[str],
    ) -> None:
        left = self._profile.width - column - 1
        longest = _SHORT if self._typed[column] else len(tokens)
        for end in range(start + 1, min(start + longest, len(tokens) - left) + 1):
            if end > start + 1 and (whole[end - 1] or whole[start]):
                break
            if end > start + 1 and mark == "," and not _goes_on(tokens[end - 2], tokens[end - 1]):
                break
            cell = mark.join(tokens[start:end])
            reached = score + self._profile.cell(cell, column)
            key = (end, dropped)
            if key not in following or following[key][0] < reached:
                following[key] = (reached, [*cells, cell])

    def _splits(self, cells: list[str]) -> Iterator[tuple[float, list[str]]]:
        """The row with one of its cells cut in two."""
        befores = list(accumulate((self._profile.cell(one, at) for at, one in enumerate(cells)), initial=0.0))
        moved = [self._profile.cell(one, at) for at, one in enumerate(cells, 1)]
        total = sum(moved)  # of the cells behind the one at hand, each a column further on
        for number, cell in enumerate(cells):
            total -= moved[number]
            for left, right in self._halves(cell, number):
                score = (
                    befores[number] + total + self._profile.cell(left, number) + self._profile.cell(right, number + 1)
                )
                yield score, [*cells[:number], left, right, *cells[number + 1 :]]

    def _halves(self, cell: str, number: int) -> Iterator[tuple[str, str]]:
        if self._may_be_empty(number):
            yield "", cell
        if self._may_be_empty(number + 1):
            yield cell, ""
        for at in range(1, len(cell)):
            left, right = cell[:at], cell[at:]
            if right[0] in _OTHERS and len(right) > 1 and self._look_alike(left, right[1:], number):
                yield left, right[1:]
            if right[0] == self._dialect.quote == right[-1] and at < len(cell) - 1:
                yield left, right[1:-1].replace(right[0] * 2, right[0])
            elif (
                _is_seam(left[-1], right[0])
                or self._known(left, number)
                or self._known(right, number + 1)
                or self._look_alike(left, right, number)
            ):
                yield left, right

    def _look_alike(self, left: str, right: str, number: int) -> bool:
        """Whether other rows have cells of exactly these shapes in two neighbouring columns."""
        return min(self._profile.shape_share(left, number), self._profile.shape_share(right, number + 1)) > _SEEN

    def _known(self, cell: str, number: int) -> bool:
        """Whether other rows have the very same in this column."""
        return len(cell) > 1 and self._profile.columns[number].values[cell] > 1

    def _may_be_empty(self, number: int) -> bool:
        column = self._profile.columns[number]
        return column.kinds["empty"] > _SEEN * column.total


def _goes_on(before: str, after: str) -> bool:
    """Whether a comma between two pieces may belong to a text or to a number rather than separate cells."""
    return after.startswith(" ") or (before[-1:].isdigit() and bool(re.match(r"\d{3}(\D|$)", after)))


def _is_seam(left: str, right: str) -> bool:
    """Whether two neighbouring characters look as if they came from two cells."""
    if left.isspace() or right.isspace():
        return False
    if left.isalpha() and right.isalpha():
        return (left.islower() and right.isupper()) or (ord(left) < 0x250) != (ord(right) < 0x250)
    return not (left.isdigit() and right.isdigit())


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def mended_header(cells: list[str], line: str, width: int, dialect: Dialect) -> list[str] | None:
    """A header row with the right number of names, when there is only one way to come to it."""
    if len(cells) == width:
        return cells
    if len(cells) > width:
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) == width:
            return filled
        return cells[:width] if not any(cell.strip() for cell in cells[width:]) else None
    for mark in _OTHERS:
        if mark == dialect.delimiter or len(cells) > width / 2:
            continue
        names = Splitter(Dialect(mark, dialect.quote, dialect.escape)).clean(chomped(line))
        if names and len(names) == width and all(kind_of(name) in ("text", "code", "flag") for name in names):
            return names
    seams = [(number, match.start()) for number, cell in enumerate(cells) for match in _CAMEL.finditer(cell)]
    if len(cells) == width - 1 and len(seams) == 1:
        number, at = seams[0]
        return [*cells[:number], cells[number][:at], cells[number][at:], *cells[number + 1 :]]
    return None
