"""The conversation as Markdown and as one HTML page that needs nothing else and runs nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from chat.card_text import facts as card_facts
from chat.evidence.facts import Facts, difference_values, figure, moment, versions_of
from chat.evidence.layout import Entry, Input, Layout, Made
from chat.evidence.markdown_text import html_of, plain_markdown, safe_markdown
from locales import text

_STYLE = Path(__file__).with_name("page.css")
# Nothing is fetched and nothing runs, whatever an answer says: the browser itself sees to it.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_ENDS = {"stopped": "page.stopped", "interrupted": "page.interrupted"}


class Words:
    """The sentences of a language, by their keys without the beginning that all share."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        return text(f"server.evidence.{key}", self.language, **values)


def title_of(facts: Facts, words: Words) -> str:
    """What the conversation is called."""
    return facts.conversation.title or words("untitled")


def markdown_of(facts: Facts, layout: Layout, words: Words) -> str:
    """The conversation as Markdown, for people and for programs that draw it."""
    lines = [f"# {_one_line(title_of(facts, words))}", ""]
    lines += [f"- {_one_line(name)}: {_one_line(value)}" for name, value in _head(facts, words)]
    for entry in layout.entries:
        lines += ["", f"## {_one_line(_heading(facts, entry, words))}", ""]
        message = entry.message
        lines.append(plain_markdown(message.content) if message.role == "user" else safe_markdown(message.content))
        lines += [f"\n*{_one_line(note)}*" for note in _notes(entry, words)]
        for chart in entry.charts:
            lines += ["", f"![{_one_line(chart.title)}]({quote(chart.paths['png'])})"]
        lines += _files_in_markdown([*entry.charts, *entry.tables])
        if work := message.work:
            lines += ["", *(f"- {_one_line(name)}: {_one_line(value)}" for name, value in _work(work, words))]
            for kind in ("sql", "code"):
                if work.get(kind):
                    lines += ["", _fenced(work[kind], "python" if kind == "code" else "sql")]
        lines += ["", *(f"- {_one_line(name)}: {_one_line(value)}" for name, value in _totals(entry, words))]
    lines += ["", f"## {words('inputs')}", ""]
    for one in layout.inputs:
        lines += [f"- {_one_line(_input(one, words))}", "", *_read(one, words, _fenced)]
    lines += [] if layout.inputs else [words("no_inputs")]
    return "\n".join(lines) + "\n"


