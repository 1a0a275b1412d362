"""One output of a layer, worked out: what the module gives, at every kind of place."""

from __future__ import annotations

import math
from random import Random

import pytest
import torch

import cnnshape
from cnnshape.analysis.explanation_output import WORKED_OUT
from cnnshape.torch_backend import build
from cnnshape.torch_backend.one_output import one_output, values_in

MAPS, ROW = "[4, 9, 11]", "[4, 20]"
CASES = [
    (MAPS, "type: Conv2d, out_channels: 6, kernel_size: 3"),
    (MAPS, "type: Conv2d, out_channels: 6, kernel_size: [3, 2], stride: [2, 3], padding: [2, 1]"),
    (MAPS, "type: Conv2d, out_channels: 6, kernel_size: 3, dilation: [2, 1], padding: 2"),
    (MAPS, "type: Conv2d, out_channels: 8, kernel_size: 3, groups: 2, bias: false"),
    (MAPS, "type: Conv2d, out_channels: 4, kernel_size: 3, groups: 4, padding: same"),
    (MAPS, "type: Conv2d, out_channels: 2, kernel_size: 4, padding: same"),
    (MAPS, "type: Conv2d, out_channels: 2, kernel_size: 5, padding: 2, padding_mode: reflect"),
    (MAPS, "type: Conv2d, out_channels: 2, kernel_size: 5, padding: 2, padding_mode: replicate"),
    (MAPS, "type: Conv2d, out_channels: 2, kernel_size: 5, padding: 2, padding_mode: circular"),
    (ROW, "type: Conv1d, out_channels: 6, kernel_size: 5, stride: 2, padding: 3, dilation: 2"),
    (ROW, "type: Conv1d, out_channels: 6, kernel_size: 3, groups: 2"),
    ("[30]", "type: Linear, out_features: 7"),
    ("[3, 30]", "type: Linear, out_features: 7, in_features: 30, bias: false"),
    (MAPS, "type: MaxPool2d, kernel_size: 3, stride: 2, padding: 1"),
    (MAPS, "type: MaxPool2d, kernel_size: 2, dilation: 2, stride: 3, ceil_mode: true"),
    (ROW, "type: MaxPool1d, kernel_size: 3, padding: 1, ceil_mode: true"),
    (MAPS, "type: AvgPool2d, kernel_size: 3, stride: 2, padding: 1"),
    (MAPS, "type: AvgPool2d, kernel_size: 4, stride: 3, padding: 2, ceil_mode: true"),
    (MAPS, "type: AvgPool2d, kernel_size: 3, padding: 1, count_include_pad: false"),
    (MAPS, "type: AvgPool2d, kernel_size: 2, divisor_override: 3"),
    (ROW, "type: AvgPool1d, kernel_size: 3, stride: 2, padding: 1, ceil_mode: true"),
]


def _run(shape: str, layers: str):
    network = cnnshape.loads(f"input: {shape}\nlayers:\n{layers}")
    torch.manual_seed(0)
    module = build(network).eval()
    found = values_in(module, torch.randn(1, *network.input_shape), network.by_path)
    return network, found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize(("shape", "layer"), CASES)
def test_it_is_what_the_module_gives(shape: str, layer: str) -> None:
    network, found = _run(shape, f"  - {{{layer}}}")
    (node,) = network.layers
    sizes, random = node.output_shape, Random(0)
    places = [None, tuple(0 for _ in sizes), tuple(size - 1 for size in sizes)]
    places += [tuple(map(random.randrange, sizes)) for _ in range(20)]
    for place in places:
        output = one_output(node, *found[node.path], place)
        assert output is not None
        assert output.given == float(found[node.path][2][output.place])
        assert math.isclose(output.value, output.given, rel_tol=1e-5, abs_tol=1e-5)
        assert output.agrees
        assert output.strongest is (place is None)
    assert one_output(node, *found[node.path], None).given == float(found[node.path][2].max())


def test_each_type_that_is_worked_out_is_tried() -> None:
    assert {layer.split(",")[0].removeprefix("type: ") for _, layer in CASES} == WORKED_OUT


def test_what_is_read_is_what_came_through_the_layers_before() -> None:
    network, found = _run(
        "[1, 6, 6]",
        "  - {name: a, type: Conv2d, out_channels: 2, kernel_size: 3}\n"
        "  - {name: b, type: ReLU, inplace: true}\n"
        "  - {name: c, type: Conv2d, out_channels: 1, kernel_size: 4}\n",
    )
    _, _, before = found["a"]
    assert (before < 0).any()
    output = one_output(network.by_path["c"], *found["c"], None)
    read = torch.tensor([part.window for part in output.parts])
    assert torch.allclose(read, before.clamp(min=0))
    assert one_output(network.by_path["b"], *found["b"], None) is None


def test_padding_that_does_not_count_is_none() -> None:
    network, found = _run("[1, 4, 4]", "  - {name: p, type: MaxPool2d, kernel_size: 2, padding: 1}")
    output = one_output(network.by_path["p"], *found["p"], (0, 0, 0))
    assert output.parts[0].window[0] == (None, None)
    assert output.parts[0].window[1][0] is None
    assert output.positions == ((-1, 0), (-1, 0))
