"""Writes the ZIP file of a conversation: pages, tables, charts, notebook, inputs and a manifest of it all."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from chat.errors import ChatError
from chat.evidence.facts import Facts, moment, versions_of
from chat.evidence.layout import Entry, Input, Layout, Made, lay_out
from chat.evidence.notebook import notebook_of
from chat.evidence.pages import Words, html_page, markdown_of
from chat.result_tables import made
from chat.taking_away import MADE_HERE, SECONDS
from storage.cards import StoredCard

_ROOT = Path(__file__).resolve().parents[2]
_BLOCK = 1 << 20
_EARLIEST, _LATEST = 1980, 2107  # the years that a ZIP file knows


def write_archive(facts: Facts, target: Path, *, language: str, path_of: Callable[[str], Path]) -> None:
    """Write everything to `target`; `path_of` says where the bytes of a file lie. Files that are gone are left out."""
    words = Words(language)
    present = frozenset(file_id for file_id in facts.files if path_of(file_id).is_file())
    layout = lay_out(facts, present)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        writer = _Writer(archive, facts.made_at)
        writer.add_text("conversation.md", markdown_of(facts, layout, words))
        page = html_page(facts, layout, words, lambda chart: path_of(chart.facts.file.id).read_bytes())
        writer.add_text("conversation.html", page)
        for entry in layout.entries:
            for chart in entry.charts:
                _write_chart(writer, chart, path_of)
            for table in entry.tables:
                for format, name in table.paths.items():
                    writer.add(name, _made(path_of(table.facts.file.id), format, table.facts.file.rows or 0))
        writer.add_text("notebook.ipynb", notebook_of(facts, layout, words))
        for given in layout.inputs:
            if given.path:
                writer.copy(given.path, path_of(given.facts.file.id))
        manifest = {**_manifest(facts, layout), "files": writer.written}
        writer.add_text("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")


def _write_chart(writer: _Writer, chart: Made, path_of: Callable[[str], Path]) -> None:
    writer.copy(chart.paths["png"], path_of(chart.facts.file.id))
    if "svg" in chart.paths and chart.facts.file.svg_id:
        svg = path_of(chart.facts.file.svg_id)
        if svg.is_file():
            writer.copy(chart.paths["svg"], svg)
    if "json" in chart.paths:
        writer.add_text(chart.paths["json"], json.dumps(chart.facts.spec, ensure_ascii=False, indent=1) + "\n")


def _made(path: Path, format: str, rows: int) -> bytes:
    """A table in a format of its own; a large one is made in a process of its own, so that nobody's answer waits."""
    if rows <= MADE_HERE:
        return made(path, format)
    command = [sys.executable, "-X", "utf8", "-m", "chat.result_tables", str(path.resolve()), format]
    try:
        done = subprocess.run(  # noqa: S603 (nothing in it comes from people)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            timeout=SECONDS,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.SubprocessError as error:
        raise ChatError from error
    return done.stdout


class _Writer:
    """Adds files to an archive, and notes the size and SHA-256 of each in `written`."""

    def __init__(self, archive: zipfile.ZipFile, at: datetime) -> None:
        self.written: list[dict[str, Any]] = []
        self._archive = archive
        local = at.astimezone()
        year = min(max(local.year, _EARLIEST), _LATEST)
        self._moment = (year, local.month, local.day, local.hour, local.minute, local.second)

    def add_text(self, name: str, text: str) -> None:
        # What is no text in UTF-8 (half a surrogate pair from an agent) becomes a question mark.
        self.add(name, text.encode("utf-8", "replace"))

    def add(self, name: str, content: bytes) -> None:
        with self._archive.open(self._entry(name, len(content)), "w") as target:
            target.write(content)
        self._note(name, len(content), hashlib.sha256(content).hexdigest())

    def copy(self, name: str, source: Path) -> None:
        size, digest = 0, hashlib.sha256()
        with source.open("rb") as file, self._archive.open(self._entry(name, source.stat().st_size), "w") as target:
            while block := file.read(_BLOCK):
                size += len(block)
                digest.update(block)
                target.write(block)
        self._note(name, size, digest.hexdigest())

    def _entry(self, name: str, size: int) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._moment)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        entry.file_size = size
        return entry

    def _note(self, name: str, size: int, sha256: str) -> None:
        self.written.append({"path": name, "size": size, "sha256": sha256})


def _manifest(facts: Facts, layout: Layout) -> dict[str, Any]:
    conversation = facts.conversation
    return {
        "product": {"name": "FabriX Agent Chat", "version": facts.version},
        "made_at": moment(facts.made_at),
        "conversation": {
            "id": conversation.id,
            "title": conversation.title,
            "agent": _agent(facts, conversation.agent_id),
            "created_at": moment(conversation.created_at),
            "updated_at": moment(conversation.updated_at),
        },
        "inputs": [_input(one) for one in layout.inputs],
        "messages": [_message(facts, entry) for entry in layout.entries],
    }


def _message(facts: Facts, entry: Entry) -> dict[str, Any]:
    message = entry.message
    number, count = versions_of(message)
    found: dict[str, Any] = {
        "id": message.id,
        "number": entry.number,
        "role": message.role,
        "created_at": moment(message.created_at),
        "agent": _agent(facts, message.agent_id) if message.agent_id else None,
        "version": {"number": number, "count": count},
        "state": message.state,
        "truncated": message.truncated,
        "input": entry.input.facts.sha256 if entry.input else None,
    }
    if message.role == "assistant":
        found |= {
            "about": entry.about.facts.sha256 if entry.about else None,
            "charts": [dict(one.paths) for one in entry.charts],
            "tables": [dict(one.paths) for one in entry.tables],
            "work": message.work,
            "totals": message.totals,
        }
    return found


def _input(one: Input) -> dict[str, Any]:
    file = one.facts.file
    return {
        "name": file.name,
        "path": one.path,
        "size": file.size,
        "sha256": one.facts.sha256,
        "uploaded_at": moment(one.facts.created_at),
        "reading": _reading(one.reading),
    }


def _reading(known: StoredCard | None) -> dict[str, Any] | None:
    """How an input was read, without what the file says: that is in the input itself."""
    if known is None or known.card is None:
        return None
    card = {key: value for key, value in known.card.items() if key not in ("name", "size", "preview", "text")}
    card["columns"] = [{key: one[key] for key in one if key != "examples"} for one in card.get("columns", ())]
    return {"chosen": known.choice, **card}


def _agent(facts: Facts, agent_id: str) -> dict[str, str]:
    return {"id": agent_id, "name": facts.agent(agent_id)}
