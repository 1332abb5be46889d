"""The other names of the account routes, the check of the sign-up key, and registering with a person's names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app import build
from auth import shapes
from tests.conftest import SIGNUP_KEY, settings_for
from tests.live_server import PASSWORD, LiveServer, Person

GOOD = {"password": PASSWORD, "email": "new@example.com", "auth_key": SIGNUP_KEY}


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[LiveServer]:
    """A server of its own, whose throttle nobody else has met."""
    with LiveServer(lambda: build(settings_for(tmp_path), upstreams=[]), signup_key=SIGNUP_KEY) as server:
        yield server


def post(server: LiveServer, path: str, **body: object) -> httpx.Response:
    return httpx.post(server.url + path, json=body)


def test_people_sign_up_in_and_out_on_the_short_paths(server: LiveServer) -> None:
    made = post(server, "/api/signup/", username="short.path", **GOOD)
    assert made.status_code == 201 and "fabrix_chat" in made.cookies
    shapes.NewProof.model_validate(made.json())
    known = post(server, "/api/login/", username="short.path", password=PASSWORD)
    shapes.Proof.model_validate(known.json())
    headers = {"Authorization": f"Token {known.json()['token']}"}
    left = httpx.post(f"{server.url}/api/logout/", headers=headers)
    shapes.Sentence.model_validate(left.json())
    gone = httpx.get(f"{server.url}/api/me", headers=headers)
    assert (gone.status_code, gone.json()) == (401, {"detail": "Invalid token."})


def test_a_person_registers_with_names(server: LiveServer) -> None:
    names = {"first_name": " 철수 ", "last_name": "김"}
    made = post(server, "/api/register/", username="kim.cs", password2=PASSWORD, **names, **GOOD)
    assert made.status_code == 201
    shapes.Registered.model_validate(made.json())
    assert made.json()["user"] == {"id": made.json()["user"]["id"], "username": "kim.cs", "email": "new@example.com"}
    me = httpx.get(f"{server.url}/api/me", headers={"Authorization": f"Bearer {made.json()['token']}"}).json()
    shapes.Me.model_validate(me)
    assert (me["first_name"], me["last_name"], me["user_id"]) == ("철수", "김", made.json()["user"]["id"])


def test_names_and_the_second_password_may_be_missing(server: LiveServer) -> None:
    made = post(server, "/api/register/", username="nameless", **GOOD)
    me = httpx.get(f"{server.url}/api/me", headers={"Authorization": f"Token {made.json()['token']}"}).json()
    assert (me["first_name"], me["last_name"]) == ("", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password2": "another long one"}, "password2"),
        ({"password2": ""}, "password2"),
        ({"first_name": "x" * 151}, "first_name"),
        ({"last_name": "line\nbreak"}, "last_name"),
        ({"auth_key": ""}, "auth_key"),
        ({"username": ""}, "username"),
    ],
)
def test_a_bad_field_of_a_registration_is_named(server: LiveServer, changes: dict[str, str], field: str) -> None:
    answer = post(server, "/api/register/", **{"username": "never", **GOOD, **changes})
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_registering_needs_the_key(lonely: LiveServer) -> None:
    answer = post(lonely, "/api/register/", **{"username": "never", **GOOD, "auth_key": "000000"})
    assert (answer.status_code, answer.json()) == (403, {"error": "Invalid Auth Key."})


def test_the_key_can_be_checked_alone(lonely: LiveServer) -> None:
    right = post(lonely, "/api/validate-auth/", auth_key=f" {SIGNUP_KEY} ")
    assert (right.status_code, right.json()) == (200, {"valid": True})
    wrong = post(lonely, "/api/validate-auth/", auth_key="000000")
    assert (wrong.status_code, wrong.json()) == (403, {"valid": False, "error": "Invalid Auth Key."})
    missing = post(lonely, "/api/validate-auth/")
    assert (missing.status_code, missing.json()) == (400, {"auth_key": ["This field is required."]})


def test_checking_the_key_is_throttled_together_with_signing_up(lonely: LiveServer) -> None:
    statuses = [post(lonely, "/api/validate-auth/", auth_key="000000").status_code for _ in range(4)]
    statuses.append(post(lonely, "/api/signup/", **{"username": "never", **GOOD, "auth_key": "1"}).status_code)
    assert statuses == [403] * 5
    for answer in (
        post(lonely, "/api/validate-auth/", auth_key=SIGNUP_KEY),
        post(lonely, "/api/register/", username="never", **GOOD),
    ):
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0
        shapes.TooMany.model_validate(answer.json())


def test_checking_the_right_key_is_never_throttled(lonely: LiveServer) -> None:
    statuses = {post(lonely, "/api/validate-auth/", auth_key=SIGNUP_KEY).status_code for _ in range(12)}
    assert statuses == {200}


@pytest.mark.parametrize("path", ["/api/login/", "/api/signup/", "/api/register/", "/api/validate-auth/"])
def test_an_old_cookie_is_no_hindrance(server: LiveServer, person: Person, path: str) -> None:
    answer = httpx.post(server.url + path, json={}, cookies={"fabrix_chat": person.token})
    assert answer.status_code == 400


def test_the_server_tells_how_it_does_in_its_documented_shape(server: LiveServer) -> None:
    shapes.Health.model_validate(httpx.get(f"{server.url}/healthz").json())
