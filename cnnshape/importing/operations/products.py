"""Matrix products, and what is made of them."""

from __future__ import annotations

from typing import Any

from ..graph import NotSaid
from .call import Answer, Call, Chain, Layer, Rules, as_matrix, follows, is_fixed, what_it_is
from .values import Value

rules = Rules()


@rules.of("matmul", "bmm", "linalgmatmul")
def _matmul(call: Call) -> Answer:
    a, b = call.get(0, "input"), call.get(1, "other", call.kwargs.get("mat2"))
    if follows(a) and follows(b):
        _refuse_over_batch(a, b)
        return Layer("MatMul", {}, (a, b))
    if follows(a) and isinstance(b, Value) and len(b.shape) == 1:
        return _times_vector(a, b)
    if follows(a) and (matrix := as_matrix(b)):
        features, out = b.shape
        name, transposed = matrix
        given = {"out_features": out, "in_features": features, "bias": False}
        return Layer("Linear", given, (a,), {"weight": name}, not transposed)
    if follows(b) and len(b.shape) == 3 and (matrix := as_matrix(a)):
        _refuse_over_batch(b)
        name, transposed = matrix
        given = {"out_channels": a.shape[0], "kernel_size": 1, "bias": False}
        return Layer("Conv1d", given, (b,), {"weight": name}, transposed)
    raise NotSaid(f"with {what_it_is(a if follows(b) else b)}")


@rules.of("mv")
def _mv(call: Call) -> Answer:
    a, vector = call.get(0, "input"), call.get(1, "vec")
    if not follows(a):
        raise NotSaid(f"with {what_it_is(a)}")
    if follows(vector):  # it stands beside the rows
        return Chain((a, vector)).then("Multiply").then("Sum", dim=-1)
    return _times_vector(a, vector)


def _times_vector(a: Value, vector: Value) -> Chain:
    """Matrix · vector, which flop_counter does not count: each row times it, and summed."""
    if not vector.name or is_fixed(vector):
        raise NotSaid(f"with {what_it_is(vector)}")
    chain = Chain((a,))
    chain.layers.append(Layer("Scale", {"dim": -1}, (), {"weight": vector.name}))
    return chain.then("Sum", dim=-1)


def _refuse_over_batch(*values: Value) -> None:
    if any(value.samples.parts and value.rank - value.samples.dim <= 2 for value in values):
        raise NotSaid("over the batch")


@rules.of("scaleddotproductattention")
def _attention(call: Call) -> Answer:
    query, key, value = (call.get(k, name) for k, name in enumerate(("query", "key", "value")))
    if call.get(4, "dropout_p", 0.0):
        raise NotSaid("which drops weights in evaluation mode too")
    if call.kwargs.get("enable_gqa", False):
        raise NotSaid("with queries in groups")
    if not all(map(follows, (query, key, value))):
        raise NotSaid("with a value that is no layer's")
    _refuse_over_batch(query, key, value)
    given = {"scale": call.kwargs.get("scale"), "is_causal": call.get(5, "is_causal", False)}
    mask = call.get(3, "attn_mask")
    if mask is None:
        return Layer("ScaledDotProductAttention", given, (query, key, value))
    transposed = Chain((key,)).then("Transpose", dim0=-2, dim1=-1)
    chain = Chain((query, transposed)).then("MatMul")
    scale = query.shape[-1] ** -0.5 if given["scale"] is None else given["scale"]
    chain.then("Rescale", scale=scale)
    if follows(mask):
        chain.then("Add", mask)
    else:
        chain.layers.append(added_to_scores(mask))
    return chain.then("Softmax", dim=-1).then("MatMul", value)


def added_to_scores(other: Any) -> Layer:
    """The layer of a special type that adds something to the scores before it; raises NotSaid."""
    layer = special_sum(other)
    if layer is None:
        raise NotSaid(f"with {what_it_is(other)}")
    return layer


def special_sum(other: Any) -> Layer | None:
    """The layer of a special type that adds a value that follows from no input, or None."""
    origin = other.origin if isinstance(other, Value) else None
    return None if origin is None else origin.special("added")
