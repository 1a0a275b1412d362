"""SVG as text."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from cnnshape.diagrams import THEMES
from cnnshape.diagrams.svg import document, element, escape, group, number, text

HOSTILE = "</text><script>alert(1)</script> & \"quoted\" 'single' <!-- \x00\x1b ]]> \ud800"


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)


def test_numbers_are_short():
    assert [number(value) for value in (1, 1.5, 2.0049, -0.001, 1e6)] == [
        "1", "1.5", "2", "0", "1000000",
    ]  # fmt: skip


def test_attributes_are_named_as_svg_names_them():
    made = element("path", d="M0 0", stroke_width=1.25, class_="a", marker_end=None)
    assert made == '<path d="M0 0" stroke-width="1.25" class="a"/>'


def test_nothing_that_a_text_says_becomes_markup():
    made = parsed(text(HOSTILE, 1, 2, size=10, fill="#000000"))
    assert made.text == HOSTILE.replace("\x00", "\ufffd").replace("\x1b", "\ufffd").replace(
        "\ud800", "\ufffd"
    )
    assert list(made) == []
    assert parsed(element("g", data_name=HOSTILE)).attrib["data-name"].startswith("</text>")
    assert escape("a\nb\tc") == "a\nb c"


def test_a_tooltip_is_the_groups_title():
    made = parsed(group(element("rect", width=1), tooltip="a < b"))
    assert [child.tag for child in made] == ["title", "rect"]
    assert made[0].text == "a < b"


@pytest.mark.parametrize("theme", THEMES.values(), ids=str)
def test_a_document_says_what_it_is_and_how_large(theme):
    made = document(
        element("rect", width=1, height=1),
        width=100,
        height=50.5,
        title="A & B",
        description="two",
        theme=theme,
    )
    root = parsed(made.encode())
    names = {"s": "http://www.w3.org/2000/svg"}
    assert root.attrib["viewBox"] == "0 0 100 50.5"
    assert root.attrib["role"] == "img"
    assert root.find("s:title", names).text == "A & B"
    assert root.find("s:desc", names).text == "two"
    labels = root.attrib["aria-labelledby"].split()
    assert labels == [root.find(f"s:{tag}", names).attrib["id"] for tag in ("title", "desc")]
    assert root.find("s:rect", names).attrib["fill"] == theme.background
    assert "'Noto Sans CJK KR'" in root.attrib["font-family"]
