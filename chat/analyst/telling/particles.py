"""Korean particles after a value that a sentence is filled with: 은 or 는, as the value ends."""

from __future__ import annotations

import re
from collections.abc import Mapping

_AFTER_VALUE = re.compile(r"(\{(\w+)\}[”)]?)(은\(는\)|이\(가\)|을\(를\)|와\(과\)|\(으\)로)")
_FORMS = {"은(는)": "은는", "이(가)": "이가", "을(를)": "을를", "와(과)": "과와"}  # after a consonant, after a vowel
_NO_CONSONANT, _RIEUL = 0, 8  # how a syllable ends, as Unicode numbers it
# How the digits end when they are read: 영, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구.
_DIGITS = dict(zip("0123456789", (21, 8, 0, 16, 0, 0, 1, 8, 8, 0), strict=True))


def with_particles(template: str, values: Mapping[str, object]) -> str:
    """The template with the particle that each value takes; both stay where nobody knows how the value is read."""
    return _AFTER_VALUE.sub(lambda found: found[1] + _particle(str(values.get(found[2], "")), found[3]), template)


def _particle(value: str, both: str) -> str:
    end = _end_of(value)
    if end is None:
        return both
    if both == "(으)로":
        return "로" if end in (_NO_CONSONANT, _RIEUL) else "으로"
    return _FORMS[both][end == _NO_CONSONANT]


def _end_of(value: str) -> int | None:
    """The consonant that a text ends with when it is read; None for letters that aren't Korean."""
    spoken = re.sub(r"[\W_]+$", "", value)
    if not spoken:
        return None
    last = spoken[-1]
    return (ord(last) - ord("가")) % 28 if "가" <= last <= "힣" else _DIGITS.get(last)
