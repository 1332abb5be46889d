"""Finds the conditions in a question: values, comparisons and dates; what is left says what to compute."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pandas as pd

from chat.analyst.queries import AnyOf, Filter, NotClear, Operator, is_statistic
from chat.analyst.telling.markdown import groups_digits
from chat.analyst.understanding.alternatives import joined_by_or
from chat.analyst.understanding.quantities import Date, day_after, first_day, months_of
from chat.analyst.understanding.relative_dates import days_of
from chat.analyst.understanding.scopes import Scope
from chat.analyst.understanding.text_conditions import with_text_conditions
from chat.analyst.understanding.times_of_day import with_hours, with_weekdays
from chat.analyst.understanding.words import Piece

_COMPARISONS: dict[str, Operator] = {"ge": "ge", "gt": "gt", "le": "le", "lt": "lt", "eq": "eq", "ne": "ne"}
_DATE_WORDS = ("from", "until", "between", "after", "before")
_BEARING = ("with", "that have", "having", "had", "has", "have", "of", "of all")
_YEAR_NAMES = ("연도", "년도", "year", "yr", "년")


@dataclass
class Conditions:
    """Takes the conditions out of `pieces`; `filters` and `either` hold them, `pieces` what remains.

    A condition that was found stands as a piece of its own where it was, until "or" has joined some of them.
    """

    table: Scope
    pieces: list[Piece]
    filters: list[Filter] = field(default_factory=list)
    either: list[AnyOf] = field(default_factory=list)

    def take(self) -> None:
        """Find all conditions. Raises NotClear when one of them can't be told for certain."""
        self.pieces = with_text_conditions(self.pieces, self.table)
        self.pieces = with_weekdays(with_hours(self.pieces, self._clock), self._date_column)
        self._numbered()
        self._years_without_sign()
        self._comparisons()
        self._dates()
        self._values()
        if any(piece.key == "not" for piece in self.pieces):
            raise NotClear("unsure")
        self.pieces = joined_by_or(self.pieces)
        self._forget_nouns_of_values()
        found = [piece for piece in self.pieces if piece.kind == "condition"]
        self.filters += [condition for piece in found for condition in piece.filters]
        self.either += [piece.either for piece in found if piece.either]
        self.pieces = [piece for piece in self.pieces if piece.kind != "condition"]

    def _forget_nouns_of_values(self) -> None:
        """In "the average price for Gold customers" the customers set nothing apart: they are what is golden."""
        computed = any(is_statistic(piece.key) for piece in self.pieces if piece.kind == "word")
        numbers = any(self._is_of(piece, "number") for piece in self.pieces)
        for number in range(len(self.pieces) - 1, 0, -1):
            value, noun = self.pieces[number - 1], self.pieces[number]
            beside = value.kind == "condition" and value.tail == " " and self._is_of(noun, "text")
            belongs = noun.text.isascii() or noun.tail.startswith("의")
            if computed and numbers and beside and belongs and not self._grouped(number):
                del self.pieces[number]

    def _is_of(self, piece: Piece, kind: str) -> bool:
        return piece.kind == "column" and all(self.table.column(name).kind == kind for name in piece.columns)

    def _clock(self) -> str:
        """The column that hours are of."""
        column = self._date_column()
        if column is None:
            raise NotClear("needs_date")
        return column

    def _numbered(self) -> None:
        """ "주문번호 1001", "order 1001": a number right after the column that numbers the rows."""
        for number in range(len(self.pieces) - 2, -1, -1):
            if self._kind(number) != "column" or self._kind(number + 1) != "number":
                continue
            named = [name for name in self.pieces[number].columns if self.table.is_unique(name)]
            codes = [name for name in named if not groups_digits(name)]
            if self._key(number + 2) in (*_COMPARISONS, "between") or len(codes) != 1:
                continue
            value = self.pieces[number + 1]
            if self.table.column(codes[0]).kind == "number":
                self._put(number, number + 2, Filter(codes[0], "eq", (value.number,)))
            elif value.text in self.table.distinct(codes[0]):
                self._put(number, number + 2, Filter(codes[0], "in", (value.text,)))

    def _years_without_sign(self) -> None:
        """A bare 2024 that nothing else uses is a year when the file has dates or a column of years."""
        for number, piece in enumerate(self.pieces):
            if piece.kind == "number" and 1900 <= piece.number <= 2100 and piece.number.is_integer():
                neighbours = {self._key(number - 1), self._key(number + 1)}
                if self.table.dates() and not self._number_column_between(number):
                    neighbours -= {"between"}
                if not neighbours & {*_COMPARISONS, "top", "bottom", "preview", "between"} and self._has_years():
                    self.pieces[number] = Piece("date", piece.text, date=Date(int(piece.number)))

    def _number_column_between(self, number: int) -> bool:
        """Whether a column of numbers stands before "between" or the numbers before "사이"."""
        before = [piece for piece in self.pieces[max(number - 3, 0) : number] if piece.kind == "column"]
        return any(self._is_of(piece, "number") for piece in before)

    def _has_years(self) -> bool:
        return bool(self.table.dates() or self._year_columns())

    def _year_columns(self) -> list[str]:
        return [name for name in self.table.names("number") if name.casefold().strip() in _YEAR_NAMES]

    def _key(self, number: int) -> str:
        return self.pieces[number].key if 0 <= number < len(self.pieces) else ""

    def _kind(self, number: int) -> str:
        return self.pieces[number].kind if 0 <= number < len(self.pieces) else ""

    def _comparisons(self) -> None:
        self._between_numbers()
        number = 0
        column: str | None = None
        while number < len(self.pieces):
            if self._key(number) in _COMPARISONS and self._numbers_beside(number):
                column, number = self._compare(number, column)
            elif self._equals_number(number):
                column = self._one_of_kind(self.pieces[number - 1], "number")
                condition = Filter(column, "eq", (self.pieces[number].number,))
                self._put(number - 1, number + 1, condition)
            else:
                number += 1

    def _put(self, start: int, end: int, *filters: Filter, either: AnyOf | None = None) -> None:
        """Set a condition in the place of the pieces that tell it."""
        taken = self.pieces[start:end]
        text = " ".join(piece.text for piece in taken)
        self.pieces[start:end] = [Piece("condition", text, tail=taken[-1].tail, filters=filters, either=either)]

    def _equals_number(self, number: int) -> bool:
        """ "수량이 3인 행": a number between its column and the word for rows."""
        return self._kind(number) == "number" and self._kind(number - 1) == "column" and self._key(number + 1) == "rows"

    def _numbers_beside(self, number: int) -> bool:
        return "number" in (self._kind(number - 1), self._kind(number + 1))

    def _compare(self, number: int, last: str | None) -> tuple[str, int]:
        """One comparison: the number stands before a Korean word, after an English one or a sign."""
        korean = any("가" <= character <= "힣" for character in self.pieces[number].text)
        place = number - 1 if korean or self._kind(number + 1) != "number" else number + 1
        first = min(number, place)
        if self._kind(place) != "number":
            raise NotClear("unsure")
        if not korean and (named := self._named_after(number, place)) is not None:
            condition = Filter(named, _COMPARISONS[self._key(number)], (self.pieces[place].number,))
            self._put(number, place + 2, condition)
            return named, number + 1
        column, first = self._compared_column(first, last)
        condition = Filter(column, _COMPARISONS[self._key(number)], (self.pieces[place].number,))
        self._put(first, max(number, place) + 1, condition)
        return column, first + 1

    def _named_after(self, number: int, place: int) -> str | None:
        """In "years with more than 10 viewers" the viewers are compared, which stand right after their number."""
        before, after = self.pieces[number - 1] if number else None, place + 1
        apart = before is None or before.kind != "column" or before.tail.strip() in _BEARING
        if place < number or not apart or self._kind(after) != "column" or self.pieces[place].tail.strip():
            return None
        follows = self._key(after + 1) in (*_COMPARISONS, "between", "each") or self._key(number - 1) == "each"
        names = [name for name in self.pieces[after].columns if self.table.column(name).kind == "number"]
        return names[0] if len(names) == 1 and not follows else None

    def _compared_column(self, first: int, last: str | None) -> tuple[str, int]:
        """The column right before a comparison, else that of the comparison before, else the only number column.

        A comparison of a statistic ("평균 매출이 500 이상인 지역") is one of groups, not of rows: refused.
        """
        if is_statistic(self._key(first - 1)) or self._is_column_of_statistic(first - 1):
            raise NotClear("too_hard", words=(self.pieces[first].text,))
        if self._kind(first - 1) == "column":
            return self._one_of_kind(self.pieces[first - 1], "number"), first - 1
        numeric = self.table.names("number")
        if last is not None:
            return last, first
        named = {name for piece in self.pieces if piece.kind == "column" for name in piece.columns if name in numeric}
        if len(named) == 1:
            return named.pop(), first
        if len(numeric) == 1 and not named:
            return numeric[0], first
        raise NotClear("which_column", words=(self.pieces[first].text,), options=tuple(named) or tuple(numeric[:5]))

    def _is_column_of_statistic(self, number: int) -> bool:
        return self._kind(number) == "column" and is_statistic(self._key(number - 1))

    def _between_numbers(self) -> None:
        """ "between 10 and 20" and "10에서 20 사이"."""
        for number in range(len(self.pieces)):
            if self._key(number) != "between":
                continue
            for low in (number + 1, number - 2):
                if low >= 0 and self._kind(low) == self._kind(low + 1) == "number":
                    first = min(number, low)
                    column, first = self._compared_column(first, None)
                    bounds = sorted((self.pieces[low].number, self.pieces[low + 1].number))
                    conditions = [Filter(column, "ge", (bounds[0],)), Filter(column, "le", (bounds[1],))]
                    self._put(first, max(number, low + 1) + 1, *conditions)
                    self._between_numbers()
                    return

    def _one_of_kind(self, piece: Piece, *kinds: str) -> str:
        fitting = [name for name in piece.columns if self.table.column(name).kind in kinds]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise NotClear("which_column", words=(piece.text,), options=tuple(fitting))
        raise NotClear("needs_number", words=piece.columns)

    def _dates(self) -> None:
        places = [number for number, piece in enumerate(self.pieces) if piece.kind == "date"]
        if not places:
            return
        places = self._in_that_year(places)
        if any(self.pieces[place].relative for place in places):
            self._relative_dates(places)
            return
        dates = self._in_only_year(self._completed([self.pieces[place].date for place in places]))
        self._reject_alone_in_years(dates)
        if self._named_year_column(dates):
            return
        keys = {self._key(number) for number in range(len(self.pieces))}
        column = self._date_column()
        if column is None:
            conditions = self._year_numbers(dates)
        elif len(dates) == 2 and keys & {"from", "until", "between"}:
            conditions = [self._range(column, dates[0], dates[1])]
        elif len(dates) == 1:
            conditions = [self._one_date(column, dates[0], keys)]
        elif all(date.year is None for date in dates):
            months = tuple(month for date in dates for month in months_of(date))
            conditions = [Filter(column, "month", months)]
        else:
            alternatives = tuple((self._range(column, date, date),) for date in dates)
            self._put_dates((), AnyOf(alternatives))
            return
        self._put_dates(tuple(conditions), None)

    def _in_that_year(self, places: list[int]) -> list[int]:
        """ "작년 12월", "March last year": the month is of the year that is told from the newest date."""
        relatives = [place for place in places if self.pieces[place].relative]
        dates = [place for place in places if self.pieces[place].date]
        newest = self.table.newest(self.table.dates()[0]) if len(self.table.dates()) == 1 else None
        if len(relatives) != 1 or len(dates) != 1 or newest is None:
            return places
        relative, date = self.pieces[relatives[0]].relative, self.pieces[dates[0]].date
        if relative is None or date is None or relative.period != "year" or relative.rolling or date.year is not None:
            return places
        self.pieces[dates[0]] = replace(self.pieces[dates[0]], date=replace(date, year=newest.year - relative.back))
        del self.pieces[relatives[0]]
        return [number for number, piece in enumerate(self.pieces) if piece.kind == "date"]

    def _put_dates(self, filters: tuple[Filter, ...], either: AnyOf | None) -> None:
        """All dates, with the words that belong to them, as the one condition that they are."""
        place = next(number for number, piece in enumerate(self.pieces) if piece.kind == "date")
        kept = [piece for piece in self.pieces if piece.kind != "date" and piece.key not in _DATE_WORDS]
        before = sum(piece.kind != "date" and piece.key not in _DATE_WORDS for piece in self.pieces[:place])
        condition = Piece("condition", self.pieces[place].text, filters=filters, either=either)
        self.pieces = [*kept[:before], condition, *kept[before:]]
        self._forget_or_of_dates(either is not None)

    def _forget_or_of_dates(self, several: bool) -> None:
        """ "2023년 또는 2024년": the alternatives are in the one condition already."""
        if several:
            self.pieces = [piece for piece in self.pieces if piece.key != "or"]

    def _relative_dates(self, places: list[int]) -> None:
        """ "지난달", "the last 3 months": told from the newest date, as days of the calendar."""
        relatives = [self.pieces[place].relative for place in places]
        column = self._date_column()
        if column is None:
            raise NotClear("needs_date")
        newest = self.table.newest(column)
        if newest is None or any(relative is None for relative in relatives):
            raise NotClear("unsure")
        keys = {self._key(number) for number in range(len(self.pieces))}
        ranges = [days_of(one, newest, by_period=bool(keys & {one.period, "trend"})) for one in relatives if one]
        if len(ranges) == 1 and keys & {"after", "from"}:
            self._put_dates((Filter(column, "from", (ranges[0][0],)),), None)
        elif len(ranges) == 1 and "before" in keys:
            self._put_dates((Filter(column, "before", (ranges[0][0],)),), None)
        elif len(ranges) == 1:
            self._put_dates((Filter(column, "during", ranges[0]),), None)
        elif keys & {"from", "until", "between"}:
            whole = (min(start for start, _ in ranges), max(after for _, after in ranges))
            self._put_dates((Filter(column, "during", whole),), None)
        else:
            alternatives = tuple((Filter(column, "during", days),) for days in ranges)
            self._put_dates((), AnyOf(alternatives))

    def _named_year_column(self, dates: list[Date]) -> bool:
        """A number column of years right before the year: "연도가 2024인", "where year is 2024"."""
        for number, piece in enumerate(self.pieces):
            years = set(piece.columns) & set(self._year_columns())
            if years and self._kind(number + 1) == "date" and len(dates) == 1 and dates[0].month is None:
                self._put(number, number + 2, Filter(years.pop(), "eq", (float(dates[0].year or 0),)))
                return True
        return False

    def _completed(self, dates: list[Date | None]) -> list[Date]:
        """In "2024년 1월부터 3월까지" the second date is in the first one's year."""
        found = [date for date in dates if date is not None]
        year = next((date.year for date in found if date.year), None)
        return [replace(date, year=date.year or year) for date in found]

    def _in_only_year(self, dates: list[Date]) -> list[Date]:
        """A day such as 10 May is in the year that all the file's dates are in."""
        columns = self.table.dates()
        if len(columns) != 1 or all(date.year is not None or date.day is None for date in dates):
            return dates
        years = {pd.Timestamp(str(value)).year for value in self.table.distinct(columns[0])}
        return [replace(date, year=years.copy().pop()) for date in dates] if len(years) == 1 else dates

    def _reject_alone_in_years(self, dates: list[Date]) -> None:
        if any(date.year is None and date.day is not None for date in dates):
            raise NotClear("unsure")

    def _date_column(self) -> str | None:
        """The one date column, or the one that the question names."""
        columns = self.table.dates()
        if len(columns) == 1:
            self._forget_column(columns[0])
            return columns[0]
        named = [name for piece in self.pieces if piece.kind == "column" for name in piece.columns if name in columns]
        if len(set(named)) == 1:
            self._forget_column(named[0])
            return named[0]
        if columns:
            raise NotClear("which_column", options=tuple(columns))
        return None

    def _forget_column(self, name: str) -> None:
        """A date column named beside its date ("날짜가 2024년인", "hired after 2022") is part of the condition."""
        for number, piece in enumerate(self.pieces):
            if piece.kind == "column" and piece.columns == (name,) and self._is_beside_date(number):
                del self.pieces[number]
                return

    def _is_beside_date(self, number: int) -> bool:
        after = number + (2 if self._key(number + 1) in _DATE_WORDS else 1)
        return bool({"date", "clock", "weekdays"} & {self._kind(number - 1), self._kind(after)})

    def _year_numbers(self, dates: list[Date]) -> list[Filter]:
        columns = self._year_columns()
        if len(columns) != 1 or any(date.month for date in dates):
            raise NotClear("needs_date")
        return (
            [Filter(columns[0], "in", tuple(float(date.year or 0) for date in dates))]
            if len(dates) > 1
            else [Filter(columns[0], "eq", (float(dates[0].year or 0),))]
        )

    def _range(self, column: str, start: Date, end: Date) -> Filter:
        if start.year is None:
            months = range(start.month or 1, (end.month or 12) + end.months)
            return Filter(column, "month", tuple(float(month) for month in months))
        return Filter(column, "during", (first_day(start), day_after(end)))

    def _one_date(self, column: str, date: Date, keys: set[str]) -> Filter:
        if date.year is None:
            if keys & {"after", "before", "from", "until"}:
                raise NotClear("unsure")
            return Filter(column, "month", months_of(date))
        if any(piece.text == "after" for piece in self.pieces):  # unlike 이후, which includes the day or year itself
            return Filter(column, "from", (day_after(date),))
        if keys & {"after", "from"}:
            return Filter(column, "from", (first_day(date),))
        if "before" in keys:
            return Filter(column, "before", (first_day(date),))
        if "until" in keys:
            return Filter(column, "before", (day_after(date),))
        return self._range(column, date, date)

    def _values(self) -> None:
        """Values of the same column are alternatives; a column named right beside its value belongs to it."""
        places = [number for number, piece in enumerate(self.pieces) if piece.kind == "value"]
        apart = any(piece.key == "or" for piece in self.pieces)
        chosen: dict[tuple[str, bool, int], list[str]] = {}
        where: dict[int, tuple[str, bool, int]] = {}
        used: set[int] = set()
        for place in places:
            column, values, beside = self._column_of_value(place)
            negative = self._negated(place)
            key = (column, negative is not None, place if apart and negative is None else 0)
            where.setdefault(place, key) if key not in chosen else None
            chosen.setdefault(key, []).extend(values)
            used |= {place, *beside, *({negative} if negative is not None else set())}
        kept: list[Piece] = []
        for number, piece in enumerate(self.pieces):
            if number in where:
                column, negative_sign, _ = key = where[number]
                condition = Filter(column, "not_in" if negative_sign else "in", tuple(dict.fromkeys(chosen[key])))
                kept.append(Piece("condition", piece.text, tail=piece.tail, filters=(condition,)))
            elif number not in used:
                kept.append(piece)
        self.pieces = kept

    def _column_of_value(self, place: int) -> tuple[str, list[str], set[int]]:
        piece = self.pieces[place]
        columns = dict.fromkeys(column for column, _ in piece.values)
        beside = {
            number: set(self.pieces[number].columns) & set(columns)
            for number in (place - 1, place + 1, place - 2)
            if self._kind(number) == "column" and not (number == place - 2 and self._key(place - 1) not in ("eq", "ne"))
        }
        for number, fitting in beside.items():
            if len(fitting) == 1 and not self._grouped(number):
                column = fitting.pop()
                return column, [value for name, value in piece.values if name == column], {number, *self._sign(place)}
        if len(columns) == 1:
            return next(iter(columns)), [value for _, value in piece.values], self._sign(place)
        raise NotClear("which_value_column", words=(piece.text,), options=tuple(columns))

    def _grouped(self, number: int) -> bool:
        """Whether the column there is meant to set groups apart, and so is no part of a condition."""
        return "each" in (self._key(number + 1), self._key(number - 1)) or self._key(number - 1) in ("top", "bottom")

    def _sign(self, place: int) -> set[int]:
        return {place - 1} if self._key(place - 1) in ("eq", "ne") else set()

    def _begins_anew(self, number: int) -> bool:
        """In "지역이 서울이고 제품이 노트북이 아닌" the negation is of the second condition alone."""
        joined = self.pieces[number - 1].tail.startswith(("이고", "이며", "인"))
        return joined or (self._kind(number) == "column" and self._kind(number + 1) == "value")

    def _negated(self, place: int) -> int | None:
        """Where the negation of a value stands: after a Korean value (or a list of them), before an English one."""
        if self._key(place - 1) == "ne":
            return place - 1
        step = place + 1
        while self._kind(step) in ("value", "column") and not self._grouped(step) and not self._begins_anew(step):
            step += 1
        if self._key(step) == "not" and "가" <= self.pieces[step].text[0] <= "힣":
            return step
        step = place - 1
        while self._kind(step) in ("value", "column"):
            step -= 1
        return step if self._key(step) == "not" and self.pieces[step].text.isascii() else None
