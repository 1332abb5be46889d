"""What an OpenAI-compatible server means by a refusal, where its status alone doesn't say it."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx

from chat.errors import ConversationTooLong, ModelMissing, UpstreamError
from chat.upstreams.refusals import error_of_response, sentence_of

# "maximum context length is 4096 tokens" (OpenAI, vLLM), "longer than the maximum model length" (newer vLLM), "exceeds
# the available context size" (llama.cpp), "context length of only" (LM Studio), "prompt is too long" (others).
_TOO_LONG = re.compile(
    r"context[ _](length|size|window)|maximum model length|(prompt|input|request) is too (long|large)", re.IGNORECASE
)
# 'model "x" not found, try pulling it first' (Ollama), "The model `x` does not exist" (OpenAI, vLLM).
_NO_MODEL = re.compile(r"\bmodel\b.*(not found|does not exist|unknown)|unknown model", re.IGNORECASE)


def refusal_of(response: httpx.Response, body: bytes, mask: Callable[[str], str]) -> UpstreamError:
    """What an answer with another status than 2xx is; `body` is as much of it as was read."""
    status, sentence = response.status_code, sentence_of(body, mask)
    # 500 is how older versions of llama.cpp say it.
    if status in (400, 413, 422, 500) and is_too_long(sentence):
        return ConversationTooLong()
    if status in (400, 404) and _NO_MODEL.search(sentence):
        return ModelMissing()
    return error_of_response(response, body, mask)


def is_too_long(sentence: str) -> bool:
    """Whether a sentence complains of more text than the model can take in."""
    return _TOO_LONG.search(sentence) is not None
