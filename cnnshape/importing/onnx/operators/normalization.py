"""Norms."""

from __future__ import annotations

from math import prod
from typing import Any

from ...graph import NotSaid
from ...operations import Answer
from ..graph import Constant, written
from .operator import Operator, Rules

rules = Rules()


@rules.of("BatchNormalization")
def _batch_norm(op: Operator) -> Answer:
    if op.attribute("training_mode", 0) or (op.opset < 14 and len(op.node.outputs) > 1):
        raise NotSaid("with the batch's own statistics: export the model in evaluation mode")
    if not op.attribute("spatial", 1):
        raise NotSaid("with statistics of each position, and not of each channel")
    weights = op.weights(running_mean=3, running_var=4)
    given: dict[str, Any] = {
        "eps": op.number("epsilon", 1e-5),
        "momentum": float(f"{1 - op.number('momentum', 0.9):.6g}"),
    }
    affine, learned = _affine(op)
    rank = max(1, len(op.x.shape) - 2)
    return op.layer(f"BatchNorm{rank}d", given | affine, weights | learned)


@rules.of("InstanceNormalization")
def _instance_norm(op: Operator) -> Answer:
    affine, learned = _affine(op)
    given = {"eps": op.number("epsilon", 1e-5), "affine": True} | affine
    return op.layer(f"InstanceNorm{len(op.x.shape) - 2}d", given, learned)


@rules.of("MeanVarianceNormalization")
def _mean_and_variance(op: Operator) -> Answer:
    rank = op.x.rank
    axes = sorted(axis % rank for axis in op.attribute("axes", [0, 2, 3]))
    given: dict[str, Any] = {"eps": 1e-9}
    if axes == list(range(2, rank)) and 3 <= rank <= 5:
        return op.layer(f"InstanceNorm{rank - 2}d", given)
    if 0 in axes or axes != list(range(axes[0], rank)):
        raise NotSaid("over the batch too, or over dimensions that are not the last")
    given |= {"normalized_shape": list(op.x.tensor[axes[0] :]), "elementwise_affine": False}
    return op.layer("LayerNorm", given)


@rules.of("GroupNormalization")
def _group_norm(op: Operator) -> Answer:
    affine, learned = _affine(op)
    if learned and prod(op.weight(1).shape) != op.x.shape[1]:
        raise NotSaid("with a scale for each group, not for each channel")
    given = {"num_groups": op.attribute("num_groups"), "eps": op.number("epsilon", 1e-5)}
    return op.layer("GroupNorm", given | affine, learned)


def _affine(op: Operator) -> tuple[dict[str, Any], dict[str, str]]:
    """What says which of scale and bias are learned, and their names.

    ONNX asks for both: where a layer has none, there are ones and zeros.
    """
    scale, bias = op.given(1), op.given(2)
    if scale is None:
        return {"affine": False}, {}
    if not isinstance(scale, Constant) or not (bias is None or isinstance(bias, Constant)):
        raise NotSaid("with a scale that is computed from the input")
    if bias is not None and (bias.learned or bias.array.any()):
        return {}, op.weights(weight=1, bias=2)
    if scale.learned or (scale.array != 1).any():
        return {"bias": False}, op.weights(weight=1)
    return {"affine": False}, {}


@rules.of("LayerNormalization", "RMSNormalization")
def _layer_norm(op: Operator) -> Answer:
    axis = op.attribute("axis", -1)
    given: dict[str, Any] = {
        "normalized_shape": list(op.x.tensor[axis:]),
        "eps": op.number("epsilon", 1e-5),
    }
    if op.type == "RMSNormalization":
        return op.layer("RMSNorm", given, op.weights(weight=1))
    affine, learned = _affine(op)
    if not affine.pop("affine", True):
        affine["elementwise_affine"] = False
    return op.layer("LayerNorm", given | affine, learned)


@rules.of("LRN")
def _local_response_norm(op: Operator) -> Answer:
    given = {"alpha": op.number("alpha", 1e-4), "beta": op.number("beta", 0.75)}
    given |= {"k": op.number("bias", 1.0), "size": op.attribute("size")}
    return op.layer("LocalResponseNorm", given)


@rules.of("LpNormalization")
def _normalize(op: Operator) -> Answer:
    order, axis, epsilon = op.attribute("p", 2), op.attribute("axis", -1), op.attribute("epsilon")
    rest = {} if epsilon is None else {"eps": written(epsilon)}
    return op.as_torch("normalize", op.x, order, axis, **rest)
