"""The administrator's tab of conversations in a real browser, and what the owner sees of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from storage import openings as opened
from storage.models import conversations, now, openings, users
from tests.browser.conftest import Visitor
from tests.live_server import LiveServer

REASON = "A complaint of last week"


@pytest.fixture
def staff_member(visit, shared_database):
    """Opens the tab of conversations for somebody with a role: staff_member("admin")."""

    def entered(role: str, **options: object) -> Visitor:
        visitor = visit(width=1280, height=900, **options)
        visitor.enter()
        shared_database.write_now(
            lambda c: c.execute(users.update().where(users.c.username == visitor.username).values(role=role))
        )
        visitor.page.goto(visitor.url + "/admin/")
        visitor.ready()
        visitor.page.get_by_role("tab", name="Conversations", exact=True).click()
        # What the tab shows at first has come: it can't replace what a test looks for.
        visitor.page.locator(".count:visible").wait_for()
        return visitor

    return entered


def box(page: Page, name: str):
    return page.locator(f"#{name} input, #{name} textarea")


def choose(page: Page, owner: str, conversation: str) -> None:
    box(page, "conversations-owner").fill(owner)
    # The Dataframe draws its rows a second time, unseen, to measure them.
    page.locator("#conversations-table").get_by_text(conversation).locator("visible=true").first.click()


def open_it(page: Page, reason: str = REASON) -> None:
    box(page, "opening-reason").fill(reason)
    page.click("#open-conversation")


def test_an_administrator_opens_a_conversation_and_its_owner_is_told(staff_member, visitor, server) -> None:
    owner = visitor.page
    visitor.ask("<b>secret</b> ${question}\nof two lines")
    conversation = owner.evaluate("new URLSearchParams(location.search).get('c')")
    expect(owner.locator("#seen-by")).to_be_hidden()

    admin = staff_member("admin")
    page = admin.page
    choose(page, visitor.username, conversation)
    expect(box(page, "conversation-id")).to_have_value(conversation)
    expect(page.locator("#opened")).to_be_hidden()
    assert "secret" not in page.locator("body").inner_text()
    open_it(page)
    expect(page.locator("#opened article")).to_have_count(2)
    # Plain text: neither HTML nor a template.
    expect(page.locator("#opened article p").first).to_have_text("<b>secret</b> ${question}\nof two lines")
    expect(page.locator(".notice:visible")).to_contain_text("Open until")

    owner.reload()
    visitor.ready()
    expect(owner.locator("#seen-by")).to_contain_text(f"Seen by {admin.username} on ")
    expect(owner.locator("#seen-by")).to_contain_text(f"because: {REASON}")
    owner.click("#new-chat")
    expect(owner.locator("#seen-by")).to_be_hidden()


def test_attachments_are_named_and_not_given(staff_member, person) -> None:
    conversation = person.conversation()
    file = person.upload("figures <b>.csv", b"a,b\n1,2\n")
    person.ask_and_wait(conversation, "look", file_id=file["file_id"])
    page = staff_member("admin").page
    choose(page, person.username, conversation)
    open_it(page)
    expect(page.locator("#opened li")).to_have_text([file["name"]])
    assert page.locator("#opened a").count() == 0


def test_a_short_reason_opens_nothing(staff_member, person) -> None:
    conversation = person.conversation()
    person.ask_and_wait(conversation)
    page = staff_member("admin").page
    choose(page, person.username, conversation)
    open_it(page, "too short")
    expect(page.locator(".notice:visible")).to_contain_text("reason of 10 to 500")
    expect(page.locator("#opened")).to_be_hidden()
    assert person.http.get(f"/api/sessions/{conversation}/").json()["seen_by"] == []


def test_after_half_an_hour_it_is_refused(staff_member, person, shared_database) -> None:
    conversation = person.conversation()
    person.ask_and_wait(conversation)
    page = staff_member("admin").page
    choose(page, person.username, conversation)
    open_it(page)
    expect(page.locator("#opened article")).to_have_count(2)
    shared_database.write_now(lambda c: c.execute(update(openings).values(until=openings.c.at)) and None)
    page.click("#read-conversation")
    expect(page.locator(".notice:visible")).to_contain_text("or no longer")
    expect(page.locator("#opened article")).to_have_count(0)


def test_staff_see_the_table_and_open_nothing(staff_member, person) -> None:
    conversation = person.conversation()
    page = staff_member("staff").page
    choose(page, person.username, conversation)
    expect(page.locator(".notice:visible")).to_contain_text("Your role")
    expect(page.locator("#conversation-card")).to_be_hidden()


EVENTS = """
(names) => {
  const { components, dependencies } = window.gradio_config;
  const id = (name) => components.find((one) => one.props.elem_id === name).id;
  return names.map((name) => dependencies.find((one) => one.targets.some(([target]) => target === id(name))))
    .map(({ id, inputs }) => [id, inputs.length]);
}
"""


def test_staff_are_refused_by_the_events_themselves(staff_member, person) -> None:
    conversation = person.conversation()
    person.ask_and_wait(conversation, "nobody else reads this")
    staff = staff_member("staff")
    given = {
        "open-conversation": [conversation, REASON],
        "read-conversation": [conversation],
        "clean-up-try": [1],
        "clean-up-yes": [1],
    }
    rung = staff.page.evaluate(EVENTS, list(given))
    for (number, inputs), values in zip(rung, given.values(), strict=True):
        body = {"fn_index": number, "data": (values + [None] * inputs)[:inputs], "session_hash": "mine"}
        url = f"{staff.url}/admin/gradio_api/run/predict"
        answer = staff.page.request.post(url, data=body, headers={"Origin": staff.url}).text()
        assert "Your role" in answer and "nobody else reads this" not in answer, values
    found = person.http.get(f"/api/sessions/{conversation}/").json()
    assert (found["seen_by"], len(found["messages"])) == ([], 2)


def test_a_plain_user_finds_nothing(visitor: Visitor) -> None:
    assert visitor.page.request.get(visitor.url + "/admin/").status == 404


def test_every_order_shows_the_table(staff_member, person) -> None:
    person.conversation()
    page = staff_member("admin").page
    box(page, "conversations-owner").fill(person.username)
    expect(page.locator(".count:visible")).to_contain_text("conversations")
    for order in ("Newest", "Owner", "Agent", "Most messages", "Most files", "Last change"):
        with page.expect_response("**/run/predict") as answer:
            page.get_by_label("Sort by").click()
            page.get_by_role("option", name=order, exact=True).click()
        assert answer.value.ok, order


def test_old_conversations_are_counted_and_then_deleted(staff_member, server: LiveServer, shared_database) -> None:
    with server.sign_up("cleaned") as person:
        ids = {name: person.conversation() for name in ("old", "pinned", "new")}
        person.ask_and_wait(ids["old"])
        person.http.patch(f"/api/sessions/{ids['pinned']}/", json={"pinned": True})
        aged = update(conversations).where(conversations.c.id.in_([ids["old"], ids["pinned"]]))
        shared_database.write_now(lambda c: c.execute(aged.values(updated_at=now() - timedelta(days=4000))) and None)

        page = staff_member("admin").page
        page.get_by_text("Delete old conversations").click()
        box(page, "clean-up-days").fill("3999")
        page.click("#clean-up-try")
        expect(page.locator(".question:visible")).to_contain_text("1 conversations, 2 messages and 0 files (0.0 MB)")
        assert person.http.get(f"/api/sessions/{ids['old']}/").status_code == 200
        box(page, "clean-up-days").fill("3998")
        expect(page.locator("#clean-up-yes")).to_be_hidden()
        page.click("#clean-up-try")
        page.click("#clean-up-yes")
        expect(page.locator(".notice:visible")).to_contain_text("Deleted: 1 conversations, 2 messages and 0 files")
        left = {row["id"] for row in person.http.get("/api/sessions/").json()}
        assert left == {ids["pinned"], ids["new"]}
        page.click("#clean-up-try")
        expect(page.locator(".notice:visible")).to_contain_text("No conversation is that old")


def test_staff_do_not_clean_up(staff_member) -> None:
    page = staff_member("staff").page
    page.get_by_text("Delete old conversations").click()
    page.click("#clean-up-try")
    expect(page.locator(".notice:visible")).to_contain_text("Your role")
    expect(page.locator("#clean-up-yes")).to_be_hidden()


def test_the_owner_reads_it_in_korean(visit, server: LiveServer, shared_database) -> None:
    visitor = visit(locale="ko-KR")
    page = visitor.enter()
    visitor.ask("질문")
    conversation = page.evaluate("new URLSearchParams(location.search).get('c')")
    me = page.evaluate("fetch('/api/me').then((answer) => answer.json())")
    shared_database.write_now(
        opened.add, conversation, administrator_id=me["user_id"], name="boss", reason="지난주 민원 확인을 위한 열람",
        lasts=timedelta(minutes=30),
    )  # fmt: skip
    page.reload()
    visitor.ready()
    expect(page.locator("#seen-by")).to_contain_text("boss 관리자가")
    expect(page.locator("#seen-by")).to_contain_text("사유: 지난주 민원 확인을 위한 열람")
