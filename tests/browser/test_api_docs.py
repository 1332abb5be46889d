"""The documentation of the API in a real browser: drawn without errors, and from nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import Visitor


def test_the_documentation_is_drawn_and_can_be_tried(visitor: Visitor) -> None:
    page = visitor.new_page("/api/docs")
    page.wait_for_selector(".opblock")
    tags = page.locator(".opblock-tag-section").count()
    operations = page.locator(".opblock").count()
    assert tags >= 8 and operations > 30
    assert "FabriX Agent Chat" in page.inner_text(".info .title")
    page.click(".opblock[id$=list_models_v1_models_get] .opblock-summary")
    page.click(".opblock.is-open .execute")
    page.wait_for_selector(".live-responses-table .response-col_status")
    assert page.inner_text(".live-responses-table .response .response-col_status").strip().startswith("200")
    assert visitor.problems == []
    assert all(url.startswith((visitor.url, "data:", "blob:")) for url in visitor.requests)


def test_who_has_not_signed_in_is_asked_to_and_led_back(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.new_page("/api/docs")
    page.wait_for_selector("#username")
    assert page.url == f"{visitor.url}/login/?next=/api/docs"
