"""What administrators and staff do with people: the one path for the page, the commands and the tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Connection

from admin.errors import BadFields, LastAdministrator, NoSuchPerson, NotAllowed
from auth.accounts import Accounts, NewPerson, normal
from auth.errors import UsernameExists
from auth.passwords import Passwords, password_problem
from auth.reset_links import ResetLinks
from chat.allowances import Allowances
from storage import allowances, audit, links, logins, people, users
from storage.allowances import PersonalLimits
from storage.audit import Actor
from storage.database import Database
from storage.files import FileStore
from storage.models import now
from storage.people import Belongings, Listed
from storage.usage import OfPerson, of_person
from storage.users import User

T = TypeVar("T")

ROLES = ("user", "staff", "admin")
PAGE = 50
USAGE = timedelta(days=30)


class PeopleDesk:
    """Each method begins with whether its actor may, and writes what was done into the audit log.

    Staff see everything here and change what is about users and staff, but no roles. Nobody but an administrator
    changes anything about an administrator, and one administrator who isn't suspended always remains.
    """

    def __init__(
        self,
        database: Database,
        *,
        store: FileStore,
        accounts: Accounts,
        passwords: Passwords,
        links: ResetLinks,
        allowances: Allowances,
    ) -> None:
        self._database = database
        self._store = store
        self._accounts = accounts
        self._passwords = passwords
        self._links = links
        self._allowances = allowances

    async def listing(
        self, actor: Actor, *, search: str = "", sort: str = "username", page: int = 1, size: int = PAGE
    ) -> tuple[list[Listed], int]:
        """A page of people (counted from 1), and how many there are in all; an unknown `sort` means by name."""
        await self.require(actor, "people.listed")
        known = sort if sort.removeprefix("-") in people.SORTS else "username"
        offset = (max(1, page) - 1) * size
        return await self._database.read(people.listing, search=search, sort=known, offset=offset, limit=size)

    async def find(self, actor: Actor, username: str) -> User:
        """The person of that name, whatever its case. Raises: NotAllowed, NoSuchPerson."""
        await self.require(actor, "person.found")
        found = await self._database.read(users.by_name, username)
        if found is None:
            raise NoSuchPerson
        return found

    async def find_listed(self, actor: Actor, username: str) -> Listed:
        """The row of the person of that name, whatever its case. Raises: NotAllowed, NoSuchPerson."""
        await self.require(actor, "person.found")
        found = await self._database.read(people.by_name, username)
        if found is None:
            raise NoSuchPerson
        return found

    async def usage(self, actor: Actor, user_id: int) -> OfPerson:
        """What somebody asked in the last 30 days. Raises: NotAllowed."""
        await self.require(actor, "person.found")
        return await self._database.read(of_person, user_id, since=now() - USAGE)

    async def add(self, actor: Actor, new: NewPerson, *, role: str = "user") -> User:
        """Raises: NotAllowed, BadFields."""
        await self.require(actor, "person.added", roles=role != "user")
        errors = self._accounts.problems(new)
        if errors:
            raise BadFields(errors)
        try:
            return await self._accounts.add(new, role=role, actor=actor)
        except UsernameExists:
            raise BadFields({"username": ["Username already exists."]}) from None

    async def edit(self, actor: Actor, user_id: int, *, email: str, first_name: str, last_name: str) -> None:
        """Raises: NotAllowed, NoSuchPerson, BadFields."""
        if problem := self._accounts.email_problem(email):
            raise BadFields({"email": [problem]})

        def work(connection: Connection, subject: User) -> None:
            users.set_details(connection, user_id, email=email, first_name=first_name, last_name=last_name)
            audit.add(connection, actor, "person.edited", subject)

        await self._change(actor, user_id, "person.edited", work)

    async def set_role(self, actor: Actor, user_id: int, role: str) -> None:
        """Raises: NotAllowed, NoSuchPerson, LastAdministrator."""
        if role not in ROLES:
            raise ValueError(f"There is no role {role!r}.")

        def work(connection: Connection, subject: User) -> None:
            if subject.role == role:
                return
            _leave_one(connection, subject)
            users.set_role(connection, user_id, role)
            ended = logins.end_all(connection, user_id)
            audit.add(connection, actor, "person.role", subject, before=subject.role, after=role, ended=ended)

        await self._change(actor, user_id, "person.role", work, roles=True)

    async def suspend(self, actor: Actor, user_id: int) -> None:
        """Shut somebody out: their logins end, their running turns stop, all their data stays.

        Raises: NotAllowed, NoSuchPerson, LastAdministrator.
        """

        def work(connection: Connection, subject: User) -> None:
            _leave_one(connection, subject)
            users.set_active(connection, user_id, active=False)
            links.drop(connection, user_id=user_id)
            ended = logins.end_all(connection, user_id)
            audit.add(connection, actor, "person.suspended", subject, ended=ended)

        await self._change(actor, user_id, "person.suspended", work)

    async def unsuspend(self, actor: Actor, user_id: int) -> None:
        """Raises: NotAllowed, NoSuchPerson."""

        def work(connection: Connection, subject: User) -> None:
            users.set_active(connection, user_id, active=True)
            audit.add(connection, actor, "person.unsuspended", subject)

        await self._change(actor, user_id, "person.unsuspended", work)

    async def end_logins(self, actor: Actor, user_id: int) -> int:
        """End all sign-ins and API tokens of somebody; how many. Raises: NotAllowed, NoSuchPerson."""

        def work(connection: Connection, subject: User) -> int:
            ended = logins.end_all(connection, user_id)
            audit.add(connection, actor, "login.ended", subject, ended=ended)
            return ended

        return await self._change(actor, user_id, "login.ended", work)

    async def reset_link(self, actor: Actor, user_id: int) -> str:
        """The path of a one-time link with which somebody sets a new password within an hour.

        Raises: NotAllowed, NoSuchPerson.
        """

        def work(connection: Connection, subject: User) -> str:
            return self._links.make(connection, subject, actor)

        return await self._change(actor, user_id, "link.made", work)

    async def set_password(self, actor: Actor, user_id: int, password: str) -> None:
        """Raises: NotAllowed, NoSuchPerson, BadFields."""
        subject = await self._database.read(_subject, user_id)
        if problem := password_problem(normal(password), username=subject.username):
            raise BadFields({"password": [problem]})
        password_hash = await self._passwords.hash(normal(password))

        def work(connection: Connection, subject: User) -> None:
            users.set_password(connection, user_id, password_hash)
            links.drop(connection, user_id=user_id)
            ended = logins.end_all(connection, user_id)
            audit.add(connection, actor, "password.reset", subject, ended=ended)

        await self._change(actor, user_id, "password.reset", work)

    async def set_limits(self, actor: Actor, user_id: int, limits: PersonalLimits) -> None:
        """Raises: NotAllowed, NoSuchPerson."""

        def work(connection: Connection, subject: User) -> None:
            allowances.put(connection, user_id, limits)
            audit.add(
                connection, actor, "person.limits", subject,
                requests_per_minute=limits.requests_per_minute, tokens_per_day=limits.tokens_per_day,
            )  # fmt: skip

        await self._change(actor, user_id, "person.limits", work)
        self._allowances.remember(user_id, limits)

    async def belongings(self, actor: Actor, user_id: int) -> Belongings:
        """What deleting somebody would take along. Raises: NotAllowed."""
        await self.require(actor, "person.counted")
        return await self._database.read(people.belongings, user_id)

    async def delete(self, actor: Actor, user_id: int) -> Belongings:
        """Delete somebody with everything that is theirs, the files' bytes too; what it was.

        Running turns stop within a second, as after a suspension.

        Raises: NotAllowed, NoSuchPerson, LastAdministrator.
        """

        def work(connection: Connection, subject: User) -> tuple[Belongings, list[str]]:
            _leave_one(connection, subject)
            taken = people.belongings(connection, user_id)
            gone = people.remove(connection, user_id)
            audit.add(
                connection, actor, "person.deleted", subject,
                conversations=taken.conversations, messages=taken.messages, files=taken.files,
            )  # fmt: skip
            return taken, gone

        taken, gone = await self._change(actor, user_id, "person.deleted", work)
        self._store.discard(gone)
        return taken

    async def require(self, actor: Actor, action: str, *, roles: bool = False) -> None:
        """Whether this actor may do something that is about nobody who is there already."""
        try:
            await self._database.read(self.check, actor, roles=roles)
        except NotAllowed:
            await self._database.write(audit.add, actor, "refused", wanted=action)
            raise

    @staticmethod
    def check(connection: Connection, actor: Actor, subject: User | None = None, *, roles: bool = False) -> None:
        """Raise NotAllowed unless the actor's role, as it is in this very moment, allows it."""
        role = actor.role
        if actor.user_id is not None:
            today = users.by_id(connection, actor.user_id)
            role = today.role if today and today.active else ""
        if role == "admin":
            return
        if role != "staff" or roles or (subject is not None and subject.role == "admin"):
            raise NotAllowed

    async def _change(
        self,
        actor: Actor,
        user_id: int,
        action: str,
        change: Callable[[Connection, User], T],
        *,
        roles: bool = False,
    ) -> T:
        """One transaction: who acts, on whom, may they, and then it is done."""
        subject: User | None = None

        def work(connection: Connection) -> T:
            nonlocal subject
            subject = _subject(connection, user_id)
            self.check(connection, actor, subject, roles=roles)
            return change(connection, subject)

        try:
            return await self._database.write(work)
        except (NotAllowed, LastAdministrator):
            await self._database.write(audit.add, actor, "refused", subject, wanted=action)
            raise


def _subject(connection: Connection, user_id: int) -> User:
    found = users.by_id(connection, user_id)
    if found is None:
        raise NoSuchPerson
    return found


def _leave_one(connection: Connection, subject: User) -> None:
    """Raise LastAdministrator if nobody else could administer. Writers take turns, so there is no race."""
    is_one = subject.role == "admin" and subject.active
    if is_one and not users.count_administrators(connection, but=subject.id):
        raise LastAdministrator
