"""What the tests of the FabriX client share: settings, questions and the events of an answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from chat.errors import ChatError, UpstreamError
from chat.events import Delta, Finished, StreamEvent
from chat.upstreams.base import Question, Upstream
from tests.fabrix_standin import CLIENT_KEY, HEALTHY, OPENAPI_TOKEN


@dataclass(frozen=True)
class Secret:
    value: str = field(repr=False)

    def reveal(self) -> str:
        return self.value


@dataclass(frozen=True)
class Api:
    base_url: str
    client_key: Secret = Secret(CLIENT_KEY)
    openapi_token: Secret = Secret(OPENAPI_TOKEN)
    user_email: str | None = None
    client_header: str = "x-fabrix-client"
    path_prefix: str = "/openapi/agent-chat/v1"
    is_rag_on: bool = True
    execute_final_answer: bool = True
    execute_rag_final_answer: bool = True
    execute_rag_standalone_query: bool = True
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    write_seconds: float = 10.0
    pool_seconds: float = 5.0
    file_read_seconds: float = 60.0
    total_seconds: float = 600.0
    max_connections: int = 256


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
