"""What an administrator changes while the server runs: checked, kept, undone, in the audit log, and nobody else's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from admin.errors import BadSettings, NotAllowed
from admin.live_settings import (
    AGENT_ORDER,
    BANNER,
    HERE_ONLY,
    HIDDEN_AGENTS,
    LIVE,
    LONGEST_BANNER,
    SIGNUP_KEY,
    InForce,
    Listed,
    LiveSettings,
)
from chat.agents import AgentChoice
from locales import LANGUAGES, table
from storage import audit, overrides, users
from storage.audit import Actor, Filter, actor_of, shell
from storage.database import Database
from storage.secret import Secret
from storage.settings import Settings, UpstreamSettings
from storage.users import User
from tests.conftest import SIGNUP_KEY as KEY_OF_THE_FILE
from tests.conftest import settings_for

BOSS = shell()


class Office:
    """The settings desk, and what was put into force through it."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.applied: list[InForce] = []
        self.live = LiveSettings(database, settings, apply=self.applied.append)

    @property
    def rpm(self) -> int:
        return self.applied[-1].settings.rate_limit.rpm

    async def again(self, settings: Settings | None = None) -> Office:
        """After a restart."""
        made = Office(self.database, settings or self.settings)
        await made.live.open()
        return made

    async def listed(self, name: str, actor: Actor = BOSS) -> Listed:
        return next(item for item in await self.live.listing(actor) if item.name == name)

    def stored(self) -> dict[str, object]:
        return {name: item.value for name, item in self.database.read_now(overrides.all_of_them).items()}

    def acts(self) -> list[tuple[str, dict[str, object]]]:
        """The newest first."""
        return [(entry.action, entry.details) for entry in self.database.read_now(audit.entries, Filter())]

    def person(self, role: str) -> User:
        def work(connection: Connection) -> User:
            return users.add_user(connection, username=role, email="a@b.example", password_hash=b"x", role=role)

        return self.database.write_now(work)


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    return await Office(database, settings_for(tmp_path)).again()


async def test_without_changes_the_file_is_in_force(office: Office) -> None:
    assert office.applied == [InForce(office.settings, AgentChoice(), None)]
    assert office.stored() == {}


async def test_a_change_is_in_force_at_once_and_after_a_restart(office: Office) -> None:
    await office.live.change(BOSS, {"rate_limit.rpm": "50", "rate_limit.wait_seconds": 2.5})
    for made in (office, await office.again()):
        limits = made.applied[-1].settings.rate_limit
        assert (limits.rpm, limits.wait_seconds) == (50, 2.5)
        assert limits.tpm == office.settings.rate_limit.tpm
    assert office.live.in_force is office.applied[-1]


async def test_only_what_was_changed_is_stored_and_the_rest_follows_the_file(office: Office) -> None:
    same = office.settings.rate_limit.tpm
    await office.live.change(BOSS, {"rate_limit.rpm": 50, "rate_limit.tpm": same})
    assert office.stored() == {"rate_limit.rpm": 50}
    limits = replace(office.settings.rate_limit, rpm=70, tpm=900)
    again = await office.again(replace(office.settings, rate_limit=limits))
    assert (again.rpm, again.applied[-1].settings.rate_limit.tpm) == (50, 900)


async def test_undoing_brings_the_value_of_the_file_back(office: Office) -> None:
    await office.live.change(BOSS, {"rate_limit.rpm": 50})
    await office.live.undo(BOSS, "rate_limit.rpm")
    assert office.rpm == office.settings.rate_limit.rpm
    assert office.stored() == {}
    assert office.acts()[0] == ("setting.undone", {"setting": "rate_limit.rpm", "before": 50})


async def test_undoing_what_was_not_changed_does_nothing(office: Office) -> None:
    await office.live.undo(BOSS, "rate_limit.rpm")
    await office.live.undo(BOSS, "no such name")
    assert office.acts() == []


