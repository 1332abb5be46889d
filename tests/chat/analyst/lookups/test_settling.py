"""What is answered although several columns fit a word, and what is asked back all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.analyst import lookups
from chat.analyst.queries import Unclear
from tests.chat.analyst.lookups.test_questions import table_of

BRANCHES = """\
Branch|Manager|Sales amount|Refund amount|Start price|End price|City
North|Kim|100|5|10|12|Umbra
South|Lee|300|9|11|14|Alder
East|Park|200|2|9|20|Umbra
West|Choi|250|12|8|11|Stonefield
"""
AMOUNT = Unclear("which_column", ("amount",), ("Sales amount", "Refund amount"))
PRICE = Unclear("which_column", ("price",), ("Start price", "End price"))
CITIES = Unclear("which_value_column", ("umbra",), ("Manager", "City"))


@pytest.mark.parametrize(
    ("query", "question", "value"),
    [
        (PRICE, "which manager has the lowest price?", "Choi"),
        (PRICE, "which branch has the lowest end price?", "West"),
        (PRICE, "what is the end price of south?", 14),
        (CITIES, "which manager is from stonefield?", "Choi"),
        (Unclear("which_column", (), ("Sales amount",)), "what is the last branch on the list?", "West"),
    ],
)
def test_a_question_that_leaves_one_value_is_answered(
    query: Unclear, question: str, value: object, tmp_path: Path
) -> None:
    found = lookups.instead_of(query, question, table_of(BRANCHES, tmp_path), "en")
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("query", "question"),
    [
        (AMOUNT, "which branch has the highest amount?"),
        (AMOUNT, "what is the amount of north?"),
        (AMOUNT, "how many branches have an amount over 100?"),
        (PRICE, "what is the price of east?"),
        (PRICE, "which city has the lowest price?"),
        (Unclear("which_column", ("manager",), ("Manager", "City")), "what is the last branch on the list?"),
        (Unclear("which_column", ("price",), ("Net price",)), "what is the end price of south?"),
        (Unclear("which_column"), "what is the end price of south?"),
        (Unclear("too_hard", ("why",)), "what is the end price of south?"),
    ],
)
def test_columns_that_lead_to_different_values_are_asked_back(query: Unclear, question: str, tmp_path: Path) -> None:
    assert lookups.instead_of(query, question, table_of(BRANCHES, tmp_path), "en") is None
