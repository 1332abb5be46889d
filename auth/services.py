"""The parts that are about people, put together: for the server, and for commands that need no server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from auth.accounts import Accounts
from auth.logins import Logins
from auth.own_account import OwnAccount
from auth.passwords import Passwords
from auth.reset_links import ResetLinks
from auth.throttle import Throttle
from auth.tokens import Tokens
from storage.database import Database, sqlite_url
from storage.files import FileStore
from storage.settings import Settings


@dataclass(frozen=True)
class AccountServices:
    """Made by `account_services`, ended by `close`."""

    database: Database
    store: FileStore
    passwords: Passwords
    logins: Logins
    accounts: Accounts
    own_account: OwnAccount
    links: ResetLinks

    def close(self) -> None:
        self.passwords.close()
        self.database.close()


def account_services(settings: Settings) -> AccountServices:
    """Opens the database, and brings its tables to the newest version."""
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(database_url(settings))
    database.migrate()
    passwords = Passwords(rounds=settings.security.bcrypt_rounds)
    tokens, throttle = Tokens(settings.security.secret_key), Throttle()
    logins = Logins(
        database,
        tokens=tokens,
        idle=timedelta(minutes=settings.auth.idle_minutes),
        longest=timedelta(hours=settings.auth.max_hours),
    )
    accounts = Accounts(
        database,
        passwords=passwords,
        logins=logins,
        throttle=throttle,
        signup_key=settings.auth.admin_signup_key,
        email_domains=settings.auth.allowed_email_domains,
    )
    return AccountServices(
        database=database,
        store=FileStore(settings.data / "files"),
        passwords=passwords,
        logins=logins,
        accounts=accounts,
        own_account=OwnAccount(database, passwords=passwords, logins=logins, tokens=tokens, throttle=throttle),
        links=ResetLinks(
            database, accounts=accounts, passwords=passwords, logins=logins, tokens=tokens, throttle=throttle
        ),
    )


def database_url(settings: Settings) -> str:
    return settings.database.url.reveal() or sqlite_url(settings.data)
