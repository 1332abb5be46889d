"""What axe-core finds on the pages: nothing serious."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from chat.events import Chart, Delta, Finished, Reference, ResultTable, Suggestions, Thinking, Work
from tests.browser.conftest import ENDED
from tests.scripted_upstream import Gate

TABLE = "# Head\n\n| a | n |\n|---|--:|\n| x | 1 |\n\n"
CODE = "```python\nx = 'a'  # why\nprint(x + 1)\n```\n\n`code` and [a link](/)"

WIDE = f"|{'|'.join(['column'] * 30)}|\n|{'|'.join(['--:'] * 30)}|\n|{'|'.join(['1,234'] * 30)}|\n"
CODE_LINE = f"print({'1 + ' * 100}1)"
# A spinner never ends.
SETTLED = """document.getAnimations().every(
    (item) => item.playState !== 'running' || item.effect.getTiming().iterations === Infinity)"""
EVERYTHING = (
    Chart(
        "Sales", base64.b64decode("R0lGODlhAQABAAAAACwAAAAAAQABAAA="), {}, b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    ),
    ResultTable("Sales", ("a",), ("number",), ((1,),)),
    Work(("a",), "a > 1", 3, 2, "SELECT 1;", CODE_LINE),
    Suggestions(("And by month?", "Which are the three largest?")),
)


def failed(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [*node["any"], *node["all"], *node["none"]]


def serious(page) -> list[tuple[str, Any]]:
    # Half faded in, every text has too little contrast.
    page.wait_for_function(SETTLED)
    found = Axe().run(page).response["violations"]
    return [
        (item["id"], [(node["html"], [check["message"] for check in failed(node)]) for node in item["nodes"]])
        for item in found
        if item["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_on_any_page(visit, upstream, scheme: str) -> None:
    visitor = visit(color_scheme=scheme)
    visitor.page.goto(visitor.url)
    visitor.page.wait_for_selector("#username")
    assert serious(visitor.page) == []
    page = visitor.sign_up()
    assert serious(page) == []
    upstream.enqueue(Thinking("hm"), Delta(TABLE + CODE), Reference("Handbook", "https://h.example/"), Finished())
    visitor.ask("Tell me")
    assert serious(page) == []
    page.locator("#history li").hover()
    page.locator("#history .delete").click()
    page.wait_for_selector("dialog")
    assert serious(page) == []


def test_each_part_keeps_its_name_while_an_answer_grows(visit, upstream) -> None:
    page = visit().enter()
    empty, half = Gate(), Gate()
    upstream.enqueue(empty, Thinking("hm"), Delta("Half "), half, Delta("and the rest"), Finished())
    page.fill("#composer", "Tell me")
    page.click("#send")
    page.wait_for_selector(".state.live")
    assert serious(page) == []
    empty.release()
    transcript = page.locator("#transcript")
    expect(transcript.get_by_role("group", name="Answer")).to_have_text("Half")
    half.release()
    page.locator(ENDED).wait_for()
    expect(transcript.get_by_role("group", name="Question")).to_have_text("Tell me")
    expect(transcript.get_by_role("group", name="Thoughts")).to_be_visible()
    expect(transcript.get_by_role("group", name="Answer")).to_have_text("Half and the rest")
    assert serious(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_beneath_an_answer(visit, upstream, scheme: str) -> None:
    visitor = visit(color_scheme=scheme)
    page = visitor.enter()
    upstream.enqueue(Delta(WIDE), *EVERYTHING, Finished())
    visitor.ask("Tell me")
    page.click(".work summary")
    assert serious(page) == []
    page.click(".chart .enlarge")
    page.wait_for_selector("dialog img")
    assert serious(page) == []
