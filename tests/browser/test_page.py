"""The page as a whole: languages, sizes, accessibility, and no request that leaves this machine."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from chat.events import Delta, Finished
from locales import table
from tests.scripted_upstream import Gate

IDS = ("agent", "new-chat", "history", "transcript", "composer", "attach", "send", "stop", "sign-out")


def test_the_stable_ids_are_there_once(visitor) -> None:
    for name in IDS:
        assert visitor.page.locator(f"#{name}").count() == 1, name


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en-US", ["New chat", "Sign out", "What would you like to know?", "Agent"]),
        ("ko-KR", ["새 대화", "로그아웃", "무엇을 도와드릴까요?", "에이전트"]),
        ("fr-FR", ["New chat", "Sign out"]),
    ],
)
def test_the_page_follows_the_browsers_language(visit, locale: str, words: list[str]) -> None:
    visitor = visit(locale=locale)
    page = visitor.enter()
    for word in words:
        expect(page.locator("#app")).to_contain_text(word)
    assert page.evaluate("document.documentElement.lang") == ("ko" if locale == "ko-KR" else "en")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_nothing_is_cut_off(visit, upstream, width: int, height: int) -> None:
    visitor = visit(width=width, height=height)
    page = visitor.enter()
    wide = "|" + "a long column|" * 12 + "\n|" + "-|" * 12 + "\n"
    upstream.enqueue(Delta("word " * 300 + "\n\n" + wide), Finished())
    visitor.ask("A question that is rather long " * 5)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("composer", "attach", "send"):
        expect(page.locator(f"#{name}")).to_be_in_viewport(ratio=0.9)


def test_the_sidebar_folds_to_a_rail_and_stays_so(visitor) -> None:
    page = visitor.page
    assert page.locator("#side").bounding_box()["width"] == 280
    page.click("#fold")
    expect(page.locator("#agent")).to_be_hidden()
    assert page.locator("#side").bounding_box()["width"] == 56
    page.reload()
    visitor.ready()
    assert page.locator("#side").bounding_box()["width"] == 56


def test_on_a_phone_the_sidebar_lies_over_the_page(visit, upstream) -> None:
    visitor = visit(width=390, height=844)
    page = visitor.enter()
    visitor.ask("One")
    expect(page.locator("#side")).to_be_hidden()
    page.click("#menu")
    expect(page.locator("#side")).to_be_visible()
    page.locator("#history .open").click()
    expect(page.locator("#side")).to_be_hidden()


def test_messages_stand_in_a_column_of_at_most_768_pixels(visit, upstream) -> None:
    visitor = visit(width=1920, height=1080)
    page = visitor.enter()
    visitor.ask("One")
    assert page.locator("#transcript .message-wrap").bounding_box()["width"] == 768
    expect(page.locator(".user-row .message")).to_have_css("background-color", "rgb(235, 248, 255)")
    expect(page.locator(".bot-row .message")).to_have_css("background-color", "rgb(249, 250, 251)")


def test_an_answer_is_announced_once_when_it_is_done(visitor, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta("a"), gate, Delta("b"), Finished())
    page = visitor.page
    expect(page.locator("#transcript [role=log]")).to_have_attribute("aria-live", "off")
    page.fill("#composer", "Tell me")
    page.click("#send")
    page.wait_for_selector("#stop:visible")
    expect(page.locator("#announcer")).to_have_text("")
    gate.release()
    expect(page.locator("#announcer")).to_have_text("The answer is complete.")


def test_every_control_has_a_name(visitor, upstream) -> None:
    visitor.ask("One")
    nameless = visitor.page.evaluate(
        """() => [...document.querySelectorAll('#app :is(button, a, input, select, textarea)')].filter((item) =>
          item.checkVisibility() && !(item.getAttribute('aria-label') || item.title || item.textContent.trim()
            || item.labels?.length)).map((item) => item.outerHTML)"""
    )
    assert nameless == []


def with_agents(visit, **listing):
    visitor = visit()
    body = json.dumps({"items": [], "stale": False, "away": [], "preferred": None, **listing})
    visitor.page.route("**/api/agents/", lambda route: route.fulfill(body=body, content_type="application/json"))
    return visitor.enter()


def test_without_any_agent_a_sentence_says_what_to_do(visit) -> None:
    page = with_agents(visit)
    expect(page.locator("#agent-note")).to_contain_text("secrets.toml")
    page.fill("#composer", "anybody?")
    expect(page.locator("#send")).to_be_disabled()


def test_agents_of_an_upstream_that_is_away_are_marked(visit) -> None:
    item = {"agentId": "a", "label": "A", "description": "", "capabilities": []}
    page = with_agents(visit, items=[item], stale=True, away=["FabriX"], preferred="a")
    expect(page.locator("#agent-note")).to_contain_text("can't be reached")


def test_the_page_says_that_only_local_agents_answer(visitor) -> None:
    expect(visitor.page.locator("#local-note")).to_be_visible()


def test_the_scripts_and_templates_use_only_texts_that_exist() -> None:
    root = Path(__file__).parents[2]
    used: set[str] = set()
    for path in [*root.glob("*/static/*.js"), *root.glob("*/view.py")]:
        used |= set(re.findall(r"""['"]((?:page|login|error|question)\.[a-z_0-9]+)['"]""", path.read_text("utf-8")))
    assert len(used) > 50
    assert used <= table("en").keys()


def test_on_a_phone_a_tap_beside_the_sidebar_or_escape_closes_it(visit) -> None:
    page = visit(width=390, height=844).enter()
    page.click("#menu")
    page.mouse.click(370, 400)
    expect(page.locator("#side")).to_be_hidden()
    page.click("#menu")
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dialogs_look_like_the_page(visit, upstream, scheme: str) -> None:
    visitor = visit(width=390, height=844, color_scheme=scheme)
    page = visitor.enter()
    visitor.ask("One")
    page.click("#menu")
    page.locator("#history li").hover()
    page.locator("#history .delete").click()
    box = page.locator("dialog").bounding_box()
    assert box["x"] >= 16 and box["x"] + box["width"] <= 390 - 16
    families = page.evaluate(
        "['dialog', '#app'].map((name) => getComputedStyle(document.querySelector(name)).fontFamily)"
    )
    assert families[0] == families[1]
