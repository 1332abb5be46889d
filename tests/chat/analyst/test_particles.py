"""Korean sentences take the particle that fits the value they are filled with."""

from __future__ import annotations

import pytest

from chat.analyst.telling.particles import with_particles
from chat.analyst.telling.sentences import say


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("매출", "매출은 매출이 매출을 매출과 매출로"),
        ("날짜", "날짜는 날짜가 날짜를 날짜와 날짜로"),
        ("지점", "지점은 지점이 지점을 지점과 지점으로"),
        ("지점 (서부)", "지점 (서부)는 지점 (서부)가 지점 (서부)를 지점 (서부)와 지점 (서부)로"),
        ("3", "3은 3이 3을 3과 3으로"),
        ("12", "12는 12가 12를 12와 12로"),
        ("sales", "sales은(는) sales이(가) sales을(를) sales와(과) sales(으)로"),
        ("", "은(는) 이(가) 을(를) 와(과) (으)로"),
    ],
)
def test_a_particle_follows_the_end_of_the_value(value: str, told: str) -> None:
    template = "{x}은(는) {x}이(가) {x}을(를) {x}와(과) {x}(으)로"
    assert with_particles(template, {"x": value}).format(x=value) == told


def test_what_a_value_holds_itself_stays() -> None:
    assert say("cannot.collinear", "ko", columns="값이(가)").startswith("값이(가)가 서로")


def test_sentences_take_their_particles() -> None:
    assert say("finding.constant", "ko", column="등급") == "등급은 모든 행의 값이 같습니다."
