"""Why somebody is not let in.

AuthError
├── FieldErrors           400  what is wrong with which field
├── UsernameExists        400
├── WrongKey              403  the sign-up key
├── WrongCredentials      401  unknown name and wrong password alike
├── AccountDisabled       403  only after the right password
├── TooManyAttempts       429  retry_after in seconds
├── BadLink               400  a one-time link that was used, has run out or never was
├── NeedsSignIn           403  an API token where a sign-in is needed
├── NoSuchLogin           404  not there, or somebody else's
├── NoSuchPage            404  a page for staff only
└── NotSignedIn           401  no login, or one that has ended
"""

from __future__ import annotations

from typing import Any


class AuthError(Exception):
    """`body` is what the API answers with `status`."""

    status = 400

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(type(self).__name__)
        self.body = body


class FieldErrors(AuthError):
    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(dict(errors))


class UsernameExists(AuthError):
    def __init__(self) -> None:
        super().__init__({"error": "Username already exists."})


class WrongKey(AuthError):
    status = 403

    def __init__(self) -> None:
        super().__init__({"error": "Invalid Auth Key."})


class WrongCredentials(AuthError):
    status = 401

    def __init__(self) -> None:
        super().__init__({"error": "Invalid credentials"})


class AccountDisabled(AuthError):
    status = 403

    def __init__(self) -> None:
        super().__init__({"error": "Account is disabled."})


class TooManyAttempts(AuthError):
    status = 429

    def __init__(self, retry_after: float, message: str, *, is_first: bool = False) -> None:
        """`is_first`: this refusal is worth an entry in the audit log; those that follow it soon are not."""
        self.is_first = is_first
        self.retry_after = max(1, round(retry_after))
        super().__init__({"error": "too_many_attempts", "message": message, "retry_after": self.retry_after})


class BadLink(AuthError):
    def __init__(self) -> None:
        super().__init__({"error": "bad_link", "message": "This link has been used or has run out. Ask for a new one."})


class NeedsSignIn(AuthError):
    status = 403

    def __init__(self) -> None:
        super().__init__({"detail": "Sign in to do this: an API token is not enough."})


class NoSuchLogin(AuthError):
    status = 404

    def __init__(self) -> None:
        super().__init__({"detail": "Not found."})


class NotSignedIn(AuthError):
    status = 401

    def __init__(self, *, wrong_token: bool = False) -> None:
        sentence = "Invalid token." if wrong_token else "Authentication credentials were not provided."
        super().__init__({"detail": sentence})


class NoSuchPage(AuthError):
    status = 404

    def __init__(self) -> None:
        super().__init__({"detail": "Not found."})
