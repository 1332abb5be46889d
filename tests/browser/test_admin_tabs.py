"""The administrator's other tabs in a real browser: each is opened, and does what it is for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from chat.errors import AgentFailed
from storage.models import users
from tests.live_server import LiveServer


def within(page, name: str):
    """The box of a Gradio field."""
    return page.locator(f"#{name} input, #{name} textarea")


def cell(page, table: str, text: str):
    # The Dataframe draws its rows a second time, unseen, to measure them.
    return page.locator(f"#{table}").get_by_text(text, exact=True).locator("visible=true").first


@pytest.fixture
def admin(visit, shared_database):
    visitor = visit(width=1280, height=900)
    visitor.enter()
    shared_database.write_now(
        lambda c: c.execute(users.update().where(users.c.username == visitor.username).values(role="admin"))
    )
    visitor.page.goto(visitor.url + "/admin/")
    visitor.ready()
    return visitor


def open_tab(page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def test_the_overview_shows_the_moment_and_follows_it(admin, server: LiveServer) -> None:
    page = admin.page
    expect(page.locator("#overview")).to_contain_text("Answering")
    expect(page.locator("#overview .present")).to_contain_text(admin.username)
    expect(page.locator("#overview .card", has_text="Last backup")).to_have_class(re.compile("bad"))
    with server.sign_up("newcomer") as newcomer:
        newcomer.ask_and_wait(newcomer.conversation())
        expect(page.locator("#overview .card", has_text="requests this minute")).to_contain_text(" / ")


def test_the_usage_is_counted_and_can_be_taken_away(admin, person) -> None:
    page = admin.page
    person.ask_and_wait(person.conversation())
    open_tab(page, "Usage")
    expect(page.locator(".count:visible")).to_contain_text("questions")
    expect(page.locator("#usage-chart canvas, #usage-chart svg").first).to_be_visible()
    expect(cell(page, "top-people", "Person")).to_be_visible()
    for link, signature in (("usage_csv", b"\xef\xbb\xbf"), ("usage_excel", b"PK")):
        with page.expect_download() as download:
            page.click(f"#{link}")
        assert download.value.path().read_bytes().startswith(signature)
    within(page, "usage-since").fill("yesterday")
    within(page, "usage-since").press("Enter")
    expect(page.locator(".notice:visible")).to_contain_text("enter a day as 2026-01-31")


def test_what_other_limits_would_have_done(admin, person) -> None:
    page = admin.page
    person.ask_and_wait(person.conversation())
    open_tab(page, "Usage")
    page.get_by_text("With other limits?").click()
    within(page, "what-if-rpm").fill("x")
    page.click("#what-if-go")
    expect(page.locator(".notice:visible")).to_contain_text("whole number")
    within(page, "what-if-rpm").fill("1")
    page.click("#what-if-go")
    expect(page.locator(".notice:visible")).to_contain_text("would have waited")


def test_conversations_are_listed_without_titles(admin, person) -> None:
    page = admin.page
    conversation = person.conversation(title="A very private title")
    person.ask_and_wait(conversation)
    open_tab(page, "Conversations")
    expect(page.locator(".count:visible")).to_contain_text("conversations")
    within(page, "conversations-owner").fill(person.username)
    expect(cell(page, "conversations-table", conversation)).to_be_visible()
    assert "very private" not in page.content()


def test_an_error_number_leads_to_its_turn(admin, person, upstream) -> None:
    page = admin.page
    upstream.enqueue(AgentFailed())
    turn = person.ask_and_wait(person.conversation(), "nobody reads this here")
    number = person.events(turn["turn_id"])[-1].data["number"]
    open_tab(page, "Errors")
    expect(page.locator("#error-about")).to_be_hidden()
    within(page, "error-number").fill(number.lower())
    page.click("#error-find")
    expect(cell(page, "error-about", "agent_failed")).to_be_visible()
    expect(cell(page, "error-steps", "Asked")).to_be_visible()
    assert "nobody reads this" not in page.content()
    within(page, "error-number").fill("E-????")
    page.click("#error-find")
    expect(page.locator(".notice:visible")).to_contain_text("no error of this number")


def test_settings_are_in_force_at_once_and_can_be_undone(admin, person) -> None:
    page = admin.page
    open_tab(page, "Settings")
    expect(within(page, "rate_limit-user_rpm")).to_have_value("0")
    within(page, "rate_limit-user_rpm").fill("many")
    page.click("#settings-save")
    expect(page.locator(".notice:visible")).to_contain_text("must be a whole number")
    within(page, "rate_limit-user_rpm").fill("77")
    page.click("#settings-save")
    expect(page.locator(".notice:visible")).to_contain_text("in force")
    assert person.http.get("/api/limits").json()["you"]["minute"]["limit"] == 77
    page.click("#settings-undo")
    expect(within(page, "rate_limit-user_rpm")).to_have_value("0")
    assert person.http.get("/api/limits").json()["you"]["minute"] is None


def test_a_banner_is_shown_to_everybody_and_taken_down(admin, visit) -> None:
    page = admin.page
    open_tab(page, "Settings")
    expect(within(page, "rate_limit-user_rpm")).to_have_value("0")
    within(page, "settings-banner").fill("Maintenance at six")
    page.click("#settings-banner-show")
    expect(page.locator(".notice:visible")).to_contain_text("The banner is shown")
    reader = visit()
    reader.enter()
    expect(reader.page.locator("#site-notice")).to_contain_text("Maintenance at six")
    within(page, "settings-banner").fill("")
    page.click("#settings-banner-show")
    expect(page.locator(".notice:visible")).to_contain_text("The banner is gone")


def test_a_new_sign_up_key_is_shown_once(admin, shared_database) -> None:
    page = admin.page
    open_tab(page, "Settings")
    page.click("#settings-new-key")
    expect(page.locator(".notice:visible")).to_contain_text(re.compile(r"The new sign-up key: \d{6}"))
    page.click("#settings-undo")
    expect(page.locator(".notice:visible")).to_contain_text("is as before")


def test_the_doctor_tries_the_whole_chain(admin) -> None:
    page = admin.page
    open_tab(page, "Doctor")
    page.click("#doctor-run")
    expect(cell(page, "doctor-table", "✓ Well")).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        page.click("#doctor_save")
    assert download.value.path().read_text(encoding="utf-8").count("\n") > 5


def test_the_log_says_when_there_is_nothing(admin) -> None:
    page = admin.page
    open_tab(page, "Log")
    within(page, "log-text").fill("certainly not in any log line")
    within(page, "log-text").press("Enter")
    expect(page.locator(".notice:visible")).to_contain_text("no such entries")


def test_people_come_in_from_a_file_all_or_none(admin) -> None:
    page = admin.page
    open_tab(page, "People")
    page.get_by_text("Add people from a CSV file").click()
    heading = "username,password,first_name,last_name,email\n"
    bad = heading + "imported1,x,Kim,Minsu,one@example.com\n"
    page.set_input_files("#people-file", {"name": "p.csv", "mimeType": "text/csv", "buffer": bad.encode("cp949")})
    expect(page.locator(".notice:visible")).to_contain_text("1 rows have problems")
    good = heading + "imported1,correct horse battery,민수,김,one@example.com\n"
    page.set_input_files("#people-file", {"name": "p.csv", "mimeType": "text/csv", "buffer": good.encode("cp949")})
    expect(page.locator(".notice:visible")).to_contain_text("1 people can be added")
    expect(cell(page, "import-table", "김 민수")).to_be_visible()
    page.click("#import-add")
    expect(page.locator(".notice:visible").first).to_contain_text("1 people were added")
    within(page, "people-search").fill("imported1")
    expect(cell(page, "people-table", "imported1")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
@pytest.mark.parametrize("locale", ["ko-KR", "en-US"])
def test_nothing_hangs_over_the_edge(visit, shared_database, width: int, height: int, locale: str) -> None:
    visitor = visit(locale=locale, width=width, height=height)
    visitor.enter()
    shared_database.write_now(
        lambda c: c.execute(users.update().where(users.c.username == visitor.username).values(role="staff"))
    )
    visitor.page.goto(visitor.url + "/admin/")
    visitor.ready()
    expect(visitor.page.locator("#overview .card").first).to_be_visible()
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
