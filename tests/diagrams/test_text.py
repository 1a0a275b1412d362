"""How wide a text is."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from cnnshape.diagrams._widths import BOLD, REGULAR, UNITS_PER_EM
from cnnshape.diagrams.export import FONTS
from cnnshape.diagrams.text import (
    ASCENT,
    DESCENT,
    name_lines,
    name_pieces,
    one_line,
    shorten,
    shorten_name,
    text_width,
    wrap,
)


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


def test_of_a_long_name_beginning_and_end_are_kept_at_its_words() -> None:
    assert shorten_name("conv1", 100, 10) == "conv1"
    short = shorten_name("encoder_first_stage_before_attention", 120, 10)
    assert text_width(short, 10) <= 120
    head, tail = short.split("…")
    assert head in ("encoder_", "encoder_first_", "")
    assert tail.endswith("before_attention")
    for name in ("x" * 90, "층" * 40, "", "…", "A" * 50, "a.b" * 50):
        assert text_width(shorten_name(name, 50, 10), 10) <= 50


def test_names_that_begin_alike_stay_different_in_a_few_lines() -> None:
    common = "encoder_first_stage_residual_connection_"
    found = [
        name_lines(name_pieces(f"{common}{end}"), 60, 10, 2)
        for end in ("before_attention", "after_attention")
    ]
    assert found == [["…before_", "attention"], ["…after_", "attention"]]


def test_a_name_is_broken_within_a_word_only_where_it_has_no_other_place() -> None:
    assert wrap("MixedDepthwiseConvolution", 60, 10) == ["Mixed", "Depthwise", "Convolution"]
    assert wrap("stage_one_projection", 50, 10) == ["stage_", "one_", "projection"]


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
