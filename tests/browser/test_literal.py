"""Raw HTML is shown and never obeyed, live and stored, in questions and answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from chat.events import Delta, Finished
from tests.scripted_upstream import Gate

VECTORS = json.loads(Path(__file__).with_name("literal_vectors.json").read_text(encoding="utf-8"))
ATTACK = "<form><input name=nodeType></form><img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>"


@pytest.fixture(scope="module")
def script_page(browser, shared_server):
    """A page with our scripts, for rules that need no server."""
    page = browser.new_page()
    page.goto(f"{shared_server[0].url}/login/")
    page.add_script_tag(url="/ui/chat/literal.js")
    yield page
    page.close()


@pytest.mark.parametrize(("given", "expected"), VECTORS, ids=[repr(given)[:40] for given, _ in VECTORS])
def test_the_rule_of_neutralising(script_page, given: str, expected: str) -> None:
    assert script_page.evaluate("text => fabrix.literal.neutralise(text)", given) == expected


def test_long_pathological_texts_are_shown_as_plain_text(script_page) -> None:
    shown = script_page.evaluate("text => fabrix.literal.markdown(text)", "_a " * 10_000)
    assert shown == "\\_a " * 10_000


def test_html_is_shown_literally_live_and_stored(visitor, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta(ATTACK + " and `<b>code</b>`"), gate, Finished())
    page = visitor.page
    page.fill("#composer", ATTACK)
    page.click("#send")
    answer = page.locator(".bot-row .prose")
    expect(answer).to_have_text(f"{ATTACK} and <b>code</b>")
    gate.release()
    page.locator(".bot-row .action.again").wait_for()
    for _ in range(2):
        expect(answer).to_have_text(f"{ATTACK} and <b>code</b>")
        expect(page.locator(".user-row .prose")).to_have_text(ATTACK)
        expect(page.locator("#transcript .prose :is(img, form, script)")).to_have_count(0)
        page.reload()
        visitor.ready()
        assert page.title().startswith("<form>")


@pytest.mark.parametrize(
    "text",
    [
        "# not a heading\n- not a list\n1. nor this\n> nor that",
        "*a* _b_ `c` [d](e) ![f](g) ~~h~~ | i |",
        "  two spaces\n\n\nthree lines    four spaces\tand a tab",
        "C:\\users\\new ${alert(1)} {{x}} $y$ &amp; &lt;",
        "```\nnot code\n```",
    ],
)
def test_a_question_is_shown_exactly_as_it_was_typed(visitor, upstream, text: str) -> None:
    visitor.ask(text)
    shown = visitor.page.locator(".user-row .prose").inner_text().replace("\u00a0", " ")
    wanted = text.replace("\t", "    ")
    assert [line.rstrip() for line in shown.strip("\n").split("\n")] == [line.rstrip() for line in wanted.split("\n")]


@pytest.mark.parametrize("title", ["${document.title='owned'}", "<img src=x onerror=alert(1)>", "C:\\users", "`x`"])
def test_titles_are_data_and_never_code(visitor, upstream, title: str) -> None:
    visitor.ask(title)
    page = visitor.page
    expect(page.locator("#history .open")).to_have_text(title)
    page.reload()
    expect(page.locator("#history .open")).to_have_text(title)
    assert page.title() == f"{title} · FabriX Agent Chat"
