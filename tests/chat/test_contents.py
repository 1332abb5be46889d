from __future__ import annotations

import pytest

from chat.contents import Context, Room, contents_of, context_of

ENOUGH = Room(20, 10_000)


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
    assert contents_of(history, "new", ENOUGH) == contents


def test_only_the_last_turns_go_along() -> None:
    history = [(role, f"{role}{number}") for number in range(10) for role in ("user", "assistant")]
    assert contents_of(history, "new", Room(2, 10_000)) == ("user8", "assistant8", "user9", "assistant9", "new")
    assert contents_of(history, "new", Room(0, 10_000)) == ("new",)


def test_an_odd_number_of_contents_ends_with_the_question_unchanged() -> None:
    history = [("user", "q"), ("assistant", "a")] * 30
    contents = contents_of(history, "  new\n", Room(5, 10_000))
    assert len(contents) % 2 == 1 and contents[-1] == "  new\n"


# Each of these texts weighs 100 tokens.
LONG = [("user", "q" * 400), ("assistant", "a" * 400)]


def test_the_oldest_turns_are_left_out_for_which_there_are_no_tokens() -> None:
    history = [("user", "first"), ("assistant", "answer"), *LONG, *LONG]
    assert contents_of(history, "new", Room(20, 401)) == (*(text for _, text in LONG + LONG), "new")
    assert contents_of(history, "new", Room(20, 400)) == (*(text for _, text in LONG), "new")
    assert contents_of(history, "new", Room(20, 404))[0] == "first"


def test_a_question_that_is_larger_than_the_room_goes_alone_and_whole() -> None:
    assert contents_of(LONG, "x" * 4000, Room(20, 500)) == ("x" * 4000,)


def test_a_turn_that_would_fit_stays_out_where_a_newer_one_does_not() -> None:
    history = [("user", "small"), ("assistant", "small"), ("user", "q" * 4000), ("assistant", "a")]
    assert contents_of(history, "new", Room(20, 500)) == ("new",)


def test_the_context_says_what_will_be_left_out() -> None:
    history = [("user", "first"), ("assistant", "answer"), ("system", "x"), *LONG]
    assert context_of([], ENOUGH) == Context(None, 0)
    assert context_of(history, ENOUGH) == Context(None, 203)
    assert context_of(history, Room(20, 200)) == Context(1, 200)
    assert context_of(history, Room(1, 10_000)) == Context(1, 200)
    assert context_of(history, Room(20, 199)) == Context(4, 0)
    assert context_of(history, Room(0, 10_000)) == Context(4, 0)


def test_a_question_that_was_never_answered_goes_along_with_the_next() -> None:
    assert context_of([*LONG, ("user", "note")], ENOUGH) == Context(None, 201)
    assert context_of([*LONG, ("user", "n" * 400)], Room(20, 299)) == Context(1, 100)
