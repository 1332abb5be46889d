"""The process that analyses: one JSON request per line on stdin, JSON lines on stdout, within its own limits.

A request has `job`, one of `jobs.JOBS`, and what that job takes. The lines of its answer are any number of
`{"status": step}`, then one `{"result": {…}}` or `{"error": reason}`.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import traceback
from collections.abc import Iterable
from typing import Any, TextIO

_MIB = 1024 * 1024
_RESERVED_MB = 1536  # address space that V8 and Arrow's threads reserve but don't use
_OPEN_FILES = 256


def limit_process(memory_mb: int) -> None:
    """Limit memory and open files where the system can (not on Windows: there the parent's watch alone holds)."""
    try:
        import resource
    except ImportError:
        return
    data = (memory_mb + _RESERVED_MB) * _MIB
    resource.setrlimit(resource.RLIMIT_DATA, (data, data))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_cpu(seconds: int) -> None:
    """Give the next job `seconds` of time on every core; the system ends the process beyond it."""
    try:
        import resource
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(usage.ru_utime + usage.ru_stime) + seconds * (os.cpu_count() or 1) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def answer_line(line: str, out: TextIO) -> None:
    """Do the job of one request and write its answer; a failed job fails alone."""
    from chat.analyst.jobs import JOBS
    from chat.analyst.tables import ReadingFailed

    def write(message: dict[str, Any]) -> None:
        out.write(json.dumps(message, ensure_ascii=False) + "\n")
        out.flush()

    try:
        request = json.loads(line)
        write({"result": JOBS[request["job"]](request, lambda step: write({"status": step}))})
    except ReadingFailed as error:
        write({"error": error.reason})
    except MemoryError:
        write({"error": "memory"})
    except Exception as fault:  # whatever it is, the next job may go well
        # Where, and of what kind; its message may quote the file.
        print(*traceback.format_tb(fault.__traceback__), type(fault).__name__, file=sys.stderr)
        write({"error": "crash"})


def serve(requests: Iterable[str], out: TextIO, *, seconds: int) -> None:
    """Answer all requests, one after another."""
    for line in requests:
        limit_cpu(seconds)
        answer_line(line, out)
        gc.collect()


def main() -> None:
    """Keep stdout for the protocol: whatever else prints, prints to stderr."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--memory-mb", type=int, required=True)
    arguments.add_argument("--seconds", type=int, required=True)
    options = arguments.parse_args()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    # Arrow's own pools keep what was freed; this one gives it back. It is chosen when Arrow is loaded, with the jobs.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    limit_process(options.memory_mb)
    with os.fdopen(os.dup(0), encoding="utf-8") as requests:
        serve(iter(requests.readline, ""), out, seconds=options.seconds)


if __name__ == "__main__":
    main()
