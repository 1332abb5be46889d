"""Decides which encoding a text is written in, and decodes it without losing a line."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import chardet

from chat.analyst.intake.letters import fit

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The same characters and more: what the smaller one can't decode, the larger one can.
_LARGER = {
    "euc-kr": "cp949",
    "euc_kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
_WESTERN = "àâäáåæçèéêëìíïñòóôöøùúüßÉÖÜÄÅØÇÑ€£°"
_FEW = 8
_FEW_KANJI = 16
_SELDOM = (
    "iso8859-3",
    "iso8859-4",
    "iso8859-10",
    "iso8859-13",
    "iso8859-14",
    "iso8859-16",
    "cp775",
    "cp86",
    "mac-latin2",
)
_OF_TWO_BYTES = (
    "gb18030",
    "gbk",
    "gb2312",
    "big5",
    "cp950",
    "big5hkscs",
    "euc_jp",
    "euc_jis_2004",
    "shift_jis",
    "cp932",
)
# Of one kind of system each, by how often they are met.
_FAMILIES = (
    ("cp1252", "cp1250", "iso8859-15", "iso8859-2", "cp1254", "cp1257", "cp1251", "koi8-r", "iso8859-5", "cp1253"),
    ("cp850", "cp437", "cp858", "cp852", "cp857", "cp866", "cp863", "cp865", "cp860", "cp861"),
    ("mac-roman", "mac-latin2", "mac-turkish", "mac-cyrillic", "mac-greek"),
)
_DOUBTFUL = 0.9
_HALF_KANA = 0.5
_WIDE = ("utf-16", "utf-32")
_MAINFRAME = ("cp037", "cp1026", "cp1140", "cp273", "cp424", "cp500", "cp875")
_SEPARATORS = bytes.maketrans(b"\x01\x02\x1c\x1d\x1e\x1f", b",,,,,,")
_SAMPLE = 1 << 20
_BLOCK = 1 << 22
_JUDGED = 1 << 17
_KEYBOARD = b"\x01\x02\t\n\v\f\r\x15\x1a\x1b\x1c\x1d\x1e\x1f"  # and those that separate fields and records


@dataclass(slots=True)
class Decoding:
    """How a file's bytes become text. `broken` collects the numbers of lines with invalid bytes, as they are met."""

    encoding: str
    broken: list[int] = field(default_factory=list)
    zeros: int = 0  # bytes of zero that were left out
    other: str = ""  # the encoding that lines invalid in the first one are written in, if there is one


def find_encoding(path: Path) -> str | None:
    """The Python name of the encoding of the text in `path`, or None when it isn't text."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    return _by_mark(sample) or _wide_without_mark(sample) or _narrow(path, sample)


def known(encoding: str) -> str | None:
    """The Python name of an encoding as people write it, or None when there is no such encoding."""
    try:
        found = codecs.lookup(encoding.strip())
    except (LookupError, ValueError):
        return None
    # Python's codecs are more than encodings: "hex" and "zip" decode no text.
    return found.name if found._is_text_encoding else None


def blocks_of(path: Path, decoding: Decoding, size: int = _BLOCK) -> Iterator[str]:
    """The text of a file in pieces of whole lines, about `size` bytes each, without the byte order mark.

    Invalid bytes become U+FFFD and zero bytes are left out; `decoding.broken` says on which lines.
    """
    if decoding.encoding.startswith(_WIDE) or decoding.encoding.startswith(("iso2022", "hz")):
        yield from _stateful_blocks(path, decoding, size)
        return
    line = 1
    rest = b""
    with path.open("rb") as file:
        if file.read(3) != codecs.BOM_UTF8:
            file.seek(0)
        while block := file.read(size):
            block = rest + block
            cut = max(block.rfind(b"\n"), block.rfind(b"\r", 0, len(block) - 1)) + 1
            rest = block[cut:]
            if cut:
                text = _decoded(block[:cut], decoding, line)
                line += _ends(text)
                yield text
    if rest:
        yield _decoded(rest, decoding, line)


def _ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _stateful_blocks(path: Path, decoding: Decoding, size: int) -> Iterator[str]:
    """Encodings in which a byte's meaning depends on those before it, or a line end takes more than a byte."""
    rest = ""
    line = 1
    with path.open(encoding=decoding.encoding, errors="replace", newline="") as file:
        while block := file.read(size):
            decoding.zeros += block.count("\0")
            block = rest + block.replace("\0", "").removeprefix("\ufeff")
            cut = max(block.rfind("\n"), block.rfind("\r", 0, len(block) - 1)) + 1
            rest, text = block[cut:], block[:cut]
            if text:
                _note_replaced(text, decoding, line)
                line += _ends(text)
                yield text
    if rest:
        _note_replaced(rest, decoding, line)
        yield rest


