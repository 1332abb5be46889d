"""Slow networks, impatient readers: what is awaited in one conversation never shows up in another."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from chat.events import Delta, Finished
from tests.scripted_upstream import Gate


class Held:
    """Requests that wait until the test lets them on."""

    def __init__(self, page, pattern: str) -> None:
        self._page = page
        self._pattern = pattern
        self.routes: list = []
        page.route(pattern, lambda route: self.routes.append(route))

    def wait(self) -> None:
        deadline = 500
        while not self.routes:
            deadline -= 1
            assert deadline, "no request came"
            self._page.wait_for_timeout(10)

    def release(self, *, abort: bool = False) -> None:
        for route in self.routes:
            if abort:
                route.abort()
            else:
                route.continue_()
        self._page.unroute(self._pattern)


def send(page, text: str) -> None:
    page.fill("#composer", text)
    page.click("#send")


def other_conversation(page):
    return page.locator("#history li .open:not([aria-current])")


def test_a_question_sent_from_one_conversation_is_not_shown_in_another(visitor, upstream) -> None:
    visitor.ask("Alpha")
    visitor.page.click("#new-chat")
    visitor.ask("Beta")
    page = visitor.page
    page.fill("#composer", "draft of Beta")
    other_conversation(page).click()
    expect(page.locator("#transcript")).to_contain_text("You said: Alpha")
    held = Held(page, "**/turns/")
    send(page, "second of Alpha")
    held.wait()
    other_conversation(page).click()
    expect(page.locator("#transcript")).to_contain_text("You said: Beta")
    held.release()
    expect(page.locator("#history li .open").first).to_have_text("Alpha")
    expect(page.locator("#transcript")).not_to_contain_text("second of Alpha")
    expect(page.locator("#composer")).to_have_value("draft of Beta")
    other_conversation(page).click()
    expect(page.locator("#transcript")).to_contain_text("You said: second of Alpha")
    expect(page.locator("#composer")).to_have_value("")


def test_a_new_chat_left_while_it_is_sent_is_asked_all_the_same(visitor, upstream) -> None:
    visitor.ask("Alpha")
    page = visitor.page
    page.click("#new-chat")
    held = Held(page, "**/api/sessions/")
    send(page, "Gamma")
    held.wait()
    page.locator("#history .open").click()
    held.release()
    expect(page.locator("#history li")).to_have_count(2)
    expect(page.locator("#transcript")).to_contain_text("You said: Alpha")
    expect(page.locator("#transcript")).not_to_contain_text("Gamma")
    other_conversation(page).click()
    expect(page.locator("#transcript")).to_contain_text("You said: Gamma")


def test_a_question_refused_after_leaving_waits_as_a_draft(visitor, upstream) -> None:
    visitor.ask("Alpha")
    page = visitor.page
    held = Held(page, "**/turns/")
    send(page, "precious")
    held.wait()
    page.click("#new-chat")
    held.release(abort=True)
    expect(page.locator("#notice")).to_contain_text("can't be reached")
    page.locator("#history .open").click()
    expect(page.locator("#composer")).to_have_value("precious")
    expect(page.locator(".user-row")).to_have_count(1)


def test_what_is_typed_while_a_question_is_on_its_way_is_the_next_draft(visitor, upstream) -> None:
    page = visitor.page
    held = Held(page, "**/turns/")
    send(page, "one")
    held.wait()
    expect(page.locator(".user-row")).to_contain_text("one")
    page.locator("#composer").press_sequentially("and another")
    held.release()
    expect(page.locator("#transcript")).to_contain_text("You said: one")
    expect(page.locator("#composer")).to_have_value("and another")


def test_a_first_question_that_failed_outlives_a_reload(visitor, upstream) -> None:
    page = visitor.page
    held = Held(page, "**/turns/")
    send(page, "precious text")
    held.wait()
    held.release(abort=True)
    expect(page.locator("#composer")).to_have_value("precious text")
    page.reload()
    expect(page.locator("#composer")).to_have_value("precious text")
    page.click("#send")
    expect(page.locator("#transcript")).to_contain_text("You said: precious text")


def test_without_storage_in_the_browser_everything_else_works(visit, upstream) -> None:
    visitor = visit()
    visitor.context.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('off', 'SecurityError'); }})"
    )
    visitor.enter()
    visitor.ask("One")
    expect(visitor.page.locator("#transcript")).to_contain_text("You said: One")


def test_a_half_typed_name_is_left_alone_when_an_answer_ends(visitor, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta("a"), gate, Finished())
    page = visitor.page
    send(page, "One")
    page.wait_for_selector("#stop:visible")
    page.locator("#history li").hover()
    page.locator("#history .rename").click()
    page.fill(".rename-box", "My new na")
    gate.release()
    page.wait_for_selector(".bot-row .action.again")
    page.locator(".rename-box").press_sequentially("me")
    page.keyboard.press("Enter")
    expect(page.locator("#history .open")).to_have_text("My new name")


def test_an_edit_waits_until_the_answer_has_ended(visitor, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta("a"), gate, Finished())
    page = visitor.page
    send(page, "One")
    page.wait_for_selector("#stop:visible")
    page.hover(".user-row")
    page.click(".user-row .action.edit")
    expect(page.locator("#notice")).to_contain_text("still being answered")
    expect(page.locator("#editing")).to_be_hidden()
    gate.release()
    page.wait_for_selector(".bot-row .action.again")


def test_a_refused_choice_of_an_agent_goes_back(visitor, upstream) -> None:
    visitor.ask("One")
    page = visitor.page
    page.route("**/api/sessions/*/", lambda route: route.abort())
    page.select_option("#agent", "another-agent-0002")
    expect(page.locator("#notice")).to_contain_text("can't be reached")
    expect(page.locator("#agent")).to_have_value("scripted-agent-0001")


def test_a_proxys_errors_are_outlived_without_haste(visitor, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta("so far"), gate, Delta(" and on"), Finished())
    page = visitor.page
    tries: list[str] = []

    def refuse(route) -> None:
        tries.append(route.request.url)
        route.fulfill(status=502, body="bad gateway")

    page.route(re.compile("/events"), refuse)
    send(page, "One")
    deadline = 1000
    while len(tries) < 2 and deadline:
        deadline -= 1
        page.wait_for_timeout(10)
    assert 2 <= len(tries) <= 3
    page.unroute(re.compile("/events"))
    gate.release()
    expect(page.locator("#transcript")).to_contain_text("so far and on", timeout=10_000)
