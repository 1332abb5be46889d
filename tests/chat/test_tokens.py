from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import tokens
from chat.upstreams.base import Attachment, Question

# As OpenAI published them with GPT-4o ("Hello GPT-4o", May 2024): the tokens with its older and its newer tokenizer.
SAMPLES = {
    "English": ("Hello, my name is GPT-4o. I'm a new type of language model, it's nice to meet you!", 27, 24),
    "Korean": ("안녕하세요, 제 이름은 GPT-4o입니다. 저는 새로운 유형의 언어 모델입니다, 만나서 반갑습니다!", 45, 27),
    "Japanese": ("こんにちわ、私の名前はGPT−4oです。私は新しいタイプの言語モデルです、初めまして", 37, 26),
    "Chinese": ("你好，我的名字是GPT-4o。我是一种新型的语言模型，很高兴见到你!", 34, 24),
    "Russian": ("Привет, меня зовут GPT-4o. Я — новая языковая модель, приятно познакомиться!", 39, 23),
}


@pytest.mark.parametrize("language", SAMPLES)
def test_the_error_is_what_the_docstring_says(language: str) -> None:
    text, older, newer = SAMPLES[language]
    counted = tokens.count(text)
    assert f"{language} {counted} against {older} and {newer}" in " ".join((tokens.__doc__ or "").split())
    assert 0.89 <= counted / ((older + newer) / 2) <= 1.09
    assert counted / older >= 0.76 and counted / newer <= 1.44


def question(*contents: str, attachment: Attachment | None = None) -> Question:
    return Question(agent_id="a", contents=contents, attachment=attachment)


def test_a_short_chat_is_estimated_at_the_minimum() -> None:
    assert tokens.estimate(question("Hello?")) == 100


def test_a_short_question_about_a_file_is_estimated_at_its_own_minimum() -> None:
    assert tokens.estimate(question("Hello?", attachment=Attachment(Path("x"), "x.csv", 10))) == 500


def test_the_whole_conversation_counts() -> None:
    assert tokens.estimate(question("가" * 1000, "나" * 1000, "다")) == 1701


def test_only_an_empty_text_has_no_tokens() -> None:
    assert (tokens.count(""), tokens.count("a")) == (0, 1)


@given(st.text(), st.text())
def test_a_text_in_pieces_counts_the_same(first: str, second: str) -> None:
    assert tokens.weight(first) + tokens.weight(second) == pytest.approx(tokens.weight(first + second))
