"""What the columns in a question are for: to compute on, to set apart by, or to count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from chat.analyst.queries import Filter, NotClear, Statistic, is_statistic
from chat.analyst.telling.markdown import groups_digits
from chat.analyst.understanding.lexicon import words_of
from chat.analyst.understanding.scopes import Scope
from chat.analyst.understanding.words import Piece

_RANKS = ("top", "bottom", "superlative", "high", "low", "min", "max")
_SIZES = {"largest", "biggest", "greatest", "smallest", "큰", "작은", "높은", "낮은", "best", "worst"}
_NEW_CLAUSE = re.compile(r"\b(?:the|which|what|who|with|has|have|that|find|show)\b")
_SUMLESS = re.compile(
    r"온도|기온|습도|만족도|높이|고도|압력|속도|나이|연령|급여|연봉|월급|점수|평점|별점|가격|단가|키$|신장|몸무게|체중|비율|[율률]$|"
    r"\b(?:temp|temperature|satisfaction|elevation|altitude|humidity|pressure|speed|age|salary|wage|score|rating|price|height|weight|ratio|rate)s?\b"
)
_AMOUNT = re.compile(
    r"매출|금액|판매액|수익|이익|비용|예산|급여|연봉|[가-힣]액$|"
    r"\b(?:sales|revenue|amount|profit|income|cost|budget|spend|salary|wage)s?\b"
)


def adds_up(column: str) -> bool:
    """Whether sums of a column mean something, by its name: those of sales do, those of temperatures don't."""
    return not _SUMLESS.search(" ".join(words_of(column)))


def is_amount(column: str) -> bool:
    """Whether a column holds money, by its name: of several columns people ask for that one first."""
    return bool(_AMOUNT.search(" ".join(words_of(column))))


