"""Numbers set apart in steps: "나이를 10살 단위로", "in bins of 500", "into 5 bins"."""

from __future__ import annotations

import math
from itertools import pairwise

from chat.analyst.queries import NotClear, Preparation
from chat.analyst.tables import Column
from chat.analyst.telling.sentences import say
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.sequences import Found, found_all, is_korean
from chat.analyst.understanding.words import Piece

_MOST_BINS = 200
_WIDTH = (
    "each? number=number unit=age|filler|unknown|column? said=bin_word.k each? cut?",
    "said=bin_word.e number=number unit=unknown|age|span?",
    "number=number unit=unknown|age|year|day|span said=bin_word.e",
    "number=span said=bin_word.e",
    "number=span what=column said=bin_word.e",
)
_COUNT = ("number=number said=bin_word cut?",)
_COUNTED = ("구간", "구간으로", "구간별", "구간별로", "bins", "buckets", "intervals", "bands", "ranges")
_UNITS = (
    "살",
    "세",
    "개",
    "원",
    "만원",
    "명",
    "건",
    "점",
    "분",
    "초",
    "ms",
    "year",
    "years",
    "kg",
    "℃",
    "도",
    "대",
    "회",
    "번",
)


def take_bins(draft: Draft) -> None:
    """Name the bins where the question sets them apart. Raises NotClear where it isn't certain what is cut how."""
    if not draft.has("bin_word"):
        draft.drop("cut")
        return
    for pattern in (*_WIDTH, *_COUNT):
        for match in found_all(draft.pieces, pattern):
            unit = match.piece("unit")
            said = match.parts["said"][0]
            if match.parts["number"][0].kind == "span" and match.parts["number"][0].key != "year":
                continue  # "2-hour bins" are of time
            if unit is None or unit.kind == "filler" or unit.text.strip("- ") in _UNITS or unit.key == "age":
                counted = pattern in _COUNT or (is_korean(said) and said.text in _COUNTED)
                _cut(draft, match, is_count=counted)
                return
    raise NotClear("unsure")


def _cut(draft: Draft, match: Found, *, is_count: bool) -> None:
    number, said = float(match.parts["number"][0].number), match.parts["said"][0]
    place, name = _column(draft, match)
    values = [float(str(value)) for value in draft.scope.distinct(name)]
    if not values or number <= 0:
        raise NotClear("needs_number", words=(name,))
    language = "ko" if is_korean(said) else "en"
    if is_count:
        edges = _equal(min(values), max(values), int(number))
        called = say("name.some_bins", language, column=name, count=int(number))
    else:
        edges = _stepped(min(values), max(values), number)
        called = say("name.bins", language, column=name, width=_written(number))
    whole = all(value.is_integer() for value in values) and not is_count and number.is_integer() and number > 1
    labels = tuple(
        f"{_written(low)}–{_written(high - 1)}" if whole else f"{_written(low)} – <{_written(high)}"
        for low, high in pairwise(edges)
    )
    draft.preparations.append(Preparation("bin", (name,), name=called, edges=edges, labels=labels))
    draft.scope.added.append(Column(called, "text"))
    column = Piece("column", called, columns=(called,), tail=said.tail)
    marked = (
        [column, Piece("word", "별", key="each")] if language == "ko" else [Piece("word", "by", key="each"), column]
    )
    start, end = match.start, match.end
    taken = [*range(start, end), place]
    before = place - 1
    if place >= 0 and before >= 0 and draft.pieces[before].key == "each" and draft.pieces[before].text.isascii():
        taken.append(before)
    kept = [piece for number_, piece in enumerate(draft.pieces[:start]) if number_ not in taken]
    after = [piece for number_, piece in enumerate(draft.pieces[end:], end) if number_ not in taken]
    draft.pieces = [*kept, *marked, *after]
    draft.drop("cut")


def _column(draft: Draft, match: Found) -> tuple[int, str]:
    """The number column that is cut, and its place: the last one before the step, else the only one after it."""
    if (what := match.piece("what")) is not None and (name := draft.one_of(what, "number")):
        return draft.pieces.index(what), name
    for place in range(match.start - 1, -1, -1):
        if draft.pieces[place].kind == "column" and (name := draft.one_of(draft.pieces[place], "number")):
            return place, name
    after = [
        (place, name)
        for place in range(match.end, len(draft.pieces))
        if draft.pieces[place].kind == "column" and (name := draft.one_of(draft.pieces[place], "number"))
    ]
    if len(after) != 1:
        raise NotClear(
            "which_column", options=tuple(name for _, name in after) or tuple(draft.scope.names("number")[:8])
        )
    return after[0]


def _stepped(low: float, high: float, width: float) -> tuple[float, ...]:
    """Edges at the multiples of a width that hold all values. Raises NotClear when that makes too many bins."""
    first, last = math.floor(low / width), math.floor(high / width) + 1
    if last - first > _MOST_BINS:
        raise NotClear("unsure")
    return tuple(round(number * width, 12) for number in range(first, last + 1))


def _equal(low: float, high: float, count: int) -> tuple[float, ...]:
    """The edges of so many bins of equal width; the last one holds the highest value too."""
    if not 1 < count <= _MOST_BINS or low == high:
        raise NotClear("unsure")
    inner = [low + (high - low) * number / count for number in range(count)]
    return (*inner, math.nextafter(high, math.inf))


def _written(number: float) -> str:
    return f"{number:.12g}"
