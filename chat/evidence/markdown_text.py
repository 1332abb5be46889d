"""Texts of people and agents as Markdown and HTML in which nothing can run, and nothing is fetched from anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_SAFE_LINK = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
_SCHEME = re.compile(r"(?i)\b(javascript|vbscript|data|file)(\s*:|&)")
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&=:$])")
# Code keeps its characters: a fence, or a span of backticks within a paragraph.
_CODE = re.compile(
    r"(^[ ]{0,3}(```+|~~~+)[^\n]*\n.*?(?:^[ ]{0,3}\2[`~]*[ \t]*$|\Z)"
    r"|(?<![\\`])(`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)\3(?!`))",
    re.MULTILINE | re.DOTALL,
)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def _renderer() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    made.validateLink = lambda url: bool(_SAFE_LINK.match(url))  # type: ignore[method-assign]
    return made


def html_of(text: str) -> str:
    """An answer's Markdown as HTML: tags in it are text, pictures and other schemes than the web's are no links."""
    return str(_renderer().render(text))


def plain_markdown(text: str) -> str:
    """A text that is shown as it stands, as a Markdown quotation."""
    lines = (_MARKS.sub(r"\\\1", line.replace("\t", "    ")) for line in text.split("\n"))
    return "\n".join(f"> {line}  " if line.strip() else ">" for line in lines)


def safe_markdown(text: str) -> str:
    """An answer's Markdown for programs that draw HTML and pictures within it: tags are text, pictures are links."""
    pieces = _CODE.split(text)
    # Four pieces for each code: the text before it, the code, and its marks.
    shown = "".join(
        _TAG.sub("&lt;", piece).replace("![", r"\![") if index % 4 == 0 else piece
        for index, piece in enumerate(pieces)
        if index % 4 in (0, 1)
    )
    if any(_acts(token) for token in _tokens(shown)):
        # Marks that are read in another way than here: then no code keeps its characters.
        shown = _SCHEME.sub(r"\1 \2", text.replace("<", "&lt;").replace("![", r"\!["))
    return shown


def _tokens(text: str) -> Iterator[Token]:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    for token in parser.parse(text):
        yield token
        yield from token.children or ()


def _acts(token: Token) -> bool:
    """Whether a viewer could run or fetch something for it."""
    link = str(token.attrGet("href") or "")
    has_scheme = re.match(r"\s*[a-z][a-z0-9+.\-\s]*:", link, re.IGNORECASE)
    return token.type in ("html_block", "html_inline", "image") or bool(has_scheme and not _SAFE_LINK.match(link))
