"""secrets.toml and environment in, one frozen Settings out, or one sentence naming the bad key."""

from __future__ import annotations

import dataclasses
import ipaddress
import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

import tomli

from storage.secret import Secret

ENVIRONMENT_PREFIX = "FABRIX_CHAT_"
NO_SECRET = Secret("")


class SettingsError(Exception):
    """A setting is bad or missing; the text is one sentence that names the key and says what to do."""


@dataclass(frozen=True)
class ServerSettings:
    allowed_hosts: tuple[str, ...] = ("*",)
    trusted_proxies: tuple[str, ...] = ()
    upload_limit_mb: int = 100
    user_quota_mb: int = 2000
    slow_request_seconds: float = 2.0
    metrics_token: Secret = NO_SECRET


@dataclass(frozen=True)
class AuthSettings:
    admin_signup_key: Secret = NO_SECRET
    allowed_email_domains: tuple[str, ...] = ()
    idle_minutes: int = 30
    max_hours: int = 12


@dataclass(frozen=True)
class FabrixApiSettings:
    base_url: str = ""
    client_key: Secret = NO_SECRET
    openapi_token: Secret = NO_SECRET
    agent_id: str = ""
    user_email: str = ""
    client_header: str = "x-fabrix-client"
    path_prefix: str = "/openapi/agent-chat/v1"
    is_rag_on: bool = True
    execute_final_answer: bool = True
    execute_rag_final_answer: bool = True
    execute_rag_standalone_query: bool = True
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    write_seconds: float = 10.0
    pool_seconds: float = 5.0
    file_read_seconds: float = 60.0
    total_seconds: float = 600.0
    max_connections: int = 256


@dataclass(frozen=True)
class UpstreamSettings:
    """One server beside FabriX. `rpm` and `tpm` are its own limits for the whole team; 0 = none."""

    kind: str = "openai"
    name: str = ""
    base_url: str = ""
    key: Secret = NO_SECRET
    models: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    rpm: int = 0
    tpm: int = 0
    enforced: bool = True
    file_kb: int = 64
    connect_seconds: float = 5.0
    read_seconds: float = 120.0
    write_seconds: float = 10.0
    pool_seconds: float = 5.0
    total_seconds: float = 600.0
    max_connections: int = 256


@dataclass(frozen=True)
class AgentSettings:
    local: bool = True
    history_turns: int = 20
    context_tokens: int = 6000
    analyst_processes: int = 2
    analyst_memory_mb: int = 1500
    analyst_seconds: int = 60


@dataclass(frozen=True)
class RateLimitSettings:
    enforced: bool = True
    rpm: int = 100
    tpm: int = 10000
    wait_seconds: float = 10.0
    file_wait_seconds: float = 15.0
    user_turns: int = 4
    user_rpm: int = 0
    user_tokens_per_day: int = 0


@dataclass(frozen=True)
class SecuritySettings:
    secret_key: Secret = NO_SECRET
    bcrypt_rounds: int = 10


@dataclass(frozen=True)
class DatabaseSettings:
    url: Secret = NO_SECRET  # it may hold a password


@dataclass(frozen=True)
class RetentionSettings:
    days: int = 0


