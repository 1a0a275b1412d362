"""The table of a faulty spec says where it ends, and no total of what it does not know."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

import cnnshape
from cnnshape.network import Network
from cnnshape.views.table import render
from cnnshape.views.text import to_csv, to_markdown

CONV = "{type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}"
BAD = "{type: Conv2d, out_channels: 8, kernel_size: 99}"
FLAT = "{name: flat, type: Linear, out_features: 3}"
POOL = "{type: MaxPool2d, kernel_size: 2}"
PLACES = {
    "a layer": (f"[{CONV}, {BAD}, ReLU]", "conv2d2"),
    "a layer with a name": (f"[{CONV}, {{name: c, type: Sigmoit}}, ReLU]", "c"),
    "a group": (f"[{CONV}, {{name: neck, layers: [ReLU, {BAD}]}}, ReLU]", "neck.conv2d1"),
    "a group's first": (f"[{CONV}, {{name: neck, layers: [{BAD}, ReLU]}}]", "neck.conv2d1"),
    "a group of one": (f"[{CONV}, {{name: neck, layers: [{BAD}]}}]", "neck.conv2d1"),
    "a block": (f"[{CONV}, {{name: b, type: block}}, ReLU]", "b.bad"),
    "a repeat": (f"[{CONV}, {{name: r, type: shrink, repeat: 5}}]", "r.2.pool"),
    "a certain mend": (f"[{CONV}, {FLAT}, ReLU]", "flat"),
    "a certain mend in a block": (f"[{CONV}, {{name: b, type: head}}, ReLU]", "b.flat"),
    "a branch": (f"[{CONV}, {{name: j, join: Add, branches: {{m: [ReLU, {BAD}]}}}}]", "j.m"),
    "a join": (f"[{CONV}, {{name: j, join: Add, branches: {{m: [{POOL}], s: []}}}}]", "j"),
}  # fmt: skip
BLOCKS = f"""
blocks:
  block: {{layers: [ReLU, {{name: bad, {BAD[1:]}]}}
  head: {{layers: [ReLU, {FLAT}]}}
  shrink: {{layers: [ReLU, {{name: pool, type: MaxPool2d, kernel_size: 2}}]}}
"""


def partial(layers: str) -> Network:
    text = f"name: n\ninput: [3, 4, 4]\nlayers: {layers}\n{BLOCKS}"
    with pytest.raises(cnnshape.SpecError) as caught:
        cnnshape.loads(text)
    network: Any = caught.value.partial
    return network


def table(network: Network, **options: Any) -> str:
    console = Console(file=io.StringIO(), width=200)
    render(network, console=console, **options)
    file: Any = console.file
    return str(file.getvalue())


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("options", [{}, {"depth": 0}, {"depth": 1}, {"fold": False}])
def test_it_ends_at_the_fault(place: str, options: dict[str, Any]) -> None:
    layers, path = PLACES[place]
    network = partial(layers)
    assert network.fault is not None
    assert network.fault.startswith(path)
    for text in (table(network, **options), to_markdown(network, **options)):
        (marked,) = (line for line in text.splitlines() if "✗" in line)
        assert marked.count("unknown") == 3, "output, parameters and MACs"
        assert "total" not in text
        assert "up to the fault: 224 parameters" in text


@pytest.mark.parametrize("place", PLACES)
def test_what_holds_the_fault_has_no_output(place: str) -> None:
    layers, path = PLACES[place]
    first = path.split(".")[0]
    rows = [line.split() for line in table(partial(layers), depth=0).splitlines()]
    (found,) = (row for row in rows if first in row[:2])
    assert "unknown" in found


def test_a_sound_network_has_no_fault() -> None:
    network = cnnshape.load("lenet5")
    assert network.fault is None
    text = table(network)
    assert "total" in text
    assert "fault" not in text


def test_machines_get_the_layers_before_it() -> None:
    assert to_csv(partial(PLACES["a repeat"][0]), ["name"]).splitlines() == [
        "name", "conv2d1", "r.0.relu1", "r.0.pool", "r.1.relu1", "r.1.pool", "r.2.relu1",
    ]  # fmt: skip
