"""What an answer makes besides text: shown, enlarged, taken away, asked on, and there again after a reload."""

from __future__ import annotations

import base64
import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from chat.events import Chart, Delta, Finished, ResultTable, Suggestions, Work
from tests.browser.conftest import ENDED
from tests.scripted_upstream import Gate

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text y='9'>서울</text></svg>".encode()
CHART = Chart("지역별 매출", PNG, {"mark": "bar"}, SVG)
TABLE = ResultTable("지역별 매출", ("지역", "매출"), ("text", "number"), (("서울", 1900), ("=부산", 1100.5)) * 600)
WORK = Work(("지역", "매출"), "연도 = 2024", 12_345, 6_789, "SELECT 1\nFROM data;", "print('하나')")
SUGGESTIONS = Suggestions(("월별로는?", "상위 3개는?", "가장 작은 지역은?", "네 번째"))
EVERYTHING = (Delta("see"), CHART, TABLE, WORK, SUGGESTIONS, Finished())


def beneath(page: Page) -> Locator:
    """What stands beneath the last answer."""
    return page.locator(".bot-row[data-part=answer] > .beneath").last


def downloaded(page: Page, link: str) -> tuple[str, bytes]:
    """The name and the bytes of what the link saves."""
    with page.expect_download() as saving:
        beneath(page).locator(link).click()
    return saving.value.suggested_filename, Path(saving.value.path()).read_bytes()


@pytest.fixture
def page(visitor: Any, upstream: Any) -> Page:
    """A page with an answer that has everything."""
    upstream.enqueue(*EVERYTHING)
    visitor.ask("Sales by region")
    return visitor.page


def test_a_chart_is_saved_as_picture_and_as_drawing(page: Page) -> None:
    assert downloaded(page, ".chart a:text-is('PNG')") == ("지역별 매출.png", PNG)
    name, drawing = downloaded(page, ".chart a:text-is('SVG')")
    assert name == "지역별 매출.svg"
    assert "".join(ElementTree.fromstring(drawing).itertext()) == "서울"


def test_a_table_is_saved_whole_as_csv_and_as_workbook(page: Page) -> None:
    expect(beneath(page).locator(".tables li")).to_contain_text("1,200 rows")
    name, content = downloaded(page, ".tables a:text-is('CSV')")
    read = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    assert (name, len(read)) == ("지역별 매출.csv", 1201)
    assert read[:3] == [["지역", "매출"], ["서울", "1900"], ["'=부산", "1100.5"]]
    name, content = downloaded(page, ".tables a:text-is('Excel')")
    rows = list(openpyxl.load_workbook(BytesIO(content)).worksheets[0].values)
    assert (name, len(rows)) == ("지역별 매출.xlsx", 1201)
    assert rows[:3] == [("지역", "매출"), ("서울", 1900), ("'=부산", 1100.5)]


def test_how_it_was_computed_is_folded_away_until_asked_for(page: Page) -> None:
    work = beneath(page).locator(".work")
    expect(work.locator("pre").first).to_be_hidden()
    work.locator("summary").press("Enter")
    expect(work.locator("dd")).to_have_text(["지역, 매출", "연도 = 2024", "6,789 of 12,345"])
    expect(work.locator("pre")).to_have_text(["SELECT 1\nFROM data;", "print('하나')"])


def test_sql_and_code_are_copied_as_they_are(visitor: Any, page: Page) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click(".work summary")
    for index, text in enumerate((WORK.sql, WORK.code)):
        button = page.locator(".work .action.copy").nth(index)
        button.click()
        page.wait_for_selector(f".work .code:nth-of-type({index + 1}) .copy.did")
        assert page.evaluate("navigator.clipboard.readText()") == text


def test_what_there_is_not_is_not_shown(visitor: Any, upstream: Any) -> None:
    upstream.enqueue(Delta("see"), Chart("t", PNG, {}), Work(("a",), "", 3, 3), Finished())
    visitor.ask("One")
    expect(beneath(visitor.page).locator(".chart a")).to_have_text(["PNG"])
    visitor.page.click(".work summary")
    expect(beneath(visitor.page).locator(".work dt")).to_have_text(["Columns", "Rows used"])
    expect(beneath(visitor.page).locator(".work pre")).to_have_count(0)
    visitor.ask("Two")  # an answer of words alone
    expect(beneath(visitor.page).locator("> *")).to_have_count(1)
    expect(beneath(visitor.page).locator("> .actions")).to_be_visible()


