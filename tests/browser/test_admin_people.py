"""The administrator's tab of people in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from storage.models import users
from tests.live_server import LiveServer


@pytest.fixture
def admin(visit, shared_database):
    """An administrator before the tab of people."""
    visitor = visit(width=1280, height=900)
    visitor.enter()
    shared_database.write_now(
        lambda c: c.execute(users.update().where(users.c.username == visitor.username).values(role="admin"))
    )
    visitor.page.goto(visitor.url + "/admin/")
    visitor.ready()
    visitor.page.get_by_role("tab", name="People").click()
    # A filter typed before the first list has come could be overtaken by it.
    expect(visitor.page.locator(".count").first).to_contain_text("people")
    return visitor


def find(page, name: str) -> None:
    page.locator("#people-search input, #people-search textarea").fill(name)
    expect(page.locator(".count").first).to_have_text("1 people · page 1 of 1")
    # The Dataframe draws its rows a second time, unseen, to measure them.
    page.locator("#people-table").get_by_text(name, exact=True).locator("visible=true").first.click()
    expect(page.locator("#person-username input, #person-username textarea")).to_have_value(name)


def test_the_way_there_is_shown_to_staff_only(visitor, shared_database) -> None:
    page = visitor.page
    expect(page.locator("#to-admin")).to_be_hidden()
    shared_database.write_now(
        lambda c: c.execute(users.update().where(users.c.username == visitor.username).values(role="staff"))
    )
    page.reload()
    visitor.ready()
    page.click("#to-admin")
    expect(page.get_by_role("heading", name="Administration")).to_be_visible()


def test_somebody_is_found_and_changed(admin, server: LiveServer) -> None:
    page = admin.page
    with server.sign_up("findme") as person:
        person.ask_and_wait(person.conversation())
        find(page, "findme")
        expect(page.locator("#person-card .count")).to_contain_text("Last 30 days: 1 questions (0 failed)")
        page.locator("#person-email input, #person-email textarea").fill("new@example.com")
        page.locator("#person-rpm input, #person-rpm textarea").fill("7")
        page.click("#person-save")
        expect(page.locator(".notice:visible")).to_contain_text("findme was saved")
        assert person.http.get("/api/me").json()["email"] == "new@example.com"
        assert person.http.get("/api/limits").json()["you"]["minute"]["limit"] == 7


def test_somebody_is_suspended_and_reinstated(admin, server: LiveServer) -> None:
    page = admin.page
    with server.sign_up("suspendme") as person:
        find(page, "suspendme")
        page.click("#person-suspend")
        expect(page.locator(".notice:visible")).to_contain_text("suspendme is suspended")
        assert person.http.get("/api/me").status_code == 401
        page.click("#person-unsuspend")
        expect(page.locator(".notice:visible")).to_contain_text("may sign in again")


def test_a_wrong_limit_is_told_and_nothing_is_saved(admin, server: LiveServer) -> None:
    page = admin.page
    with server.sign_up("limitme") as person:
        find(page, "limitme")
        page.locator("#person-rpm input, #person-rpm textarea").fill("many")
        page.locator("#person-email input, #person-email textarea").fill("other@example.com")
        page.click("#person-save")
        expect(page.locator(".notice:visible")).to_contain_text("whole number")
        assert person.http.get("/api/me").json()["email"] == "limitme@example.com"


def test_a_deletion_says_first_what_goes_with_it(admin, server: LiveServer) -> None:
    page = admin.page
    with server.sign_up("deleteme") as person:
        person.ask_and_wait(person.conversation())
        find(page, "deleteme")
        page.click("#person-delete")
        expect(page.locator(".question")).to_contain_text("1 conversations, 2 messages and 0 files")
        page.click("#person-delete-yes")
        expect(page.locator(".notice:visible")).to_contain_text("all that was theirs are deleted")
        assert person.http.get("/api/me").status_code == 401


def test_a_one_time_link_is_made(admin, server: LiveServer) -> None:
    page = admin.page
    with server.sign_up("linkme"):
        find(page, "linkme")
        page.click("#person-link")
        link = page.locator("#person-made-link input, #person-made-link textarea")
        expect(link).to_have_value(re.compile(re.escape(server.url) + "/login/#reset="))


def test_the_last_administrator_stays(admin, shared_database) -> None:
    page = admin.page
    shared_database.write_now(
        lambda c: c.execute(users.update().where(users.c.username != admin.username).values(role="user"))
    )
    find(page, admin.username)
    page.click("#person-suspend")
    expect(page.locator(".notice:visible")).to_contain_text("administrator")


def test_somebody_new_is_added(admin) -> None:
    page = admin.page
    page.get_by_text("Add a person").click()
    page.locator("#new-username input, #new-username textarea").fill("brandnew")
    page.locator("#new-password input").fill("x")
    page.locator("#new-email input, #new-email textarea").fill("brandnew@example.com")
    page.click("#add-button")
    expect(page.locator(".notice:visible")).to_contain_text("password")
    page.locator("#new-password input").fill("correct horse battery")
    page.click("#add-button")
    expect(page.locator(".notice:visible")).to_contain_text("brandnew was added")