@dataclass
class Roles:
    """The words and columns of a question without its conditions, which `filters` holds."""

    table: Scope
    pieces: list[Piece]
    filters: tuple[Filter, ...]

    def keys(self) -> set[str]:
        """The meanings of the analyst's own words."""
        return {piece.key for piece in self.pieces if piece.kind == "word"}

    def has_number_of_rows(self) -> bool:
        """ "10 rows", "10행": a number right before the word for rows, and no column that it could belong to."""
        pairs = zip(self.pieces, self.pieces[1:], strict=False)
        return not self.measures() and any(a.kind == "number" and b.key == "rows" for a, b in pairs)

    def counts_rows(self) -> bool:
        """ "몇 행 몇 열", "how many rows and columns"."""
        return any(piece.key == "rows" or piece.text in ("몇 행", "몇 줄") for piece in self.pieces)

    def limit(self) -> int | None:
        """The number of rows or groups that are asked for."""
        return next((int(piece.number) for piece in self.pieces if piece.kind == "number" and piece.number >= 1), None)

    def has_columns(self) -> bool:
        """Whether the question names any column."""
        return any(piece.kind == "column" for piece in self.pieces)

    def columns(self, *kinds: str) -> tuple[str, ...]:
        """The columns of these kinds that the question names, each once."""
        names = (self._meant(piece, kinds) for piece in self.pieces if piece.kind == "column")
        return tuple(dict.fromkeys(name for name in names if name is not None))

    def _meant(self, piece: Piece, kinds: tuple[str, ...]) -> str | None:
        """The column of these kinds that a word means; asks back when several fit equally, here or in other files."""
        fitting = [name for name in piece.columns if self.table.column(name).kind in kinds]
        if len(fitting) > 1:
            raise NotClear("which_column", words=(piece.text,), options=tuple(fitting))
        return fitting[0] if fitting else None

    def measures(self) -> tuple[str, ...]:
        """The number columns to compute on."""
        grouped = self._grouped_numbers()
        return tuple(name for name in self.columns("number") if name not in grouped)

    def _grouped_numbers(self) -> set[str]:
        """Number columns that are named as groups: "연령별", "by age"; a ranking "by sales" ranks by them."""
        found: set[str] = set()
        if self.keys() & {"top", "bottom", "superlative", "high", "low"}:
            return found
        for number, piece in enumerate(self.pieces):
            if piece.kind == "column" and self._marked_as_group(number):
                found |= {name for name in piece.columns if self.table.column(name).kind == "number"}
        return found

    def _marked_as_group(self, number: int) -> bool:
        """Korean puts its marker after the columns ("지역, 제품별"), English before them ("by region and product").

        A column such as 성별 has the marker in its name ("성별 고객 수").
        """
        piece = self.pieces[number]
        if (
            piece.text.endswith("별")
            and piece.kind == "column"
            and piece.tail.strip() in ("", "로")
            and self._is_text(number)
        ):
            return number + 1 < len(self.pieces)
        return self._marked_from(number, step=1) or self._marked_from(number, step=-1)

    def _marked_from(self, number: int, *, step: int) -> bool:
        place = number + step
        if not 0 <= place < len(self.pieces):
            return False
        if self.pieces[place].key == "each":
            return (self.pieces[place].text.isascii() or self.pieces[place].text == "각") == (step < 0)
        if step < 0 and _NEW_CLAUSE.search(self.pieces[place].tail):
            return False  # "for each region, the product with …"
        return self._is_text(number) and self._is_text(place) and self._marked_from(place, step=step)

    def _is_text(self, number: int) -> bool:
        return any(self.table.column(name).kind == "text" for name in self.pieces[number].columns)

    def groups(self) -> tuple[str, ...]:
        """Text columns, and number columns that are marked as groups."""
        names = []
        for number, piece in enumerate(self.pieces):
            if piece.kind != "column":
                continue
            name = self._meant(piece, ("text",))
            if name is None and self._marked_as_group(number) and self._grouped_numbers():
                name = self._meant(piece, ("number", "date", "month"))
            if name is not None:
                names.append(name)
        return tuple(dict.fromkeys(names))

    def has_marked_date(self) -> bool:
        """Whether a date column is set apart by: "주문일별", "by order date"."""
        return any(
            self._marked_as_group(number) and any(self.table.column(name).kind == "date" for name in piece.columns)
            for number, piece in enumerate(self.pieces)
            if piece.kind == "column"
        )

    def all_columns(self) -> tuple[str, ...]:
        """The columns that the question names, of whatever kind."""
        return self.columns("number", "text", "date", "month")

    def statistics(self, keys: set[str]) -> tuple[Statistic, ...]:
        ordered = dict.fromkeys(piece.key for piece in self.pieces if piece.key in keys and is_statistic(piece.key))
        if not ordered and (measures := self.measures()) and all(name in self.table.quotients for name in measures):
            return tuple(dict.fromkeys(self.table.quotients[name] for name in measures))  # a ratio is one of sums
        return cast(tuple[Statistic, ...], tuple(ordered))

    def needed_measures(self) -> tuple[str, ...]:
        """The number columns meant; the compared one when no other is named; else what is wrong."""
        measures = self.measures()
        if measures:
            return measures
        named = (*self.unmarked_texts(), *self.columns("date", "month"))
        numeric = [name for name in self.table.names("number") if groups_digits(name)]
        compared = tuple(dict.fromkeys(item.column for item in self.filters if item.column in numeric))
        if len(compared) == 1 and not named:
            return compared
        if not numeric or self.unmarked_texts():
            raise NotClear("needs_number", words=named)
        if len(numeric) == 1:
            return tuple(numeric)
        raise NotClear("which_column", options=tuple(numeric[:8]))

    def unmarked_texts(self) -> tuple[str, ...]:
        """Text columns that are not set apart by: "제품 평균" means the mean of 제품, which has none."""
        pieces = [piece for number, piece in enumerate(self.pieces) if not self._marked_as_group(number)]
        names = {name for piece in pieces if piece.kind == "column" for name in piece.columns}
        return tuple(name for name in self.columns("text") if name in names)

    def every_number(self) -> tuple[str, ...]:
        names = tuple(self.table.names("number"))
        if not names:
            raise NotClear("needs_number")
        return names

    def counted_by_group(self) -> tuple[str, ...]:
        """ "지역별 고객 수": the one column without a marker is counted, those with one are the groups."""
        marked = [piece for number, piece in enumerate(self.pieces) if self._marked_as_group(number)]
        groups = self.groups()
        set_apart = tuple(name for name in groups if any(name in piece.columns for piece in marked))
        counted = tuple(name for name in groups if name not in set_apart)
        return (*counted, *set_apart) if len(counted) == 1 and set_apart else ()

    def forget_identifiers(self) -> None:
        """In "average salary of employees" the column that names every row sets nothing apart."""
        keys = self.keys()
        computed = "share" in keys or (any(is_statistic(key) for key in keys) and self.measures())
        listed = self.filters and not keys
        if not (computed or listed) or keys & {*_RANKS, "count", "distinct"}:
            return
        self.pieces = [
            piece
            for number, piece in enumerate(self.pieces)
            if self._marked_as_group(number) or not piece.columns or not self._only_names_rows(piece)
        ]

    def _only_names_rows(self, piece: Piece) -> bool:
        """Whether a column is named for what the rows are: employees, or the orders of an "order quantity"."""
        if self.are_identifiers(piece.columns):
            return True
        others = {name for name in self.measures() if name not in piece.columns}
        return bool(others) and all(
            self.table.column(name).kind != "text" and not groups_digits(name) and self.table.is_unique(name)
            for name in piece.columns
        )

    def are_identifiers(self, names: tuple[str, ...]) -> bool:
        """Whether these are text columns that each name every row differently."""
        return all(self.table.column(name).kind == "text" and self.table.is_unique(name) for name in names)

    def counted_by_most(self) -> tuple[str, str] | None:
        """ "제품이 가장 많은 지역", "which region has the most products": what is counted, and for what.

        Korean counts the column before the superlative, English the one after it.
        """
        places = [number for number, piece in enumerate(self.pieces) if piece.key in ("superlative", "high", "low")]
        groups = self.groups()
        if not places or len(groups) != 2 or self.measures():
            return None
        if {self.pieces[place].text for place in places} & _SIZES:
            raise NotClear("needs_number", words=groups)  # "the largest company in each sector": by what?
        english = self.pieces[places[0]].text.isascii()
        side = self.pieces[places[-1] :] if english else self.pieces[places[0] :: -1]
        place, counted = next(
            ((self.pieces.index(piece), name) for piece in side for name in piece.columns if name in groups), (0, None)
        )
        if counted is None or self._marked_as_group(place):
            return None
        return counted, next(name for name in groups if name != counted)

    def filtered_columns(self) -> set[str]:
        return {item.column for item in self.filters}
