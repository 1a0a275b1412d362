"""Attention, which idioms stand for."""

from __future__ import annotations

from math import isclose
from typing import Any

from ...graph import NotSaid
from ...operations import Answer, Layer
from ..graph import Constant
from .operator import Operator, Rules

rules = Rules()


@rules.of("ScaledDotProductAttention")
def _scaled_dot_product(op: Operator) -> Answer:
    scale = op.number("scale", 1.0)
    given: dict[str, Any] = {"is_causal": op.attribute("is_causal", False)}
    if not isclose(scale, op.x.tensor[-1] ** -0.5, rel_tol=1e-5):
        given["scale"] = scale
    return op.as_torch("scaleddotproductattention", *op.inputs, **given)


@rules.of("MultiheadAttention")
def _multihead(op: Operator) -> Answer:
    projection, biased = op.given(1), op.attribute("bias")
    if not isinstance(projection, Constant):
        raise NotSaid("with a weight that is computed from the input")
    name, transposed = projection.matrix()
    places = {"in_proj_bias": 2, "out_proj.weight": 3, "out_proj.bias": 4}
    weights = op.weights(**(places if biased else {"out_proj.weight": 2}))
    given = {"num_heads": op.attribute("num_heads"), "bias": biased}
    # A product reads the transpose of what the layer holds.
    weights = {"in_proj_weight": name, **weights}
    return Layer("MultiheadAttention", given, (op.x,), weights, not transposed)
