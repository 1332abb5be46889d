"""Signing up, in and out over HTTP: statuses and bodies as they are promised."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import httpx
import pytest

from auth.accounts import NewPerson, SignedIn
from auth.errors import FieldErrors, WrongKey
from auth.services import account_services
from storage import users
from storage.secret import Secret
from tests.conftest import SIGNUP_KEY, settings_for
from tests.live_server import PASSWORD, LiveServer, Person

GOOD = {"username": "newcomer", "password": PASSWORD, "email": "new@example.com", "auth_key": SIGNUP_KEY}


def sign_up(server: LiveServer, **changes: object) -> httpx.Response:
    return httpx.post(f"{server.url}/api/auth/signup/", json={**GOOD, **changes})


def sign_in(server: LiveServer, username: str, password: str = PASSWORD) -> httpx.Response:
    return httpx.post(f"{server.url}/api/auth/login/", json={"username": username, "password": password})


def test_signing_up_answers_a_token_and_sets_the_cookie(server: LiveServer) -> None:
    answer = sign_up(server, username="first.person")
    assert answer.status_code == 201
    assert set(answer.json()) == {"message", "token", "user_id", "username", "email"}
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert "Max-Age" not in cookie and "expires" not in cookie.lower()


def test_a_wrong_key_is_refused(server: LiveServer) -> None:
    answer = sign_up(server, username="keyless", auth_key="000000")
    assert (answer.status_code, answer.json()) == (403, {"error": "Invalid Auth Key."})


def test_a_taken_name_is_refused_whatever_its_case(server: LiveServer, person: Person) -> None:
    answer = sign_up(server, username=person.username.upper())
    assert (answer.status_code, answer.json()) == (400, {"error": "Username already exists."})


def test_all_missing_fields_are_named_at_once(server: LiveServer) -> None:
    answer = httpx.post(f"{server.url}/api/auth/signup/", json={})
    assert answer.status_code == 400
    assert answer.json() == {
        name: ["This field is required."] for name in ("username", "email", "password", "auth_key")
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "김철수"),
        ("username", "-dash"),
        ("username", "x" * 51),
        ("username", "line\nbreak"),
        ("email", "nobody"),
        ("email", "a b@example.com"),
        ("password", "1234567"),
        ("password", "password1"),
        ("username", 7),
    ],
)
def test_a_bad_field_is_named(server: LiveServer, field: str, value: object) -> None:
    answer = sign_up(server, **{field: value})
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff"])
def test_a_body_that_is_no_object_is_a_clear_error(server: LiveServer, body: bytes) -> None:
    answer = httpx.post(f"{server.url}/api/auth/login/", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_signing_in_answers_a_token_that_works(server: LiveServer, person: Person) -> None:
    answer = sign_in(server, person.username.upper())
    assert answer.status_code == 200
    assert set(answer.json()) == {"token", "user_id", "username", "email"}
    for scheme in ("Token", "Bearer"):
        headers = {"Authorization": f"{scheme} {answer.json()['token']}"}
        assert httpx.get(f"{server.url}/api/me", headers=headers).json()["username"] == person.username


def test_unknown_name_and_wrong_password_get_the_same_answer(server: LiveServer, person: Person) -> None:
    answers = [sign_in(server, person.username, "wrong password"), sign_in(server, "nobody-at-all")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json() == {"error": "Invalid credentials"}


def test_a_disabled_account_is_told_only_to_who_knows_the_password(
    server: LiveServer, person: Person, shared_database
) -> None:
    user_id = person.http.get("/api/me").json()["user_id"]
    shared_database.write_now(users.set_active, user_id, active=False)
    assert sign_in(server, person.username, "wrong password").status_code == 401
    answer = sign_in(server, person.username)
    assert (answer.status_code, answer.json()) == (403, {"error": "Account is disabled."})


def test_guessing_a_password_is_throttled(server: LiveServer, person: Person) -> None:
    statuses = [sign_in(server, person.username, f"wrong password {n}").status_code for n in range(7)]
    assert statuses[:5] == [401] * 5 and statuses[5:] == [429] * 2
    answer = sign_in(server, person.username)
    assert int(answer.headers["retry-after"]) == answer.json()["retry_after"] > 0


def test_signing_out_ends_the_token_and_takes_the_cookie_back(server: LiveServer, person: Person) -> None:
    answer = person.http.post("/api/auth/logout/")
    assert answer.status_code == 200
    assert 'fabrix_chat=""' in answer.headers["set-cookie"]
    again = person.http.get("/api/me")
    assert (again.status_code, again.json()) == (401, {"detail": "Invalid token."})


def test_without_a_login_there_is_nothing(server: LiveServer) -> None:
    for path in ("/api/me", "/api/sessions/", "/api/agents/", "/files/abc", "/api/turns/x/events"):
        answer = httpx.get(server.url + path)
        assert answer.status_code == 401, path
        assert answer.json() == {"detail": "Authentication credentials were not provided."}


@pytest.mark.parametrize("path", ["/api/sessions/", "/api/sessions/x/turns/", "/api/sessions/x/messages/"])
def test_the_guard_comes_before_the_body(server: LiveServer, path: str) -> None:
    assert httpx.post(server.url + path, json={}).status_code == 401


def test_a_body_of_another_type_is_named_plainly(server: LiveServer) -> None:
    answer = httpx.post(f"{server.url}/api/auth/login/", content=b"{}", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": ["The body must be a JSON object."]})


def test_an_address_that_does_not_exist_is_not_found(person: Person) -> None:
    answer = person.http.get("/api/nothing/here")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_a_long_decomposed_password_signs_in(server: LiveServer) -> None:
    password = unicodedata.normalize("NFD", "각" * 100)
    assert sign_up(server, username="decomposed", password=password).status_code == 201
    assert sign_in(server, "decomposed", password).status_code == 200


def test_a_cookie_is_as_good_as_a_token_on_routes(server: LiveServer, person: Person) -> None:
    cookies = {"fabrix_chat": person.token}
    assert httpx.get(f"{server.url}/api/me", cookies=cookies).status_code == 200


def test_a_token_does_not_open_the_page(server: LiveServer, person: Person) -> None:
    answer = person.http.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 303


async def test_domains_can_be_restricted(database, tmp_path) -> None:
    from auth.accounts import Accounts
    from auth.logins import Logins
    from auth.passwords import Passwords
    from auth.throttle import Throttle

    settings = settings_for(tmp_path)
    passwords = Passwords(rounds=4)
    accounts = Accounts(
        database,
        passwords=passwords,
        logins=Logins.__new__(Logins),
        throttle=Throttle(),
        signup_key=settings.auth.admin_signup_key,
        email_domains=["Company.co.kr"],
    )
    assert accounts.problems(NewPerson("kim", "kim@company.CO.kr", PASSWORD)) == {}
    assert "email" in accounts.problems(NewPerson("kim", "kim@evil.company.co.kr.example", PASSWORD))
    passwords.close()


async def test_another_key_and_other_domains_are_in_force_at_once(tmp_path: Path) -> None:
    services = account_services(settings_for(tmp_path))
    accounts = services.accounts

    async def sign_up(email: str, key: str) -> SignedIn:
        return await accounts.sign_up(NewPerson("kim", email, PASSWORD), key=key, address="::1")

    accounts.admit(signup_key=Secret("111111"), email_domains=["@Company.co.kr"])
    with pytest.raises(WrongKey):
        await sign_up("kim@company.co.kr", SIGNUP_KEY)
    with pytest.raises(FieldErrors):
        await sign_up("kim@example.com", "111111")
    assert (await sign_up("kim@company.co.kr", "111111")).user.username == "kim"
    services.close()
