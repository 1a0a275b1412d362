"""How wide a text is."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from cnnshape.diagrams._widths import BOLD, REGULAR, UNITS_PER_EM
from cnnshape.diagrams.export import FONTS
from cnnshape.diagrams.text import ASCENT, DESCENT, one_line, shorten, text_width, wrap


@pytest.mark.parametrize(("name", "widths"), [("Regular", REGULAR), ("Bold", BOLD)])
def test_the_widths_are_those_of_the_shipped_fonts(name, widths):
    font = TTFont(FONTS / f"LiberationSans-{name}.ttf")
    characters = font.getBestCmap()
    assert font["head"].unitsPerEm == UNITS_PER_EM
    assert font["hhea"].ascent / UNITS_PER_EM == pytest.approx(ASCENT, abs=0.001)
    assert -font["hhea"].descent / UNITS_PER_EM == pytest.approx(DESCENT, abs=0.001)
    assert len(widths) > 1000
    for character, width in widths.items():
        assert font["hmtx"][characters[ord(character)]][0] == width


def test_a_width_grows_with_the_size_and_the_weight():
    assert text_width("Conv2d", 20) == pytest.approx(2 * text_width("Conv2d", 10))
    assert text_width("Conv2d", 10, bold=True) > text_width("Conv2d", 10)
    assert text_width("", 10) == 0


def test_what_the_font_lacks_is_measured_on_the_safe_side():
    assert text_width("漢", 10) >= 10
    assert text_width("한", 10) >= 10
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert 5 <= text_width("⌊", 10) <= 10


def test_a_short_text_is_not_shortened_and_a_long_one_says_that_it_is():
    assert shorten("C1", 100, 10) == "C1"
    short = shorten("a very long name of a layer", 60, 10)
    assert short.endswith("…")
    assert text_width(short, 10) <= 60
    assert "a very long name of a layer".startswith(short[:-1])


def test_lines_break_between_words_and_within_what_has_none():
    text = "feature maps of the first convolution"
    lines = wrap(text, 80, 10)
    assert len(lines) > 1
    assert " ".join(lines) == text
    assert all(text_width(line, 10) <= 80 for line in lines)
    wide = wrap("特徴マップの大きさを計算する", 60, 10)
    assert "".join(wide) == "特徴マップの大きさを計算する"
    assert all(text_width(line, 10) <= 60 for line in wide)
    assert wrap("", 80, 10) == [""]
    assert wrap("WWW", 1, 10) == ["W", "W", "W"]


def test_line_breaks_in_a_name_become_spaces():
    assert one_line("a\n b\t\tc ") == "a b c"
