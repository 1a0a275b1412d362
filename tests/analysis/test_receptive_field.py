"""Receptive fields against published figures, and against what gradients reach."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

import cnnshape
from cnnshape.network import Network


def fields(text: str) -> dict[str, tuple[int, ...] | None]:
    return cnnshape.loads(text).receptive_fields


def test_lenet5_sees_the_whole_image_from_c5_on() -> None:
    found = cnnshape.load("lenet5").receptive_fields
    named = [found[path] for path in ("C1", "S2", "C3", "S4", "C5", "F6", "output")]
    assert named == [(n, n) for n in (5, 6, 14, 16, 32, 32, 32)]


@pytest.mark.parametrize(("name", "published"), [("alexnet", 195), ("vgg16", 212)])
def test_the_published_figures(name: str, published: int) -> None:
    """Araujo, Norris and Sim (2019) give them for the last feature map of each net."""
    network = cnnshape.load(name)
    pools = [node.path for node in network.layers if node.type == "MaxPool2d"]
    assert network.receptive_fields[pools[-1]] == (published, published)


def seen(network: Network) -> list[int]:
    """For each position of the output, how many positions of the input its gradient spans.

    Weights and input are positive and every layer is monotonic, so nothing cancels.
    """
    module = network.to_module()
    for parameter in module.parameters():
        nn.init.constant_(parameter, 0.5)
    x = torch.ones(1, *network.input_shape, dtype=torch.float64, requires_grad=True)
    output: Tensor = module.double()(x)
    spans = []
    for position in range(output.shape[-1]):
        (gradient,) = torch.autograd.grad(output[0, 0, position], x, retain_graph=True)
        reached = gradient[0].sum(0).nonzero()
        spans.append(int(reached.max() - reached.min()) + 1)
    return spans


windows = st.builds(
    dict,
    type=st.sampled_from(["Conv1d", "AvgPool1d"]),
    kernel_size=st.integers(1, 4),
    stride=st.integers(1, 3),
)


def spec(length: int, layers: list[dict[str, Any]]) -> str:
    """The text of a chain over one channel; YAML reads JSON."""
    channels = {"Conv1d": {"out_channels": 1}, "ConvTranspose1d": {"out_channels": 1}}
    entries = [{**layer, **channels.get(layer["type"], {})} for layer in layers]
    return json.dumps({"input": [1, length], "layers": entries})


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(layers=st.lists(windows, min_size=1, max_size=4))
def test_it_is_what_the_gradient_of_any_position_spans(layers: list[dict[str, Any]]) -> None:
    size, jump = 1, 1
    for layer in layers:
        size, jump = size + (layer["kernel_size"] - 1) * jump, jump * layer["stride"]
    network = cnnshape.loads(spec(size + 2 * jump, layers))
    (field,) = network.receptive_fields[network.layers[-1].path] or ()
    assert set(seen(network)) == {field}


@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_dilation_widens_it(dilation: int) -> None:
    layer = {"type": "Conv1d", "kernel_size": 3, "dilation": dilation}
    network = cnnshape.loads(spec(20, [layer, layer]))
    assert network.receptive_fields["conv1d2"] == (1 + 4 * dilation,)
    assert set(seen(network)) == {1 + 4 * dilation}


def test_it_has_one_number_a_dimension() -> None:
    found = fields(
        "{input: [1, 9, 20], layers: [{name: c, type: Conv2d, out_channels: 1, "
        "kernel_size: [3, 5], stride: [1, 2]}, {name: d, type: Conv2d, out_channels: 1, "
        "kernel_size: 3}]}"
    )
    assert found == {"c": (3, 5), "d": (5, 9)}


def test_behind_what_enlarges_it_is_the_mean() -> None:
    """A U-Net in one dimension: positions see 16 or 20, by where they fall."""
    conv = {"type": "Conv1d", "kernel_size": 3}
    pool = {"type": "AvgPool1d", "kernel_size": 2}
    up = {"type": "ConvTranspose1d", "kernel_size": 2, "stride": 2}
    network = cnnshape.loads(spec(64, [conv, pool, conv, pool, conv, up, conv, up, conv]))
    spans = seen(network)
    whole = spans[: len(spans) // 4 * 4]
    assert network.receptive_fields["conv1d5"] == (sum(whole) / len(whole),)


def test_the_widest_way_counts_where_ways_join() -> None:
    found = fields(
        """
        input: [2, 20]
        layers:
          - {name: wide, type: Conv1d, out_channels: 2, kernel_size: 7, padding: 3, from: input}
          - {name: narrow, type: Conv1d, out_channels: 2, kernel_size: 3, padding: 1, from: input}
          - {name: sum, type: Add, from: [narrow, wide]}
          - {name: both, type: Concat, from: [input, narrow]}
          - {name: late, type: Conv1d, out_channels: 1, kernel_size: 3, from: sum}
        """
    )
    assert found == {"wide": (7,), "narrow": (3,), "sum": (7,), "both": (3,), "late": (9,)}


def test_a_gate_keeps_the_grid_of_what_it_gates() -> None:
    found = fields(
        """
        input: [2, 8, 8]
        layers:
          - {name: conv, type: Conv2d, out_channels: 2, kernel_size: 3, padding: 1}
          - {name: squeeze, type: AdaptiveAvgPool2d, output_size: 1}
          - {name: gate, type: Sigmoid}
          - {name: gated, type: Multiply, from: [conv, gate]}
          - {name: next, type: Conv2d, out_channels: 2, kernel_size: 3}
        """
    )
    # Every pixel of the map of 8×8, each of which sees 3×3: 8 + 2.
    assert found["squeeze"] == found["gated"] == (10, 10)
    assert found["next"] == (12, 12)


def test_a_flattened_map_keeps_it_and_a_linear_layer_sees_the_whole() -> None:
    found = fields(
        """
        input: [1, 8, 8]
        layers:
          - {name: conv, type: Conv2d, out_channels: 2, kernel_size: 3}
          - {name: flat, type: Flatten}
          - {name: relu, type: ReLU}
          - {name: linear, type: Linear, out_features: 5}
          - {name: again, type: Linear, out_features: 5}
          - {name: beside, type: Concat, from: [relu, again]}
        """
    )
    assert found["flat"] == found["relu"] == (3, 3)
    assert found["linear"] == found["again"] == found["beside"] == (8, 8)


def test_what_has_no_space_has_none() -> None:
    assert fields("{input: [10], layers: [{name: a, type: Linear, out_features: 5}]}") == {
        "a": None
    }


def test_what_reads_the_unknown_is_unknown() -> None:
    found = fields(
        """
        input: [4, 6]
        layers:
          - {name: turned, type: Permute, dims: [0, 2, 1]}
          - {name: conv, type: Conv1d, out_channels: 1, kernel_size: 3}
          - ReLU
        """
    )
    assert found == {"turned": (1,), "conv": None, "relu1": None}


def reached(network: Network) -> tuple[int, ...]:
    """The input positions, by dimension, that the middle of the output depends on by autograd."""
    module = network.to_module().double()
    x = torch.rand(1, *network.input_shape, dtype=torch.float64, requires_grad=True)
    output: Tensor = module.eval()(x)
    middle = output[(0, *(size // 2 for size in output.shape[1:]))]
    (gradient,) = torch.autograd.grad(middle, x)
    touched = gradient[0].abs().sum(0).nonzero()
    return tuple((touched.max(0).values - touched.min(0).values + 1).tolist())


CONV = "{type: Conv2d, out_channels: 2, kernel_size: 3, padding: 1}"
LAST = "{type: Permute, dims: [0, 2, 3, 1]}"
FIRST = "{type: Permute, dims: [0, 3, 1, 2]}"
NETS = {
    "only a size is read": f"""
          - {{name: small, {CONV[1:]}
          - {{type: Conv2d, out_channels: 2, kernel_size: 11, padding: 5}}
          - {{name: big, {CONV[1:]}
          - {{type: CropLike, from: [small, big]}}""",
    "a constant is added": f"""
          - {{name: a, {CONV[1:]}
          - {{name: k, type: LearnedConstant, shape: [2, 21, 21], from: a}}
          - {{type: Add, from: [a, k]}}""",
    "a mean over space": f"[{CONV}, {{type: Mean, dim: [2, 3]}}]",
    "a mean over space, kept": f"[{CONV}, {{type: Mean, dim: [2, 3], keepdim: true}}]",
    "channels last and back": f"[{CONV}, {LAST}, Sigmoid, {FIRST}, {CONV}]",
    "a linear layer of channels": f"""
          [{CONV}, {LAST}, {{type: LayerNorm, normalized_shape: 2}},
           {{type: Linear, in_features: 2, out_features: 4}}, GELU, {FIRST}, {CONV}]""",
    "height and width exchanged": """
          [{type: Conv2d, out_channels: 2, kernel_size: [3, 1], padding: [1, 0]},
           {type: Permute, dims: [0, 1, 3, 2]}]""",
    "channels between": f"[{CONV}, {{type: Transpose, dim0: 1, dim1: 2}}, Sigmoid]",
}  # fmt: skip


@pytest.mark.parametrize("name", NETS)
def test_it_is_what_the_gradient_reaches(name: str) -> None:
    network = cnnshape.loads(f"input: [1, 21, 21]\nlayers: {NETS[name]}")
    (output,) = network.outputs[-1:]
    found = network.receptive_fields[output]
    assert found is not None
    clipped = tuple(min(size, 21) for size in found)
    assert clipped == reached(network)


def conv(kernel: int, **more: Any) -> dict[str, Any]:
    return {"type": "Conv2d", "out_channels": 2, "kernel_size": [kernel, 3], **more}


PARTS: list[list[dict[str, Any] | str]] = [
    [conv(2)],
    [conv(3, padding=1)],
    [conv(3, dilation=[1, 2])],
    [conv(3, stride=[1, 2])],
    [{"type": "AvgPool2d", "kernel_size": 2, "stride": [2, 1]}],
    [{"type": "ConvTranspose2d", "out_channels": 2, "kernel_size": [3, 2]}],
    [{"type": "Permute", "dims": [0, 2, 3, 1]}, "Sigmoid",
     {"type": "Permute", "dims": [0, 3, 1, 2]}],
    [{"type": "Permute", "dims": [0, 1, 3, 2]}],
    [{"type": "Transpose", "dim0": -1, "dim1": -2}],
    [{"type": "Mean", "dim": [2, 3], "keepdim": True}],
    [{"name": "kept#", "type": "Sigmoid"}, {"name": "side#", **conv(5, padding="same")},
     {"type": "Add", "from": ["kept#", "side#"]}],
    [{"name": "all#", "type": "Sigmoid"}, {"type": "AdaptiveAvgPool2d", "output_size": 1},
     {"name": "gate#", "type": "Sigmoid"}, {"type": "Multiply", "from": ["all#", "gate#"]}],
    [{"name": "small#", **conv(3)}, {"name": "big#", **conv(7, padding=3), "from": "small#"},
     {"type": "CropLike", "from": ["big#", "small#"]}],
]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(parts=st.lists(st.sampled_from(PARTS), min_size=1, max_size=4))
def test_it_is_what_the_gradient_reaches_in_any_net(
    parts: list[list[dict[str, Any] | str]],
) -> None:
    """Nothing in these nets hides what it reads; what strides and padding leave out is little."""
    numbered = [json.loads(json.dumps(part).replace("#", str(n))) for n, part in enumerate(parts)]
    layers = json.dumps([entry for part in numbered for entry in part])
    try:
        network = cnnshape.loads(f"{{input: [2, 60, 56], layers: {layers}}}")
    except cnnshape.SpecError:
        assume(False)
    (output,) = network.outputs
    found = network.receptive_fields[output]
    assert found is not None
    seen = reached(network)
    for size, whole, span in zip(found, network.input_shape[1:], seen, strict=True):
        if size <= whole // 2:
            assert span == size
        else:  # it may reach into the padding, and a stride may leave the last positions out
            assert span <= min(size, whole)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "side"),
    [("resnet18", 96), ("vgg16", 64), ("mobilenet_v2", 96), ("convnext_tiny", 64)],
)
def test_no_layer_of_a_net_of_the_zoo_sees_less_than_its_gradient(name: str, side: int) -> None:
    """ReLU and max pools hide some of it: what is reached lies within, and most of it is."""
    network = cnnshape.load(name, input=(side,))
    module = network.to_module().eval()
    x = torch.rand(1, *network.input_shape, requires_grad=True)
    values: dict[str, Tensor] = {}
    for path, part in module.named_modules():
        part.register_forward_hook(lambda _, __, y, path=path: values.setdefault(path, y))
    module(x)
    kinds = {"Conv2d", "Add", "MaxPool2d"}
    maps = [node for node in network.layers if node.type in kinds and node.path in values]
    for node in maps[:: max(1, len(maps) // 12)]:
        value = values[node.path]
        middle = value[0, :, value.shape[2] // 2, value.shape[3] // 2]
        (gradient,) = torch.autograd.grad(middle.sum(), x, retain_graph=True)
        touched = gradient[0].abs().sum(0).nonzero()
        spans = touched.max(0).values - touched.min(0).values + 1
        for span, size in zip(
            spans.tolist(), network.receptive_fields[node.path] or (), strict=True
        ):
            assert span <= min(size, side)
            assert span == size or size > side // 2 or span > 0.6 * size


@pytest.mark.parametrize("name", ["convnext_tiny", "resnet18", "mobilenet_v2"])
def test_it_is_known_all_through_a_net_of_the_zoo(name: str) -> None:
    network = cnnshape.load(name)
    assert None not in network.receptive_fields.values()