async def test_each_change_is_in_the_audit_log_with_both_values(office: Office) -> None:
    await office.live.change(BOSS, {"rate_limit.user_turns": 7, "auth.allowed_email_domains": "a.example, b.example"})
    await office.live.change(BOSS, {"rate_limit.user_turns": 8})
    domains = {"setting": "auth.allowed_email_domains", "before": [], "after": ["a.example", "b.example"]}
    assert office.acts() == [
        ("setting.changed", {"setting": "rate_limit.user_turns", "before": 7, "after": 8}),
        ("setting.changed", domains),
        ("setting.changed", {"setting": "rate_limit.user_turns", "before": 100, "after": 7}),
    ]


async def test_the_same_value_again_is_no_change(office: Office) -> None:
    await office.live.change(BOSS, {"rate_limit.rpm": 50})
    await office.live.change(BOSS, {"rate_limit.rpm": 50, SIGNUP_KEY: KEY_OF_THE_FILE})
    assert len(office.acts()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rate_limit.rpm", 0),
        ("rate_limit.rpm", "many"),
        ("rate_limit.rpm", 1.5),
        ("rate_limit.rpm", True),
        ("rate_limit.tpm", None),
        ("rate_limit.user_turns", -1),
        ("rate_limit.user_rpm", -1),
        ("rate_limit.user_tokens_per_day", -1),
        ("rate_limit.wait_seconds", float("nan")),
        ("rate_limit.file_wait_seconds", "inf"),
        (SIGNUP_KEY, "12345"),
        (SIGNUP_KEY, ""),
        ("auth.allowed_email_domains", "company"),
        ("retention.days", -1),
        ("retention.days", 36501),
    ],
)
async def test_a_bad_value_changes_nothing_and_is_told_in_one_sentence(
    office: Office, name: str, value: object
) -> None:
    with pytest.raises(BadSettings) as caught:
        await office.live.change(
            BOSS, {"rate_limit.rpm": 50, name: value} if name != "rate_limit.rpm" else {name: value}
        )
    assert caught.value.names == (name,)
    assert caught.value.sentence("en").count(".") >= 1 and "니다." in caught.value.sentence("ko")
    assert office.stored() == {} and office.acts() == [] and len(office.applied) == 1


def test_every_setting_that_can_be_changed_has_its_sentence() -> None:
    for language in LANGUAGES:
        told = {
            key.removeprefix("admin.bad_setting.") for key in table(language) if key.startswith("admin.bad_setting.")
        }
        assert told == {*LIVE, *HERE_ONLY}


async def test_what_needs_a_restart_can_not_be_changed_here(office: Office) -> None:
    for name in ("security.secret_key", "agents.local", BANNER, "nonsense"):
        with pytest.raises(ValueError, match=name):
            await office.live.change(BOSS, {name: "x"})


async def test_a_new_sign_up_key_is_told_once_and_never_shown(office: Office) -> None:
    key = await office.live.new_signup_key(BOSS)
    assert len(key) == 6 and key.isdigit()
    assert office.applied[-1].settings.auth.admin_signup_key.reveal() == key
    assert office.acts() == [("setting.changed", {"setting": SIGNUP_KEY})]
    shown = await office.listed(SIGNUP_KEY)
    assert (shown.value, shown.without, shown.source, shown.is_secret) == (True, True, "here", True)
    await office.live.undo(BOSS, SIGNUP_KEY)
    assert office.acts()[0] == ("setting.undone", {"setting": SIGNUP_KEY})
    assert office.applied[-1].settings.auth.admin_signup_key.reveal() == KEY_OF_THE_FILE


async def test_a_sign_up_key_that_is_set_is_not_shown_either(office: Office) -> None:
    await office.live.change(BOSS, {SIGNUP_KEY: " 135791 "})
    assert office.applied[-1].settings.auth.admin_signup_key.reveal() == "135791"
    assert "135791" not in repr((await office.live.listing(BOSS), office.acts(), office.applied[-1].settings))


