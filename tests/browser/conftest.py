"""Real Chromium, driven by Playwright, before the running application."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from run import find_browser
from tests.conftest import SIGNUP_KEY
from tests.live_server import PASSWORD, LiveServer

# Chromium's own errands to servers elsewhere would only disturb; a container's root has no sandbox.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# The buttons beneath an answer that has ended.
ENDED = ".bot-row :is(.action.again, .action.retry)"
# Playwright's own five seconds are too few for a busy machine; whoever expects what's there already waits for nothing.
expect.set_options(timeout=20_000)
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    assert path, "Install Chromium, or name its path in the variable CHROMIUM."
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield made
        made.close()


class Visitor:
    """Somebody at a browser of their own. Errors of the page and requests to other hosts are failures."""

    def __init__(self, context: BrowserContext, url: str, username: str) -> None:
        self.context = context
        self.url = url
        self.username = username
        self.problems: list[str] = []
        self.requests: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("weberror", lambda error: self.problems.append(str(error.error)))
        context.on("console", self._console)
        self.page = self.new_page()

    def _console(self, message) -> None:
        # Chromium itself reports each 4xx of a fetch; those are told to the reader by the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    def new_page(self, path: str | None = None) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        if path is not None:
            page.goto(self.url + path)
        return page

    def sign_up(self) -> Page:
        """Through the sign-in page, as people do."""
        self.page.goto(self.url + "/")
        self.page.fill("#username", self.username)
        self.page.fill("#password", PASSWORD)
        self.page.fill("#email", f"{self.username}@example.com")
        self.page.fill("#signup-key", SIGNUP_KEY)
        self.page.click("#sign-up")
        self.ready()
        return self.page

    def enter(self) -> Page:
        """As somebody who has signed up already; most tests are about what comes after."""
        body = {
            "username": self.username,
            "password": PASSWORD,
            "email": f"{self.username}@example.com",
            "auth_key": SIGNUP_KEY,
        }
        token = httpx.post(f"{self.url}/api/auth/signup/", json=body).raise_for_status().json()["token"]
        self.context.add_cookies([{"name": "fabrix_chat", "value": token, "url": self.url}])
        self.page.goto(self.url + "/")
        self.ready()
        return self.page

    def ready(self, page: Page | None = None) -> None:
        (page or self.page).wait_for_selector("body[data-ready]")

    def ask(self, text: str) -> None:
        """Type a question, send it and wait until its answer has ended."""
        before = self.page.locator(ENDED).count()
        self.page.fill("#composer", text)
        self.page.click("#send")
        self.page.locator(ENDED).nth(before).wait_for()


@pytest.fixture
def visit(browser: Browser, server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser for a new person: visit(locale="ko-KR", width=…, height=…)."""
    visitors: list[Visitor] = []

    def opened(*, locale: str = "en-US", width: int = 1280, height: int = 720, **options) -> Visitor:
        context = browser.new_context(locale=locale, viewport={"width": width, "height": height}, **options)
        visitors.append(Visitor(context, server.url, f"visitor{next(_numbers)}"))
        return visitors[-1]

    yield opened
    for visitor in visitors:
        visitor.context.close()
        assert visitor.problems == []
        assert all(url.startswith((server.url, "data:", "blob:")) for url in visitor.requests)


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    made = visit()
    made.enter()
    return made
