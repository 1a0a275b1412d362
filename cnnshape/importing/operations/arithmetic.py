"""Sums, products and powers: of several values, with plain numbers, and with learned ones."""

from __future__ import annotations

from math import log
from typing import Any

from ..graph import NotSaid
from .call import (
    SAME,
    Answer,
    Call,
    Chain,
    Layer,
    Rules,
    constant_numbers,
    follows,
    is_fixed,
    is_number,
    operands,
    what_it_is,
)
from .joining import joined
from .products import added_to_scores, special_sum
from .values import Value

rules = Rules()

POWER_OF_NONE_BELOW_0 = "powofnonebelow0"
"""A name for the power whose base is known to hold no number below 0."""
MOST_CHANNELS = 64
"""Channels beyond which a spec is not to hold a number for each."""


@rules.of("add", "iadd", "radd")
def _add(call: Call) -> Answer:
    value, other = _value_and_other(call)
    if follows(other):
        _refuse_alpha(call)
        return joined(call, "Add")
    if (number := _number(value, other)) is not None:
        alpha = call.get(2, "alpha", 1)
        first = value is operands(call)[0]
        return _rescaled(call, value, *((1, number * alpha) if first else (alpha, number)))
    _refuse_alpha(call)
    if numbers := _channel_numbers(value, other):
        return _standardized(value, [-n for n in numbers], [1.0] * len(numbers))
    if is_fixed(other) and (layer := special_sum(other)) is not None:
        return layer._replace(reads=(value,))
    try:
        return _learned("Bias", value, other, "bias")
    except NotSaid:
        return added_to_scores(other)._replace(reads=(value,))


@rules.of("sub", "subtract", "isub")
def _sub(call: Call) -> Answer:
    return _difference(call, *operands(call))


@rules.of("rsub")
def _rsub(call: Call) -> Answer:
    return _difference(call, *operands(call)[::-1])


def _difference(call: Call, a: Any, b: Any) -> Answer:
    _refuse_alpha(call)
    if follows(a) and follows(b):
        return Layer("Subtract", {}, (a, b))
    value, other = (a, b) if follows(a) else (b, a)
    if (number := _number(value, other)) is not None:
        return _rescaled(call, value, *((1, -number) if value is a else (-1, number)))
    if value is a and (numbers := _channel_numbers(value, other)):
        return _standardized(value, numbers, [1.0] * len(numbers))
    raise NotSaid(f"with {what_it_is(other)}")


@rules.of("mul", "multiply", "imul", "rmul")
def _mul(call: Call) -> Answer:
    value, other = _value_and_other(call)
    if follows(other):
        return joined(call, "Multiply")
    if (number := _number(value, other)) is not None:
        return _rescaled(call, value, number, 0)
    numbers = _channel_numbers(value, other)
    if numbers and all(numbers):
        return _standardized(value, [0.0] * len(numbers), [1 / n for n in numbers])
    return _learned("Scale", value, other, "weight")


@rules.of("div", "truediv", "divide", "itruediv", "truedivide")
def _div(call: Call) -> Answer:
    if call.get(2, "rounding_mode") is not None:
        raise NotSaid("with rounding")
    return _quotient(call, *operands(call))


@rules.of("rtruediv", "rdiv")
def _rdiv(call: Call) -> Answer:
    return _quotient(call, *operands(call)[::-1])


def _quotient(call: Call, a: Any, b: Any) -> Answer:
    if follows(a) and follows(b):
        return Layer("Divide", {}, (a, b))
    value, other = (a, b) if follows(a) else (b, a)
    number = _number(value, other)
    if number is not None and value is b:
        return _power(value, -1, number)
    if number:
        return _rescaled(call, value, 1 / number, 0)
    if value is a and (numbers := _channel_numbers(value, other)) and all(numbers):
        return _standardized(value, [0.0] * len(numbers), numbers)
    raise NotSaid(f"with {what_it_is(other)}")


@rules.of("neg", "negative")
def _neg(call: Call) -> Answer:
    return Layer("Rescale", {"scale": -1}, (call.x,))


@rules.of("addcmul")
def _addcmul(call: Call) -> Answer:
    bias, a, b = call.x, call.get(1, "tensor1"), call.get(2, "tensor2")
    if all(map(follows, (bias, a, b))):
        product = Chain((a, b)).then("Multiply")
        if call.kwargs.get("value", 1) != 1:
            product.then("Rescale", scale=call.kwargs["value"])
        return Chain((bias, product)).then("Add")
    value, weight = (a, b) if follows(a) else (b, a)
    if call.kwargs.get("value", 1) != 1 or follows(bias) or follows(weight):
        raise NotSaid("of other than a value and two weights")
    scale = _learned("Scale", value, weight, "weight")
    summand = _learned("Bias", value, bias, "bias")
    if scale.arguments != summand.arguments:
        raise NotSaid("with weights along other dimensions")
    return scale._replace(
        arguments=scale.arguments | {"bias": True}, weights=scale.weights | summand.weights
    )


