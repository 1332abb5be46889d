"""The commands as a shell runs them: real processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from storage import users
from storage.database import Database, sqlite_url
from tests.fabrix_standin import CLIENT_KEY, OPENAPI_TOKEN, running_standin
from tests.live_server import PASSWORD, Person

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "FABRIX_CHAT_SECURITY_BCRYPT_ROUNDS": "4"}


def command(folder: Path, *arguments: str) -> list[str]:
    """A command with its data and settings in `folder`."""
    name, *rest = arguments
    paths = ["--data", str(folder / "data"), "--secrets", str(folder / "secrets.toml")]
    return [sys.executable, "-m", "admin.cli", name, *paths, *rest]


def run(folder: Path, *arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, *arguments), input=given, capture_output=True, text=True, timeout=60,
        env={**ENVIRONMENT, **environment}, cwd=folder,
    )  # fmt: skip


class Server:
    """A running `serve`, with what it has printed before it was ready."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.printed: list[str] = []
        assert process.stdout is not None
        while not any("FabriX Agent Chat: " in line for line in self.printed):
            line = process.stdout.readline()
            assert line, f"the server ended: {self.printed}"
            self.printed.append(line)
        self.url = next(word for word in self.printed[-1].split() if word.startswith("http://"))

    @property
    def signup_key(self) -> str:
        return self.printed[0].split("Sign-up key: ")[1].strip()

    def end(self) -> float:
        """Ask the server to end; the seconds that it took."""
        started = time.monotonic()
        self.process.terminate()
        self.process.wait(30)
        return time.monotonic() - started


