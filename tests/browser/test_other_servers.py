"""The page where an OpenAI-compatible server is all that there is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from app import build
from storage.secret import Secret
from storage.settings import AgentSettings, UpstreamSettings
from tests.conftest import SIGNUP_KEY, settings_for
from tests.live_server import LiveServer
from tests.openai_standin import HEALTHY, KEY, running_openai


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with running_openai() as standin:
        entry = UpstreamSettings(
            name="gpu",
            base_url=standin.base_url,
            key=Secret(KEY),
            models=(HEALTHY, "think-tags", "refuse-401"),
            labels={HEALTHY: "Stand-in 8B"},
            max_connections=4,
        )
        settings = settings_for(tmp_path_factory.mktemp("data"))
        alone = dataclasses.replace(settings, upstream=(entry,), agents=AgentSettings(local=False))
        with LiveServer(lambda: build(alone), signup_key=SIGNUP_KEY) as made:
            yield made


def test_a_person_chats_with_a_model_of_an_openai_compatible_server(visit) -> None:
    visitor = visit(locale="ko-KR")
    page = visitor.sign_up()
    expect(page.locator("#agent")).to_have_value(f"gpu/{HEALTHY}")
    expect(page.locator("#agent option").first).to_contain_text("Stand-in 8B")
    expect(page.locator("#agent-description")).to_have_text("gpu에서 실행됩니다.")
    expect(page.locator("#local-note")).to_be_hidden()
    visitor.ask("매출은 어떤가요?")
    answer = page.locator(".bot-row").last
    expect(answer.locator("h2")).to_have_text("답변")
    expect(answer).to_contain_text("매출은 어떤가요?")
    page.reload()
    expect(page.locator(".bot-row").last).to_contain_text("매출은 어떤가요?")


def test_a_refused_key_names_the_server(visit) -> None:
    visitor = visit()
    page = visitor.enter()
    page.select_option("#agent", "gpu/refuse-401")
    visitor.ask("Hello?")
    expect(page.locator(".bot-row").last).to_contain_text("gpu refused the service's key.")
