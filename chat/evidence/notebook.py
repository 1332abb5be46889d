"""The computed answers as a Jupyter notebook (nbformat 4.5), which runs where the inputs lie beside it."""

from __future__ import annotations

import json
import posixpath
from pathlib import PurePosixPath
from typing import Any

from chat.evidence.facts import Facts, moment
from chat.evidence.layout import Layout
from chat.evidence.markdown_text import plain_markdown
from chat.evidence.pages import Words, title_of

_FIRST = """import os
from pathlib import Path

HERE = Path.cwd()  # the folder of this notebook, with the folder of its inputs"""


def notebook_of(facts: Facts, layout: Layout, words: Words) -> str:
    """A Markdown cell with each question whose answer was computed, and a cell with the code that computes it."""
    cells = [
        _markdown(f"# {plain_markdown(title_of(facts, words))[2:].strip()}\n\n{words('notebook')}"),
        _code(_FIRST),
    ]
    folder: str | None = None
    question = ""
    for entry in layout.entries:
        if entry.message.role == "user":
            question = entry.message.content
        code = str((entry.message.work or {}).get("code") or "")
        if not code.strip():
            continue
        heading = f"{words('user', number=entry.number)} · {moment(entry.message.created_at)}"
        cells.append(_markdown(f"{heading}\n\n{plain_markdown(question)}"))
        source = entry.about
        if source is None or source.path is None:
            cells.append(_markdown(words("lacks_input", name=source.facts.file.name if source else "?")))
            here = "inputs"
        else:
            path = PurePosixPath(source.path)
            here = path.parent.as_posix()
            code = _opening(code, source.facts.file.name, path.name)
            for other in layout.inputs:
                if other.path and other.facts.file.name != source.facts.file.name:
                    code = _opening(code, other.facts.file.name, posixpath.relpath(other.path, here))
        if here != folder:
            folder = here
            cells.append(_code(f"os.chdir(HERE / {here!r})"))
        cells.append(_code(code))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _opening(code: str, name: str, other: str) -> str:
    """The code with the name of the file that it opens, where that could not be kept."""
    if name == other:
        return code
    for written in (repr(name), json.dumps(name), json.dumps(name, ensure_ascii=False)):
        code = code.replace(written, repr(other))
    return code


def _markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(source)}


def _code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": _lines(source)}


def _lines(source: str) -> list[str]:
    return source.rstrip("\n").splitlines(keepends=True)
