"""A time limit for work in the main thread of a command, on every system."""

from __future__ import annotations

import _thread
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_ARRIVES = 1.0  # seconds in which an interruption that is under way reaches the main thread


class OutOfTime(Exception):
    """The work has taken longer than it may."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime from what runs within after `seconds`; other threads than the main one have no limit.

    A call into compiled code ends first. Ctrl-C stays KeyboardInterrupt.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    is_over = threading.Event()

    def interrupt() -> None:
        is_over.set()
        _thread.interrupt_main()

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        try:
            yield
        finally:
            timer.cancel()
            if is_over.is_set():
                time.sleep(_ARRIVES)
    except KeyboardInterrupt:
        if is_over.is_set():
            raise OutOfTime from None
        raise
