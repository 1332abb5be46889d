"""Tells which columns look as if they held personal data."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RESIDENT = re.compile(r"(\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[- ]?([0-9])(\d{6})")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_MASKED = re.compile(r"\d{6}[- ]?[0-9][*xX●]{6}")
_MOBILE = re.compile(r"(\+?82[-. ]?\(?0?\)?[-. ]?|0)1[016789][-. ]?\d{3,4}[-. ]?\d{4}")
_LANDLINE = re.compile(r"(\+?82[-. ]?|0)(2|[3-6]\d|70|50\d?)[-). ]?\d{3,4}[-. ]?\d{4}")
_WORLDWIDE = re.compile(
    r"\+\d{1,3}[-. (]*\d{1,4}[-. )]*(\d{2,4}[-. ]?){1,3}\d{2,4}|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_CARD = re.compile(r"(\d{4}[- ]){3}\d{1,4}|\d{15,16}")
_SHARE = 0.3
_WITHIN = 0.02
_PHONE_NAME = re.compile(r"전화|연락처|휴대|핸드폰|팩스|phone|mobile|tel|fax|contact", re.IGNORECASE)


def personal_data(name: str, values: Sequence[str]) -> str | None:
    """What kind of personal data a sample of a column's values looks like, or None.

    "resident_number" (its check digits hold, or the rest is masked), "phone", "email", "card_number" (by Luhn's rule).
    Values that are nothing else count from three in ten on; numbers and addresses within a text much earlier.
    """
    filled = [value.strip() for value in values if value and value.strip()]
    if not filled:
        return None
    whole = {
        "resident_number": sum(map(_is_resident_number, filled)),
        "email": sum(bool(_MAIL.fullmatch(value)) for value in filled),
        "phone": sum(_is_phone(value, name) for value in filled),
        "card_number": sum(map(_is_card_number, filled)),
    }
    kind = max(whole, key=lambda one: whole[one])
    if whole[kind] >= _SHARE * len(filled):
        return kind
    within = {
        "resident_number": sum(_resident_number_within(value) for value in filled),
        "email": sum(bool(_MAIL.search(value)) for value in filled),
        "phone": sum(bool(_MOBILE.search(value)) and not value.isdigit() for value in filled),
    }
    kind = max(within, key=lambda one: within[one])
    return kind if within[kind] and within[kind] >= _WITHIN * len(filled) else None


def _is_resident_number(value: str) -> bool:
    match = _RESIDENT.fullmatch(value)
    if match is None:
        return bool(_MASKED.fullmatch(value))
    return _checks(match) or (match[4] in "3478" and int(match[1]) >= 20 and "-" in value)


def _resident_number_within(value: str) -> bool:
    return any(_checks(match) and "-" in match[0] for match in _RESIDENT.finditer(value))


def _checks(match: re.Match[str]) -> bool:
    """Whether the last digit is what the others make it (numbers given out since October 2020 have no such rule)."""
    digits = [int(digit) for digit in match[0] if digit.isdigit()]
    total = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return (11 - total % 11) % 10 == digits[12] or (match[4] in "5678" and (13 - total % 11) % 10 == digits[12])


def _is_phone(value: str, name: str) -> bool:
    if _MOBILE.fullmatch(value) or _WORLDWIDE.fullmatch(value):
        return True
    if _LANDLINE.fullmatch(value):
        return not value.isdigit() or bool(_PHONE_NAME.search(name))
    return False


def _is_card_number(value: str) -> bool:
    if not _CARD.fullmatch(value):
        return False
    digits = [int(digit) for digit in reversed(value) if digit.isdigit()]
    return (
        len(digits) in (15, 16)
        and digits[-1] in (3, 4, 5, 6, 9)
        and sum(digit if number % 2 == 0 else sum(divmod(2 * digit, 10)) for number, digit in enumerate(digits)) % 10
        == 0
    )
