"""What the chunks of OpenAI's protocol say, in the dialects of the servers that speak it."""

from __future__ import annotations

import json

import pytest

from chat.errors import AgentFailed, AnswerBlocked, ConversationTooLong
from chat.events import Delta, StreamEvent, Thinking, Usage
from chat.upstreams.chunks import ChunkDecoder
from chat.upstreams.refusals import masker
from chat.upstreams.sse import SseEvent
from tests.openai_standin import CONTEXT_SENTENCE, USAGE, completion, delta, last, usage


def decoder() -> ChunkDecoder:
    return ChunkDecoder(mask=masker(["s3cret"]))


def said(*chunks: object, by: ChunkDecoder | None = None) -> list[StreamEvent]:
    by = by or decoder()
    texts = [chunk if isinstance(chunk, str) else json.dumps(chunk) for chunk in chunks]
    return [event for text in texts for event in by.decode(SseEvent(text))]


def test_deltas_are_the_answer_and_the_finish_reason_its_end() -> None:
    by = decoder()
    assert said(delta("", role="assistant"), delta("안"), delta("녕"), by=by) == [Delta("안"), Delta("녕")]
    assert by.has_text and not by.is_over
    assert said(last(), by=by) == []
    assert by.is_over and not by.truncated and by.usage == Usage()


@pytest.mark.parametrize("key", ["reasoning_content", "reasoning"])
def test_reasoning_is_thinking(key: str) -> None:
    assert said(delta(None, **{key: "hm"}), delta("a", **{key: None})) == [Thinking("hm"), Delta("a")]


def test_the_same_thought_under_both_names_is_told_once() -> None:
    assert said(delta(None, reasoning="hm", reasoning_content="hm")) == [Thinking("hm")]


def test_think_tags_are_thinking_across_chunks() -> None:
    events = said(*map(delta, ("<th", "ink>why", "</thi", "nk>\n\n", "be", "cause")), last())
    assert events == [Thinking("why"), Delta("be"), Delta("cause")]


def test_what_might_have_become_a_tag_is_told_at_the_end() -> None:
    assert said(delta("<th"), last()) == [Delta("<th")]
    by = decoder()
    assert said(delta("<th"), by=by) == []
    assert list(by.rest()) == [Delta("<th")] and list(by.rest()) == []


def test_parts_of_content_are_read() -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    assert said(delta([thinking, {"type": "text", "text": "a"}])) == [Thinking("hm"), Delta("a")]


def test_a_models_refusal_is_its_answer() -> None:
    assert said(delta(None, refusal="I can't.")) == [Delta("I can't.")]


def test_halves_of_a_character_are_joined() -> None:
    assert said('{"choices":[{"delta":{"content":"\\ud83d"}}]}', '{"choices":[{"delta":{"content":"\\ude0a"}}]}') == [
        Delta("😊")
    ]


def test_usage_is_what_was_reported() -> None:
    by = decoder()
    said(delta("a"), {**last(), "usage": None}, usage(), "[DONE]", by=by)
    assert by.usage == Usage(USAGE["prompt_tokens"], USAGE["completion_tokens"])


@pytest.mark.parametrize(
    "reported", [None, {}, {"prompt_tokens": None}, {"prompt_tokens": "5"}, [1], {"prompt_tokens": True}]
)
def test_usage_that_says_nothing_is_not_reported(reported: object) -> None:
    by = decoder()
    said({**usage(), "usage": reported}, by=by)
    assert by.usage == Usage(None, None)


def test_the_length_limit_marks_the_answer() -> None:
    by = decoder()
    said(delta("a"), last("length"), by=by)
    assert by.truncated and by.is_over


def test_a_filter_blocks() -> None:
    with pytest.raises(AnswerBlocked):
        said(delta("a"), last("content_filter"))


