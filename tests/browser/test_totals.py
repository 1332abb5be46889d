"""Control totals beneath an answer, which come after it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from chat.events import Delta, Finished

CSV = "지역,매출,수량\n서울,1000,1\n부산,2345,2\n대구,9000,3\n".encode()
ANSWER = "매출을 요약합니다.\n\n- 매출 합계: **12,346원**\n- 수량 합계: 6\n- 행 수: 3\n"


def ask_about_a_file(visitor, upstream, answer: str):
    """Upload a table and ask; the part of the page with the totals."""
    upstream.enqueue(Delta(answer), Finished())
    page = visitor.page
    page.set_input_files("#attach input", {"name": "매출.csv", "mimeType": "text/csv", "buffer": CSV})
    page.wait_for_selector("#chips a, #chips .file-name")
    visitor.ask("매출 합계는?")
    return page.locator(".bot-row .totals")


@pytest.mark.parametrize("locale", ["ko-KR", "en-US"])
def test_a_differing_total_is_marked_without_a_reload(visit, upstream, locale: str) -> None:
    visitor = visit(locale=locale)
    visitor.enter()
    totals = ask_about_a_file(visitor, upstream, ANSWER)
    expect(totals.locator(".differing li")).to_have_count(1, timeout=30_000)
    expect(totals.locator(".differing li")).to_contain_text("12,346")
    expect(totals.locator(".differing li")).to_contain_text("12,345")
    expect(totals.locator(".differing p")).to_contain_text("⚠")
    marked = "[...CSS.highlights.get('differing-total') || []].map(String)"
    assert visitor.page.evaluate(marked) == ["12,346"]
    expect(totals.locator("table").first).to_be_hidden()
    totals.locator("summary").click()
    expect(totals.locator("table").first).to_contain_text("4,115")
    visitor.page.reload()
    visitor.ready()
    expect(totals.locator(".differing li")).to_have_count(1)


def test_right_totals_are_a_folded_line(visitor, upstream) -> None:
    totals = ask_about_a_file(visitor, upstream, ANSWER.replace("12,346", "12,345"))
    expect(totals.locator("summary")).to_contain_text("Control totals: 3 rows", timeout=30_000)
    expect(totals.locator(".agreeing")).to_contain_text("3")
    expect(totals.locator(".differing")).to_have_count(0)
    assert visitor.page.evaluate("CSS.highlights.has('differing-total')") is False


def test_a_mean_is_rounded_and_a_sum_is_exact(visitor, upstream, monkeypatch) -> None:
    monkeypatch.setitem(globals(), "CSV", b"id,weight\na,1000.0625\nb,2000\nc,2000\n")
    totals = ask_about_a_file(visitor, upstream, ANSWER)
    totals.locator("summary").click(timeout=30_000)
    cells = totals.locator("table").first.locator("td")
    expect(cells.nth(0)).to_have_text("5,000.0625")
    expect(cells.nth(1)).to_have_text("1,666.69")


def test_the_line_names_sums_that_say_something(visitor, upstream, monkeypatch) -> None:
    monkeypatch.setitem(globals(), "CSV", b"no,weight,price\n1,5,10\n2,5,20\n3,5,20\n")
    totals = ask_about_a_file(visitor, upstream, ANSWER)
    expect(totals.locator("summary")).to_contain_text("sum of weight 15 · sum of price 50", timeout=30_000)
    totals.locator("summary").click()
    expect(totals.locator("table").first.locator("tbody th").first).to_have_text("no")
    table, room = totals.locator(".scrolled").first.bounding_box(), totals.locator("details").bounding_box()
    assert table["x"] >= room["x"] + 10 and table["x"] + table["width"] <= room["x"] + room["width"] - 10


def test_an_answer_without_a_table_has_no_totals(visitor, upstream) -> None:
    visitor.ask("Hello")
    expect(visitor.page.locator(".totals")).to_have_count(0)
