"""Published figures: torchvision's of its CNNs, the 1998 paper's of LeNet-5, and others'."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import cnnshape
from cnnshape import zoo

PUBLISHED: dict[str, Any] = json.loads((Path(__file__).parent / "published.json").read_text())
MODELS: dict[str, dict[str, Any]] = PUBLISHED["models"]
OURS = sorted({entry.name for entry in zoo.names()} & MODELS.keys())


@pytest.mark.slow
@pytest.mark.parametrize("name", OURS)
def test_torchvisions_figures(name: str) -> None:
    figures = MODELS[name]
    net = cnnshape.load(name)
    assert list(net.input_shape) == figures["input"]
    assert net.totals.params == figures["params"]
    assert net.totals.macs == figures["macs"]
    assert round(figures["macs"] / 1e9, 3) == figures["gmacs_published"]


def test_all_of_torchvisions_nets_are_here() -> None:
    assert set(OURS) == MODELS.keys()
    assert len(OURS) == 68


def test_inception_v3_without_its_second_classifier() -> None:
    """torchvision counts the weights of both, and runs one."""
    figures = MODELS["inception_v3"]
    net = cnnshape.load("inception_v3", params={"aux": False})
    assert net.totals.params == figures["params_without_auxiliary"]
    assert net.totals.macs == figures["macs"]


REGNETS = {
    "regnet_x_400mf": (5.2, 0.4), "regnet_x_800mf": (7.3, 0.8), "regnet_x_1_6gf": (9.2, 1.6),
    "regnet_x_3_2gf": (15.3, 3.2), "regnet_x_8gf": (39.6, 8.0), "regnet_x_16gf": (54.3, 15.9),
    "regnet_x_32gf": (107.8, 31.7), "regnet_y_400mf": (4.3, 0.4), "regnet_y_800mf": (6.3, 0.8),
    "regnet_y_1_6gf": (11.2, 1.6), "regnet_y_3_2gf": (19.4, 3.2), "regnet_y_8gf": (39.2, 8.0),
    "regnet_y_16gf": (83.6, 15.9), "regnet_y_32gf": (145.0, 32.3),
}  # fmt: skip
"""Radosavovic et al., 2020, arXiv:2003.13678, figures 15 and 16 (and the authors' model zoo):
parameters in millions, multiply-accumulates in 1e9."""


@pytest.mark.slow
@pytest.mark.parametrize("name", REGNETS)
def test_the_authors_regnets(name: str) -> None:
    totals = cnnshape.load(name, params={"round_half": "even"}).totals
    assert totals.macs is not None
    assert (round(totals.params / 1e6, 1), round(totals.macs / 1e9, 1)) == REGNETS[name]


@pytest.mark.slow
def test_rounding_halves_to_the_even_multiple_changes_three_regnets() -> None:
    changed = [
        name
        for name in REGNETS
        if cnnshape.load(name).totals != cnnshape.load(name, params={"round_half": "even"}).totals
    ]
    assert changed == ["regnet_x_400mf", "regnet_y_800mf", "regnet_y_8gf"]


def test_squeezenets_table_1_layer_by_layer() -> None:
    """Iandola et al., 2016, arXiv:1602.07360, table 1: parameters before pruning."""
    printed = {
        "conv1": 14_208, "fire2": 11_920, "fire3": 12_432, "fire4": 45_344, "fire5": 49_440,
        "fire6": 104_880, "fire7": 111_024, "fire8": 188_992, "fire9": 197_184,
        "conv10": 513_000,
    }  # fmt: skip
    net = cnnshape.load("squeezenet1_0")
    found = dict.fromkeys(printed, 0)
    for node in net.layers:
        if node.params:
            found[node.path.partition(".")[0]] += node.params
    assert found == printed
    assert net.totals.params == 1_248_424


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "millions", "digits"),
    [
        # Tan and Le, 2019, arXiv:1905.11946, table 2. (Of B2, 9.2 million is printed.)
        ("efficientnet_b0", 5.3, 1),
        ("efficientnet_b1", 7.8, 1),
        ("efficientnet_b3", 12, 0),
        ("efficientnet_b4", 19, 0),
        ("efficientnet_b5", 30, 0),
        ("efficientnet_b6", 43, 0),
        ("efficientnet_b7", 66, 0),
        # Ma et al., 2018, arXiv:1807.11164; printed in the README of the authors' code.
        ("shufflenet_v2_x0_5", 1.4, 1),
        ("shufflenet_v2_x1_0", 2.3, 1),
        ("shufflenet_v2_x1_5", 3.5, 1),
        ("shufflenet_v2_x2_0", 7.4, 1),
        # Liu et al., 2022, arXiv:2201.03545, table 1.
        ("convnext_tiny", 29, 0),
        ("convnext_small", 50, 0),
        ("convnext_base", 89, 0),
        ("convnext_large", 198, 0),
        # Xie et al., 2016, arXiv:1611.05431, table 1.
        ("resnext50_32x4d", 25.0, 1),
        # Zagoruyko and Komodakis, 2016, arXiv:1605.07146, table 8.
        ("wide_resnet50_2", 68.9, 1),
    ],
)
def test_parameters_that_papers_print(name: str, millions: float, digits: int) -> None:
    assert round(cnnshape.load(name).totals.params / 1e6, digits) == millions


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        # Liu et al., 2022, arXiv:2201.03545, table 1.
        ("convnext_tiny", 4.5),
        ("convnext_small", 8.7),
        ("convnext_base", 15.4),
        ("convnext_large", 34.4),
        # Xie et al., 2016, arXiv:1611.05431, table 1.
        ("resnext50_32x4d", 4.2),
    ],
)
def test_multiply_accumulates_that_papers_print(name: str, billions: float) -> None:
    macs = cnnshape.load(name).totals.macs
    assert macs is not None
    assert round(macs / 1e9, 1) == billions


def test_lenet5() -> None:
    net = cnnshape.load("lenet5")
    shapes = {
        "C1": (6, 28, 28), "S2": (6, 14, 14), "C3": (16, 10, 10), "S4": (16, 5, 5),
        "C5": (120, 1, 1), "F6": (84,), "output": (10,),
    }  # fmt: skip
    assert {name: net.by_path[name].output_shape for name in shapes} == shapes
    assert (net.totals.params, net.totals.macs) == (61_706, 416_520)
    assert [node.type for node in net.layers].count("ReLU") == 4
    assert net.layers[-1].type == "Softmax"


def test_lenet5_of_1998_has_the_papers_parameters_and_connections() -> None:
    net = cnnshape.load("lenet5_1998")
    printed = {
        "C1": (156, 122_304), "S2": (12, 5_880), "C3": (1_516, 151_600), "S4": (32, 2_000),
        "C5": (48_120, 48_120), "F6": (10_164, 10_164), "output": (0, 840),
    }  # fmt: skip
    found = {name: (net.by_path[name].params, net.by_path[name].connections) for name in printed}
    assert found == printed
    assert net.totals.params == 60_000
    assert net.totals.connections == 340_908


def test_the_connection_table_is_the_papers_table_1() -> None:
    table = cnnshape.load("lenet5_1998").by_path["C3"].layer.arguments["table"]
    assert [len(reads) for reads in table] == [3] * 6 + [4] * 9 + [6]
    for first, reads in enumerate(table[:6]):
        assert reads == tuple((first + step) % 6 for step in range(3))
    for first, reads in enumerate(table[6:12]):
        assert reads == tuple((first + step) % 6 for step in range(4))
    for first, reads in enumerate(table[12:15]):
        assert set(reads) == {(first + step) % 6 for step in (0, 1, 3, 4)}


def test_lenet_rgb224() -> None:
    net = cnnshape.load("lenet_rgb224")
    sizes = {"conv1": 220, "pool1": 110, "conv2": 106, "pool2": 53}
    assert {name: net.by_path[name].output_shape[1] for name in sizes} == sizes
    assert net.totals.params == 46_038_242


def test_the_unet_has_the_papers_sizes_and_parameters() -> None:
    net = cnnshape.load("unet")
    ends = {"down1": 568, "down2": 280, "down3": 136, "down4": 64, "bottom": 28}
    for name, size in ends.items():
        assert net.by_path[f"{name}.relu2"].output_shape[1:] == (size, size)
    assert net.layers[-1].output_shape == (2, 388, 388)
    # From figure 1: two 3×3 convolutions a level, 2×2 up-convolutions, a 1×1 head.
    widths = [1, 64, 128, 256, 512, 1024]
    down = sum(9 * (a * b + b * b) + 2 * b for a, b in pairwise(widths))
    up = sum(4 * 2 * b * b + b + 9 * (2 * b * b + b * b) + 2 * b for b in widths[1:-1])
    assert net.totals.params == down + up + 2 * 64 + 2


@pytest.mark.parametrize(
    ("net", "layer", "size"),
    [
        ("lenet5", "C5", 32),
        ("alexnet", "features.maxpool2d3", 195),  # Araujo, Norris and Sim, Distill, 2019
        ("vgg16", "stage5.pool", 212),
    ],
)
def test_receptive_fields(net: str, layer: str, size: int) -> None:
    assert cnnshape.load(net).receptive_fields[layer] == (size, size)


@pytest.mark.parametrize(
    ("net", "depths", "convolutions"),
    [
        ("resnet18", (2, 2, 2, 2), 2),
        ("resnet34", (3, 4, 6, 3), 2),
        ("resnet50", (3, 4, 6, 3), 1),
        ("resnet101", (3, 4, 23, 3), 1),
        ("resnet152", (3, 8, 36, 3), 1),
    ],
)
def test_receptive_fields_of_resnets(net: str, depths: tuple[int, ...], convolutions: int) -> None:
    """torchvision puts a stage's stride into its first 3×3 convolution; the paper's nets, and
    so Araujo's figures, put it elsewhere.
    """
    size, jump = 7 + 2 * 2, 4  # the stem, and the pool that reads every second position of it
    for stage, depth in enumerate(depths):
        for place in range(depth * convolutions):
            size += 2 * jump
            jump *= 2 if stage and not place else 1
    last = f"layer4.{depths[-1] - 1}.relu1"
    assert cnnshape.load(net).receptive_fields[last] == (size, size)


@pytest.mark.parametrize(
    ("net", "depths"),
    [("vgg11", (1, 1, 2, 2, 2)), ("vgg13", (2, 2, 2, 2, 2)), ("vgg19", (2, 2, 4, 4, 4))],
)
def test_receptive_fields_of_vggs(net: str, depths: tuple[int, ...]) -> None:
    size = 1 + sum(2**stage * (2 * depth + 1) for stage, depth in enumerate(depths))
    assert cnnshape.load(net).receptive_fields["stage5.pool"] == (size, size)
