"""One-time links: for a forgotten password, and for the first administrator of a new installation."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from auth.accounts import REQUIRED, Accounts, NewPerson, SignedIn, normal
from auth.errors import BadLink, FieldErrors, TooManyAttempts, UsernameExists
from auth.logins import Logins
from auth.passwords import Passwords, password_problem
from auth.throttle import Throttle
from auth.tokens import TOKEN, Tokens
from storage import audit, links, logins, users
from storage.audit import Actor, actor_of, stranger
from storage.database import Database
from storage.models import now
from storage.users import User, UsernameTaken

RESET_GOOD_FOR = timedelta(hours=1)
FIRST_ADMIN_GOOD_FOR = timedelta(hours=24)
# After the #, which browsers keep to themselves: no log and no proxy ever sees the token.
RESET_PATH = "/login/#reset="
FIRST_ADMIN_PATH = "/login/#first="


class ResetLinks:
    def __init__(
        self,
        database: Database,
        *,
        accounts: Accounts,
        passwords: Passwords,
        logins: Logins,
        tokens: Tokens,
        throttle: Throttle,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._passwords = passwords
        self._logins = logins
        self._tokens = tokens
        self._throttle = throttle

    def make(self, connection: Connection, user: User, actor: Actor) -> str:
        """A link's path and token, good for an hour and one use; an older one of this user is good no longer."""
        token = self._tokens.new()
        expires = now() + RESET_GOOD_FOR
        links.put(connection, user_id=user.id, token_hash=self._tokens.hash(token), expires_at=expires)
        audit.add(connection, actor, "link.made", user)
        return RESET_PATH + token

    async def username(self, token: str, *, address: str) -> str:
        """Whose password this link sets. Raises: BadLink, TooManyAttempts."""
        return (await self._database.read(self._owner, await self._checked(token, address))).username

    async def redeem(self, token: str, *, password: str, address: str) -> str:
        """Set a new password and end all logins, API tokens too; the user's name.

        Raises:
            BadLink, FieldErrors, TooManyAttempts
        """
        token_hash = await self._checked(token, address)
        user = await self._database.read(self._owner, token_hash)
        problem = password_problem(normal(password), username=user.username) if password else REQUIRED
        if problem:
            raise FieldErrors({"password": [problem]})
        password_hash = await self._passwords.hash(normal(password))

        def work(connection: Connection) -> None:
            # Asked again where nothing comes in between: two at the same time must not both be let in.
            self._owner(connection, token_hash)
            users.set_password(connection, user.id, password_hash)
            links.drop(connection, user_id=user.id)
            ended = logins.end_all(connection, user.id)
            audit.add(connection, actor_of(user, address), "password.reset", user, ended=ended)

        await self._database.write(work)
        return user.username

    def make_for_first_admin(self, connection: Connection) -> str | None:
        """A link's path and token for the first administrator; None as soon as there is one."""
        if users.count_administrators(connection):
            return None
        token = self._tokens.new()
        expires = now() + FIRST_ADMIN_GOOD_FOR
        links.put(connection, user_id=None, token_hash=self._tokens.hash(token), expires_at=expires)
        return FIRST_ADMIN_PATH + token

    async def redeem_first_admin(self, token: str, new: NewPerson, *, address: str, browser: str = "") -> SignedIn:
        """Make the first administrator and sign them in.

        Raises:
            BadLink, FieldErrors, UsernameExists, TooManyAttempts
        """
        token_hash = await self._checked(token, address)
        if not await self._database.read(_makes_first_admin, token_hash):
            raise BadLink
        errors = self._accounts.problems(new)
        if errors:
            raise FieldErrors(errors)
        password_hash = await self._passwords.hash(normal(new.password))

        def work(connection: Connection) -> SignedIn:
            if not _makes_first_admin(connection, token_hash):
                raise BadLink
            links.drop(connection, user_id=None)
            user = users.add_user(connection, **new.as_columns(), password_hash=password_hash, role="admin")
            audit.add(connection, stranger(address), "person.added", user, role="admin", first=True)
            return SignedIn(user, self._logins.begin(connection, user.id, address=address, browser=browser))

        try:
            return await self._database.write(work)
        except UsernameTaken:
            raise UsernameExists from None

    async def _checked(self, token: str, address: str) -> bytes:
        """The hash of a token that has the right form; what isn't good is counted and written down."""
        try:
            succeeded = self._throttle.attempt_link(address)
        except TooManyAttempts as refusal:
            if refusal.is_first:
                await self._database.write(audit.add, stranger(address), "link.throttled")
            raise
        token_hash = self._tokens.hash(token)
        if TOKEN.fullmatch(token) is not None and await self._database.read(_is_good, token_hash):
            succeeded()
            return token_hash
        await self._database.write(audit.add, stranger(address), "link.failed")
        raise BadLink

    def _owner(self, connection: Connection, token_hash: bytes) -> User:
        user = links.owner(connection, token_hash)
        if user is None:
            raise BadLink
        return user


def _is_good(connection: Connection, token_hash: bytes) -> bool:
    return links.owner(connection, token_hash) is not None or links.makes_first_admin(connection, token_hash)


def _makes_first_admin(connection: Connection, token_hash: bytes) -> bool:
    return links.makes_first_admin(connection, token_hash) and not users.count_administrators(connection)
