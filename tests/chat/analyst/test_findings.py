"""A profile says what stands out and what is wrong, and nothing about an ordinary table."""

from __future__ import annotations

from collections.abc import Callable

from chat.analyst.engine.computing import compute
from chat.analyst.queries import Query
from chat.analyst.tables import Table
from chat.analyst.telling.answers import answer
from chat.analyst.telling.findings import outstanding, wrong

Read = Callable[..., Table]


def odd() -> str:
    """40 rows: an amount with one giant, its double, a value in nearly all rows, a month without rows, and more."""
    lines = ["날짜,종류,금액,두배,코드"]
    for number in range(40):
        month = number // 4 + 1 + (number >= 20)
        amount = 100000 if number == 30 else 100 + number % 7
        lines.append(
            f"2024-{month:02}-{number % 4 + 3:02},{'희귀' if number == 7 else '보통'},{amount},{2 * amount},"
            f"{'' if number == 5 else 'x' if number % 2 else number}"
        )
    return "\n".join([*lines, lines[-1]])


def test_what_stands_out_is_found(read: Read) -> None:
    found = {note.key: dict(note.values) for note in outstanding(read(odd()))}
    assert found["dominates"] == {"column": "종류", "value": "보통", "share": "98"}
    assert (found["skewed"]["side"], found["outliers"]["count"]) == ("right", 1)
    assert found["correlated"] == {"a": "금액", "b": "두배", "r": "1.00"}
    assert (found["gaps"]["count"], found["gaps"]["example"]) == (1, "2024-06")


def test_what_is_wrong_is_found(read: Read) -> None:
    found = {note.key: dict(note.values) for note in wrong(read(odd()))}
    assert found["missing"] == {"columns": "코드 2.4 %"}
    assert found["duplicates"] == {"count": 1}
    assert found["mixed"]["column"] == "코드"


def test_an_ordinary_table_has_nothing_to_say(read: Read) -> None:
    table = read("이름,값\n" + "".join(f"이름{number},{number}\n" for number in range(30)))
    assert outstanding(table) == wrong(table) == []


def test_profile_tells_what_was_found(read: Read) -> None:
    table = read(odd())
    for language, heading in (("ko", "### 눈에 띄는 점"), ("en", "### What stands out")):
        text = "\n\n".join(answer(Query("profile"), compute(Query("profile"), table), table, language))
        assert heading in text
        assert "보통" in text.split(heading)[1].split("###")[0]
