"""One's own account in the page, and what one-time links open."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from auth.services import account_services
from storage import users
from storage.audit import shell
from tests.browser.test_accessibility import serious
from tests.conftest import settings_for
from tests.live_server import PASSWORD, LiveServer

NEW = "another long password"


def open_account(page: Page):
    page.locator("#account").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.own-account")
    expect(dialog.locator("#account-logins li").first).to_be_visible()
    return dialog


def sign_in_elsewhere(server: LiveServer, username: str, password: str = PASSWORD) -> httpx.Response:
    body = {"username": username, "password": password}
    return httpx.post(f"{server.url}/api/auth/login/", json=body, headers={"User-Agent": "Firefox/1 (Windows NT)"})


def change_password(page: Page, old: str, new: str, repeated: str) -> None:
    for name, value in (("old_password", old), ("new_password", new), ("repeated", repeated)):
        page.fill(f"#account-{name}", value)
    page.keyboard.press("Enter")


def test_the_password_is_changed_with_the_keyboard(visitor, server: LiveServer) -> None:
    page = visitor.page
    dialog = open_account(page)
    told = dialog.locator(".told")
    change_password(page, PASSWORD, NEW, NEW + "x")
    expect(told).to_have_text("The two passwords are not the same.")
    change_password(page, "wrong password", NEW, NEW)
    expect(told).to_have_text("The old password is wrong.")
    expect(page.locator("#account-old_password")).to_be_focused()
    change_password(page, PASSWORD, "short", "short")
    expect(told).to_contain_text("at least 8 characters")
    change_password(page, PASSWORD, NEW, NEW)
    expect(told).to_have_text("Your password has been changed.")
    expect(page.locator("#account-old_password")).to_have_value("")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert sign_in_elsewhere(server, visitor.username, NEW).status_code == 200


def test_sign_ins_are_seen_and_ended(visitor, server: LiveServer) -> None:
    tokens = [sign_in_elsewhere(server, visitor.username).json()["token"] for _ in range(3)]
    page = visitor.page
    dialog = open_account(page)
    rows = dialog.locator("#account-logins li")
    expect(rows).to_have_count(4)
    expect(dialog.locator("#account-logins .current")).to_have_count(1)
    expect(rows.first).to_contain_text("Firefox, Windows")
    rows.first.locator("button").click()
    expect(rows).to_have_count(3)
    dialog.locator("#account-end-others").click()
    expect(rows).to_have_count(1)
    expect(dialog.locator("#account-end-others")).to_be_disabled()
    statuses = [
        httpx.get(f"{server.url}/api/me", headers={"Authorization": f"Token {token}"}).status_code for token in tokens
    ]
    assert statuses == [401] * 3


def test_an_api_token_is_made_shown_once_and_revoked(visitor, server: LiveServer) -> None:
    page = visitor.page
    dialog = open_account(page)
    page.fill("#account-name", "nightly <b>report</b>")
    page.keyboard.press("Enter")
    token = page.locator("#account-token").input_value()
    assert httpx.get(f"{server.url}/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    expect(dialog.locator("#account-tokens li")).to_contain_text("nightly <b>report</b>")
    page.locator("#account-close").click()
    dialog = open_account(page)
    assert token not in page.content()
    expect(dialog.locator("#account-tokens li")).to_contain_text("last used")
    dialog.locator("#account-tokens button").click()
    page.locator("dialog .danger").click()
    expect(dialog.locator("#account-tokens li")).to_have_text("You have no tokens.")
    assert httpx.get(f"{server.url}/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_login_that_ended_is_renewed_over_the_dialog(visitor) -> None:
    page = visitor.page
    open_account(page)
    visitor.context.clear_cookies()
    page.fill("#account-name", "mine")
    page.keyboard.press("Enter")
    again = page.locator("dialog", has_text="Your sign-in has ended")
    again.locator("input").fill(PASSWORD)
    again.locator("button.primary").click()
    expect(page.locator("#account-token")).to_be_visible()


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_the_dialog_fits_and_has_no_serious_problem(visit, locale: str, scheme: str, width: int, height: int) -> None:
    visitor = visit(locale=locale, color_scheme=scheme, width=width, height=height)
    page = visitor.enter()
    if width < 769:
        page.click("#menu")
    page.click("#account")
    dialog = page.locator("dialog.own-account")
    expect(dialog.locator("#account-logins li").first).to_be_visible()
    page.fill("#account-name", "보고서 자동화")
    page.keyboard.press("Enter")
    expect(page.locator("#account-token")).to_be_visible()
    box = dialog.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width and box["height"] <= height
    assert dialog.evaluate("(item) => item.scrollWidth <= item.clientWidth")
    assert serious(page) == []


def reset_link(server_data: Path, username: str) -> str:
    services = account_services(settings_for(server_data))
    user = services.database.read_now(users.by_name, username)
    assert user is not None
    try:
        return services.database.write_now(services.links.make, user, shell())
    finally:
        services.close()


@pytest.mark.parametrize(
    ("locale", "told", "button"),
    [
        ("en-US", "Choose a new password for", "Set the password"),
        ("ko-KR", "계정의 새 비밀번호를 정하세요.", "비밀번호 설정"),
    ],
)
def test_a_one_time_link_leads_to_a_new_password(visit, server_data: Path, locale: str, told: str, button: str) -> None:
    visitor = visit(locale=locale)
    visitor.enter()
    visitor.context.clear_cookies()
    path = reset_link(server_data, visitor.username)
    page = visitor.page
    page.goto(visitor.url + path)
    expect(page.locator("#welcome-line")).to_contain_text(told)
    expect(page.locator("#link [name=username]")).to_have_value(visitor.username)
    expect(page.locator("#account")).to_be_hidden()
    assert serious(page) == []
    page.fill("#link [name=password]", NEW)
    page.fill("#link [name=repeated]", NEW + "x")
    page.keyboard.press("Enter")
    expect(page.locator("#link-notice")).to_be_visible()
    page.fill("#link [name=password]", "short")
    page.fill("#link [name=repeated]", "short")
    page.keyboard.press("Enter")
    expect(page.locator("#link-notice")).to_contain_text("8")
    page.fill("#link [name=password]", NEW)
    page.fill("#link [name=repeated]", NEW)
    page.get_by_role("button", name=button).click()
    expect(page.locator("#username")).to_have_value(visitor.username)
    assert "#reset" not in page.url
    page.fill("#password", NEW)
    page.keyboard.press("Enter")
    visitor.ready()


def test_a_used_link_is_told_and_one_can_sign_in(visitor, server_data: Path) -> None:
    visitor.context.clear_cookies()
    older = reset_link(server_data, visitor.username)
    reset_link(server_data, visitor.username)
    page = visitor.page
    page.goto(visitor.url + older)
    expect(page.locator("#login-notice")).to_contain_text("has been used or has run out")
    page.fill("#username", visitor.username)
    page.fill("#password", PASSWORD)
    page.click("#sign-in")
    visitor.ready()


def test_a_link_in_a_tab_that_shows_the_page_already_works(visitor, server_data: Path) -> None:
    visitor.context.clear_cookies()
    page = visitor.page
    page.goto(visitor.url + "/login/")
    page.wait_for_selector("#username")
    page.evaluate("(path) => { location.href = path; }", reset_link(server_data, visitor.username))
    expect(page.locator("#link [name=password]")).to_be_visible()


def test_the_address_for_the_first_administrator_opens_its_form(visit) -> None:
    """That it makes one is tested with a server of its own: here others may be administrators already."""
    visitor = visit()
    page = visitor.page
    page.goto(f"{visitor.url}/login/#first={'0' * 40}")
    page.fill("#link [name=username]", "boss")
    page.fill("#link [name=email]", "boss@example.com")
    page.fill("#link [name=password]", PASSWORD)
    page.fill("#link [name=repeated]", PASSWORD)
    assert serious(page) == []
    page.get_by_role("button", name="Make the administrator").click()
    expect(page.locator("#login-notice")).to_contain_text("has been used or has run out")
