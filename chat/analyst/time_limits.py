"""A time limit for work in the main thread of a command, on every system."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ARRIVES = 1.0  # seconds in which an interruption that is under way reaches the main thread


class OutOfTime(Exception):
    """The work has taken longer than it may."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime from what runs within after `seconds`; other threads than the main one have no limit.

    A call into compiled code ends first. Ctrl-C stays KeyboardInterrupt, or ignored where it was, as in a job that a
    script has put in the background.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    is_over = threading.Event()

    def interrupt() -> None:
        is_over.set()
        _thread.interrupt_main()

    def end(number: int, frame: FrameType | None) -> None:
        if is_over.is_set():
            signal.default_int_handler(number, frame)

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:  # the main thread would never hear of its interruption
        signal.signal(signal.SIGINT, end)
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
    finally:
        if before is signal.SIG_IGN:
            signal.signal(signal.SIGINT, before)
