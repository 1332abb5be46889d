"""The limits as people see them: gauge, line, countdown, the cost of a question, and a service in trouble."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from chat.breaker import LOST_IN_A_ROW, PROBE_SECONDS
from chat.errors import UpstreamBroken, UpstreamBusy
from chat.events import Delta, Finished
from tests.browser.conftest import ENDED
from tests.conftest import limited
from tests.live_server import LiveServer
from tests.scripted_upstream import Gate, ScriptedUpstream


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[tuple[LiveServer, ScriptedUpstream]]:
    """One answer at a time for each person, and little patience."""
    with limited(tmp_path, rpm=1000, tpm=20_000, user_turns=1, wait_seconds=3) as made:
        yield made


@pytest.fixture
def server(narrow: tuple[LiveServer, ScriptedUpstream]) -> LiveServer:
    return narrow[0]


@pytest.fixture
def upstream(narrow: tuple[LiveServer, ScriptedUpstream]) -> ScriptedUpstream:
    return narrow[1]


def answer(page):
    return page.locator(".bot-row[data-part=answer]")


def ask(page, text: str) -> None:
    page.fill("#composer", text)
    page.click("#send")


def occupy(visitor, upstream) -> Gate:
    """Another tab of the same person has an answer that takes as long as the test wants."""
    gate = Gate()
    upstream.enqueue(gate, Delta("from the other tab"), Finished())
    other = visitor.new_page("/")
    visitor.ready(other)
    ask(other, "The other tab's question")
    gate.wait_until_reached()
    return gate


def refuse(page, upstream, *, seconds: float) -> None:
    """The agent's service wants to hear nothing for so long."""
    upstream.enqueue(UpstreamBusy(retry_after=seconds))
    ask(page, "What I want to know")
    expect(answer(page)).to_contain_text("Asking again by itself in")


def test_a_question_that_came_too_soon_is_asked_again_by_itself(visitor, upstream) -> None:
    gate = occupy(visitor, upstream)
    page = visitor.page
    ask(page, "What I want to know")
    # Refused after three seconds; a second later it waits in line with more patience.
    expect(answer(page)).to_contain_text("as many answers running", timeout=20_000)
    expect(answer(page)).to_contain_text("Waits until one of your running answers is done", timeout=10_000)
    gate.release()
    expect(answer(page)).to_contain_text("You said: What I want to know")
    expect(page.locator(".user-row")).to_have_count(1)
    expect(answer(page)).to_have_count(1)
    # The refused answer was never a word: it is no version of the answer.
    expect(page.locator(".versions")).to_have_count(0)


def test_the_countdown_survives_a_reload_and_can_be_ended(visitor, upstream) -> None:
    page = visitor.page
    refuse(page, upstream, seconds=50)
    page.reload()
    expect(answer(page)).to_contain_text(re.compile(r"Asking again by itself in \d+ s"))
    page.click(".countdown .never")
    expect(page.locator(".countdown")).to_have_count(0)
    expect(answer(page)).to_contain_text("its limit is reached")
    expect(page.locator(".action.retry")).to_be_visible()
    page.reload()
    expect(page.locator(".action.retry")).to_be_visible()
    expect(page.locator(".countdown")).to_have_count(0)


def test_the_countdown_runs_and_another_question_ends_it(visitor, upstream) -> None:
    page = visitor.page
    refuse(page, upstream, seconds=50)
    first = page.locator(".countdown span").inner_text()
    expect(page.locator(".countdown span")).not_to_have_text(first)
    ask(page, "Something else")
    expect(page.locator(".user-row")).to_have_count(2)
    expect(page.locator(".countdown")).to_have_count(1)  # the new question's own: the service still wants its rest
    expect(answer(page).last.locator(".countdown")).to_be_visible()


def test_asking_now_waits_in_line_instead(visitor, upstream) -> None:
    page = visitor.page
    refuse(page, upstream, seconds=50)
    page.click(".countdown .now")
    expect(answer(page)).to_contain_text(re.compile(r"Waiting, about \d+ s"))
    page.click("#stop")
    expect(answer(page)).to_contain_text("Stopped")


def test_somebody_in_line_may_choose_to_wait_longer(visitor, upstream) -> None:
    gate = occupy(visitor, upstream)
    page = visitor.page
    ask(page, "What I want to know")
    page.click(".wait-longer")
    expect(answer(page)).to_contain_text("Waiting up to 5 minutes longer")
    gate.release()
    expect(answer(page)).to_contain_text("You said: What I want to know")


