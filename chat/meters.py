"""Who counts how turns end, for those who watch the service from outside; here nobody does."""

from __future__ import annotations

from chat.records import Record


class NoMeter:
    """Is told of each end, and keeps no count."""

    def ended(self, kind: str, state: str, record: Record) -> None:
        """A `kind` (turn, call) ended in this state: done, stopped, failed or interrupted."""

    def upstream_failed(self, upstream: str, code: str) -> None:
        """A try was lost to this error, whether or not another one follows."""
