"""The README is true: its settings, commands and routes exist, and all that exist are in it."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from admin.cli import COMMANDS
from app import build
from locales import table
from storage.settings import ARRAYS, SECTIONS
from tests.conftest import settings_for

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
KOREAN = (ROOT / "README.ko.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_readme_and_the_other_way_round() -> None:
    sections = SECTIONS | ARRAYS
    ours = {f"{section}.{item.name}" for section, cls in sections.items() for item in fields(cls)}
    table = README.split("## Settings")[1].split("## For programs")[0]
    told = {name for name in re.findall(r"`(\w+\.\w+)`", table) if name.split(".")[0] in sections}
    assert told == ours


@pytest.mark.parametrize("command", [*COMMANDS, "test"])
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`python run.py {command}" in README


async def test_every_route_is_in_the_readme(tmp_path: Path) -> None:
    paths = build(settings_for(tmp_path), upstreams=[]).openapi()["paths"]
    assert len(paths) > 30
    for path in (*paths, "/api/docs", "/api/openapi.json"):
        # As a word of its own: "/agents" must not be found in "/api/agents/".
        told = re.escape(re.sub(r"\{\w+\}", "{id}", path))
        assert re.search(rf"(?<![\w/]){told}(?![\w/])", README), path


@pytest.mark.parametrize("readme", [README, KOREAN], ids=["English", "Korean"])
def test_everything_that_the_readme_links_to_is_there(readme: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", readme)
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


def test_each_readme_begins_with_a_link_to_the_other() -> None:
    assert "](README.ko.md)" in README.split("##")[0]
    assert "](README.md)" in KOREAN.split("##")[0]


def test_the_korean_readme_has_the_same_headings() -> None:
    levels = [level for level, _ in _headings(README)]
    assert len(levels) > 10
    assert [level for level, _ in _headings(KOREAN)] == levels


def test_the_headings_of_the_korean_readme_are_korean() -> None:
    names = {name for _, name in _headings(KOREAN)} - {name for level, name in _headings(KOREAN) if level == "#"}
    assert {name for name in names if not re.search(r"[가-힣]", name)} == set()


def test_the_korean_readme_has_the_same_settings_and_defaults() -> None:
    settings = _settings_and_defaults(README)
    assert sum(len(names) for names, _ in settings) > 50
    assert _settings_and_defaults(KOREAN) == settings


def test_the_korean_readme_has_the_same_commands() -> None:
    assert len(_commands(README)) > 12
    assert _commands(KOREAN) == _commands(README)


def test_the_korean_readme_has_as_many_things_to_do_in_the_runbook() -> None:
    """Each of its alarms says what is seen, what to do and whom to tell, in both languages."""
    for readme, marks in ((README, ("Seen", "To do", "To tell")), (KOREAN, ("보이는 것", "할 일", "알릴 사람"))):
        alarms = re.split(r"^#### ", readme, flags=re.MULTILINE)[1:]
        assert len(alarms) == 8
        for alarm in alarms:
            assert tuple(re.findall(r"^- \*\*(.+?):\*\*", alarm.split("\n## ")[0], re.MULTILINE)) == marks


def test_each_tab_of_the_admin_page_is_in_both_readmes() -> None:
    for readme, language in ((README, "en"), (KOREAN, "ko")):
        told = re.findall(r"^\| ([^`|]+) \|", readme, re.MULTILINE)
        tabs = {said for key, said in table(language).items() if key.startswith("admin.tab.")}
        assert tabs <= set(told)


def test_every_folder_of_the_layout_is_there() -> None:
    layout = README.split("```\nrun.py")[1].split("```")[0]
    for name in re.findall(r"^ *([\w/]+/) ", layout, re.MULTILINE):
        assert any((folder / name).is_dir() for folder in (ROOT, ROOT / "chat", ROOT / "chat/analyst")), name


@pytest.mark.parametrize("path", sorted((ROOT / "deploy").iterdir()), ids=lambda path: path.name)
def test_what_the_machine_starts_by_itself_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    acts = "\n".join(line for line in text.splitlines() if not line.startswith(("#", "rem")))
    for command in re.findall(r"(?:run\.py|task\.bat\\?\"?) ([a-z][a-z-]+)", acts):
        assert command in COMMANDS, command
    for name in re.findall(r"(fabrix-chat[a-z-]*\.(?:service|timer))", text):
        assert (ROOT / "deploy" / name).exists(), name


def _headings(readme: str) -> list[tuple[str, str]]:
    """The level ("##") and the text of each, without the comments in blocks of code."""
    return re.findall(r"^(#+) (.+)$", re.sub(r"^```.*?^```", "", readme, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)


def _settings_and_defaults(readme: str) -> list[tuple[list[str], list[str]]]:
    """The names and the defaults of each row of the table of settings."""
    rows = re.findall(r"^\| (`\w+\.\w+`.*?) \| (.*?) \|", readme, re.MULTILINE)
    return [(re.findall(r"`(.+?)`", names), re.findall(r"`(.+?)`", defaults)) for names, defaults in rows]


def _commands(readme: str) -> set[str]:
    return {command.strip() for command in re.findall(r"python run\.py[^`\n]*", readme)}
