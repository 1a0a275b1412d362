"""Functions of every element."""

from __future__ import annotations

from ...graph import NotSaid
from ...operations import Answer, Chain
from ...samples import FIRST
from .operator import Operator, Rules

rules = Rules()

FLOAT = 1
"""The number of float32 among ONNX's element types; a file is read in single precision."""


@rules.of("Identity", "Cast", "CastLike")
def _same(op: Operator) -> Answer:
    if op.attribute("to", FLOAT) != FLOAT:
        raise NotSaid("to whole numbers or truth values")
    return op.as_torch("identity", op.x)


@rules.of("Dropout")
def _dropout(op: Operator) -> Answer:
    return op.layer("Dropout", {"p": op.argument(1, "ratio", 0.5)})


NAMES = {
    "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "HardSwish": "hardswish",
    "Softsign": "softsign", "Mish": "mish", "Swish": "silu",
    "LogSigmoid": "logsigmoid", "Abs": "abs", "Exp": "exp", "Log": "log", "Neg": "neg",
    "Sqrt": "sqrt", "Reciprocal": "reciprocal", "Sin": "sin", "Cos": "cos", "Erf": "erf",
    "Sign": "sign",
}  # fmt: skip
"""The operators that are a function of PyTorch with one argument."""


@rules.of(*NAMES)
def _named(op: Operator) -> Answer:
    slope = op.number("alpha", 1.0)
    if op.type == "Swish" and slope != 1:
        return op.chain().then("Rescale", scale=slope).then("Sigmoid").then("Multiply", op.x)
    return op.as_torch(NAMES[op.type], op.x)


@rules.of("Softplus")
def _softplus(op: Operator) -> Answer:
    given = {name: op.number(name, 1.0) for name in ("beta", "threshold") if op.attribute(name)}
    return op.layer("Softplus", given)


@rules.of("Threshold")
def _threshold(op: Operator) -> Answer:
    return op.layer("Threshold", {name: op.number(name, 0.0) for name in ("threshold", "value")})


@rules.of("LeakyRelu")
def _leaky(op: Operator) -> Answer:
    return op.layer("LeakyReLU", {"negative_slope": op.number("alpha", 0.01)})


@rules.of("Elu", "Celu")
def _elu(op: Operator) -> Answer:
    return op.layer(op.type.upper(), {"alpha": op.number("alpha", 1.0)})


@rules.of("Selu")
def _selu(op: Operator) -> Answer:
    alpha, gamma = op.number("alpha", 1.673263), op.number("gamma", 1.050701)
    if (alpha, gamma) != (1.673263, 1.050701):
        return op.chain().then("ELU", alpha=alpha).then("Rescale", scale=gamma)
    return op.layer("SELU", {})


@rules.of("ThresholdedRelu")
def _thresholded_relu(op: Operator) -> Answer:
    return op.layer("Threshold", {"threshold": op.number("alpha", 1.0), "value": 0.0})


@rules.of("Shrink")
def _shrink(op: Operator) -> Answer:
    bias, width = op.number("bias", 0.0), op.number("lambd", 0.5)
    if bias in (0, width):
        return op.layer("Softshrink" if bias else "Hardshrink", {"lambd": width})
    shrunk = [op.chain().then("Hardshrink", lambd=width) for _ in range(2)]
    shrunk[1].then("Sign").then("Rescale", scale=-bias)
    return Chain(tuple(shrunk)).then("Add")


@rules.of("Gelu")
def _gelu(op: Operator) -> Answer:
    return op.layer("GELU", {"approximate": op.attribute("approximate", "none")})


@rules.of("HardSigmoid")
def _hard_sigmoid(op: Operator) -> Answer:
    slope, offset = op.number("alpha", 0.2), op.number("beta", 0.5)
    if abs(slope - 1 / 6) < 1e-6 and offset == 0.5:
        return op.layer("Hardsigmoid", {})
    line = op.chain().then("Rescale", scale=slope, offset=offset)
    return line.then("Hardtanh", min_val=0.0, max_val=1.0)


@rules.of("Clip")
def _clip(op: Operator) -> Answer:
    low, high = op.argument(1, "min"), op.argument(2, "max")
    if low is high is None:
        return op.as_torch("identity", op.x)
    if (low, high) == (0, 6):
        return op.as_torch("relu6", op.x)
    return op.as_torch("clamp", op.x, low, high)


@rules.of("PRelu")
def _prelu(op: Operator) -> Answer:
    weight = op.weight(1)
    channels = (1,) * (len(op.x.shape) - len(weight.shape)) + weight.shape
    if any(size != 1 for dim, size in enumerate(channels) if dim != 1):
        raise NotSaid("with a slope for each position")
    return op.layer("PReLU", {"num_parameters": channels[1]}, {"weight": weight.name})


@rules.of("Softmax", "LogSoftmax")
def _softmax(op: Operator) -> Answer:
    dim = op.attribute("axis", -1 if op.opset >= 13 else 1) % op.x.rank
    after = op.x.tensor[dim + 1 :]
    if op.opset >= 13 or all(size == 1 for size in after):
        return op.as_torch(op.type.lower(), op.x, dim)
    if not dim or op.x.samples != FIRST:
        raise NotSaid("over the batch too")
    # Before opset 13, over this dimension and all after it at once.
    flat = op.chain().then("Flatten", start_dim=dim).then(op.type, dim=dim)
    return flat.then("Reshape", shape=list(op.output[1:]))
