"""The tables that an answer leaves to be taken away."""

from __future__ import annotations

import pytest

from chat.analyst.engine.computing import compute
from chat.analyst.queries import Query
from chat.analyst.tables import Table
from chat.analyst.telling.working import tables_of


@pytest.mark.parametrize("action", ["profile", "columns"])
@pytest.mark.parametrize(("language", "title", "words"), [("ko", "열 목록", "숫자"), ("en", "Columns", "number")])
def test_the_list_of_columns_is_in_the_readers_language(
    sales: Table, action: str, language: str, title: str, words: str
) -> None:
    query = Query(action)
    (table,) = tables_of(query, compute(query, sales), sales, language)
    kinds = [row[1] for row in table.rows]
    assert table.title == title
    assert words in kinds and ("number" in kinds) is (language == "en")
