"""What of Gradio can be reached, and by whom."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.live_server import LiveServer, Person

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def browser(server: LiveServer, person: Person):
    """A signed-in browser: the cookie and the Origin header."""
    with httpx.Client(
        base_url=server.url, cookies={"fabrix_chat": person.token}, headers={**HTML, "Origin": server.url}
    ) as client:
        yield client


@pytest.fixture
def stranger(server: LiveServer):
    with httpx.Client(base_url=server.url, headers={**HTML, "Origin": server.url}) as client:
        yield client


def event(client: httpx.Client, session_hash: str, fn_index: int = 0) -> httpx.Response:
    body = {"fn_index": fn_index, "data": [], "session_hash": session_hash}
    return client.post("/gradio_api/run/predict", json=body)


@pytest.mark.parametrize("path", ["/", "/?c=abc", "/somewhere", "/config", "/admin/"])
def test_a_stranger_gets_the_sign_in_page_instead(stranger: httpx.Client, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login/")


def test_the_sign_in_page_knows_where_the_stranger_wanted_to_go(stranger: httpx.Client) -> None:
    assert stranger.get("/?c=abc").headers["location"] == "/login/?next=/%3Fc%3Dabc"


def test_the_sign_in_page_is_open_with_and_without_slash(stranger: httpx.Client) -> None:
    assert stranger.get("/login/").status_code == 200
    assert stranger.get("/login").headers["location"] == "/login/"
    assert stranger.get("/login?next=/x").headers["location"] == "/login/?next=/x"


def test_signed_in_people_get_the_page(browser: httpx.Client) -> None:
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("prefix", ["", "/login"])
@pytest.mark.parametrize(
    "path",
    [
        "/config",
        "/info",
        "/openapi.json",
        "/docs",
        "/monitoring",
        "/gradio_api/info",
        "/gradio_api/config",
        "/gradio_api/heartbeat/abc",
        "/gradio_api/queue/data?session_hash=abc",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://example.com",
        "/gradio_api/startup-events",
        "/gradio_api/app_id",
        "/gradio_api/token",
        "/gradio_api/user",
        "/file=/etc/passwd",
        "/logout",
        "/assets/../config",
        "/static/js/../../config",
    ],
)
def test_what_the_page_does_not_need_is_closed(browser: httpx.Client, prefix: str, path: str) -> None:
    answer = browser.get(prefix + path)
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not found."}


@pytest.mark.parametrize("prefix", ["", "/login"])
@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/queue/join",
        "/gradio_api/upload",
        "/gradio_api/cancel",
        "/gradio_api/reset",
        "/gradio_api/component_server",
        "/gradio_api/call/predict",
        "/gradio_api/api/predict",
        "/gradio_api/stream/abc",
        "/login",
    ],
)
def test_nothing_can_be_posted_but_events(browser: httpx.Client, prefix: str, path: str) -> None:
    assert browser.post(prefix + path, json={}).status_code in (404, 405)


def test_an_event_needs_a_login(stranger: httpx.Client) -> None:
    assert event(stranger, "hash-of-nobody").status_code == 401


def test_a_token_is_not_enough_for_an_event(server: LiveServer, person: Person) -> None:
    assert event(person.http, "hash-by-token").status_code == 401


def test_a_session_hash_belongs_to_who_first_used_it(server: LiveServer, browser: httpx.Client, other: Person) -> None:
    first = event(browser, "bound-hash")
    assert first.status_code != 404
    stolen = httpx.post(
        f"{server.url}/gradio_api/run/predict",
        json={"fn_index": 0, "data": [], "session_hash": "bound-hash"},
        cookies={"fabrix_chat": other.token},
        headers={"Origin": server.url},
    )
    assert (stolen.status_code, stolen.json()) == (404, {"detail": "Not found."})
    assert event(browser, "bound-hash").status_code == first.status_code


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{"])
def test_an_event_that_is_no_object_is_refused(browser: httpx.Client, body: bytes) -> None:
    assert browser.post("/gradio_api/run/predict", content=body).status_code == 400


def test_an_event_without_a_session_hash_is_refused(browser: httpx.Client) -> None:
    assert browser.post("/gradio_api/run/predict", json={"fn_index": 0, "data": []}).status_code == 404


def test_the_pages_hold_no_event_with_a_server_function(browser: httpx.Client) -> None:
    page = browser.get("/").text
    assert '"backend_fn":true' not in re.sub(r"\s", "", page)


def test_a_large_body_is_refused_before_it_is_read(browser: httpx.Client) -> None:
    assert browser.post("/api/auth/login/", content=b"x" * (3 << 20)).status_code == 413


def test_a_large_body_without_a_stated_length_is_refused_too(browser: httpx.Client) -> None:
    def pieces():
        for _ in range(50):
            yield b"x" * (1 << 16)

    assert browser.post("/api/auth/login/", content=pieces()).status_code == 413


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/elsewhere"])
def test_a_large_body_is_refused_in_openais_shape_on_its_paths(browser: httpx.Client, path: str) -> None:
    answer = browser.post(path, content=b"x" * (3 << 20))
    assert answer.status_code == 413
    error = {"message": "The request is too large.", "type": "invalid_request_error", "param": None, "code": None}
    assert answer.json() == {"error": error}


@pytest.mark.parametrize("path", ["/healthzx", "/healthz/x", "/metricsx", "/metrics/x", "/agentsx", "/v1x"])
def test_what_only_begins_like_ours_is_none(browser: httpx.Client, stranger: httpx.Client, path: str) -> None:
    assert browser.get(path).status_code == browser.post(path).status_code == 404
    assert stranger.get(path).headers["location"] == f"/login/?next={path}"


def test_a_forged_host_reaches_no_link(browser: httpx.Client) -> None:
    page = browser.get("/", headers={"X-Forwarded-Host": "evil.example", "X-Gradio-Server": "http://evil.example"})
    assert "evil.example" not in page.text
