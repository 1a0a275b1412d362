"""Several operators that are one layer."""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sqrt

import numpy as np
import pytest

from cnnshape.importing import ImportFault, import_onnx

from .writer import Writer

Write = Callable[[Writer], str]


def _number(w: Writer, value: float) -> str:
    return w.constant(f"val_{len(w.weights)}", value)


def _binary(w: Writer, type: str, a: str | float, b: str | float) -> str:
    return w.node(type, [x if isinstance(x, str) else _number(w, x) for x in (a, b)])


def _gelu(w: Writer) -> str:
    erf = w.node("Erf", [_binary(w, "Div", "x", sqrt(2))])
    return _binary(w, "Mul", _binary(w, "Mul", "x", _binary(w, "Add", erf, 1.0)), 0.5)


def _gelu_in_another_order(w: Writer) -> str:
    erf = w.node("Erf", [_binary(w, "Mul", sqrt(0.5), "x")])
    return _binary(w, "Mul", _binary(w, "Add", 1.0, erf), _binary(w, "Mul", 0.5, "x"))


def _gelu_by_tanh(w: Writer) -> str:
    cube = _binary(w, "Mul", _binary(w, "Pow", "x", 3.0), 0.044715)
    tanh = w.node("Tanh", [_binary(w, "Mul", _binary(w, "Add", "x", cube), sqrt(2 / pi))])
    return _binary(w, "Mul", _binary(w, "Mul", "x", 0.5), _binary(w, "Add", tanh, 1.0))


def _hard_swish(w: Writer) -> str:
    moved = _binary(w, "Add", "x", 3.0)
    clipped = w.node("Clip", [moved, _number(w, 0.0), _number(w, 6.0)])
    return _binary(w, "Div", _binary(w, "Mul", "x", clipped), 6.0)


def _layer_norm(w: Writer) -> str:
    centred = w.node("Sub", ["x", w.node("ReduceMean", ["x"], axes=[-1])])
    variance = w.node("ReduceMean", [_binary(w, "Pow", centred, 2.0)], axes=[-1])
    scale = w.node("Sqrt", [_binary(w, "Add", variance, 1e-6)])
    plain = w.node("Div", [centred, scale])
    scaled = w.node("Mul", [plain, w.weight("norm.weight", 8)])
    return w.node("Add", [scaled, w.weight("norm.bias", 8)])


def _rms_norm(w: Writer) -> str:
    squares = w.node("ReduceMean", [_binary(w, "Pow", "x", 2.0)], axes=[-1])
    root = w.node("Sqrt", [_binary(w, "Add", squares, 1e-6)])
    plain = w.node("Mul", ["x", w.node("Reciprocal", [root])])
    return w.node("Mul", [plain, w.weight("norm.weight", 8)])


def _grouped(w: Writer) -> str:
    """As torch.onnx writes a group norm: groups in the place of channels."""
    ones, zeros = (w.constant(f"val_{k}", np.full(2, n)) for k, n in enumerate((1.0, 0.0)))
    groups = w.node("Reshape", ["x", w.constant("to_groups", [0, 2, -1])])
    norm = w.node("InstanceNormalization", [groups, ones, zeros], epsilon=1e-4)
    return w.node("Reshape", [norm, w.constant("back", [0, 4, 8, 8])])


def _group_norm(w: Writer) -> str:
    scaled = w.node("Mul", [_grouped(w), w.weight("norm.weight", 4, 1, 1)])
    return w.node("Add", [scaled, w.weight("norm.bias", 4, 1, 1)])


def _local_response_norm(w: Writer) -> str:
    squares = w.node("Unsqueeze", [w.node("Mul", ["x", "x"]), w.constant("one", [1])])
    padded = w.node("Pad", [squares, w.constant("pads", [0, 0, 1, 0, 0, 0, 0, 1, 0, 0])])
    pooled = w.node("AveragePool", [padded], kernel_shape=[3, 1, 1])
    mean = w.node("Squeeze", [pooled, w.constant("one_", [1])])
    scale = _binary(w, "Add", _binary(w, "Mul", mean, 0.01), 2.0)
    return w.node("Div", ["x", _binary(w, "Pow", scale, 0.75)])


