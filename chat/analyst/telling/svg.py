"""Makes a drawing of ours whole: the letters of its typeface go along, so that Hangul shows wherever it is opened."""

from __future__ import annotations

import base64
import re
from copy import copy
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.ttLib.tables._k_e_r_n import KernTable_format_0

FONTS = Path(__file__).with_name("fonts")
FAMILY = "NanumSquare"
# Weights of CSS with their files.
_FACES = {400: "NanumSquareR.ttf", 700: "NanumSquareB.ttf"}
_WINDOWS = 3  # the platform whose codes and names every program reads
_LAST_NAME = 6  # of those that say what a typeface is called and whose it is


def with_font(svg: str) -> str:
    """The same drawing with the letters that it uses, in both weights."""
    letters = "".join(sorted(set(unescape("".join(re.findall(r">([^<]+)<", svg))))))
    faces = "".join(
        f"@font-face{{font-family:{FAMILY};font-weight:{weight};src:url(data:font/woff;base64,{_face(file, letters)})}}"
        for weight, file in _FACES.items()
    )
    begin = svg.index(">", svg.index("<svg")) + 1
    return f"{svg[:begin]}<style>{faces}</style>{svg[begin:]}"


def _face(file: str, letters: str) -> str:
    """Those letters of a typeface, in base64."""
    whole = _typeface(file)
    known = whole.getBestCmap()
    codes = {ord(letter): known[ord(letter)] for letter in letters if ord(letter) in known}
    names = _with_components(whole, {whole.getGlyphName(0), *codes.values()})
    font = TTFont(recalcTimestamp=False)
    font.flavor = "woff"
    font.setGlyphOrder(names)
    for tag in ("head", "hhea", "maxp", "OS/2", "name", "post", "gasp"):
        font[tag] = copy(whole[tag])
    font["name"].names = [one for one in whole["name"].names if one.nameID <= _LAST_NAME and one.platformID == _WINDOWS]
    font["cmap"] = newTable("cmap")
    font["cmap"].tableVersion = 0
    font["cmap"].tables = [_code_table(codes)]
    font["glyf"] = newTable("glyf")
    font["glyf"].glyphOrder = names
    font["glyf"].glyphs = {name: whole["glyf"][name] for name in names}
    font["loca"] = newTable("loca")
    font["hmtx"] = newTable("hmtx")
    font["hmtx"].metrics = {name: whole["hmtx"][name] for name in names}
    font["kern"] = newTable("kern")
    font["kern"].version = 0
    font["kern"].kernTables = [_kerned(pairs, set(names)) for pairs in whole["kern"].kernTables]
    file_of_letters = BytesIO()
    font.save(file_of_letters)
    return base64.b64encode(file_of_letters.getvalue()).decode()


def _with_components(font: TTFont, names: set[str]) -> list[str]:
    """Letters with the parts that they are made of, in the font's order."""
    found: set[str] = set()
    while names:
        found |= names
        names = {part for name in names for part in font["glyf"][name].getComponentNames(font["glyf"])} - found
    return sorted(found, key=font.getGlyphID)


def _code_table(codes: dict[int, str]) -> CmapSubtable:
    table = CmapSubtable.newSubtable(12 if max(codes, default=0) > 0xFFFF else 4)
    table.platformID, table.platEncID, table.language = _WINDOWS, 10 if table.format == 12 else 1, 0
    table.cmap = codes
    return table


def _kerned(pairs: KernTable_format_0, names: set[str]) -> KernTable_format_0:
    """How much closer two of these letters stand."""
    kept = copy(pairs)
    kept.kernTable = {pair: value for pair, value in pairs.kernTable.items() if names.issuperset(pair)}
    return kept


@cache
def _typeface(file: str) -> TTFont:
    """A whole typeface, whose letters are only parsed when they are needed."""
    font = TTFont(BytesIO((FONTS / file).read_bytes()), lazy=True)
    font.setGlyphOrder([f"g{number}" for number in range(font["maxp"].numGlyphs)])  # the file's are slow to make
    return font
