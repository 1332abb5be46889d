"""Questions of every kind become the query that computes them, or say what is not certain."""

from __future__ import annotations

from typing import Any

import pytest

from chat.analyst.queries import Query, Unclear
from chat.analyst.tables import Table
from chat.analyst.understanding.questions import understand
from tests.chat.analyst.understood_questions import (
    CAMPAIGN,
    FOLLOW_UPS,
    ORDERS,
    ORDERS_WITH_CUSTOMERS,
    SHOP,
    SHOP_WITH_PRODUCTS,
    STAFF,
    UNCLEAR,
)
from tests.chat.analyst.understood_tables import TABLES, table_called


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    """Every table by its name."""
    folder = tmp_path_factory.mktemp("tables")
    return {name: table_called(name, folder) for name in TABLES}


def _each(table: str, asked: list[tuple[Query, str]], others: tuple[str, ...] = ()) -> list[Any]:
    return [
        pytest.param(table, others, query, question.strip(), id=f"{table}: {question.strip()}")
        for query, questions in asked
        for question in questions.split("|")
    ]


ASKED = [
    *_each("shop", SHOP),
    *_each("campaign", CAMPAIGN),
    *_each("staff", STAFF),
    *_each("orders", ORDERS),
    *_each("orders", ORDERS_WITH_CUSTOMERS, ("customers",)),
    *_each("shop", SHOP_WITH_PRODUCTS, ("products",)),
]


@pytest.mark.parametrize(("table", "others", "query", "question"), ASKED)
def test_question_becomes_its_query(
    tables: dict[str, Table], table: str, others: tuple[str, ...], query: Query, question: str
) -> None:
    assert understand(question, tables[table], [tables[other] for other in others]) == query


@pytest.mark.parametrize(
    ("table", "conversation", "query"),
    [
        pytest.param(table, conversation, query, id=conversation.strip())
        for table, conversations, query in FOLLOW_UPS
        for conversation in conversations.split("||")
    ],
)
def test_question_goes_on_from_those_before(
    tables: dict[str, Table], table: str, conversation: str, query: Query
) -> None:
    *earlier, question = (part.strip() for part in conversation.split("|"))
    assert understand(question, tables[table], (), earlier) == query


@pytest.mark.parametrize(("table", "question", "unclear"), UNCLEAR, ids=[question for _, question, _ in UNCLEAR])
def test_what_is_not_certain_is_said(tables: dict[str, Table], table: str, question: str, unclear: Unclear) -> None:
    assert understand(question, tables[table]) == unclear


@pytest.mark.parametrize("question", ["그럼 2024년만?", "by month?", "as a chart", "부산은?"])
def test_follow_up_without_an_earlier_question_computes_nothing_of_it(tables: dict[str, Table], question: str) -> None:
    found = understand(question, tables["shop"], (), ["안녕하세요"])
    assert found == understand(question, tables["shop"])


def test_other_file_without_a_shared_key_is_not_joined(tables: dict[str, Table]) -> None:
    found = understand("average price by 공급사", tables["orders"], [tables["products"]])
    assert found == Unclear("needs_key")


def test_columns_of_the_question_s_own_file_come_first(tables: dict[str, Table]) -> None:
    found = understand("count by customer", tables["orders"], [tables["customers"]])
    assert found == Query("share", groups=("customer",))
