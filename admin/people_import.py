"""Many people from a CSV file: read, checked row by row, and then all of them added or none."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from admin.errors import BadFile
from admin.people import PeopleDesk
from auth.accounts import Accounts, NewPerson, normal
from auth.passwords import Passwords
from storage import audit, users
from storage.audit import Actor
from storage.database import Database
from storage.users import User, UsernameTaken

COLUMNS = ("username", "password", "first_name", "last_name", "email")
REQUIRED = {"username", "password", "email"}
MOST = 5000  # rows
LONGEST_CELL = 10_000  # characters


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file by its line, and what is wrong with it; nothing: this person will be added."""

    line: int
    person: NewPerson
    problems: tuple[str, ...] = ()


def read_people(content: bytes) -> list[Row]:
    """The rows of a CSV file in UTF-8 (with or without a mark) or CP949, with a heading.

    Raises:
        BadFile
    """
    good = 0  # the last line that could be read
    reader = csv.DictReader(io.StringIO(_decoded(content), newline=""), restkey="", restval="")
    try:
        heading = [name.strip().lower() for name in reader.fieldnames or ()]
        if not set(heading) >= REQUIRED or not set(heading) <= set(COLUMNS) or len(heading) != len(set(heading)):
            raise BadFile("people.bad_heading", columns=",".join(COLUMNS))
        reader.fieldnames = heading
        rows = []
        good = reader.line_num
        for values in reader:
            if any(len(value) > LONGEST_CELL for value in values.values()):
                raise csv.Error  # a quote that was never closed swallows the rest of a file
            good = reader.line_num
            rows.append(_row(good, values))
    except csv.Error:
        raise BadFile("people.bad_csv", line=good) from None
    if not rows:
        raise BadFile("people.no_rows")
    if len(rows) > MOST:
        raise BadFile("people.too_many_rows", most=MOST)
    return rows


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile("people.bad_encoding")


def _row(line: int, values: dict[str, str]) -> Row:
    too_many = bool(values.pop("", None))
    # A password may begin or end with a space; the others don't.
    fields = {name: value if name == "password" else value.strip() for name, value in values.items()}
    return Row(line, NewPerson(**fields), ("There are more cells than columns.",) if too_many else ())


class PeopleImport:
    def __init__(self, database: Database, *, desk: PeopleDesk, accounts: Accounts, passwords: Passwords) -> None:
        self._database = database
        self._desk = desk
        self._accounts = accounts
        self._passwords = passwords

    async def preview(self, actor: Actor, rows: Sequence[Row]) -> list[Row]:
        """The same rows with everything that is wrong with each. Raises: NotAllowed."""
        await self._desk.require(actor, "people.imported")
        taken = await self._database.read(users.taken_among, {row.person.username.casefold() for row in rows})
        seen: dict[str, int] = {}
        return [self._checked(row, taken, seen) for row in rows]

    async def add_all(self, actor: Actor, rows: Sequence[Row]) -> list[User]:
        """Add all these people as users in one transaction, or none. Raises: NotAllowed, BadFile."""
        checked = await self.preview(actor, rows)
        if bad := [row for row in checked if row.problems]:
            raise BadFile("people.bad_rows", count=len(bad))
        hashes = await asyncio.gather(*(self._passwords.hash(normal(row.person.password)) for row in rows))

        def work(connection: Connection) -> list[User]:
            self._desk.check(connection, actor)
            added = []
            for row, password_hash in zip(rows, hashes, strict=True):
                user = users.add_user(connection, **row.person.as_columns(), password_hash=password_hash)
                audit.add(connection, actor, "person.added", user, role="user", imported=True)
                added.append(user)
            return added

        try:
            return await self._database.write(work)
        except UsernameTaken:  # since it was looked at
            raise BadFile("people.bad_rows", count=1) from None

    def _checked(self, row: Row, taken: set[str], seen: dict[str, int]) -> Row:
        person = row.person
        errors = self._accounts.problems(person)
        problems = [*row.problems, *(f"{name}: {' '.join(found)}" for name, found in errors.items())]
        key = person.username.casefold()
        if key in taken:
            problems.append("username: Username already exists.")
        elif key in seen:
            problems.append(f"username: The same name as in line {seen[key]}.")
        seen.setdefault(key, row.line)
        return Row(row.line, person, tuple(problems))
