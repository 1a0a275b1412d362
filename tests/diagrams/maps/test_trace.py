"""The traced sample: its windows are those that PyTorch's gradients see."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

import cnnshape
from cnnshape.diagrams import make_look
from cnnshape.diagrams.maps.path import Path, main_path
from cnnshape.diagrams.maps.trace import Span, read_by, trace

LAYERS = [
    ("[1, 32, 32]", ["{type: Conv2d, out_channels: 2, kernel_size: 5}"]),
    ("[1, 20, 33]", ["{type: Conv2d, out_channels: 2, kernel_size: [3, 5], stride: [2, 3]}"]),
    ("[1, 31, 31]", ["{type: Conv2d, out_channels: 1, kernel_size: 3, dilation: 4, padding: 4}"]),
    ("[1, 7, 7]", ["{type: Conv2d, out_channels: 1, kernel_size: 7, padding: 3}"]),
    ("[1, 28, 28]", ["{type: AvgPool2d, kernel_size: 2}"]),
    ("[1, 29, 29]", ["{type: AvgPool2d, kernel_size: 3, stride: 2, ceil_mode: true}"]),
    ("[1, 24, 18]", ["{type: AdaptiveAvgPool2d, output_size: [4, 6]}"]),
    ("[1, 9, 9]", ["{type: AdaptiveAvgPool2d, output_size: 1}"]),
    ("[1, 9, 9]", ["{type: Mean, dim: [2, 3]}"]),
    ("[1, 9, 9]", ["{type: ConvTranspose2d, out_channels: 1, kernel_size: 2, stride: 2}"]),
    ("[1, 9, 9]", ["{type: Upsample, scale_factor: 2}"]),
    ("[1, 100]", ["{type: Conv1d, out_channels: 1, kernel_size: 9, stride: 3, dilation: 2}"]),
    ("[1, 6, 9, 9]", ["{type: Conv3d, out_channels: 1, kernel_size: [1, 3, 3]}"]),
    ("[1, 8, 8]", ["{type: Conv2d, out_channels: 5, kernel_size: 8}", "Flatten"]),
    (
        "[1, 40, 40]",
        [
            "{type: Conv2d, out_channels: 1, kernel_size: 3, padding: 1}",
            "{type: Conv2d, out_channels: 1, kernel_size: 5, dilation: 2}",
            "Sigmoid",
        ],
    ),
    (
        "[3, 20, 24]",
        [
            "{type: Conv2d, out_channels: 4, kernel_size: 7, padding: 3}",
            "{type: Permute, dims: [0, 2, 3, 1]}",
            "{type: Linear, in_features: 4, out_features: 8}",
            "{type: Transpose, dim0: 1, dim1: 3}",
            "{type: Transpose, dim0: 2, dim1: 3}",
        ],
    ),
]


def path_of(input_shape: str, layers: list[str]) -> Path:
    listed = "".join(f"  - {layer}\n" for layer in layers)
    net = cnnshape.loads(f"input: {input_shape}\nlayers:\n{listed}")
    return main_path(net, make_look(depth=0))


def read_in_torch(path: Path, sample: tuple[int, ...]) -> tuple[Span, ...]:
    """The first and the last place of the input, in each dimension, that a sample depends on."""
    module = path.network.to_module().double().eval()
    for weight in module.parameters():
        torch.nn.init.constant_(weight, 0.01)
    image = torch.ones(1, *path.network.input_shape, dtype=torch.double, requires_grad=True)
    result = module(image)
    result[(0, slice(None), *(sample or (0,) * (result.ndim - 2)))].sum().backward()
    assert image.grad is not None
    places = image.grad[0].sum(0).nonzero()
    return tuple(
        Span(int(low), int(high)) for low, high in zip(places.amin(0), places.amax(0), strict=True)
    )


@pytest.mark.parametrize(("input_shape", "layers"), LAYERS)
def test_the_window_is_what_the_sample_depends_on(input_shape: str, layers: list[str]) -> None:
    path = path_of(input_shape, layers)
    (link,) = trace(path.stacks)
    assert link.way == "window"
    assert link.window == read_in_torch(path, link.sample)


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "vgg16", "resnet18", "unet", "c3d_ucf101"])
def test_each_sample_lies_within_the_window_that_is_followed_from_it(name: str) -> None:
    path = main_path(cnnshape.load(name), make_look())
    links = trace(path.stacks)
    followed = 0
    for link, after in pairwise(links):
        if link.way == after.way == "window" and after.window:
            assert len(link.sample) == len(after.window)
            for place, span in zip(link.sample, after.window, strict=True):
                assert span.first <= place <= span.last
            followed += 1
    assert followed >= 4


def test_windows_of_lenet_5_have_the_size_of_its_kernels():
    path = main_path(cnnshape.load("lenet5"), make_look())
    sizes = [tuple(span.size for span in link.window) for link in trace(path.stacks)]
    assert sizes == [(5, 5), (2, 2), (5, 5), (2, 2), (5, 5), (), ()]


def test_what_has_no_window_is_told_apart():
    path = main_path(cnnshape.load("vgg16"), make_look())
    ways = [link.way for link in trace(path.stacks)]
    assert ways[-4:] == ["rearranged", "all", "all", "all"]
    assert set(ways[:-4]) == {"window"}
    norm = path_of("[4, 6]", ["{type: LayerNorm, normalized_shape: [6]}"])
    assert [link.way for link in trace(norm.stacks)] == ["window"]
    assert [link.window for link in trace(norm.stacks)] == [(Span(0, 5),)]


def test_a_window_in_the_padding_is_cut_at_the_edge_of_the_map():
    assert Span(-2, 3).clipped(5) == Span(0, 3)
    assert Span(2, 7).clipped(5) == Span(2, 4)
    assert Span(1, 2).clipped(5) == Span(1, 2)


def test_a_range_of_positions_reads_the_union_of_their_windows():
    (node,) = path_of(
        "[1, 30]", ["{type: Conv1d, out_channels: 1, kernel_size: 3, stride: 2}"]
    ).layers
    assert read_by(node, (1, 30), (Span(0, 0), Span(4, 6))) == (Span(0, 0), Span(8, 14))


def test_what_a_layer_tells_of_another_of_its_inputs_is_not_taken_for_the_main_path():
    path = main_path(cnnshape.load("segnet"), make_look())
    links = dict(zip((stack.name for stack in path.stacks[1:]), trace(path.stacks), strict=True))
    assert links["pool5"].way == "window"
    assert links["decoder5.unpool"].way == "unknown"
    assert links["decoder5.conv.0–2"].window[0].size == 7
