"""The commands that care for the data: clean up, back up, restore, check, optimize."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from admin.backups import Backups, restore
from admin.options import DONE, FAILED, FOUND, Commands, settings_of
from admin.retention import Retention
from auth.services import account_services, database_url
from locales import LANGUAGES
from storage import audit, care
from storage.audit import shell
from storage.backup import BackupError
from storage.database import Database, file_of
from storage.retention import Amount
from storage.settings import Settings

MB = 1 << 20
SHOWN = 20  # ids of one kind


def add_to(commands: Commands, shared: argparse.ArgumentParser) -> None:
    cleanup = commands.add_parser("cleanup", parents=[shared], help="delete conversations that were not used for long")
    cleanup.add_argument("--days", type=_days, required=True, help="how long; pinned conversations are kept")
    cleanup.add_argument("--dry-run", action="store_true", help="only say what would go")
    cleanup.set_defaults(run=_cleanup)

    backup = commands.add_parser("backup", parents=[shared], help="save database and files, also while the server runs")
    backup.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="(a new one in the folder of backups; the oldest there go)"
    )
    backup.set_defaults(run=_backup)

    back = commands.add_parser("restore", parents=[shared], help="put a backup in the place of the data")
    back.add_argument("file", type=Path, metavar="FILE")
    back.set_defaults(run=_restore)

    check = commands.add_parser("check", parents=[shared], help="look for what is broken, missing or left over")
    check.set_defaults(run=_check)

    optimize = commands.add_parser("optimize", parents=[shared], help="make the database small and quick again")
    optimize.set_defaults(run=_optimize)

    doctor = commands.add_parser("doctor", parents=[shared], help="try the whole chain, from the database to a chart")
    doctor.add_argument("--language", choices=LANGUAGES, default="en")
    doctor.set_defaults(run=_doctor)


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 36_500:
        raise ValueError
    return days


def _cleanup(options: argparse.Namespace) -> int:
    services = account_services(settings_of(options))
    retention = Retention(services.database, services.store)
    try:
        work = retention.preview(options.days) if options.dry_run else retention.clean(shell(), options.days)
        amount = asyncio.run(_awaited(work))
    finally:
        services.close()
    print(
        f"{'Would delete' if options.dry_run else 'Deleted'} {amount.conversations} conversations"
        f" with {amount.messages} messages and {amount.files} files ({amount.size / MB:.1f} MB)."
    )
    return DONE


async def _awaited(work: Awaitable[Amount]) -> Amount:
    return await work


def _backup(options: argparse.Namespace) -> int:
    def work(settings: Settings, database: Database) -> int:
        made = Backups(settings, database).make(shell(), options.file)
        print(
            f"Wrote and checked {made.path} ({made.size / MB:.1f} MB,"
            f" {len(made.manifest.members) - 1} files, schema {made.manifest.schema})."
        )
        if made.manifest.missing:
            print(f"{len(made.manifest.missing)} files were not on the disk: `check` names them.")
        for path in made.pruned:
            print(f"Deleted the old backup {path}.")
        return DONE

    return _with_database(settings_of(options), work)


def _restore(options: argparse.Namespace) -> int:
    settings = settings_of(options)

    def work() -> int:
        kept = restore(settings, options.file, shell())
        print(f"Restored {options.file}. What was there before is in {kept}: delete it when all is well.")
        return DONE

    return _told(work)


def _check(options: argparse.Namespace) -> int:
    settings = settings_of(options)

    def work() -> int:
        (settings.data / "files").mkdir(exist_ok=True)
        found = care.check(file_of(database_url(settings)), settings.data / "files")
        print(f"database: {found.database_size / MB:.1f} MB")
        print(f"files: {found.files} ({found.files_size / MB:.1f} MB)")
        print(f"free on the disk: {found.free / MB:.0f} MB")
        for told, problems in (
            ("database: {}", found.database_problems),
            ("file {}: in the database, but not on the disk", found.without_bytes),
            (
                "file {}: on the disk, but not in the database (the next start deletes it)",
                found.without_row,
            ),
            ("file {}: not as long as the database says", found.wrong_size),
        ):
            for item in problems[:SHOWN]:
                print(told.format(item), file=sys.stderr)
            if len(problems) > SHOWN:
                print(f"… and {len(problems) - SHOWN} more", file=sys.stderr)
        print("All is well." if found.is_good else "Problems were found.")
        return DONE if found.is_good else FOUND

    return _told(work)


def _optimize(options: argparse.Namespace) -> int:
    def work(settings: Settings, database: Database) -> int:
        before, after = care.optimize(file_of(database_url(settings)))
        database.write_now(audit.add, shell(), "optimize", None, before=before, after=after)
        print(f"The database had {before / MB:.1f} MB, and has {after / MB:.1f} MB now.")
        return DONE

    return _with_database(settings_of(options), work)


def _doctor(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    # Imported late: Gradio takes seconds.
    from admin.doctor import BAD, Doctor, Finding
    from app import build

    async def examine() -> list[Finding]:
        parts = build(settings).state.parts
        found = []
        try:
            async for finding in Doctor(parts, settings).examine(shell()):
                print(finding.line(options.language), flush=True)
                found.append(finding)
        finally:
            await parts.close()
        return found

    found = asyncio.run(examine())
    return FOUND if any(finding.state == BAD for finding in found) else DONE


def _with_database(settings: Settings, work: Callable[[Settings, Database], int]) -> int:
    database = Database(database_url(settings))
    try:
        database.migrate()
        return _told(lambda: work(settings, database))
    finally:
        database.close()


def _told(work: Callable[[], int]) -> int:
    """Run `work`; what goes wrong is told in one sentence, and the exit status says so."""
    try:
        return work()
    except BackupError as error:
        print(error.sentence("en"), file=sys.stderr)
    except sqlite3.Error as error:
        print(f"The database can't be used ({error}).", file=sys.stderr)
    except OSError as error:
        print(f"{error.filename or 'A file'} can't be read or written ({error.strerror or error}).", file=sys.stderr)
    return FAILED
