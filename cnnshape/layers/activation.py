"""Activations of torch.nn that work element by element."""

from __future__ import annotations

from ..fixes import Fix, setting
from .base import Example, Layer, LayerError, Meaning
from .fields import FINITE, Boolean, Choice, Integer, Number, defaulted, required
from .shapes import Shape, Shapes, format_shape
from .working import Working, of_each_output

_LARGEST_FLOAT32 = 3.4028234663852886e38
_OLD_NAMES = {
    "min_value": "write min_val, its new name",
    "max_value": "write max_val, its new name",
}


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


class _Activation(Layer):
    """A function of each element alone: the shape stays."""

    kind = "activation"

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]


class _InplaceActivation(_Activation):
    """An activation that PyTorch can compute in its input's memory.

    Args:
        inplace: overwrite the input, to save memory, where nothing else needs it; the values
            are the same.
    """

    inplace = defaulted(Boolean(), False)


class ReLU(_InplaceActivation):
    """max(0, x). Source: torch.nn.ReLU."""

    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({"inplace": True}, (84,), (84,)),
    )


class ReLU6(_InplaceActivation):
    """min(max(0, x), 6). Source: torch.nn.ReLU6."""

    examples = (
        Example({}, (32, 112, 112), (32, 112, 112)),
        Example({"inplace": True}, (16, 50), (16, 50)),
    )


class RReLU(_InplaceActivation):
    """x where positive, else a slope times x: random in training, its mean in evaluation.

    Args:
        lower: the least slope.
        upper: the greatest slope; not below lower.

    Source: torch.nn.RReLU.
    """

    lower = defaulted(FINITE, 1 / 8)
    upper = defaulted(FINITE, 1 / 3)
    examples = (
        Example({}, (8, 14, 14), (8, 14, 14)),
        Example({"lower": 0.1, "upper": 0.1}, (20,), (20,)),
    )

    def check(self) -> None:
        if self.lower > self.upper:
            raise LayerError(
                f"lower {_number(self.lower)} is above upper {_number(self.upper)}",
                fixes=[setting("leave both out", lower=1 / 8, upper=1 / 3)],
                field="lower",
            )

    def may_overwrite(self) -> bool:
        return bool(self.lower >= 0)  # PyTorch takes the gradient from the output's sign


class LeakyReLU(_InplaceActivation):
    """x where positive, else negative_slope·x. Source: torch.nn.LeakyReLU.

    Args:
        negative_slope: the slope for negative elements.
    """

    negative_slope = defaulted(Number(), 0.01)
    examples = (
        Example({}, (64, 32, 32), (64, 32, 32)),
        Example({"negative_slope": 0.2, "inplace": True}, (100,), (100,)),
    )

    def may_overwrite(self) -> bool:
        return bool(self.negative_slope >= 0)  # PyTorch takes the gradient from the output's sign


class PReLU(_Activation):
    """x where positive, else a learned slope times x. Source: torch.nn.PReLU.

    Args:
        num_parameters: the number of slopes: 1 for all channels together, or the number
            of channels.
        init: what the slopes begin with.
    """

    num_parameters = defaulted(Integer(min=1), 1)
    init = defaulted(Number(), 0.25)
    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({"num_parameters": 16, "init": 0.1}, (16, 10, 10), (16, 10, 10)),
        Example({"num_parameters": 84}, (84,), (84,)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        channels = shape[0] if shape else 1
        if self.num_parameters not in (1, channels):
            raise LayerError(
                f"PReLU has {self.num_parameters} slopes, but reads {format_shape(shape)}: "
                f"{channels} channels",
                fixes=[
                    setting(
                        f"write num_parameters: {channels} (a slope a channel)",
                        num_parameters=channels,
                    ),
                    setting("1", num_parameters=1),
                ],
                field="num_parameters",
            )
        return shape

    def parameters(self) -> dict[str, Shape]:
        return {"weight": (self.num_parameters,)}

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 0

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        return (of_each_output(output, 1, "slope"),)


class ELU(_InplaceActivation):
    """x where positive, else alpha·(exp(x) − 1). Source: torch.nn.ELU.

    Args:
        alpha: what the function tends to, negated, far below zero.
    """

    alpha = defaulted(Number(), 1.0)
    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({"alpha": 0.5, "inplace": True}, (84,), (84,)),
    )

    def may_overwrite(self) -> bool:
        return bool(self.alpha >= 0)  # PyTorch takes the gradient from the output's sign


class CELU(_InplaceActivation):
    """max(0, x) + min(0, alpha·(exp(x/alpha) − 1)). Source: torch.nn.CELU.

    Args:
        alpha: what the function tends to, negated, far below zero; not 0.
    """

    alpha = defaulted(Number(), 1.0)
    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({"alpha": 2, "inplace": True}, (84,), (84,)),
    )

    def check(self) -> None:
        if self.alpha == 0:
            raise LayerError(
                "alpha must not be 0: CELU divides by it",
                fixes=[
                    setting("write alpha: 1", alpha=1),
                    Fix("ReLU, which CELU tends to", type="ReLU", without=("alpha",)),
                ],
                field="alpha",
            )

    def may_overwrite(self) -> bool:
        return bool(self.alpha >= 0)  # PyTorch takes the gradient from the output's sign


