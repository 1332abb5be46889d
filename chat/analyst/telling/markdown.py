"""Numbers, dates, text and tables as Markdown that no content of a file can break."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

_ACTIVE = re.compile(r"([\\`*{}\[\]<>#|~$&!])|(?<![^\W_])(_)|(_)(?![^\W_])")
_LONGEST_CELL = 200
_CODE_LIKE = re.compile(
    r"연도|년도|설립년|번호|코드|학번|사번|(^|[_\s])(year|founded|id|no|code|num)($|[_\s])|^년$|id$", re.IGNORECASE
)
MISSING = "–"


def escaped(text: str) -> str:
    """Text of the file as Markdown shows it unchanged, on one line and not longer than a cell should be."""
    text = text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
    text = re.sub(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", "↵", text)
    return _ACTIVE.sub(lambda match: "\\" + match[0], text)


def number(value: Any, *, grouping: bool = True) -> str:
    """A number with thousands separators and as many decimals as matter: two above 100, else four digits."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}" if grouping else str(int(value))
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    decimals = 2 if abs(value) >= 100 else max(4, 3 - math.floor(math.log10(abs(value))))
    if decimals > 12:
        return f"{value:.4g}"
    shown = f"{value:,.{decimals}f}" if grouping else f"{value:.{decimals}f}"
    return shown.rstrip("0").rstrip(".")


def raw(value: Any, *, grouping: bool = True) -> str:
    """A value exactly as the file has it, apart from thousands separators."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, pd.Period):
        return str(value) if value.freqstr[0] != "W" else f"{value.asfreq('D', 'start')} ~ {value.asfreq('D', 'end')}"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, float) and not value.is_integer() and math.isfinite(value):
        return _exact(value, grouping=grouping)
    return number(value, grouping=grouping)


def _exact(value: float, *, grouping: bool) -> str:
    """All digits that tell this number from its neighbours."""
    written = repr(value)
    if not grouping or "e" in written:
        return written
    sign, digits = written[: value < 0], written[value < 0 :]
    whole, point, decimals = digits.partition(".")
    return f"{sign}{int(whole):,}{point}{decimals}"


def groups_digits(column: str) -> bool:
    """Whether thousands separators help in this column: years, numbers of things and codes read worse with them."""
    return not _CODE_LIKE.search(column)


def with_unit(shown: str, unit: str) -> str:
    """₩ and $ before the number, 원 and % after it."""
    if shown == MISSING:
        return shown
    return f"{escaped(unit)}{shown}" if unit in "₩￦$€£¥" else f"{shown}{unit}"


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """A Markdown table of cells that are Markdown already; `right` tells which columns align right."""
    rules = ["---:" if is_right else ":---" for is_right in right]
    lines = [headers, rules, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
