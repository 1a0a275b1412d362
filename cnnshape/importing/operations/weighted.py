"""Functions with weights."""

from __future__ import annotations

from math import isclose, prod
from typing import Any

from ...layers import registry
from ...layers.blur_pooling import BlurPool2d
from ..graph import NotSaid
from .call import (
    Answer,
    Call,
    Chain,
    Layer,
    Rule,
    Rules,
    alone,
    as_matrix,
    constant_numbers,
    follows,
    is_fixed,
    learned_weights,
    own_weights,
)
from .contracting import added, contracted

rules = Rules()


def _convolution(rank: int, transposed: bool) -> Rule:
    def rule(call: Call) -> Answer:
        weight = call.get(1, "weight")
        shape = weight.shape
        names = ["stride", "padding"]
        names += ["output_padding", "groups", "dilation"] if transposed else ["dilation", "groups"]
        given = {
            name: value
            for place, name in enumerate(names, 3)
            if (value := call.get(place, name)) is not None
        }
        groups = given.get("groups", 1)
        given |= {
            "out_channels": shape[1] * groups if transposed else shape[0],
            "kernel_size": list(shape[2:]),
            "bias": call.get(2, "bias") is not None,
        }
        type_name = f"{'ConvTranspose' if transposed else 'Conv'}{rank}d"
        if weight.origin is not None and weight.origin.is_fixed():
            return _fixed(call, type_name, given)
        return _weighted(call, type_name, given)

    return rule


def _weighted(call: Call, type_name: str, given: dict[str, Any]) -> Layer | Chain:
    """A layer with a weight and a bias; raises NotSaid where a weight is no layer type's."""
    weight = call.get(1, "weight")
    found = None if weight.name or weight.origin is None else weight.origin.computed_weight()
    if found is None:
        weights, values = learned_weights(call, weight=1, bias=2)
        return Layer(type_name, given, (call.x,), weights, values=values)
    type_name = f"{found.prefix}{type_name}"
    if type_name not in registry():
        raise NotSaid(f"there is no layer type {type_name}")
    biased, values = learned_weights(call, bias=2)
    weights = {**found.weights, **biased}
    values = {**found.values, **values}
    layer = Layer(type_name, {**given, **found.arguments}, (call.x,), weights, values=values)
    if found.scale == 1:
        return layer
    # (s·w)·x is w·(s·x).
    chain = Chain((call.x,)).then("Rescale", scale=found.scale)
    chain.layers.append(layer._replace(reads=()))
    return chain


def _fixed(call: Call, type_name: str, given: dict[str, Any]) -> Answer:
    """A convolution with a weight that is not learned."""
    weight, bias = call.get(1, "weight"), call.get(2, "bias")
    if type_name == "Conv2d" and (blur := _blurred(call, weight.origin.constant(), given)):
        return blur
    if f"Fixed{type_name}" not in registry():
        raise NotSaid("with a weight that is not learned")
    learned = bias is not None and not (bias.origin is not None and bias.origin.is_fixed())
    fixed = {"weight": weight} | ({} if bias is None or learned else {"bias": bias})
    given |= {"bias": "bias" in fixed}
    taps = constant_numbers(weight)
    if taps and len(fixed) == 1:
        period = _period(taps, prod(weight.shape[2:]))
        if period <= MOST_TAPS:
            layer = Layer(f"Fixed{type_name}", {**given, "taps": taps[:period]}, (call.x,))
            return _with_bias(call, layer) if learned else layer
    names = {name: value.name or f"{name} {id(value.origin)}" for name, value in fixed.items()}
    values = {name: value.origin for name, value in fixed.items() if not value.name}
    layer = Layer(type_name, given, (call.x,), names, values=values)
    return _with_bias(call, layer) if learned else layer


MOST_TAPS = 64
"""Numbers of a fixed kernel beyond which a spec is not to hold them."""


