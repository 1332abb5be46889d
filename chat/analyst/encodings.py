"""Decides which encoding a text file is written in."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 20
_BLOCK = 1 << 22


def find_encoding(path: Path) -> str | None:
    """The Python name of the encoding of the text in `path`, or None when it isn't text."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return name
    if b"\0" in sample:
        return _utf16_without_mark(sample)
    if decodes(path, "utf-8"):
        return "utf-8"
    return _legacy(_around_the_first_foreign_byte(path))


def decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file is valid in `encoding`."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(sample: bytes) -> str | None:
    """UTF-16 by the zero bytes of its digits and separators, which stand on one side only."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 20 * min(even, odd) or max(even, odd) < len(sample) / 50:
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = sample[: len(sample) // 2 * 2].decode(name, errors="replace")
    return name if _readable(text) else None


def _readable(text: str) -> bool:
    bad = sum(character == "\ufffd" or unicodedata.category(character) in ("Cn", "Co") for character in text)
    return bad <= len(text) / 100


def _around_the_first_foreign_byte(path: Path) -> bytes:
    """A sample that has something to decide by: a file may begin with megabytes of ASCII."""
    with path.open("rb") as file:
        while line := file.readline(_BLOCK):
            if not line.isascii():
                return line + file.read(_SAMPLE)
    return b""


def _legacy(sample: bytes) -> str | None:
    """The best of the encodings from before Unicode; Korean first when equal."""
    if _control_characters(sample) > len(sample) / 100:
        return None
    scores = {name: _score(sample, name, expected) for name, expected in _EXPECTED.items()}
    scores["cp1252"] *= _alone(sample)
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0.3 else "cp1252"


def _control_characters(sample: bytes) -> int:
    return sum(sample.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\v\x1a\x1b")


def _score(sample: bytes, encoding: str, expected: Callable[[str], float]) -> float:
    """How much of the non-ASCII text is what people write in this encoding; broken bytes count against it."""
    text = sample.decode(encoding, errors="replace")
    foreign = [character for character in text[:-1] if not character.isascii()]
    if not foreign:
        return 0.0
    broken = foreign.count("\ufffd") / len(foreign)
    return sum(map(expected, foreign)) / len(foreign) - broken


def _alone(sample: bytes) -> float:
    """The share of the foreign bytes that have no foreign byte beside them: nearly all in Western text, else none."""
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", sample)]
    return sum(1 for run in runs if run == 1) / max(sum(runs), 1)


def _korean(character: str) -> float:
    """The 2,350 syllables of KS X 1001 are nearly all of modern Korean; Hanja are rare in it."""
    if "가" <= character <= "힣":
        return 1.0 if _encodable(character, "euc_kr") else 0.0
    return 0.3 if _encodable(character, "euc_kr") else 0.0


def _japanese(character: str) -> float:
    if "ぁ" <= character <= "ヿ":
        return 1.1
    if "ｦ" <= character <= "ﾟ":  # half-width kana are what Korean bytes look like in Shift JIS
        return 0.3
    return 0.75 if "一" <= character <= "鿿" else 0.3


def _chinese(character: str) -> float:
    """GB 2312's first level, the 3,755 common characters, has the lead bytes B0 to D7."""
    if not "一" <= character <= "鿿" or not _encodable(character, "gb2312"):
        return 0.0
    return 0.95 if character.encode("gb2312")[0] <= 0xD7 else 0.2


def _latin(character: str) -> float:
    """Text in two-byte encodings reads as many capitals and signs."""
    if not character.isalpha():
        return 0.4
    return 0.9 if character.islower() else 0.6


def _encodable(character: str, encoding: str) -> bool:
    try:
        return len(character.encode(encoding)) == 2  # Python's euc_kr spells rare syllables out in eight bytes
    except UnicodeEncodeError:
        return False


_EXPECTED: dict[str, Callable[[str], float]] = {
    "cp949": _korean,
    "cp932": _japanese,
    "gb18030": _chinese,
    "cp1252": _latin,
}
