"""Signing up and signing in: the rules, in the order in which they are told."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection

from auth.errors import AccountDisabled, FieldErrors, TooManyAttempts, UsernameExists, WrongCredentials, WrongKey
from auth.logins import Logins
from auth.passwords import LONGEST, Passwords, password_problem
from auth.throttle import Throttle
from storage import audit, users
from storage.audit import Actor, actor_of, stranger
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


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is entered of somebody new. The password never leaves this object but as a hash."""

    username: str
    email: str
    password: str = field(repr=False)
    first_name: str = ""
    last_name: str = ""

    def as_columns(self) -> dict[str, str]:
        """All but the password."""
        return {
            "username": self.username,
            "email": self.email,
            "first_name": self.first_name,
            "last_name": self.last_name,
        }


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
        self.admit(signup_key=signup_key, email_domains=email_domains)

    def admit(self, *, signup_key: Secret, email_domains: Collection[str]) -> None:
        """From now on those sign up who know this key and have an address in one of these domains (none = any)."""
        self._signup_key = signup_key
        self._email_domains = {domain.lower().removeprefix("@") for domain in email_domains}

    async def sign_up(
        self, new: NewPerson, *, key: str, address: str, browser: str = "", repeated: str | None = None
    ) -> SignedIn:
        """Make an account and sign it in. `repeated` is the password once more, where it is asked for twice.

        Raises:
            FieldErrors, TooManyAttempts, WrongKey, UsernameExists.
        """
        errors = self.problems(new)
        if repeated is not None and repeated != new.password:
            errors["password2"] = ["The two passwords are not the same."]
        if not key:
            errors["auth_key"] = [REQUIRED]
        if errors:
            raise FieldErrors(errors)
        await self.check_key(key, address=address)
        user = await self.add(new, role="user", actor=stranger(address), action="sign_up")
        return SignedIn(user, await self._logins.start(user.id, address=address, browser=browser))

    async def check_key(self, key: str, *, address: str) -> None:
        """Whether the sign-up key is right. Raises: FieldErrors, TooManyAttempts, WrongKey."""
        if not key:
            raise FieldErrors({"auth_key": [REQUIRED]})
        succeeded = await self._attempt(lambda: self._throttle.attempt_key(address), "sign_up", address)
        if not hmac.compare_digest(key.encode(), self._signup_key.reveal().encode()):
            await self._note(address, "sign_up.failed", reason="wrong key")
            raise WrongKey
        succeeded()

    async def sign_in(self, *, username: str, password: str, address: str, browser: str = "") -> SignedIn:
        """Raises: FieldErrors, TooManyAttempts, WrongCredentials, AccountDisabled."""
        errors = {name: [REQUIRED] for name, value in (("username", username), ("password", password)) if not value}
        if errors:
            raise FieldErrors(errors)
        succeeded = await self._attempt(
            lambda: self._throttle.attempt_sign_in(account_key(username), address), "sign_in", address
        )
        found = await self._database.read(users.credentials, username)
        user, stored = found or (None, None)
        # Unknown and known names cost the same: the check runs in any case.
        if not await self._passwords.matches(normal(password)[: LONGEST + 1], stored) or not user or not stored:
            # An unknown name may be a password that was typed into the wrong box: it isn't written down.
            await self._note(address, "sign_in.failed", user, reason="wrong password" if user else "unknown name")
            raise WrongCredentials
        succeeded()
        if not user.active:
            await self._note(address, "sign_in.failed", user, reason="suspended")
            raise AccountDisabled
        renewed = await self._passwords.hash(normal(password)) if self._passwords.is_outdated(stored) else None

        def work(connection: Connection) -> str:
            if renewed is not None:
                users.set_password(connection, user.id, renewed)
            audit.add(connection, actor_of(user, address), "sign_in", user)
            return self._logins.begin(connection, user.id, address=address, browser=browser)

        return SignedIn(user, await self._database.write(work))

    async def add(self, new: NewPerson, *, role: str, actor: Actor, action: str = "person.added") -> User:
        """Store a new account whose fields have been checked. Raises: UsernameExists."""
        password_hash = await self._passwords.hash(normal(new.password))

        def work(connection: Connection) -> User:
            user = users.add_user(connection, **new.as_columns(), password_hash=password_hash, role=role)
            audit.add(connection, actor, action, user, role=role)
            return user

        try:
            return await self._database.write(work)
        except UsernameTaken:
            raise UsernameExists from None

    async def _attempt(self, take: Callable[[], Callable[[], None]], act: str, address: str) -> Callable[[], None]:
        try:
            return take()
        except TooManyAttempts as refusal:
            if refusal.is_first:
                await self._note(address, f"{act}.throttled")
            raise

    async def _note(self, address: str, action: str, subject: User | None = None, **details: str) -> None:
        await self._database.write(audit.add, stranger(address), action, subject, **details)

    def problems(self, new: NewPerson) -> dict[str, list[str]]:
        """What is wrong with a new account's fields, by field."""
        username, email, password = new.username, new.email, new.password
        errors = {}
        if not username:
            errors["username"] = [REQUIRED]
        elif not USERNAME.fullmatch(username):
            errors["username"] = [
                "A user name has at most 50 letters (A-Z), digits, dots, hyphens and underscores,"
                " and begins with a letter or a digit."
            ]
        if problem := self.email_problem(email):
            errors["email"] = [problem]
        if not password:
            errors["password"] = [REQUIRED]
        elif problem := password_problem(normal(password), username=username):
            errors["password"] = [problem]
        for key, name in (("first_name", new.first_name), ("last_name", new.last_name)):
            if problem := name_problem(name):
                errors[key] = [problem]
        return errors

    def email_problem(self, email: str) -> str | None:
        """What is wrong with an address, as a sentence."""
        if not email:
            return REQUIRED
        if len(email) > 254 or not EMAIL.fullmatch(email):
            return "Enter a valid email address."
        if self._email_domains and email.rpartition("@")[2].lower() not in self._email_domains:
            return f"Only addresses of these domains may sign up: {', '.join(sorted(self._email_domains))}."
        return None


def name_problem(name: str) -> str | None:
    """What is wrong with a first or last name, as a sentence."""
    return None if len(name) <= LONGEST_NAME and name.isprintable() else f"A name has at most {LONGEST_NAME} letters."


def account_key(username: str) -> str:
    """By which name failures of an account are counted, whether it exists or not."""
    return username.casefold()[:50]


def normal(password: str) -> str:
    """What is hashed of a password."""
    # The same password typed on a Mac and on Windows may come as different code points of the same syllables.
    return unicodedata.normalize("NFC", password)
