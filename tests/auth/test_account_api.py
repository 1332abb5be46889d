"""One's own account over HTTP: password, sign-ins, API tokens."""

from __future__ import annotations

import threading
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from auth import shapes
from auth.own_account import API_TOKENS
from storage import audit
from storage.audit import Filter
from storage.database import Database
from storage.models import logins as logins_table
from storage.models import now
from tests.live_server import PASSWORD, LiveServer, Person

NEW = "another long password"


def sign_in(server: LiveServer, person: Person, password: str = PASSWORD) -> httpx.Response:
    body = {"username": person.username, "password": password}
    return httpx.post(f"{server.url}/api/auth/login/", json=body, headers={"User-Agent": "Firefox/1 (Windows NT)"})


def me(server: LiveServer, token: str, scheme: str = "Token") -> int:
    return httpx.get(f"{server.url}/api/me", headers={"Authorization": f"{scheme} {token}"}).status_code


def change_password(person: Person, old: str = PASSWORD, new: str = NEW, **more: object) -> httpx.Response:
    return person.http.post("/api/account/password/", json={"old_password": old, "new_password": new, **more})


def api_token(person: Person, name: str = "nightly report") -> str:
    answer = person.http.post("/api/account/tokens/", json={"name": name})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return str(answer.json()["token"])


def acts_on(database: Database, person: Person) -> list[str]:
    """The newest first."""
    return [entry.action for entry in database.read_now(audit.entries, Filter(person=person.username))]


def test_a_new_password_replaces_the_old_one(server: LiveServer, person: Person, shared_database: Database) -> None:
    assert change_password(person).status_code == 200
    assert sign_in(server, person).status_code == 401
    assert sign_in(server, person, NEW).status_code == 200
    assert acts_on(shared_database, person)[:3] == ["sign_in", "sign_in.failed", "password.changed"]


def test_a_new_password_ends_the_other_sign_ins_and_keeps_tokens(server: LiveServer, person: Person) -> None:
    other, token = sign_in(server, person).json()["token"], api_token(person)
    assert change_password(person).json()["ended"] == 1
    assert [me(server, item) for item in (other, token, person.token)] == [401, 200, 200]


def test_a_new_password_ends_the_api_tokens_on_request(server: LiveServer, person: Person) -> None:
    token = api_token(person)
    assert change_password(person, end_tokens=True).json()["ended"] == 1
    assert me(server, token) == 401


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("wrong password", NEW, "old_password"),
        ("", NEW, "old_password"),
        (PASSWORD, "", "new_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "password1", "new_password"),
    ],
)
def test_a_bad_change_of_password_is_named(server: LiveServer, person: Person, old: str, new: str, field: str) -> None:
    answer = change_password(person, old, new)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert sign_in(server, person).status_code == 200


def test_guessing_the_old_password_is_throttled_and_noted_once(person: Person, shared_database: Database) -> None:
    statuses = [change_password(person, f"wrong {number}").status_code for number in range(8)]
    assert statuses == [400] * 5 + [429] * 3
    assert acts_on(shared_database, person)[:6] == ["password.throttled", *["password.failed"] * 5]


def test_the_own_sign_ins_are_listed(server: LiveServer, person: Person) -> None:
    sign_in(server, person)
    api_token(person)
    newer, own = person.http.get("/api/account/logins/").json()
    assert (newer["current"], newer["browser"], newer["address"]) == (False, "Firefox, Windows", "127.0.0.1")
    assert own["current"] and own["created_at"] <= newer["created_at"]


def test_one_sign_in_is_ended(server: LiveServer, person: Person, shared_database: Database) -> None:
    token = sign_in(server, person).json()["token"]
    [other] = [item["id"] for item in person.http.get("/api/account/logins/").json() if not item["current"]]
    assert person.http.delete(f"/api/account/logins/{other}/").status_code == 204
    assert me(server, token) == 401 and me(server, person.token) == 200
    assert acts_on(shared_database, person)[0] == "login.ended"


def test_all_others_are_ended_at_once(server: LiveServer, person: Person) -> None:
    tokens = [sign_in(server, person).json()["token"] for _ in range(2)]
    kept = api_token(person)
    assert person.http.delete("/api/account/logins/").json() == {"ended": 2}
    assert [me(server, token) for token in (*tokens, kept, person.token)] == [401, 401, 200, 200]


def test_an_api_token_is_shown_once_and_hashed_at_rest(person: Person, shared_database: Database) -> None:
    token = api_token(person)
    [listed] = person.http.get("/api/account/tokens/").json()
    assert set(listed) == {"id", "name", "created_at", "used_at"} and listed["used_at"] is None
    rows = shared_database.read_now(lambda c: c.execute(select(logins_table.c.token_hash)).scalars().all())
    assert not any(token.encode() in row or bytes.fromhex(token) in row for row in rows)


@pytest.mark.parametrize("scheme", ["Token", "Bearer"])
def test_an_api_token_signs_calls_and_its_last_use_is_shown(server: LiveServer, person: Person, scheme: str) -> None:
    assert me(server, api_token(person), scheme) == 200
    [listed] = person.http.get("/api/account/tokens/").json()
    assert listed["used_at"] is not None


def test_an_api_token_survives_idle_months(server: LiveServer, person: Person, shared_database: Database) -> None:
    token = api_token(person)
    long_ago = now() - timedelta(days=200)
    change = update(logins_table).where(logins_table.c.name.is_not(None)).values(used_at=long_ago, created_at=long_ago)
    shared_database.write_now(lambda c: c.execute(change) and None)
    assert me(server, token) == 200