@contextmanager
def serving(folder: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    process = subprocess.Popen(
        command(folder, "serve", "--port", "0", *arguments), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, env={**ENVIRONMENT, **environment}, cwd=folder,
    )  # fmt: skip
    try:
        yield Server(process)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def sign_up(server: Server, username: str = "kim") -> Person:
    body = {"username": username, "password": PASSWORD, "email": "k@example.com", "auth_key": server.signup_key}
    answer = httpx.post(f"{server.url}/api/auth/signup/", json=body, timeout=30).raise_for_status()
    return Person(server.url, username, answer.json()["token"], "en")


def test_the_first_start_prints_key_and_address_and_the_next_needs_no_key(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert len(server.signup_key) == 6
        assert httpx.get(f"{server.url}/healthz").json()["status"] == "ok"
        with sign_up(server) as person:
            assert [item["agentId"] for item in person.http.get("/api/agents/").json()["items"]] == [
                "local-analyst",
                "local-guide",
            ]
    with serving(tmp_path) as again:
        assert len(again.printed) == 1
    assert (tmp_path / "data" / "logs" / "chat.log").exists()


def test_for_the_network_the_address_for_colleagues_is_printed(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0") as server:
        assert "Colleagues: http://" in server.printed[-1]


def test_a_port_in_use_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run(tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert result.returncode == 1
    assert "--port" in result.stderr and "Traceback" not in result.stderr


def test_an_impossible_port_is_told_too(tmp_path: Path) -> None:
    result = run(tmp_path, "serve", "--port", "99999")
    assert result.returncode == 1 and "--port" in result.stderr and "Traceback" not in result.stderr


def test_a_data_folder_that_can_not_be_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run(tmp_path, "serve", "--data", str(tmp_path / "file" / "data"))
    assert result.returncode == 2
    assert "--data" in result.stderr and result.stderr.count("\n") == 1


def test_a_bad_setting_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    result = run(tmp_path, "serve", FABRIX_CHAT_RATE_LIMIT_RPM="none")
    assert (result.returncode, result.stderr) == (2, "rate_limit.rpm must be a number.\n")


def test_warnings_are_told_and_do_not_stop(tmp_path: Path) -> None:
    result = run(
        tmp_path, "create-admin", "boss", "--email", "b@example.com", "--password-stdin", given=PASSWORD,
        FABRIX_CHAT_SERVER_COLOUR="blue",
    )  # fmt: skip
    assert result.returncode == 0
    assert "server.colour is not a known setting" in result.stderr


def test_a_key_on_an_open_way_is_warned_about_in_the_log_once(tmp_path: Path) -> None:
    server = {
        "FABRIX_CHAT_UPSTREAM_1_NAME": "gpu",
        "FABRIX_CHAT_UPSTREAM_1_BASE_URL": "http://gpu.invalid:8000",
        "FABRIX_CHAT_UPSTREAM_1_KEY": "s3cret-key",
    }
    with serving(tmp_path, **server):
        pass
    log = (tmp_path / "data" / "logs" / "chat.log").read_text(encoding="utf-8")
    assert log.count("upstream[1].base_url is an http:// address") == 1
    assert "s3cret-key" not in log


def test_an_administrator_is_made_and_can_sign_in(tmp_path: Path) -> None:
    result = run(tmp_path, "create-admin", "boss", "--email", "b@example.com", "--password-stdin", given=PASSWORD)
    assert result.returncode == 0 and "boss" in result.stdout
    database = Database(sqlite_url(tmp_path / "data"))
    found = database.read_now(users.credentials, "boss")
    database.close()
    assert found is not None and found[0].role == "admin"
    with serving(tmp_path) as server:
        body = {"username": "boss", "password": PASSWORD}
        token = httpx.post(f"{server.url}/api/auth/login/", json=body).json()["token"]
        me = httpx.get(f"{server.url}/api/me", headers={"Authorization": f"Bearer {token}"}).json()
        assert me["role"] == "admin"


@pytest.mark.parametrize(
    ("arguments", "given", "part"),
    [
        (["boss", "--email", "b@example.com"], "short", "password"),
        (["보스", "--email", "b@example.com"], PASSWORD, "username"),
        (["boss", "--email", "nowhere"], PASSWORD, "email"),
    ],
)
def test_a_bad_administrator_is_refused(tmp_path: Path, arguments: list[str], given: str, part: str) -> None:
    result = run(tmp_path, "create-admin", *arguments, "--password-stdin", given=given)
    assert result.returncode == 1 and result.stderr.startswith(part)


def test_a_taken_name_is_refused(tmp_path: Path) -> None:
    results = [
        run(tmp_path, "create-admin", name, "--email", "b@example.com", "--password-stdin", given=PASSWORD)
        for name in ("boss", "BOSS")
    ]
    assert [result.returncode for result in results] == [0, 1]


def fabrix(base_url: str) -> dict[str, str]:
    return {
        "FABRIX_CHAT_FABRIX_API_BASE_URL": base_url,
        "FABRIX_CHAT_FABRIX_API_CLIENT_KEY": CLIENT_KEY,
        "FABRIX_CHAT_FABRIX_API_OPENAPI_TOKEN": OPENAPI_TOKEN,
        "FABRIX_CHAT_AGENTS_LOCAL": "false",
    }


def begin_answer(server: Server, person: Person) -> tuple[str, str]:
    """Ask FabriX's first agent something; the conversation and turn once its text has begun to be stored."""
    agents = person.http.get("/api/agents/").json()["items"]
    conversation = person.conversation(agent_id=agents[0]["agentId"])
    turn = person.ask(conversation)["turn_id"]
    deadline = time.monotonic() + 20
    while not person.messages(conversation)[1]["content"]:
        assert time.monotonic() < deadline
    return conversation, turn


def test_a_killed_server_leaves_the_text_and_says_interrupted(tmp_path: Path) -> None:
    with running_standin(deltas=2000, per_second=50) as standin:
        settings = fabrix(standin.base_url)
        with serving(tmp_path, **settings) as server, sign_up(server) as person:
            conversation, turn = begin_answer(server, person)
            server.process.kill()
            server.process.wait()
        with serving(tmp_path, **settings) as again, httpx.Client(base_url=again.url) as http:
            http.headers = person.http.headers
            answer = http.get(f"/api/sessions/{conversation}/").json()["messages"][1]
            assert answer["content"] and answer["state"] == "interrupted"
            assert '"state":"interrupted"' in http.get(f"/api/turns/{turn}/events").text


@pytest.mark.skipif(os.name != "posix", reason="Windows ends a process without a signal that could be heard")
def test_sigterm_saves_and_ends_soon_though_somebody_watches(tmp_path: Path) -> None:
    with running_standin(deltas=2000, per_second=50) as standin:
        with serving(tmp_path, **fabrix(standin.base_url)) as server, sign_up(server) as person:
            _, turn = begin_answer(server, person)
            with person.watch(turn) as events:
                next(events)
                assert server.end() < 15
                assert list(events)[-1].data["state"] == "interrupted"
            assert server.process.returncode in (0, -signal.SIGTERM)
        data = Database(sqlite_url(tmp_path / "data"))
        [(content, state)] = data.read_now(
            lambda c: c.exec_driver_sql(
                "SELECT m.content, t.state FROM messages m JOIN turns t ON t.message_id = m.id"
            ).all()
        )
        data.close()
        assert content and state == "interrupted"
        assert "Traceback" not in (tmp_path / "data" / "logs" / "chat.log").read_text("utf-8")


WATCH_THE_NETWORK = """
import json, os, socket

def note(kind, address):
    with open(os.environ["NETWORK_LOG"], "a") as log:
        log.write(json.dumps([kind, str(address)]) + "\\n")

for name in ("connect", "connect_ex"):
    def wrapped(self, address, _original=getattr(socket.socket, name)):
        if self.family != getattr(socket, "AF_UNIX", None):
            note("connect", address)
        return _original(self, address)
    setattr(socket.socket, name, wrapped)

_getaddrinfo = socket.getaddrinfo
def getaddrinfo(host, *args, **kwargs):
    note("name", host)
    return _getaddrinfo(host, *args, **kwargs)
socket.getaddrinfo = getaddrinfo
"""


def test_starting_asks_nobody_anything(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCH_THE_NETWORK)
    log = tmp_path / "network.log"
    log.touch()
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    with serving(tmp_path, PYTHONPATH=path, NETWORK_LOG=str(log)) as server:
        assert httpx.get(f"{server.url}/login/").status_code == 200
        assert httpx.get(f"{server.url}/healthz").status_code == 200
    assert [json.loads(line) for line in log.read_text().splitlines()] == []


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path):
        result = run(tmp_path, "serve", "--port", "0")
    assert result.returncode == 1 and "Another server runs on" in result.stderr


def first_admin_address(server: Server) -> str:
    assert server.process.stdout is not None
    return server.process.stdout.readline().split(" at: ")[1].strip()


def test_the_first_administrator_comes_from_the_address_that_the_start_prints(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        address, token = first_admin_address(server).split("/login/#first=")
        assert address == server.url
        body = {"token": token, "username": "boss", "email": "b@example.com", "password": PASSWORD}
        made = httpx.post(f"{server.url}/api/auth/first-admin/", json=body)
        assert made.status_code == 201
        headers = {"Authorization": f"Token {made.json()['token']}"}
        assert httpx.get(f"{server.url}/api/me", headers=headers).json()["role"] == "admin"
        again = httpx.post(f"{server.url}/api/auth/first-admin/", json={**body, "username": "boss2"})
        assert again.json()["error"] == "bad_link"
        assert token not in (tmp_path / "data" / "logs" / "chat.log").read_text("utf-8")
    with serving(tmp_path) as later:
        later.end()
        assert later.process.stdout is not None and "first" not in later.process.stdout.read()


def test_a_suspension_at_the_shell_ends_what_runs_in_the_server(tmp_path: Path) -> None:
    with (
        running_standin(deltas=2000, per_second=50) as standin,
        serving(tmp_path, **fabrix(standin.base_url)) as server,
        sign_up(server) as person,
    ):
        _, turn = begin_answer(server, person)
        with person.watch(turn) as events:
            next(events)
            result = run(tmp_path, "suspend", "kim")
            ended = time.monotonic()
            assert result.returncode == 0
            list(events)
            assert time.monotonic() - ended < 1.5
        assert person.http.get("/api/me").status_code == 401


def test_a_backup_is_made_while_the_server_runs(tmp_path: Path) -> None:
    with serving(tmp_path) as server, sign_up(server) as person:
        person.upload("a.csv", b"a,b\n1,2\n")
        result = run(tmp_path, "backup", str(tmp_path / "b.zip"))
        assert result.returncode == 0 and "1 files" in result.stdout
        refused = run(tmp_path, "restore", str(tmp_path / "b.zip"))
        assert refused.returncode == 1 and "server is running" in refused.stderr
    assert run(tmp_path, "restore", str(tmp_path / "b.zip")).returncode == 0
    assert run(tmp_path, "check").returncode == 0


def test_the_doctor_tries_fabrix_and_says_when_the_key_is_wrong(tmp_path: Path) -> None:
    with running_standin(deltas=200, per_second=50) as standin:
        good = run(tmp_path, "doctor", **fabrix(standin.base_url))
        bad = run(tmp_path, "doctor", **{**fabrix(standin.base_url), "FABRIX_CHAT_FABRIX_API_CLIENT_KEY": "wrong-key"})
    for line in ("[ok] fabrix accepts our keys", "[ok] An agent begins to answer", "[ok] An answer can be stopped"):
        assert line in good.stdout
    assert bad.returncode == 3 and "[BAD] fabrix accepts our keys" in bad.stdout
    assert "wrong-key" not in bad.stdout + bad.stderr and OPENAPI_TOKEN not in bad.stdout + bad.stderr