def test_everything_is_there_again_after_a_reload(page: Page) -> None:
    before = beneath(page).inner_html()
    assert all(part in before for part in ('class="chart"', 'class="tables"', 'class="work"', 'class="suggestions"'))
    page.reload()
    expect(beneath(page).locator(".suggestions")).to_be_visible()
    assert beneath(page).inner_html() == before


def test_a_suggestion_is_asked_at_once_about_the_file_and_the_draft_stays(visitor: Any, upstream: Any) -> None:
    page = visitor.page
    page.set_default_timeout(60_000)  # the file is read before the agent is asked
    upstream.enqueue(*EVERYTHING)
    page.set_input_files("#attach input", files=[{"name": "a.csv", "mimeType": "text/csv", "buffer": b"n\n1\n"}])
    expect(page.locator("#send")).to_be_enabled()
    visitor.ask("Sales by region")
    page.fill("#composer", "half a thought")
    expect(beneath(page).locator(".suggestions button")).to_have_text(list(SUGGESTIONS.questions[:3]))
    beneath(page).get_by_role("button", name="상위 3개는?").press("Enter")
    page.locator(ENDED).nth(1).wait_for()
    expect(page.locator(".user-row").last).to_contain_text("상위 3개는?")
    expect(page.locator(".bot-row[data-part=answer]").last).to_contain_text("You said: 상위 3개는?")
    asked = upstream.questions[-1]
    assert (asked.contents[-1], asked.attachment.name) == ("상위 3개는?", "a.csv")
    expect(page.locator("#composer")).to_have_value("half a thought")
    expect(page.locator("#composer")).to_be_focused()
    expect(page.locator(".suggestions")).to_have_count(0)