def test_a_limit_that_lasts_for_hours_says_from_when_there_is_room(visitor, upstream) -> None:
    upstream.enqueue(UpstreamBusy(retry_after=3500))
    ask(visitor.page, "What I want to know")
    expect(answer(visitor.page)).to_contain_text("There is room again from")
    expect(visitor.page.locator(".countdown button")).to_have_count(0)


def test_the_gauge_tells_what_is_left_of_the_minute(visitor, upstream) -> None:
    page = visitor.page
    expect(page.locator("#gauge")).to_have_text("Left this minute: 1,000 requests, 20,000 tokens")
    upstream.enqueue(Delta("가" * 20_000), Finished())
    visitor.ask("A long answer, please")
    expect(page.locator("#gauge")).to_contain_text("999 requests, 2,9")
    expect(page.locator("#gauge")).to_have_class("low")


def test_a_large_question_says_what_it_will_cost_before_it_is_sent(visitor, upstream) -> None:
    page = visitor.page
    expect(page.locator("#gauge")).to_contain_text("requests")
    page.fill("#composer", "short")
    expect(page.locator("#cost")).to_be_hidden()
    page.fill("#composer", "가" * 4000)
    expect(page.locator("#cost")).to_have_text(re.compile("^This question takes about 3,400 tokens"))
    page.fill("#composer", "가" * 24_000)
    expect(page.locator("#cost")).to_contain_text("can't be sent")
    page.fill("#composer", "")
    expect(page.locator("#cost")).to_be_hidden()


def test_a_question_larger_than_what_is_left_says_that_it_will_wait(visitor, upstream) -> None:
    upstream.enqueue(Delta("가" * 20_000), Finished())
    visitor.ask("A long answer, please")
    expect(visitor.page.locator("#gauge")).to_have_class("low")
    visitor.page.click("#new-chat")
    visitor.page.fill("#composer", "가" * 4000)
    expect(visitor.page.locator("#cost")).to_contain_text("more than is left now: it will wait in line")


def test_a_long_conversation_shows_what_the_agent_no_longer_gets(visitor, upstream) -> None:
    page = visitor.page
    for _ in range(2):
        upstream.enqueue(Delta("가" * 5000), Finished())
        visitor.ask("A long answer, please")
    expect(answer(page).first.locator(".left-out")).to_be_visible()
    expect(page.locator(".left-out")).to_have_count(1)
    page.fill("#composer", "가" * 3000)
    expect(page.locator("#cost")).to_contain_text("The oldest part of this conversation won't go along")
    page.fill("#composer", "And now?")
    page.click("#send")
    expect(page.locator(ENDED)).to_have_count(3)
    assert len(upstream.questions[-1].contents) == 3


def test_a_service_that_is_slower_than_usual_has_a_banner(visit, server) -> None:
    visitor = visit()
    slow = True

    def told(route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["upstreams"][0] |= {"is_slow": slow, "first_delta_recent": 8.2, "first_delta_usual": 0.4}
        route.fulfill(response=answer, json=body)

    visitor.page.route("**/api/limits", told)
    page = visitor.enter()
    expect(page.locator("#banner")).to_have_text(re.compile("slower than usual: .* 8 s .usually 1 s"))
    slow = False
    expect(page.locator("#banner")).to_be_hidden()


def test_a_service_that_is_down_has_a_banner_that_goes_by_itself(visitor, upstream) -> None:
    page = visitor.page
    for _ in range(LOST_IN_A_ROW):
        upstream.enqueue(UpstreamBroken(is_outage=True))
        visitor.ask("Are you there?")
    expect(page.locator("#banner")).to_contain_text("nothing is sent there just now")
    # The seconds are outside of what a screen reader announces, or it would speak every few seconds.
    expect(page.locator("#banner-seconds")).to_have_text(re.compile(r"tried again in about \d+ s"))
    expect(page.locator("#banner [role=status]")).not_to_contain_text(re.compile(r"\d"))
    expect(page.locator("#banner")).to_contain_text("The next question", timeout=2000 * PROBE_SECONDS)
    visitor.ask("Are you there?")
    expect(page.locator("#banner")).to_be_hidden()
