"""The README is true: its settings, commands and routes exist, and all that exist are in it."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from admin.cli import COMMANDS
from app import build
from storage.settings import ARRAYS, SECTIONS
from tests.conftest import settings_for

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


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


def test_everything_that_the_readme_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_folder_of_the_layout_is_there() -> None:
    layout = README.split("```\nrun.py")[1].split("```")[0]
    for name in re.findall(r"^ *([\w/]+/) ", layout, re.MULTILINE):
        assert (ROOT / name).is_dir() or (ROOT / "chat" / name).is_dir(), name


@pytest.mark.parametrize("path", sorted((ROOT / "deploy").iterdir()), ids=lambda path: path.name)
def test_what_the_machine_starts_by_itself_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    acts = "\n".join(line for line in text.splitlines() if not line.startswith(("#", "rem")))
    for command in re.findall(r"(?:run\.py|task\.bat\\?\"?) ([a-z][a-z-]+)", acts):
        assert command in COMMANDS, command
    for name in re.findall(r"(fabrix-chat[a-z-]*\.(?:service|timer))", text):
        assert (ROOT / "deploy" / name).exists(), name