def _note_replaced(text: str, decoding: Decoding, line: int) -> None:
    if "\ufffd" in text:
        lines = re.split("\r\n|\r|\n", text)
        decoding.broken += [line + number for number, content in enumerate(lines) if "\ufffd" in content]


def _decoded(block: bytes, decoding: Decoding, line: int) -> str:
    if b"\0" in block:
        decoding.zeros += block.count(b"\0")
        block = block.replace(b"\0", b"")
    try:
        text = block.decode(decoding.encoding)
        # Mainframes end lines with a sign of their own.
        return text.replace("\x85", "\n") if decoding.encoding.startswith(_MAINFRAME) else text
    except UnicodeDecodeError:
        return "".join(_line_by_line(block, decoding, line))


def _line_by_line(block: bytes, decoding: Decoding, line: int) -> Iterator[str]:
    """A block with invalid bytes: only the lines that hold them are decoded otherwise."""
    for number, content in enumerate(block.splitlines(keepends=True)):
        try:
            yield content.decode(decoding.encoding)
        except UnicodeDecodeError:
            decoding.broken.append(line + number)
            yield _otherwise(content, decoding)


def _otherwise(content: bytes, decoding: Decoding) -> str:
    """A line in another encoding than the rest, as files that were put together from two have them."""
    if decoding.encoding in ("utf-8", "utf-8-sig"):
        decoding.other = decoding.other or _legacy(content) or ""
        try:
            return content.decode(decoding.other or "utf-8")
        except UnicodeDecodeError:
            pass
    return content.decode(decoding.encoding, errors="replace")


def _by_mark(sample: bytes) -> str | None:
    return next((name for bom, name in _BOMS if sample.startswith(bom)), None)


def _wide_without_mark(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 by the zero bytes of its separators and line ends, or by their places among other letters."""
    if b"\0" not in sample:
        return None
    for name, unit in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        text = sample[: len(sample) // unit * unit].decode(name, errors="replace")
        if text and _readable(text) and _has_ascii(text):
            return name
    return None


def _has_ascii(text: str) -> bool:
    """Separators, digits and line ends are ASCII in tables of every language; read the wrong way round they aren't."""
    return sum(character < "\x80" for character in text) >= len(text) / 50


def _readable(text: str) -> bool:
    bad = sum(
        character == "\ufffd"
        or (unicodedata.category(character) in ("Cn", "Co", "Cs", "Cc") and character not in "\t\r\n")
        for character in text[:20_000]
    )
    return bad <= min(len(text), 20_000) / 100


def _narrow(path: Path, sample: bytes) -> str | None:
    if _is_binary(sample):
        return None
    if _file_is_utf8(path):
        return _legacy(sample) if _escapes(sample) else "utf-8"
    return _legacy(_around_the_first_foreign_byte(path))


def _escapes(sample: bytes) -> bool:
    """ISO 2022 and HZ write other letters in ASCII bytes between marks."""
    return sample.isascii() and (b"\x1b$" in sample or b"\x1b(" in sample or b"~{" in sample)


def _file_is_utf8(path: Path) -> bool:
    """Whether a file is UTF-8, but for some lines that came in from elsewhere."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        with path.open("rb") as file:
            return _mostly_utf8(file.read(_SAMPLE))
    return True


def _mostly_utf8(sample: bytes) -> bool:
    """UTF-8's own sequences are hardly ever valid by chance: a few lines with other bytes don't make it another."""
    right = wrong = 0
    for line in sample.splitlines():
        if line.isascii():
            continue
        try:
            right += len(line.decode("utf-8")) > 0
        except UnicodeDecodeError:
            wrong += 1
    return right > 2 * wrong and right > 1


def _around_the_first_foreign_byte(path: Path) -> bytes:
    """A sample that has something to decide by: a file may begin with megabytes of ASCII."""
    position = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if not block.isascii():
                first = next(at for at, byte in enumerate(block) if byte > 127)
                file.seek(max(0, position + first - _JUDGED // 8))
                return _whole_lines(file.read(_SAMPLE), min(position + first, _JUDGED // 8))
            position += len(block)
    return b""


def _whole_lines(content: bytes, first: int) -> bytes:
    """A part of `content` from the line of its first foreign byte on (with the header, when it is near)."""
    start = 0 if first < _JUDGED // 2 else content.rfind(b"\n", 0, first) + 1
    end = content.rfind(b"\n", start, start + _JUDGED) + 1
    return content[start : end if end > first and len(content) > start + _JUDGED else start + _JUDGED]


def _legacy(sample: bytes) -> str | None:
    """The best of the encodings from before Unicode."""
    found = chardet.detect(sample.translate(_SEPARATORS), compat_names=False, max_bytes=_JUDGED)["encoding"]
    name = known(found) if found else None
    if name is None:
        return "cp1252" if sample else None
    if name not in ("cp949", "euc_kr") and _looks_korean(
        sample, sure=name == "johab", damaged=name not in _OF_TWO_BYTES
    ):
        name = "cp949"
    if name in ("gb18030", "gbk", "gb2312") and _decodes(sample, "euc_jp") and _looks_japanese(sample):
        name = "euc_jp"
    if name.startswith(_SELDOM) and _looks_western(sample):
        name = "cp1252"
    if name.startswith(_MAINFRAME) and _is_mostly_ascii(sample):
        name = "euc_jp" if _decodes(sample, "euc_jp") and _share(sample, "euc_jp", _is_kana) > _HALF_KANA else "cp1252"
    return _settled(_LARGER.get(name, name), sample)


def _settled(name: str, sample: bytes) -> str:
    """The encoding that was found, unless no language has the letters by it and one language has them by another.

    Half-width kana look like letters of other scripts in any order: by those they don't fit.
    """
    family = next((names for names in _FAMILIES if name in names), None)
    if family is None:
        return name
    as_found = fit(sample.decode(name, errors="replace"))
    if as_found == 1.0:
        return name
    for names in (family, *(others for others in _FAMILIES if others is not family)):
        better = next((one for one in names if fit(sample.decode(one, errors="replace")) == 1.0), None)
        if better:
            return better
        if as_found < _DOUBTFUL and _decodes(sample, "cp932") and _share(sample, "cp932", _is_kana) > _HALF_KANA:
            return "cp932"
    return name


def _is_kana(letter: str) -> bool:
    return "｡" <= letter <= "ﾟ" or "ぁ" <= letter <= "ヿ"


def _is_mostly_ascii(sample: bytes) -> bool:
    """Whether lines and signs are where ASCII has them, which mainframes' encodings have elsewhere."""
    return b"\n" in sample and sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in sample) > len(sample) / 3


