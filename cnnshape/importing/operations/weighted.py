"""Functions with weights."""

from __future__ import annotations

from math import isclose
from typing import Any

from ...layers import registry
from ...layers.blur_pooling import BlurPool2d
from ..graph import NotSaid
from .call import Answer, Call, Chain, Layer, Rule, Rules, as_matrix, own_weights

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
        if weight.origin is not None and (taps := weight.origin.constant()) is not None:
            return _blurred(call, taps, given)
        kind = "ConvTranspose" if transposed else "Conv"
        return _weighted(call, f"{kind}{rank}d", given)

    return rule


def _weighted(call: Call, type_name: str, given: dict[str, Any]) -> Layer | Chain:
    """A layer with a weight and a bias; raises NotSaid where a weight is no layer type's."""
    weight = call.get(1, "weight")
    found = None if weight.name or weight.origin is None else weight.origin.computed_weight()
    if found is None:
        return Layer(type_name, given, (call.x,), own_weights(call, weight=1, bias=2))
    type_name = f"{found.prefix}{type_name}"
    if type_name not in registry():
        raise NotSaid(f"there is no layer type {type_name}")
    weights = {**found.weights, **own_weights(call, bias=2)}
    layer = Layer(type_name, {**given, **found.arguments}, (call.x,), weights)
    if found.scale == 1:
        return layer
    # (s·w)·x is w·(s·x).
    chain = Chain((call.x,)).then("Rescale", scale=found.scale)
    chain.layers.append(layer._replace(reads=()))
    return chain


def _blurred(call: Call, taps: Any, given: dict[str, Any]) -> Answer:
    """A convolution with fixed taps; raises NotSaid where they are no binomial blur."""
    if len(given["kernel_size"]) != 2 or "output_padding" in given:
        raise NotSaid("with a weight that is not learned")
    blur = BlurPool2d(kernel_size=given["kernel_size"], stride=given.get("stride", 1))
    alike = all(len(own) == 1 and _are_close(own[0], blur.taps()) for own in taps)
    depthwise = given.get("groups", 1) == given["out_channels"] == call.x.shape[1]
    plain = not given["bias"] and given.get("dilation", 1) in (1, (1, 1), [1, 1])
    if not (alike and depthwise and plain):
        raise NotSaid("with a weight that is not learned, and no blur of each channel")
    chain = Chain((call.x,))
    padding = given.get("padding", 0)
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
    weight = call.get(1, "weight")
    out, features = weight.shape
    given = {
        "out_features": out,
        "in_features": features,
        "bias": call.get(2, "bias") is not None,
    }
    matrix = as_matrix(weight)
    if matrix is None:
        return _weighted(call, "Linear", given)
    name, transposed = matrix
    weights = {"weight": name, **own_weights(call, bias=2)}
    return Layer("Linear", given, (call.x,), weights, transposed)


@rules.of("batchnorm")
def _batch_norm(call: Call) -> Answer:
    weights = own_weights(call, running_mean=1, running_var=2, weight=3, bias=4)
    if call.get(5, "training", False):
        raise NotSaid("with the statistics of the batch")
    given = {"momentum": call.get(6, "momentum", 0.1), "eps": call.get(7, "eps", 1e-5)}
    rank = max(1, len(call.x.shape) - 2)
    return Layer(f"BatchNorm{rank}d", given | _affine(weights), (call.x,), weights)


@rules.of("layernorm")
def _layer_norm(call: Call) -> Answer:
    weights = own_weights(call, weight=2, bias=3)
    shape = list(call.get(1, "normalized_shape"))
    given = {"normalized_shape": shape, "eps": call.get(4, "eps", 1e-5)}
    return Layer("LayerNorm", given | _affine(weights, "elementwise_affine"), (call.x,), weights)


@rules.of("groupnorm")
def _group_norm(call: Call) -> Answer:
    weights = own_weights(call, weight=2, bias=3)
    given = {"num_groups": call.get(1, "num_groups"), "eps": call.get(4, "eps", 1e-5)}
    return Layer("GroupNorm", given | _affine(weights), (call.x,), weights)


def _affine(weights: dict[str, str], name: str = "affine") -> dict[str, bool]:
    """A norm's arguments for the learned tensors that it has; `name`: of its weight's."""
    if "weight" in weights and "bias" not in weights:
        return {name: True, "bias": False}
    return {name: "weight" in weights}
