"""A conversation taken away as one ZIP file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import re
import subprocess
import sys
import tempfile
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from markdown_it import MarkdownIt

from app import build
from chat.errors import AgentFailed
from chat.events import Chart, Delta, Finished, Reference, ResultTable, Work
from chat.evidence.layout import MOST_INPUT_BYTES
from chat.evidence.markdown_text import html_of, plain_markdown, safe_markdown
from chat.evidence.names import LONGEST, Names, safe
from chat.upstreams.local import ANALYST_ID
from storage import messages
from tests.chat.test_turns_api import wait_for
from tests.conftest import SIGNUP_KEY, settings_for
from tests.live_server import LiveServer, Person
from tests.scripted_upstream import ScriptedUpstream

PNG = b"\x89PNG\r\n\x1a\n not really"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
CSV = "지역,매출\n서울,1000\n부산,2345\n".encode()
CODE = (
    "import csv\n\nwith open({name!r}, encoding='utf-8') as file:\n"
    "    print(sum(int(row['매출']) for row in csv.DictReader(file)))\n"
)
TABLE = ResultTable("지역별 매출", ("지역", "매출"), ("text", "number"), (("서울", 1000), ("=1+1", 2345.5)))


def work(name: str, code: str = CODE) -> Work:
    return Work(("매출",), "지역 = 서울", 2, 1, "SELECT 1", code.format(name=name))


def ask_about(person: Person, conversation: str, name: str, content: bytes, question: str, **more) -> dict[str, str]:
    file = person.upload(name, content)
    return person.ask_and_wait(conversation, question, file_id=file["file_id"], **more)


def archive(person: Person, conversation: str) -> zipfile.ZipFile:
    answer = person.http.get(f"/api/sessions/{conversation}/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    made = zipfile.ZipFile(io.BytesIO(answer.content))
    assert made.testzip() is None
    return made


def text(made: zipfile.ZipFile, name: str) -> str:
    return made.read(name).decode()


@pytest.fixture
def conversation(person: Person, upstream: ScriptedUpstream) -> str:
    """A question about a file, with everything that an answer may make, and an answer asked for once more."""
    upstream.enqueue(
        Delta("매출 합계는 **3,345**입니다.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"),
        TABLE,
        Chart("매출", PNG, {"mark": "bar"}, SVG),
        Reference("Source", "https://example.com"),
        work("매출.csv"),
        Finished(),
    )
    made = person.conversation(title="매출 분석: 2024/11 <b>")
    turn = ask_about(person, made, "매출.csv", CSV, "매출 합계는? <script>alert(1)</script>")
    upstream.enqueue(Delta("Never shown again"), Finished())
    person.http.post(f"/api/turns/{turn['turn_id']}/again")
    person.events(turn["turn_id"])
    person.http.post(f"/api/sessions/{made}/version", json={"message_id": turn["message_id"]})
    return made


def test_everything_is_in_the_archive(person: Person, conversation: str) -> None:
    made = archive(person, conversation)
    assert set(made.namelist()) == {
        "conversation.md",
        "conversation.html",
        "tables/01 지역별 매출.csv",
        "tables/01 지역별 매출.xlsx",
        "charts/01 매출.png",
        "charts/01 매출.svg",
        "charts/01 매출.vl.json",
        "inputs/매출.csv",
        "notebook.ipynb",
        "manifest.json",
    }
    assert made.read("charts/01 매출.png") == PNG
    assert made.read("charts/01 매출.svg") == SVG
    assert json.loads(made.read("charts/01 매출.vl.json")) == {"mark": "bar"}
    assert made.read("inputs/매출.csv") == CSV


def test_the_download_is_named_after_the_conversation(person: Person, conversation: str) -> None:
    answer = person.http.get(f"/api/sessions/{conversation}/export")
    assert "attachment" in answer.headers["content-disposition"]
    assert "2024_11%20_b_.zip" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"


def test_tables_are_for_spreadsheets(person: Person, conversation: str) -> None:
    made = archive(person, conversation)
    content = made.read("tables/01 지역별 매출.csv")
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:] == [["서울", "1000"], ["'=1+1", "2345.5"]]
    sheet = openpyxl.load_workbook(io.BytesIO(made.read("tables/01 지역별 매출.xlsx"))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [["서울", 1000], ["'=1+1", 2345.5]]


def test_large_tables_are_the_same_made_in_another_process(
    person: Person, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "tables/01 지역별 매출.csv"
    here = archive(person, conversation).read(name)
    monkeypatch.setattr("chat.evidence.archive.MADE_HERE", 0)
    apart = archive(person, conversation)
    assert apart.read(name) == here
    assert openpyxl.load_workbook(io.BytesIO(apart.read(name.replace("csv", "xlsx")))).active["B2"].value == 1000


def test_a_table_that_takes_too_long_fails_in_good_order(
    person: Person, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.evidence.archive.MADE_HERE", 0)
    monkeypatch.setattr("chat.evidence.archive.SECONDS", 0)
    answer = person.http.get(f"/api/sessions/{conversation}/export")
    assert answer.status_code == 500 and answer.json()["error"] == "internal_error"


def test_the_branch_that_is_shown_is_told(person: Person, conversation: str) -> None:
    markdown = text(archive(person, conversation), "conversation.md")
    assert "매출 합계는 **3,345**입니다." in markdown
    assert "Never shown again" not in markdown
    assert "version 1 of 2" in markdown
    assert "Scripted" in markdown and "scripted-agent-0001" in markdown
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d", markdown)
    assert "Rows used: 1 of 2" in markdown
    assert hashlib.sha256(CSV).hexdigest() in markdown
    assert "https://example.com" in markdown.replace("\\", "")


class Page(HTMLParser):
    """What a page refers to and what could run in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "data", "poster", "background", "action"):
                self.sources.append(value or "")
            if name == "href":
                self.links.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)


