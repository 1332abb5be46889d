"""What axe-core finds on the pages: nothing serious."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from chat.events import Delta, Finished, Reference, Thinking

TABLE = "# Head\n\n| a | n |\n|---|--:|\n| x | 1 |\n\n"
CODE = "```python\nx = 'a'  # why\nprint(x + 1)\n```\n\n`code` and [a link](/)"


def serious(page) -> list[tuple[str, Any]]:
    # Half faded in, every text has too little contrast.
    page.wait_for_function("document.getAnimations().every((item) => item.playState !== 'running')")
    found = Axe().run(page).response["violations"]
    return [
        (item["id"], [(node["html"], node["any"][0]["message"]) for node in item["nodes"]])
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
