"""What people do with their own account: another password, their sign-ins, their API tokens."""

from __future__ import annotations

from sqlalchemy import Connection

from auth.accounts import REQUIRED, account_key, normal
from auth.errors import FieldErrors, NoSuchLogin, TooManyAttempts
from auth.logins import Logins
from auth.passwords import LONGEST, Passwords, password_problem
from auth.throttle import Throttle
from auth.tokens import Tokens
from storage import audit, links, logins, users
from storage.audit import actor_of
from storage.database import Database
from storage.logins import OwnLogin
from storage.users import Login

API_TOKENS = 20  # of one person
NAME_LENGTH = 100  # characters of an API token's name


class OwnAccount:
    """Each method takes the login of whoever asks, which is never an API token."""

    def __init__(
        self, database: Database, *, passwords: Passwords, logins: Logins, tokens: Tokens, throttle: Throttle
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._logins = logins
        self._tokens = tokens
        self._throttle = throttle

    async def change_password(self, login: Login, *, old: str, new: str, end_tokens: bool, address: str) -> int:
        """Set another password and end the other sign-ins, on request the API tokens too; how many ended.

        Raises:
            FieldErrors, TooManyAttempts
        """
        user = login.user
        errors = {name: [REQUIRED] for name, value in (("old_password", old), ("new_password", new)) if not value}
        if new and (problem := password_problem(normal(new), username=user.username)):
            errors["new_password"] = [problem]
        if errors:
            raise FieldErrors(errors)
        actor = actor_of(user, address)
        try:
            succeeded = self._throttle.attempt_sign_in(account_key(user.username), address)
        except TooManyAttempts as refusal:
            if refusal.is_first:
                await self._database.write(audit.add, actor, "password.throttled", user)
            raise
        found = await self._database.read(users.credentials, user.username)
        if not await self._passwords.matches(normal(old)[: LONGEST + 1], found[1] if found else None):
            await self._database.write(audit.add, actor, "password.failed", user, reason="wrong password")
            raise FieldErrors({"old_password": ["This is not your password."]})
        succeeded()
        password_hash = await self._passwords.hash(normal(new))

        def work(connection: Connection) -> int:
            users.set_password(connection, user.id, password_hash)
            links.drop(connection, user_id=user.id)
            ended = logins.end_all(connection, user.id, but=login.id, tokens=end_tokens)
            audit.add(connection, actor, "password.changed", user, ended=ended)
            return ended

        return await self._database.write(work)

    async def sign_ins(self, login: Login) -> list[OwnLogin]:
        return await self._database.read(logins.sign_ins, login.user.id, used_since=self._logins.used_since())

    async def end_sign_in(self, login: Login, login_id: int, *, address: str) -> None:
        """Raises: NoSuchLogin."""
        await self._end_one(login, login_id, is_token=False, action="login.ended", address=address)

    async def end_other_sign_ins(self, login: Login, *, address: str) -> int:
        """End all sign-ins but the one that asks; how many."""

        def work(connection: Connection) -> int:
            ended = logins.end_all(connection, login.user.id, but=login.id, tokens=False)
            audit.add(connection, actor_of(login.user, address), "login.ended", login.user, ended=ended)
            return ended

        return await self._database.write(work)

    async def api_tokens(self, login: Login) -> list[OwnLogin]:
        return await self._database.read(logins.api_tokens, login.user.id)

    async def make_api_token(self, login: Login, name: str, *, address: str) -> tuple[int, str]:
        """An API token's id, and the token itself, which can't be shown again. Raises: FieldErrors."""
        name = audit.plain(name.strip(), NAME_LENGTH)
        if not name:
            raise FieldErrors({"name": [REQUIRED]})
        token = self._tokens.new()

        def work(connection: Connection) -> int:
            if logins.count_api_tokens(connection, login.user.id) >= API_TOKENS:
                raise FieldErrors({"name": [f"You have {API_TOKENS} API tokens: revoke one first."]})
            made = users.add_login(
                connection,
                user_id=login.user.id,
                token_hash=self._tokens.hash(token),
                address=address,
                expires_at=None,
                name=name,
            )
            audit.add(connection, actor_of(login.user, address), "token.made", login.user, name=name)
            return made

        return await self._database.write(work), token

    async def revoke_api_token(self, login: Login, token_id: int, *, address: str) -> None:
        """Raises: NoSuchLogin."""
        await self._end_one(login, token_id, is_token=True, action="token.revoked", address=address)

    async def _end_one(self, login: Login, login_id: int, *, is_token: bool, action: str, address: str) -> None:
        def work(connection: Connection) -> None:
            ended = logins.end_one(connection, login_id, user_id=login.user.id, is_token=is_token)
            if ended is None:
                raise NoSuchLogin
            name = {"name": ended.name} if ended.name else {}
            audit.add(connection, actor_of(login.user, address), action, login.user, **name)

        await self._database.write(work)
