"""The intake card: how a file was read, above the composer, and the choices that read it in another way."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ENDED
from tests.browser.test_accessibility import serious

SALES = """영업 실적
지역;매출;연락처
서울;1200;010-1234-5678
부산;;010-2345-6789
대구;900;010-3456-7890
"""


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    path = tmp_path / "영업.csv"
    path.write_bytes(SALES.encode("cp949"))
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    made.active.title = "판매"
    made.active.append(["a", "b"])
    made.active.append([1, 2])
    other = made.create_sheet("재고")
    for row in (["품목", "수량"], ["x", 3], ["y", 4]):
        other.append(row)
    path = tmp_path / "둘.xlsx"
    made.save(path)
    return path


def attach(page: Page, path: Path) -> None:
    """Choose a file and wait until its card has been made."""
    page.set_input_files("#attach", path)
    expect(page.locator("#intake .facts")).not_to_be_empty()


def option(page: Page, name: str, value: str) -> None:
    page.locator(f"#intake select[data-choice={name}]").select_option(value)


def test_a_file_shows_its_card(visitor, sales: Path) -> None:
    page = visitor.page
    attach(page, sales)
    card = page.locator("#intake")
    expect(card.locator(".facts")).to_have_text(f"CSV · 3 rows × 3 columns · {sales.stat().st_size} B")
    expect(card.locator("select[data-choice=encoding] option:checked")).to_have_text("Automatic: cp949")
    expect(card.locator("select[data-choice=separator] option:checked")).to_have_text("Automatic: ;")
    expect(card.locator("select[data-choice=header] option:checked")).to_have_text("Automatic: line 2")
    expect(card.locator(".personal")).to_contain_text("연락처 (phone number)")
    expect(card.locator(".details")).to_be_hidden()
    card.get_by_role("button", name="Details").click()
    expect(card.locator(".details")).to_contain_text("영업 실적")
    expect(card.get_by_role("region", name="First rows").locator("tbody tr")).to_have_count(3)
    missing = card.get_by_role("region", name="Columns").locator("tbody tr").nth(1).locator("td").nth(2)
    expect(missing).to_have_text("33.3%")


def test_each_choice_changes_the_card(visitor, sales: Path, book: Path) -> None:
    page = visitor.page
    attach(page, sales)
    facts = page.locator("#intake .facts")
    option(page, "header", "0")
    expect(facts).to_contain_text("5 rows × 3 columns")
    option(page, "separator", ",")
    expect(facts).to_contain_text("× 1 column ")
    option(page, "separator", "")
    expect(facts).to_contain_text("× 3 columns")
    page.get_by_role("button", name="Details").click()
    first = page.get_by_role("region", name="First rows").locator("td").first
    option(page, "encoding", "cp1252")
    expect(first).to_have_text("¿µ¾÷ ½ÇÀû")
    option(page, "encoding", "cp949")
    expect(first).to_have_text("영업 실적")
    option(page, "header", "3")
    expect(page.get_by_role("region", name="First rows").locator("th").first).to_have_text("서울")
    attach(page, book)
    expect(facts).to_contain_text("1 row × 2 columns")
    option(page, "sheet", "재고")
    expect(facts).to_contain_text("2 rows × 2 columns")


def test_a_choice_that_does_not_work_keeps_the_card_and_says_why(visitor, sales: Path) -> None:
    page = visitor.page
    attach(page, sales)
    before = page.locator("#intake .facts").text_content()
    page.route("**/card", lambda route: route.fulfill(status=422, json={"error": "x", "message": "It can't."}))
    option(page, "header", "4")
    expect(page.locator("#intake .problem")).to_have_text("It can't.")
    expect(page.locator("#intake .facts")).to_have_text(before or "")
    page.unroute("**/card")
    option(page, "header", "0")
    expect(page.locator("#intake .problem")).to_have_count(0)
    expect(page.locator("#intake .facts")).to_contain_text("5 rows")


def test_a_spinner_turns_while_a_file_is_read_and_the_draft_can_be_written(visitor, sales: Path) -> None:
    page = visitor.page
    page.route("**/card", lambda route: route.fulfill(status=202, json={"state": "reading"}))
    page.set_input_files("#attach", sales)
    expect(page.locator("#intake .reading")).to_be_visible()
    page.fill("#composer", "a draft")
    page.unroute("**/card")
    expect(page.locator("#intake .reading")).to_have_count(0)
    expect(page.locator("#intake .facts")).to_contain_text("3 rows")
    expect(page.locator("#composer")).to_have_value("a draft")


def test_a_file_that_nobody_can_use_is_refused_by_name_and_the_draft_is_kept(visitor, tmp_path: Path) -> None:
    path = tmp_path / "급여.xlsx"
    path.write_bytes(encrypted())
    page = visitor.page
    page.fill("#composer", "my draft")
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
        page.set_input_files("#attach", path)
    assert deleted.value.status == 204
    expect(page.locator("#notice")).to_contain_text("급여.xlsx is protected by a password")
    expect(page.locator("#chips")).to_be_hidden()
    expect(page.locator("#intake")).to_be_hidden()
    expect(page.locator("#composer")).to_have_value("my draft")
    expect(page.locator("#send")).to_be_enabled()


def test_of_several_files_each_has_its_card_and_the_unusable_ones_are_named_at_once(
    visit, sales: Path, book: Path, tmp_path: Path
) -> None:
    locked, photo = tmp_path / "급여.xlsx", tmp_path / "photo.png"
    locked.write_bytes(encrypted())
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    visitor = visit(width=390, height=844)
    page = visitor.enter()
    page.set_input_files("#attach", [sales, locked, book, photo])
    expect(page.locator("#notice")).to_contain_text("급여.xlsx is protected by a password")
    chips = page.locator("#chips .chip")
    expect(chips.locator(".file-name")).to_have_text(["영업.csv", "둘.xlsx", "photo.png"])
    expect(chips.nth(2)).to_contain_text("can't be read as a table")
    expect(chips.nth(1)).to_have_class("chip asked")
    chips.nth(0).get_by_role("button", name="How the file was read").click()
    expect(page.locator("#intake .facts")).to_contain_text("3 rows × 3 columns")
    expect(chips.nth(0)).to_have_class("chip asked")
    option(page, "header", "0")
    chips.nth(1).get_by_role("button", name="How the file was read").click()
    expect(page.locator("#intake .facts")).to_contain_text("1 row × 2 columns")
    chips.nth(0).get_by_role("button", name="How the file was read").click()
    expect(page.locator("#intake .facts")).to_contain_text("5 rows × 3 columns")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious(page) == []


def test_a_file_that_only_others_can_read_stays(visitor, upstream, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    page = visitor.page
    page.set_input_files("#attach", path)
    expect(page.locator("#intake .problem")).to_contain_text("photo.png")
    visitor.ask("What is on it?")
    assert upstream.questions[-1].attachment.name == "photo.png"


def test_a_file_that_took_too_long_can_be_tried_again(visitor, sales: Path) -> None:
    page = visitor.page
    failed = {"error": "file_not_read", "message": "It took too long."}
    page.route("**/card", lambda route: route.fulfill(status=422, json=failed))
    page.set_input_files("#attach", sales)
    expect(page.locator("#intake .problem")).to_have_text("It took too long.")
    page.unroute("**/card")
    page.get_by_role("button", name="Read it again").click()
    expect(page.locator("#intake .facts")).to_contain_text("3 rows")
    expect(page.locator("#intake .again")).to_have_count(0)


def test_the_card_can_be_closed_and_shown_again(visitor, sales: Path) -> None:
    page = visitor.page
    attach(page, sales)
    page.get_by_role("button", name="Close the card").click()
    expect(page.locator("#intake")).to_be_hidden()
    page.locator("#chips").get_by_role("button", name="How the file was read").click()
    expect(page.locator("#intake .facts")).to_contain_text("3 rows × 3 columns")


def test_a_card_comes_back_with_its_draft(visitor, sales: Path) -> None:
    page = visitor.page
    attach(page, sales)
    option(page, "header", "0")
    expect(page.locator("#intake .facts")).to_contain_text("5 rows")
    page.reload()
    visitor.ready()
    expect(page.locator("#intake .facts")).to_contain_text("5 rows")
    expect(page.locator("#intake select[data-choice=header] option:checked")).to_have_text("none")


def test_the_card_is_reached_by_keyboard(visitor, sales: Path) -> None:
    page = visitor.page
    attach(page, sales)
    page.get_by_role("button", name="Details").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#intake .details")).to_be_visible()
    expect(page.get_by_role("button", name="Details")).to_be_focused()
    page.locator("#intake select[data-choice=header]").focus()
    option(page, "header", "0")
    expect(page.locator("#intake .facts")).to_contain_text("5 rows")
    expect(page.locator("#intake select[data-choice=header]")).to_be_focused()


def test_the_newest_of_several_files_goes_along_until_another_is_chosen(
    visitor, upstream, sales: Path, book: Path
) -> None:
    page = visitor.page
    attach(page, sales)
    visitor.ask("About the first")
    expect(page.locator("#intake")).to_be_hidden()
    expect(page.locator("#chips")).to_contain_text("영업.csv")
    expect(page.locator("#send")).to_be_disabled()
    visitor.ask("Once more")
    assert upstream.questions[-1].attachment.name == "영업.csv"
    attach(page, book)
    visitor.ask("About the second")
    assert upstream.questions[-1].attachment.name == "둘.xlsx"
    assert [file.name for file in upstream.questions[-1].files] == ["둘.xlsx", "영업.csv"]
    files = page.locator("#files")
    expect(files.locator("summary")).to_have_text("Files (2)")
    files.locator("summary").click()
    expect(files.locator("li").nth(1)).to_contain_text("3 rows × 3 columns")
    with page.expect_download() as download:
        files.locator("li").nth(1).get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_bytes() == sales.read_bytes()
    files.get_by_role("radio", name="영업.csv").check()
    expect(page.locator("#chips")).to_contain_text("영업.csv")
    visitor.ask("The first again")
    assert [file.name for file in upstream.questions[-1].files] == ["영업.csv", "둘.xlsx"]
    files.get_by_role("radio", name="No file with the next question").check()
    expect(page.locator("#chips")).to_be_hidden()
    visitor.ask("Without")
    assert upstream.questions[-1].attachment is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_which_file_goes_along_is_seen_before_and_after_it_is_sent(visit, sales: Path, book: Path, scheme: str) -> None:
    visitor = visit(width=390, height=844, color_scheme=scheme)
    page = visitor.enter()
    attach(page, sales)
    visitor.ask("About the first")
    attach(page, book)
    files = page.locator("#files")
    files.locator("summary").click()
    expect(files.locator("li").first).to_contain_text("1 row × 2 columns")
    look = "radio => [getComputedStyle(radio).borderTopColor, getComputedStyle(radio).borderTopWidth]"
    chosen, other = (files.locator("input").nth(index).evaluate(look) for index in (0, 1))
    paper = files.locator("input").first.evaluate("radio => getComputedStyle(radio).backgroundColor")
    assert chosen != other and paper not in {chosen[0], other[0]}
    name, size = (files.locator("li").nth(1).locator(part).first.bounding_box() for part in (".file-name", ".size"))
    shape = files.locator("li").nth(1).locator(".size").nth(1).bounding_box()
    assert name["x"] == size["x"] and shape["x"] >= size["x"] + size["width"]


def test_a_head_stands_over_its_numbers(visitor, sales: Path) -> None:
    page = visitor.page
    attach(page, sales)
    page.get_by_role("button", name="Details").click()
    for region in ("Columns", "First rows"):
        table = page.get_by_role("region", name=region)
        cells = (
            table.locator("tbody tr")
            .first.locator("th, td")
            .evaluate_all("cells => cells.map(cell => getComputedStyle(cell).textAlign)")
        )
        heads = table.locator("thead th").evaluate_all("cells => cells.map(cell => getComputedStyle(cell).textAlign)")
        assert heads == cells and "right" in cells


def test_an_agent_that_takes_no_files_gets_none_by_itself(visitor, upstream, sales: Path) -> None:
    page = visitor.page
    attach(page, sales)
    visitor.ask("About it")
    page.select_option("#agent", "another-agent-0002")
    expect(page.locator("#chips")).to_be_hidden()
    page.fill("#composer", "And you?")
    page.click("#send")
    page.locator(ENDED).nth(1).wait_for()
    assert upstream.questions[-1].attachment is None


def test_the_card_of_a_file_that_went_along_before_can_be_changed(visitor, upstream, sales: Path) -> None:
    page = visitor.page
    attach(page, sales)
    visitor.ask("About it")
    page.locator("#chips").get_by_role("button", name="How the file was read").click()
    option(page, "header", "0")
    expect(page.locator("#intake .facts")).to_contain_text("5 rows")
    visitor.ask("And now?")
    assert "5 rows × 3 columns" in upstream.questions[-1].card


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_card_fits_a_phone(visit, sales: Path, scheme: str) -> None:
    visitor = visit(locale="ko-KR", width=390, height=844, color_scheme=scheme)
    page = visitor.enter()
    attach(page, sales)
    page.get_by_role("button", name="자세히").click()
    expect(page.locator("#intake")).to_contain_text("3행 × 3열")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator("#intake").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert page.locator("#composer").is_visible()
    assert serious(page) == []


def encrypted() -> bytes:
    """An OLE2 file as Excel writes it for a workbook with a password: what tells is the name of its stream."""
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504
    return head + "EncryptedPackage".encode("utf-16-le") + io.BytesIO(b"\0" * 1024).getvalue()
