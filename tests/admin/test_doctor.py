"""The doctor: what it finds where all is well, and where each step fails."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from admin import doctor
from admin.cli import main
from admin.doctor import BAD, GOOD, SKIPPED, Doctor, Finding, report
from app import Parts, build
from chat.errors import KeyRefused, UpstreamError
from chat.events import Chart, Delta, Finished
from chat.upstreams.base import Agent
from chat.upstreams.local import ANALYST_ID
from locales import LANGUAGES
from storage import audit, people, users
from storage.audit import Filter, shell
from storage.models import now
from storage.models import users as users_table
from storage.secret import Secret
from storage.settings import FabrixApiSettings, Settings
from tests.conftest import settings_for
from tests.scripted_upstream import ScriptedUpstream

PNG = doctor.PNG + b"rest"
SECRET = "very-secret-client-key"


class Local(ScriptedUpstream):
    """Stands in for the analyst, which takes seconds to start."""

    name = "local"

    def __init__(self) -> None:
        super().__init__()
        self.listed = [Agent(ANALYST_ID, "Analyst")]

    async def agents(self) -> list[Agent]:
        return self.listed


class Clinic:
    def __init__(self, settings: Settings) -> None:
        self.upstream, self.local = ScriptedUpstream(), Local()
        self.settings = settings
        self.parts: Parts = build(settings, upstreams=[self.upstream, self.local]).state.parts
        self.local.enqueue(Delta("서울 120"), Chart("매출", png=PNG, spec={}), Finished())

    async def findings(self) -> dict[str, Finding]:
        return {item.step: item async for item in Doctor(self.parts, self.settings).examine(shell())}


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    api = FabrixApiSettings(base_url="https://h.example", client_key=Secret(SECRET), openapi_token=Secret("t" * 20))
    made = Clinic(replace(settings_for(tmp_path), fabrix_api=api))
    yield made
    made.upstream.release_all()
    await made.parts.close()


STEPS = ["database", "sign_in", "agents", "first_delta", "stop", "analysis", "download", "disk", "clock"]


async def test_all_is_well(clinic: Clinic) -> None:
    found = await clinic.findings()
    assert {step: item.state for step, item in found.items()} == dict.fromkeys(STEPS, GOOD)
    assert clinic.local.questions[0].attachment is not None
    text = report(list(found.values()), "ko")
    assert text.count("[정상]") == len(STEPS) and "scripted 인증" in text


async def test_nothing_is_left_but_an_entry_in_the_log(clinic: Clinic) -> None:
    await clinic.findings()
    database, store = clinic.parts.people.database, clinic.parts.people.store
    tables = ("users", "conversations", "messages", "turns", "files")
    counts = [database.read_now(lambda c, t=t: c.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar()) for t in tables]
    assert counts == [0] * len(tables)
    assert not any(store.path("x" * 32).parents[1].glob("*/*"))
    assert [entry.action for entry in database.read_now(audit.entries, Filter())] == ["doctor"]


async def test_its_account_is_not_among_the_people_and_an_old_one_goes(clinic: Clinic) -> None:
    database = clinic.parts.people.database
    for name, age in (("doctor-old", 2), ("doctor-new", 0)):
        made = database.write_now(users.add_user, username=name, email="", password_hash=b"x", role=people.EXAMINER)
        change = users_table.update().where(users_table.c.id == made.id)
        database.write_now(lambda c, change=change, age=age: c.execute(
            change.values(created_at=now() - timedelta(hours=age))) and None)  # fmt: skip
    assert database.read_now(people.listing) == ([], 0)
    await clinic.findings()
    names = database.read_now(lambda c: c.execute(select(users_table.c.username)).scalars().all())
    assert names == ["doctor-new"]


async def test_a_refused_key_is_told_with_what_to_do(clinic: Clinic) -> None:
    clinic.upstream.agents_error = KeyRefused()
    found = await clinic.findings()
    assert found["sign_in"].state == BAD and "agents" not in found
    assert "key" in found["sign_in"].line("en") and "secrets.toml" in found["sign_in"].advice("en")
    assert found["database"].state == found["disk"].state == GOOD


async def test_a_service_that_hangs_is_told(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang() -> list[Agent]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(doctor, "LISTING_SECONDS", 0.05)
    monkeypatch.setattr("chat.agents.PATIENCE", 0.05)
    monkeypatch.setattr(clinic.upstream, "agents", hang)
    finding = (await clinic.findings())["sign_in"]
    assert finding.state == BAD and "nothing within" in finding.line("en")


async def test_a_service_without_agents_is_told(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    async def none() -> list[Agent]:
        return []

    monkeypatch.setattr(clinic.upstream, "agents", none)
    assert (await clinic.findings())["agents"].state == BAD


async def test_an_agent_that_fails_is_told_without_secrets(clinic: Clinic) -> None:
    class Chatty(UpstreamError):
        def notice(self, language: str) -> str:
            return f"refused {SECRET}"

    clinic.upstream.enqueue(Chatty())
    finding = (await clinic.findings())["first_delta"]
    assert finding.state == BAD
    assert "refused ***" in finding.line("en") and SECRET not in finding.line("ko")


async def test_an_agent_that_says_nothing_is_told(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ANSWER_SECONDS", 0.1)
    clinic.upstream.enqueue(30.0)
    found = await clinic.findings()
    assert (found["first_delta"].state, found["stop"].state) == (BAD, GOOD)


async def test_an_analysis_without_a_chart_is_told(clinic: Clinic) -> None:
    clinic.local.scripts.clear()
    clinic.local.enqueue(Delta("서울"), Finished())
    found = await clinic.findings()
    assert found["analysis"].state == BAD and "no chart" in found["analysis"].line("en") and "download" not in found


async def test_a_chart_that_is_none_is_told(clinic: Clinic) -> None:
    clinic.local.scripts.clear()
    clinic.local.enqueue(Delta("서울"), Chart("매출", png=b"GIF", spec={}), Finished())
    assert (await clinic.findings())["download"].state == BAD


async def test_without_an_analyst_the_step_is_skipped(clinic: Clinic) -> None:
    clinic.local.listed = []
    assert (await clinic.findings())["analysis"].state == SKIPPED


async def test_a_full_disk_is_told(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=1 << 20)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage)
    finding = (await clinic.findings())["disk"]
    assert finding.state == BAD and "1 MB free" in finding.line("en") and "cleanup" in finding.line("en")


async def test_a_clock_that_was_put_back_is_told(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.audit.now", lambda: now() + timedelta(days=1))
    finding = (await clinic.findings())["clock"]
    assert finding.state == BAD and "yet to come" in finding.line("en")


async def test_a_database_that_can_not_be_written_is_told(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("statement", {}, Exception("disk full"))

    monkeypatch.setattr(audit, "add", fail)
    monkeypatch.setattr(users, "add_user", fail)
    found = await clinic.findings()
    assert (found["database"].state, found["first_delta"].state) == (BAD, BAD)
    assert "OperationalError" in found["database"].line("en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_its_words(step: str, language: str) -> None:
    values: dict[str, object] = {"name": "FabriX"}
    line = Finding(step, BAD, "", values).line(language)
    assert len(line) > 10 and "{" not in line


def test_the_command_tries_the_real_analyst(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(doctor, "ROOM", 1)
    paths = ["--data", str(tmp_path / "data"), "--secrets", str(tmp_path / "secrets.toml")]
    assert main(["doctor", *paths, "--language", "ko"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("[")]
    assert [line[1 : line.index("]")] for line in lines] == ["정상", "건너뜀", *["정상"] * 6]


def test_the_command_says_by_its_status_that_something_is_wrong(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(doctor, "ROOM", 1 << 60)
    monkeypatch.setenv("FABRIX_CHAT_AGENTS_LOCAL", "false")
    paths = ["--data", str(tmp_path / "data"), "--secrets", str(tmp_path / "secrets.toml")]
    assert main(["doctor", *paths]) == 3
    assert "[BAD] The disk has room" in capsys.readouterr().out