def test_a_suggestion_that_was_refused_is_there_again_and_asked_once(visitor: Any, page: Page, upstream: Any) -> None:
    page.fill("#composer", "half a thought")

    def swallow(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/turns/", swallow)
    page.click(".suggestions button >> nth=0")
    expect(page.locator("#notice")).to_contain_text("can't be reached")
    expect(page.locator("#composer")).to_have_value("half a thought")
    page.unroute("**/turns/")
    page.click(".suggestions button >> nth=0")
    expect(page.locator(".bot-row[data-part=answer]").last).to_contain_text("You said: 월별로는?")
    assert [question.contents[-1] for question in upstream.questions] == ["Sales by region", "월별로는?"]


def test_a_suggestion_of_an_ended_login_is_asked_after_signing_in(visitor: Any, page: Page, upstream: Any) -> None:
    page.route("**/turns/", lambda route: route.fulfill(status=401, json={"detail": "?"}), times=1)
    page.click(".suggestions button >> nth=1")
    page.fill("dialog input", "a quite long password")
    page.click("dialog button.primary")
    expect(page.locator(".bot-row[data-part=answer]").last).to_contain_text("You said: 상위 3개는?")


def test_suggestions_wait_until_the_answer_has_ended_well(visitor: Any, upstream: Any) -> None:
    gate = Gate()
    upstream.enqueue(Delta("see"), CHART, SUGGESTIONS, gate, Finished())
    page = visitor.page
    page.fill("#composer", "Tell me")
    page.click("#send")
    expect(beneath(page).locator(".chart img")).to_be_visible()
    expect(page.locator(".suggestions")).to_have_count(0)
    gate.release()
    expect(page.locator(".suggestions")).to_be_visible()


def test_a_section_that_is_being_read_stays_open_while_the_conversation_goes_on(visitor: Any, page: Page) -> None:
    page.click(".work summary")
    expect(page.locator(".work pre").first).to_be_visible()
    visitor.ask("Go on")
    expect(page.locator(".suggestions")).to_have_count(0)
    expect(page.locator(".work pre").first).to_be_visible()


def test_what_is_unfolded_at_the_end_of_the_page_stays_where_it_is(visitor: Any, upstream: Any) -> None:
    page = visitor.page
    upstream.enqueue(
        Delta("see"), Work(("a",), "", 3, 3, "\n".join(["SELECT 1;"] * 40), "\n".join(["print(1)"] * 40)), Finished()
    )
    visitor.ask("Tell me")
    page.evaluate("""() => {
      document.querySelector('.work summary').click();
      document.querySelector('#transcript').append(document.createElement('i'));
    }""")  # drawn again before the toggle is told of
    expect(page.locator(".work pre").first).to_be_visible()
    drawn_again = """() => new Promise((done) => {
      document.querySelector('#transcript').append(document.createElement('i'));
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
    })"""
    page.evaluate(drawn_again)
    expect(page.locator(".work summary")).to_be_in_viewport()


def test_a_chart_is_enlarged_and_closed_by_keyboard(page: Page) -> None:
    button = page.locator(".chart .action.enlarge")
    button.press("Enter")
    expect(page.locator("dialog .chart-room img")).to_be_visible()
    expect(page.locator("dialog a")).to_have_text(["PNG", "SVG"])
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(button).to_be_focused()


def draw_anew(page: Page) -> None:
    """Let everything beneath the messages be drawn anew, as when control totals come after their answer."""
    page.evaluate("""() => {
      document.querySelectorAll('#transcript .message-row').forEach((row) => { row.fabrixSignature = ''; });
      document.querySelectorAll('#transcript .beneath').forEach((old) => { old.dataset.old = ''; });
      document.querySelector('#transcript').append(document.createElement('i'));
    }""")
    expect(page.locator("#transcript .beneath[data-old]")).to_have_count(0)


def test_the_focus_comes_back_to_a_button_that_was_drawn_anew_beneath_its_chart(page: Page) -> None:
    button = page.locator(".chart .action.enlarge")
    button.press("Enter")
    expect(page.locator("dialog .chart-room img")).to_be_visible()
    draw_anew(page)
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(button).to_be_focused()


def test_the_focus_stays_on_what_is_drawn_anew(page: Page) -> None:
    for control in (".chart a:text-is('SVG')", ".work summary", ".actions .copy"):
        beneath(page).locator(control).first.focus()
        draw_anew(page)
        expect(beneath(page).locator(control).first).to_be_focused()


def test_an_enlarged_chart_closes_by_its_button_and_by_a_click_beside_it(page: Page) -> None:
    for closing in (lambda: page.click("dialog .close"), lambda: page.mouse.click(4, 4)):
        page.click(".chart img")
        expect(page.locator("dialog .chart-room img")).to_be_visible()
        closing()
        expect(page.locator("dialog")).to_have_count(0)


def test_a_wide_table_scrolls_within_itself_on_a_phone(visit: Any, upstream: Any) -> None:
    visitor = visit(width=390, height=844)
    page = visitor.enter()
    head = "|".join(f"column {number}" for number in range(12))
    table = f"|{head}|\n|{'|'.join(['--:'] * 12)}|\n|{'|'.join(['1,234'] * 12)}|\n"
    upstream.enqueue(Delta(table), *EVERYTHING[1:])
    visitor.ask("Wide")
    page.click(".work summary")
    assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [390, 390]
    shown = page.locator(".prose table")
    expect(shown).to_have_attribute("tabindex", "0")
    assert shown.evaluate("table => table.scrollWidth > table.clientWidth")
    expect(shown.locator("td").first).to_have_css("text-align", "right")
    edges = page.locator(".beneath").last.evaluate(
        "box => [...box.querySelectorAll('*')].filter(e => !e.closest('pre')).map(e => e.getBoundingClientRect().right)"
    )
    assert max(edges) <= 390


def test_it_speaks_korean(visit: Any, upstream: Any) -> None:
    visitor = visit(locale="ko-KR")
    visitor.enter()
    upstream.enqueue(*EVERYTHING)
    visitor.ask("지역별 매출")
    shown = beneath(visitor.page)
    visitor.page.click(".work summary")
    expect(shown.locator(".work dt")).to_have_text(["사용한 열", "조건", "사용한 행"])
    expect(shown.locator(".work dd").last).to_have_text("전체 12,345행 중 6,789행")
    expect(shown.locator(".tables li")).to_contain_text("1,200행")
    expect(shown.get_by_role("link", name="지역별 매출: Excel 파일로 저장")).to_be_visible()
    expect(shown.get_by_role("group", name="이어서 물어보기").get_by_role("button")).to_have_count(3)


def test_somebody_else_finds_none_of_it(page: Page, visit: Any) -> None:
    links = page.locator(".beneath a.download").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(links) == 4
    other = visit()
    other.enter()
    for link in links:
        assert other.page.evaluate("link => fetch(link).then(answer => answer.status)", link) == 404
