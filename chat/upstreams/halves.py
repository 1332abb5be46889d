"""Characters that a server cut in two: JSON escapes of UTF-16 surrogates that arrive in different frames."""

from __future__ import annotations


class Halves:
    """Joins the pieces of one text: keeps a first half back until the piece with the second comes."""

    def __init__(self) -> None:
        self._first = ""

    def join(self, piece: str) -> str:
        """`piece` as it can be stored, with the half that the last one ended in; "" if only a half is there."""
        if not self._first and is_whole(piece):
            return piece
        piece = self._first + piece
        self._first = piece[-1] if "\ud800" <= piece[-1] <= "\udbff" else ""
        return without_halves(piece[:-1] if self._first else piece)


def is_whole(text: str) -> bool:
    """Whether no surrogate stands in `text`; nothing can store or send one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def without_halves(text: str) -> str:
    """`text` with its surrogate pairs joined and its lone surrogates as U+FFFD."""
    if is_whole(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