def test_a_revoked_token_is_good_no_longer(server: LiveServer, person: Person, shared_database: Database) -> None:
    token = api_token(person)
    [listed] = person.http.get("/api/account/tokens/").json()
    assert person.http.delete(f"/api/account/tokens/{listed['id']}/").status_code == 204
    assert me(server, token) == 401
    assert acts_on(shared_database, person)[:2] == ["token.revoked", "token.made"]


def test_an_api_token_needs_a_name(person: Person) -> None:
    answer = person.http.post("/api/account/tokens/", json={"name": "  "})
    assert (answer.status_code, answer.json()) == (400, {"name": ["This field is required."]})


def test_there_is_an_end_to_the_tokens_of_one_person(person: Person) -> None:
    for number in range(API_TOKENS):
        api_token(person, f"token {number}")
    answer = person.http.post("/api/account/tokens/", json={"name": "one more"})
    assert answer.status_code == 400 and list(answer.json()) == ["name"]


def test_others_logins_and_tokens_are_not_found(person: Person, other: Person) -> None:
    api_token(other)
    [token] = other.http.get("/api/account/tokens/").json()
    [login] = other.http.get("/api/account/logins/").json()
    for path in (f"tokens/{token['id']}", f"logins/{login['id']}", "tokens/999999", f"logins/{token['id']}"):
        answer = person.http.delete(f"/api/account/{path}/")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert len(other.http.get("/api/account/tokens/").json()) == 1


ROUTES = [
    ("GET", "logins/"),
    ("DELETE", "logins/"),
    ("DELETE", "logins/1/"),
    ("GET", "tokens/"),
    ("POST", "tokens/"),
    ("DELETE", "tokens/1/"),
    ("POST", "password/"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_at_an_account_without_a_sign_in(
    server: LiveServer, person: Person, method: str, path: str
) -> None:
    url = f"{server.url}/api/account/{path}"
    assert httpx.request(method, url).status_code == 401
    with_token = httpx.request(method, url, headers={"Authorization": f"Token {api_token(person)}"})
    assert (with_token.status_code, list(with_token.json())) == (403, ["detail"])


def test_an_api_token_is_no_cookie(server: LiveServer, person: Person) -> None:
    cookies = {"fabrix_chat": api_token(person)}
    assert httpx.get(f"{server.url}/api/me", cookies=cookies).status_code == 401
    assert httpx.get(f"{server.url}/", cookies=cookies).status_code == 303


def test_signing_out_is_in_the_log_and_ends_no_running_turn(
    server: LiveServer, person: Person, upstream, shared_database: Database
) -> None:
    from chat.events import Delta, Finished
    from tests.scripted_upstream import Gate

    gate = Gate()
    upstream.enqueue(Delta("first "), gate, Delta("second"), Finished())
    conversation = person.conversation()
    person.ask(conversation)
    gate.wait_until_reached()
    person.http.post("/api/auth/logout/")
    gate.release()
    token = sign_in(server, person).json()["token"]
    person.http.headers["Authorization"] = f"Token {token}"
    for _ in range(1000):
        answer = person.messages(conversation)[1]
        if answer["state"] == "done":
            break
    assert (answer["state"], answer["content"]) == ("done", "first second")
    assert "sign_out" in acts_on(shared_database, person)


def test_sign_ins_good_and_bad_are_in_the_log(server: LiveServer, person: Person, shared_database: Database) -> None:
    sign_in(server, person)
    sign_in(server, person, "wrong password")
    assert acts_on(shared_database, person) == ["sign_in.failed", "sign_in", "sign_up"]


def test_an_unknown_name_is_not_written_down(server: LiveServer, shared_database: Database) -> None:
    """It may be a password that was typed into the wrong box."""
    httpx.post(f"{server.url}/api/auth/login/", json={"username": "MySecret99!", "password": "x"})
    [newest] = shared_database.read_now(audit.entries, Filter(), limit=1)
    assert (newest.action, newest.details) == ("sign_in.failed", {"reason": "unknown name"})
    assert "MySecret" not in str(newest)


def test_throttled_sign_ins_are_noted_once(server: LiveServer, person: Person, shared_database: Database) -> None:
    before = len(shared_database.read_now(audit.entries, Filter(action="sign_in.throttled")))
    assert [sign_in(server, person, "wrong one").status_code for _ in range(8)][5:] == [429] * 3
    assert len(shared_database.read_now(audit.entries, Filter(action="sign_in.throttled"))) == before + 1


def test_a_wrong_sign_up_key_is_noted(server: LiveServer, shared_database: Database) -> None:
    body = {"username": "keyguesser", "password": PASSWORD, "email": "a@example.com", "auth_key": "000001"}
    httpx.post(f"{server.url}/api/auth/signup/", json=body)
    assert shared_database.read_now(audit.entries, Filter(action="sign_up.failed"))


def test_two_new_tokens_at_once_keep_to_the_limit(person: Person) -> None:
    for number in range(API_TOKENS - 1):
        api_token(person, f"token {number}")
    statuses: list[int] = []

    def make() -> None:
        statuses.append(person.http.post("/api/account/tokens/", json={"name": "x"}).status_code)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 400, 400, 400]


def test_the_answers_have_the_shapes_that_are_described(server: LiveServer, person: Person) -> None:
    sign_in(server, person)
    shapes.OwnLogin.model_validate(person.http.get("/api/account/logins/").json()[0])
    shapes.NewApiToken.model_validate(person.http.post("/api/account/tokens/", json={"name": "t"}).json())
    shapes.ApiToken.model_validate(person.http.get("/api/account/tokens/").json()[0])
    shapes.Ended.model_validate(person.http.delete("/api/account/logins/").json())
    shapes.ChangedPassword.model_validate(change_password(person).json())
