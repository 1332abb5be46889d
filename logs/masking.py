"""Takes keys, tokens and passwords out of a text: the last line of defence, for nothing of ours writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "***"
_SHORTEST = 6  # characters; a shorter "secret" would mask half of the log

# A rule is tried where one of its words is in the text: looking for words is far quicker than for patterns.
_RULES = (
    # The value of a header or a field that is named after a secret: name=value, name: value, "name": "value".
    (
        ("passw", "secret", "credential", "key", "token", "cookie", "authoriz", "fabrix", "비밀번호", "암호", "토큰"),
        re.compile(
            r"""(?P<name>(?:passw(?:or)?d|passphrase|secret|credentials?|(?:api|client|secret|sign-?up|private)"""
            r"""[ _-]?key|token|x-fabrix-client|cookie|authorization|비밀번호|암호|토큰)"""
            r"""["']?\s*(?:[:=]|=>|[는은]\s)\s*)"""
            r"""(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:(?:bearer|token|basic)\s+)?[^\s,;&)\]}"']+)""",
            re.IGNORECASE,
        ),
        rf"\g<name>{MASK}",
    ),
    (
        ("bearer ", "basic ", "token "),
        re.compile(r"(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE),
        rf"\1 {MASK}",
    ),
    (("eyj",), re.compile(r"eyJ[\w-]{5,}(?:\.[\w-]*){0,2}"), MASK),  # a JSON Web Token
    (("sk-", "sk_", "pk_", "ghp_", "xox"), re.compile(r"\b(?:sk|pk|ghp|xox[a-z])[-_][A-Za-z0-9_-]{10,}"), MASK),
    (("",), re.compile(r"\b[0-9a-f]{40,}\b"), MASK),  # a login's token, a secret_key
    (("://",), re.compile(r"(://[^\s:/@]*:)[^\s@/]+@"), rf"\1{MASK}@"),  # an address with a password
    (("$2",), re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{20,}"), MASK),  # a bcrypt hash
)


class Mask:
    """Masks what looks like a secret, and the service's own secrets by their values."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        values = set()
        for value in known:
            values |= {value, value.removeprefix("Bearer ")}
        # The longest first: one may be a part of another.
        chosen = sorted((value for value in values if len(value) >= _SHORTEST), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, chosen))) if chosen else None

    def __call__(self, text: str) -> str:
        if self._known:
            text = self._known.sub(MASK, text)
        lower = text.lower()
        for words, pattern, replacement in _RULES:
            if any(word in lower for word in words):
                text = pattern.sub(replacement, text)
        return text
