"""The words of other libraries: each means what is said here, by the rank of the map."""

from __future__ import annotations

import re

import pytest

from cnnshape import loads
from cnnshape.layers import registry
from cnnshape.spec import words
from cnnshape.suggesting.putting import put_in

from ..expansion.test_fixes import faults_of

INPUTS = {1: "[4, 32]", 2: "[4, 32, 32]", 3: "[4, 8, 32, 32]"}

MEANT = {
    "UpSampling2D": "Upsample", "Conv2DTranspose": "ConvTranspose2d", "Swish": "SiLU",
    "BatchNormalization": "BatchNorm2d", "maxpool": "MaxPool2d", "Conv": "Conv2d",
    "GlobalAvgPool2d": "AdaptiveAvgPool2d", "GlobalAveragePooling2D": "AdaptiveAvgPool2d",
    "GlobalMaxPool": "AdaptiveMaxPool2d", "Dense": "Linear", "FC": "Linear",
    "LRN": "LocalResponseNorm", "Interpolate": "Upsample", "Pad": "ZeroPad2d",
    "torch.nn.Conv2d": "Conv2d", "nn.ReLU": "ReLU", "F.relu": "ReLU", "torch.flatten": "Flatten",
    "F.adaptive_avg_pool2d": "AdaptiveAvgPool2d", "tf.keras.layers.Conv2D": "Conv2d",
    "leaky_relu": "LeakyReLU", "log_softmax": "LogSoftmax", "cat": "Concat", "Relu": "ReLU",
    "conv2d": "Conv2d", "MaxPooling2D": "MaxPool2d", "AveragePooling2D": "AvgPool2d",
    "InnerProduct": "Linear", "Deconvolution": "ConvTranspose2d", "Eltwise": "Add",
    "concatenate": "Concat", "route": "Concat", "shortcut": "Add", "Gemm": "Linear",
    "ZeroPadding2D": "ZeroPad2d", "SpatialDropout2D": "Dropout2d", "Convolution2D": "Conv2d",
    "convolutional": "Conv2d", "avgpool": "AvgPool2d", "F.max_pool2d": "MaxPool2d",
    "F.interpolate": "Upsample", "BatchNorm": "BatchNorm2d", "HardSwish": "Hardswish",
    "MultiHeadAttention": "MultiheadAttention", "LayerNormalization": "LayerNorm",
    "InstanceNormalization": "InstanceNorm2d", "GroupNormalization": "GroupNorm",
    "PReLU6": "", "Frobnicate": "",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("word", MEANT)
def test_a_word_is_told_as_what_it_is_here(word: str) -> None:
    (fault,) = faults_of(f"input: [3, 32, 32]\nlayers:\n  - {{type: {word}}}\n")
    said = re.findall(r"\w+ is (?:\{type: )?(\w+)", fault.help)
    assert said == ([MEANT[word]] if MEANT[word] else []), fault.help


@pytest.mark.parametrize(
    ("word", "kinds"),
    {
        "Conv": ("Conv1d", "Conv2d", "Conv3d"),
        "maxpool": ("MaxPool1d", "MaxPool2d", "MaxPool3d"),
        "BatchNormalization": ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d"),
        "GlobalAvgPool": ("AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"),
    }.items(),
)
def test_the_rank_of_the_map_decides(word: str, kinds: tuple[str, ...]) -> None:
    arguments = {"Conv": ", filters: 8, kernel: 3", "maxpool": ", pool_size: 2"}.get(word, "")
    for rank, kind in enumerate(kinds, 1):
        text = f"input: {INPUTS[rank]}\nlayers:\n  - ReLU\n  - {{type: {word}{arguments}}}\n"
        (fault,) = faults_of(text)
        assert re.search(rf"\b{kind}\b", fault.help), fault.help
        assert not faults_of(put_in(text, fault.fixes[0]))


def test_the_rank_behind_a_flatten_is_that_of_a_vector() -> None:
    (fault,) = faults_of("input: [3, 8, 8]\nlayers: [Flatten, BatchNormalization]\n")
    assert fault.help == "BatchNormalization is BatchNorm1d here"


def test_every_answer_of_the_table_is_a_type() -> None:
    for pattern in words.TYPES.values():
        assert any(pattern.format(d=d) in registry() for d in (1, 2, 3)), pattern
    for name in words.ARGUMENTS:
        known = any(name in kind.fields for kind in registry().values())
        assert known or name in ("name", "from", "repeat", "when"), name


@pytest.mark.slow
@pytest.mark.parametrize("word", [group[0] for group in words.SEVERAL])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_what_is_several_layers_is_written_so_that_it_reads(word: str, rank: int) -> None:
    text = re.sub(r": C\b", ": 4", re.sub(r": N\b", ": 6", words.written_out(word, rank)))
    layers = re.findall(r"\{(?:type|join|layers): (?:[^{}]|\{[^{}]*\})*\}", text)
    if layers:
        loads(f"input: {INPUTS[rank]}\nlayers: [{', '.join(layers)}]\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("entry", "instead"),
    {
        "{type: MaxPool2d, pool_size: 2}": "kernel_size",
        "{type: Conv2d, filters: 8, kernel_size: 3}": "out_channels",
        "{type: Conv2d, num_filters: 8, kernel_size: 3}": "out_channels",
        "{type: Conv2d, out_channels: 8, kernel: 3}": "kernel_size",
        "{type: Conv2d, out_channels: 8, kernel_size: 3, strides: 2}": "stride",
        "{type: Conv2d, out_channels: 8, kernel_size: 3, pad: 1}": "padding",
        "{type: Conv2d, out_channels: 8, kernel_size: 3, use_bias: false}": "bias",
        "{type: Dropout, rate: 0.5}": "p",
        "{type: Conv2d, out_channels: 8, kernel_size: 3, dilation_rate: 2}": "dilation",
        "{type: LeakyReLU, alpha: 0.1}": "negative_slope",
        "{type: Softmax, axis: 1}": "dim",
        "{type: BatchNorm2d, epsilon: 0.1}": "eps",
        "{type: ReLU, inputs: input}": "from",
    }.items(),
)
def test_an_argument_of_another_library(entry: str, instead: str) -> None:
    text = f"input: [3, 32, 32]\nlayers:\n  - {entry}\n"
    fault = faults_of(text)[0]
    assert f" is {instead} here" in fault.help
    assert not faults_of(put_in(text, fault.fixes[0]))


def test_an_activation_is_a_layer_of_its_own() -> None:
    text = """\
input: [3, 32, 32]
layers:
  - {type: Conv2d, out_channels: 8, kernel_size: 3, activation: relu, name: a}
  - {type: Tanh, from: a}
"""
    (fault,) = faults_of(text)
    assert fault.help == "write ReLU as the layer after it"
    mended = loads(put_in(text, fault.fixes[0]))
    assert [node.type for node in mended.layers] == ["Conv2d", "ReLU", "Tanh"]


def test_the_entry_of_a_branch_may_stand_alone() -> None:
    text = """\
input: [3, 32, 32]
layers:
  - join: Concat
    branches:
      one: {type: Conv2D, filters: 8, kernel_size: 1}
      two: {type: Conv2d, out_channels: 8, kernel_size: 1, activation: relu}
"""
    for _ in range(2):
        text = put_in(text, faults_of(text)[0].fixes[0])
    mended = loads(text)
    assert [node.type for node in mended.layers] == ["Conv2d", "Conv2d", "ReLU", "Concat"]
