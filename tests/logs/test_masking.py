from __future__ import annotations

import secrets
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logs.masking import MASK, Mask

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJrIn0.c2lnbmF0dXJl"
HEX = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abcdefgh12345", "abcdefgh12345"),
        ("authorization: Token " + HEX, HEX),
        ("headers {'Authorization': 'Token " + HEX + "'}", HEX),
        ("sent (b'authorization', b'Bearer s3cr3t-value-1')", "s3cr3t-value-1"),
        ("a bearer abcdefgh12345 came", "abcdefgh12345"),
        ('{"password": "long and \\" quoted"}', "quoted"),
        ("password=hunter2&x=1", "hunter2"),
        ("passwd: hunter2", "hunter2"),
        ("new_password = 'hunter2 hunter3'", "hunter3"),
        ("client_key: abc.def", "abc.def"),
        ("openapi_token='xyz'", "xyz"),
        ("x-fabrix-client: raw-value", "raw-value"),
        ("Cookie: fabrix_chat=abc", "abc"),
        ("sign-up key: 246810", "246810"),
        ("API key=abc123", "abc123"),
        ("secret_key = qwertz", "qwertz"),
        ("비밀번호는 hunter2", "hunter2"),
        ("토큰: abc", "abc"),
        (f"got {JWT}!", JWT),
        (f"the token {HEX} of", HEX),
        ("sk-abcdefghijklmnop1", "abcdefghijklmnop1"),
        ("postgresql://kim:pa55word@db/chat", "pa55word"),
        ("hash $2b$10$abcdefghijklmnopqrstuv12345", "abcdefghijklmnopqrstuv"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, secret: str) -> None:
    masked = Mask()(text)
    assert secret not in masked and MASK in masked


@pytest.mark.parametrize(
    "text",
    [
        "Turn failed: upstream_busy (E-7F3K)",
        "tokens_in=120 tokens_out=40 tokens_estimated=True",
        "rate_limit.tpm must be at least 1.",
        "Slow query [query=storage.turns.settle seconds=0.7]",
        "0190d3c0aaaa7bbb8cccddddeeeeffff",
        "https://host:8443/api/agents/?a=1",
        "the keyboard: a monkey, tokenizer=bpe",
    ],
)
def test_everyday_lines_stay_readable(text: str) -> None:
    assert Mask()(text) == text


def test_the_services_own_secrets_are_masked_by_their_values() -> None:
    mask = Mask(["Bearer plain-but-ours", "abcdefgh", "abcdefghijkl", "tiny"])
    assert mask("it sent plain-but-ours and abcdefghijkl") == f"it sent {MASK} and {MASK}"
    assert mask("a tiny thing") == "a tiny thing"


@settings(deadline=None)
@given(
    st.sampled_from(["password=%s", "Authorization: Bearer %s", '"client_key": "%s"', "token: %s", "secret=%s;"]),
    st.text(string.ascii_letters + string.digits + "-_.+/", min_size=16, max_size=60),
)
def test_no_secret_of_any_make_gets_through(form: str, secret: str) -> None:
    assert secret not in Mask()(form % secret)


def test_masking_twice_changes_nothing_more() -> None:
    mask = Mask([secrets.token_urlsafe(20)])
    once = mask(f"Authorization: Bearer {HEX} password=abcdef {JWT}")
    assert mask(once) == once


def test_a_long_line_takes_no_time() -> None:
    text = "password " * 20_000 + "a=" * 20_000
    assert len(Mask()(text)) == len(text)
