"""What is mended, set aside or left out of an ugly file is told on its card, with the lines where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.analyst.reading import read

UGLY = Path(__file__).parents[1] / "ugly"


@pytest.mark.parametrize(
    ("file", "key", "values"),
    [
        ("first_row_cut_off.csv", "short_rows", {"count": 1, "lines": "2"}),
        ("separator_lost_between_digits.csv", "cells_together", {"count": 1, "lines": "6"}),
        ("separator_lost_at_empty_cell.csv", "split_cells", {"count": 1, "lines": "9"}),
        ("narrower_table_below.csv", "other_tables", {"line": 6, "count": 3}),
        ("quotes_not_doubled_over_lines.csv", "open_quotes", {"count": 2, "lines": "2, 5"}),
        ("side_by_side.xlsx", "tables_beside", {"count": 1, "names": "Name, Grade"}),
        ("numbered_columns.xlsx", "preamble", {"count": 1, "text": "(1) (2) (3)", "lines": "2"}),
        ("never_computed.xlsx", "uncomputed", {"count": 3, "lines": "2–4"}),
        (
            "below_keys.json",
            "records_at",
            {"path": "response.body.items.item", "count": 2, "names": "response.body.totalCount, response.header"},
        ),
    ],
)
def test_what_was_done_is_told(file: str, key: str, values: dict[str, object]) -> None:
    notes = {note.key: dict(note.values) for note in read(UGLY / file, file).card.notes}
    assert notes[key] == values
