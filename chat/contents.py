"""A conversation as FabriX wants to be sent it."""

from __future__ import annotations

from collections.abc import Sequence


def contents_of(history: Sequence[tuple[str, str]], question: str, *, count: int) -> tuple[str, ...]:
    """FabriX's `contents`: user, answer, …, the new question, with `count` earlier turns at most.

    The position gives the role. So a question without answer text is left out with its empty answer, neighbours of
    one role are joined, and an answer can't come first.
    """
    line: list[tuple[str, str]] = []
    for role, content in (*history, ("user", question)):
        if role not in ("user", "assistant"):
            continue
        if not content.strip():
            if role == "assistant" and line and line[-1][0] == "user":
                line.pop()
        elif line and line[-1][0] == role:
            line[-1] = (role, f"{line[-1][1]}\n\n{content}")
        elif line or role == "user":
            line.append((role, content))
    return tuple(content for _, content in line[-(2 * count + 1) :])
