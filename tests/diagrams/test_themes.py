"""Colours that can be told apart and read."""

from __future__ import annotations

from itertools import combinations

import pytest

from cnnshape.diagrams.themes import (
    KIND_TITLES,
    LEAST_LINE_CONTRAST,
    LEAST_TEXT_CONTRAST,
    PALETTE,
    THEMES,
    contrast,
    mix,
    rgb,
)
from cnnshape.layers import registry

OKABE_ITO = {
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
}  # fmt: skip


def test_every_colour_is_of_the_palette_and_used_once():
    assert set(PALETTE.values()) <= OKABE_ITO
    assert len(set(PALETTE.values())) == len(PALETTE)


def test_every_kind_of_layer_has_a_title_for_the_legend():
    assert {layer.kind for layer in registry().values()} <= set(KIND_TITLES)
    assert set(PALETTE) <= set(KIND_TITLES)


@pytest.mark.parametrize("theme", THEMES.values(), ids=str)
def test_text_and_lines_can_be_read(theme):
    for ink in [*theme.kinds.values(), theme.grey]:
        assert contrast(ink.fill, ink.text) >= LEAST_TEXT_CONTRAST
        assert contrast(ink.line, theme.background) >= LEAST_LINE_CONTRAST
    for colour in (theme.text, theme.muted, theme.line, theme.skip):
        assert contrast(colour, theme.background) >= 4.5
    assert contrast(theme.text, theme.group) >= LEAST_TEXT_CONTRAST


@pytest.mark.parametrize("theme", THEMES.values(), ids=str)
def test_no_two_kinds_are_filled_alike(theme):
    fills = [ink.fill for ink in [*theme.kinds.values(), theme.grey]]
    for one, other in combinations(fills, 2):
        assert sum(abs(a - b) for a, b in zip(rgb(one), rgb(other), strict=True)) >= 12


def test_contrast_is_that_of_the_standard():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert mix("#FF0000", "#0000FF", 0.25) == "#4000BF"
