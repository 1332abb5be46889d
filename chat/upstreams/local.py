"""The agents that need no service: the built-in data analyst and the guide to this app."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from chat.analyst.pool import Analyst, file_as_json
from chat.analyst.telling.sentences import language_of_question, say
from chat.events import Delta, Finished, StreamEvent
from chat.upstreams.base import Agent, Attachment, Question
from chat.upstreams.guide import guidance
from locales import LANGUAGES

ANALYST_ID = "local-analyst"
GUIDE_ID = "local-guide"


class LocalUpstream:
    """An `Upstream` within this server; it is always up. Closes the analyst that it was given."""

    name = "local"
    title = ""  # its errors speak of the file

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst

    async def agents(self) -> list[Agent]:
        """The analyst and the guide."""
        return [_agent(ANALYST_ID, "chat", "file"), _agent(GUIDE_ID, "chat")]

    def may_run(self, agent_id: str) -> bool:
        return agent_id in (ANALYST_ID, GUIDE_ID)

    async def prepared(self, question: Question) -> Question:
        """The same."""
        return question

    async def ask(self, question: Question) -> AsyncGenerator[StreamEvent, None]:
        """Answer `question`. Raises AnalysisFailed when a file can't be analysed."""
        text = question.contents[-1]
        language = language_of_question(text, question.language)
        attachment = question.attachment or question.last_attachment
        if question.agent_id == GUIDE_ID:
            yield Delta(guidance(text, language))
        elif attachment is None:
            yield Delta(say("introduction", language))
        else:
            async with aclosing(self._analysed(attachment, question)) as events:
                async for event in events:
                    yield event
            return
        yield Finished()

    def _analysed(self, attachment: Attachment, question: Question) -> AsyncGenerator[StreamEvent, None]:
        others = [each for each in question.files if each.path != attachment.path]
        return self._analyst.analyse(
            attachment.path,
            attachment.name,
            question.contents[-1],
            question.language,
            choice=attachment.choice,
            table=attachment.table,
            others=[file_as_json(each.path, each.name, choice=each.choice, table=each.table) for each in others],
            earlier=question.earlier,
        )

    async def is_up(self) -> bool:
        """True: these agents run here."""
        return True

    async def aclose(self) -> None:
        """Close the analyst."""
        await self._analyst.aclose()


def _agent(agent_id: str, *capabilities: str) -> Agent:
    names = {
        language: (say(f"agent.{agent_id}.label", language), say(f"agent.{agent_id}.description", language))
        for language in LANGUAGES
    }
    label, description = names["en"]
    return Agent(id=agent_id, label=label, description=description, capabilities=capabilities, names=names)
