"""Biases that are added after the operator that has the weight."""

from __future__ import annotations

from ..matching import Match
from .idiom import Operator, idiom


@idiom("MatMul(x, w) + b")
def _linear(match: Match) -> Operator | None:
    weight, bias = match.constant("w"), match.constant("b")
    rank = len(match.shape("x"))
    if weight is None or bias is None or len(weight.shape) != 2:
        return None
    if not match.one_a_channel("b", rank - 1, rank) or bias.array.size != weight.shape[1]:
        return None
    return Operator("MatMul", "xwb")


@idiom("Conv(x, w) + b", "ConvTranspose(x, w) + b")
def _bias(match: Match) -> Operator | None:
    weight, bias = match.constant("w"), match.constant("b")
    node = match.nodes[1]
    rank = len(match.shape("x"))
    if weight is None or bias is None or len(node.inputs) > 2 or bias.array.size == 1:
        return None
    return (
        Operator(node.type, "xwb", node.attributes) if match.one_a_channel("b", 1, rank) else None
    )
