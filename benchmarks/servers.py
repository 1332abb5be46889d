"""The servers under measurement, each a process of its own on a free port of this machine."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
SIGN_UP_KEY = "123456"
SETTINGS = """\
[auth]
admin_signup_key = "{sign_up_key}"
[security]
secret_key = "of-the-benchmarks-and-of-nothing-else"
bcrypt_rounds = {bcrypt_rounds}
[agents]
local = false
[rate_limit]
enforced = {limits}
rpm = 100000
tpm = 100000000
[fabrix_api]
base_url = "{base_url}"
client_key = "{client_key}"
openapi_token = "{openapi_token}"
"""


@dataclass(frozen=True, slots=True)
class StandinAddress:
    """Where the stand-in for FabriX is, and what it wants to see."""

    base_url: str
    client_key: str
    openapi_token: str

    @property
    def messages_url(self) -> str:
        return f"{self.base_url}/openapi/agent-chat/v1/agent-messages"

    @property
    def headers(self) -> dict[str, str]:
        return {"x-fabrix-client": self.client_key, "x-openapi-token": f"Bearer {self.openapi_token}"}


class Server:
    """A running process that has said its address."""

    def __init__(self, process: subprocess.Popen[str], said: str) -> None:
        self._process = psutil.Process(process.pid)
        self.said = said

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+", self.said)
        if found is None:
            raise RuntimeError(f"The server named no address: {self.said}")
        return found.group()

    def cpu_seconds(self) -> float:
        """What the process has used so far, in user and system mode."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def megabytes(self) -> float:
        """The memory that it holds (RSS)."""
        return float(self._process.memory_info().rss / 1e6)

    def threads(self) -> int:
        return self._process.num_threads()

    def descriptors(self) -> int:
        """Open file descriptors; on Windows, handles."""
        return self._process.num_handles() if sys.platform == "win32" else self._process.num_fds()

    def connections(self) -> int:
        """Its TCP connections, people's and its own to the stand-in."""
        return sum(found.status == psutil.CONN_ESTABLISHED for found in self._process.net_connections("tcp"))


@contextlib.contextmanager
def running_standin(*, deltas: int, per_second: int) -> Iterator[StandinAddress]:
    """The stand-in for FabriX, which answers in `deltas` pieces."""
    script = str(ROOT / "tests" / "fabrix_standin.py")
    options = ["--port", "0", "--deltas", str(deltas), "--per-second", str(per_second)]
    with _running([script, *options], lines=3) as server:
        said = dict(line.split(" = ") for line in server.said.splitlines())
        yield StandinAddress(**said)


@contextlib.contextmanager
def running_app(
    standin: StandinAddress, *, bcrypt_rounds: int, limits: bool = True, data: Path | None = None
) -> Iterator[Server]:
    """The app as `python run.py` starts it, with limits that hold nobody back; without them no account is kept.

    Without `data`, its data folder is a new one that goes with it.
    """
    with tempfile.TemporaryDirectory() as folder:
        secrets = Path(folder, "secrets.toml")
        secrets.touch(mode=0o600)
        secrets.write_text(
            SETTINGS.format(
                sign_up_key=SIGN_UP_KEY,
                bcrypt_rounds=bcrypt_rounds,
                limits=str(limits).lower(),
                base_url=standin.base_url,
                client_key=standin.client_key,
                openapi_token=standin.openapi_token,
            )
        )
        options = ["--port", "0", "--secrets", str(secrets), "--data", str(data or Path(folder, "data"))]
        with _running(["-m", "admin.cli", "serve", *options]) as server:
            yield server


@contextlib.contextmanager
def running_relay(standin: StandinAddress) -> Iterator[Server]:
    """The plain relay, for comparison."""
    with _running([str(ROOT / "benchmarks" / "plain_relay.py"), standin.messages_url]) as server:
        yield server


@contextlib.contextmanager
def _running(arguments: list[str], *, lines: int = 1) -> Iterator[Server]:
    """Start a Python program, and end it afterwards; it has said its first `lines` lines."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            said = "".join(process.stdout.readline() for _ in range(lines)) if process.stdout else ""
            if not said:
                log.seek(0)
                raise RuntimeError(f"{arguments[0]} did not start:\n{log.read()}")
            yield Server(process, said)
        finally:
            process.terminate()
            process.wait(30)