def _linear(w: Writer) -> str:
    product = w.node("MatMul", ["x", w.weight("fc.weight", 8, 5)])
    return w.node("Add", [w.weight("fc.bias", 5), product])


def _conv_and_bias(w: Writer) -> str:
    conv = w.node("Conv", ["x", w.weight("conv.weight", 6, 4, 3, 3)])
    return w.node("Add", [conv, w.weight("conv.bias", 1, 6, 1, 1)])


def _channel_shuffle(w: Writer) -> str:
    parts = w.node("Reshape", ["x", w.constant("apart", [0, 2, 2, 8, 8])])
    dealt = w.node("Transpose", [parts], perm=[0, 2, 1, 3, 4])
    return w.node("Reshape", [dealt, w.constant("together", [0, 4, 8, 8])])


def _flat_shuffle(w: Writer) -> str:
    flat = w.node("Reshape", ["x", w.constant("flat", [0, 1, -1])])
    parts = w.node("Reshape", [flat, w.constant("apart", [0, 4, 2, 4, 8])])
    dealt = w.node("Transpose", [parts], perm=[0, 2, 1, 3, 4])
    return w.node("Reshape", [dealt, w.constant("together", [0, 8, 4, 8])])


def _hardshrink(w: Writer) -> str:
    small = w.node("LessOrEqual", [w.node("Abs", ["x"]), _number(w, 0.4)])
    return w.node("Where", [small, _number(w, 0.0), "x"])


def _hardshrink_by_both_sides(w: Writer) -> str:
    sides = _binary(w, "Greater", "x", 0.4), _binary(w, "Less", "x", -0.4)
    either = w.node("Or", [w.node("Cast", [side], to=9) for side in sides])
    return w.node("Where", [either, "x", _number(w, 0.0)])


def _softshrink(w: Writer) -> str:
    large = w.node("Greater", [w.node("Abs", ["x"]), _number(w, 0.4)])
    nearer = _binary(w, "Sub", "x", _binary(w, "Mul", w.node("Sign", ["x"]), 0.4))
    return w.node("Where", [large, nearer, _binary(w, "Mul", "x", 0.0)])


def _softshrink_by_both_sides(w: Writer) -> str:
    zero = _number(w, 0.0)
    above, below = _binary(w, "Greater", "x", 0.4), _binary(w, "Less", "x", -0.4)
    a = w.node("Where", [above, _binary(w, "Sub", "x", 0.4), zero])
    return w.node("Add", [a, w.node("Where", [below, _binary(w, "Add", "x", 0.4), zero])])


def _threshold(w: Writer) -> str:
    return w.node("Where", [_binary(w, "LessOrEqual", "x", 0.1), _number(w, -2.0), "x"])


def _steep_softplus(w: Writer) -> str:
    return _binary(w, "Div", w.node("Softplus", [_binary(w, "Mul", "x", 2.0)]), 2.0)


def _softplus_up_to_a_threshold(w: Writer) -> str:
    steep = _binary(w, "Mul", "x", 2.0)
    plain = _binary(w, "Div", w.node("Softplus", [steep]), 2.0)
    return w.node("Where", [_binary(w, "Greater", steep, 10.0), "x", plain])


def _lp_pool(w: Writer) -> str:
    powers = _binary(w, "Pow", "x", 2.0)
    mean = w.node("AveragePool", [powers], kernel_shape=[2, 3], strides=[2, 3])
    size = w.node("Relu", [w.node("Abs", [mean])])
    total = _binary(w, "Mul", w.node("Mul", [w.node("Sign", [mean]), size]), 6.0)
    return _binary(w, "Pow", total, 0.5)


