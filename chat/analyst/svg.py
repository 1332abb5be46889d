"""Makes a drawing of ours whole: the letters of its typeface go along, so that Hangul shows wherever it is opened."""

from __future__ import annotations

import base64
import re
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path

from fontTools import subset

FONTS = Path(__file__).with_name("fonts")
FAMILY = "NanumSquare"
# Weights of CSS with their files.
_FACES = {400: "NanumSquareR.ttf", 700: "NanumSquareB.ttf"}


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
    options = subset.Options(flavor="woff", layout_features=["kern"], notdef_outline=True)
    font = subset.load_font(BytesIO(_bytes(file)), options)
    chosen = subset.Subsetter(options)
    chosen.populate(text=letters)
    chosen.subset(font)
    file_of_letters = BytesIO()
    subset.save_font(font, file_of_letters, options)
    return base64.b64encode(file_of_letters.getvalue()).decode()


@cache
def _bytes(file: str) -> bytes:
    return (FONTS / file).read_bytes()
