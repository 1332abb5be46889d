"""The commands of run.py: serve, and administer from a shell."""

from __future__ import annotations

import argparse
import sys

from admin import care_commands, file_commands, people_commands, serving
from admin.options import WRONG, shared_options
from storage.settings import SettingsError

COMMANDS = (
    "serve",
    "create-admin",
    "create-users",
    "reset-password",
    "suspend",
    "unsuspend",
    "cleanup",
    "backup",
    "restore",
    "check",
    "optimize",
    "doctor",
    "analyse",
)


def main(arguments: list[str]) -> int:
    """Run a command; its exit status."""
    if not arguments or arguments[0] not in (*COMMANDS, "-h", "--help"):
        arguments = ["serve", *arguments]
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return WRONG
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python run.py",
        description="FabriX Agent Chat",
        epilog="`python run.py test` runs all tests; what follows goes to pytest. Exit status: 0 done, 1 not done,"
        " 2 wrong arguments or settings, 3 done and problems found.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = shared_options()
    for part in (serving, people_commands, care_commands, file_commands):
        part.add_to(commands, shared)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
