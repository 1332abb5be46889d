"""What a lookup tells, computes and shows, from the command to the worker."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from chat.analyst import lookups
from chat.analyst.command import run, run_batch
from chat.analyst.jobs import analyse
from chat.analyst.queries import Filter, Having, Query, Unclear
from chat.analyst.reading import read_table
from chat.analyst.tables import Table
from tests.chat.analyst.lookups import english, korean
from tests.chat.analyst.lookups.test_questions import table_of

# One question for each way of looking up.
SCRIPTED = [
    ("matches", "who was the opponent in the game with the highest attendance?"),
    ("matches", "how many matches were played in port ellis?"),
    ("matches", "how many matches took place in 2013?"),
    ("matches", "what is the total attendance of the matches in port ellis?"),
    ("matches", "what is the difference in attendance between 13 october 2013 and 4 march 2011?"),
    ("films", "how many different directors are there?"),
    ("films", "what film was released after salt?"),
    ("runners", "who was faster, marit dahl or yuki mori?"),
    ("bridges", "which country has the most bridges?"),
    ("bridges", "how many bridges are listed after victory bridge?"),
    ("bridges", "is king's crossing longer than delta link?"),
    ("bridges", "which other bridge is of the same type as old span?"),
    ("league", "what is the last team on the table?"),
    ("league", "does alder united have more or less points than fc norrland?"),
    ("league", "is quarry town listed above or below fc norrland?"),
    ("league", "are there at least 7 teams on the table?"),
    ("league", "does mill lane athletic have more than 20 points?"),
    ("matches", "who was the opponent on september 1, 2012?"),
    ("matches", "which month had the most matches?"),
    ("matches", "what is the longest losing streak?"),
    ("matches", "how many days passed between 4 march 2011 and 18 march 2011?"),
    ("matches", "which year had the most matches?"),
    ("matches", "which opponents were faced more than once?"),
    ("matches", "how many opponents were faced only once?"),
    ("films", "which films have no notes?"),
    ("terms", "how long did anna berg serve?"),
    ("terms", "how many years did ole lind serve?"),
    ("bridges", "what is the next longest bridge after king's crossing?"),
    ("runners", "is yuki mori of the same nationality as ellen strand?"),
    ("stages", "which country had the most riders?"),
    ("stages", "what is the nationality of tomas vega?"),
    ("stages", "how many different countries are there?"),
    ("stages", "how many riders are between ola moen and lars berge?"),
    ("roster", "how many players have a name that starts with the letter s?"),
    ("records", "what album came out after glass hill?"),
    ("records", "were any albums released before 1988?"),
    ("towers", "how many towers are taller than 240 meters?"),
]


@pytest.mark.parametrize(("name", "question"), SCRIPTED)
def test_the_script_beside_the_file_prints_the_same(name: str, question: str, tmp_path: Path) -> None:
    found = lookups.answer(question, table_of(english.TABLES[name], tmp_path), "en")
    assert found is not None
    script = tmp_path / "script.py"
    script.write_text(found.code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", script.name], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert done.stderr == ""
    printed = done.stdout.splitlines()
    assert printed == [str(value) if isinstance(value, str | bool) else f"{value:g}" for value in found.values] or [
        float(line) for line in printed
    ] == list(found.values)


def test_a_file_of_another_format_has_no_script(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text('[{"team": "Rovers", "points": 3}, {"team": "United", "points": 1}]', encoding="utf-8")
    found = lookups.answer("how many points did rovers have?", read_table(path, path.name), "en")
    assert found is not None
    assert (found.values, found.code) == (("3",), "")


def test_the_answer_begins_with_the_value_and_says_how_it_was_read(tmp_path: Path) -> None:
    table_of(english.TABLES["matches"], tmp_path)
    analysis = analyse(
        {"path": str(tmp_path / "table.csv"), "name": "table.csv"},
        "when was the match against norway?",
        "en",
        lambda _: None,
    )
    value, reading = analysis.pieces
    assert value == "13 October 2013"
    assert reading == "Read as: “Date”, where “Opponent” is Norway (1 of 7 rows)."
    assert analysis.work is not None
    assert (analysis.work.rows_used, analysis.work.rows) == (1, 7)


def test_a_korean_answer_is_read_in_korean(tmp_path: Path) -> None:
    found = lookups.answer("데얀의 국적은 어디인가?", table_of(korean.TABLES["scorers"], tmp_path), "ko")
    assert found is not None
    assert found.pieces == ("몬테네그로", "이렇게 읽었습니다: “국적”의 값, 조건: “선수”: 데얀 (6행 중 1행).")


def test_the_command_answers_a_batch_and_prints_values(tmp_path: Path) -> None:
    table_of(english.TABLES["films"], tmp_path)
    batch = tmp_path / "batch.jsonl"
    line = {"id": 1, "file": "table.csv", "question": "who directed paper lanterns?"}
    batch.write_text(json.dumps(line), encoding="utf-8")
    out, errors = io.StringIO(), io.StringIO()
    assert run_batch(batch, out=out, errors=errors) == 0
    told = json.loads(out.getvalue())
    assert told["answer"] == "Ove Brand"
    assert "print(" in told["code"]
    out = io.StringIO()
    questions = ["who directed paper lanterns?", "how many films were released after 2000?"]
    assert run([str(tmp_path / "table.csv"), *questions], as_json=True, dump=None, out=out, errors=errors) == 0
    assert [one["value"] for one in json.loads(out.getvalue())["answers"]] == ["Ove Brand", 3]


def test_a_batch_tells_a_computed_value_alone_where_a_lookup_comes_to_the_same(tmp_path: Path) -> None:
    table_of(english.TABLES["bridges"], tmp_path)
    batch = tmp_path / "batch.jsonl"
    questions = ["how many rows where country = Italy?", "average length by country"]
    lines = [{"id": at, "file": "table.csv", "question": question} for at, question in enumerate(questions)]
    batch.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    out = io.StringIO()
    assert run_batch(batch, out=out, errors=io.StringIO()) == 0
    counted, grouped = (json.loads(line)["answer"] for line in out.getvalue().splitlines())
    assert counted == "2"
    assert len(grouped.splitlines()) > 1


def test_several_values_are_a_list(tmp_path: Path) -> None:
    table_of(english.TABLES["films"], tmp_path)
    out = io.StringIO()
    question = "besides ian moss, who directed a film after 2000?"
    assert run([str(tmp_path / "table.csv"), question], as_json=True, dump=None, out=out, errors=io.StringIO()) == 0
    assert json.loads(out.getvalue())["answers"][0]["value"] == ["Lena Fisk", "Paul Okoro"]


def test_a_sum_of_years_is_read_as_a_number_of_rows(tmp_path: Path) -> None:
    rows = "Season|Club|Goals\n2004|Rovers|3\n2005|Rovers|5\n2007|United|1\n"
    table = table_of(rows, tmp_path)
    summed = Query("aggregate", measures=("Season",), statistics=("sum",))
    found = lookups.instead_of(summed, "how many total seasons are listed?", table, "en")
    assert found is not None
    assert found.values == (3.0,)
    goals = Query("aggregate", measures=("Goals",), statistics=("sum",))
    assert lookups.instead_of(goals, "how many total goals are listed?", table, "en") is None


def test_what_the_strict_reading_leaves_out_is_looked_up(tmp_path: Path) -> None:
    table = table_of(korean.TABLES["squad"], tmp_path)
    counted = Query("count", filters=(Filter("국적", "in", ("일본",)),))
    found = lookups.instead_of(counted, "일본 국적 선수의 등번호는?", table, "ko")
    assert found is not None
    assert found.values == ("7",)
    assert lookups.instead_of(counted, "일본 국적 선수는 몇 명인가?", table, "ko") is None
    ranked = Query("top", measures=("득점",), groups=("국적",), limit=1, ascending=True)
    cell = lookups.instead_of(ranked, "득점이 가장 적은 선수의 국적은?", table, "ko")
    assert cell is not None
    assert cell.values == ("대한민국",)
    assert lookups.instead_of(ranked, "득점이 가장 적은 국적은?", table, "ko") is None


def test_a_word_that_is_in_no_name_is_not_asked_back_about(tmp_path: Path) -> None:
    table = table_of(english.TABLES["league"], tmp_path)
    unclear = Unclear("which_column", words=("who",), options=("Team", "City"))
    found = lookups.instead_of(unclear, "who had the most losses?", table, "en")
    assert found is not None
    assert found.values == ("Stonefield Wanderers",)
    assert lookups.instead_of(replace(unclear, words=("city",)), "who had the most losses?", table, "en") is None


def test_the_strict_reading_goes_first(tmp_path: Path) -> None:
    table = table_of(english.TABLES["league"], tmp_path)
    question = "how many points did quarry town have?"

    def left(query: Query | Unclear) -> bool:
        return lookups.instead_of(query, question, table, "en") is None

    assert left(Query("aggregate", measures=("Pts",), statistics=("mean",)))
    assert left(Query("top", groups=("City",), measures=("Pts",)))
    assert left(Unclear("which_column", ("gf",), ("GF", "GA")))
    assert not left(Unclear("which_column", ("quarry town",), ("Team", "City")))
    assert not left(Unclear("words"))
    assert not left(Query("preview"))
    assert not left(Query("top", groups=("Team",), measures=("Pts",), limit=1))


def test_the_file_is_only_read_anew_for_what_may_be_looked_up(tmp_path: Path) -> None:
    table = table_of(english.TABLES["league"], tmp_path)
    question = "how many points did quarry town have?"
    read_again = []

    def as_written() -> Table:
        read_again.append(question)
        return table

    computed = Query("aggregate", measures=("Pts",), statistics=("mean",))
    assert lookups.instead_of(computed, question, table, "en", as_written) is None and not read_again
    assert lookups.instead_of(Unclear("words"), question, table, "en", as_written) is not None and read_again


def test_statistics_of_a_single_cell_give_way_to_the_cell(tmp_path: Path) -> None:
    table = table_of(english.TABLES["matches"], tmp_path)
    bare = Query("aggregate", measures=("Attendance",), filters=(Filter("Opponent", "in", ("Italy",)),))
    one = lookups.instead_of(bare, "what was the attendance on 9 june 2012?", table, "en")
    assert one is not None
    assert one.values == ("14,980",)
    assert lookups.instead_of(bare, "what was the attendance against italy?", table, "en") is None


def test_a_large_table_is_left_to_the_strict_reading(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    rows = (f"player {number},{number % 7}" for number in range(25_000))
    path.write_text("\n".join(["Player,Goals", *rows]), encoding="utf-8")
    table = read_table(path, path.name)
    assert table.texts is None
    assert lookups.answer("how many goals did player 8 score?", table, "en") is None


def test_totals_and_empty_rows_are_not_counted(tmp_path: Path) -> None:
    rows = "Team|Wins\nRovers|3\nUnited|5\nTotal|8\n"
    found = lookups.answer("what is the total number of teams?", table_of(rows, tmp_path), "en")
    assert found is not None
    assert found.values == (2.0,)


RANKED = """\
순위|선수|득점
1|김민수|25
2|로베르토|21
2|마르코|12
4|이정훈|19
합계||77
"""


def test_a_place_among_rows_is_looked_up_rather_than_a_sum_of_places(tmp_path: Path) -> None:
    table = table_of(RANKED, tmp_path)
    place = Query("top", measures=("순위",), groups=("선수",), limit=1, rank=4)
    found = lookups.instead_of(place, "순위가 4위인 선수는?", table, "ko")
    assert found is not None and found.value == "이정훈"
    second = Query("top", measures=("득점",), groups=("선수",), limit=1, rank=2)
    found = lookups.instead_of(second, "득점이 두 번째로 많은 선수는?", table, "ko")
    assert found is not None and found.value == "로베르토"
    repeated = replace(second, groups=("순위",))
    assert lookups.instead_of(repeated, "득점이 두 번째로 많은 선수는?", table, "ko") is None


def test_the_total_of_named_rows_is_one_number_unless_they_are_compared(tmp_path: Path) -> None:
    table = table_of(english.TABLES["league"], tmp_path)
    question = "what is the total points of alder united and fc norrland?"
    named = Filter("Team", "in", ("Alder United", "FC Norrland"))
    summed = Query("aggregate", measures=("Pts",), statistics=("sum",), groups=("Team",), filters=(named,))
    found = lookups.instead_of(summed, question, table, "en")
    assert found is not None and found.value == 70
    assert lookups.instead_of(replace(summed, operation="difference"), question, table, "en") is None
    assert lookups.instead_of(replace(summed, filters=()), question, table, "en") is None
    by_city = replace(summed, groups=("City",), filters=(replace(named, column="City", operands=("Alder",)),))
    assert lookups.instead_of(by_city, question, table, "en") is None


def test_the_mean_of_named_rows_is_one_number(tmp_path: Path) -> None:
    table = table_of(english.TABLES["league"], tmp_path)
    named = Filter("Team", "in", ("Alder United", "FC Norrland"))
    mean = Query("aggregate", measures=("Pts",), statistics=("mean",), groups=("Team",), filters=(named,))
    found = lookups.instead_of(mean, "what is the average points of alder united and fc norrland?", table, "en")
    assert found is not None and found.value == 35


def test_shares_that_nobody_asks_for_are_read_anew(tmp_path: Path) -> None:
    table = table_of(english.TABLES["films"], tmp_path)
    named = Filter("Director", "in", ("Lena Fisk",))
    shared = Query("share", groups=("Title", "Director"), filters=(named,))
    found = lookups.instead_of(shared, "how many films were directed by lena fisk?", table, "en")
    assert found is not None and found.value == 3
    assert lookups.instead_of(shared, "what share of films did lena fisk direct?", table, "en") is None
    single = Query("share", groups=("Title",))
    found = lookups.instead_of(single, "which film has the highest gross?", table, "en")
    assert found is not None and found.value == "The Cartographer"


def test_groups_of_more_rows_than_the_table_has_are_read_anew(tmp_path: Path) -> None:
    table = table_of(english.TABLES["trams"], tmp_path)
    having = Having("distinct", "Price", "ge", 1_900_000.0)
    counted = Query("count", groups=("Country",), having=(having,))
    question = "how many tramways had a price of at least $1.9 million?"
    found = lookups.instead_of(counted, question, table, "en")
    assert found is not None and found.value == 2
    few = replace(counted, having=(replace(having, operand=2.0),))
    assert lookups.instead_of(few, question, table, "en") is None


def test_a_word_that_many_names_have_in_common_is_not_asked_back_about(tmp_path: Path) -> None:
    table = table_of(english.TABLES["league"], tmp_path)
    about_of = Unclear("which_column", words=("of",), options=("Pts", "GF"))
    found = lookups.instead_of(about_of, "what is the number of points of quarry town?", table, "en")
    assert found is not None and found.value == 28


def test_a_name_is_told_without_the_notes_below_it(tmp_path: Path) -> None:
    rows = "Model|Sold\nArc~previously Bow|3\nDelta~~Made of steel|5\nEdge~(light)|2\n"
    table = table_of(rows, tmp_path)
    told = [lookups.answer(f"which model sold {sold}?", table, "en") for sold in (3, 5, 2)]
    assert [found.value for found in told if found] == ["Arc", "Delta", "Edge"]
    alike = table_of("Model|Sold\nArc~(light)|3\nArc~(heavy)|5\n", tmp_path)
    found = lookups.answer("which model sold 3?", alike, "en")
    assert found is not None and found.value == "Arc (light)"