async def test_the_list_says_where_each_value_comes_from(database: Database, tmp_path: Path) -> None:
    origins = {"rate_limit.rpm": "file", "rate_limit.tpm": "environment"}
    office = await Office(database, replace(settings_for(tmp_path), origins=origins)).again()
    await office.live.change(BOSS, {"rate_limit.tpm": 5, "rate_limit.user_rpm": 9})
    found = {item.name: item for item in await office.live.listing(BOSS)}
    assert found["rate_limit.rpm"].source == "file"
    assert found["server.upload_limit_mb"].source == found[BANNER].source == "default"
    tpm = found["rate_limit.tpm"]
    assert (tpm.value, tpm.without, tpm.source, tpm.changed_by) == (5, 100_000_000, "here", "(command line)")
    assert tpm.changed_at is not None
    await office.live.undo(BOSS, "rate_limit.tpm")
    assert (await office.listed("rate_limit.tpm")).source == "environment"


async def test_the_list_says_what_needs_a_restart_and_hides_all_secrets(office: Office) -> None:
    listing = await office.live.listing(BOSS)
    assert {item.name for item in listing if item.is_live} == {*LIVE, *HERE_ONLY}
    assert {item.name for item in listing if item.is_secret} == {
        SIGNUP_KEY, "fabrix_api.client_key", "fabrix_api.openapi_token", "security.secret_key", "database.url",
        "server.metrics_token",
    }  # fmt: skip
    assert all(isinstance(item.value, bool) for item in listing if item.is_secret)
    assert {item.name: item.value for item in listing}["fabrix_api.base_url"] == ""


async def test_the_list_names_each_server_beside_fabrix(database: Database, tmp_path: Path) -> None:
    entry = UpstreamSettings(name="ollama", base_url="http://127.0.0.1:11434/v1", key=Secret("sk-1"))
    settings = replace(settings_for(tmp_path), upstream=(entry,), origins={"upstream[1].key": "environment"})
    office = await Office(database, settings).again()
    key, name = await office.listed("upstream[1].key"), await office.listed("upstream[1].name")
    assert (key.value, key.is_secret, key.source, key.is_live) == (True, True, "environment", False)
    assert (name.value, name.source) == ("ollama", "default")


async def test_agents_are_hidden_and_ordered(office: Office) -> None:
    await office.live.choose_agents(BOSS, hidden=["b", "a", "b"], order=["c", "a", "c"])
    assert office.applied[-1].agents == AgentChoice(frozenset({"a", "b"}), ("c", "a"))
    assert (await office.again()).applied[-1].agents == office.applied[-1].agents
    assert (await office.listed(HIDDEN_AGENTS)).value == ("a", "b")
    assert {details["setting"] for _, details in office.acts()} == {HIDDEN_AGENTS, AGENT_ORDER}
    await office.live.choose_agents(BOSS, hidden=["a", "b"], order=["a", "c"])
    assert office.acts()[0][1] == {"setting": AGENT_ORDER, "before": ["c", "a"], "after": ["a", "c"]}
    assert len(office.acts()) == 3
    await office.live.undo(BOSS, HIDDEN_AGENTS)
    assert office.applied[-1].agents == AgentChoice(frozenset(), ("a", "c"))


@pytest.mark.parametrize("ids", [[""], ["x" * 201], ["a\nb"], [5], [str(number) for number in range(1001)]])
async def test_what_is_no_agent_is_refused(office: Office, ids: list[str]) -> None:
    with pytest.raises(BadSettings):
        await office.live.choose_agents(BOSS, hidden=ids, order=[])
    with pytest.raises(BadSettings):
        await office.live.choose_agents(BOSS, hidden=[], order=ids)
    assert office.stored() == {}


