"""A layer is in place only where nothing else needs what it overwrites, and else says why."""

from __future__ import annotations

import pytest

from cnnshape import Network
from cnnshape.exporting import to_python

from ..specs import net

CONV = "{type: Conv2d, name: conv, out_channels: 8, kernel_size: 1}"
RELU = "{type: ReLU, name: relu, inplace: true}"


def told(network: Network) -> list[str]:
    return [warning.message for warning in network.warnings]


def is_inplace(network: Network, path: str = "relu") -> bool:
    return bool(network.by_path[path].layer.arguments["inplace"])


def test_the_only_reader_of_a_convolution_is_in_place() -> None:
    network = net(f"[{CONV}, {RELU}]")
    assert is_inplace(network)
    assert told(network) == []


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        (f"[{RELU}]", "it reads the network's input, which belongs to who runs the network"),
        (f"[{CONV}, {RELU}, {{type: ELU, name: elu, from: conv}}]", "elu reads conv too"),
        (f"[{CONV}, {RELU}, {{type: Add, name: add, from: [relu, conv]}}]", "add reads conv too"),
        (f"[{CONV}, Flatten, {RELU}]", "the memory of flatten1 (Flatten) may be needed elsewhere"),
        (f"[{CONV}, Tanh, {RELU}]", "the memory of tanh1 (Tanh) may be needed elsewhere"),
        (
            f"[{CONV}, {{type: LeakyReLU, name: relu, negative_slope: -1, inplace: true}}]",
            "with its negative slope, PyTorch has no gradient for it in place",
        ),
    ],
)
def test_elsewhere_it_is_not_and_says_so(layers: str, reason: str) -> None:
    network = net(layers)
    assert not is_inplace(network)
    assert f"relu is not computed in place: {reason}" in told(network)
    assert network.warnings[-1].help == "leave out inplace: true; the values are the same"


def test_an_output_is_not_overwritten() -> None:
    network = net(f"[{CONV}, {RELU}]", head="outputs: [conv, relu]")
    assert told(network) == ["relu is not computed in place: conv is an output of the network"]


def test_layers_of_one_module_are_in_place_together_or_not_at_all() -> None:
    network = net(f"[{CONV}, {RELU}, Flatten, {{share: relu, name: again}}]")
    assert not is_inplace(network)
    assert not is_inplace(network, "again")
    assert len(told(network)) == 1


def test_a_line_that_makes_many_layers_is_told_once() -> None:
    network = net(f"[{{repeat: 3, layers: [Identity, {RELU}]}}]")
    assert len(told(network)) == 1


@pytest.mark.torch
def test_python_source_is_in_place_where_the_network_is() -> None:
    source = to_python(net(f"[{CONV}, {RELU}, Flatten, {{type: ReLU, inplace: true}}]"))
    assert source.count("nn.ReLU(inplace=True)") == 1
    assert source.count("nn.ReLU()") == 1
