"""Signing up and signing in: the rules, in the order in which they are told."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from auth.errors import AccountDisabled, FieldErrors, UsernameExists, WrongCredentials, WrongKey
from auth.logins import Logins
from auth.passwords import LONGEST, Passwords, password_problem
from auth.throttle import Throttle
from storage import users
from storage.database import Database
from storage.secret import Secret
from storage.users import User, UsernameTaken

REQUIRED = "This field is required."
USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}", re.ASCII)
LONGEST_NAME = 150  # characters of a first or a last name
EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f.]+")


@dataclass(frozen=True, slots=True)
class SignedIn:
    user: User
    token: str


class Accounts:
    """The use cases of the sign-in page and of its routes."""

    def __init__(
        self,
        database: Database,
        *,
        passwords: Passwords,
        logins: Logins,
        throttle: Throttle,
        signup_key: Secret,
        email_domains: Collection[str],
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._logins = logins
        self._throttle = throttle
        self._signup_key = signup_key
        self._email_domains = {domain.lower().removeprefix("@") for domain in email_domains}

    async def sign_up(
        self,
        *,
        username: str,
        email: str,
        password: str,
        key: str,
        address: str,
        first_name: str = "",
        last_name: str = "",
        repeated: str | None = None,
    ) -> SignedIn:
        """Make an account and sign it in. `repeated` is the password once more, where it is asked for twice.

        Raises:
            FieldErrors, TooManyAttempts, WrongKey, UsernameExists.
        """
        errors = self.problems(username=username, email=email, password=password)
        for field, name in (("first_name", first_name), ("last_name", last_name)):
            if len(name) > LONGEST_NAME or not name.isprintable():
                errors[field] = [f"A name has at most {LONGEST_NAME} letters."]
        if repeated is not None and repeated != password:
            errors["password2"] = ["The two passwords are not the same."]
        if not key:
            errors["auth_key"] = [REQUIRED]
        if errors:
            raise FieldErrors(errors)
        self.check_key(key, address=address)
        user = await self.add(
            username=username,
            email=email,
            password=password,
            role="user",
            first_name=first_name,
            last_name=last_name,
        )
        return SignedIn(user, await self._logins.start(user.id, address=address))

    def check_key(self, key: str, *, address: str) -> None:
        """Whether the sign-up key is right. Raises: FieldErrors, TooManyAttempts, WrongKey."""
        if not key:
            raise FieldErrors({"auth_key": [REQUIRED]})
        succeeded = self._throttle.attempt_key(address)
        if not hmac.compare_digest(key.encode(), self._signup_key.reveal().encode()):
            raise WrongKey
        succeeded()

    async def sign_in(self, *, username: str, password: str, address: str) -> SignedIn:
        """Raises: FieldErrors, TooManyAttempts, WrongCredentials, AccountDisabled."""
        errors = {name: [REQUIRED] for name, value in (("username", username), ("password", password)) if not value}
        if errors:
            raise FieldErrors(errors)
        succeeded = self._throttle.attempt_sign_in(username.casefold()[:50], address)
        found = await self._database.read(users.credentials, username)
        stored = found[1] if found else None
        # Unknown and known names cost the same: the check runs in any case.
        if not await self._passwords.matches(_normal(password)[: LONGEST + 1], stored) or not found or not stored:
            raise WrongCredentials
        succeeded()
        user = found[0]
        if not user.active:
            raise AccountDisabled
        if self._passwords.is_outdated(stored):
            renewed = await self._passwords.hash(_normal(password))
            await self._database.write(users.set_password, user.id, renewed)
        return SignedIn(user, await self._logins.start(user.id, address=address))

    async def add(
        self, *, username: str, email: str, password: str, role: str, first_name: str = "", last_name: str = ""
    ) -> User:
        """Store a new account whose fields have been checked. Raises: UsernameExists."""
        password_hash = await self._passwords.hash(_normal(password))
        try:
            return await self._database.write(
                users.add_user,
                username=username,
                email=email,
                password_hash=password_hash,
                role=role,
                first_name=first_name,
                last_name=last_name,
            )
        except UsernameTaken:
            raise UsernameExists from None

    def problems(self, *, username: str, email: str, password: str) -> dict[str, list[str]]:
        """What is wrong with a new account's fields, by field."""
        errors = {}
        if not username:
            errors["username"] = [REQUIRED]
        elif not USERNAME.fullmatch(username):
            errors["username"] = [
                "A user name has at most 50 letters (A-Z), digits, dots, hyphens and underscores,"
                " and begins with a letter or a digit."
            ]
        if problem := self._email_problem(email):
            errors["email"] = [problem]
        if not password:
            errors["password"] = [REQUIRED]
        elif problem := password_problem(_normal(password), username=username):
            errors["password"] = [problem]
        return errors

    def _email_problem(self, email: str) -> str | None:
        if not email:
            return REQUIRED
        if len(email) > 254 or not EMAIL.fullmatch(email):
            return "Enter a valid email address."
        if self._email_domains and email.rpartition("@")[2].lower() not in self._email_domains:
            return f"Only addresses of these domains may sign up: {', '.join(sorted(self._email_domains))}."
        return None


def _normal(password: str) -> str:
    # The same password typed on a Mac and on Windows may come as different code points of the same syllables.
    return unicodedata.normalize("NFC", password)