def test_the_page_needs_nothing_else_and_runs_nothing(person: Person, upstream: ScriptedUpstream) -> None:
    evil = (
        "<script>alert(1)</script> <img src=x onerror=alert(1)> ![x](http://evil.example/x.png) "
        "[a](javascript:alert(1)) [b](data:text/html,x) [c](https://good.example) <b>한글</b> `<i>`\n\n"
        "<iframe src='http://evil.example'></iframe>\n\n[d]\n\n[d]: javascript:alert(2)\n"
    )
    upstream.enqueue(Delta(evil), Chart('"><script>alert(3)</script>', PNG, {}), Finished())
    conversation = person.conversation(title="</title><script>alert(4)</script>")
    person.ask_and_wait(conversation, '<img src=x onerror="alert(5)">')
    made = archive(person, conversation)
    html = text(made, "conversation.html")
    page = Page(html)
    assert not {"script", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert page.handlers == []
    assert all(source.startswith("data:image/png;base64,") for source in page.sources) and page.sources
    assert all(link.startswith(("https://good.example", "http://evil.example/x.png", "charts/")) for link in page.links)
    assert '<html lang="en">' in html and '<meta charset="utf-8">' in html and "default-src 'none'" in html
    assert "한글" in html
    markdown = text(made, "conversation.md")
    assert not re.search(r"(?<![`\\])<(?=[a-z/])", markdown.replace("`<i>`", ""))


def test_the_manifest_proves_what_is_there(person: Person, conversation: str) -> None:
    made = archive(person, conversation)
    manifest = json.loads(made.read("manifest.json"))
    listed = {one["path"]: one for one in manifest["files"]}
    assert set(listed) == set(made.namelist()) - {"manifest.json"}
    for name, one in listed.items():
        content = made.read(name)
        assert (one["size"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    [given] = manifest["inputs"]
    assert (given["name"], given["path"], given["size"]) == ("매출.csv", "inputs/매출.csv", len(CSV))
    assert given["sha256"] == hashlib.sha256(CSV).hexdigest()
    question, answer = manifest["messages"]
    assert answer["agent"] == {"id": "scripted-agent-0001", "name": "Scripted"}
    assert answer["version"] == {"number": 1, "count": 2}
    assert answer["about"] == question["input"] == given["sha256"]
    assert answer["work"]["rows_used"] == 1
    assert manifest["product"]["version"]


def check_notebook(notebook: dict) -> None:
    """What the schema of nbformat 4.5 asks of the cells that there are."""
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert set(notebook) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", one) for one in ids)
    for cell in notebook["cells"]:
        keys = {"id", "cell_type", "metadata", "source"}
        assert set(cell) == (keys | {"execution_count", "outputs"} if cell["cell_type"] == "code" else keys)
        assert all(isinstance(line, str) for line in cell["source"])


def run_notebook(made: zipfile.ZipFile, folder: Path) -> str:
    """Run all code cells one after another, as a kernel does in the notebook's folder; what they print."""
    made.extractall(folder)
    notebook = json.loads((folder / "notebook.ipynb").read_text(encoding="utf-8"))
    check_notebook(notebook)
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    (folder / "cells.py").write_text("\n".join(cells), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "cells.py"], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_notebook_computes_the_answers_again(person: Person, conversation: str, tmp_path: Path) -> None:
    made = archive(person, conversation)
    assert run_notebook(made, tmp_path) == "3345\n"
    notebook = json.loads(made.read("notebook.ipynb"))
    questions = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    assert any("매출 합계는" in question and r"\<script\>" in question for question in questions)


def test_what_the_built_in_analyst_has_computed_is_computed_again(tmp_path: Path) -> None:
    server = LiveServer(lambda: build(settings_for(tmp_path / "data")), signup_key=SIGNUP_KEY)
    with server, server.sign_up("kim", language="ko") as person:
        conversation = person.conversation(agent_id=ANALYST_ID)
        file = person.upload("매출 현황.csv", "지역;매출\n서울;1000\n부산;2345\n서울;9000\n".encode("cp949"))
        person.ask_and_wait(conversation, "매출 합계", file_id=file["file_id"])
        person.ask_and_wait(conversation, "지역별 매출 평균")
        beside = person.upload("담당?.csv", "지역,담당\n서울,김\n부산,이\n".encode())
        given = {"file_id": file["file_id"], "other_file_ids": [beside["file_id"]]}
        person.ask_and_wait(conversation, "담당별 매출 합계", **given)
        made = archive(person, conversation)
    printed = run_notebook(made, tmp_path / "taken")
    assert "12345" in printed and "5000" in printed and "서울" in printed
    assert "김" in printed and "10000" in printed
    manifest = json.loads(made.read("manifest.json"))
    assert [message["work"]["rows"] for message in manifest["messages"] if message["role"] == "assistant"] == [3, 3, 3]
    assert [given["name"] for given in manifest["inputs"]] == ["매출 현황.csv", "담당?.csv"]
    assert "inputs/담당_.csv" in made.namelist() and "담당?.csv" in text(made, "conversation.md")


def test_inputs_of_the_same_name_are_each_read_where_they_lie(
    person: Person, upstream: ScriptedUpstream, tmp_path: Path
) -> None:
    conversation = person.conversation()
    for content in (CSV, CSV.replace(b"1000", b"9000")):
        upstream.enqueue(Delta("x"), work("a.csv"), Finished())
        ask_about(person, conversation, "a.csv", content, "?")
    upstream.enqueue(Delta("x"), work("A.csv"), Finished())
    ask_about(person, conversation, "A.csv", CSV.replace(b"1000", b"1"), "?")
    made = archive(person, conversation)
    assert [name for name in made.namelist() if name.startswith("inputs/")] == [
        "inputs/a.csv",
        "inputs/2/a.csv",
        "inputs/3/A.csv",
    ]
    assert run_notebook(made, tmp_path) == "3345\n11345\n2346\n"


def test_a_name_that_not_every_system_takes_is_changed_in_the_code_too(
    person: Person, upstream: ScriptedUpstream, tmp_path: Path
) -> None:
    conversation = person.conversation()
    upstream.enqueue(Delta("x"), work("a:b?.csv"), Finished())
    ask_about(person, conversation, "a:b?.csv", CSV, "?")
    made = archive(person, conversation)
    assert "inputs/a_b_.csv" in made.namelist()
    assert run_notebook(made, tmp_path) == "3345\n"


def test_large_inputs_are_listed_only(person: Person, conversation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_INPUT_BYTES >= 100 << 20
    monkeypatch.setattr("chat.evidence.layout.MOST_INPUT_BYTES", 10)
    made = archive(person, conversation)
    assert not [name for name in made.namelist() if name.startswith("inputs/")]
    [given] = json.loads(made.read("manifest.json"))["inputs"]
    assert given["path"] is None and given["sha256"] == hashlib.sha256(CSV).hexdigest()
    check_notebook(json.loads(made.read("notebook.ipynb")))
    assert "not in this archive" in text(made, "conversation.md")


def test_control_totals_come_along(person: Person, upstream: ScriptedUpstream, shared_database) -> None:
    upstream.enqueue(Delta("매출 합계는 9입니다."), Finished())
    conversation = person.conversation()
    turn = person.ask_and_wait(conversation)
    totals = {
        "file": "a.csv",
        "rows": 2,
        "total_row": False,
        "columns": [{"name": "매출", "unit": "", "sum": 3345.5, "count": 2, "mean": 1, "min": 1, "max": 2}],
        "distinct": [{"name": "지역", "count": 2}],
        "differing": [{"statistic": "sum", "column": "매출", "told": "9", "computed": 3345.5, "place": [8, 9]}],
        "agreeing": 0,
    }
    shared_database.write_now(messages.keep_totals, turn["message_id"], totals)
    made = archive(person, conversation)
    for name in ("conversation.md", "conversation.html"):
        assert "3,345.5" in text(made, name) and "⚠" in text(made, name)


def test_how_an_input_was_read_is_told(person: Person, upstream: ScriptedUpstream) -> None:
    conversation = person.conversation()
    file = person.upload("a.csv", "이름;값\n가;1\n".encode("cp949"))
    wait_for(lambda: person.http.get(f"/api/files/{file['file_id']}/card").status_code == 200, 30)
    upstream.enqueue(Delta("x"), Finished())
    person.ask_and_wait(conversation, "?", file_id=file["file_id"])
    made = archive(person, conversation)
    [given] = json.loads(made.read("manifest.json"))["inputs"]
    assert (given["reading"]["rows"], given["reading"]["separator"], given["reading"]["chosen"]) == (1, ";", None)
    assert [column["name"] for column in given["reading"]["columns"]] == ["이름", "값"]
    assert not {"preview", "text"} & set(given["reading"])
    for name in ("conversation.md", "conversation.html"):
        assert "1 rows × 2 columns" in text(made, name)


def test_an_answer_that_failed_says_so(person: Person, upstream: ScriptedUpstream) -> None:
    upstream.enqueue(Delta("half"), AgentFailed())
    conversation = person.conversation()
    person.ask_and_wait(conversation)
    markdown = text(archive(person, conversation), "conversation.md")
    assert "half" in markdown and re.search(r"E-\w{4}", markdown)


def test_an_empty_conversation_can_be_taken_away(person: Person) -> None:
    made = archive(person, person.conversation())
    assert set(made.namelist()) == {"conversation.md", "conversation.html", "notebook.ipynb", "manifest.json"}


def test_korean_is_told_in_korean(person: Person, conversation: str) -> None:
    answer = person.http.get(f"/api/sessions/{conversation}/export", headers={"Accept-Language": "ko"})
    made = zipfile.ZipFile(io.BytesIO(answer.content))
    assert "## 질문 1" in text(made, "conversation.md") and '<html lang="ko">' in text(made, "conversation.html")


def test_nobody_else_takes_it_away(person: Person, other: Person, conversation: str) -> None:
    path = f"/api/sessions/{conversation}/export"
    assert other.http.get(path).status_code == 404
    assert other.http.get(path).json() == other.http.get("/api/sessions/nothing/export").json()
    del person.http.headers["Authorization"]
    assert person.http.get(path).status_code == 401


def test_no_file_stays_behind_and_no_text_is_logged(
    person: Person, conversation: str, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.INFO)
    archive(person, conversation)
    wait_for(lambda: not list(tmp_path.iterdir()))  # its reader has it a moment before it goes
    assert "taken away" in caplog.text and "매출" not in caplog.text


def test_a_failure_leaves_no_file_behind(
    person: Person, conversation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("chat.evidence.service.write_archive", fail)
    assert person.http.get(f"/api/sessions/{conversation}/export").status_code == 500
    assert list(tmp_path.iterdir()) == []


def test_a_conversation_that_is_deleted_meanwhile_is_not_found(
    person: Person, conversation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise FileNotFoundError("an input")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("chat.evidence.service.write_archive", gone)
    assert person.http.get(f"/api/sessions/{conversation}/export").status_code == 404
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("매출.csv", "매출.csv"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x.csv", "C__x.csv"),
        ("CON.csv", "_CON.csv"),
        ("lpt1", "_lpt1"),
        ("a. .", "a"),
        ("", "file"),
        ("...", "file"),
        ("a\u202egnp.exe", "agnp.exe"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        ("각.csv", "각.csv"),
    ],
)
def test_names_are_safe_on_every_system(name: str, wanted: str) -> None:
    assert safe(name) == wanted


def test_long_names_keep_their_ending() -> None:
    assert safe("가" * 300 + ".csv") == "가" * (LONGEST - 4) + ".csv"


def test_no_two_files_have_one_name() -> None:
    names = Names()
    assert [names.take("t", name) for name in ("a.csv", "A.CSV", "a.csv")] == ["t/a.csv", "t/A (2).CSV", "t/a (3).csv"]


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "\\`<script>alert(1)</script>`",
        "| `a | <img src=x onerror=alert(1)> |\n|---|---|\n| `a | <b onclick=x> ` |",
        "```\ncode\n```\n<script>x</script>",
        "~~~\n<script>\n",
        "`a\n\n<script>x</script> b`",
        "[x](javascript:alert(1))",
        "[x](JaVa&#115;cript:alert(1))",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        "![x](https://evil.example/a.png)",
        "![x][y]\n\n[y]: https://evil.example/a.png",
        "> <div>\n> ![a](https://b.example)",
        "- <!-- x -->",
    ],
)
def test_nothing_of_an_answer_acts(attack: str) -> None:
    viewer = MarkdownIt("commonmark", {"html": True}).enable("table")
    for source in (viewer.render(safe_markdown(attack)), viewer.render(plain_markdown(attack)), html_of(attack)):
        page = Page(source)
        assert not {"script", "img", "div", "b", "iframe"} & set(page.tags), source
        assert page.handlers == [] and all(link.startswith(("https:", "http:")) for link in page.links), source


@pytest.mark.parametrize("harmless", ["`<b>` stays", "```html\n<b>x</b>\n```", "a < b and **c**", "``a ` <b>``"])
def test_code_keeps_its_characters(harmless: str) -> None:
    assert safe_markdown(harmless) == harmless
