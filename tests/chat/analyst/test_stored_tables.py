"""A table that was written beside its upload is the same when it is opened, and is asked where it lies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from chat.analyst.stored_tables import open_table, write_table
from chat.analyst.tables import ReadingFailed, Table

Read = Callable[..., Table]
MIXED = """A,a,날짜,값,빈
서울,1,2024-01-05,"1,200원",
부산,,2024-01-20,"300원",
서울,3,,"500원",
"""


@pytest.fixture
def kept(read: Read, tmp_path: Path) -> tuple[Table, Table]:
    """A table as it was read, and the same from its Parquet file."""
    table = read(MIXED, name="올해's.csv", encoding="cp949")
    write_table(table, tmp_path / "it's.parquet")
    return table, open_table(tmp_path / "it's.parquet", "올해's.csv")


def test_all_that_is_known_of_a_table_is_kept(kept: tuple[Table, Table]) -> None:
    before, after = kept
    assert [getattr(after, name) for name in ("columns", "name", "format", "encoding", "separator", "notes")] == [
        getattr(before, name) for name in ("columns", "name", "format", "encoding", "separator", "notes")
    ]


def test_the_rows_are_the_same(kept: tuple[Table, Table]) -> None:
    before, after = kept
    pd.testing.assert_frame_equal(before.frame, after.frame, check_dtype=False)
    pd.testing.assert_frame_equal(before.head(2), after.head(2), check_dtype=False)


def test_a_stored_table_is_asked_without_being_loaded(kept: tuple[Table, Table]) -> None:
    before, after = kept
    assert after.height == before.height == 3
    for name in before.names():
        assert set(after.distinct(name)) == set(before.distinct(name))
        assert after.is_unique(name) == before.is_unique(name)
        assert after.distinct_count(name) == before.distinct_count(name)
    assert "frame" not in vars(after)


def test_of_very_many_values_only_those_in_question_are_looked_at(kept: tuple[Table, Table]) -> None:
    for table in kept:
        assert set(table.values_among("A", set(), 2)) == {"서울", "부산"}
        assert table.values_among("A", {"부산", "it's"}, 1) == ["부산"]


def test_no_other_file_can_be_read(kept: tuple[Table, Table], tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a\n1\n")
    for table in kept:
        with pytest.raises(Exception, match="file system operations are disabled"):
            table.database.frame(f"SELECT * FROM read_csv('{(tmp_path / 'other.csv').as_posix()}')")


def test_a_file_that_is_no_stored_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(ReadingFailed):
        open_table(tmp_path / "x.parquet", "x.csv")


def test_values_asked_for_again_are_those_of_the_new_question(kept: tuple[Table, Table]) -> None:
    for table in kept:
        assert (
            sorted(table.values_among("A", set(), 5))
            == sorted(table.values_among("A", {"서울"}, 5))
            == ["부산", "서울"]
        )
        assert table.values_among("A", {"서울"}, 1) == ["서울"]
        assert table.values_among("A", {"부산"}, 1) == ["부산"]
