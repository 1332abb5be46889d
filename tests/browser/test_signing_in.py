from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.live_server import PASSWORD, LiveServer


@pytest.fixture
def visitor(visit):
    """Somebody who has just signed up through the page."""
    made = visit()
    made.sign_up()
    return made


def sign_in(visitor) -> None:
    visitor.page.fill("#username", visitor.username)
    visitor.page.fill("#password", PASSWORD)
    visitor.page.click("#sign-in")
    visitor.ready()


def sign_out(visitor) -> None:
    visitor.page.click("#sign-out")
    visitor.page.wait_for_selector("#username")


def test_a_stranger_signs_up_and_is_there(visit) -> None:
    visitor = visit()
    page = visitor.sign_up()
    expect(page.locator("#user-name")).to_have_text(visitor.username)
    assert page.url == visitor.url + "/"


def test_whoever_signs_in_comes_back_to_where_they_wanted_to_go(visitor, upstream) -> None:
    visitor.ask("Remember me")
    address = visitor.page.url
    sign_out(visitor)
    visitor.page.goto(address)
    sign_in(visitor)
    assert visitor.page.url == address
    expect(visitor.page.locator("#transcript")).to_contain_text("You said: Remember me")


def test_enter_signs_in(visitor) -> None:
    sign_out(visitor)
    visitor.page.fill("#username", visitor.username)
    visitor.page.fill("#password", PASSWORD)
    visitor.page.press("#password", "Enter")
    visitor.ready()


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/.//evil.example/"])
def test_a_next_that_leads_elsewhere_is_not_followed(visitor, target: str) -> None:
    sign_out(visitor)
    visitor.page.goto(f"{visitor.url}/login/?next={target}")
    visitor.page.fill("#username", visitor.username)
    visitor.page.fill("#password", PASSWORD)
    visitor.page.click("#sign-in")
    visitor.page.wait_for_url(lambda url: "/login/" not in url)
    assert visitor.page.url.startswith(visitor.url + "/")


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("en-US", "User name or password is wrong."), ("ko-KR", "사용자 이름 또는 비밀번호가 올바르지 않습니다.")],
)
def test_a_wrong_password_is_told_in_the_readers_language(visit, server: LiveServer, locale, sentence) -> None:
    page = visit(locale=locale).page
    page.goto(server.url)
    page.fill("#username", f"nobody-{locale}")
    page.fill("#password", "wrong password")
    page.click("#sign-in")
    expect(page.locator("#login-notice")).to_have_text(sentence)
    expect(page.locator("#username")).to_have_value(f"nobody-{locale}")


def test_a_missing_field_is_named(visit, server: LiveServer) -> None:
    page = visit().page
    page.goto(server.url)
    page.fill("#username", "someone")
    page.click("#sign-in")
    expect(page.locator("#login-notice")).to_have_text("Please fill in: Password")


def test_a_wrong_key_is_told(visit, server: LiveServer) -> None:
    page = visit().page
    page.goto(server.url)
    page.fill("#username", "keyless-visitor")
    page.fill("#password", PASSWORD)
    page.fill("#email", "a@example.com")
    page.fill("#signup-key", "000000")
    page.click("#sign-up")
    expect(page.locator("#login-notice")).to_contain_text("sign-up key is wrong")


def test_closing_the_browser_signs_out(visitor) -> None:
    [cookie] = [cookie for cookie in visitor.context.cookies() if cookie["name"] == "fabrix_chat"]
    assert cookie["expires"] == -1 and cookie["httpOnly"]


def test_a_login_that_ended_is_renewed_over_the_page_and_the_draft_goes_on(visitor, upstream) -> None:
    page = visitor.page
    page.fill("#composer", "A long thought")
    visitor.context.clear_cookies()
    page.click("#send")
    dialog = page.locator("dialog")
    expect(dialog).to_contain_text(visitor.username)
    expect(page.locator("#composer")).to_have_value("A long thought")
    dialog.locator("input").fill(PASSWORD)
    dialog.locator("button.primary").click()
    expect(page.locator("#transcript")).to_contain_text("You said: A long thought")


def test_signing_out_forgets_the_drafts(visitor) -> None:
    visitor.page.fill("#composer", "private draft")
    sign_out(visitor)
    assert visitor.page.evaluate("JSON.stringify({...sessionStorage})") == "{}"


def test_the_dialog_can_be_closed_and_comes_again(visitor, upstream) -> None:
    page = visitor.page
    page.fill("#composer", "A long thought")
    visitor.context.clear_cookies()
    for _ in range(2):
        page.click("#send")
        page.locator("dialog").wait_for()
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
        expect(page.locator("#notice")).to_contain_text("sign in again")
        expect(page.locator("#composer")).to_have_value("A long thought")
