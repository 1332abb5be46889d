"""Charts as SVG carry the letters that they show."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont

from chat.analyst.telling.drawings import bars, svg_of
from chat.analyst.telling.svg import FONTS, with_font

TITLE = '지역별 매출 <합계> & "밖"'
CHART = bars(TITLE, [{"label": "서울", "size": 1}, {"label": "부산", "size": 2}], label="지역", size="매출")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawing() -> ElementTree.Element:
    return ElementTree.fromstring(svg_of(CHART))


def texts(drawing: ElementTree.Element) -> list[str]:
    return [item.text or "" for item in drawing.iter(f"{SVG}text")]


def test_the_texts_are_texts(drawing: ElementTree.Element) -> None:
    assert {TITLE, "서울", "부산", "지역"} <= set(texts(drawing))


def test_every_letter_goes_along_in_both_weights(drawing: ElementTree.Element) -> None:
    style = drawing.find(f"{SVG}style")
    assert style is not None and style.text
    faces = re.findall(r"font-weight:(\d+);src:url\(data:font/woff;base64,([^)]+)\)", style.text)
    assert [weight for weight, _ in faces] == ["400", "700"]
    for _, content in faces:
        with TTFont(BytesIO(base64.b64decode(content))) as font:
            assert set(map(ord, "".join(texts(drawing)))) <= font.getBestCmap().keys()


def test_a_program_without_the_typeface_finds_another_with_hangul(drawing: ElementTree.Element) -> None:
    families = {item.get("font-family", "") for item in drawing.iter(f"{SVG}text")}
    assert all(family.startswith("NanumSquare, Malgun Gothic,") for family in families)


def test_it_asks_for_nothing_from_elsewhere(drawing: ElementTree.Element) -> None:
    text = ElementTree.tostring(drawing, encoding="unicode")
    assert re.findall(r"https?://[^\"' ]+", re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)) == []
    assert "<script" not in text and "<image" not in text


def test_the_letters_are_those_of_the_typeface(drawing: ElementTree.Element) -> None:
    style = drawing.findtext(f"{SVG}style") or ""
    with TTFont(FONTS / "NanumSquareR.ttf") as whole, TTFont(_first_face(style)) as part:
        names, own = whole.getBestCmap(), part.getBestCmap()
        for code in own:
            expected, found = whole["glyf"][names[code]], part["glyf"][own[code]]
            assert found.getCoordinates(part["glyf"]) == expected.getCoordinates(whole["glyf"]), chr(code)
            assert part["hmtx"][own[code]] == whole["hmtx"][names[code]]
        assert part["name"].getDebugName(1) == whole["name"].getDebugName(1)


def test_letters_stand_as_close_as_in_the_typeface() -> None:
    svg = with_font('<svg xmlns="http://www.w3.org/2000/svg"><text>AVTo</text></svg>')
    with TTFont(FONTS / "NanumSquareR.ttf") as whole, TTFont(_first_face(svg)) as part:
        pair = [whole.getBestCmap()[ord(letter)] for letter in "AV"]
        own = [part.getBestCmap()[ord(letter)] for letter in "AV"]
        distance = whole["kern"].kernTables[0].kernTable[tuple(pair)]
        assert distance < 0 and part["kern"].kernTables[0].kernTable[tuple(own)] == distance
        assert len(part["kern"].kernTables[0].kernTable) < len(whole["kern"].kernTables[0].kernTable)


@pytest.mark.parametrize("text", ["", "\U0001f600", "漢"])
def test_letters_that_the_typeface_lacks_are_left_to_others(text: str) -> None:
    svg = with_font(f'<svg xmlns="http://www.w3.org/2000/svg"><text>{text}</text></svg>')
    with TTFont(FONTS / "NanumSquareR.ttf") as whole, TTFont(_first_face(svg)) as part:
        assert set(part.getBestCmap() or {}) == set(map(ord, text)) & set(whole.getBestCmap())


def _first_face(style: str) -> BytesIO:
    found = re.search(r"base64,([^)]+)\)", style)
    assert found
    return BytesIO(base64.b64decode(found[1]))
