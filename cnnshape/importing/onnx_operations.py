"""What each operator of ONNX is called as a layer. Neither onnx nor torch is needed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from ..layers.shapes import Shape
from .graph import NotSaid
from .operations import Layer


class Given(NamedTuple):
    """An input of an operator.

    Attributes:
        key: of the layer that gives it; '' for a constant.
        shape: with the batch, or of the constant.
        name: of the initializer that it is, or ''.
        value: the constant, as nested lists or a number; None for large ones.
    """

    key: str
    shape: Shape
    name: str = ""
    value: Any = None


class Operator(NamedTuple):
    """A node: its type, what it reads, its attributes, and the shape of its first output."""

    type: str
    inputs: tuple[Given | None, ...]
    attributes: dict[str, Any]
    output: Shape
    opset: int

    @property
    def x(self) -> Given:
        """The first input."""
        first = self.inputs[0]
        if first is None or not first.key:
            raise NotSaid("its first input is a constant")
        return first

    def weight(self, place: int) -> Given:
        """An input that is an initializer."""
        given = self.given(place)
        if given is None or not given.name:
            raise NotSaid("with a weight that is computed")
        return given

    def given(self, place: int) -> Given | None:
        """An input, or None where it is left out."""
        return self.inputs[place] if place < len(self.inputs) else None

    def number(self, place: int, name: str, default: float | None) -> float | None:
        """A number that is an attribute in older models, and an input in newer ones."""
        if name in self.attributes:
            return float(self.attributes[name])
        given = self.given(place)
        if given is None:
            return default
        if given.value is None or isinstance(given.value, list):
            raise NotSaid(f"with a {name} that is computed")
        return float(given.value)


SAME = "same"
Answer: TypeAlias = "Layer | str | list[Layer]"
Rule: TypeAlias = Callable[[Operator], Answer]
TRANSPOSED = "transposed "
"""Begins the name of a weight that is the transposed initializer."""

RULES: dict[str, Rule] = {}


def answer(operator: Operator) -> Answer:
    """The layer of an operator; raises NotSaid."""
    rule = RULES.get(operator.type)
    if rule is None:
        raise NotSaid("no layer type says it")
    return rule(operator)


def _rule(*names: str) -> Callable[[Rule], Rule]:
    def add(rule: Rule) -> Rule:
        for name in names:
            RULES[name] = rule
        return rule

    return add


@_rule("Identity", "Dropout", "Cast")
def _same(op: Operator) -> Answer:
    return SAME


PLAIN = {
    "Relu": "ReLU", "Sigmoid": "Sigmoid", "Tanh": "Tanh", "HardSwish": "Hardswish",
    "Softsign": "Softsign", "Mish": "Mish", "Swish": "SiLU",
}  # fmt: skip


@_rule(*PLAIN)
def _plain(op: Operator) -> Answer:
    return Layer(PLAIN[op.type], {}, (op.x,))  # type: ignore[arg-type]


@_rule("LeakyRelu")
def _leaky(op: Operator) -> Answer:
    return _layer("LeakyReLU", op, negative_slope=op.attributes.get("alpha", 0.01))


@_rule("Elu")
def _elu(op: Operator) -> Answer:
    return _layer("ELU", op, alpha=op.attributes.get("alpha", 1.0))


@_rule("Gelu")
def _gelu(op: Operator) -> Answer:
    return _layer("GELU", op, approximate=op.attributes.get("approximate", "none"))


@_rule("Softmax", "LogSoftmax")
def _softmax(op: Operator) -> Answer:
    return _layer(op.type, op, dim=op.attributes.get("axis", -1 if op.opset >= 13 else 1))


@_rule("HardSigmoid")
def _hard_sigmoid(op: Operator) -> Answer:
    slope, offset = op.attributes.get("alpha", 0.2), op.attributes.get("beta", 0.5)
    if abs(slope - 1 / 6) > 1e-6 or offset != 0.5:
        raise NotSaid("with another slope than 1/6")
    return _layer("Hardsigmoid", op)


@_rule("Clip")
def _clip(op: Operator) -> Answer:
    low, high = op.number(1, "min", None), op.number(2, "max", None)
    if low == 0 and high == 6:
        return _layer("ReLU6", op)
    if low == 0 and high is None:
        return _layer("ReLU", op)
    if low is None or high is None:
        raise NotSaid("with one bound alone")
    return _layer("Hardtanh", op, min_val=low, max_val=high)


@_rule("PRelu")
def _prelu(op: Operator) -> Answer:
    weight = op.weight(1)
    count = max(weight.shape, default=1)
    return _weighted("PReLU", op, {"num_parameters": count}, {"weight": weight.name})


# With weights ----------------------------------------------------------------------------


@_rule("Conv", "ConvTranspose")
def _convolution(op: Operator) -> Answer:
    weight, bias = op.weight(1), op.given(2)
    rank = len(weight.shape) - 2
    groups = op.attributes.get("group", 1)
    transposed = op.type == "ConvTranspose"
    given: dict[str, Any] = {
        "out_channels": weight.shape[1] * groups if transposed else weight.shape[0],
        "kernel_size": list(weight.shape[2:]),
        "stride": op.attributes.get("strides", [1] * rank),
        "padding": _padding(op, rank),
        "dilation": op.attributes.get("dilations", [1] * rank),
        "groups": groups,
        "bias": bias is not None,
    }
    if transposed:
        given["output_padding"] = op.attributes.get("output_padding", [0] * rank)
        if "output_shape" in op.attributes:
            raise NotSaid("with an output_shape")
    weights = {"weight": weight.name}
    if bias is not None:
        weights["bias"] = op.weight(2).name
    return _weighted(f"{op.type}{rank}d", op, given, weights)


def _padding(op: Operator, rank: int) -> list[int]:
    if op.attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise NotSaid(f"with auto_pad {op.attributes['auto_pad']}")
    pads = op.attributes.get("pads", [0] * 2 * rank)
    if pads[:rank] != pads[rank:]:
        raise NotSaid("with other padding at the end than at the beginning")
    return list(pads[:rank])


@_rule("BatchNormalization")
def _batch_norm(op: Operator) -> Answer:
    names = dict(zip(("weight", "bias", "running_mean", "running_var"), range(1, 5), strict=True))
    weights = {name: op.weight(place).name for name, place in names.items()}
    given = {"eps": _rounded(op.attributes.get("epsilon", 1e-5))}
    return _weighted(f"BatchNorm{max(1, len(op.x.shape) - 2)}d", op, given, weights)


@_rule("LayerNormalization")
def _layer_norm(op: Operator) -> Answer:
    axis = op.attributes.get("axis", -1)
    weights = {"weight": op.weight(1).name}
    if op.given(2) is not None:
        weights["bias"] = op.weight(2).name
    given = {
        "normalized_shape": list(op.x.shape[axis:]),
        "eps": _rounded(op.attributes.get("epsilon", 1e-5)),
        "bias": "bias" in weights,
    }
    return _weighted("LayerNorm", op, given, weights)


@_rule("Gemm")
def _gemm(op: Operator) -> Answer:
    if any(op.attributes.get(name, 1) != 1 for name in ("alpha", "beta")) or op.attributes.get(
        "transA", 0
    ):
        raise NotSaid("with alpha, beta or transA")
    weight = op.weight(1)
    across = op.attributes.get("transB", 0)
    features = weight.shape[1 if across else 0]
    weights = {"weight": weight.name if across else f"{TRANSPOSED}{weight.name}"}
    if op.given(2) is not None:
        weights["bias"] = op.weight(2).name
    given = {
        "out_features": weight.shape[0 if across else 1],
        "in_features": features,
        "bias": "bias" in weights,
    }
    return _weighted("Linear", op, given, weights)


@_rule("MatMul")
def _matmul(op: Operator) -> Answer:
    second = op.given(1)
    if second is not None and second.key:
        return Layer("MatMul", {}, (op.x, second))  # type: ignore[arg-type]
    weight = op.weight(1)
    if len(weight.shape) != 2:
        raise NotSaid("with a weight of more than two dimensions")
    given = {"out_features": weight.shape[1], "in_features": weight.shape[0], "bias": False}
    return _weighted("Linear", op, given, {"weight": f"{TRANSPOSED}{weight.name}"})


# Several values ----------------------------------------------------------------------------

JOINS = {"Add": "Add", "Sum": "Add", "Mul": "Multiply", "Sub": "Subtract", "Max": "Maximum"}


@_rule(*JOINS)
def _join(op: Operator) -> Answer:
    values = [value for value in op.inputs if value is not None]
    constants = [value for value in values if not value.key]
    if constants and op.type == "Mul" and len(values) == 2 and constants[0].name:
        (value,) = (value for value in values if value.key)
        factor = constants[0]
        sizes = (1,) * (len(value.shape) - len(factor.shape)) + factor.shape
        dims = [dim for dim, size in enumerate(sizes) if size != 1]
        if len(dims) == 1 and dims[0] and sizes[dims[0]] == value.shape[dims[0]]:
            return Layer("Scale", {"dim": dims[0]}, (value,), {"weight": factor.name})  # type: ignore[arg-type]
    if constants:
        what = constants[0].name or f"the number {constants[0].value}"
        raise NotSaid(f"with {what}")
    return Layer(JOINS[op.type], {}, tuple(values))  # type: ignore[arg-type]


@_rule("Concat")
def _concat(op: Operator) -> Answer:
    values = [value for value in op.inputs if value is not None]
    if not all(value.key for value in values):
        raise NotSaid("with a constant")
    axis = op.attributes["axis"]
    axis = axis + len(op.output) if axis < 0 else axis
    return Layer("Concat", {"dim": axis}, tuple(values))  # type: ignore[arg-type]


@_rule("Split")
def _split(op: Operator) -> Answer:
    axis, sizes = op.attributes.get("axis", 0), op.attributes.get("split")
    given = op.given(1)
    if sizes is None and given is not None:
        sizes = given.value
    if sizes is None:
        chunks = op.attributes.get("num_outputs") or op.x.shape[axis] // op.output[axis]
        return [_layer("Chunk", op, chunks=chunks, dim=axis, index=k) for k in range(chunks)]
    return [_layer("Split", op, split_size=sizes, dim=axis, index=k) for k in range(len(sizes))]


@_rule("Slice")
def _slice(op: Operator) -> Answer:
    values = []
    for place, name in enumerate(("starts", "ends", "axes", "steps"), 1):
        given = op.given(place)
        values.append(op.attributes.get(name, given.value if given is not None else None))
    starts, ends, axes, steps = values
    if not starts or not ends or len(starts) != 1 or (steps and steps != [1]):
        raise NotSaid("along several dimensions, or with a step")
    dim = axes[0] if axes else 0
    start, stop, _ = slice(starts[0], ends[0]).indices(op.x.shape[dim])
    return _layer("Narrow", op, dim=dim, start=start, length=stop - start)


# Pools ---------------------------------------------------------------------------------------


@_rule("MaxPool", "AveragePool")
def _pool(op: Operator) -> Answer:
    size = op.attributes["kernel_shape"]
    rank = len(size)
    given: dict[str, Any] = {
        "kernel_size": size,
        "stride": op.attributes.get("strides", [1] * rank),
        "padding": _padding(op, rank),
        "ceil_mode": bool(op.attributes.get("ceil_mode", 0)),
    }
    if op.type == "MaxPool":
        given["dilation"] = op.attributes.get("dilations", [1] * rank)
        return _layer(f"MaxPool{rank}d", op, **given)
    given["count_include_pad"] = bool(op.attributes.get("count_include_pad", 0))
    return _layer(f"AvgPool{rank}d", op, **given)


@_rule("GlobalAveragePool", "GlobalMaxPool")
def _global_pool(op: Operator) -> Answer:
    kind = "Avg" if op.type == "GlobalAveragePool" else "Max"
    return _layer(f"Adaptive{kind}Pool{len(op.x.shape) - 2}d", op, output_size=1)


@_rule("ReduceMean", "ReduceSum", "ReduceMax")
def _reduce(op: Operator) -> Answer:
    given = op.given(1)
    axes = op.attributes.get("axes", given.value if given is not None else None)
    if not axes:
        raise NotSaid("over all dimensions")
    keep = bool(op.attributes.get("keepdims", 1))
    rank = len(op.x.shape)
    whole = sorted(axis % rank for axis in axes) == list(range(2, rank)) and rank > 2
    if whole and keep and op.type == "ReduceMean":
        return _layer(f"AdaptiveAvgPool{rank - 2}d", op, output_size=1)
    return _layer(op.type.removeprefix("Reduce"), op, dim=list(axes), keepdim=keep)


# Shapes ---------------------------------------------------------------------------------------


@_rule("Flatten", "Reshape", "Squeeze", "Unsqueeze")
def _reshape(op: Operator) -> Answer:
    before, after = op.x.shape, op.output
    if before == after:
        return SAME
    if before[0] != after[0]:
        raise NotSaid("mixes the batch with other dimensions")
    if len(after) == 2 and len(before) > 2:
        return _layer("Flatten", op)
    return _layer("Reshape", op, shape=list(after[1:]))


@_rule("Transpose")
def _transpose(op: Operator) -> Answer:
    order = list(op.attributes["perm"])
    moved = [place for place, dim in enumerate(order) if dim != place]
    if len(moved) == 2:
        return _layer("Transpose", op, dim0=moved[0], dim1=moved[1])
    return _layer("Permute", op, dims=order)


@_rule("Pad")
def _pad(op: Operator) -> Answer:
    mode = op.attributes.get("mode", "constant")
    given = op.given(1)
    pads = op.attributes.get("pads", given.value if given is not None else None)
    value = op.number(2, "value", 0.0)
    if pads is None:
        raise NotSaid("with sizes that are computed")
    rank = len(pads) // 2
    if any(pads[:1]) or any(pads[rank : rank + 1]):
        raise NotSaid("of the batch")
    used = max((k for k in range(1, rank) if pads[rank - k] or pads[2 * rank - k]), default=0)
    if not used:
        return SAME
    used = max(used, rank - 2)
    sides = [pads[place - k] for k in range(1, used + 1) for place in (rank, 2 * rank)]
    kinds = {"constant": "ConstantPad", "reflect": "ReflectionPad", "edge": "ReplicationPad"}
    if mode == "constant" and not value:
        return _layer(f"ZeroPad{used}d", op, padding=sides)
    more = {"value": value} if mode == "constant" else {}
    return _layer(f"{kinds[mode]}{used}d", op, padding=sides, **more)


@_rule("Resize", "Upsample")
def _resize(op: Operator) -> Answer:
    mode = op.attributes.get("mode", "nearest")
    how = op.attributes.get("coordinate_transformation_mode", "half_pixel")
    rank = len(op.x.shape) - 2
    if mode == "nearest":
        kind, fits = "nearest", how == "asymmetric" or op.type == "Upsample"
        if op.attributes.get("nearest_mode", "floor" if op.type == "Upsample" else "") != "floor":
            raise NotSaid("with another nearest_mode than floor")
    elif mode == "linear":
        kind = {1: "linear", 2: "bilinear", 3: "trilinear"}[rank]
        fits = how in ("half_pixel", "pytorch_half_pixel", "align_corners")
    else:
        raise NotSaid(f"with the mode {mode}")
    if not fits:
        raise NotSaid(f"with coordinate_transformation_mode {how}")
    given: dict[str, Any] = {"mode": kind}
    if how == "align_corners":
        given["align_corners"] = True
    factors = {out / size for out, size in zip(op.output[2:], op.x.shape[2:], strict=True)}
    if len(factors) == 1 and (factor := factors.pop()).is_integer():
        return _layer("Upsample", op, scale_factor=int(factor), **given)
    return _layer("Upsample", op, size=list(op.output[2:]), **given)


@_rule("DepthToSpace")
def _depth_to_space(op: Operator) -> Answer:
    if op.attributes.get("mode", "DCR") != "CRD":
        raise NotSaid("with the mode DCR")
    return _layer("PixelShuffle", op, upscale_factor=op.attributes["blocksize"])


@_rule("LRN")
def _lrn(op: Operator) -> Answer:
    names = {"alpha": 1e-4, "beta": 0.75, "bias": 1.0}
    alpha, beta, k = (_rounded(op.attributes.get(name, value)) for name, value in names.items())
    size = op.attributes["size"]
    return _layer("LocalResponseNorm", op, size=size, alpha=alpha, beta=beta, k=k)


def _layer(type_name: str, op: Operator, **arguments: Any) -> Layer:
    return Layer(type_name, arguments, (op.x,))  # type: ignore[arg-type]


def _weighted(
    type_name: str, op: Operator, arguments: dict[str, Any], weights: dict[str, str]
) -> Layer:
    return Layer(type_name, arguments, (op.x,), weights)  # type: ignore[arg-type]


def _rounded(value: float) -> float:
    """An attribute is a float32; 0.001 is meant by 0.0010000000474974513."""
    return float(f"{value:.7g}")
