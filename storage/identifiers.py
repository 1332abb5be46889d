"""Ids that sort by the time they were made, so that "in order" is an index and neighbours share pages."""

from __future__ import annotations

import secrets
import threading
import time

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A UUID version 7 (RFC 9562, section 5.7) as 32 hex digits; within a process each is greater than the last."""
    global _last
    with _lock:
        # 48 bits of milliseconds and 12 bits below them (section 6.2, method 3: increased clock precision).
        nanoseconds = time.time_ns()
        stamp = (nanoseconds // 1_000_000) << 12 | (nanoseconds % 1_000_000) * 4096 // 1_000_000
        _last = max(stamp, _last + 1)
        stamp = _last
    high = (stamp >> 12) << 16 | 0x7000 | (stamp & 0xFFF)
    low = 0b10 << 62 | secrets.randbits(62)
    return f"{high << 64 | low:032x}"
