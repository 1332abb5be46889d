"""run.py's own part: the virtual environment and what is installed into it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import run
from tests.test_architecture import ALLOWED, OURS, imports
from tests.test_architecture import sources as sources_of


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "requirements.txt").write_text("one==1\n")
    (tmp_path / "constraints.txt").write_text("three==3\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\ntwo==2\n")
    for name, path in (("ROOT", ""), ("VENV", ".venv"), ("WHEELS", "wheels")):
        monkeypatch.setattr(run, name, tmp_path / path)
    return tmp_path


@pytest.fixture
def calls(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would be run; making the environment makes its Python alone."""
    seen: list[list[str]] = []

    def create(path: Path, **_: object) -> None:
        python = path / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        python.parent.mkdir(parents=True)
        python.touch()

    def note(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(run.venv, "create", create)
    monkeypatch.setattr(run.subprocess, "run", note)
    return seen


def test_the_first_start_installs_what_is_pinned(project: Path, calls: list[list[str]]) -> None:
    run.prepare("requirements.txt")
    [install] = calls
    assert install[1:4] == ["-m", "pip", "install"]
    assert install[-2:] == ["-r", str(project / "requirements.txt")]


@pytest.mark.usefixtures("calls")
def test_the_set_up_leaves_standard_output_to_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    run.prepare("requirements.txt")
    told = capsys.readouterr()
    assert told.out == "" and "Setting up" in told.err


def test_the_next_start_installs_nothing(calls: list[list[str]]) -> None:
    run.prepare("requirements.txt")
    run.prepare("requirements.txt")
    assert len(calls) == 1


@pytest.mark.parametrize("name", ["requirements.txt", "constraints.txt"])
def test_changed_requirements_are_installed_again(project: Path, calls: list[list[str]], name: str) -> None:
    run.prepare("requirements.txt")
    (project / name).write_text("one==2\n")
    run.prepare("requirements.txt")
    assert len(calls) == 2


def test_whoever_has_tested_needs_no_other_set_up_to_serve(project: Path, calls: list[list[str]]) -> None:
    run.prepare("requirements-dev.txt")
    run.prepare("requirements.txt")
    assert len(calls) == 1
    (project / "requirements.txt").write_text("one==2\n")
    run.prepare("requirements-dev.txt")
    assert len(calls) == 2


def test_an_interrupted_set_up_begins_anew(project: Path, calls: list[list[str]], monkeypatch) -> None:
    monkeypatch.setattr(run, "_has_pip", lambda python: False)
    (project / ".venv").mkdir()
    made = []
    monkeypatch.setattr(run.venv, "create", lambda path, **_: made.append(path))
    run.prepare("requirements.txt")
    assert made == [project / ".venv"] and len(calls) == 1


def test_a_folder_of_wheels_is_the_only_source(project: Path, calls: list[list[str]]) -> None:
    (project / "wheels").mkdir()
    run.prepare("requirements.txt")
    assert ["--no-index", "--find-links", str(project / "wheels")] == calls[0][6:9]


def test_without_wheels_pips_own_configuration_holds(calls: list[list[str]]) -> None:
    run.prepare("requirements.txt")
    assert "--no-index" not in calls[0] and "--index-url" not in calls[0]


def test_a_failed_installation_is_tried_again_next_time(project: Path, calls, monkeypatch) -> None:
    def fail(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(run.subprocess, "run", fail)
    assert run.main(["serve"]) == 1
    assert not (project / ".venv" / "installed.sha256").exists()


def test_everything_that_is_imported_is_pinned_and_nothing_else() -> None:
    root = Path(__file__).parents[1]
    pins = [line for line in (root / "requirements.txt").read_text().splitlines() if line[0] not in "#-"]
    assert all("==" in pin for pin in pins)
    pinned = {pin.split("==")[0] for pin in pins}
    sources = [path for part in ALLOWED for path in sources_of(part)]
    modules = {name.split(".")[0] for path in sources for name in imports(path)} - OURS - sys.stdlib_module_names
    distributions = packages_distributions()
    used = {name.lower().replace("_", "-") for module in modules for name in distributions[module]}
    # What uvicorn and starlette take when it is there, and what the scripts of answers import.
    assert used | {"httptools", "uvloop", "python-multipart", "scikit-learn"} == pinned


@pytest.mark.usefixtures("calls")
def test_no_module_comes_from_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """People keep files of every name beside their tables: one called locales.py must not become ours."""
    seen: dict[str, str] = {}
    monkeypatch.setattr(run.os, "execve", lambda path, command, environment: seen.update(environment), raising=False)
    monkeypatch.setattr(run, "_run_to_the_end", lambda command, environment: seen.update(environment))
    run.main(["analyse", "table.csv"])
    assert seen["PYTHONSAFEPATH"] == "1" and seen["PYTHONPATH"] == str(run.ROOT)


@pytest.fixture
def apt(monkeypatch) -> dict[str, list[str]]:
    """A machine without a browser: `offered` is what apt has, `installed` what was installed, `ran` the pytest runs."""
    seen: dict[str, list[str]] = {"offered": [], "installed": [], "ran": []}

    def apt_install(package: str) -> bool:
        if package in seen["offered"]:
            seen["installed"].append(package)
        return package in seen["offered"]

    def run_pytest(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        seen["ran"].append(command[-1])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(run, "_apt_install", apt_install)
    monkeypatch.setattr(run.shutil, "which", lambda name: f"/bin/{name}" if name in seen["installed"] else None)
    monkeypatch.setattr(run.subprocess, "run", run_pytest)
    return seen


@pytest.mark.parametrize("offered", [["chromium", "chromium-headless-shell"], ["chromium"]])
def test_the_lightest_browser_on_offer_is_installed(apt, offered: list[str]) -> None:
    apt["offered"] = offered
    assert run.test(Path("python"), []) == 0
    assert apt["installed"] == offered[-1:]
    assert apt["ran"] == ["tests/browser", "tests/browser"]


def test_without_a_browser_the_whole_is_not_run_and_the_rest_can_be(apt, capsys) -> None:
    assert run.test(Path("python"), []) == 2
    assert "Chromium" in capsys.readouterr().out
    assert apt["ran"] == []
    assert run.test(Path("python"), ["--ignore", "tests/browser"]) == 0
    assert apt["ran"] == ["tests/browser"]


def test_a_browser_that_is_named_is_taken(apt, monkeypatch) -> None:
    apt["installed"] = ["chromium"]
    assert run.find_browser() == "/bin/chromium"
    monkeypatch.setenv("CHROMIUM", "/opt/chrome")
    assert run.find_browser() == "/opt/chrome"
