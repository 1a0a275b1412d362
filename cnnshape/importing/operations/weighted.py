"""Functions with weights."""

from __future__ import annotations

from math import isclose
from typing import Any

from ...layers.blur_pooling import BlurPool2d
from ..graph import NotSaid
from .call import (
    Answer,
    Call,
    Chain,
    Layer,
    Origin,
    Rule,
    Rules,
    as_matrix,
    own_weight,
    own_weights,
)

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
        if rank == 2 and not transposed and weight.origin is not None:
            if (taps := weight.origin.constant()) is not None:
                return _blurred(call, taps, given)
            if not weight.name:
                return _standardized(call, weight.origin, given)
        kind = "ConvTranspose" if transposed else "Conv"
        weights = own_weights(call, weight=1, bias=2)
        return Layer(f"{kind}{rank}d", given, (call.x,), weights)

    return rule


def _blurred(call: Call, taps: Any, given: dict[str, Any]) -> Answer:
    """A convolution with fixed taps; raises NotSaid where they are no binomial blur."""
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


def _standardized(call: Call, weight: Origin, given: dict[str, Any]) -> Layer:
    """A convolution whose weight is computed; raises NotSaid where it is not standardised."""
    found = weight.standardized()
    if found is None:
        raise NotSaid("with a weight that is computed, and no parameter")
    weights = {"weight": found.weight, **own_weights(call, bias=2)}
    given = {**given, "eps": found.eps}
    if found.gain is None:
        return Layer("StdConv2d", given, (call.x,), weights)
    given["gamma"] = found.gamma
    return Layer("ScaledStdConv2d", given, (call.x,), {**weights, "gain": found.gain})


for _rank in (1, 2, 3):
    rules[f"conv{_rank}d"] = _convolution(_rank, False)
    rules[f"convtranspose{_rank}d"] = _convolution(_rank, True)


@rules.of("linear")
def _linear(call: Call) -> Answer:
    weight, weights = call.get(1, "weight"), own_weights(call, bias=2)
    matrix = as_matrix(weight)
    name, transposed = matrix or (own_weight(call, 1, "weight").name, False)
    out, features = weight.shape
    given = {"out_features": out, "in_features": features, "bias": "bias" in weights}
    return Layer("Linear", given, (call.x,), {"weight": name} | weights, transposed)


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