def _looks_korean(sample: bytes, *, sure: bool, damaged: bool) -> bool:
    """A few Korean words: all letters beyond ASCII are among the 2,350 syllables of KS X 1001.

    With `sure` it is Korean anyway, in this or the other encoding of it. With `damaged` it is enough when most of them
    are and others are no letters at all.
    """
    share = _share(sample, "cp949", _is_common_syllable)
    if _share(sample, "johab", _is_common_syllable) > share:
        return False
    return sure or share > 0.85 or (damaged and share > 0.75 and not _decodes(sample, "cp949"))


def _looks_japanese(sample: bytes) -> bool:
    """Kana between the Kanji, or none of the lead bytes that a quarter of Chinese has and Japanese hardly ever."""
    if _share(sample, "euc_jp", lambda letter: "ぁ" <= letter <= "ヿ") > 0.03:
        return True
    leads = [pair[0] for pair in re.findall(rb"[\xb0-\xf7][\xa1-\xfe]", sample)]
    return len(leads) >= _FEW_KANJI and sum(lead >= 0xD0 for lead in leads) < 0.03 * len(leads)


def _looks_western(sample: bytes) -> bool:
    """Too few letters to tell by, and all of them what most of Western Europe writes most."""
    foreign = {bytes([byte]) for byte in sample if byte > 127}
    text = "".join(byte.decode("cp1252", errors="replace") for byte in foreign)
    return len(text) <= _FEW and all(letter in _WESTERN for letter in text)


def _share(sample: bytes, encoding: str, expected: Callable[[str], bool]) -> float:
    text = sample.decode(encoding, errors="replace")
    foreign = [letter for letter in text if letter > "\x7f" and (letter.isalpha() or letter == "\ufffd")]
    return sum(1 for letter in foreign if expected(letter)) / len(foreign) if foreign else 0.0


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_common_syllable(letter: str) -> bool:
    """Python's euc_kr spells the other syllables out in eight bytes."""
    return "가" <= letter <= "힣" and len(letter.encode("euc_kr", errors="ignore")) == 2


def _is_binary(sample: bytes) -> bool:
    """Whether too many bytes are nothing that anybody types: some zeros are a fault that texts have, many are not."""
    controls = sum(sample.count(byte) for byte in range(1, 32) if byte not in _KEYBOARD)
    return controls > len(sample) / 100 or sample.count(0) > len(sample) / 4
