"""Imports point one way: locales, logs ← storage ← auth ← chat ← admin; app.py knows everybody."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {"locales", "logs", "storage", "auth", "chat", "admin", "app", "tests"}
ALLOWED = {
    "locales": {"locales"},
    "logs": {"logs"},
    "storage": {"locales", "logs", "storage"},
    "auth": {"locales", "logs", "storage", "auth"},
    "chat": {"locales", "logs", "storage", "auth", "chat"},
    # The commands build the application, which is the composition root's work.
    "admin": {"locales", "logs", "storage", "auth", "chat", "admin", "app"},
    "app.py": OURS - {"tests"},
    "run.py": set(),
}
# The clients of the services, and what they share: nothing else speaks HTTP to anybody.
SPEAKS_HTTP = {
    f"chat/upstreams/{name}.py"
    for name in ("fabrix", "openai", "exchange", "connections", "body", "refusals", "openai_refusals")
}


def imports(path: Path) -> set[str]:
    """All modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def sources(part: str) -> list[Path]:
    return [ROOT / part] if part.endswith(".py") else sorted((ROOT / part).rglob("*.py"))


@pytest.mark.parametrize("part", ALLOWED)
def test_imports_point_one_way(part: str) -> None:
    for path in sources(part):
        tops = {name.split(".")[0] for name in imports(path)}
        assert tops & OURS <= ALLOWED[part], path


def test_only_the_clients_of_the_services_speak_http() -> None:
    speaking = {
        path.relative_to(ROOT).as_posix()
        for part in ALLOWED
        for path in sources(part)
        if imports(path) & {"httpx", "httpcore", "requests", "urllib.request", "aiohttp"}
    }
    assert speaking == SPEAKS_HTTP


def test_every_file_opens_with_what_it_is_for() -> None:
    for part in ALLOWED:
        for path in sources(part):
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_the_serving_process_does_not_load_the_analysis() -> None:
    """Gradio brings pandas along; what the workers use besides stays with them."""
    for path in (ROOT / "chat/analyst/pool.py", ROOT / "chat/upstreams/local.py", ROOT / "app.py"):
        assert not imports(path) & {"pandas", "numpy", "pyarrow", "vl_convert", "python_calamine"}, path