@rules.of("zeroslike", "oneslike", "fulllike")
def _filled(call: Call) -> Answer:
    fill = {"zeroslike": 0, "oneslike": 1}.get(call.name, call.get(1, "fill_value"))
    if not is_number(fill):
        raise NotSaid("with a value that is no number")
    return _rescaled(call, call.x, 0, fill)


# Powers ---------------------------------------------------------------------------------


@rules.of("pow", "ipow")
def _pow(call: Call) -> Answer:
    return _raised(call.get(0, "self"), call.get(1, "exponent"))


@rules.of("rpow")
def _rpow(call: Call) -> Answer:
    return _raised(*operands(call)[::-1])


def _raised(base: Any, exponent: Any) -> Answer:
    if is_number(exponent) and follows(base):
        return SAME if exponent == 1 else _power(base, exponent)
    if is_number(base) and base > 0 and follows(exponent):
        return Chain((exponent,)).then("Rescale", scale=log(base)).then("Exp")
    if follows(base):
        raise NotSaid("with a tensor of exponents, where Power has one number")
    raise NotSaid(f"with {what_it_is(base)} as its base")


@rules.of(POWER_OF_NONE_BELOW_0)
def _pow_of_none_below_0(call: Call) -> Answer:
    base, exponent = operands(call)
    return Chain((Chain((base,)).then("Log"), exponent)).then("Multiply").then("Exp")


POWERS = {"square": 2, "sqrt": 0.5, "rsqrt": -0.5, "reciprocal": -1}


@rules.of(*POWERS)
def _named_power(call: Call) -> Answer:
    return _power(call.x, POWERS[call.name])


def _power(value: Value, exponent: float, scale: float = 1) -> Answer:
    chain = Chain((value,))
    chain.then("Power", exponent=exponent)
    if scale != 1:
        chain.then("Rescale", scale=scale)
    return chain


# What stands beside the value -----------------------------------------------------------


def _value_and_other(call: Call) -> tuple[Value, Any]:
    """The operand that follows from the input, and the other, which may do so too."""
    a, b = operands(call)
    return (a, b) if follows(a) else (b, a)


def _refuse_alpha(call: Call) -> None:
    if call.get(2, "alpha", 1) != 1:
        raise NotSaid("with an alpha")


def _number(value: Value, other: Any) -> float | None:
    """The one number that the other operand is for all elements, or None."""
    if is_number(other):
        return other
    if not isinstance(other, Value) or len(other.shape) > value.rank:
        return None
    flat = constant_numbers(other)
    return flat[0] if len(set(flat)) == 1 else None


def _channel_numbers(value: Value, other: Any) -> list[float]:
    """The number that the other operand is for each channel; [] where it is none."""
    if not isinstance(other, Value) or not _fits(value, other):
        return []
    flat = constant_numbers(other)
    alone = _dims(value, other) == [1] and 1 < len(flat) <= MOST_CHANNELS
    return flat if alone else []


def _fits(value: Value, other: Value) -> bool:
    """Whether the other operand is stretched over the value, and not the value over it."""
    behind = value.tensor[value.rank - len(other.shape) :]
    return len(other.shape) <= value.rank and all(
        size in (1, full) for size, full in zip(other.shape, behind, strict=True)
    )


def _dims(value: Value, other: Value) -> list[int]:
    """The dimensions of the value along which the other operand differs."""
    first = value.rank - len(other.shape)
    return [value.dim(first + place) for place, size in enumerate(other.shape) if size != 1]


def _rescaled(call: Call, value: Value, scale: float, offset: float) -> Answer:
    if (scale, offset) == (1, 0) and call.output == value.shape:
        return SAME
    given = {"scale": scale} if scale != 1 else {}
    return Layer("Rescale", given | ({"offset": offset} if offset else {}), (value,))


def _standardized(value: Value, mean: list[float], std: list[float]) -> Layer:
    return Layer("Standardize", {"mean": mean, "std": std}, (value,))


def _learned(type_name: str, value: Value, other: Any, tensor: str) -> Layer:
    """A layer with learned numbers along some dimensions of the value."""
    if not follows(value) or not isinstance(other, Value):
        raise NotSaid(f"with {what_it_is(other)}")
    other = _as_parameter(other)
    if not _fits(value, other):
        raise NotSaid(f"with {what_it_is(other)}, which has another size")
    dims = _dims(value, other)
    if 0 in dims:
        raise NotSaid(f"with {what_it_is(other)}, which differs along the batch")
    dim: int | list[int] = dims[0] if len(dims) == 1 else dims
    given = {} if dim == 1 else {"dim": dim}
    return Layer(type_name, given, (value,), {tensor: other.name})


def _as_parameter(other: Value) -> Value:
    """The parameter that an operand is, also if it is stretched; raises NotSaid: it is none."""
    if other.name:
        return other
    found = None if other.origin is None else other.origin.stretched()
    if found is None:
        raise NotSaid(f"with {what_it_is(other)}")
    name, shape = found
    return other._replace(name=name, shape=shape)
