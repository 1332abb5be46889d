"""The main job in a real browser: ask, watch, stop, edit, ask again, find it again."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import expect

from chat.errors import AgentFailed, AnswerInterrupted
from chat.events import Chart, Delta, Finished, Reference, Status, Thinking
from tests.browser.conftest import ENDED
from tests.scripted_upstream import Gate

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def question(page):
    return page.locator(".user-row")


def answer(page):
    return page.locator(".bot-row[data-part=answer]")


def test_a_question_is_answered_live(visitor, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta("Half an answer"), gate, Delta(" and **the rest**"), Finished())
    page = visitor.page
    page.fill("#composer", "Tell me")
    page.click("#send")
    expect(answer(page)).to_contain_text("Half an answer")
    expect(page.locator("#stop")).to_be_visible()
    expect(page.locator("#composer")).to_have_value("")
    gate.release()
    expect(answer(page)).to_contain_text("Half an answer and the rest")
    expect(answer(page).locator("strong")).to_have_text("the rest")
    expect(page.locator("#send")).to_be_visible()


def test_a_question_stays_in_view_when_the_conversation_was_being_read_as_it_was_asked(visitor, upstream) -> None:
    page = visitor.page
    reading = []
    page.route(re.compile(r"/api/sessions/[^/]+/$"), lambda route: reading.append((route, route.fetch())), times=1)
    visitor.ask("One")
    asked, seen = Gate(), Gate()
    upstream.enqueue(Delta("Half"), asked, Delta(" an answer"), seen, Finished())
    page.fill("#composer", "Two")
    page.click("#send")
    expect(answer(page).last).to_contain_text("Half")
    [(route, response)] = reading
    with page.expect_response(route.request.url):
        route.fulfill(response=response)
    asked.release()
    expect(answer(page).last).to_contain_text("Half an answer")
    expect(question(page)).to_have_text([re.compile("One"), re.compile("Two")])
    seen.release()
    expect(page.locator(ENDED)).to_have_count(2)


def test_the_address_names_the_conversation(visitor, upstream) -> None:
    visitor.ask("One")
    address = visitor.page.url
    assert "?c=" in address
    visitor.page.click("#new-chat")
    expect(question(visitor.page)).to_have_count(0)
    assert visitor.page.url == visitor.url + "/"
    visitor.page.goto(address)
    expect(answer(visitor.page)).to_contain_text("You said: One")


def test_back_and_forward_work(visitor, upstream) -> None:
    visitor.ask("One")
    visitor.page.click("#new-chat")
    visitor.ask("Two")
    visitor.page.go_back()
    visitor.page.go_back()
    expect(question(visitor.page)).to_contain_text("One")
    visitor.page.go_forward()
    visitor.page.go_forward()
    expect(question(visitor.page)).to_contain_text("Two")


def test_a_reload_in_mid_answer_shows_the_text_so_far_and_goes_on(visitor, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Thinking("hm"), Delta("so far"), gate, Delta(" and on"), Finished())
    page = visitor.page
    page.fill("#composer", "Tell me")
    page.click("#send")
    expect(answer(page)).to_contain_text("so far")
    page.reload()
    expect(answer(page)).to_contain_text("so far")
    expect(page.locator("#stop")).to_be_visible()
    gate.release()
    expect(answer(page)).to_contain_text("so far and on")


def test_a_second_tab_shows_the_same_live(visitor, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta("so far"), gate, Delta(" and on"), Finished())
    visitor.page.fill("#composer", "Tell me")
    visitor.page.click("#send")
    expect(answer(visitor.page)).to_contain_text("so far")
    second = visitor.new_page(visitor.page.url.removeprefix(visitor.url))
    expect(answer(second)).to_contain_text("so far")
    gate.release()
    for page in (second, visitor.page):
        page.bring_to_front()
        expect(answer(page)).to_contain_text("so far and on")


def test_eight_tabs_work(visitor, upstream) -> None:
    gates = [Gate() for _ in range(8)]
    pages = [visitor.page] + [visitor.new_page("/") for _ in range(7)]
    for number, (page, gate) in enumerate(zip(pages, gates, strict=True)):
        upstream.enqueue(Delta(f"tab {number} "), gate, Delta("ends"), Finished())
        page.bring_to_front()
        visitor.ready(page)
        page.fill("#composer", f"Question {number}")
        page.click("#send")
        expect(answer(page)).to_contain_text(f"tab {number}")
    for gate in gates:
        gate.release()
    for number, page in enumerate(pages):
        page.bring_to_front()
        expect(answer(page)).to_contain_text(f"tab {number} ends")


def test_a_hidden_tab_gives_its_stream_back_and_resumes_when_shown(visitor, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta("so far"), gate, Delta(" and on"), Finished())
    page = visitor.page
    page.fill("#composer", "Tell me")
    page.click("#send")
    expect(answer(page)).to_contain_text("so far")
    hide = """(hidden) => {
      Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.evaluate(hide, True)
    gate.release()
    with page.expect_request(re.compile(r"/events\?after=\d+")):
        page.evaluate(hide, False)
    expect(answer(page)).to_contain_text("so far and on")


@pytest.mark.parametrize("how", ["button", "escape"])
def test_stop_keeps_the_text(visitor, upstream, how: str) -> None:
    upstream.enqueue(Delta("so far"), Gate(), Finished())
    page = visitor.page
    page.fill("#composer", "Tell me")
    page.click("#send")
    expect(answer(page)).to_contain_text("so far")
    if how == "button":
        page.click("#stop")
    else:
        page.keyboard.press("Escape")
    expect(answer(page).locator(".state.stopped")).to_be_visible()
    expect(answer(page)).to_contain_text("so far")
    assert upstream.closed.wait(1)


def test_a_question_can_be_edited_and_both_versions_stay(visitor, upstream) -> None:
    visitor.ask("Wat?")
    page = visitor.page
    page.hover(".user-row")
    page.click(".user-row .action.edit")
    expect(page.locator("#composer")).to_have_value("Wat?")
    expect(page.locator("#editing")).to_be_visible()
    page.fill("#composer", "What?")
    page.click("#send")
    expect(answer(page)).to_contain_text("You said: What?")
    expect(question(page).locator(".versions")).to_contain_text("2/2")
    page.click(".user-row .action.earlier_version")
    expect(answer(page)).to_contain_text("You said: Wat?")
    expect(question(page).locator(".versions")).to_contain_text("1/2")


def test_cancelling_an_edit_brings_the_draft_back(visitor, upstream) -> None:
    visitor.ask("One")
    page = visitor.page
    page.fill("#composer", "my draft")
    page.hover(".user-row")
    page.click(".user-row .action.edit")
    page.click("#cancel-edit")
    expect(page.locator("#composer")).to_have_value("my draft")
    expect(page.locator("#editing")).to_be_hidden()


def test_asking_again_gives_another_answer_beside_the_first(visitor, upstream) -> None:
    upstream.enqueue(Delta("first"), Finished())
    upstream.enqueue(Delta("second"), Finished())
    visitor.ask("How?")
    page = visitor.page
    page.click(".bot-row .action.again")
    expect(answer(page)).to_contain_text("second")
    page.click(".bot-row .action.earlier_version")
    expect(answer(page)).to_contain_text("first")


def test_a_failure_is_a_sentence_with_a_number_and_a_retry(visitor, upstream) -> None:
    upstream.enqueue(Delta("half"), AgentFailed())
    page = visitor.page
    visitor.ask("Tell me")
    failed = answer(page).locator(".state.failed")
    expect(failed).to_contain_text("could not finish")
    expect(failed).to_contain_text(re.compile(r"E-[0-9A-Z]{4}"))
    expect(answer(page)).to_contain_text("half")
    page.click(".bot-row .action.retry")
    expect(answer(page)).to_contain_text("You said: Tell me")


def test_an_interruption_says_so(visitor, upstream) -> None:
    upstream.enqueue(Delta("half"), AnswerInterrupted())
    visitor.ask("Tell me")
    expect(answer(visitor.page).locator(".state.interrupted")).to_be_visible()


def test_status_and_thoughts_look_like_what_they_are(visitor, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Thinking("deep thought"), Status("Reading the file"), gate, Delta("done"), Finished())
    page = visitor.page
    page.fill("#composer", "Tell me")
    page.click("#send")
    expect(page.locator(".state.live")).to_contain_text("Reading the file")
    expect(page.get_by_text("deep thought")).to_be_hidden()
    gate.release()
    expect(answer(page)).to_contain_text("done")
    page.click(".thought-group [role=button]")
    expect(page.get_by_text("deep thought")).to_be_visible()


def test_references_and_charts_are_shown_and_stay(visitor, upstream) -> None:
    upstream.enqueue(
        Delta("see"),
        Chart("Sales", PNG, {}),
        Reference("Handbook", "https://h.example/"),
        Reference("No link", None),
        Finished(),
    )
    visitor.ask("Tell me")
    for _ in range(2):
        expect(answer(visitor.page).locator(".links a")).to_have_attribute("href", "https://h.example/")
        expect(answer(visitor.page).locator(".links")).to_contain_text("No link")
        picture = answer(visitor.page).locator(".chart img")
        expect(picture).to_have_attribute("alt", "Sales")
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
        visitor.page.reload()


def test_markdown_is_drawn(visitor, upstream) -> None:
    text = "# Head\n\n| a | n |\n|---|--:|\n| x | 1,234 |\n\n```python\nprint('<b>')\n```\n"
    upstream.enqueue(Delta(text), Finished())
    visitor.ask("Draw")
    shown = answer(visitor.page)
    expect(shown.locator("h1")).to_have_text("Head")
    expect(shown.locator("td").nth(1)).to_have_css("text-align", "right")
    expect(shown.locator("pre code .token").first).to_be_visible()
    expect(shown.locator("pre")).to_contain_text("print('<b>')")


def test_copy_gives_the_answer_byte_for_byte(visitor, upstream) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = "**bold** <b> `code`"
    upstream.enqueue(Delta(text), Finished())
    visitor.ask("Tell me")
    visitor.page.click(".bot-row .action.copy")
    visitor.page.wait_for_selector(".bot-row .action.copy.did")
    assert visitor.page.evaluate("navigator.clipboard.readText()") == text


def test_what_was_copied_last_is_told_when_it_is_drawn_anew(visitor, upstream) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.page
    visitor.ask("One")
    copied = page.locator(".action.copy.did")
    page.click(".bot-row .action.copy")
    expect(copied).to_have_count(1)
    visitor.ask("Two")
    expect(page.locator(".bot-row").first.locator(".action.copy.did")).to_have_count(1)
    page.locator(".user-row .action.copy").last.click()
    expect(copied).to_have_count(1)
    expect(page.locator(".user-row").last.locator(".action.copy.did")).to_have_count(1)


def test_conversations_are_listed_renamed_and_deleted(visitor, upstream) -> None:
    page = visitor.page
    visitor.ask("First subject")
    page.click("#new-chat")
    visitor.ask("Second subject")
    rows = page.locator("#history li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Second subject")
    rows.first.hover()
    rows.first.locator(".rename").click()
    page.locator(".rename-box").fill("Renamed")
    page.keyboard.press("Enter")
    expect(rows.first).to_contain_text("Renamed")
    rows.nth(1).hover()
    rows.nth(1).locator(".delete").click()
    page.locator("dialog button", has_text="Cancel").click()
    expect(rows).to_have_count(2)
    rows.nth(1).hover()
    rows.nth(1).locator(".delete").click()
    page.locator("dialog button.danger").click()
    expect(rows).to_have_count(1)
    page.reload()
    expect(page.locator("#history li")).to_have_count(1)
    expect(page.locator("#history li")).to_contain_text("Renamed")


def test_deleting_the_open_conversation_leaves_an_empty_page(visitor, upstream) -> None:
    page = visitor.page
    visitor.ask("Gone soon")
    page.locator("#history li").hover()
    page.locator("#history .delete").click()
    page.locator("dialog button.danger").click()
    expect(page.locator("#welcome")).to_be_visible()
    assert page.url == visitor.url + "/"


def test_the_agent_applies_from_the_next_question(visitor, upstream) -> None:
    page = visitor.page
    visitor.ask("One")
    page.select_option("#agent", "another-agent-0002")
    expect(page.locator("#agent-name")).to_have_text("Another")
    visitor.ask("Two")
    assert [q.agent_id for q in upstream.questions] == ["scripted-agent-0001", "another-agent-0002"]
    page.reload()
    expect(page.locator("#agent")).to_have_value("another-agent-0002")


def test_the_agent_menu_shows_the_shortened_id(visitor) -> None:
    expect(visitor.page.locator("#agent option").first).to_have_text("Scripted · scripted…")


def test_someone_elses_address_is_not_found(visitor, visit, upstream) -> None:
    visitor.ask("Mine")
    other = visit()
    other.enter()
    other.page.goto(visitor.page.url)
    expect(other.page.locator("#notice")).to_contain_text("isn't here")
    expect(question(other.page)).to_have_count(0)


def test_examples_fill_the_composer(visitor) -> None:
    visitor.page.locator(".example", has_text="What can you do?").click()
    expect(visitor.page.locator("#composer")).to_have_value("What can you do?")


def test_a_draft_outlives_a_reload(visitor) -> None:
    visitor.page.fill("#composer", "half a thought")
    visitor.page.reload()
    expect(visitor.page.locator("#composer")).to_have_value("half a thought")


def test_a_refused_question_stays_in_the_box(visitor, upstream) -> None:
    page = visitor.page
    page.route("**/turns/", lambda route: route.abort())
    page.fill("#composer", "precious")
    page.click("#send")
    expect(page.locator("#notice")).to_contain_text("can't be reached")
    expect(page.locator("#composer")).to_have_value("precious")
    page.unroute("**/turns/")
    page.click("#send")
    expect(answer(page)).to_contain_text("You said: precious")
    expect(question(page)).to_have_count(1)


def test_a_question_that_did_arrive_is_not_asked_twice(visitor, upstream) -> None:
    page = visitor.page

    def swallow(route) -> None:
        route.fetch()
        route.abort()

    page.route("**/turns/", swallow)
    page.fill("#composer", "once")
    page.click("#send")
    expect(page.locator("#notice")).to_contain_text("can't be reached")
    page.unroute("**/turns/")
    page.click("#send")
    expect(answer(page)).to_contain_text("You said: once")
    assert len(upstream.questions) == 1


def test_a_question_asked_in_another_tab_meanwhile_is_shown_and_the_draft_stays(visitor, upstream) -> None:
    visitor.ask("One")
    second = visitor.new_page(visitor.page.url.removeprefix(visitor.url))
    visitor.ready(second)
    gate = Gate()
    upstream.enqueue(Delta("busy"), gate, Finished())
    second.fill("#composer", "from the second tab")
    second.click("#send")
    expect(answer(second).nth(1)).to_contain_text("busy")
    page = visitor.page
    page.bring_to_front()
    page.fill("#composer", "from the first tab")
    page.click("#send")
    expect(page.locator("#notice")).to_contain_text("still being answered")
    expect(question(page).nth(1)).to_contain_text("from the second tab")
    expect(page.locator("#composer")).to_have_value("from the first tab")


def test_the_newest_line_stays_in_view_unless_the_reader_scrolls_up(visitor, upstream) -> None:
    lines = [Delta(f"line {number}\n\n") for number in range(40)]
    first, second = Gate(), Gate()
    upstream.enqueue(*lines, first, *lines, Delta("the middle"), second, *lines, Delta("the end"), Finished())
    page = visitor.page
    page.fill("#composer", "Much")
    page.click("#send")
    expect(page.get_by_text("line 39").first).to_be_in_viewport()
    first.release()
    expect(page.get_by_text("the middle")).to_be_in_viewport()
    page.locator("#transcript [role=log]").hover()
    page.mouse.wheel(0, -600)
    expect(page.get_by_text("the middle")).not_to_be_in_viewport()
    second.release()
    page.locator(ENDED).wait_for()
    expect(page.get_by_text("the end")).not_to_be_in_viewport()


def test_only_the_last_fifty_messages_are_drawn_and_earlier_ones_on_demand(visitor, upstream) -> None:
    visitor.ask("question 0")
    page = visitor.page
    page.evaluate(
        """async () => {
          const id = new URLSearchParams(location.search).get('c');
          for (let n = 0; n < 60; n += 1) {
            await fetch(`/api/sessions/${id}/messages/`, {method: 'POST', headers: {'Content-Type': 'application/json'},
              body: JSON.stringify({role: n % 2 ? 'assistant' : 'user', content: `message ${n}`})});
          }
        }"""
    )
    page.reload()
    expect(page.locator(".message-row")).to_have_count(50)
    page.click("#earlier")
    expect(page.locator(".message-row")).to_have_count(62)
    expect(page.locator("#earlier")).to_be_hidden()
