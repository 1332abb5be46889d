from __future__ import annotations

import time
import uuid

from storage.identifiers import new_id


def test_ids_sort_by_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_is_a_uuid_of_version_7_with_the_time_in_front() -> None:
    before = time.time_ns() // 1_000_000
    parsed = uuid.UUID(hex=new_id())
    assert parsed.version == 7
    assert parsed.variant == uuid.RFC_4122
    assert before - 1 <= parsed.int >> 80 <= time.time_ns() // 1_000_000 + 1000