@dataclass(frozen=True)
class BackupSettings:
    folder: str = ""
    keep: int = 14


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. Without `fabrix_api` (None) and `upstream` the local agents are alone."""

    server: ServerSettings = ServerSettings()
    auth: AuthSettings = AuthSettings()
    agents: AgentSettings = AgentSettings()
    fabrix_api: FabrixApiSettings | None = None
    upstream: tuple[UpstreamSettings, ...] = ()
    rate_limit: RateLimitSettings = RateLimitSettings()
    security: SecuritySettings = SecuritySettings()
    database: DatabaseSettings = DatabaseSettings()
    backup: BackupSettings = BackupSettings()
    retention: RetentionSettings = RetentionSettings()
    data: Path = Path("data")
    warnings: tuple[str, ...] = field(default=(), compare=False)
    # "file" or "environment" by the names of those that were given, such as "rate_limit.rpm"; the others are defaults.
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)


SECTIONS: dict[str, type] = {
    "server": ServerSettings,
    "auth": AuthSettings,
    "fabrix_api": FabrixApiSettings,
    "agents": AgentSettings,
    "rate_limit": RateLimitSettings,
    "security": SecuritySettings,
    "database": DatabaseSettings,
    "backup": BackupSettings,
    "retention": RetentionSettings,
}

# Sections that may stand there several times, as [[NAME]]; their keys are named NAME[1].KEY, NAME[2].KEY and so on.
ARRAYS: dict[str, type] = {"upstream": UpstreamSettings}


def _fits_header(value: str) -> bool:
    """Whether an HTTP header can hold it: checked here, because the errors of HTTP libraries quote the value."""
    return bool(value.strip()) and value.isascii() and value.isprintable()


def _is_address(value: str) -> bool:
    """Whether it is an http(s) URL with a host and, if any, a port that is a number."""
    try:
        parts = urlsplit(value)
        return (
            not re.search(r"\s", value)
            and parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
        )
    except ValueError:
        return False


def _is_on_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# What a value must be beyond its type: the rule, and the words that follow "must be".
RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "server.upload_limit_mb": (lambda v: v >= 1, "at least 1"),
    "server.user_quota_mb": (lambda v: v >= 1, "at least 1"),
    "server.allowed_hosts": (
        lambda v: bool(v) and all(re.fullmatch(r"\*|(\*\.)?[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", host) for host in v),
        'a list with at least one host name such as "chat.example" or "*.example", or ["*"] for all',
    ),
    "server.slow_request_seconds": (lambda v: 0 < v < float("inf"), "more than 0 seconds"),
    "server.metrics_token": (
        lambda v: not v or (len(v.reveal()) >= 20 and _fits_header(v.reveal())),
        "empty, or at least 20 random characters",
    ),
    "auth.admin_signup_key": (lambda v: re.fullmatch(r"[0-9]{6}", v.reveal()) is not None, "six digits"),
    "auth.allowed_email_domains": (
        lambda v: all(re.fullmatch(r"@?[^@\s,.]+(\.[^@\s,.]+)+", domain) for domain in v),
        'a list of domains such as "company.example"',
    ),
    "auth.idle_minutes": (lambda v: v >= 1, "at least 1"),
    "auth.max_hours": (lambda v: v >= 1, "at least 1"),
    "fabrix_api.base_url": (
        lambda v: _is_address(v),
        "the address of FabriX, such as https://HOST/secc/trial/api-agent",
    ),
    "fabrix_api.client_key": (lambda v: _fits_header(v.reveal()), "the client key (JWT) that FabriX gave you"),
    "fabrix_api.openapi_token": (lambda v: _fits_header(v.reveal()), "the OpenAPI token that FabriX gave you"),
    "fabrix_api.user_email": (lambda v: not v or _fits_header(v), "an e-mail address"),
    "fabrix_api.client_header": (lambda v: re.fullmatch(r"[A-Za-z0-9-]+", v) is not None, "the name of an HTTP header"),
    "fabrix_api.max_connections": (lambda v: v >= 1, "at least 1"),
    "upstream.kind": (lambda v: v == "openai", '"openai"'),
    "upstream.name": (
        lambda v: re.fullmatch(r"[a-z0-9][a-z0-9-]{0,29}", v) is not None and v not in ("fabrix", "local"),
        "1 to 30 small letters (a-z), digits and hyphens, other than fabrix and local",
    ),
    "upstream.base_url": (lambda v: _is_address(v), "the address of the server, such as http://127.0.0.1:11434/v1"),
    "upstream.key": (lambda v: not v or _fits_header(v.reveal()), "the server's API key, or empty"),
    "upstream.models": (
        lambda v: all(1 <= len(model) <= 160 and model.isprintable() for model in v),
        "a list of model names of 1 to 160 characters each",
    ),
    "upstream.labels": (
        lambda v: all(label and len(label) <= 100 and label.isprintable() for label in v.values()),
        'a table of labels of 1 to 100 characters, such as {"qwen3:8b" = "Qwen"}',
    ),
    "upstream.rpm": (lambda v: v >= 0, "0 (no limit) or more"),
    "upstream.tpm": (lambda v: v >= 0, "0 (no limit) or more"),
    "upstream.file_kb": (lambda v: v >= 0, "0 (no files) or more"),
    "upstream.max_connections": (lambda v: v >= 1, "at least 1"),
    "agents.history_turns": (lambda v: v >= 0, "0 or more"),
    "agents.context_tokens": (lambda v: v >= 500, "500 or more"),
    "agents.analyst_processes": (lambda v: v >= 1, "at least 1"),
    "agents.analyst_memory_mb": (lambda v: v >= 500, "at least 500"),
    "agents.analyst_seconds": (lambda v: v >= 1, "at least 1"),
    "rate_limit.rpm": (lambda v: v >= 1, "at least 1"),
    "rate_limit.tpm": (lambda v: v >= 1, "at least 1"),
    "rate_limit.wait_seconds": (lambda v: 0 <= v < float("inf"), "0 or more seconds"),
    "rate_limit.file_wait_seconds": (lambda v: 0 <= v < float("inf"), "0 or more seconds"),
    "rate_limit.user_turns": (lambda v: v >= 1, "at least 1"),
    "rate_limit.user_rpm": (lambda v: v >= 0, "0 (no limit) or more"),
    "rate_limit.user_tokens_per_day": (lambda v: v >= 0, "0 (no limit) or more"),
    "security.secret_key": (lambda v: len(v.reveal()) >= 32, "at least 32 random characters"),
    "database.url": (
        lambda v: not v or v.reveal().startswith("sqlite:///"),
        "empty, or the address of an SQLite file such as sqlite:////srv/chat/chat.db",
    ),
    "security.bcrypt_rounds": (lambda v: 4 <= v <= 16, "a number from 4 to 16"),
    "retention.days": (lambda v: 0 <= v <= 36500, "0 (nothing is deleted) to 36500"),
    "backup.keep": (lambda v: v >= 1, "at least 1"),
}
RULES.update(
    {
        f"{section}.{item.name}": (lambda v: v > 0, "more than 0 seconds")
        for section, cls in (("fabrix_api", FabrixApiSettings), ("upstream", UpstreamSettings))
        for item in dataclasses.fields(cls)
        if item.name.endswith("_seconds")
    }
)


def load_settings(path: Path, *, data: Path = Path("data"), environment: Mapping[str, str] | None = None) -> Settings:
    """Read `path`, then let variables such as FABRIX_CHAT_RATE_LIMIT_RPM override its keys.

    Raises:
        SettingsError: the file can't be read, or a value is bad or missing.
    """
    table = _read(path)
    warnings = _mode_warnings(path)
    overrides, unknown = _environment_overrides(os.environ if environment is None else environment)
    warnings += unknown
    origins = {**_names(table, "file"), **_names(overrides, "environment")}
    _apply(table, overrides)
    sections: dict[str, Any] = {}
    for section, values in table.items():
        if section in ARRAYS:
            sections[section] = _entries(section, values, warnings)
        elif section not in SECTIONS:
            warnings.append(f"{path.name}: [{section}] is not a known section and is ignored.")
        elif not isinstance(values, dict):
            raise SettingsError(f"{path.name}: [{section}] must be a section of keys.")
        else:
            sections[section] = _section(SECTIONS[section], section, values, warnings)
    for required in ("auth", "security"):
        if required not in sections:
            sections[required] = _section(SECTIONS[required], required, {}, warnings)
    fabrix = sections.get("fabrix_api")
    if fabrix and fabrix.base_url.startswith("http://"):
        warnings.append("fabrix_api.base_url is an http:// address: the keys travel unencrypted.")
    for number, entry in enumerate(sections.get("upstream", ()), start=1):
        if entry.key and entry.base_url.startswith("http://") and not _is_on_this_machine(entry.base_url):
            warnings.append(f"upstream[{number}].base_url is an http:// address: its key travels unencrypted.")
    return Settings(**sections, data=data, warnings=tuple(warnings), origins=origins)


def checked(name: str, value: Any) -> Any:
    """`value` as the setting of that name, such as "rate_limit.rpm", takes it. Raises: SettingsError."""
    section, _, key = name.partition(".")
    typed = _typed(name, value, get_type_hints(SECTIONS[section])[key])
    _check_rule(name, typed)
    return typed


def _names(table: Mapping[str, Any], origin: str) -> dict[str, str]:
    """The origin by the names of all that is in the table: "rate_limit.rpm", "upstream[1].key"."""
    sections: dict[str, Any] = {}
    for section, values in table.items():
        if isinstance(values, list):
            sections.update({f"{section}[{number}]": entry for number, entry in enumerate(values, start=1)})
        else:
            sections[re.sub(r"\.([0-9]+)$", r"[\1]", section)] = values  # the environment has "upstream.1"
    found = ((section, values) for section, values in sections.items() if isinstance(values, dict))
    return {f"{section}.{key}": origin for section, values in found for key in values}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f"{path} is missing: start with `python run.py`, which writes one.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} can't be read ({type(error).__name__}): save it as a UTF-8 text file.") from None
    except tomli.TOMLDecodeError as error:
        # The position only: the parser's message may quote a line that holds a key.
        where = re.search(r"\(at .*\)", str(error))
        raise SettingsError(f"{path} is not valid TOML {where.group() if where else ''}.".replace(" .", ".")) from None


def _mode_warnings(path: Path) -> list[str]:
    if os.name != "posix" or not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return []
    return [f"{path} can be read by other users of this machine: run `chmod 600 {path}`."]


def _environment_overrides(environment: Mapping[str, str]) -> tuple[dict[str, dict[str, str]], list[str]]:
    """By section, and by "SECTION.NUMBER" for one of several: FABRIX_CHAT_UPSTREAM_1_KEY stands for upstream[1].key."""
    found: dict[str, dict[str, str]] = {}
    unknown = []
    for name, value in environment.items():
        if not name.startswith(ENVIRONMENT_PREFIX):
            continue
        rest = name[len(ENVIRONMENT_PREFIX) :].lower()
        section = next((s for s in SECTIONS if rest.startswith(s + "_")), None)
        numbered = re.fullmatch(rf"({'|'.join(ARRAYS)})_([1-9][0-9]?)_(.+)", rest)
        if numbered:
            found.setdefault(f"{numbered[1]}.{numbered[2]}", {})[numbered[3]] = value
        elif section is None:
            unknown.append(f"The environment variable {name} names no known section and is ignored.")
        else:
            found.setdefault(section, {})[rest[len(section) + 1 :]] = value
    return found, unknown


def _apply(table: dict[str, Any], overrides: Mapping[str, Mapping[str, str]]) -> None:
    """Put the variables of the environment over what the file says, or beside it."""
    numbered = {tuple(name.split(".")): values for name, values in overrides.items() if "." in name}
    for section, values in overrides.items():
        if "." not in section and isinstance(table.setdefault(section, {}), dict):
            table[section].update(values)
    for (section, number), values in sorted(numbered.items(), key=lambda item: int(item[0][1])):
        entries = table.setdefault(section, [])
        if isinstance(entries, list):
            if int(number) > len(entries) + 1:
                raise SettingsError(f"{section}[{len(entries) + 1}] must be set before {section}[{number}].")
            if int(number) > len(entries):
                entries.append({})
            if isinstance(entries[int(number) - 1], dict):
                entries[int(number) - 1].update(values)


def _entries(section: str, values: Any, warnings: list[str]) -> tuple[Any, ...]:
    """All sections of one kind that may stand there several times; no two have the same name."""
    if not isinstance(values, list) or not all(isinstance(entry, dict) for entry in values):
        raise SettingsError(f"{section} must be sections of keys, each under a line [[{section}]].")
    cls = ARRAYS[section]
    found = [_section(cls, f"{section}[{number}]", entry, warnings) for number, entry in enumerate(values, start=1)]
    names = [entry.name for entry in found]
    for number, name in enumerate(names, start=1):
        if name in names[: number - 1]:
            first = names.index(name) + 1
            raise SettingsError(f"{section}[{number}].name must be another than that of {section}[{first}].")
    return tuple(found)


def _section(cls: type, section: str, values: Mapping[str, Any], warnings: list[str]) -> Any:
    types = get_type_hints(cls)
    known = {}
    for key, value in values.items():
        if key in types:
            known[key] = _typed(f"{section}.{key}", value, types[key])
        else:
            warnings.append(f"{section}.{key} is not a known setting and is ignored.")
    result = cls(**known)
    for item in dataclasses.fields(result):
        _check_rule(f"{section}.{item.name}", getattr(result, item.name))
    return result


def _check_rule(name: str, value: Any) -> None:
    rule = RULES.get(re.sub(r"\[[0-9]+\]", "", name))
    if rule and not rule[0](value):
        raise SettingsError(f"{name} must be {rule[1]}.")


def _typed(name: str, value: Any, wanted: Any) -> Any:
    """`value` as the type that the dataclass asks for; text (from an environment variable) is parsed."""
    if wanted is Secret and isinstance(value, str):
        return Secret(value)
    if wanted is str and isinstance(value, str):
        return value.strip()
    if wanted is bool:
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if isinstance(value, str) and value.lower() in words:
            return words[value.lower()]
        if isinstance(value, bool):
            return value
        raise SettingsError(f"{name} must be true or false.")
    if wanted in (int, float) and not isinstance(value, bool) and isinstance(value, int | float | str):
        if wanted is int and isinstance(value, float) and not value.is_integer():
            raise SettingsError(f"{name} must be a whole number.")
        try:
            return wanted(value)
        except (ValueError, OverflowError):
            raise SettingsError(f"{name} must be a number.") from None
    if wanted == tuple[str, ...]:
        items = [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return tuple(items)
        raise SettingsError(f"{name} must be a list of texts.")
    if wanted == Mapping[str, str]:
        if isinstance(value, str):
            pairs = (item.partition("=") for item in value.split(",") if item.strip())
            value = {key.strip(): label.strip() for key, _, label in pairs}
        if isinstance(value, dict) and all(isinstance(label, str) for label in value.values()):
            return dict(value)
        raise SettingsError(f"{name} must be a table of texts.")
    raise SettingsError(f"{name} must be {'a number' if wanted in (int, float) else 'a text in quotes'}.")


def secrets_of(settings: Settings) -> list[str]:
    """The values of all settings that are secret, for the mask of the log."""
    sections = [*(getattr(settings, name) for name in SECTIONS), *settings.upstream]
    values = [getattr(section, item.name) for section in sections if section for item in dataclasses.fields(section)]
    return [value.reveal() for value in values if isinstance(value, Secret) and value]


def write_first_settings(path: Path) -> str:
    """Write a secrets.toml with a random secret and a random sign-up key, readable by its owner only.

    Returns the sign-up key.
    """
    key = f"{secrets.randbelow(10**6):06d}"
    content = (
        "# Written by the first start. secrets.toml.example describes every key.\n\n"
        f'[auth]\nadmin_signup_key = "{key}"  # what people need to sign up\n\n'
        f'[security]\nsecret_key = "{secrets.token_hex(32)}"\n'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    # Opened with the mode, not changed afterwards: there is no moment in which others may read it.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
    return key
