"""What is written under a volume."""

from __future__ import annotations

import pytest

from cnnshape.diagrams.text import marked_pieces, name_lines, text_width
from cnnshape.diagrams.volumes.labels import NAME_LINES, NAME_SIZE, NAME_WIDTH, label

from ..nets import network
from .drawn import placed


def fitted(name: str) -> list[str]:
    return name_lines(marked_pieces(name), NAME_WIDTH, NAME_SIZE, NAME_LINES)


def test_a_short_name_is_one_line():
    assert fitted("conv1") == ["conv1"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("main.depthwise", ["main.", "depthwise"]),
        ("Conv2d_1a_3x3", ["Conv2d_", "1a_3x3"]),
        ("mixed2.long.conv1", ["mixed2.", "long.conv1"]),
    ],
)
def test_a_name_is_broken_where_a_reader_would_break_it(name: str, lines: list[str]) -> None:
    assert fitted(name) == lines


@pytest.mark.parametrize("name", ["x" * 200, "a_b_" * 60, "층" * 50, "a b " * 50, "", "…"])
def test_no_line_is_too_wide_and_none_too_many(name: str) -> None:
    lines = fitted(name)
    assert 1 <= len(lines) <= NAME_LINES
    assert all(text_width(line, NAME_SIZE) <= NAME_WIDTH for line in lines)
    if len(name) > 50:
        assert lines[0].startswith("…")


def test_a_name_made_of_its_type_is_broken_at_the_words_of_it():
    found = placed(network("resnet18"))
    under = label(found.item("adaptiveavgpool2d1"))
    assert under.lines == ("adaptiveavg", "pool2d1")
    assert under.channels == "512"


def test_a_closed_group_says_how_many_layers_it_holds():
    found = placed(network("densenet121"))
    assert label(found.item("dense1")).lines == ("dense1", "42 layers")


def test_only_a_merge_that_changes_the_channels_says_them():
    residual, inception = placed(network("resnet18")), placed(network("googlenet"))
    for found, says in ((residual, False), (inception, True)):
        merges = [item for item in found.parts.items if item.symbol]
        assert merges
        assert all((found.sizes[item].label is not None) == says for item in merges)
