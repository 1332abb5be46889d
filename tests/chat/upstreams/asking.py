"""What the tests of the FabriX client share: settings, questions and the events of an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chat.errors import ChatError, UpstreamError
from chat.events import Delta, Finished, StreamEvent
from chat.upstreams.base import Question, Upstream
from storage.secret import Secret
from storage.settings import FabrixApiSettings
from tests.fabrix_standin import CLIENT_KEY, HEALTHY, OPENAPI_TOKEN


def api(base_url: str, **changes: Any) -> FabrixApiSettings:
    """Settings with the keys that the stand-in takes; keys may be given as plain texts."""
    values = {"client_key": CLIENT_KEY, "openapi_token": OPENAPI_TOKEN, **changes}
    secrets = {name: Secret(values.pop(name)) for name in ("client_key", "openapi_token")}
    return FabrixApiSettings(base_url=base_url, **secrets, **values)


@dataclass
class Answer:
    """What an answer said, and how it failed if it did."""

    events: list[StreamEvent] = field(default_factory=list)
    error: ChatError | None = None

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Delta))

    @property
    def finished(self) -> Finished | None:
        return self.events[-1] if self.events and isinstance(self.events[-1], Finished) else None


def question(*contents: str, agent_id: str = HEALTHY) -> Question:
    return Question(agent_id, contents or ("안녕하세요?",))


async def answer_of(upstream: Upstream, asked: Question | None = None) -> Answer:
    answer = Answer()
    try:
        async for event in upstream.ask(asked or question()):
            answer.events.append(event)
    except UpstreamError as error:
        answer.error = error
    return answer
