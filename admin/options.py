"""What all commands share: where data and settings are, and how a command ends."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TypeAlias

from storage.settings import Settings, SettingsError, load_settings, write_first_settings

ROOT = Path(__file__).resolve().parents[1]
# The exit statuses, as the README tells them.
DONE, FAILED, WRONG, FOUND = 0, 1, 2, 3
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def shared_options() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR", help="the data folder (data/)")
    shared.add_argument(
        "--secrets", type=Path, default=ROOT / "secrets.toml", metavar="FILE", help="the settings (secrets.toml)"
    )
    return shared


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings, with their warnings told; the first start writes them. Raises: SettingsError."""
    settings = read_settings(options)
    for warning in settings.warnings:
        print(f"Warning: {warning}", file=sys.stderr)
    return settings


def read_settings(options: argparse.Namespace) -> Settings:
    """The same for those who tell the warnings in their own way."""
    try:
        if not options.secrets.exists():
            key = write_first_settings(options.secrets)
            print(f"Wrote {options.secrets}. Sign-up key: {key}", flush=True)
        (options.data / "logs").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{error.filename} can't be written ({error.strerror}): choose another place with --data or --secrets."
        ) from None
    return load_settings(options.secrets, data=options.data)
