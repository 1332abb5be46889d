"""Formulas in a question: "(단가 - 원가) × 수량", "매출 * 1.1", "price times 1.05", "급여를 12로 나눈 값"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from chat.analyst.queries import NotClear, Preparation
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.sequences import Found, found_all, is_korean
from chat.analyst.understanding.words import Piece

_INFIX = {"minus": "-", "plus": "+", "times": "*", "over_sign": "/"}
_ENGLISH = {"multiplied": "*", "divided": "/", "added": "+"}
_AFTER = {"multiplied": "*", "divided": "/", "added": "+", "not": "-"}
_AFTER_PATTERN = "a=column b=number sign=multiplied|divided|added|not.k"
_PERCENT_OF = ("number=number a=column", "a=column number=number")
_INTO = re.compile(r"^\s*(?:값|금액|결과)?(?:를|을|에|에다|에다가|에서|으로부터)(?![가-힣])")
_SUM = re.compile(r" [+-] ")
_BRACKETS = ("open", "close")
_TELLING = ("eq", "ne", "ge", "gt", "le", "lt", "missing", "present")


@dataclass(frozen=True, slots=True)
class _Operand:
    """A column or a number; `sign` is the one that joined it, by which it is put in brackets."""

    column: str = ""
    number: float = 0.0
    sign: str = ""

    def written(self, sign: str, *, is_second: bool) -> str:
        """As the name of what `sign` makes of it has it."""
        if not self.column:
            return f"{self.number:.15g}"
        loose = sign in ("*", "/") and _SUM.search(self.column)
        turned = is_second and sign in ("-", "/") and (self.sign or _SUM.search(self.column))
        return f"({self.column})" if loose or turned else self.column


def take_formulas(draft: Draft) -> None:
    """Make a column of each formula with a number, with brackets or of more than two columns; drop all brackets.

    Raises NotClear where a part of a formula is no number.
    """
    _explained(draft)
    for _ in range(len(draft.pieces)):
        if not _take_one(draft):
            break
    for pattern in _PERCENT_OF:
        while (match := next(_parts_of(draft, pattern), None)) is not None:
            number, a = match.parts["number"][0], match.parts["a"][0]
            factor = _Operand(number=round(number.number / 100, 12))
            made = _joined(draft, _Operand(draft.one_of(a, "number") or ""), "*", factor)
            draft.take(
                match, Piece("column", made.column, columns=(made.column,), tail=draft.pieces[match.end - 1].tail)
            )
    take_constants(draft)
    draft.pieces = [piece for piece in draft.pieces if piece.key not in _BRACKETS]


def _parts_of(draft: Draft, pattern: str) -> Iterator[Found]:
    """ "10% of salary", "급여의 10%"."""
    for match in found_all(draft.pieces, pattern):
        number, a = match.parts["number"][0], match.parts["a"][0]
        first = draft.pieces[match.start]
        belongs = first.tail.strip() in ("of", "of the") if first is number else first.tail.strip() == "의"
        if "%" in number.text and belongs and draft.one_of(a, "number"):
            yield match


def take_constants(draft: Draft) -> None:
    """ "급여에 1.1을 곱한 값": a column of what is computed of another and a number, as Korean says it."""
    while (match := next(_after(draft), None)) is not None:
        a, b, sign = (match.parts[part][0] for part in ("a", "b", "sign"))
        name = draft.one_of(a, "number") or ""
        made = _joined(draft, _Operand(name), _AFTER[sign.key], _Operand(number=b.number))
        draft.take(match, Piece("column", made.column, columns=(made.column,), tail=sign.tail))


def _explained(draft: Draft) -> None:
    """In "해결시간(resolution_hours)" the brackets tell what the word before them means.

    In "error rate (status >= 400) by page" they tell of which rows the rate is.
    """
    for number in range(len(draft.pieces) - 4, -1, -1):
        if number + 4 > len(draft.pieces):
            continue
        word, opened, meant, closed = draft.pieces[number : number + 4]
        if (opened.key, closed.key) != _BRACKETS or meant.kind not in ("column", "value"):
            continue
        attached = word.tail == "(" or meant.kind == "column"
        if (word.kind == "unknown" and attached) or (
            word.kind == meant.kind == "column" and word.columns == meant.columns
        ):
            draft.pieces[number : number + 4] = [replace(meant, tail=closed.tail)]
    pieces = draft.pieces
    rate = next((number for number, piece in enumerate(pieces) if piece.key == "share"), None)
    start = next((number for number, piece in enumerate(pieces) if piece.key == "open"), None)
    end = next((number for number, piece in enumerate(pieces) if piece.key == "close"), None)
    if rate is None or start is None or end is None or end < start or not rate:
        return
    inside = pieces[start + 1 : end]
    if any(piece.key in _TELLING for piece in inside) and pieces[rate - 1].kind == "unknown" and rate < start:
        rest = [*pieces[rate + 1 : start], *pieces[end + 1 :]]
        draft.pieces = [*pieces[: rate - 1], pieces[rate], *inside, *rest]


def _after(draft: Draft) -> Iterator[Found]:
    """Where Korean says at the end what is done: "급여에 1.1을 곱한 값", "급여를 12로 나눈 금액"."""
    for match in found_all(draft.pieces, _AFTER_PATTERN):
        a, b = match.parts["a"][0], match.parts["b"][0]
        if _INTO.match(a.tail) and "%" not in b.text and draft.one_of(a, "number"):
            yield match


def _take_one(draft: Draft) -> bool:
    """Take the first formula; whether there is one."""
    for start in range(len(draft.pieces)):
        if draft.pieces[start].key in ("close", *_INFIX):
            continue
        reader = _Reader(draft, start)
        operand = reader.read()
        if operand is None or not reader.is_more_than_two_columns():
            continue
        last = draft.pieces[reader.place - 1]
        piece = Piece("column", operand.column, columns=(operand.column,), tail=last.tail)
        draft.pieces[start : reader.place] = [piece]
        _call(draft, start, piece)
        return True
    return False


def _call(draft: Draft, place: int, column: Piece) -> None:
    """ "profit = sales - cost * 2, mean profit": what the formula is called is the column from there on."""
    start = place
    if place and _is_called(draft.pieces[place - 1]):  # "불량률(불량수/생산량)", "defect rate (bad / made)"
        start -= 1
        while start and not draft.pieces[start - 1].tail and draft.pieces[start - 1].kind in ("column", "unknown"):
            start -= 1
        if draft.pieces[start - 1].kind == "unknown" and start == place - 1 and draft.pieces[start].key == "share":
            start -= 1
        del draft.pieces[start:place]
        return
    if place < 2 or draft.pieces[place - 1].key != "eq" or draft.pieces[place - 2].kind != "unknown":
        return
    called = draft.pieces[place - 2].text
    del draft.pieces[place - 2 : place]
    later = [number for number, one in enumerate(draft.pieces) if one.kind == "unknown" and one.text == called]
    for number in later:
        draft.pieces[number] = replace(column, tail=draft.pieces[number].tail)
    if later:
        draft.pieces.remove(column)


def _is_called(piece: Piece) -> bool:
    """Whether the brackets after a piece tell what it is."""
    named = piece.kind in ("unknown", "column") or piece.key == "share"
    return named and (piece.tail == "(" or (piece.tail.strip() == "(" and piece.kind != "column"))


class _Reader:
    """Reads one formula from a place on: first what times and divided by join, then plus and minus."""

    def __init__(self, draft: Draft, start: int) -> None:
        self.draft = draft
        self.place = start
        self.columns = 0
        self.signs = 0
        self.is_special = False

    def read(self) -> _Operand | None:
        found = self._sum()
        if found is None or not self.signs or not self.columns or not self.is_more_than_two_columns():
            return None
        return self._computed(found)

    def is_more_than_two_columns(self) -> bool:
        """Whether it is more than what two columns and a sign say, which other readings know."""
        return self.is_special or self.columns > 2

    def _sum(self) -> _Tree | None:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> _Tree | None:
        return self._chain(("*", "/"), self._factor)

    def _chain(self, signs: tuple[str, ...], part: Callable[[], _Tree | None]) -> _Tree | None:
        tree = part()
        while tree is not None:
            before = self.place
            sign = self._sign(signs)
            if sign is None:
                break
            other = part()
            if other is None:
                self.place = before
                break
            self.signs += 1
            tree = (tree, sign, other)
        return tree

    def _sign(self, signs: tuple[str, ...]) -> str | None:
        """The sign here; a number such as -100 right after something brings its own."""
        piece = self._here()
        if piece is None:
            return None
        if piece.kind == "number" and piece.text[0] in "-−" and "-" in signs:
            self.draft.pieces[self.place] = replace(piece, text=piece.text[1:], number=-piece.number)
            return "-"
        sign = _INFIX.get(piece.key) or (None if is_korean(piece) else _ENGLISH.get(piece.key))
        sign = "-" if piece.key == "difference" and piece.text == "minus" else sign
        if sign not in signs:
            return None
        self.place += 1
        return sign

    def _factor(self) -> _Tree | None:
        piece = self._here()
        if piece is None:
            return None
        if piece.key == "open":
            before = self.place
            self.place += 1
            inner = self._sum()
            closing = self._here()
            if inner is None or isinstance(inner, _Operand) or closing is None or closing.key != "close":
                self.place = before
                return None
            self.place += 1
            self.is_special = True
            return inner
        if piece.kind == "number" and "%" not in piece.text:
            self.place += 1
            self.is_special = True
            return _Operand(number=piece.number)
        name = self.draft.one_of(piece, "number") if piece.kind == "column" else None
        if name is None:
            return None
        self.place += 1
        self.columns += 1
        return _Operand(name)

    def _here(self) -> Piece | None:
        pieces = self.draft.pieces
        while self.place < len(pieces) and pieces[self.place].text in ("the", "and"):
            self.place += 1
        return pieces[self.place] if self.place < len(pieces) else None

    def _computed(self, tree: _Tree) -> _Operand:
        if isinstance(tree, _Operand):
            return tree
        first, sign, second = tree
        return _joined(self.draft, self._computed(first), sign, self._computed(second))


_Tree = _Operand | tuple["_Tree", str, "_Tree"]


def _joined(draft: Draft, first: _Operand, sign: str, second: _Operand) -> _Operand:
    """The column that two operands make, or the number."""
    if not first.column and not second.column:
        a, b = first.number, second.number
        if sign == "/" and b == 0:
            raise NotClear("unsure")
        return _Operand(number={"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else 0.0}[sign])
    name = f"{first.written(sign, is_second=False)} {sign} {second.written(sign, is_second=True)}"
    names = tuple(one.column for one in (first, second) if one.column)
    numbers = [one.number for one in (first, second) if not one.column]
    method = sign if first.column else {"-": "from", "/": "into"}.get(sign, sign)
    step = Preparation("derive", names, method, operand=numbers[0] if numbers else None, name=name)
    if step not in draft.preparations:
        draft.preparations.append(step)
        draft.scope.add_derived(step)
    return _Operand(name, sign=sign)
