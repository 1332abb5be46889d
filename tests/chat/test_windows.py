from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from chat.windows import Entry, Window


def test_an_entry_counts_for_its_seconds_and_not_a_moment_longer() -> None:
    window = Window(10, 60.0)
    window.add(10, 5.0)
    assert not window.fits(1, 64.999)
    assert window.fits(10, 65.0)


def test_what_is_given_back_fits_at_once() -> None:
    window = Window(10, 60.0)
    entry = window.add(10, 0.0)
    window.change(entry, 4, 1.0)
    assert window.fits(6, 1.0) and not window.fits(7, 1.0)


def test_correcting_what_has_left_changes_nothing() -> None:
    window = Window(10, 60.0)
    entry = window.add(3, 0.0)
    window.change(entry, 9, 60.0)
    assert window.total(60.0) == 0


def test_what_is_larger_than_the_limit_never_fits() -> None:
    assert Window(10, 60.0).first_fit(11, 0.0) == math.inf


steps = st.lists(
    st.tuples(
        st.integers(0, 25),  # seconds that pass
        st.sampled_from(["add", "change"]),
        st.integers(0, 12),  # the amount
        st.integers(0, 50),  # which entry
    ),
    max_size=40,
)


@given(steps, st.integers(1, 12))
def test_it_is_exact(steps: list[tuple[int, str, int, int]], wanted: int) -> None:
    """Held against the plain sum over all that was ever spent."""
    window, now = Window(12, 60.0), 0.0
    entries: list[Entry] = []
    model: list[list[float]] = []

    def spent(at: float) -> float:
        return sum(amount for time, amount in model if time <= at < time + 60)

    for passed, what, amount, which in steps:
        now += passed
        if what == "add":
            entries.append(window.add(amount, now))
            model.append([now, amount])
        elif entries:
            window.change(entries[which % len(entries)], amount, now)
            model[which % len(entries)][1] = amount
        assert window.total(now) == spent(now)
        times = [now, *sorted(time + 60 for time, _ in model if time + 60 > now)]
        first = next(at for at in times if spent(at) + wanted <= 12)
        assert window.first_fit(wanted, now) == window.outlook(now)(wanted) == first
