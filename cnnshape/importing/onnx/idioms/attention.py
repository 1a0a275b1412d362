"""Attention, as the products and reshapes that PyTorch's is exported as."""

from __future__ import annotations

from math import isclose, sqrt
from typing import NamedTuple

from ..graph import Constant, Node
from ..matching import Match
from .idiom import Operator, idiom


@idiom(
    "MatMul(Softmax(MatMul(q * s, Transpose(k) * t)), v)",
    "MatMul(Softmax(MatMul(q * s, Transpose(k) * t) + m), v)",
)
def _scaled_dot_product(match: Match) -> Operator | None:
    """Query and key are multiplied by the root of the scale each."""
    factors, rank = (match.number("s"), match.number("t")), len(match.shape("q"))
    order = match.node("Transpose").attributes.get("perm")
    last = match.node("Softmax").attributes.get("axis", -1) in (-1, rank - 1)
    if None in factors or not last or order != [*range(rank - 2), rank - 1, rank - 2]:
        return None
    causal = "m" in match.values
    if causal and not _is_causal(match.constant("m")):
        return None
    given = {"scale": (match.number("s") or 0) * (match.number("t") or 0), "is_causal": causal}
    return Operator("ScaledDotProductAttention", "qkv", given)


HIDDEN = -1e30
"""A score of no more than this is hidden: exporters write the smallest number, or infinity."""


def _is_causal(mask: Constant | None) -> bool:
    """Whether a mask hides what comes after each position."""
    if mask is None or len([size for size in mask.shape if size > 1]) != 2:
        return False
    rows = mask.array.reshape(mask.shape[-2:]).tolist()
    return all(
        number <= HIDDEN if column > row else number == 0
        for row, numbers in enumerate(rows)
        for column, number in enumerate(numbers)
    )


class _Projection(NamedTuple):
    """Where a query, key or value comes from.

    Attributes:
        product: the matrix product that gives it, and others beside it.
        part: which of these it is.
        scale: what it is multiplied by after that.
    """

    product: Node
    part: int | None
    scale: float


MOVES = ("Reshape", "Transpose", "Squeeze", "Unsqueeze", "Identity")


def _projection(match: Match, value: str) -> _Projection | None:
    """The product that a query, key or value is a part of, in another shape and scale."""
    part, scale = None, 1.0
    while (node := match.makers.get(value)) is not None and node.type != "MatMul":
        value = node.inputs[0]
        if node.type in MOVES:
            continue
        number = match.graph.constants.get(node.inputs[1])
        if number is None or number.array.size != 1:
            return None
        if node.type == "Mul":
            scale *= number.array.item()
        elif node.type == "Gather" and part is None:
            part = int(number.array.item())
        else:
            return None
    return None if node is None else _Projection(node, part, scale)


def _attended(match: Match, node: Node | None) -> tuple[str, ...]:
    """The query, key and value of what gives attention's values; () where it is none."""
    if node is None or node.type == "ScaledDotProductAttention":
        return () if node is None else node.inputs
    softmax = match.makers.get(node.inputs[0]) if node.type == "MatMul" else None
    scores = match.makers.get(softmax.inputs[0]) if softmax and softmax.type == "Softmax" else None
    if scores is None or scores.type != "MatMul":
        return ()
    return (*scores.inputs[:2], node.inputs[1])


@idiom("Transpose(Reshape(Gemm(Reshape(Transpose(c)), w)))")
def _multihead(match: Match) -> Operator | None:
    """Self-attention with one projection for query, key and value, and positions before batch."""
    attention = match.makers.get(match.values["c"])
    found = [_projection(match, value) for value in _attended(match, attention)]
    parts = [each for each in found if each is not None]
    if attention is None or [each.part for each in parts] != [0, 1, 2]:
        return None
    projection, out = parts[0].product, match.nodes[2]
    source = match.makers.get(projection.inputs[0])
    if source is None or any(each.product is not projection for each in parts):
        return None
    turned = [node.attributes.get("perm") == [1, 0, 2] for node in (source, match.nodes[0])]
    shape, size = match.graph.shapes.get(source.inputs[0], ()), match.shape("c")[-1]
    if not all(turned) or match.output != shape or len(shape) != 3:
        return None
    if not out.attributes.get("transB", 0) or len(projection.inputs) != len(out.inputs):
        return None
    scale = parts[0].scale * parts[1].scale * attention.attributes.get("scale", 1.0)
    causal = attention.attributes.get("is_causal", False)
    if causal or parts[2].scale != 1 or not isclose(scale, sqrt(1 / size), rel_tol=1e-4):
        return None
    given = {"num_heads": shape[2] // size, "bias": len(out.inputs) > 2}
    values = (source.inputs[0], *projection.inputs[1:], *out.inputs[1:])
    return Operator("MultiheadAttention", "", given, values)
