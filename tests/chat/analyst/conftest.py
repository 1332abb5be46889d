"""Small files and tables for the analyst's tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from chat.analyst.engine.computing import Result, compute
from chat.analyst.queries import Query
from chat.analyst.reading import read_table
from chat.analyst.tables import Table
from chat.analyst.understanding.questions import understand
from tests.chat.analyst.exact_tables import FILES

SALES = """지역,제품,매출,수량,날짜
서울,노트북,1200,3,2024-01-05
부산,마우스,300,10,2024-01-20
서울,마우스,500,7,2024-02-03
대구,노트북,,2,2024-02-14
부산,키보드,800,4,2024-03-01
서울,키보드,200,1,2024-03-15
"""

ReadText = Callable[..., Table]


@pytest.fixture
def read(tmp_path: Path) -> ReadText:
    """Reads text or bytes as the file of this name."""

    def read_content(content: str | bytes, *, name: str = "data.csv", encoding: str = "utf-8") -> Table:
        path = tmp_path / "upload"
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return read_table(path, name)

    return read_content


@pytest.fixture
def sales(read: ReadText) -> Table:
    """Six sales with Korean columns in cp949, one without an amount."""
    return read(SALES, name="매출.csv", encoding="cp949")


@pytest.fixture
def ask(sales: Table) -> Callable[[str], Result]:
    """The result of a question about the sales that has to be understood."""

    def result_of(question: str) -> Result:
        query = understand(question, sales)
        assert isinstance(query, Query), query
        return compute(query, sales)

    return result_of


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[Table, Path]]:
    """The tables with exact answers by their names, each read from its file."""
    folder = tmp_path_factory.mktemp("tables")
    read = {}
    for name, (file, content) in FILES.items():
        path: Path = folder / file
        path.write_bytes(content)
        read[name] = (read_table(path, file), path)
    return read
