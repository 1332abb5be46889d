"""The command that reads files and answers questions about them, which needs nothing of the application."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from admin.options import Commands


def add_to(commands: Commands, _shared: argparse.ArgumentParser) -> None:
    """Add `analyse`, which takes no data folder and no settings."""
    analyse = commands.add_parser("analyse", help="read files, say what is in them and answer questions about them")
    analyse.add_argument("inputs", nargs="*", metavar="FILE… QUESTION…", help="what is no existing file is a question")
    analyse.add_argument("--json", action="store_true", help="print cards and answers as JSON")
    analyse.add_argument(
        "--dump", type=Path, metavar="OUT", help="write the tables as CSV: a file, or for several a folder"
    )
    analyse.add_argument("--batch", type=Path, metavar="FILE.jsonl", help="answer lines of id, file and question")
    analyse.set_defaults(run=_analyse)


def _analyse(options: argparse.Namespace) -> int:
    from chat.analyst.command import main  # with it comes all that reads files, which no other command needs

    return main(options)