def _normalized(w: Writer) -> str:
    length = w.node("Clip", [w.node("ReduceL1", ["x"], axes=[1]), _number(w, 1e-6)])
    return w.node("Div", ["x", w.node("Expand", [length, w.constant("size", [1, 4, 8, 8])])])


def _in_place(w: Writer) -> str:
    """As torch.onnx writes an activation in place of a part of a value: of all of it."""
    new = w.node("Transpose", [w.node("Relu", ["x"])], perm=[1, 0, 2, 3])
    old = w.node("Transpose", ["x"], perm=[1, 0, 2, 3])
    written = w.node("ScatterND", [old, w.constant("all", [[0], [1], [2], [3]]), new])
    return w.node("Transpose", [written], perm=[1, 0, 2, 3])


def _unfold(w: Writer) -> str:
    padded = w.node("Pad", ["x", w.constant("pads", [0, 0, 1, 0, 0, 0, 1, 0])])
    places = [[j + 2 * k for k in range(4)] for j in range(4)], [[0, 3, 6], [1, 4, 7]]
    rows = w.node("Gather", [padded, w.constant("rows", places[0])], axis=2)
    both = w.node("Gather", [rows, w.constant("columns", places[1])], axis=4)
    turned = w.node("Transpose", [both], perm=[0, 1, 2, 4, 3, 5])
    return w.node("Reshape", [turned, w.constant("flat", [0, 32, 12])])


def _windows(w: Writer) -> str:
    places = w.constant("places", [[0, 1, 2], [3, 4, 5]])
    return w.node("Transpose", [w.node("Gather", ["x", places], axis=2)], perm=[0, 1, 2, 4, 3])


def _connection_table(w: Writer, order: tuple[int, ...] = (1, 0, 2)) -> str:
    weights = w.weight("c3.one.weight", 1, 1, 3, 3), w.weight("c3.two.weight", 2, 2, 3, 3)
    maps = w.constant("maps1", [3]), w.constant("maps2", [0, 1, 1, 2])
    parts = [
        w.node("Conv", [w.node("Gather", ["x", read], axis=1), weight], group=groups)
        for groups, read, weight in zip((1, 2), maps, weights, strict=True)
    ]
    return w.node("Gather", [w.node("Concat", parts, axis=1), w.constant("order", order)], axis=1)


def _codes(w: Writer, *, first: float = 1.0) -> str:
    flat = w.node("Flatten", [w.node("GlobalMaxPool", ["x"])])
    codes = w.constant("codes", [[first, -1.0, 1.0, 1.0], [-1.0, -1.0, 1.0, -1.0]])
    apart = w.node("Sub", [w.node("Unsqueeze", [flat, w.constant("d", [1])]), codes])
    squares = w.node("Mul", [apart, apart])
    return w.node("ReduceSum", [squares, w.constant("last", [-1])], keepdims=0)


def _attention(w: Writer) -> str:
    """As torch.onnx writes it: the root of the scale on both sides, keys folded meanwhile."""
    root = 8**-0.25
    folded = w.node("Reshape", ["x", w.constant("folded", [-1, 8, 8])])
    turned = w.node("Transpose", [folded], perm=[0, 2, 1])
    keys = w.node("Reshape", [turned, w.constant("heads", [-1, 4, 8, 8])])
    scores = w.node("MatMul", [_binary(w, "Mul", "x", root), _binary(w, "Mul", keys, root)])
    return w.node("MatMul", [w.node("Softmax", [scores], axis=-1), "x"])


def _masked_attention(w: Writer, hidden: float = -np.inf) -> str:
    keys = w.node("Transpose", ["x"], perm=[0, 1, 3, 2])
    scores = w.node("MatMul", [_binary(w, "Mul", "x", 1.0), _binary(w, "Mul", keys, 0.5)])
    mask = w.constant("val_mask", np.triu(np.full((8, 8), hidden), 1))
    masked = w.node("Add", [scores, mask])
    return w.node("MatMul", [w.node("Softmax", [masked], axis=-1), "x"])


