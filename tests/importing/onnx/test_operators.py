"""Each operator becomes the layers that compute the same: the import proves it by running both."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnshape.importing import import_onnx
from cnnshape.importing.onnx import RULES
from cnnshape.layers import special

from .writer import Writer, onnx

Write = Callable[[Writer], str]


def _plain(type: str, **attributes: Any) -> Write:
    return lambda w: w.node(type, ["x"], **attributes)


def _conv(w: Writer, **attributes: Any) -> str:
    return w.node("Conv", ["x", w.weight("c.weight", 4, 4, 3, 3)], **attributes)


def _transposed(w: Writer, **attributes: Any) -> str:
    weight = w.weight("c.weight", 4, 6, 3, 3)
    return w.node("ConvTranspose", ["x", weight, w.weight("c.bias", 6)], **attributes)


def _norm(type: str, size: int, **attributes: Any) -> Write:
    return lambda w: w.node(
        type, ["x", w.weight("n.weight", size), w.weight("n.bias", size)], **attributes
    )


def _gemm(w: Writer, outputs: int = 5, **attributes: Any) -> str:
    weight, bias = w.weight("f.weight", outputs, 256), w.weight("f.bias", outputs)
    return w.node("Gemm", [w.node("Flatten", ["x"]), weight, bias], **attributes)


def _ints(type: str, *ints: int, **attributes: Any) -> Write:
    """An operator with whole numbers as its second input."""
    return lambda w: w.node(type, ["x", w.constant("ints", ints)], **attributes)


def _resize(*scales: float, **attributes: Any) -> Write:
    return lambda w: w.node("Resize", ["x", "", w.constant("s", scales)], **attributes)


def _of_two(type: str) -> Write:
    return lambda w: w.node(type, ["x", w.node("Sigmoid", ["x"])])


def _masked(w: Writer) -> str:
    mask = w.generator.uniform(size=(4, 8, 8)) < 0.5
    w.weights.append(onnx.numpy_helper.from_array(mask, "mask"))
    return w.node("Where", ["mask", "x", w.constant("zero", 0.0)])


def _with(type: str, *numbers: float) -> Write:
    return lambda w: w.node(
        type, ["x", *(w.constant(f"val_{k}", n) for k, n in enumerate(numbers))]
    )


def _unpooled(w: Writer) -> str:
    window: dict[str, Any] = {"kernel_shape": [2, 2], "strides": [2, 2]}
    w.node("MaxPool", ["x"], "pooled places", **window)
    return w.node("MaxUnpool", ["pooled", "places"], **window)


SAME = [0, 0, 1, 1]
CASES: list[tuple[str, Write, list[str]]] = [
    # Elementwise
    ("Relu", _plain("Relu"), ["ReLU"]),
    ("Sigmoid", _plain("Sigmoid"), ["Sigmoid"]),
    ("Tanh", _plain("Tanh"), ["Tanh"]),
    ("HardSwish", _plain("HardSwish"), ["Hardswish"]),
    ("HardSigmoid", _plain("HardSigmoid", alpha=1 / 6), ["Hardsigmoid"]),
    ("HardSigmoid", _plain("HardSigmoid"), ["Rescale", "Hardtanh"]),
    ("HardSigmoid", _plain("HardSigmoid", alpha=0.25, beta=0.4), ["Rescale", "Hardtanh"]),
    ("Softsign", _plain("Softsign"), ["Softsign"]),
    ("Softplus", _plain("Softplus"), ["Softplus"]),
    ("LeakyRelu", _plain("LeakyRelu", alpha=0.2), ["LeakyReLU"]),
    ("Elu", _plain("Elu", alpha=0.7), ["ELU"]),
    ("Celu", _plain("Celu", alpha=2.0), ["CELU"]),
    ("Selu", _plain("Selu"), ["SELU"]),
    ("Selu", _plain("Selu", alpha=1.5, gamma=1.2), ["ELU", "Rescale"]),
    ("ThresholdedRelu", _plain("ThresholdedRelu", alpha=0.3), ["Threshold"]),
    ("Shrink", _plain("Shrink", lambd=0.4), ["Hardshrink"]),
    ("Shrink", _plain("Shrink", lambd=0.4, bias=0.4), ["Softshrink"]),
    (
        "Shrink",
        _plain("Shrink", lambd=0.4, bias=0.3),
        ["Hardshrink", "Hardshrink", "Sign", "Rescale", "Add"],
    ),
    ("PRelu", lambda w: w.node("PRelu", ["x", w.weight("p.weight", 4, 1, 1)]), ["PReLU"]),
    ("Softmax", _plain("Softmax", axis=1), ["Softmax"]),
    ("LogSoftmax", _plain("LogSoftmax", axis=-1), ["LogSoftmax"]),
    ("Clip", _with("Clip", 0.0, 6.0), ["ReLU6"]),
    ("Clip", _with("Clip", -1.0, 0.5), ["Hardtanh"]),
    ("Dropout", _with("Dropout", 0.3), ["Dropout"]),
    ("Abs", _plain("Abs"), ["Abs"]),
    ("Exp", _plain("Exp"), ["Exp"]),
    ("Sin", _plain("Sin"), ["Sin"]),
    ("Cos", _plain("Cos"), ["Cos"]),
    ("Erf", _plain("Erf"), ["Erf"]),
    ("Sign", _plain("Sign"), ["Sign"]),
    ("Neg", _plain("Neg"), ["Rescale"]),
    ("Log", lambda w: w.node("Log", [w.node("Exp", ["x"])]), ["Exp", "Log"]),
    ("Sqrt", lambda w: w.node("Sqrt", [w.node("Abs", ["x"])]), ["Abs", "Power"]),
    ("Reciprocal", _plain("Reciprocal"), ["Power"]),
    ("Pow", lambda w: w.node("Pow", ["x", w.constant("exponent", 2.0)]), ["Power"]),
    ("Pow", lambda w: w.node("Pow", [w.constant("base", 2.0), "x"]), ["Rescale", "Exp"]),
    ("Identity", lambda w: w.node("Relu", [w.node("Identity", ["x"])]), ["ReLU"]),
    ("Cast", lambda w: w.node("Relu", [w.node("Cast", ["x"], to=1)]), ["ReLU"]),
    # Arithmetic
    ("Add", _of_two("Add"), ["Sigmoid", "Add"]),
    ("Sub", _of_two("Sub"), ["Sigmoid", "Subtract"]),
    ("Mul", lambda w: w.node("Mul", ["x", w.node("Tanh", ["x"])]), ["Tanh", "Multiply"]),
    ("Div", _of_two("Div"), ["Sigmoid", "Divide"]),
    ("Max", _of_two("Max"), ["Sigmoid", "Maximum"]),
    ("Min", _of_two("Min"), ["Sigmoid", "Minimum"]),
    ("Sum", lambda w: w.node("Relu", [w.node("Sum", ["x"])]), ["ReLU"]),
    ("Min", lambda w: w.node("Min", ["x", "x", w.node("Tanh", ["x"])]), ["Tanh", "Minimum"]),
    ("Max", _with("Max", 0.0), ["ReLU"]),
    ("Min", _with("Min", 2.0), ["Clamp"]),
    ("Sum", lambda w: w.node("Sum", ["x", "x", w.node("Tanh", ["x"])]), ["Tanh", "Add"]),
    ("Add", _with("Add", 2.5), ["Rescale"]),
    ("Mul", _with("Mul", 0.25), ["Rescale"]),
    ("Div", _with("Div", 4.0), ["Rescale"]),
    ("Sub", lambda w: w.node("Sub", [w.constant("val_1", 1.0), "x"]), ["Rescale"]),
    ("Pow", _with("Pow", 2.0), ["Power"]),
    ("Where", _masked, ["Buffer", "Multiply"]),
    ("Mul", lambda w: w.node("Mul", ["x", w.weight("gamma", 4, 1, 1)]), ["Scale"]),
    ("Add", lambda w: w.node("Add", [w.weight("beta", 1, 4, 1, 1), "x"]), ["Bias"]),
    ("Concat", lambda w: w.node("Concat", ["x", "x"], axis=1), ["Concat"]),
    (
        "MatMul",
        lambda w: w.node("MatMul", ["x", w.node("Transpose", ["x"], perm=[0, 1, 3, 2])]),
        ["Transpose", "MatMul"],
    ),
    # With weights
    ("Conv", _conv, ["Conv2d"]),
    ("Conv", lambda w: _conv(w, pads=[1, 1, 1, 1], dilations=[1, 1]), ["Conv2d"]),
    ("Conv", lambda w: _conv(w, pads=SAME), ["ZeroPad2d", "Conv2d"]),
    ("Conv", lambda w: _conv(w, auto_pad="SAME_UPPER", strides=[1, 1]), ["Conv2d"]),
    ("Conv", lambda w: _conv(w, auto_pad="SAME_UPPER", strides=[2, 2]), ["ZeroPad2d", "Conv2d"]),
    ("Conv", lambda w: _conv(w, auto_pad="SAME_LOWER", strides=[2, 2]), ["ZeroPad2d", "Conv2d"]),
    ("Conv", lambda w: _conv(w, auto_pad="VALID"), ["Conv2d"]),
    ("ConvTranspose", lambda w: _transposed(w, strides=[2, 2]), ["ConvTranspose2d"]),
    (
        "ConvTranspose",
        lambda w: _transposed(w, strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1]),
        ["ConvTranspose2d"],
    ),
    (
        "ConvTranspose",
        lambda w: _transposed(w, strides=[2, 2], pads=[1, 1, 0, 0]),
        ["ConvTranspose2d"],
    ),
    (
        "ConvTranspose",
        lambda w: _transposed(w, strides=[2, 2], pads=[0, 0, 1, 2]),
        ["ConvTranspose2d", "Narrow", "Narrow"],
    ),
    (
        "ConvTranspose",
        lambda w: _transposed(w, strides=[2, 2], auto_pad="SAME_UPPER"),
        ["ConvTranspose2d", "Narrow", "Narrow"],
    ),
    ("Gemm", lambda w: _gemm(w, transB=1), ["Flatten", "Linear"]),
    ("Gemm", lambda w: _gemm(w, 1, transB=1), ["Flatten", "Linear"]),
    (
        "Gemm",
        lambda w: _gemm(w, transB=1, alpha=0.5, beta=0.5),
        ["Flatten", "Linear", "Rescale"],
    ),
    ("MatMul", lambda w: w.node("MatMul", ["x", w.weight("f.weight", 8, 3)]), ["Linear"]),
    # Norms
    (
        "BatchNormalization",
        lambda w: w.node(
            "BatchNormalization", ["x", *(w.weight(f"n.{k}", 4) for k in range(4))], epsilon=1e-3
        ),
        ["BatchNorm2d"],
    ),
    ("InstanceNormalization", _norm("InstanceNormalization", 4), ["InstanceNorm2d"]),
    ("LayerNormalization", _norm("LayerNormalization", 8), ["LayerNorm"]),
    ("LRN", _plain("LRN", size=3, alpha=0.01, bias=2.0), ["LocalResponseNorm"]),
    ("LpNormalization", _plain("LpNormalization", axis=1), ["Normalize"]),
    # Pools and reductions
    ("MaxPool", _plain("MaxPool", kernel_shape=[2, 2], strides=[2, 2]), ["MaxPool2d"]),
    ("MaxPool", _plain("MaxPool", kernel_shape=[3, 3], pads=[1, 1, 1, 1]), ["MaxPool2d"]),
    (
        "MaxPool",
        _plain("MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=SAME),
        ["MaxPool2d"],  # with ceil_mode
    ),
    (
        "MaxPool",
        _plain("MaxPool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
        ["MaxPool2d"],
    ),
    ("AveragePool", _plain("AveragePool", kernel_shape=[2, 2]), ["AvgPool2d"]),
    (
        "AveragePool",
        _plain("AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        ["AvgPool2d"],
    ),
    (
        "AveragePool",
        _plain("AveragePool", kernel_shape=[3, 3], pads=SAME, count_include_pad=1),
        ["ZeroPad2d", "AvgPool2d"],
    ),
    (
        "AveragePool",
        _plain("AveragePool", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
        ["AvgPool2d"],
    ),
    ("LpPool", _plain("LpPool", kernel_shape=[2, 2], p=2), ["LPPool2d"]),
    ("GlobalAveragePool", _plain("GlobalAveragePool"), ["AdaptiveAvgPool2d"]),
    ("GlobalMaxPool", _plain("GlobalMaxPool"), ["AdaptiveMaxPool2d"]),
    ("ReduceMean", _plain("ReduceMean", axes=[2, 3]), ["AdaptiveAvgPool2d"]),
    ("ReduceMean", _plain("ReduceMean", axes=[-1], keepdims=0), ["Mean"]),
    ("ReduceSum", _ints("ReduceSum", 1), ["Sum"]),
    ("ReduceMax", _plain("ReduceMax", axes=[2, 3], keepdims=0), ["Max"]),
    ("ReduceMax", _plain("ReduceMax", axes=[2, 3]), ["AdaptiveMaxPool2d"]),
    ("ReduceMin", _plain("ReduceMin", axes=[1]), ["Min"]),
    ("ReduceL1", _plain("ReduceL1", axes=[1]), ["Norm"]),
    ("ReduceL2", _plain("ReduceL2", axes=[2, 3]), ["Norm"]),
    ("MaxUnpool", _unpooled, ["MaxPool2d", "MaxUnpool2d"]),
    # Dimensions and parts
    ("Flatten", _plain("Flatten"), ["Flatten"]),
    ("Reshape", _ints("Reshape", 0, 2, 2, 8, -1), ["Reshape"]),
    ("Unsqueeze", _ints("Unsqueeze", 1), ["Unsqueeze"]),
    (
        "Squeeze",
        lambda w: w.node("Squeeze", [w.node("GlobalMaxPool", ["x"]), w.constant("d", [2, 3])]),
        ["AdaptiveMaxPool2d", "Flatten"],
    ),
    ("Transpose", _plain("Transpose", perm=[0, 2, 3, 1]), ["Permute"]),
    ("Transpose", _plain("Transpose", perm=[0, 1, 3, 2]), ["Transpose"]),
    (
        "Expand",
        lambda w: w.node("Expand", [w.node("GlobalMaxPool", ["x"]), w.constant("d", [1, 4, 8, 8])]),
        ["AdaptiveMaxPool2d", "Expand"],
    ),
    ("Tile", _ints("Tile", 1, 2, 1, 3), ["Tile"]),
    ("Slice", lambda w: w.node("Slice", ["x", *_range(w, [1], [3], [1])]), ["Narrow"]),
    (
        "Slice",
        lambda w: w.node("Slice", ["x", *_range(w, [1, 0], [-1, 99], [2, 3])]),
        ["Narrow"],
    ),
    (
        "Slice",
        lambda w: w.node("Slice", ["x", *_range(w, [0, 0], [8, 8], [2, 3], [2, 2])]),
        ["MaxPool2d"],
    ),
    (
        "Slice",
        lambda w: w.node("Slice", ["x", *_range(w, [-1, -1], [-99, -99], [2, 3], [-1, -1])]),
        ["Flip"],
    ),
    ("Gather", lambda w: w.node("Gather", ["x", w.constant("i", 2)], axis=1), ["Select"]),
    ("Gather", lambda w: w.node("Gather", ["x", w.constant("i", [1, 2])], axis=1), ["Narrow"]),
    (
        "Gather",
        lambda w: w.node("Gather", ["x", w.constant("i", [3, 0, 1])], axis=1),
        ["Narrow", "Narrow", "Concat"],
    ),
    ("Pad", _ints("Pad", 0, 0, 1, 2, 0, 0, 3, 4), ["ZeroPad2d"]),
    ("Pad", _ints("Pad", 0, 0, 1, 2, 0, 0, 3, 4, mode="reflect"), ["ReflectionPad2d"]),
    ("Pad", _ints("Pad", 0, 0, 1, 2, 0, 0, 3, 4, mode="edge"), ["ReplicationPad2d"]),
    (
        "Pad",
        lambda w: w.node("Pad", ["x", w.constant("p", [0, 0, 1, 1] * 2), w.constant("v", 0.5)]),
        ["ConstantPad2d"],
    ),
    ("DepthToSpace", _plain("DepthToSpace", blocksize=2, mode="CRD"), ["PixelShuffle"]),
    (
        "DepthToSpace",
        _plain("DepthToSpace", blocksize=2),
        ["Reshape", "Permute", "Reshape"],
    ),
    (
        "SpaceToDepth",
        _plain("SpaceToDepth", blocksize=2),
        ["Reshape", "Permute", "Reshape"],
    ),
    # Sizes
    (
        "Resize",
        _resize(1.0, 1.0, 2.0, 2.0, coordinate_transformation_mode="asymmetric"),
        ["Upsample"],
    ),
    ("Resize", _resize(1.0, 1.0, 1.5, 2.5, mode="linear"), ["Upsample"]),
    ("Resize", _resize(1.0, 1.0, 2.0, 2.0, mode="cubic"), ["Upsample"]),
    (
        "Resize",
        _resize(
            1.0, 1.0, 3.0, 3.0, mode="linear", coordinate_transformation_mode="align_corners"
        ),
        ["Upsample"],
    ),
    (
        "Resize",
        lambda w: w.node("Resize", ["x", "", "", w.constant("s", [1, 4, 5, 3])], mode="linear"),
        ["Upsample"],
    ),
]  # fmt: skip


def _range(w: Writer, *lists: list[int]) -> list[str]:
    return [w.constant(f"range{k}", each) for k, each in enumerate(lists)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "types"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_an_operator(write: Write, types: list[str]) -> None:
    w = Writer(4, 8, 8, batch=1)
    found = import_onnx(w.write(write(w)))
    assert [node.type for node in found.network.layers] == types
    assert found.check is not None


OF_IDIOMS = {
    "AdaptiveAvgPool", "LogSigmoid", "MultiheadAttention", "ScaledDotProductAttention",
    "SlidingWindows", "Threshold", "Unfold",
    *chain.from_iterable(module.rules for module in special("from_onnx")),
}  # fmt: skip
"""What idioms stand for that ONNX has no operator for."""


def test_each_operator_is_tried() -> None:
    fused = OF_IDIOMS | {"Gelu", "GroupNormalization", "Mish", "RMSNormalization", "Swish"}
    elsewhere = {"CastLike", "Col2Im", "Split", "Upsample"}
    elsewhere |= {"GlobalLpPool", "Mean", "MeanVarianceNormalization", "ReduceLogSum"}
    elsewhere |= {"ReduceLogSumExp", "ReduceSumSquare"}  # see test_old_forms
    assert set(RULES) - {case[0] for case in CASES} == fused | elsewhere


def test_the_docs_list_each_operator() -> None:
    docs = Path(__file__).parents[3].joinpath("docs/import.md").read_text(encoding="utf-8")
    listed = docs.partition("The operators that are known:")[2].partition("\n\n")[0]
    assert set(re.findall(r"\w+", listed)) == set(RULES) - OF_IDIOMS


def test_windows_put_together_again() -> None:
    w = Writer(12, 9, opset=18)
    sizes = w.constant("size", [6, 6]), w.constant("kernel", [2, 2])
    found = import_onnx(w.write(w.node("Col2Im", ["x", *sizes], strides=[2, 2])))
    assert [node.type for node in found.network.layers] == ["Fold"]


def test_parts() -> None:
    w = Writer(4, 6, opset=18)
    w.node("Split", ["x"], "a b", axis=1, num_outputs=2)
    w.node("Split", ["a", w.constant("sizes", [2, 4])], "c d", axis=-1)
    found = import_onnx(w.write("b", "c", "d"))
    assert [node.type for node in found.network.layers] == ["Chunk", "Chunk", "Split", "Split"]
    assert found.network.output_shapes == ((2, 6), (2, 2), (2, 4))


def _norm_with(w: Writer, scale: str, bias: str) -> list[str]:
    made = {"ones": 1.0, "zeros": 0.0}
    names = [
        w.constant(f"val_{k}", np.full(4, made[name])) if name in made else w.weight(name, 4)
        for k, name in enumerate((scale, bias))
    ]
    return ["x", *names]


@pytest.mark.parametrize(
    ("scale", "bias", "params"),
    [("n.weight", "n.bias", 8), ("n.weight", "zeros", 4), ("ones", "zeros", 0)],
)
@pytest.mark.parametrize("type", ["InstanceNormalization", "BatchNormalization"])
def test_what_a_norm_does_not_learn(type: str, scale: str, bias: str, params: int) -> None:
    w = Writer(4, 8, 8)
    reads = _norm_with(w, scale, bias)
    if type == "BatchNormalization":
        reads += [w.weight("n.mean", 4), w.weight("n.var", 4)]
    found = import_onnx(w.write(w.node(type, reads)))
    assert found.network.totals.params == params
