"""Settings that an administrator changes while the server runs: in force at once, kept, and in the audit log."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from admin.errors import BadSettings, NotAllowed
from chat.agents import AgentChoice
from chat.banner import LEVELS, Banner
from storage import audit, overrides, users
from storage.audit import Actor
from storage.database import Database
from storage.identifiers import new_id
from storage.overrides import Override
from storage.secret import Secret
from storage.settings import ARRAYS, SECTIONS, Settings, SettingsError, checked

SIGNUP_KEY = "auth.admin_signup_key"
# Of all that secrets.toml may say, what can be changed without a restart.
LIVE = (
    "rate_limit.rpm",
    "rate_limit.tpm",
    "rate_limit.user_turns",
    "rate_limit.user_rpm",
    "rate_limit.user_tokens_per_day",
    "rate_limit.wait_seconds",
    "rate_limit.file_wait_seconds",
    "retention.days",
    SIGNUP_KEY,
    "auth.allowed_email_domains",
)
# What can be changed here only, with what it is as long as nobody has.
HIDDEN_AGENTS = "agent_list.hidden"
AGENT_ORDER = "agent_list.order"
BANNER = "banner"
HERE_ONLY: dict[str, Any] = {HIDDEN_AGENTS: (), AGENT_ORDER: (), BANNER: None}
LONGEST_BANNER = 500  # characters
LONGEST_AGENT_ID = 200  # characters
MOST_AGENTS = 1000
EMOJI_JOINER = "\N{ZERO WIDTH JOINER}"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InForce:
    """All that is in force at a moment and can change."""

    settings: Settings
    agents: AgentChoice = field(default_factory=AgentChoice)
    banner: Banner | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A setting as the page shows it. Of a secret, `value` and `without` only say whether it is set.

    `value` is in force; `without` is what it would be if it hadn't been changed here, so what undoing brings back.
    `source` of the value: "default", "file", "environment", or "here" (then `changed_at` and `changed_by` say more).
    A setting with `is_live` can be changed here and is in force at once; others need an edit of secrets.toml and a
    restart.
    """

    name: str
    value: Any
    without: Any
    source: str
    is_live: bool
    is_secret: bool
    changed_at: datetime | None = None
    changed_by: str = ""


