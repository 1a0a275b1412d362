"""What stands above and below a drawing."""

from __future__ import annotations

import re

import pytest

from cnnshape import loads
from cnnshape.diagrams.caption import (
    TEXT_SIZE,
    TITLE_SIZE,
    WIDER,
    heading,
    legend_kinds,
    paragraph,
)
from cnnshape.diagrams.text import text_width
from cnnshape.diagrams.themes import THEMES

TEXT = "Maps are drawn to scale. The length of a vector follows the number of its elements. " * 3


@pytest.mark.parametrize("width", [200, 315, 838])
def test_no_line_is_cut_where_a_wider_font_is_used(width: int) -> None:
    network = loads(f"name: {'A network with a long name ' * 3}\ninput: [1, 8, 8]\nlayers: [ReLU]")
    for markup, size, bold in (
        (paragraph(TEXT, width, THEMES["light"]).markup, TEXT_SIZE, False),
        (heading(network, width, THEMES["light"]).markup, TITLE_SIZE, True),
    ):
        lines = [
            line
            for written, line in re.findall(r'font-size="(\d+)"[^>]*>([^<]+)</text>', markup)
            if float(written) == size
        ]
        assert len(lines) >= 1
        assert max(text_width(line, size, bold=bold) for line in lines) * WIDER <= width


def test_a_legend_has_every_kind_in_one_order() -> None:
    kinds = {"zigzag", "dropout", "linear", "a kind\nof my own", "convolution"}
    assert legend_kinds(kinds) == (
        ["convolution", "linear"],
        ["Dropout", "a kind of my own", "zigzag"],
    )
