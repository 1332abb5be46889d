from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from chat.lanes import Lanes, Waiter


def waiter(user_id: int, *, interactive: bool = True, is_retry: bool = False) -> Waiter:
    return Waiter(user_id, 100, interactive, math.inf, is_retry)


def served(lanes: Lanes) -> list[Waiter]:
    """All in the order in which they are served, heads first."""
    found = []
    while (head := next(lanes.heads(), None)) is not None:
        lanes.serve(head)
        found.append(head)
    return found


def test_twenty_requests_of_one_person_delay_another_by_one_at_most() -> None:
    lanes = Lanes()
    for _ in range(20):
        lanes.join(waiter(1))
    late = waiter(2)
    lanes.join(late)
    assert served(lanes).index(late) <= 1


def test_the_round_goes_by_user() -> None:
    lanes = Lanes()
    for user_id in (1, 1, 1, 2, 2, 3):
        lanes.join(waiter(user_id))
    assert [each.user_id for each in served(lanes)] == [1, 2, 3, 1, 2, 1]


def test_people_go_before_programs() -> None:
    lanes = Lanes()
    for user_id, interactive in ((1, False), (2, False), (1, True), (3, True)):
        lanes.join(waiter(user_id, interactive=interactive))
    assert [(each.user_id, each.interactive) for each in served(lanes)] == [
        (1, True),
        (3, True),
        (1, False),
        (2, False),
    ]


def test_a_further_try_goes_before_the_same_users_new_turns() -> None:
    lanes = Lanes()
    lanes.join(waiter(1))
    again = waiter(1, is_retry=True)
    lanes.join(again)
    assert next(lanes.heads()) is again


def test_who_leaves_is_not_served() -> None:
    lanes = Lanes()
    gone, stays = waiter(1), waiter(1)
    lanes.join(gone)
    lanes.join(stays)
    lanes.leave(gone)
    assert served(lanes) == [stays] and len(lanes) == 0


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=30))
def test_the_order_that_is_shown_is_the_order_that_is_served(who: list[tuple[int, bool]]) -> None:
    lanes = Lanes()
    for user_id, interactive in who:
        lanes.join(waiter(user_id, interactive=interactive))
    assert list(lanes.in_order()) == served(lanes)
