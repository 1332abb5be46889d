from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from admin.metrics import Meter, is_local
from app import build
from chat.errors import UpstreamBroken
from chat.events import Delta, Finished
from chat.records import Record
from storage.database import Database, sqlite_url
from storage.models import users
from storage.secret import Secret
from tests.conftest import SIGNUP_KEY, settings_for
from tests.live_server import LiveServer, Person
from tests.scripted_upstream import Gate, ScriptedUpstream

ROOT = Path(__file__).parents[2]
TOKEN = "a-metrics-token-of-30-characters"
ELSEWHERE = {"X-Forwarded-For": "192.0.2.7"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("metrics")


@pytest.fixture(scope="module")
def running(data: Path) -> Iterator[tuple[LiveServer, ScriptedUpstream]]:
    """A server with a token for metrics and small limits."""
    upstream = ScriptedUpstream()
    settings = settings_for(data)
    settings = replace(settings, server=replace(settings.server, metrics_token=Secret(TOKEN)))
    with LiveServer(lambda: build(settings, upstreams=[upstream]), signup_key=SIGNUP_KEY) as server:
        yield server, upstream
        upstream.release_all()


@pytest.fixture(scope="module")
def kim(running: tuple[LiveServer, ScriptedUpstream]) -> Iterator[Person]:
    with running[0].sign_up("kim") as made:
        yield made


def read(server: LiveServer, **headers: str) -> dict[str, float]:
    """All samples, by name and labels."""
    answer = httpx.get(f"{server.url}/metrics", headers=headers).raise_for_status()
    samples = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
    return {f"{sample.name}{sorted(sample.labels.items())}": sample.value for sample in samples}


def names(server: LiveServer) -> set[str]:
    text = httpx.get(f"{server.url}/metrics").text
    return {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}


def request(host: str | None, *, called: str = "localhost:7860", **headers: str) -> Request:
    pairs = [
        (b"host", called.encode()),
        *((key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()),
    ]
    client = (host, 1234) if host else None
    return Request({"type": "http", "method": "GET", "path": "/metrics", "headers": pairs, "client": client})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("called", ["localhost:7860", "127.0.0.1", "[::1]:7860"])
def test_this_machine_is_local(host: str, called: str) -> None:
    assert is_local(request(host, called=called), [])


@pytest.mark.parametrize("host", ["192.0.2.7", "10.0.0.1", "::ffff:10.0.0.1", "testclient", "", None])
def test_other_machines_are_not(host: str | None) -> None:
    assert not is_local(request(host), [])


@pytest.mark.parametrize(
    "header", ["x_forwarded_for", "forwarded", "x_real_ip", "via", "x_forwarded_proto", "x_forwarded_host"]
)
def test_what_came_through_a_proxy_is_not(header: str) -> None:
    assert not is_local(request("127.0.0.1", **{header: "127.0.0.1"}), [])


@pytest.mark.parametrize("proxy", ["127.0.0.1", "127.0.0.0/8", "*", "localhost"])
def test_a_trusted_proxy_on_this_machine_is_not_even_when_it_says_nothing(proxy: str) -> None:
    assert not is_local(request("127.0.0.1"), [proxy])
    assert is_local(request("127.0.0.1"), ["10.0.0.1"])


def test_a_page_that_gives_its_name_this_machines_address_is_not() -> None:
    assert not is_local(request("127.0.0.1", called="evil.example"), [])


def test_a_local_program_reads_them(running: tuple[LiveServer, ScriptedUpstream]) -> None:
    answer = httpx.get(f"{running[0].url}/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"


def test_nobody_elsewhere_reads_them(running: tuple[LiveServer, ScriptedUpstream]) -> None:
    answer = httpx.get(f"{running[0].url}/metrics", headers=ELSEWHERE)
    assert answer.status_code == 401 and "fabrix_chat" not in answer.text


@pytest.mark.parametrize("path", ["/metrics/", "/metricsx", "/metrics/x"])
def test_no_other_address_answers_them(running: tuple[LiveServer, ScriptedUpstream], path: str) -> None:
    assert "fabrix_chat_" not in httpx.get(f"{running[0].url}{path}", follow_redirects=False).text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_they_are_only_read(running: tuple[LiveServer, ScriptedUpstream], method: str) -> None:
    assert "fabrix_chat_" not in httpx.request(method, f"{running[0].url}/metrics").text


def test_a_plain_user_elsewhere_finds_nothing_and_an_administrator_reads_them(
    running: tuple[LiveServer, ScriptedUpstream], kim: Person, data: Path
) -> None:
    assert kim.http.get("/metrics", headers=ELSEWHERE).status_code == 404
    database = Database(sqlite_url(data))

    def become(role: str) -> None:
        database.write_now(lambda c: c.execute(users.update().where(users.c.username == "kim").values(role=role)))

    become("staff")
    assert kim.http.get("/metrics", headers=ELSEWHERE).status_code == 404
    become("admin")
    assert kim.http.get("/metrics", headers=ELSEWHERE).status_code == 200
    become("user")
    database.close()


def test_the_token_reads_them_from_anywhere(running: tuple[LiveServer, ScriptedUpstream]) -> None:
    assert read(running[0], Authorization=f"Bearer {TOKEN}", **ELSEWHERE)


@pytest.mark.parametrize("given", [f"Bearer {TOKEN}x", "Bearer", f"Token {TOKEN}", f"Basic {TOKEN}"])
def test_another_token_does_not(running: tuple[LiveServer, ScriptedUpstream], given: str) -> None:
    headers = {"Authorization": given, **ELSEWHERE}
    assert httpx.get(f"{running[0].url}/metrics", headers=headers).status_code == 401


def test_without_a_token_in_the_settings_none_is_good(server: LiveServer) -> None:
    assert httpx.get(f"{server.url}/metrics", headers={"Authorization": "Bearer", **ELSEWHERE}).status_code == 401


def test_what_happens_is_counted(running: tuple[LiveServer, ScriptedUpstream], kim: Person) -> None:
    server, upstream = running
    before = read(server)

    def grown(name: str, **labels: str) -> float:
        key = f"{name}{sorted(labels.items())}"
        return read(server)[key] - before.get(key, 0)

    gate = Gate()
    upstream.enqueue(gate, Delta("text"), Finished())
    conversation = kim.conversation()
    turn = kim.ask(conversation)
    gate.wait_until_reached()
    with kim.watch(turn["turn_id"]) as events:
        now = read(server)
        assert now["fabrix_chat_live_turns[('state', 'running')]"] == 1
        assert now["fabrix_chat_open_streams[]"] == 1
        gate.release()
        list(events)
    upstream.enqueue(UpstreamBroken())
    kim.ask_and_wait(kim.conversation())
    assert grown("fabrix_chat_turns_total", kind="turn", state="done") == 1
    assert grown("fabrix_chat_turns_total", kind="turn", state="failed") == 1
    assert grown("fabrix_chat_first_delta_seconds_count", kind="turn") == 1
    assert grown("fabrix_chat_wait_seconds_count", kind="turn") == 2
    assert grown("fabrix_chat_upstream_errors_total", upstream=upstream.name, code="upstream_broken") == 1
    assert grown("fabrix_chat_limiter_current_rpm", upstream=upstream.name) >= 1
    now = read(server)
    assert now[f"fabrix_chat_limiter_rpm_limit[('upstream', '{upstream.name}')]"] == 100_000
    assert now[f"fabrix_chat_breaker[('state', 'closed'), ('upstream', '{upstream.name}')]"] == 1
    assert now["fabrix_chat_logins[]"] == now["fabrix_chat_people_here[]"] == 1
    assert now["fabrix_chat_live_turns[('state', 'running')]"] == 0


def test_a_programs_call_is_counted_as_one(running: tuple[LiveServer, ScriptedUpstream], kim: Person) -> None:
    server, upstream = running
    upstream.enqueue(Delta("text"), Finished())
    body = {"model": "scripted-agent-0001", "messages": [{"role": "user", "content": "q"}]}
    kim.http.post("/v1/chat/completions", json=body).raise_for_status()
    assert read(server)["fabrix_chat_turns_total[('kind', 'call'), ('state', 'done')]"] == 1


def test_two_servers_count_apart() -> None:
    one, other = Meter(), Meter()
    one.ended("turn", "done", Record())
    labels = {"kind": "turn", "state": "done"}
    assert one.registry.get_sample_value("fabrix_chat_turns_total", labels) == 1
    assert other.registry.get_sample_value("fabrix_chat_turns_total", labels) is None


def test_the_dashboard_shows_what_is_measured_and_nothing_else(
    running: tuple[LiveServer, ScriptedUpstream], kim: Person
) -> None:
    server, upstream = running
    upstream.enqueue(UpstreamBroken())
    kim.ask_and_wait(kim.conversation())
    dashboard = json.loads((ROOT / "docs/grafana.json").read_text(encoding="utf-8"))
    queries = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    shown = set(re.findall(r"\b(?:fabrix_chat|process)_\w+", queries))
    measured = names(server)
    assert shown <= measured
    ours = {re.sub(r"_(created|bucket|sum|count)$", "", name) for name in measured if name.startswith("fabrix_chat")}
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown if name.startswith("fabrix_chat")} >= ours - {
        "fabrix_chat_turns",
        "fabrix_chat_tokens",
        "fabrix_chat_upstream_errors",
    }


def test_panels_do_not_overlap() -> None:
    dashboard = json.loads((ROOT / "docs/grafana.json").read_text(encoding="utf-8"))
    cells = [
        (x, y)
        for panel in dashboard["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells)) and max(x for x, _ in cells) < 24
