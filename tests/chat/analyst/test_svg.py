"""Charts as SVG carry the letters that they show."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont

from chat.analyst.drawings import bars, svg_of

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
