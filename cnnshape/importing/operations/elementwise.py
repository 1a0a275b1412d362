"""Functions of every element."""

from __future__ import annotations

from typing import Any

from ..graph import NotSaid
from .call import SAME, Answer, Call, Layer, Rule, Rules, learned_weights
from .values import Value

rules = Rules()


@rules.of(
    "contiguous", "clone", "detach", "to", "float", "double", "half", "bfloat16", "type",
    "identity", "cpu", "requiresgrad", "dropoutidentity", "alias", "positive", "typeas",
    "astensor", "data",
)  # fmt: skip
def _same(call: Call) -> Answer:
    if not call.outputs or call.output != call.x.shape:
        raise NotSaid("")
    return SAME


SIMPLE = {
    "relu": "ReLU", "relu6": "ReLU6", "silu": "SiLU", "mish": "Mish", "selu": "SELU",
    "hardswish": "Hardswish", "hardsigmoid": "Hardsigmoid", "sigmoid": "Sigmoid",
    "tanh": "Tanh", "logsigmoid": "LogSigmoid", "softsign": "Softsign",
    "tanhshrink": "Tanhshrink", "abs": "Abs", "absolute": "Abs", "exp": "Exp", "log": "Log",
    "sin": "Sin", "cos": "Cos", "erf": "Erf", "sign": "Sign", "sgn": "Sign",
}  # fmt: skip
WITH_ARGUMENTS: dict[str, tuple[str, tuple[tuple[int, str], ...]]] = {
    "leakyrelu": ("LeakyReLU", ((1, "negative_slope"),)),
    "elu": ("ELU", ((1, "alpha"),)),
    "celu": ("CELU", ((1, "alpha"),)),
    "gelu": ("GELU", ((1, "approximate"),)),
    "hardtanh": ("Hardtanh", ((1, "min_val"), (2, "max_val"))),
    "softplus": ("Softplus", ((1, "beta"), (2, "threshold"))),
    "hardshrink": ("Hardshrink", ((1, "lambd"),)),
    "softshrink": ("Softshrink", ((1, "lambd"),)),
    "threshold": ("Threshold", ((1, "threshold"), (2, "value"))),
    "glu": ("GLU", ((1, "dim"),)),
    "softmax": ("Softmax", ((1, "dim"),)),
    "logsoftmax": ("LogSoftmax", ((1, "dim"),)),
    "pixelshuffle": ("PixelShuffle", ((1, "upscale_factor"),)),
    "pixelunshuffle": ("PixelUnshuffle", ((1, "downscale_factor"),)),
    "channelshuffle": ("ChannelShuffle", ((1, "groups"),)),
    "nativechannelshuffle": ("ChannelShuffle", ((1, "groups"),)),
    "localresponsenorm": ("LocalResponseNorm", ((1, "size"), (2, "alpha"), (3, "beta"), (4, "k"))),
    "fold": (
        "Fold",
        ((1, "output_size"), (2, "kernel_size"), (3, "dilation"), (4, "padding"), (5, "stride")),
    ),
    "narrow": ("Narrow", ((1, "dim"), (2, "start"), (3, "length"))),
}  # fmt: skip


def _simple(type_name: str, arguments: tuple[tuple[int, str], ...] = ()) -> Rule:
    def rule(call: Call) -> Answer:
        given = {
            name: value
            for place, name in arguments
            if (value := call.get(place, name)) is not None and value != ()
        }
        if type(given.get("dim")) is int:
            given["dim"] = call.x.dim(given["dim"])
        return Layer(type_name, given, (call.x,))

    return rule


for _name, _type in SIMPLE.items():
    rules[_name] = _simple(_type)
for _name, (_type, _arguments) in WITH_ARGUMENTS.items():
    rules[_name] = _simple(_type, _arguments)


DROPOUTS = {
    "dropout": "Dropout", "featuredropout": "Dropout2d", "dropout1d": "Dropout1d",
    "dropout2d": "Dropout2d", "dropout3d": "Dropout3d", "alphadropout": "AlphaDropout",
}  # fmt: skip


@rules.of(*DROPOUTS)
def _dropout(call: Call) -> Answer:
    # F.dropout drops unless it is told; torch's own has to be told, and names it otherwise.
    by_default = call.name != "alphadropout" and "train" not in call.kwargs
    if call.get(2, "training", call.kwargs.get("train", by_default)):
        raise NotSaid("it drops in evaluation mode too: give it training=self.training")
    given = call.get(1, "p")
    return Layer(DROPOUTS[call.name], {} if given is None else {"p": given}, (call.x,))


@rules.of("clamp", "clip")
def _clamp(call: Call) -> Answer:
    low, high = call.get(1, "min"), call.get(2, "max")
    if high is None and low == 0:
        return Layer("ReLU", {}, (call.x,))
    return _clamped(call, low, high)


@rules.of("clampmin")
def _clamp_min(call: Call) -> Answer:
    return _clamped(call, call.get(1, "min"), None)


@rules.of("clampmax")
def _clamp_max(call: Call) -> Answer:
    return _clamped(call, None, call.get(1, "max"))


def _clamped(call: Call, low: Any, high: Any) -> Layer:
    if isinstance(low, Value) or isinstance(high, Value):
        raise NotSaid("with a bound that is no number")
    if low is None or high is None:
        return Layer("Clamp", {"min": low, "max": high}, (call.x,))
    return Layer("Hardtanh", {"min_val": low, "max_val": high}, (call.x,))


@rules.of("prelu")
def _prelu(call: Call) -> Answer:
    weights, values = learned_weights(call, weight=1)
    arguments = {"num_parameters": call.get(1, "weight").shape[0]}
    return Layer("PReLU", arguments, (call.x,), weights, values=values)
