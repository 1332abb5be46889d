"""A closed question together with its table: what the other modules ask about the two."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from chat.analyst.closed.mentions import Mention, columns_in, find_mentions
from chat.analyst.closed.scripts import Script
from chat.analyst.closed.slots import Format
from chat.analyst.closed.wording import sentences

_CLOCK = r"^\s*\d{1,3}:\d{2}:\d{2}(?:\.\d+)?\s*$"
_NUMBER_START = r"^\s*[^\w\s.+-]{0,3}\s*[+-]?(?:\d|\.\d)"
_NUMBER_IN = r"([+-]?\d[\d,]*\.?\d*(?:[eE][+-]?\d+)?)"
_DATE_SIGNS = r"\d[-/.:]\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[ -]+\d"
_FEW = 60


class NotUnderstood(Exception):
    """A part of a question that can't be answered; its argument names the part."""


@dataclass(slots=True)
class Feature:
    """A column that the question makes: its name, and its labels when it sorts rows into groups."""

    name: str
    labels: tuple[str, ...] = ()
    said: str = ""  # the sentence that makes it, where it has no name there


@dataclass
class Problem:
    """A question's format and text, its table, and the script as far as it is written."""

    format: Format
    frame: pd.DataFrame
    script: Script
    features: list[Feature] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # what was assumed where the question says nothing
    encoded: set[str] = field(default_factory=set)  # columns of words that the script has made numbers
    filled: dict[tuple[str, str], str] = field(default_factory=dict)  # variables that gaps were filled with
    defining: set[str] = field(default_factory=set)  # sentences that define groups and choose no rows
    sources: set[str] = field(default_factory=set)  # columns by whose limits groups are defined
    tested: dict[str, str] = field(default_factory=dict)  # variables of the p values of columns before they changed
    _numeric: set[str] = field(default_factory=set)
    _kinds: dict[str, str] = field(default_factory=dict)
    _distinct: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """The question without its format."""
        return self.format.body

    @cached_property
    def low(self) -> str:
        """The question without its format, in lower case."""
        return self.format.body.casefold()

    @property
    def columns(self) -> list[str]:
        """The table's columns, then those that the question makes."""
        return [*map(str, self.frame.columns), *[one.name for one in self.features]]

    @cached_property
    def sentences(self) -> list[str]:
        """The sentences of the question without its format."""
        return sentences(self.format.body)

    @property
    def mentions(self) -> list[Mention]:
        """The columns that the question speaks of, in order."""
        return find_mentions(self.body, self.columns)

    def mentions_in(self, text: str) -> list[Mention]:
        """The columns that a text speaks of, and where."""
        return find_mentions(text, self.columns)

    def columns_in(self, text: str, *, at_least: int = 0) -> list[str]:
        """The columns that a text speaks of, in its order."""
        return columns_in(text, self.columns, at_least=at_least)

    def is_feature(self, column: str) -> bool:
        """Whether the question makes this column."""
        return any(one.name == column for one in self.features)

    def kind(self, column: str) -> str:
        """What a column holds: "number", "clock", "written" (numbers among signs and words), "date" or "text"."""
        if self.is_feature(column):
            return "text" if any(one.name == column and one.labels for one in self.features) else "number"
        if column in self.encoded:
            return "number"
        if column not in self._kinds:
            self._kinds[column] = _kind(self.frame[column])
        return self._kinds[column]

    def distinct(self, column: str) -> list[Any]:
        """The different values of a column of the table."""
        if column not in self.frame.columns:
            return []
        if column not in self._distinct:
            self._distinct[column] = list(self.frame[column].dropna().unique())
        return self._distinct[column]

    def is_numeric(self, column: str) -> bool:
        """Whether a column can be computed with."""
        return self.kind(column) in ("number", "clock", "written")

    def number(self, column: str) -> str:
        """Make a column numbers in the script when it isn't; returns its name as a literal."""
        literal = repr(column)
        kind = self.kind(column)
        if column in self._numeric or kind == "number":
            return literal
        self._numeric.add(column)
        if kind == "clock":
            self.script.convert(f"df[{literal}] = pd.to_timedelta(df[{literal}]).dt.total_seconds()")
        elif kind == "written":
            texts = self.frame[column].dropna().astype(str)
            if pd.to_numeric(texts, errors="coerce").notna().mean() > 0.5:
                self.script.convert(f"df[{literal}] = pd.to_numeric(df[{literal}], errors='coerce')")
            else:
                self.script.convert(
                    f"df[{literal}] = pd.to_numeric(df[{literal}].astype(str)"
                    f".str.extract({_NUMBER_IN!r}, expand=False).str.replace(',', ''), errors='coerce')"
                )
        elif kind == "date":
            raise NotUnderstood(column)
        elif len(self.distinct(column)) == 2 and _is_yes_no(self.distinct(column)):
            yes = next(value for value in self.distinct(column) if str(value).casefold() in ("yes", "true", "y", "t"))
            self.script.convert(f"df[{literal}] = (df[{literal}] == {yes!r}).astype(int)")
        else:
            raise NotUnderstood(column)
        return literal

    def date(self, column: str) -> str:
        """Make a column dates in the script when it isn't; returns its name as a literal."""
        literal = repr(column)
        values = self.frame[column]
        if pd.api.types.is_numeric_dtype(values):
            if 1e8 < float(values.dropna().abs().median()) < 2e10:  # seconds since 1970
                self.script.convert(f"df[{literal}] = pd.to_datetime(df[{literal}], unit='s')")
        elif not pd.api.types.is_datetime64_any_dtype(values):
            texts = values.dropna().astype(str).head(500)
            extra = ""
            if pd.to_datetime(texts, errors="coerce").isna().sum() > _dates(texts).isna().sum():
                extra = ", format='mixed'"
            self.script.convert(f"df[{literal}] = pd.to_datetime(df[{literal}], errors='coerce'{extra})")
        return literal

    def date_column(self) -> str | None:
        """The one column of dates, the mentioned one where there are several."""
        dates = [column for column in map(str, self.frame.columns) if self.kind(column) == "date"]
        named = [one.column for one in self.mentions if one.column in dates]
        found = [*named, *dates]
        return found[0] if found else None

    def unknown_column(self) -> str | None:
        """A name that the question writes as a column's and that the table hasn't."""
        for found in re.finditer(r"[\"“']([^\"“”'\n]{1,60})[\"”']\s+column\b", self.body):
            if not find_mentions(found[1], self.columns):
                return found[1]
        return None

    def unknown_category(self) -> str | None:
        """A group that the question names in quotation marks and that no column has as a value."""
        for found in re.finditer(
            r"[\"“']([^\"“”'\n]{2,40})[\"”']\s+(?:category|group|class|type|segment)\b", self.body
        ):
            name = found[1].strip().casefold()
            known = {str(value).strip().casefold() for column in self.groups() for value in self.distinct(column)}
            made = {word.casefold() for one in self.features for word in (one.name, *one.labels)}
            if name not in known | made and not find_mentions(found[1], self.columns):
                return found[1]
        return None

    def groups(self) -> list[str]:
        """The columns that sort rows into few groups."""
        return [c for c in map(str, self.frame.columns) if 1 < len(self.distinct(c)) <= _FEW]

    def says(self, pattern: str) -> bool:
        """Whether the question without its format says something."""
        return bool(re.search(pattern, self.low))


def _dates(texts: pd.Series) -> pd.Series:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return pd.to_datetime(texts, errors="coerce", format="mixed")
        except (ValueError, TypeError, OverflowError):
            return pd.Series([None] * len(texts))


def _is_yes_no(values: list[Any]) -> bool:
    return {str(value).casefold() for value in values} in ({"yes", "no"}, {"true", "false"}, {"y", "n"}, {"t", "f"})


def _kind(values: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(values):
        return "date"
    texts = values.dropna().astype(str)
    sample = texts.head(2000)
    if not len(sample):
        return "text"
    if sample.str.match(_CLOCK).mean() > 0.9:
        return "clock"
    if sample.str.contains(_DATE_SIGNS, case=False).mean() > 0.8 and _dates(sample).notna().mean() > 0.9:
        return "date"
    if pd.to_numeric(sample, errors="coerce").notna().mean() > 0.5 or sample.str.match(_NUMBER_START).mean() > 0.8:
        return "written"
    return "text"
