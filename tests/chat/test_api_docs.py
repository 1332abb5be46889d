"""The API's description: for signed-in people, complete, and true to the answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from chat import shapes
from tests.live_server import LiveServer, Person

LINKS = {f"/api/auth/{name}/" for name in ("link", "reset", "first-admin")}
OPEN = {"/healthz", "/api/notice", "/api/register/", "/api/validate-auth/", *LINKS} | {
    f"/api/{middle}{name}/" for middle in ("", "auth/") for name in ("login", "signup")
}


@pytest.fixture
def description(person: Person) -> dict[str, Any]:
    return dict(person.http.get("/api/openapi.json").json())


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_for_signed_in_people(server: LiveServer, person: Person) -> None:
    assert httpx.get(f"{server.url}/api/openapi.json").status_code == 401
    answer = httpx.get(f"{server.url}/api/docs")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login/?next=/api/docs")
    page = person.http.get("/api/docs")
    assert page.status_code == 200 and page.headers["cache-control"] == "no-store"
    nonce = page.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
    assert page.text.count("<script") == page.text.count(f'<script nonce="{nonce}" src="/ui/') == 2


@pytest.mark.parametrize("name", ["swagger-ui.css", "swagger-ui-bundle.js"])
def test_what_draws_it_comes_from_this_server(server: LiveServer, name: str) -> None:
    assert len(httpx.get(f"{server.url}/ui/swagger/{name}").content) > 100_000


def test_every_operation_has_its_words(description: dict[str, Any]) -> None:
    found = operations(description)
    assert len(found) > 35
    for method, path, operation in found:
        assert len(operation["tags"]) == 1 and " " in operation["summary"], path
        assert "422" not in operation["responses"] or path.startswith(("/agent", "/v1/")) or path.endswith("/card"), (
            path
        )
        good = [status for status in operation["responses"] if status.startswith("2")]
        assert good, (method, path)
        for status in good:
            schema = next(iter(operation["responses"][status].get("content", {}).values()), {}).get("schema")
            assert status == "204" or schema, (method, path)


def test_it_says_how_to_sign_in_and_what_is_open(description: dict[str, Any]) -> None:
    assert set(description["components"]["securitySchemes"]) == {"token", "cookie"}
    assert description["security"] == [{"token": []}, {"cookie": []}]
    assert {path for _, path, operation in operations(description) if operation.get("security") == []} == OPEN


def test_what_is_described_as_open_is_open_and_nothing_else(server: LiveServer, description: dict[str, Any]) -> None:
    for method, path, _ in operations(description):
        status = httpx.request(method, server.url + path.replace("{", "").replace("}", "")).status_code
        assert (status == 401) == (path not in OPEN), (method, path)


def test_answers_have_the_shapes_that_are_described(person: Person, upstream: object) -> None:
    conversation = person.conversation()
    turn = person.ask_and_wait(conversation)
    shapes.Turn.model_validate(turn)
    shapes.Agents.model_validate(person.http.get("/api/agents/").json())
    shapes.OpenConversation.model_validate(person.http.get(f"/api/sessions/{conversation}/").json())
    shapes.CountedConversation.model_validate(person.http.get("/api/sessions/").json()[0])
    shapes.TurnId.model_validate(person.http.post(f"/api/turns/{turn['turn_id']}/stop").json())
    shapes.File.model_validate(person.upload("a.csv", b"a"))
    shapes.Limits.model_validate(person.http.get("/api/limits").json())
    shapes.Minute.model_validate(person.http.get("/rate-limit-status").json())