class LiveSettings:
    """Only administrators change anything; staff may look. What isn't changed here is as at the start."""

    def __init__(self, database: Database, settings: Settings, *, apply: Callable[[InForce], None]) -> None:
        """`settings` are those of the start; `apply` puts into force what it is given, at once."""
        self._database = database
        self._settings = settings
        self._apply = apply
        self._changed: dict[str, Override] = {}
        self._in_force = InForce(settings)
        self._one_at_a_time = asyncio.Lock()

    @property
    def in_force(self) -> InForce:
        return self._in_force

    async def open(self) -> None:
        """Put into force what was changed before this start."""
        self._follow(await self._database.read(overrides.all_of_them))

    async def listing(self, actor: Actor) -> list[Listed]:
        """Every setting there is, in the order of secrets.toml.example, then those of this page alone.

        Raises: NotAllowed.
        """
        await self._require(actor, "settings.listed", "admin", "staff")
        found = []
        for section, at_the_start, in_force in self._sections():
            for item in dataclasses.fields(at_the_start):
                name = f"{section}.{item.name}"
                origin = self._settings.origins.get(name, "default")
                value, without = getattr(in_force, item.name), getattr(at_the_start, item.name)
                found.append(self._listed(name, value, without, origin, is_live=name in LIVE))
        values = {
            HIDDEN_AGENTS: tuple(sorted(self._in_force.agents.hidden)),
            AGENT_ORDER: self._in_force.agents.order,
            BANNER: self._in_force.banner,
        }
        return [
            *found,
            *(self._listed(name, values[name], HERE_ONLY[name], "default", is_live=True) for name in HERE_ONLY),
        ]

    async def change(self, actor: Actor, values: Mapping[str, Any]) -> None:
        """Give settings of LIVE other values, all of them or none. Texts are understood as in an environment variable.

        Raises: NotAllowed, BadSettings.
        """
        if unknown := values.keys() - set(LIVE):
            raise ValueError(f"Not to be changed here: {', '.join(sorted(unknown))}")
        await self._require(actor, "setting.changed", "admin")
        taken, bad = {}, []
        for name, value in values.items():
            try:
                taken[name] = checked(name, value.strip() if isinstance(value, str) else value)
            except SettingsError:
                bad.append(name)
        if bad:
            raise BadSettings(bad)
        now = {name: _value(self._in_force.settings, name) for name in taken}
        await self._store(actor, {name: _as_json(value) for name, value in taken.items() if value != now[name]})

    async def new_signup_key(self, actor: Actor) -> str:
        """Six random digits as the sign-up key; nothing shows them again. Raises: NotAllowed."""
        key = f"{secrets.randbelow(10**6):06d}"
        await self._store(actor, {SIGNUP_KEY: key})
        return key

    async def choose_agents(self, actor: Actor, *, hidden: Collection[str], order: Sequence[str]) -> None:
        """Hide these agents from people (and only these), and list those in `order` first, in that order.

        The ids may be of agents that aren't there just now. Raises: NotAllowed, BadSettings.
        """
        await self._require(actor, "setting.changed", "admin")
        chosen = {HIDDEN_AGENTS: sorted(set(hidden)), AGENT_ORDER: list(dict.fromkeys(order))}
        if bad := [name for name, ids in chosen.items() if not _are_agent_ids(ids)]:
            raise BadSettings(bad)
        agents = self._in_force.agents
        now = {HIDDEN_AGENTS: sorted(agents.hidden), AGENT_ORDER: list(agents.order)}
        await self._store(actor, {name: ids for name, ids in chosen.items() if ids != now[name]})

    async def show_banner(self, actor: Actor, text: str, *, level: str = "info") -> None:
        """Show a text to everybody, signed in or not; an empty one takes the banner down.

        Raises: NotAllowed, BadSettings (too long, or an unknown level).
        """
        await self._require(actor, "setting.changed", "admin")
        text = _one_line(text)
        if len(text) > LONGEST_BANNER or level not in LEVELS:
            raise BadSettings([BANNER])
        if not text:
            await self.undo(actor, BANNER)
            return
        await self._store(actor, {BANNER: dataclasses.asdict(Banner(new_id(), text, level))})

    async def undo(self, actor: Actor, name: str) -> None:
        """Go back to what secrets.toml and the environment said at the start; without effect if nothing was changed.

        Raises: NotAllowed.
        """

        def work(connection: Connection) -> None:
            before = overrides.all_of_them(connection).get(name)
            if before is None:
                return
            overrides.drop(connection, name)
            shown = {} if name == SIGNUP_KEY else {"before": before.value}
            audit.add(connection, actor, "setting.undone", setting=name, **shown)

        await self._commit(actor, "setting.undone", work)

    async def _store(self, actor: Actor, values: Mapping[str, Any]) -> None:
        def work(connection: Connection) -> None:
            before = overrides.all_of_them(connection)
            for name, value in values.items():
                overrides.put(connection, name, value, changed_by=audit.plain(actor.name))
                was = before[name].value if name in before else _as_json(_value(self._settings, name))
                shown = {} if name == SIGNUP_KEY else {"before": was, "after": value}
                audit.add(connection, actor, "setting.changed", setting=name, **shown)

        await self._commit(actor, "setting.changed", work)

    async def _commit(self, actor: Actor, action: str, work: Callable[[Connection], None]) -> None:
        """Store, and put into force, one change after another, so that what is in force is what is stored."""

        def act(connection: Connection) -> dict[str, Override]:
            _check(connection, actor, "admin")
            work(connection)
            return overrides.all_of_them(connection)

        async def both() -> None:
            async with self._one_at_a_time:
                self._follow(await self._database.write(act))

        try:
            # Whoever closes the page in this moment must not leave something stored that isn't in force.
            await asyncio.shield(asyncio.create_task(both()))
        except NotAllowed:
            await self._refused(actor, action)
            raise

    def _follow(self, stored: Mapping[str, Override]) -> None:
        """Put the start's settings into force with what is stored over them."""
        self._changed = {name: override for name, override in stored.items() if _is_good(override)}
        values = {name: override.value for name, override in self._changed.items()}
        banner = values.get(BANNER)
        self._in_force = InForce(
            overrides.overridden(self._settings, {name: value for name, value in values.items() if name in LIVE}),
            AgentChoice(frozenset(values.get(HIDDEN_AGENTS, ())), tuple(values.get(AGENT_ORDER, ()))),
            Banner(**banner) if banner else None,
        )
        self._apply(self._in_force)

    def _sections(self) -> Iterator[tuple[str, Any, Any]]:
        """Each section's name, as it was at the start and as it is in force."""
        for section, cls in SECTIONS.items():
            at_the_start = getattr(self._settings, section) or cls()
            yield section, at_the_start, getattr(self._in_force.settings, section) or at_the_start
        for section in ARRAYS:
            for number, entry in enumerate(getattr(self._settings, section), start=1):
                yield f"{section}[{number}]", entry, entry

    def _listed(self, name: str, value: Any, without: Any, origin: str, *, is_live: bool) -> Listed:
        is_secret = isinstance(value, Secret)
        changed = self._changed.get(name)
        return Listed(
            name=name,
            value=bool(value) if is_secret else value,
            without=bool(without) if is_secret else without,
            source="here" if changed else origin,
            is_live=is_live,
            is_secret=is_secret,
            changed_at=changed.changed_at if changed else None,
            changed_by=changed.changed_by if changed else "",
        )

    async def _require(self, actor: Actor, action: str, *roles: str) -> None:
        try:
            await self._database.read(_check, actor, *roles)
        except NotAllowed:
            await self._refused(actor, action)
            raise

    async def _refused(self, actor: Actor, action: str) -> None:
        await self._database.write(audit.add, actor, "refused", wanted=action)


def _check(connection: Connection, actor: Actor, *roles: str) -> None:
    """Raise NotAllowed unless the actor's role, as it is in this very moment, is one of these."""
    role = actor.role
    if actor.user_id is not None:
        today = users.by_id(connection, actor.user_id)
        role = today.role if today and today.active else ""
    if role not in roles:
        raise NotAllowed


def _value(settings: Settings, name: str) -> Any:
    if name in HERE_ONLY:
        return HERE_ONLY[name]
    section, _, key = name.partition(".")
    return getattr(getattr(settings, section), key)


def _as_json(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    return list(value) if isinstance(value, tuple) else value


def _one_line(text: str) -> str:
    """The text without line breaks and without what can't be seen, such as marks that turn its direction."""
    seen = (letter for letter in text if letter.isprintable() or letter.isspace() or letter == EMOJI_JOINER)
    return " ".join("".join(seen).split())


def _are_agent_ids(ids: Sequence[object]) -> bool:
    return len(ids) <= MOST_AGENTS and all(
        isinstance(each, str) and each.isprintable() and 0 < len(each) <= LONGEST_AGENT_ID for each in ids
    )


def _is_good(override: Override) -> bool:
    """Whether this version still knows the name and takes the value; what it doesn't is left alone."""
    if override.name in HERE_ONLY:
        return True
    try:
        if override.name in LIVE:
            checked(override.name, override.value)
            return True
    except SettingsError as error:
        log.warning("What was set on the settings page is not in force: %s", error)
    return False
