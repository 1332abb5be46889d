"""Password hashes (bcrypt) and what a password must be."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import bcrypt
from zxcvbn.frequency_lists import FREQUENCY_LISTS

SHORTEST, LONGEST = 8, 256  # characters


class Passwords:
    """Hashes and checks in threads of its own: bcrypt takes its time on purpose, and lets the others run."""

    def __init__(self, *, rounds: int) -> None:
        self._rounds = rounds
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="bcrypt")
        self._nobody = bcrypt.hashpw(_digest("nobody"), bcrypt.gensalt(rounds))

    async def hash(self, password: str) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.hash_now, password)

    def hash_now(self, password: str) -> bytes:
        return bcrypt.hashpw(_digest(password), bcrypt.gensalt(self._rounds))

    async def matches(self, password: str, stored: bytes | None) -> bool:
        """Whether the password is right. Without a stored hash: False, after the same time as ever."""
        right = await asyncio.get_running_loop().run_in_executor(
            self._threads, bcrypt.checkpw, _digest(password), stored or self._nobody
        )
        return right and stored is not None

    def is_outdated(self, stored: bytes) -> bool:
        """Whether the hash was made with another cost than the settings ask for ("$2b$10$…")."""
        return int(stored.split(b"$")[2]) != self._rounds

    def close(self) -> None:
        self._threads.shutdown()


def _digest(password: str) -> bytes:
    # bcrypt takes 72 bytes at most (25 Hangul syllables) and stops at NUL; base64 of a SHA-256 is 44 plain bytes.
    return base64.b64encode(hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest())


@cache
def _common() -> frozenset[str]:
    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST)


def password_problem(password: str, *, username: str) -> str | None:
    """What is wrong with a new password, as a sentence; None if nothing is (OWASP ASVS 5.0, 6.2)."""
    if len(password) < SHORTEST:
        return f"This password is too short. It must contain at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"This password is too long. It may contain at most {LONGEST} characters."
    if password.casefold() in _common() or password.casefold() == username.casefold():
        return "This password is too common."
    return None
