"""Random tokens, and the keyed hashes that are stored in their place."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from storage.secret import Secret

TOKEN = re.compile(r"[0-9a-f]{40}")


class Tokens:
    """Tokens of 160 random bits as 40 hex digits. Without the secret key the stored hashes prove nothing."""

    def __init__(self, secret_key: Secret) -> None:
        self._key = secret_key.reveal().encode()

    def new(self) -> str:
        return secrets.token_hex(20)

    def hash(self, token: str) -> bytes:
        return hmac.new(self._key, token.encode(), hashlib.sha256).digest()