CASES: list[tuple[str, Write, list[str]]] = [
    ("gelu", _gelu, ["GELU"]),
    ("gelu in another order", _gelu_in_another_order, ["GELU"]),
    ("gelu by tanh", _gelu_by_tanh, ["GELU"]),
    ("silu", lambda w: w.node("Mul", [w.node("Sigmoid", ["x"]), "x"]), ["SiLU"]),
    (
        "mish",
        lambda w: w.node("Mul", ["x", w.node("Tanh", [w.node("Softplus", ["x"])])]),
        ["Mish"],
    ),
    ("log sigmoid", lambda w: w.node("Log", [w.node("Sigmoid", ["x"])]), ["LogSigmoid"]),
    ("hardswish", _hard_swish, ["Hardswish"]),
    (
        "hardswish by a gate",
        lambda w: w.node("Mul", ["x", w.node("HardSigmoid", ["x"], alpha=1 / 6)]),
        ["Hardswish"],
    ),
    ("layer norm", _layer_norm, ["LayerNorm"]),
    ("rms norm", _rms_norm, ["RMSNorm"]),
    ("group norm", _group_norm, ["GroupNorm"]),
    ("group norm that learns nothing", _grouped, ["GroupNorm"]),
    ("local response norm", _local_response_norm, ["LocalResponseNorm"]),
    ("linear", _linear, ["Linear"]),
    ("a bias of its own", _conv_and_bias, ["Conv2d"]),
    ("hardshrink", _hardshrink, ["Hardshrink"]),
    ("hardshrink by both sides", _hardshrink_by_both_sides, ["Hardshrink"]),
    ("softshrink", _softshrink, ["Softshrink"]),
    ("softshrink by both sides", _softshrink_by_both_sides, ["Softshrink"]),
    ("threshold", _threshold, ["Threshold"]),
    ("steep softplus", _steep_softplus, ["Softplus"]),
    ("softplus up to a threshold", _softplus_up_to_a_threshold, ["Softplus"]),
    ("power pool", _lp_pool, ["LPPool2d"]),
    ("normalize", _normalized, ["Normalize"]),
    ("in place", _in_place, ["ReLU"]),
    ("unfold", _unfold, ["Unfold"]),
    ("windows along a dimension", _windows, ["SlidingWindows"]),
    ("connection table", _connection_table, ["ConnectionTableConv2d"]),
    ("codes", _codes, ["AdaptiveMaxPool2d", "Flatten", "EuclideanRBF"]),
    ("attention", _attention, ["ScaledDotProductAttention"]),
    ("attention with a mask", _masked_attention, ["ScaledDotProductAttention"]),
    ("channel shuffle", _channel_shuffle, ["ChannelShuffle"]),
    ("no channel shuffle", _flat_shuffle, ["Reshape", "Reshape", "Transpose", "Flatten"]),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "types"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_an_idiom_is_one_layer(write: Write, types: list[str]) -> None:
    w = Writer(4, 8, 8)
    found = import_onnx(w.write(write(w)))
    assert [node.type for node in found.network.layers] == types
    assert found.check is not None


def test_what_it_is_computed_from_stays_where_it_is_read() -> None:
    w = Writer(4, 8, 8)
    gate = w.node("Sigmoid", ["x"])
    found = import_onnx(w.write(w.node("Mul", ["x", gate]), gate))
    assert [node.type for node in found.network.layers] == ["Sigmoid", "SiLU"]


def test_a_norm_over_other_dimensions_is_not_taken_for_one() -> None:
    w = Writer(4, 8, 8)
    centred = w.node("Sub", ["x", w.node("ReduceMean", ["x"], axes=[2, 3])])
    variance = w.node("ReduceMean", [_binary(w, "Pow", centred, 2.0)], axes=[2, 3])
    plain = w.node("Div", [centred, w.node("Sqrt", [_binary(w, "Add", variance, 1e-6)])])
    scaled = w.node("Mul", [plain, w.weight("norm.weight", 8)])
    found = import_onnx(w.write(w.node("Add", [scaled, w.weight("norm.bias", 8)])))
    assert "LayerNorm" not in [node.type for node in found.network.layers]


def test_the_arguments_of_windows_and_tables() -> None:
    w = Writer(4, 8, 8)
    unfold, table, codes = _unfold(w), _connection_table(w), _codes(w)
    found = {node.type: node for node in import_onnx(w.write(unfold, table, codes)).network.layers}
    arguments = found["Unfold"].layer.arguments
    assert arguments == {
        "kernel_size": (4, 2), "dilation": (1, 1), "padding": (1, 0), "stride": (2, 3),
    }  # fmt: skip
    assert found["ConnectionTableConv2d"].layer.arguments["table"] == ((0, 1), (3,), (1, 2))
    assert found["EuclideanRBF"].layer.arguments["centers"] == ((1, -1, 1, 1), (-1, -1, 1, -1))


def test_the_scale_and_mask_of_attention() -> None:
    w = Writer(4, 8, 8)
    plain, masked = import_onnx(w.write(_attention(w), _masked_attention(w))).network.layers
    assert (plain.layer.arguments["scale"], plain.layer.arguments["is_causal"]) == (None, False)
    assert (masked.layer.arguments["scale"], masked.layer.arguments["is_causal"]) == (0.5, True)


def test_another_mask_is_a_summand() -> None:
    w = Writer(4, 8, 8)
    found = import_onnx(w.write(_masked_attention(w, hidden=-1.0)))
    assert "ScaledDotProductAttention" not in [node.type for node in found.network.layers]


def test_maps_in_an_order_that_no_table_has() -> None:
    """Maps that read as many maps come out in the order of their weights."""
    w = Writer(4, 8, 8)
    found = import_onnx(w.write(_connection_table(w, (2, 0, 1))))
    kinds = {node.type for node in found.network.layers}
    assert kinds == {"Narrow", "Conv2d", "Concat"}
    assert found.network.totals.macs == (9 + 2 * 18) * 36


def test_codes_of_other_numbers_than_1_are_a_constant() -> None:
    w = Writer(4, 8, 8)
    types = [node.type for node in import_onnx(w.write(_codes(w, first=0.5))).network.layers]
    assert {"Constant", "Subtract"} <= {*types}


def test_what_lacks_an_attribute_or_a_size_is_no_idiom() -> None:
    """As a local response norm without a kernel, and a root mean square of what is not known."""
    w = Writer(4, 8, 8)
    squares = w.node("Unsqueeze", [_binary(w, "Mul", "x", "x"), w.constant("axes", [1])])
    pool = w.node("AveragePool", [w.node("Pad", [squares, w.constant("pads", [0] * 10)])])
    inner = w.node("Squeeze", [pool, "axes"])
    bottom = w.node("Add", [w.node("Mul", [inner, w.constant("a", 0.1)]), w.constant("k", 1.0)])
    y = w.node("Div", ["x", w.node("Pow", [bottom, w.constant("b", 0.75)])])
    with pytest.raises(ImportFault):
        import_onnx(w.write(y))
    w = Writer(4, 8, 8)
    given = w.node("Unheard", ["x"])
    mean = w.node("ReduceMean", [w.node("Mul", [given, given])], axes=[-1])
    root = w.node("Sqrt", [w.node("Add", [mean, w.constant("e", 1e-6)])])
    y = w.node("Mul", [w.node("Div", [given, root]), w.weight("w", 8)])
    with pytest.raises(ImportFault, match="what Unheard gives is not known"):
        import_onnx(w.write(y))
