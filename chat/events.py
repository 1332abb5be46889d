"""What an agent says while it answers: the values that cross from an upstream to a running turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Waiting:
    """The turn waits in line: its place (1 is next, 0 says that its turn has come) and the seconds until then.

    Nobody knows the seconds (None) where one of the user's own answers must end first.
    """

    seconds: float | None
    place: int


@dataclass(frozen=True, slots=True)
class Status:
    """Progress for the reader's status line; not part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """The next piece of the agent's reasoning; shown folded away, never part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer's text, byte for byte as the agent sent it."""

    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that the answer made: pictures for the page and for taking away, and the specification behind them."""

    title: str
    png: bytes
    spec: Mapping[str, Any]  # Vega-Lite 5
    svg: bytes = b""


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A table that the answer made, whole, where its text shows the first rows only.

    `kinds` says of each column "number", "date" or "text"; dates are ISO texts, empty cells None.
    """

    title: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Work:
    """How an answer was computed: the columns used, the conditions as a sentence part, and rows used of all.

    `sql` is DuckDB's dialect over a table called data; `code` is Python that reads the file and prints the same result,
    runnable as it stands beside the file. Either may be "" where there is none.
    """

    columns: tuple[str, ...]
    conditions: str
    rows: int
    rows_used: int
    sql: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Questions that are worth asking next, as a user would type them."""

    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A source that the answer names. `url` is http(s), or None when the agent gave no usable link."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the upstream reports them; None = not reported."""

    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of an answer that came to its end. `truncated`: the agent's own length limit cut it."""

    truncated: bool = False
    usage: Usage = Usage()


StreamEvent = Waiting | Status | Thinking | Delta | Chart | ResultTable | Work | Suggestions | Reference | Finished
