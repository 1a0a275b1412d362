"""Explanations as text: golden output, widths, Markdown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.cells import cell_len

import cnnshape
from cnnshape.analysis.explanation import explain
from cnnshape.views.explanation import to_markdown, to_text

NETS = ("lenet5", "lenet5_1998", "unet", "shufflenet_v2_x0_5", "m5", "unet3d")


@pytest.mark.parametrize(
    ("net", "names", "width"),
    [
        ("lenet5", [], 80),
        ("lenet5_1998", ["C3", "S2", "output"], 80),
        ("resnet50", ["stem", "layer1.0"], 60),
        ("unet", ["ConvTranspose2d"], 100),
    ],
)
def test_an_explanation_is_the_golden_one(
    net: str, names: list[str], width: int, golden: Callable[[str, str], None]
) -> None:
    network = cnnshape.load(net)
    text = to_text(explain(network, names), network, width)
    golden(f"explain-{net}-{width}.txt", text)


def test_markdown_is_the_golden_one(golden: Callable[[str, str], None]) -> None:
    network = cnnshape.load("lenet5")
    text = to_markdown(explain(network, ["C1", "S2", "F6"]), network)
    golden("explain-lenet5.md", text)


@pytest.mark.slow
@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("width", [50, 80, 200])
def test_no_line_is_too_wide(net: str, width: int) -> None:
    network = cnnshape.load(net)
    lines = to_text(explain(network), network, width).splitlines()
    parts = [line for line in lines if line.startswith(" ")]
    assert len(parts) > len(network.layers)
    assert max(map(cell_len, parts)) <= min(width, 100)


def test_what_is_not_known_is_said_to_be_so() -> None:
    network = cnnshape.loads("input: [4, 6]\nlayers: [{type: MultiheadAttention, num_heads: 2}]")
    assert "receptive field\n  unknown: " in to_text(explain(network), network)


def test_shared_weights_are_said_to_be_another_layers() -> None:
    network = cnnshape.loads(
        "input: [4]\nlayers:\n  - {name: a, type: Linear, out_features: 4}\n"
        "  - {name: b, share: a}\n"
    )
    assert "none of its own: the weights are those of a" in network.explain("b")


def test_names_are_escaped_in_markdown() -> None:
    network = cnnshape.loads("input: [4]\nlayers: [{name: a_b_c, type: ReLU}]")
    assert "## a\\_b\\_c\n" in to_markdown(explain(network), network)


@pytest.mark.parametrize(
    ("value", "total", "told"),
    [(46_023_168, 46_038_242, "more than 99.9 %"), (5, 5, "100 %"), (1, 3, "33.3 %")],
)
def test_a_share_is_the_whole_only_where_it_is(value: int, total: int, told: str) -> None:
    from cnnshape.analysis.explanation import Cost
    from cnnshape.views.explanation import _share

    cost = Cost(**{**dict.fromkeys(Cost._fields), "value": value, "total": total})
    assert _share(cost) == f", {told} of the network's {total:,}"
