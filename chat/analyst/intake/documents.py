"""Reads documents, which have no table: text, Markdown, code, and the text of a PDF."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path, PurePath

from chat.analyst.tables import ReadingFailed

_MARKDOWN = (".md", ".markdown", ".rst", ".adoc")
_CODE = (
    *(".py", ".js", ".ts", ".tsx", ".jsx", ".java", ".kt", ".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".go", ".rs"),
    *(".rb", ".php", ".swift", ".scala", ".r", ".jl", ".m", ".sql", ".sh", ".bash", ".ps1", ".bat", ".css", ".scss"),
    *(
        ".toml",
        ".ini",
        ".cfg",
        ".conf",
        ".yaml",
        ".yml",
        ".properties",
        ".tex",
        ".ipynb",
        ".vue",
        ".dart",
        ".lua",
        ".pl",
    ),
)
_MOST_PAGES = 2000


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text. `format`: "Text", "Markdown", "Code", "HTML" or "PDF". `pages` is None but for a PDF."""

    format: str
    text: str
    pages: int | None = None


def format_by_name(name: str) -> str | None:
    """What a text file is by its name: "Markdown", "Code", or None when it may as well be a table."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _MARKDOWN:
        return "Markdown"
    return "Code" if suffix in _CODE else None


def read_pdf(path: Path) -> Document:
    """The text of a PDF. Raises ReadingFailed when it is encrypted, corrupt, or holds pictures only."""
    from pypdf import PdfReader  # takes a while to load, and few files are PDFs
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadingFailed("encrypted")
        pages = len(reader.pages)
        text = "\n\n".join(reader.pages[number].extract_text() for number in range(min(pages, _MOST_PAGES)))
    except ReadingFailed:
        raise
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise ReadingFailed("corrupt") from error
    except (DependencyError, NotImplementedError) as error:  # a way to encrypt that isn't known
        raise ReadingFailed("encrypted") from error
    if not text.strip():
        raise ReadingFailed("no_text")
    return Document("PDF", text, pages)
