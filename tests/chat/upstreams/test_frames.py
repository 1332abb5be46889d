"""What FabriX's frames say: every item of "Confirmed" and "Tolerate" in reference/fabrix-protocol.md."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.errors import AgentFailed, AnswerBlocked, ChatError
from chat.events import Delta, Reference, Status, StreamEvent, Thinking
from chat.upstreams.frames import FrameDecoder
from chat.upstreams.refusals import masker
from chat.upstreams.sse import SseEvent
from tests.fabrix_standin import BLOCKED, chunk, last


def decoder() -> FrameDecoder:
    return FrameDecoder(mask=masker(["s3cret-key"]))


def said(*data: object, by: FrameDecoder | None = None) -> list[StreamEvent]:
    """What the events with this data say; anything but a text is sent as JSON."""
    by = by or decoder()
    texts = [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in data]
    return [event for text in texts for event in by.decode(SseEvent(text))]


def text_of(*data: object) -> str:
    return "".join(event.text for event in said(*data) if isinstance(event, Delta))


def failure_of(*data: object) -> ChatError:
    with pytest.raises(ChatError) as caught:
        said(*data)
    return caught.value


# --- confirmed --------------------------------------------------------------------------------------------------------


def test_only_chunk_carries_answer_text_and_its_content_is_a_delta() -> None:
    frames = [{"event_status": "REQUEST_ANALYSIS"}, chunk("안"), chunk("녕"), chunk("녕"), chunk(""), last()]
    assert said(*frames) == [Delta("안"), Delta("녕"), Delta("녕")]


def test_whitespace_of_a_delta_is_kept() -> None:
    assert said(chunk(" a \n"), chunk("\n\n")) == [Delta(" a \n"), Delta("\n\n")]


@pytest.mark.parametrize(
    "event_data",
    ['{"phase":"SEARCH","message":"찾는 중"}', {"message": "찾는 중"}, "찾는 중"],
)
def test_status_has_its_text_in_event_data(event_data: object) -> None:
    assert said({"event_status": "STATUS", "event_data": event_data}) == [Status("찾는 중")]


@pytest.mark.parametrize("event_data", [None, "", "{broken", '{"phase":"X"}', 5, []])
def test_status_without_a_sentence_says_nothing(event_data: object) -> None:
    assert said({"event_status": "STATUS", "status": "SUCCESS", "event_data": event_data}) == []


def test_think_is_reasoning() -> None:
    assert said({"event_status": "THINK", "content": "음…"}) == [Thinking("음…")]


def test_every_key_is_read_in_camel_case_too() -> None:
    by = decoder()
    frame = {
        "eventStatus": "CHUNK",
        "content": "a",
        "finishReason": "length",
        "filterBlockReason": {"resultCode": "FR-200"},
        "contentReferences": [{"references": [{"title": "t", "link": "http://x/"}]}],
    }
    assert said(frame, by=by) == [Delta("a"), Reference("t", "http://x/")]
    assert (by.is_over, by.truncated) == (True, True)


def test_success_ends_nothing_and_the_last_frame_does() -> None:
    by = decoder()
    said(chunk("a"), by=by)
    is_over_before = by.is_over
    said(last(), by=by)
    assert (is_over_before, by.is_over, by.truncated) == (False, True, False)


@pytest.mark.parametrize("status", ["FAIL", "ERROR", "TIMEOUT"])
def test_failure_frame_is_never_answer_text(status: str) -> None:
    error = failure_of({"event_status": "CHUNK", "status": status, "content": "모델이 없습니다"})
    assert type(error) is AgentFailed
    assert error.notice("ko") == "에이전트가 답변을 마치지 못했습니다. 다시 요청해 주세요. (모델이 없습니다)"


@pytest.mark.parametrize("content", [None, "", "  ", {"a": 1}, "<br>"])
def test_failure_frame_without_a_sentence_has_the_stock_notice(content: object) -> None:
    error = failure_of({"status": "FAIL", "content": content})
    assert error.notice("en") == "The agent could not finish the answer. Please ask again."


def test_failure_frame_may_have_its_sentence_under_another_key() -> None:
    assert "(no such model)" in failure_of({"status": "FAIL", "content": "", "message": "no such model"}).notice("en")


def test_failure_notice_is_masked_and_cut() -> None:
    notice = failure_of({"status": "FAIL", "content": "key s3cret-key " + "x" * 5000}).notice("en")
    assert "s3cret" not in notice
    assert len(notice) < 400


def test_filter_block_brings_its_own_sentences() -> None:
    error = failure_of(last(filter_block_reason=BLOCKED, status="FAIL", content="raw"))
    assert type(error) is AnswerBlocked
    assert error.notice("ko") == "개인정보가 있어 차단되었습니다."
    assert error.notice("en") == "Blocked: personal data."


def test_filter_block_without_sentences_has_the_stock_notice() -> None:
    error = failure_of(last(filter_block_reason={"result_code": "FR-403", "ko": None}))
    assert error.notice("en") == "The agent service blocked this answer by its filter."


@pytest.mark.parametrize("reason", [None, {}, "", {"result_code": "FR-200"}, {"result_code": "FR-299", "ko": "통과"}])
def test_filter_that_passes_blocks_nothing(reason: object) -> None:
    assert said({**chunk("a"), "filter_block_reason": reason}) == [Delta("a")]


def test_filter_reason_may_be_a_json_string() -> None:
    assert type(failure_of(last(filter_block_reason=json.dumps(BLOCKED)))) is AnswerBlocked


@pytest.mark.parametrize("more", [{"truncated": True}, {"finish_reason": "length"}])
def test_length_limit_is_told(more: dict[str, object]) -> None:
    by = decoder()
    said(last(**more), by=by)
    assert by.truncated
    assert not by.has_text


def test_plain_answer_gives_its_text_and_sources() -> None:
    references = [{"references": [{"title": "규정", "content": "…", "link": "https://a/b", "filename": "f.pdf"}]}]
    body = {"content": "답", "contentReferences": references, "truncated": True, "status": "SUCCESS"}
    by = decoder()
    assert list(by.decode_plain(json.dumps(body))) == [Delta("답"), Reference("규정", "https://a/b")]
    assert by.truncated


def test_plain_answer_may_have_its_text_in_the_references() -> None:
    body = {"content": None, "contentReferences": [{"answer": "첫째"}, {"answer": None}, {"answer": " 둘째"}]}
    events = list(decoder().decode_plain(json.dumps(body)))
    assert [event.text for event in events if isinstance(event, Delta)] == ["첫째", " 둘째"]


def test_plain_answer_is_one_whatever_type_it_names() -> None:
    assert list(decoder().decode_plain('{"type":"ANSWER","content":"답"}')) == [Delta("답")]


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, '{"content":"a"} x'])
def test_broken_plain_answer_is_a_value_error(body: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        list(decoder().decode_plain(body))


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"title": "t", "link": "javascript:alert(1)"}, Reference("t", None)),
        ({"title": "t", "link": "HTTPS://a"}, Reference("t", "HTTPS://a")),
        ({"title": "t", "link": None, "url": "http://u"}, Reference("t", "http://u")),
        ({"filename": "f.pdf", "link": "file:///etc/passwd"}, Reference("f.pdf", None)),
        ({"link": "http://only"}, Reference("http://only", "http://only")),
        ({"title": {"a": 1}, "link": 5, "filename": "f"}, Reference("f", None)),
    ],
)
def test_source_has_a_title_and_a_link_of_the_web_only(reference: object, expected: Reference) -> None:
    assert said({"content_references": [{"references": [reference]}]}) == [expected]


def test_same_source_is_told_once() -> None:
    frame = {"content_references": [{"references": [{"title": "t"}, {"title": "t"}]}]}
    assert said(frame, frame) == [Reference("t", None)]


# --- tolerated --------------------------------------------------------------------------------------------------------


def test_content_alone_is_text() -> None:
    assert text_of({"content": "a"}, {"content": "b"}) == "ab"


def test_typed_frames_are_text_until_the_end() -> None:
    by = decoder()
    frames = [{"type": "start", "content": ""}, {"type": "content", "content": "a"}, {"type": "end", "content": "b"}]
    assert said(*frames, by=by) == [Delta("a"), Delta("b")]
    assert by.is_over


def test_done_frame_still_carries_text_and_the_done_event_does_not() -> None:
    by = decoder()
    assert said({"content": "a", "done": False}, {"content": "b", "done": True}, by=by) == [Delta("a"), Delta("b")]
    assert list(by.decode(SseEvent('{"message":"완료"}', "done"))) == []
    assert by.is_over


def test_done_event_alone_is_an_end() -> None:
    by = decoder()
    assert list(by.decode(SseEvent('{"message":"완료"}', "done"))) == []
    assert by.is_over


def test_done_mark_is_an_end_and_no_text() -> None:
    by = decoder()
    assert said(chunk("a"), "[DONE]", by=by) == [Delta("a")]
    assert by.is_over


def test_plain_lines_are_text_until_json_is_seen() -> None:
    by = decoder()
    assert said("안녕 ", "[1] 하세요", "{not json", chunk("."), "boom", by=by) == [
        Delta("안녕 "),
        Delta("[1] 하세요"),
        Delta("{not json"),
        Delta("."),
    ]
    assert by.unread == {"text among JSON frames": 1}


def test_data_prefix_may_be_doubled() -> None:
    assert text_of("data: " + json.dumps(chunk("a")), "data: data:" + json.dumps(chunk("b"))) == "ab"


def test_frames_may_be_glued_in_one_event() -> None:
    glued = json.dumps(chunk("a")) + "data: " + json.dumps(chunk("data: {}")) + "\n" + json.dumps(chunk("c")) + "[DONE]"
    by = decoder()
    assert said(glued, by=by) == [Delta("a"), Delta("data: {}"), Delta("c")]
    assert by.is_over


def test_frames_may_come_in_an_array() -> None:
    assert text_of([chunk("a"), None, chunk("b")], []) == "ab"


def test_null_is_like_a_missing_key() -> None:
    keys = ["event_status", "status", "content", "error", "finish_reason", "truncated", "filter_block_reason", "type"]
    by = decoder()
    assert said(dict.fromkeys([*keys, "content_references", "event_data", "done"]), "null", by=by) == []
    assert not by.unread
    assert said({**dict.fromkeys(keys), "content": "a"}, by=by) == [Delta("a")]


@pytest.mark.parametrize("content", [{"text": "비밀"}, ["비밀"], 5, True])
def test_content_that_is_no_text_is_counted_and_never_logged(content: object, caplog: pytest.LogCaptureFixture) -> None:
    by = decoder()
    with caplog.at_level(logging.DEBUG):
        assert said(chunk(content), chunk("a"), by=by) == [Delta("a")]
    assert by.unread == {f"content that is {type(content).__name__}": 1}
    assert "비밀" not in caplog.text
    assert "content that is" in caplog.text


@pytest.mark.parametrize("data", ['{"content": "비', "{" * 100_000, '{"a":' * 100_000, '[{"content"'])
def test_broken_json_is_counted_and_the_rest_goes_on(data: str) -> None:
    by = decoder()
    assert said(data, chunk("a"), by=by) == [Delta("a")]
    assert by.unread == {"broken JSON": 1}


@pytest.mark.parametrize("key", ["content", "event_status", "event_data", "type", "content_references", "truncated"])
def test_deeply_nested_values_do_no_harm(key: str) -> None:
    assert text_of(f'{{"{key}":' + '{"a":' * 800 + "1" + "}" * 800 + "}", chunk("a")) == "a"


def test_unknown_status_is_counted_and_no_text() -> None:
    by = decoder()
    assert said({"event_status": "RAG_QUERY", "content": "q"}, {"type": "tool", "content": "q"}, by=by) == []
    assert by.unread == {"an unknown event_status or type": 2}


@pytest.mark.parametrize(
    ("frames", "text"),
    [
        ([chunk("안녕"), {"event_status": "FINAL_ANSWER", "content": ""}], "안녕"),
        ([{"event_status": "FINAL_ANSWER", "content": "안녕"}], "안녕"),
        ([chunk("안"), chunk("녕"), {"event_status": "FINAL_ANSWER", "content": "안녕하세요"}], "안녕하세요"),
        ([chunk("안녕"), {"event_status": "FINAL_ANSWER", "content": "안녕"}], "안녕"),
        ([chunk("안녕"), {"event_status": "FINAL_ANSWER", "content": "다른 답"}], "안녕"),
    ],
)
def test_final_answer_counts_only_if_it_is_first_or_goes_on(frames: list[object], text: str) -> None:
    assert text_of(*frames) == text


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        ({"error": "timeout", "detail": "90 s"}, "90 s"),
        ({"error": "http_error", "status": 500, "detail": "boom"}, "boom"),
        ({"error": "request_error", "detail": "no route"}, "no route"),
        ({"error": "just text"}, "just text"),
        ({"error": {"message": "nested"}}, "nested"),
    ],
)
def test_error_in_the_stream_is_a_failed_agent(frame: object, sentence: str) -> None:
    error = failure_of(chunk("a"), frame)
    assert type(error) is AgentFailed
    assert sentence in error.notice("ko")


def test_text_before_a_failure_in_the_same_event_is_kept() -> None:
    events = decoder().decode(SseEvent(json.dumps([chunk("a"), {"error": "x"}])))
    assert next(events) == Delta("a")
    with pytest.raises(AgentFailed):
        next(events)


def test_character_that_two_frames_share_is_joined() -> None:
    assert text_of('{"content":"a\\ud83d"}', '{"content":"\\ude0ab"}') == "a😊b"


def test_half_characters_are_replaced() -> None:
    assert text_of('{"content":"\\ude0a"}', '{"content":"\\ud83d"}', '{"content":"b"}') == "\ufffd\ufffdb"


def test_unfinished_last_frame_counts_if_it_is_whole() -> None:
    assert list(decoder().decode_cut(SseEvent('{"content":"a"}'))) == [Delta("a")]
    by = decoder()
    assert list(by.decode_cut(SseEvent("[DONE]"))) == []
    assert by.is_over


@pytest.mark.parametrize("data", ["", '{"content":"a', "안녕", "12"])
def test_unfinished_last_frame_that_is_cut_is_a_value_error(data: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        list(decoder().decode_cut(SseEvent(data)))


_END_KEYS = ["finish_reason", "truncated", "done", "type", "status", "error", "message", "detail"]
_FILTER_KEYS = ["filter_block_reason", "result_code", "ko", "en"]
_TEXT_KEYS = [
    "event_status",
    "eventStatus",
    "event_data",
    "content",
    "content_references",
    "references",
    "link",
    "title",
]
KEYS = st.sampled_from([*_END_KEYS, *_FILTER_KEYS, *_TEXT_KEYS])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(KEYS, JSON | st.sampled_from(["CHUNK", "STATUS", "THINK", "FINAL_ANSWER", "end"])) | JSON)
def test_no_frame_whatever_crashes_the_decoder(frame: object) -> None:
    by = decoder()
    try:
        events = said(json.dumps(frame), by=by)
        events += by.decode_plain(json.dumps(frame))
    except (AgentFailed, AnswerBlocked) as error:
        assert len(error.notice("ko")) < 400
    else:
        assert all(event.text.encode() for event in events if isinstance(event, Delta))
