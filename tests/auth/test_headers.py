"""What responses tell the browser, and where requests may come from."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.live_server import LiveServer, Person


def page(server: LiveServer) -> httpx.Response:
    return httpx.get(f"{server.url}/login/")


def test_every_script_of_a_page_has_the_nonce_of_its_response(server: LiveServer) -> None:
    answer = page(server)
    [nonce] = re.findall(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
    scripts = re.findall(r"<script\b[^>]*>", answer.text)
    assert len(scripts) > 3
    assert all(f'nonce="{nonce}"' in script for script in scripts)


def test_a_nonce_is_used_once(server: LiveServer) -> None:
    assert page(server).headers["content-security-policy"] != page(server).headers["content-security-policy"]


def test_the_policy_names_no_other_host_and_no_inline_scripts(server: LiveServer) -> None:
    policy = page(server).headers["content-security-policy"]
    directives = dict(item.strip().split(" ", 1) for item in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert "unsafe-inline" not in directives["script-src"]
    assert directives["frame-ancestors"] == directives["object-src"] == "'none'"
    assert "http" not in policy and "*" not in policy


@pytest.mark.parametrize("path", ["/login/", "/healthz", "/api/me", "/nowhere", "/ui/auth/base.js"])
def test_security_headers_are_on_every_response(server: LiveServer, path: str) -> None:
    headers = httpx.get(server.url + path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "content-security-policy" in headers


@pytest.mark.parametrize("path", ["/files/nobodys", "/files/"])
def test_what_lies_under_files_may_do_nothing_at_all(server: LiveServer, path: str) -> None:
    policy = httpx.get(server.url + path).headers["content-security-policy"]
    assert policy.startswith("default-src 'none';") and "sandbox" in policy and "script-src" not in policy


def test_pages_are_not_kept_by_the_browser(server: LiveServer) -> None:
    assert page(server).headers["cache-control"] == "no-store"


def test_no_other_origin_may_read_answers(server: LiveServer, person: Person) -> None:
    answer = httpx.get(
        f"{server.url}/api/me",
        cookies={"fabrix_chat": person.token},
        headers={"Origin": "https://evil.example", "Host": "chat.example"},
    )
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://["])
def test_a_foreign_origin_changes_nothing(server: LiveServer, person: Person, origin: str) -> None:
    answer = person.http.post("/api/sessions/", json={"agent_id": "a"}, headers={"Origin": origin})
    assert answer.status_code == 403


def test_a_cookie_alone_without_an_origin_changes_nothing(server: LiveServer, person: Person) -> None:
    answer = httpx.post(f"{server.url}/api/sessions/", json={"agent_id": "a"}, cookies={"fabrix_chat": person.token})
    assert answer.status_code == 403
    assert "Authorization" in answer.json()["detail"]


def test_the_own_origin_may(server: LiveServer, person: Person) -> None:
    answer = httpx.post(
        f"{server.url}/api/sessions/",
        json={"agent_id": "a"},
        cookies={"fabrix_chat": person.token},
        headers={"Origin": server.url},
    )
    assert answer.status_code == 201


def test_unknown_hosts_can_be_refused(tmp_path) -> None:
    from dataclasses import replace

    from app import build
    from storage.settings import ServerSettings
    from tests.conftest import settings_for

    settings = replace(settings_for(tmp_path), server=ServerSettings(allowed_hosts=("chat.example",)))
    with LiveServer(lambda: build(settings, upstreams=[]), signup_key="") as strict:
        assert httpx.get(f"{strict.url}/healthz").status_code == 400
        assert httpx.get(f"{strict.url}/healthz", headers={"Host": "chat.example"}).status_code == 200


async def test_on_tls_the_cookie_is_bound_to_this_host() -> None:
    from auth.guard import cookie_name

    assert cookie_name(secure=True) == "__Host-fabrix_chat"
