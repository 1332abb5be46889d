from __future__ import annotations

import pytest

from chat.contents import contents_of


@pytest.mark.parametrize(
    ("history", "contents"),
    [
        ([], ("new",)),
        ([("user", "q"), ("assistant", "a")], ("q", "a", "new")),
        # A question without answer text is left out whole.
        ([("user", "q"), ("assistant", "")], ("new",)),
        ([("user", "q1"), ("assistant", "a1"), ("user", "q2"), ("assistant", " \n")], ("q1", "a1", "new")),
        # Neighbours of one role are joined.
        ([("user", "q1"), ("user", "q2"), ("assistant", "a")], ("q1\n\nq2", "a", "new")),
        ([("user", "q"), ("assistant", "a1"), ("assistant", "a2")], ("q", "a1\n\na2", "new")),
        ([("user", "q"), ("assistant", "a"), ("user", "note")], ("q", "a", "note\n\nnew")),
        # An answer can't come first, and a system message has no place.
        ([("assistant", "hello"), ("user", "q"), ("assistant", "a")], ("q", "a", "new")),
        ([("system", "be kind"), ("user", "q"), ("system", "x"), ("assistant", "a")], ("q", "a", "new")),
        ([("user", "q"), ("assistant", "")] * 3 + [("user", "q9"), ("assistant", "a9")], ("q9", "a9", "new")),
    ],
)
def test_contents_hold_the_conversation_by_position(history, contents) -> None:
    assert contents_of(history, "new", count=20) == contents


def test_only_the_last_turns_go_along() -> None:
    history = [(role, f"{role}{number}") for number in range(10) for role in ("user", "assistant")]
    assert contents_of(history, "new", count=2) == ("user8", "assistant8", "user9", "assistant9", "new")
    assert contents_of(history, "new", count=0) == ("new",)


def test_an_odd_number_of_contents_ends_with_the_question_unchanged() -> None:
    history = [("user", "q"), ("assistant", "a")] * 30
    contents = contents_of(history, "  new\n", count=5)
    assert len(contents) % 2 == 1 and contents[-1] == "  new\n"