def test_the_last_text_comes_with_the_finish_reason() -> None:
    assert said({"choices": [{"delta": {"content": "a"}, "finish_reason": "stop"}]}) == [Delta("a")]


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"message": "out of memory s3cret", "code": 500}},
        {"error": "out of memory s3cret"},
        {"object": "error", "message": "out of memory s3cret"},
    ],
)
def test_an_error_in_the_stream_is_told_without_secrets(error: object) -> None:
    with pytest.raises(AgentFailed) as caught:
        said(delta("a"), error)
    assert "out of memory ***" in caught.value.notice("en") and "s3cret" not in caught.value.notice("ko")


@pytest.mark.parametrize("data", ['{"message": "it died"}', "it died", '{"error": {"message": "it died"}}'])
def test_an_event_named_error_is_one(data: str) -> None:
    with pytest.raises(AgentFailed) as caught:
        list(decoder().decode(SseEvent(data, name="error")))
    assert "it died" in caught.value.notice("en")


def test_an_error_without_a_sentence_is_one_too() -> None:
    for broken in ({"error": {"code": 500}}, last("error")):
        with pytest.raises(AgentFailed):
            said(broken)


def test_too_long_a_conversation_may_be_told_in_the_stream() -> None:
    with pytest.raises(ConversationTooLong):
        said({"error": {"message": CONTEXT_SENTENCE}})


def test_tool_calls_are_counted_once_each_and_not_told() -> None:
    by = decoder()
    first = {"index": 0, "id": "1", "function": {"name": "look_up", "arguments": ""}}
    rest = {"index": 0, "function": {"arguments": '{"q": "비밀"}'}}
    events = said(delta(tool_calls=[first]), delta(tool_calls=[rest]), delta("a", function_call={"name": "old"}), by=by)
    assert events == [Delta("a")]
    assert by.unread == {"a tool call": 2}


@pytest.mark.parametrize(
    ("chunk", "kind"),
    [
        ("no JSON", "broken JSON"),
        ("{" * 100_000, "broken JSON"),
        ("5", "a chunk that is int"),
        (delta(5), "content that is int"),
        (delta({"a": 1}), "content that is dict"),
        (delta([{"type": "image_url"}]), "a part of content that is no text"),
        (delta(["text"]), "a part of content that is no text"),
    ],
)
def test_what_can_not_be_read_is_counted_and_the_rest_goes_on(chunk: object, kind: str) -> None:
    by = decoder()
    assert said(chunk, delta("a"), by=by) == [Delta("a")]
    assert by.unread == {kind: 1}


@pytest.mark.parametrize(
    "chunk",
    [
        "null",
        {},
        {"choices": None},
        {"choices": []},
        {"choices": [None]},
        {"choices": [{"delta": None, "finish_reason": None}]},
        {"choices": [{"finish_reason": ""}]},
        delta(None, tool_calls=None, reasoning=None),
        delta(None, tool_calls="?", function_call="?"),
    ],
)
def test_nothing_said_is_no_harm(chunk: object) -> None:
    by = decoder()
    assert said(chunk, delta("a"), by=by) == [Delta("a")]
    assert not by.unread and not by.is_over


def test_a_whole_completion_is_read() -> None:
    by = decoder()
    assert list(by.decode_plain(json.dumps(completion(["a", "b"])))) == [Delta("ab")]
    assert by.is_over and by.usage.tokens_in == USAGE["prompt_tokens"]


@pytest.mark.parametrize("body", ["{}", "[]", "5", "null", '"text"', "{", '{"choices": {}}'])
def test_what_is_no_completion_is_not_taken_for_one(body: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        list(decoder().decode_plain(body))


def test_an_unfinished_last_event_counts_if_it_is_whole() -> None:
    by = decoder()
    assert list(by.decode_cut(SseEvent(json.dumps(delta("a"))))) == [Delta("a")]
    assert list(by.decode_cut(SseEvent("[DONE]"))) == [] and by.is_over
    for cut in ('{"choices":[{"del', "5"):
        with pytest.raises(ValueError, match=r".*"):
            list(by.decode_cut(SseEvent(cut)))
