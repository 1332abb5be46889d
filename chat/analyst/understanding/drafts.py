"""A question while it is being understood: its pieces that are left, and what was found in those that were taken."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from chat.analyst.queries import Filter, Having, NotClear, Preparation, Query, is_statistic
from chat.analyst.understanding.scopes import Scope
from chat.analyst.understanding.sequences import Found
from chat.analyst.understanding.words import Piece


@dataclass
class Draft:
    """The pieces of a question in its scope.

    `options` are further fields of the query by name; `cues` tell that the question goes on from the one before;
    `as_one` that what "or" joins is computed as one; `counts_groups` that groups which meet a condition are counted,
    `rows_first` that outliers, or the best rows, are those of the rows that meet the conditions.
    """

    scope: Scope
    pieces: list[Piece]
    preparations: list[Preparation] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    having: list[Having] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    cues: set[str] = field(default_factory=set)
    as_one: bool = False
    counts_groups: bool = False
    rows_first: bool = False

    def take(self, found: Found, *instead: Piece) -> None:
        """Replace the pieces that were found by others."""
        self.pieces[found.start : found.end] = instead

    def drop(self, *keys: str) -> bool:
        """Leave out the words of these meanings; tells whether there were any."""
        kept = [piece for piece in self.pieces if piece.kind != "word" or piece.key not in keys]
        dropped = len(kept) < len(self.pieces)
        self.pieces = kept
        return dropped

    def has(self, *keys: str) -> bool:
        """Whether any word has one of these meanings."""
        return any(piece.kind == "word" and piece.key in keys for piece in self.pieces)

    def has_statistic(self) -> bool:
        return any(piece.kind == "word" and is_statistic(piece.key) for piece in self.pieces)

    def number_columns(self) -> tuple[str, ...]:
        """The columns of numbers that are named and not set apart by, each once."""
        names = (self.one_of(piece, "number") for piece in self.pieces if piece.kind == "column")
        return tuple(dict.fromkeys(name for name in names if name is not None))

    def text_columns(self) -> tuple[str, ...]:
        """The columns of texts that are named, each once."""
        names = (self.one_of(piece, "text") for piece in self.pieces if piece.kind == "column")
        return tuple(dict.fromkeys(name for name in names if name is not None))

    def one_of(self, piece: Piece, *kinds: str) -> str | None:
        """The one column of these kinds that a piece means; asks back when several fit."""
        fitting = [name for name in piece.columns if self.scope.column(name).kind in kinds]
        if len(fitting) > 1:
            raise NotClear("which_column", words=(piece.text,), options=tuple(fitting))
        return fitting[0] if fitting else None

    def complete(self, query: Query) -> Query:
        """The query with everything that was found besides."""
        return replace(
            query,
            filters=(*query.filters, *self.filters),
            preparations=tuple(self.preparations),
            having=tuple(self.having),
            **self.options,
        )
