"""The one command: makes .venv, installs the pinned requirements, then serves, tests or administers.

Needs nothing but Python 3.11 or later; everything else is in admin/cli.py, which runs inside .venv.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WHEELS = ROOT / "wheels"
SIDE_BY_SIDE = ("-n", "logical", "--maxprocesses", "4", "--dist", "loadfile")
ROUNDS = (("--ignore", "tests/browser"), ("tests/browser",))
# The same Chromium without the parts that draw windows, a third cheaper; then whichever there is.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):
        print(f"FabriX Agent Chat needs Python 3.11 or later; this is {sys.version.split()[0]}.")
        return 2
    testing = arguments[:1] == ["test"]
    try:
        python = prepare("requirements-dev.txt" if testing else "requirements.txt")
    except subprocess.CalledProcessError as error:
        print("The set-up did not work; the lines above say why. Closed network? See “Without internet” in README.md.")
        return error.returncode or 1
    if testing:
        return test(python, arguments[1:])
    # The current folder stays: --data and --secrets are meant from where the user is. No module comes from there.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    command = [str(python), "-m", "admin.cli", *arguments]
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(python, command, environment)  # noqa: S606 -- so that signals reach the server itself
    return _run_to_the_end(command, environment)


def prepare(requirements: str) -> Path:
    """Make .venv if there is none and install what is pinned, if that has changed; the Python in it."""
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = VENV / "installed.sha256"
    if not stamp.exists() and not _has_pip(python):
        _say("Setting up (the first time takes a minute or two) …")
        if importlib.util.find_spec("ensurepip") is None:
            _apt_install("python3-venv", "python3-pip")
        venv.create(VENV, with_pip=True, clear=True)
    # The test requirements contain the others, so whoever has tested needs no other set-up to serve.
    wanted = {name: hashlib.sha256(_contents(name)).hexdigest() for name in (requirements, "requirements-dev.txt")}
    if not stamp.exists() or stamp.read_text() not in wanted.values():
        _say(f"Installing {requirements} …")
        source = ["--no-index", "--find-links", str(WHEELS)] if WHEELS.is_dir() else []
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *source]
        subprocess.run([*install, "-r", str(ROOT / requirements)], check=True, stdout=sys.stderr)
        stamp.write_text(wanted[requirements])
    return python


def _say(step: str) -> None:
    """Tell a step of the set-up beside what a command prints, which may be read by a program."""
    print(step, file=sys.stderr, flush=True)


def _has_pip(python: Path) -> bool:
    """Whether the environment is there, and whole: an interrupted set-up leaves one without pip."""
    if not python.exists():
        return False
    check = subprocess.run([str(python), "-m", "pip", "--version"], check=False, capture_output=True)
    return check.returncode == 0


def _contents(requirements: str) -> bytes:
    """What decides on the installation: the file itself and those that it takes in."""
    names = dict.fromkeys([requirements, "requirements.txt", "constraints.txt"])
    return b"".join((ROOT / name).read_bytes() for name in names)


def test(python: Path, arguments: list[str]) -> int:
    """Run the tests, those in a real browser included; `arguments` go to pytest.

    Without any, the whole runs side by side, a process per core, and those in the browser after the others: their
    driver keeps an event loop running, beside which no other can. --data and --secrets are taken like everywhere, and
    have no effect: tests have folders of their own.
    """
    ours = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    ours.add_argument("--data")
    ours.add_argument("--secrets")
    _, arguments = ours.parse_known_args(arguments)
    if not find_browser():
        # Older releases have only the second.
        _apt_install("chromium-headless-shell") or _apt_install("chromium")
        if not find_browser():
            print("The browser tests need Chromium: install it, name its path in the variable CHROMIUM,")
            print("or run the other tests alone: python run.py test --ignore tests/browser")
            if "tests/browser" not in " ".join(arguments):
                return 2
    rounds = [arguments] if arguments else [[*SIDE_BY_SIDE, *tests] for tests in ROUNDS]
    runs = [subprocess.run([str(python), "-m", "pytest", *tests], cwd=ROOT, check=False) for tests in rounds]
    return next((run.returncode for run in runs if run.returncode), 0)


def find_browser() -> str | None:
    """The path of the Chromium for the browser tests: the variable CHROMIUM, or the first of BROWSERS that is there."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def _apt_install(*packages: str) -> bool:
    """Install Debian packages where that is possible (apt, and the right to use it), and tell whether it was done."""
    if not shutil.which("apt-get") or os.name != "posix" or os.geteuid() != 0:
        return False
    _say(f"Installing {' '.join(packages)} with apt …")
    subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", *packages]
    return subprocess.run(install, check=False, env=environment, stdout=subprocess.DEVNULL).returncode == 0


def _run_to_the_end(command: list[str], environment: dict[str, str]) -> int:
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the server has heard it, too, and ends by itself


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
