"""The commands about people: make administrators and users, reset passwords, suspend."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from admin.errors import AdminError, BadFields
from admin.options import DONE, FAILED, Commands, settings_of
from admin.people import PeopleDesk
from admin.people_import import PeopleImport, read_people
from auth.accounts import NewPerson
from auth.services import AccountServices, account_services
from chat.allowances import Allowances
from storage.allowances import PersonalLimits
from storage.audit import shell
from storage.settings import Settings

Work = Callable[[AccountServices, PeopleDesk], Awaitable[int]]


def add_to(commands: Commands, shared: argparse.ArgumentParser) -> None:
    create = commands.add_parser("create-admin", parents=[shared], help="make an account for an administrator")
    create.add_argument("username", metavar="USERNAME")
    create.add_argument("--email", required=True)
    create.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    create.set_defaults(run=_create_admin)

    many = commands.add_parser("create-users", parents=[shared], help="make accounts from a CSV file: all or none")
    many.add_argument("file", type=Path, metavar="FILE", help="username,password,first_name,last_name,email")
    many.set_defaults(run=_create_users)

    reset = commands.add_parser("reset-password", parents=[shared], help="print a one-time link for a new password")
    reset.add_argument("username", metavar="USERNAME")
    reset.add_argument("--address", default="http://127.0.0.1:7860", help="of the server, as people call it")
    reset.add_argument("--ask", action="store_true", help="set a password now instead: ask for it")
    reset.add_argument("--password-stdin", action="store_true", help="the same, read from standard input")
    reset.set_defaults(run=_reset_password)

    for name, run, told in (
        ("suspend", _suspend, "shut somebody out at once; all their data stays"),
        ("unsuspend", _unsuspend, "let somebody in again"),
    ):
        parser = commands.add_parser(name, parents=[shared], help=told)
        parser.add_argument("username", metavar="USERNAME")
        parser.set_defaults(run=run)


def _create_admin(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    password = _password(from_stdin=options.password_stdin)
    if password is None:
        return FAILED

    async def work(_: AccountServices, desk: PeopleDesk) -> int:
        await desk.add(shell(), NewPerson(options.username, options.email, password), role="admin")
        print(f"Made the administrator {options.username}.")
        return DONE

    return _with_desk(settings, work)


def _create_users(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    try:
        content = options.file.read_bytes()
    except OSError as error:
        print(f"{options.file} can't be read ({error.strerror}).", file=sys.stderr)
        return FAILED

    async def work(services: AccountServices, desk: PeopleDesk) -> int:
        rows = read_people(content)
        importing = PeopleImport(services.database, desk=desk, accounts=services.accounts, passwords=services.passwords)
        for row in await importing.preview(shell(), rows):
            for problem in row.problems:
                print(f"line {row.line} ({row.person.username}): {problem}", file=sys.stderr)
        added = await importing.add_all(shell(), rows)
        print(f"Made {len(added)} users.")
        return DONE

    return _with_desk(settings, work)


def _reset_password(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    sets_now = options.ask or options.password_stdin
    password = _password(from_stdin=options.password_stdin) if sets_now else ""
    if password is None:
        return FAILED

    async def work(_: AccountServices, desk: PeopleDesk) -> int:
        user = await desk.find(shell(), options.username)
        if sets_now:
            await desk.set_password(shell(), user.id, password)
            print(f"{user.username} has a new password, and has been signed out everywhere.")
        else:
            path = await desk.reset_link(shell(), user.id)
            print(f"For one hour, {user.username} can choose a new password once at: {options.address}{path}")
        return DONE

    return _with_desk(settings, work)


def _suspend(options: argparse.Namespace) -> int:
    async def work(_: AccountServices, desk: PeopleDesk) -> int:
        user = await desk.find(shell(), options.username)
        await desk.suspend(shell(), user.id)
        print(f"{user.username} is suspended.")
        return DONE

    return _with_desk(settings_of(options), work)


def _unsuspend(options: argparse.Namespace) -> int:
    async def work(_: AccountServices, desk: PeopleDesk) -> int:
        user = await desk.find(shell(), options.username)
        await desk.unsuspend(shell(), user.id)
        print(f"{user.username} may sign in again.")
        return DONE

    return _with_desk(settings_of(options), work)


def _password(*, from_stdin: bool) -> str | None:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if first == getpass.getpass("Once more: "):
        return first
    print("The two passwords are not the same.", file=sys.stderr)
    return None


def _with_desk(settings: Settings, work: Work) -> int:
    """Run `work`; what is refused is told, and the exit status says so."""
    services = account_services(settings)
    desk = PeopleDesk(
        services.database,
        store=services.store,
        accounts=services.accounts,
        passwords=services.passwords,
        links=services.links,
        allowances=Allowances(services.database, default=PersonalLimits()),
    )

    async def run() -> int:
        return await work(services, desk)

    try:
        return asyncio.run(run())
    except BadFields as error:
        for field, sentences in error.errors.items():
            print(f"{field}: {' '.join(sentences)}", file=sys.stderr)
    except AdminError as error:
        print(error.sentence("en"), file=sys.stderr)
    finally:
        services.close()
    return FAILED
