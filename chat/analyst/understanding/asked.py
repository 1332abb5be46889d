"""Which column a superlative asks for: "급여가 가장 높은 직원의 이름", "who has the highest salary"."""

from __future__ import annotations

from dataclasses import replace

from chat.analyst.queries import NotClear
from chat.analyst.understanding.lexicon import Lexicon
from chat.analyst.understanding.scopes import Scope
from chat.analyst.understanding.sequences import Found, found_all
from chat.analyst.understanding.words import Piece

_RANKS = {"superlative", "high", "low", "top", "bottom", "max", "min"}
_NAMES = ("이름", "직원")
_KOREAN = "rank=superlative|high|low|top of=entity|rows|column attribute=column+"
_ENGLISH = (
    "attribute=column+ of=entity|rows|column superlative|high|low|max|min",
    "attribute=column+ number? top? high|low column? of=entity|rows|column",
    "attribute=column column? high|low of=entity|rows|column",
)


def with_asked(pieces: list[Piece], lexicon: Lexicon, scope: Scope) -> list[Piece]:
    """The pieces with the column that is asked of the highest or lowest rows marked with the key "asked"."""
    if any(piece.key == "ranked_by" for piece in pieces):
        return pieces
    pieces = _with_names(pieces, lexicon, scope)
    for pattern in (_KOREAN, *_ENGLISH):
        for match in found_all(pieces, pattern):
            if _asks(match, scope, korean=pattern == _KOREAN):
                of = match.parts["of"][0]
                kept = [piece for piece in pieces if piece is not of]
                asked = [id(piece) for piece in match.parts["attribute"]]
                return [replace(piece, key="asked") if id(piece) in asked else piece for piece in kept]
    return pieces


def _asks(match: Found, scope: Scope, *, korean: bool) -> bool:
    """Whether the attribute is one of single rows: of people or things, or of what names every row differently."""
    attribute, of = match.parts["attribute"][-1], match.parts["of"][0]
    asked = [piece.columns for piece in match.parts["attribute"]]
    if any(len(names) != 1 or scope.column(names[0]).kind == "number" for names in asked):
        return False
    if of.kind == "column" and not all(scope.is_unique(name) for name in of.columns):
        return False
    if korean:
        return of.tail.startswith(("의", "은", "는", "이", "가"))
    return " of " in f" {attribute.tail} " or (of.kind != "column" or not _is_superlative_of(match))


def _is_superlative_of(match: Found) -> bool:
    """ "which department has the highest employees" counts them."""
    return match.parts["attribute"][0].tail.strip().startswith(("has", "have", "had"))


def _with_names(pieces: list[Piece], lexicon: Lexicon, scope: Scope) -> list[Piece]:
    """ "Who has the highest salary?" asks for the column of names, unless another column of texts is named."""
    asked = next((piece for piece in pieces if piece.key == "who"), None)
    rest = [piece for piece in pieces if piece.key != "who"]
    if asked is None or not any(piece.key in _RANKS for piece in rest):
        return rest
    texts = set(scope.names("text"))
    rest = [piece for piece in rest if piece.key != "entity" and not _names_rows(piece, scope)]
    if any(piece.kind == "column" and texts.intersection(piece.columns) for piece in rest):
        return rest
    named = [tuple(name for name in lexicon.columns.get(word, ()) if name in texts) for word in _NAMES]
    columns = next((names for names in named if names), ())
    if len(columns) != 1:
        raise NotClear("which_column", words=(asked.text,), options=columns or tuple(scope.names("text")[:8]))
    return [*rest, Piece("column", asked.text, key="asked", columns=columns)]


def _names_rows(piece: Piece, scope: Scope) -> bool:
    """Whether a word only says what the rows are: employees, each with a number of their own."""
    return bool(piece.columns) and all(
        scope.column(name).kind == "text" and scope.is_unique(name) for name in piece.columns
    )
