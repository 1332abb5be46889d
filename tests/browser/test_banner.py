"""The administrators' banner as people see it: at once, as plain text, on both pages, until they put it away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import Administered, administered
from tests.live_server import LiveServer

TEXT = "FabriX rests <img src=x onerror=alert(1)> ${1+1} tonight"
LOOKED_AT_EVERY = 10_000  # milliseconds


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Administered]:
    with administered(tmp_path) as made:
        yield made


@pytest.fixture
def server(office: Administered) -> LiveServer:
    return office.server


def look(page) -> None:
    """Let the page look now instead of in some seconds, as it does when its tab is shown again."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def hang(office: Administered, text: str, level: str = "info") -> None:
    office.change(lambda live, actor: live.show_banner(actor, text, level=level))


def test_a_banner_appears_on_the_open_page_as_text_and_goes_when_it_is_taken_down(visitor, office) -> None:
    banner = visitor.page.locator("#site-notice")
    expect(banner).to_be_hidden()
    hang(office, TEXT, "warning")
    expect(banner.locator("span")).to_have_text(TEXT, timeout=2 * LOOKED_AT_EVERY)
    assert "warning" in (banner.get_attribute("class") or "")
    assert banner.locator("img").count() == 0
    hang(office, "All is well again")
    look(visitor.page)
    expect(banner.locator("span")).to_have_text("All is well again")
    assert "warning" not in (banner.get_attribute("class") or "")
    hang(office, "")
    look(visitor.page)
    expect(banner).to_be_hidden()


def test_a_banner_that_was_put_away_stays_away_until_there_is_another_one(visitor, office) -> None:
    hang(office, "Read me")
    page = visitor.page
    page.reload()
    visitor.ready()
    page.get_by_role("button", name="Put this away").click()
    expect(page.locator("#site-notice")).to_be_hidden()
    with page.expect_response("**/api/limits"):
        page.reload()
    visitor.ready()
    expect(page.locator("#site-notice")).to_be_hidden()
    hang(office, "Read me")
    page.reload()
    expect(page.locator("#site-notice span")).to_have_text("Read me")


def test_the_sign_in_page_shows_it_too(visit, office) -> None:
    hang(office, TEXT)
    visitor = visit(locale="ko-KR")
    page = visitor.page
    page.goto(visitor.url + "/")
    expect(page.locator("#sign-in-page #site-notice span")).to_have_text(TEXT)
    hang(office, "달라졌습니다")
    expect(page.locator("#site-notice span")).to_have_text("달라졌습니다", timeout=2 * LOOKED_AT_EVERY)
    page.get_by_role("button", name="알림 닫기").click()
    expect(page.locator("#site-notice")).to_be_hidden()


def test_a_browser_that_keeps_nothing_puts_it_away_for_this_page(visitor, office) -> None:
    hang(office, "Read me")
    page = visitor.page
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('closed'); } });")
    page.reload()
    visitor.ready()
    page.click("#site-notice button")
    with page.expect_response("**/api/limits"):
        look(page)
    expect(page.locator("#site-notice")).to_be_hidden()
