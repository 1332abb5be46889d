"""What cells of an encyclopedia's tables say."""

from __future__ import annotations

import pytest

from chat.analyst.lookups.cells import fold, moment, number, says, stem, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234", 1234.0),
        ("$12.5 million", 12_500_000.0),
        ("3–1", 3.0),
        ("2:14.5", 134.5),
        ("1:02:03", 3723.0),
        ("1st", 1.0),
        ("−4.5", -4.5),
        ("1 006 422", 1_006_422.0),
        ("14,505 ft\n4421 m", 14_505.0),
        ("3만", 30_000.0),
        ("T-8", 8.0),
        ("(12)", 12.0),
        ("6'3\"", 6.25),
        ("5 ft 6 in", 5.5),
        ("12 ft (3.7 m)", 12.0),
        ("none", None),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, expected: float | None) -> None:
    assert number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13 November 1993", (1993, 11, 13)),
        ("November 13, 1993", (1993, 11, 13)),
        ("Dec 21", (0, 12, 21)),
        ("1999–2000", (1999, 0, 0)),
        ("2010-03-05", (2010, 3, 5)),
        ("1990년 3월 2일", (1990, 3, 2)),
        ("3월 2일", (0, 3, 2)),
        ("25/12/2001", (2001, 12, 25)),
        ("12,467", None),
        ("soon", None),
    ],
)
def test_a_day_is_read_in_many_forms(text: str, expected: tuple[int, int, int] | None) -> None:
    assert moment(text) == expected


def test_a_value_may_be_one_of_several_things_in_a_cell() -> None:
    assert says("Bangkok, Thailand", "thailand", True)
    assert says("Rovers (OT)†", "rovers", True)
    assert not says("Wanderers of the North", "north", True)
    assert says("Wanderers of the North", "north", False)


def test_words_leave_accents_plurals_and_marks_aside() -> None:
    assert fold("Málaga CF†[1]") == "malaga cf"
    assert words("The Cities’ 1,935 votes") == ["the", "city", "1935", "vote"]
    assert stem("class") == "class"
