"""A conversation is taken away from the sidebar."""

from __future__ import annotations

import zipfile

import pytest
from playwright.sync_api import expect

from chat.events import Chart, Delta, Finished, ResultTable
from tests.browser.test_conversation import PNG


@pytest.mark.parametrize(("locale", "name"), [("en-US", "Take it away"), ("ko-KR", "내보내기")])
def test_a_conversation_is_taken_away(visit, upstream, tmp_path, locale: str, name: str) -> None:
    visitor = visit(locale=locale)
    visitor.enter()
    upstream.enqueue(
        Delta("매출 **합계**"), ResultTable("표", ("a",), ("number",), ((1,),)), Chart("차트", PNG, {}), Finished()
    )
    visitor.ask("매출 합계는?")
    row = visitor.page.locator("#history li")
    row.hover()
    take = row.get_by_role("link", name=f"{name}: 매출 합계는?")
    expect(take).to_be_visible()
    with visitor.page.expect_download() as started:
        take.click()
    assert started.value.suggested_filename == "매출 합계는_.zip"
    started.value.save_as(tmp_path / "taken.zip")
    with zipfile.ZipFile(tmp_path / "taken.zip") as archive:
        assert {"conversation.html", "tables/01 표.csv", "charts/01 차트.png"} <= set(archive.namelist())
        archive.extractall(tmp_path / "taken")
    page = visitor.new_page()
    page.goto((tmp_path / "taken" / "conversation.html").as_uri())
    expect(page.locator("strong")).to_have_text("합계")
    assert page.evaluate("document.querySelector('figure img').naturalWidth") == 1
    visitor.requests.clear()  # the page lies in a file, which is no other host