def _period(numbers: list[float], size: int) -> int:
    """How many numbers, whole kernels of a size, are followed by nothing but the same again."""
    for period in range(size, len(numbers), size):
        if len(numbers) % period == 0 and numbers == numbers[:period] * (len(numbers) // period):
            return period
    return len(numbers)


def _with_bias(call: Call, layer: Layer) -> Chain:
    """A layer, and learned numbers that are added to its channels then."""
    chain = Chain((call.x,))
    chain.layers.append(layer._replace(reads=()))
    chain.layers.append(Layer("Bias", {}, (), own_weights(call, bias=2)))
    chain.named = 0
    return chain


def _blurred(call: Call, taps: Any, given: dict[str, Any]) -> Answer | None:
    """A convolution with the taps of a binomial blur, for each channel; None: it is none."""
    blur = BlurPool2d(kernel_size=given["kernel_size"], stride=alone(given.get("stride", 1)))
    depthwise = given.get("groups", 1) == given["out_channels"] == call.x.shape[1]
    padding = alone(given.get("padding", 0))
    plain = not given["bias"] and given.get("dilation", 1) in (1, (1, 1), [1, 1])
    if not (isinstance(taps, list) and depthwise and plain) or isinstance(padding, str):
        return None
    if not all(len(own) == 1 and _are_close(own[0], blur.taps()) for own in taps):
        return None
    chain = Chain((call.x,))
    rows, columns = (padding, padding) if isinstance(padding, int) else padding
    if rows or columns:
        chain.then("ZeroPad2d", padding=[columns, columns, rows, rows])
    chain.then("BlurPool2d", kernel_size=list(blur.kernel_size), stride=list(blur.stride))
    return chain


def _are_close(taps: Any, expected: Any) -> bool:
    return all(
        isclose(tap, other, rel_tol=1e-6)
        for row, others in zip(taps, expected, strict=True)
        for tap, other in zip(row, others, strict=True)
    )


for _rank in (1, 2, 3):
    rules[f"conv{_rank}d"] = _convolution(_rank, False)
    rules[f"convtranspose{_rank}d"] = _convolution(_rank, True)


@rules.of("linear")
def _linear(call: Call) -> Answer:
    weight, bias = call.get(1, "weight"), call.get(2, "bias")
    if follows(weight) or follows(bias):
        return added(call, contracted(call, "...d,od->...o", call.x, weight), bias)
    out, features = weight.shape
    given = {
        "out_features": out,
        "in_features": features,
        "bias": bias is not None,
    }
    matrix = as_matrix(weight)
    if matrix is None:
        if weight.origin is not None and weight.origin.part() is not None:
            raise NotSaid("with a part of a weight")  # as a product, parts may overlap
        return _weighted(call, "Linear", given)
    name, transposed = matrix
    biased, values = learned_weights(call, bias=2)
    return Layer("Linear", given, (call.x,), {"weight": name, **biased}, transposed, values)


@rules.of("batchnorm")
def _batch_norm(call: Call) -> Answer:
    weights, values = learned_weights(call, running_mean=1, running_var=2, weight=3, bias=4)
    if call.get(5, "training", False):
        raise NotSaid("with the statistics of the batch")
    given = {"momentum": call.get(6, "momentum", 0.1), "eps": call.get(7, "eps", 1e-5)}
    rank = max(1, len(call.x.shape) - 2)
    if rank == 2 and len(weights) == 4 and all(map(is_fixed, _norm_tensors(call))):
        return Layer("FrozenBatchNorm2d", {"eps": given["eps"]}, (call.x,), weights)
    arguments = given | _affine(weights)
    return Layer(f"BatchNorm{rank}d", arguments, (call.x,), weights, values=values)


def _norm_tensors(call: Call) -> list[Any]:
    names = ("running_mean", "running_var", "weight", "bias")
    return [call.get(place, name) for place, name in enumerate(names, 1)]


@rules.of("instancenorm")
def _instance_norm(call: Call) -> Answer:
    weights, values = learned_weights(call, running_mean=1, running_var=2, weight=3, bias=4)
    tracked = "running_mean" in weights
    if tracked and call.get(5, "use_input_stats", True):
        raise NotSaid("with the statistics of the batch")
    given = {"momentum": call.get(6, "momentum", 0.1), "eps": call.get(7, "eps", 1e-5)}
    arguments = given | _affine(weights) | {"track_running_stats": tracked}
    rank = len(call.x.shape) - 2
    return Layer(f"InstanceNorm{rank}d", arguments, (call.x,), weights, values=values)


@rules.of("layernorm")
def _layer_norm(call: Call) -> Answer:
    weights, values = learned_weights(call, weight=2, bias=3)
    shape = list(call.get(1, "normalized_shape"))
    given = {"normalized_shape": shape, "eps": call.get(4, "eps", 1e-5)}
    arguments = given | _affine(weights, "elementwise_affine")
    return Layer("LayerNorm", arguments, (call.x,), weights, values=values)


@rules.of("groupnorm")
def _group_norm(call: Call) -> Answer:
    weights, values = learned_weights(call, weight=2, bias=3)
    given = {"num_groups": call.get(1, "num_groups"), "eps": call.get(4, "eps", 1e-5)}
    return Layer("GroupNorm", given | _affine(weights), (call.x,), weights, values=values)


def _affine(weights: dict[str, str], name: str = "affine") -> dict[str, bool]:
    """A norm's arguments for the learned tensors that it has; `name`: of its weight's."""
    if "weight" in weights and "bias" not in weights:
        return {name: True, "bias": False}
    return {name: "weight" in weights}
