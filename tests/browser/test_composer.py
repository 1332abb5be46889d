"""The keyboard, Korean composition, and files."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from chat.events import Delta, Finished
from tests.browser.conftest import ENDED
from tests.scripted_upstream import Gate


def test_enter_sends_and_shift_enter_breaks_the_line(visitor, upstream) -> None:
    page = visitor.page
    page.focus("#composer")
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(page.locator("#composer")).to_have_value("one\ntwo")
    page.keyboard.press("Enter")
    page.locator(ENDED).wait_for()
    assert upstream.questions[-1].contents == ("one\ntwo",)


def test_enter_that_ends_a_korean_composition_sends_nothing(visitor, upstream) -> None:
    page = visitor.page
    page.focus("#composer")
    devtools = visitor.context.new_cdp_session(page)
    for partial in ("ㅎ", "하", "한"):
        devtools.send("Input.imeSetComposition", {"text": partial, "selectionStart": 1, "selectionEnd": 1})
    # The Enter that ends a composition comes with key code 229, as input methods send it.
    enter = {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process", "code": "Enter"}
    devtools.send("Input.dispatchKeyEvent", enter)
    expect(page.locator(".user-row")).to_have_count(0)
    devtools.send("Input.insertText", {"text": "한"})
    expect(page.locator("#composer")).to_have_value("한")
    page.keyboard.press("Enter")
    page.locator(ENDED).wait_for()
    assert [question.contents for question in upstream.questions] == [("한",)]


def test_blank_text_can_not_be_sent(visitor, upstream) -> None:
    page = visitor.page
    page.fill("#composer", "  \n ")
    expect(page.locator("#send")).to_be_disabled()
    page.press("#composer", "Enter")
    expect(page.locator(".user-row")).to_have_count(0)


def test_a_double_click_sends_once(visitor, upstream) -> None:
    page = visitor.page
    page.fill("#composer", "once")
    page.evaluate("document.querySelector('#send').click(); document.querySelector('#send').click()")
    page.locator(ENDED).wait_for()
    expect(page.locator(".user-row")).to_have_count(1)
    assert len(upstream.questions) == 1


def test_typing_goes_on_while_an_answer_runs(visitor, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta("a"), gate, Finished())
    page = visitor.page
    page.fill("#composer", "first")
    page.click("#send")
    page.wait_for_selector("#stop:visible")
    page.fill("#composer", "the next thought")
    page.press("#composer", "Enter")
    expect(page.locator(".user-row")).to_have_count(1)
    gate.release()
    page.locator(ENDED).wait_for()
    expect(page.locator("#composer")).to_have_value("the next thought")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "매출.csv"
    path.write_bytes("지역,매출\n서울,10\n".encode("cp949"))
    return path


def test_a_chosen_file_is_shown_sent_and_kept(visitor, upstream, table: Path) -> None:
    page = visitor.page
    page.set_input_files("#attach", table)
    expect(page.locator("#chips")).to_contain_text("매출.csv")
    expect(page.locator("#chips")).to_contain_text(f"{table.stat().st_size} B")
    visitor.ask("What is in it?")
    attachment = upstream.questions[-1].attachment
    assert attachment is not None and attachment.name == "매출.csv"
    assert attachment.path.read_bytes() == table.read_bytes()
    page.reload()
    expect(page.locator(".user-row .file")).to_contain_text("매출.csv")
    with page.expect_download() as download:
        page.click(".user-row .file")
    assert Path(download.value.path()).read_bytes() == table.read_bytes()


def test_a_file_alone_is_enough(visitor, upstream, table: Path) -> None:
    page = visitor.page
    page.set_input_files("#attach", table)
    page.click("#send")
    page.locator(ENDED).wait_for()
    assert upstream.questions[-1].contents == ("Analyse this file.",)


def test_a_chosen_file_can_be_taken_away(visitor, upstream, table: Path) -> None:
    page = visitor.page
    page.set_input_files("#attach", table)
    page.get_by_role("button", name="Remove the file").click()
    expect(page.locator("#chips")).to_be_hidden()
    visitor.ask("Without")
    assert upstream.questions[-1].attachment is None


def test_a_file_that_is_too_big_is_named_before_it_is_sent(visitor, tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    path.write_bytes(b"x" * ((1 << 20) + 1))
    page = visitor.page
    page.fill("#composer", "my draft")
    page.set_input_files("#attach", path)
    expect(page.locator("#notice")).to_contain_text("huge.csv")
    expect(page.locator("#notice")).to_contain_text("1 MB")
    expect(page.locator("#composer")).to_have_value("my draft")
    assert not [url for url in visitor.requests if url.endswith("/api/files")]


def test_a_refused_upload_says_why(visitor, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    visitor.page.set_input_files("#attach", path)
    expect(visitor.page.locator("#notice")).to_contain_text("empty.csv")
    expect(visitor.page.locator("#chips")).to_be_hidden()


def test_progress_shows_while_uploading_and_an_upload_can_be_cancelled(visitor, table: Path) -> None:
    page = visitor.page
    held = []
    page.route("**/api/files", lambda route: held.append(route))
    page.set_input_files("#attach", table)
    expect(page.locator("#chips progress")).to_be_visible()
    page.fill("#composer", "not yet")
    expect(page.locator("#send")).to_be_disabled()
    page.get_by_role("button", name="Cancel the upload").click()
    expect(page.locator("#chips")).to_be_hidden()
    expect(page.locator("#send")).to_be_enabled()
    for route in held:
        route.abort()


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_files_can_be_dropped_and_pasted(visitor, how: str) -> None:
    page = visitor.page
    page.evaluate(
        """(how) => {
          const data = new DataTransfer();
          data.items.add(new File(['a,b\\n1,2\\n'], `${how}.csv`, {type: 'text/csv'}));
          const event = how === 'drop'
            ? new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})
            : new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
          document.querySelector('#composer').dispatchEvent(event);
        }""",
        how,
    )
    expect(page.locator("#chips")).to_contain_text(f"{how}.csv")


def listed(page) -> list[str]:
    page.locator("#files").evaluate("(list) => { list.open = true; }")
    return page.locator("#files .file-name").all_inner_texts()


@pytest.fixture
def several(tmp_path: Path) -> list[Path]:
    """Two files that can be used and, between them, one that is empty and one that is too big."""
    contents = {
        "sales.csv": b"a,b\n1,2\n",
        "empty.csv": b"",
        "huge.csv": b"x" * ((1 << 20) + 1),
        "staff.csv": b"a,c\n1,3\n",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in contents]


def test_several_files_at_once_become_files_of_the_conversation(visitor, upstream, several: list[Path]) -> None:
    page = visitor.page
    page.set_input_files("#attach", several)
    expect(page.locator("#chips .file-name")).to_have_text(["sales.csv", "staff.csv"])
    expect(page.locator("#chips .asked")).to_contain_text("staff.csv")
    expect(page.locator("#notice")).to_contain_text("huge.csv")
    expect(page.locator("#notice")).to_contain_text("empty.csv")
    page.reload()
    visitor.ready()
    expect(page.locator("#chips .file-name")).to_have_text(["sales.csv", "staff.csv"])
    visitor.ask("Join them")
    asked = upstream.questions[-1]
    assert asked.attachment.name == "staff.csv"
    assert [file.name for file in asked.files] == ["staff.csv", "sales.csv"]
    page.reload()
    visitor.ready()
    assert listed(page) == ["staff.csv", "sales.csv"]
    expect(page.locator(".file .file-name")).to_have_text(["staff.csv"])


def test_one_of_several_files_is_chosen_and_another_one_taken_away(visitor, upstream, several: list[Path]) -> None:
    page = visitor.page
    page.set_input_files("#attach", [several[0], several[3]])
    expect(page.locator("#chips .chip")).to_have_count(2)
    page.get_by_role("button", name="Remove the file: staff.csv").click()
    expect(page.locator("#chips .file-name")).to_have_text(["sales.csv"])
    expect(page.locator("#composer")).to_be_focused()
    held = []
    page.route("**/api/files", lambda route: held.append(route), times=1)
    page.set_input_files("#attach", several[3])
    expect(page.locator("#chips progress")).to_be_visible()
    page.get_by_role("button", name="sales.csv: How the file was read").click()
    expect(page.get_by_role("button", name="sales.csv: How the file was read")).to_be_focused()
    held[0].continue_()
    expect(page.get_by_role("button", name="staff.csv: How the file was read")).to_be_visible()
    # What was chosen while the other one was uploaded stays chosen.
    expect(page.locator("#chips .asked")).to_contain_text("sales.csv")
    visitor.ask("Look")
    assert upstream.questions[-1].attachment.name == "sales.csv"
    assert listed(page) == ["staff.csv", "sales.csv"]


def test_cancelling_one_upload_cancels_those_that_wait_behind_it(visitor, several: list[Path]) -> None:
    page = visitor.page
    held = []
    page.route("**/api/files", lambda route: held.append(route))
    page.set_input_files("#attach", several[0])
    expect(page.locator("#chips progress")).to_be_visible()
    page.set_input_files("#attach", several[3])
    expect(page.locator("#chips")).to_contain_text("1 more to come")
    page.get_by_role("button", name="Cancel the upload").click()
    expect(page.locator("#chips")).to_be_hidden()
    assert len(held) == 1
    held[0].abort()


def test_an_upload_ends_when_another_conversation_is_opened(visitor, upstream, table: Path) -> None:
    visitor.ask("One")
    page = visitor.page
    held = []
    page.route("**/api/files", lambda route: held.append(route))
    page.set_input_files("#attach", table)
    expect(page.locator("#chips progress")).to_be_visible()
    page.click("#new-chat")
    expect(page.locator("#chips")).to_be_hidden()
    for route in held:
        route.abort()


def test_a_file_taken_away_leaves_no_trace(visitor, table: Path) -> None:
    page = visitor.page
    page.set_input_files("#attach", table)
    with page.expect_response(lambda response: response.request.method == "DELETE") as deleted:
        page.get_by_role("button", name="Remove the file").click()
    assert deleted.value.status == 204