def html_page(facts: Facts, layout: Layout, words: Words, picture: Callable[[Made], bytes]) -> str:
    """The conversation as a page with its charts in it; `picture` gives a chart's PNG."""
    body = [f"<h1>{escape(title_of(facts, words))}</h1>", _facts_in_html(_head(facts, words))]
    for entry in layout.entries:
        message = entry.message
        body.append(f'<section class="{escape(message.role)}"><h2>{escape(_heading(facts, entry, words))}</h2>')
        if message.role == "user":
            body.append(f'<div class="question">{escape(message.content)}</div>')
        else:
            body.append(f'<div class="answer">{html_of(message.content)}</div>')
        body += [f'<p class="note">{escape(note)}</p>' for note in _notes(entry, words)]
        for chart in entry.charts:
            image = base64.b64encode(picture(chart)).decode()
            body.append(f'<figure><img alt="{escape(chart.title)}" src="data:image/png;base64,{image}"></figure>')
        body += [
            f'<p class="file"><a href="{quote(path)}">{escape(path)}</a></p>'
            for made in (*entry.charts, *entry.tables)
            for path in made.paths.values()
        ]
        if work := message.work:
            codes = "".join(
                f"<pre><code>{escape(work[kind])}</code></pre>" for kind in ("sql", "code") if work.get(kind)
            )
            summary = escape(words("how_computed"))
            body.append(f"<details><summary>{summary}</summary>{_facts_in_html(_work(work, words))}{codes}</details>")
        if found := list(_totals(entry, words)):
            is_differing = bool((message.totals or {}).get("differing"))
            body.append(f'<div class="totals{" differing" if is_differing else ""}">{_facts_in_html(found)}</div>')
        body.append("</section>")
    body.append(f"<section><h2>{escape(words('inputs'))}</h2>")
    for one in layout.inputs:
        body.append(f"<p>{escape(_input(one, words))}</p>")
        body += _read(one, words, lambda text, _: f"<pre>{escape(text)}</pre>")
    body.append("</section>" if layout.inputs else f"{escape(words('no_inputs'))}</section>")
    return (
        f'<!doctype html>\n<html lang="{words.language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(title_of(facts, words))}</title><style>{_STYLE.read_text(encoding='utf-8')}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _head(facts: Facts, words: Words) -> Iterator[tuple[str, str]]:
    conversation = facts.conversation
    asked = dict.fromkeys(message.agent_id for message in facts.messages if message.agent_id)
    yield words("agents"), ", ".join(_agent(facts, agent_id) for agent_id in asked or [conversation.agent_id])
    yield words("begun"), moment(conversation.created_at)
    yield words("changed"), moment(conversation.updated_at)
    yield words("made"), moment(facts.made_at)
    yield words("product"), f"FabriX Agent Chat {facts.version}"


def _agent(facts: Facts, agent_id: str) -> str:
    name = facts.agent(agent_id)
    return name if name == agent_id else f"{name} ({agent_id})"


def _heading(facts: Facts, entry: Entry, words: Words) -> str:
    message = entry.message
    kind = message.role if message.role in ("user", "assistant") else "system"
    parts = [words(kind, number=entry.number)]
    if message.agent_id:
        parts.append(facts.agent(message.agent_id))
    parts.append(moment(message.created_at))
    number, count = versions_of(message)
    if count > 1:
        parts.append(words("version", number=number, count=count))
    return " · ".join(parts)


def _notes(entry: Entry, words: Words) -> Iterator[str]:
    """How a message ended, and the file that went with it."""
    message = entry.message
    if message.file:
        where = entry.input.path if entry.input else None
        yield words("with_file", name=message.file.name, path=where or words("left_out"))
    if message.state in _ENDS:
        yield text(_ENDS[message.state], words.language)
    if message.error:
        yield f"{message.error['notice']} ({message.error['number']})"
    if message.truncated:
        yield text("page.truncated", words.language)
    for link in message.links:
        yield f"{link.get('title') or ''} {link.get('url') or ''}".strip()


def _work(work: dict[str, object], words: Words) -> Iterator[tuple[str, str]]:
    columns = work.get("columns")
    if isinstance(columns, list | tuple) and columns:
        yield words("columns"), ", ".join(map(str, columns))
    if work.get("conditions"):
        yield words("conditions"), str(work["conditions"])
    yield words("rows_used"), words("n_of_m", used=f"{work.get('rows_used'):,}", rows=f"{work.get('rows'):,}")


def _totals(entry: Entry, words: Words) -> Iterator[tuple[str, str]]:
    totals = entry.message.totals
    if not totals:
        return
    sums = "; ".join(f"{one['name']} {figure(one['sum'])}" for one in totals["columns"])
    distinct = "; ".join(f"{one['name']} {one['count']:,}" for one in totals["distinct"])
    yield words("totals_rows"), f"{totals['rows']:,} ({totals['file']})"
    if sums:
        yield words("totals_sums"), sums
    if distinct:
        yield words("totals_distinct"), distinct
    for one in totals["differing"]:
        what = words(f"statistic.{one['statistic']}")
        yield f"⚠ {words('differs')}", words("difference", what=what, **difference_values(one))


def _input(one: Input, words: Words) -> str:
    """A line about an input: its name, where it lies, its size, its SHA-256 and when it came."""
    file = one.facts.file
    size = words("bytes", size=f"{file.size:,}")
    came = moment(one.facts.created_at)
    return f"{file.name} ({one.path or words('left_out')}) · {size} · SHA-256 {one.facts.sha256} · {came}"


def _read(one: Input, words: Words, block: Callable[[str, str], str]) -> list[str]:
    """How an input was read: the facts that the agents were given with it."""
    known = one.reading
    if known is None or known.card is None:
        return []
    told = [block(card_facts(known.card, words.language), "text")]
    if known.choice:
        chosen = ", ".join(f"{key} = {value}" for key, value in known.choice.items())
        told.append(block(words("chosen", choice=chosen), "text"))
    return told


def _files_in_markdown(made: Sequence[Made]) -> list[str]:
    lines = [f"- [{_one_line(path)}]({quote(path)})" for one in made for path in one.paths.values()]
    return ["", *lines] if lines else []


def _facts_in_html(facts: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts) + "</dl>"


def _one_line(value: str) -> str:
    """A text within a line of Markdown, as it stands."""
    line = " ".join(value.split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|!&" else letter for letter in line)


def _fenced(code: str, language: str) -> str:
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}{language}\n{code.rstrip()}\n{fence}"
