"""Pinning conversations in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from chat.events import Delta, Finished
from tests.scripted_upstream import Gate


def groups(page: Page) -> dict[str, list[str]]:
    """The titles in the sidebar by their heading."""
    return dict(
        page.evaluate(
            "[...document.querySelectorAll('#history h2')].map((h) => [h.textContent,"
            " [...h.nextElementSibling.querySelectorAll('.open')].map((a) => a.textContent)])"
        )
    )


def row(page: Page, title: str):
    return page.locator("#history li", has_text=title)


def test_a_conversation_is_pinned_on_top_and_unpinned(visitor) -> None:
    page = visitor.page
    for title in ("first", "second"):
        page.click("#new-chat")
        visitor.ask(title)
    expect(page.locator("#history .open")).to_have_text(["second", "first"])
    row(page, "first").hover()
    page.get_by_role("button", name="Pin: first", exact=True).click()
    expect(page.locator("#history h2").first).to_have_text("Pinned")
    assert groups(page) == {"Pinned": ["first"], "Today": ["second"]}
    page.reload()
    visitor.ready()
    assert groups(page) == {"Pinned": ["first"], "Today": ["second"]}
    row(page, "first").hover()
    page.get_by_role("button", name="Unpin: first", exact=True).click()
    expect(page.locator("#history h2")).to_have_text(["Today"])
    assert groups(page) == {"Today": ["second", "first"]}


def test_pinning_works_by_keyboard_and_keeps_the_focus(visitor) -> None:
    page = visitor.page
    visitor.ask("by keyboard")
    page.locator("#history .open").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Pin: by keyboard", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Unpin: by keyboard", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pin: by keyboard", exact=True)).to_be_focused()
    assert list(groups(page)) == ["Today"]


@pytest.mark.parametrize("control", [".open", ".rename", ".take"])
def test_the_list_keeps_the_focus_when_it_is_drawn_anew(visitor, upstream, control: str) -> None:
    gate = Gate()
    upstream.enqueue(Delta("see"), gate, Finished())
    page = visitor.page
    page.fill("#composer", "by keyboard")
    page.click("#send")
    expect(page.locator("#history .open")).to_have_text("by keyboard")
    page.locator(f"#history {control}").focus()
    page.locator("#history li").evaluate("(row) => { row.dataset.old = ''; }")
    gate.release()
    expect(page.locator("#history li[data-old]")).to_have_count(0)
    expect(page.locator(f"#history {control}")).to_be_focused()


def test_a_pin_that_is_refused_is_told_and_nothing_moves(visitor) -> None:
    page = visitor.page
    visitor.ask("stays")
    page.route(
        "**/api/sessions/*/", lambda route: route.abort() if route.request.method == "PATCH" else route.fallback()
    )
    row(page, "stays").hover()
    page.get_by_role("button", name="Pin: stays", exact=True).click()
    expect(page.locator("#notice")).to_be_visible()
    assert list(groups(page)) == ["Today"]


def test_the_group_is_named_in_korean(visit) -> None:
    visitor = visit(locale="ko-KR")
    page = visitor.enter()
    visitor.ask("고정할 대화")
    row(page, "고정할 대화").hover()
    page.get_by_role("button", name="고정: 고정할 대화", exact=True).click()
    expect(page.locator("#history h2").first).to_have_text("고정됨")
