"""Who may reach the admin page: staff and administrators, and nobody else, by whatever name or number."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from admin.people import PAGE
from storage.database import Database
from storage.models import users
from tests.live_server import LiveServer, Person

EVENT = "/admin/gradio_api/run/predict"
ROUTES = ("/admin", "/admin/", "/admin/theme.css", "/admin/config", "/admin/gradio_api/info", "/admin/static/js/x.js")


@pytest.fixture
def browser_of(server: LiveServer) -> Iterator[object]:
    clients: list[httpx.Client] = []

    def opened(person: Person | None) -> httpx.Client:
        cookies = {"fabrix_chat": person.token} if person else {}
        clients.append(httpx.Client(base_url=server.url, cookies=cookies, headers={"Origin": server.url}))
        return clients[-1]

    yield opened
    for client in clients:
        client.close()


def promote(database: Database, person: Person, role: str) -> None:
    database.write_now(lambda c: c.execute(users.update().where(users.c.username == person.username).values(role=role)))


def events(client: httpx.Client) -> list[dict]:
    """The events of the page as its own configuration names them, for staff."""
    page = client.get("/admin/").text
    config = page.split("window.gradio_config = ")[1].split(";</script>")[0]
    return json.loads(config)["dependencies"]


def test_an_ordinary_user_is_told_that_there_is_nothing(person: Person, browser_of) -> None:
    client = browser_of(person)
    for route in ROUTES:
        assert client.get(route).status_code == 404, route
        assert client.get(route).json() == {"detail": "Not found."}


def test_nobody_is_asked_to_sign_in(browser_of) -> None:
    client = browser_of(None)
    for route in ROUTES:
        answer = client.get(route)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login/"), route
    assert client.post(EVENT, json={"fn_index": 0, "data": [], "session_hash": "x"}).status_code == 401


@pytest.mark.parametrize("role", ["staff", "admin"])
def test_staff_and_administrators_get_the_page(person: Person, shared_database, browser_of, role) -> None:
    promote(shared_database, person, role)
    client = browser_of(person)
    assert client.get("/admin").headers["location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_each_event_is_refused_by_number_and_by_name(person, other, shared_database, browser_of) -> None:
    promote(shared_database, other, "admin")
    found = events(browser_of(other))
    assert len(found) > 5
    user, nobody = browser_of(person), browser_of(None)
    for event in found:
        body = {"fn_index": event["id"], "data": [None] * len(event["inputs"]), "session_hash": "mine"}
        assert user.post(EVENT, json=body).status_code == 404
        assert nobody.post(EVENT, json=body).status_code == 401
        for path in (f"/admin/gradio_api/call/{event['api_name']}", f"/admin/gradio_api/api/{event['api_name']}"):
            assert user.post(path, json=body).status_code == 404
            assert nobody.post(path, json=body).status_code == 401


def test_the_page_holds_no_data_before_its_events_are_rung(person, other, shared_database, browser_of) -> None:
    promote(shared_database, person, "admin")
    assert other.username not in browser_of(person).get("/admin/").text


def test_a_role_that_was_taken_away_ends_at_the_next_ring(person, shared_database, browser_of) -> None:
    promote(shared_database, person, "staff")
    client = browser_of(person)
    [first, *_] = events(client)
    promote(shared_database, person, "user")
    body = {"fn_index": first["id"], "data": [None] * len(first["inputs"]), "session_hash": "mine2"}
    assert client.post(EVENT, json=body).status_code == 404


def test_a_page_of_people_has_a_size_that_stays_quick() -> None:
    assert PAGE <= 100