class SELU(_InplaceActivation):
    """1.0507·ELU(x) with alpha 1.6733: keeps mean 0 and variance 1. Source: torch.nn.SELU."""

    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({"inplace": True}, (84,), (84,)),
    )


class GELU(_Activation):
    """x·Φ(x), with Φ the normal distribution function. Source: torch.nn.GELU.

    Args:
        approximate: 'tanh' computes Φ by a formula with tanh; 'none' exactly.
    """

    approximate = defaulted(Choice("none", "tanh"), "none")
    examples = (
        Example({}, (96, 56, 56), (96, 56, 56)),
        Example({"approximate": "tanh"}, (384,), (384,)),
    )


class SiLU(_InplaceActivation):
    """x·sigmoid(x), also known as swish. Source: torch.nn.SiLU."""

    examples = (
        Example({}, (32, 112, 112), (32, 112, 112)),
        Example({"inplace": True}, (84,), (84,)),
    )


class Mish(_InplaceActivation):
    """x·tanh(softplus(x)). Source: torch.nn.Mish."""

    examples = (
        Example({}, (32, 76, 76), (32, 76, 76)),
        Example({"inplace": True}, (84,), (84,)),
    )


class Hardswish(_InplaceActivation):
    """x·ReLU6(x + 3)/6. Source: torch.nn.Hardswish."""

    examples = (
        Example({}, (16, 112, 112), (16, 112, 112)),
        Example({"inplace": True}, (1280,), (1280,)),
    )


class Hardsigmoid(_InplaceActivation):
    """ReLU6(x + 3)/6. Source: torch.nn.Hardsigmoid."""

    examples = (
        Example({}, (72, 1, 1), (72, 1, 1)),
        Example({"inplace": True}, (84,), (84,)),
    )


class Hardtanh(_InplaceActivation):
    """x, clipped to the range from min_val to max_val. Source: torch.nn.Hardtanh.

    Args:
        min_val: the least value.
        max_val: the greatest value; above min_val.
    """

    min_val = defaulted(Number(), -1.0)
    max_val = defaulted(Number(), 1.0)
    left_out = _OLD_NAMES
    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({"min_val": 0, "max_val": 6, "inplace": True}, (84,), (84,)),
    )

    def check(self) -> None:
        if self.min_val >= self.max_val:
            raise LayerError(
                f"min_val {_number(self.min_val)} is not below max_val {_number(self.max_val)}",
                fixes=[
                    Fix(
                        "leave both out: the defaults are −1 and 1",
                        without=("min_val", "max_val"),
                    )
                ],
                field="min_val",
            )


class Hardshrink(_Activation):
    """x where it is beyond ±lambd, else 0. Source: torch.nn.Hardshrink.

    Args:
        lambd: how far from zero an element must be to stay.
    """

    lambd = defaulted(Number(), 0.5)
    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({"lambd": 1}, (84,), (84,)),
    )


class Softshrink(_Activation):
    """x moved towards zero by lambd, 0 within ±lambd. Source: torch.nn.Softshrink.

    Args:
        lambd: how far each element moves.
    """

    lambd = defaulted(Number(min=0, max=_LARGEST_FLOAT32), 0.5)
    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({"lambd": 0}, (84,), (84,)),
    )


class Softplus(_Activation):
    """log(1 + exp(beta·x))/beta: a smooth ReLU. Source: torch.nn.Softplus.

    Args:
        beta: how sharp the bend at zero is.
        threshold: where beta·x is above it, x itself is taken, for the numbers' sake.
    """

    beta = defaulted(Number(), 1.0)
    threshold = defaulted(Number(), 20.0)
    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({"beta": 2, "threshold": 10}, (84,), (84,)),
    )


class Threshold(_InplaceActivation):
    """x where it is above threshold, else value. Source: torch.nn.Threshold.

    Args:
        threshold: what an element must be above to stay.
        value: what stands in place of the others.
    """

    threshold = required(Number())
    value = required(Number())
    examples = (
        Example({"threshold": 0.1, "value": 0}, (6, 28, 28), (6, 28, 28)),
        Example({"threshold": 0, "value": -1, "inplace": True}, (84,), (84,)),
    )


class Sigmoid(_Activation):
    """1/(1 + exp(−x)). Source: torch.nn.Sigmoid."""

    reads_logits = True
    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({}, (1,), (1,)),
    )

    def meaning(self) -> Meaning:
        return "likelihoods"


class LogSigmoid(_Activation):
    """log(1/(1 + exp(−x))). Source: torch.nn.LogSigmoid."""

    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({}, (10,), (10,)),
    )


class Tanh(_Activation):
    """tanh(x). Source: torch.nn.Tanh."""

    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({}, (84,), (84,)),
    )


class Tanhshrink(_Activation):
    """x − tanh(x). Source: torch.nn.Tanhshrink."""

    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({}, (84,), (84,)),
    )


class Softsign(_Activation):
    """x/(1 + |x|). Source: torch.nn.Softsign."""

    examples = (
        Example({}, (6, 28, 28), (6, 28, 28)),
        Example({}, (84,), (84,)),
    )
