"""Words that a question ties to values: `if p < 0.05 and |r| >= 0.5 then 'linear', otherwise 'none'`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_N = r"([-+]?\d*\.?\d+)"
_QUOTED = r"[\"'“‘]([^\"'“”‘’\n]{1,40})[\"'”’]"
_SIGNS = (
    (r"is (?:at least|not less than|greater than or equal to)|at least|>=|≥|greater than or equal to|이상", ">="),
    (r"is (?:at most|not more than|less than or equal to)|at most|<=|≤|less than or equal to|이하", "<="),
    (r"(?:is |are )?(?:greater|larger|higher|more|bigger) than|(?:is )?above|exceeds|is over|>|초과", ">"),
    (r"(?:is |are )?(?:less|smaller|lower) than|(?:is )?below|is under|<|미만", "<"),
)
_QUANTITIES = (
    ("p", r"(?:the |its )?p(?:[- ]?values?)?|p[- ]?값"),
    ("abs_r", r"\|r\||(?:the |its )?absolute (?:value of )?(?:the )?(?:\w+ )?(?:coefficient|correlation|value|r)"),
    ("r", r"(?:the )?(?:correlation )?coefficient|(?:the )?correlation|r|rho"),
    ("abs_skew", r"(?:the )?absolute (?:value of )?(?:the )?skewness|\|skew(?:ness)?\|"),
    ("skew", r"(?:the )?skewness|왜도"),
    ("kurt", r"(?:the )?kurtosis|첨도"),
)  # fmt: skip

_REST = re.compile(rf"\s*(?:and\s+)?(?:otherwise|else|아니면|그렇지 않으면)\b[^\"'“‘]{{0,40}}{_QUOTED}", re.I)
_REST_AFTER = re.compile(rf"\s*(?:and\s+)?[^\"'“‘]{{0,20}}{_QUOTED}\s*,?\s*(?:otherwise|in all other cases)", re.I)


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison of a quantity (`p`, `r`, `abs_r`, `skew`, `abs_skew` or `kurt`) with a number."""

    quantity: str
    sign: str
    limit: float


@dataclass(frozen=True, slots=True)
class Rule:
    """Words in the order of their rules, each with the tests that all have to hold; without tests: of the rest."""

    words: tuple[tuple[str, tuple[Test, ...]], ...]


def rule_in(text: str) -> Rule | None:
    """The rule of a text; None where it has none or one that isn't read wholly."""
    found: list[tuple[str, tuple[Test, ...]]] = []
    last: str | None = None
    for piece in _pieces(text):
        rest = _REST.match(piece) or _REST_AFTER.match(piece)
        if rest:
            found.append((rest[1], ()))
            continue
        condition = re.search(r"\b(?:if|when)\b(.*)", piece, re.I)
        after = re.search(_QUOTED, condition[1]) if condition else None
        word = after or (re.search(_QUOTED, piece[: condition.start()]) if condition else None)
        if condition is None or word is None:
            continue
        tests = _tests(condition[1][: after.start()] if after else condition[1], last)
        if tests is None:
            return None
        last = tests[-1].quantity
        found.append((word[1], tests))
    others = [word for word, tests in found if not tests]
    if len(others) != 1 or found[-1][1] or not 2 <= len(found) == len({word for word, _ in found}):
        return None
    return Rule(tuple(found))


def _pieces(text: str) -> list[str]:
    """The clauses of a text that each give one word."""
    word = r"[\"'“‘][^\"'“”‘’\n]{1,40}[\"'”’]"
    return re.split(
        rf"[;\n]|\.\s|,\s*(?:and\s+)?(?=otherwise|else\b|if\b|when\b|{word}\s*(?:if|when|otherwise))|"
        r"\s+(?:and\s+)?(?=(?:otherwise|else)\b\s*[\"'“‘])",
        text,
    )


def _tests(said: str, last: str | None) -> tuple[Test, ...] | None:
    """The comparisons of a condition; `last` is what the one before it compared."""
    upto = re.match(r".*\d", said)
    if upto is None or re.search(r"\bor\b(?! equal)", upto.group()):
        return None
    condition = upto.group().strip(" ,:")
    between = re.fullmatch(rf"(.*?)\s*(?:is\s+|lies\s+)?between\s+{_N}\s+and\s+{_N}", condition, re.I)
    if between:
        quantity = _quantity(between[1]) if between[1].strip() else last
        return (Test(quantity, ">=", float(between[2])), Test(quantity, "<", float(between[3]))) if quantity else None
    tests: list[Test] = []
    for clause in re.split(r"\s+and\s+(?!\d)|\s*&\s*", condition):
        test = _test(clause.strip(), last)
        if test is None:
            return None
        tests.append(test)
        last = test.quantity
    return tuple(tests)


def _test(clause: str, last: str | None) -> Test | None:
    for pattern, sign in _SIGNS:
        found = re.search(rf"(?:{pattern})\s*{_N}$", clause, re.I)
        if found:
            subject = re.sub(r"\s+is$", "", clause[: found.start()].strip(), flags=re.I)
            quantity = _quantity(subject) if subject else last
            return Test(quantity, sign, float(found[1])) if quantity else None
    return None


def _quantity(subject: str) -> str | None:
    return next((name for name, pattern in _QUANTITIES if re.fullmatch(pattern, subject.strip(" ,"), re.I)), None)