async def test_a_banner_hangs_until_it_is_taken_down(office: Office) -> None:
    await office.live.show_banner(BOSS, " FabriX is serviced\n tonight 👩‍💻 \u202e", level="warning")
    first = office.applied[-1].banner
    assert first and (first.text, first.level) == ("FabriX is serviced tonight 👩‍💻", "warning")
    assert (await office.again()).applied[-1].banner == first
    await office.live.show_banner(BOSS, first.text, level="warning")
    second = office.applied[-1].banner
    assert second and second.id != first.id
    await office.live.show_banner(BOSS, "  ")
    assert office.applied[-1].banner is None
    assert [action for action, _ in office.acts()] == ["setting.undone", "setting.changed", "setting.changed"]


async def test_a_banner_that_is_too_long_or_of_no_level_is_refused(office: Office) -> None:
    await office.live.show_banner(BOSS, "x" * LONGEST_BANNER)
    for text, level in (("x" * (LONGEST_BANNER + 1), "info"), ("x", "shouting")):
        with pytest.raises(BadSettings):
            await office.live.show_banner(BOSS, text, level=level)
    assert len(office.acts()) == 1


@pytest.mark.parametrize("role", ["user", "staff"])
async def test_only_administrators_change_anything(office: Office, role: str) -> None:
    actor = actor_of(office.person(role), "::1")
    for refused in (
        office.live.change(actor, {"rate_limit.rpm": 0}),
        office.live.new_signup_key(actor),
        office.live.choose_agents(actor, hidden=[""], order=[]),
        office.live.show_banner(actor, "x" * 1000),
        office.live.undo(actor, "rate_limit.rpm"),
    ):
        with pytest.raises(NotAllowed):
            await refused
    assert office.stored() == {} and len(office.applied) == 1
    assert {action for action, _ in office.acts()} == {"refused"} and len(office.acts()) == 5


async def test_staff_may_look_and_others_may_not(office: Office) -> None:
    assert await office.live.listing(actor_of(office.person("staff"), "::1"))
    with pytest.raises(NotAllowed):
        await office.live.listing(actor_of(office.person("user"), "::1"))
    assert office.acts()[0] == ("refused", {"wanted": "settings.listed"})


async def test_who_is_no_administrator_any_more_changes_nothing(office: Office) -> None:
    boss = office.person("admin")
    await office.live.change(actor_of(boss, "::1"), {"rate_limit.rpm": 50})
    assert (await office.listed("rate_limit.rpm")).changed_by == "admin"
    office.database.write_now(users.set_active, boss.id, active=False)
    with pytest.raises(NotAllowed):
        await office.live.change(actor_of(boss, "::1"), {"rate_limit.rpm": 60})
    assert office.rpm == 50


async def test_a_value_that_is_no_longer_taken_is_left_out(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    def work(connection: Connection) -> None:
        for name, value in (("rate_limit.rpm", 0), ("rate_limit.gone", 5), ("rate_limit.tpm", 900)):
            overrides.put(connection, name, value, changed_by="kim")

    office.database.write_now(work)
    again = await office.again()
    limits = again.applied[-1].settings.rate_limit
    assert (limits.rpm, limits.tpm) == (office.settings.rate_limit.rpm, 900)
    assert (await again.listed("rate_limit.rpm")).source == "default"
    assert "rate_limit.rpm must be at least 1" in caplog.text


async def test_two_changes_at_once_leave_in_force_what_is_stored(office: Office) -> None:
    await asyncio.gather(*(office.live.change(BOSS, {"rate_limit.rpm": rpm}) for rpm in range(1, 20)))
    assert office.stored() == {"rate_limit.rpm": office.rpm}


async def test_a_change_whose_page_is_closed_is_in_force_if_it_is_stored(office: Office) -> None:
    change = asyncio.create_task(office.live.change(BOSS, {"rate_limit.rpm": 50}))
    async with asyncio.timeout(5):
        while not office.stored():
            await asyncio.sleep(0)
        change.cancel()
        while len(office.applied) < 2:
            await asyncio.sleep(0)
    assert office.rpm == 50
