"""Tables with every kind of damage that open data are known for are read as if nothing had happened to them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from chat.analyst.reading import take_in
from chat.analyst.tables import ReadingFailed
from tests.chat.analyst.intake.damages import TABLES, Damaged, Rows, damaged_files

FILES = [case for name in TABLES for case in damaged_files(name, every=10_000)]


def rows_of(path: Path, case: Damaged) -> Rows:
    path.write_bytes(case.content)
    try:
        raw = take_in(path, "table.csv").raw
    except ReadingFailed as failure:
        assert failure.reason == "empty"
        return []
    assert raw is not None
    body = [[cell or "" for cell in row] for row in zip(*[column.to_pylist() for column in raw.columns], strict=True)]
    header = raw.header()
    return body if header is None else [header, *body]


@pytest.mark.parametrize("case", [case for case in FILES if case.kind == "file"], ids=lambda case: case.name)
def test_damages_of_the_whole_file_are_undone(tmp_path: Path, case: Damaged) -> None:
    assert rows_of(tmp_path / "file", case) == case.expected


@pytest.mark.parametrize("name", TABLES)
def test_damages_of_a_row_are_undone_without_harm_to_the_others(tmp_path: Path, name: str) -> None:
    whole: Counter[str] = Counter()
    cases = [case for case in damaged_files(name, every=17) if case.kind != "file"]
    for case in cases:
        got = rows_of(tmp_path / "file", case)
        others = sum(one == other for one, other in zip(got, case.expected, strict=False))
        assert (len(got), others) >= (len(case.expected), len(case.expected) - 1), case.name
        whole[case.kind] += got == case.expected
    assert whole["lost delimiter"] >= 0.85 * Counter(case.kind for case in cases)["lost delimiter"]
    for kind in ("added delimiter", "stray quote", "row by blanks", "row by semicolons", "row by apostrophes"):
        assert whole[kind] == Counter(case.kind for case in cases)[kind], kind
