"""What an administrator has changed while the server ran: kept by name, it overrides secrets.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from storage.models import now, overrides
from storage.settings import Settings, checked


@dataclass(frozen=True, slots=True)
class Override:
    """`value` is JSON: what `storage.settings.checked` takes, for a name of secrets.toml."""

    name: str
    value: Any
    changed_at: datetime
    changed_by: str


def all_of_them(connection: Connection) -> dict[str, Override]:
    """By name; what isn't in it is as secrets.toml says."""
    rows = connection.execute(
        select(overrides.c.name, overrides.c.value, overrides.c.changed_at, overrides.c.changed_by)
    )
    return {row[0]: Override(*row) for row in rows}


def put(connection: Connection, name: str, value: Any, *, changed_by: str) -> None:
    drop(connection, name)
    connection.execute(insert(overrides).values(name=name, value=value, changed_at=now(), changed_by=changed_by))


def drop(connection: Connection, name: str) -> None:
    """Let secrets.toml say it again."""
    connection.execute(delete(overrides).where(overrides.c.name == name))


def overridden(settings: Settings, changed: Mapping[str, Any]) -> Settings:
    """The settings with other values for some names. Raises: SettingsError for a value that the name doesn't take."""
    for name, value in changed.items():
        section, _, key = name.partition(".")
        values = replace(getattr(settings, section), **{key: checked(name, value)})
        settings = replace(settings, **{section: values})
    return settings
