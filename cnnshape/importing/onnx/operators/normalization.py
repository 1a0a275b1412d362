"""Norms."""

from __future__ import annotations

from math import prod
from typing import Any

from ...graph import NotSaid
from ...operations import Answer
from ..graph import Constant
from .operator import Operator, Rules

rules = Rules()


@rules.of("BatchNormalization")
def _batch_norm(op: Operator) -> Answer:
    if op.attribute("training_mode", 0) or not op.attribute("spatial", 1):
        raise NotSaid("with the statistics of the batch, or of each position")
    weights = op.weights(running_mean=3, running_var=4)
    given: dict[str, Any] = {
        "eps": op.number("epsilon", 1e-5),
        "momentum": float(f"{1 - op.number('momentum', 0.9):.6g}"),
    }
    if learned := _learned(op):
        weights |= learned
    else:
        given["affine"] = False
    return op.layer(f"BatchNorm{max(1, len(op.x.shape) - 2)}d", given, weights)


@rules.of("InstanceNormalization")
def _instance_norm(op: Operator) -> Answer:
    given: dict[str, Any] = {"eps": op.number("epsilon", 1e-5)}
    weights = _learned(op)
    if weights:
        given["affine"] = True
    return op.layer(f"InstanceNorm{len(op.x.shape) - 2}d", given, weights)


@rules.of("GroupNormalization")
def _group_norm(op: Operator) -> Answer:
    given: dict[str, Any] = {
        "num_groups": op.attribute("num_groups"),
        "eps": op.number("epsilon", 1e-5),
    }
    weights = _learned(op) if len(op.inputs) > 1 else {}
    if not weights:
        given["affine"] = False
    elif prod(op.weight(1).shape) != op.x.shape[1]:
        raise NotSaid("with a scale for each group, not for each channel")
    return op.layer("GroupNorm", given, weights)


def _learned(op: Operator) -> dict[str, str]:
    """Scale and bias; none where they were put in only as the operator asks for some."""
    scale, bias = op.given(1), op.given(2)
    if not isinstance(scale, Constant) or not isinstance(bias, Constant):
        raise NotSaid("with a scale that is computed from the input")
    filled = not (scale.learned or bias.learned)
    if filled and (scale.array == 1).all() and not bias.array.any():
        return {}
    return op.weights(weight=1, bias=2)


@rules.of("LayerNormalization", "RMSNormalization")
def _layer_norm(op: Operator) -> Answer:
    axis = op.attribute("axis", -1)
    given: dict[str, Any] = {
        "normalized_shape": list(op.x.tensor[axis:]),
        "eps": op.number("epsilon", 1e-5),
    }
    if op.type == "RMSNormalization":
        return op.layer("RMSNorm", given, op.weights(weight=1))
    if op.given(1) is None:
        return op.layer("LayerNorm", given | {"elementwise_affine": False})
    weights = op.weights(weight=1, bias=2)
    if "bias" not in weights:
        given["bias"] = False
    return op.layer("LayerNorm", given, weights)


@rules.of("LRN")
def _local_response_norm(op: Operator) -> Answer:
    given = {"alpha": op.number("alpha", 1e-4), "beta": op.number("beta", 0.75)}
    given |= {"k": op.number("bias", 1.0), "size": op.attribute("size")}
    return op.layer("LocalResponseNorm", given)


@rules.of("LpNormalization")
def _normalize(op: Operator) -> Answer:
    return op.as_torch("normalize", op.x, op.attribute("p", 2), op.attribute("axis", -1))
