"""Matrix products, and what is made of them."""

from __future__ import annotations

from ..graph import NotSaid
from .call import Answer, Call, Layer, Rules, follows
from .joining import joined

rules = Rules()


@rules.of("matmul", "bmm", "rmatmul", "linalgmatmul")
def _matmul(call: Call) -> Answer:
    a, b = call.get(0, "input"), call.get(1, "other", call.kwargs.get("mat2"))
    for value in (a, b):
        if follows(value) and value.rank - value.samples.dim <= 2:
            raise NotSaid("over the batch")
    return joined(call, "MatMul")


@rules.of("scaleddotproductattention")
def _attention(call: Call) -> Answer:
    query, key, value = (call.get(k, name) for k, name in enumerate(("query", "key", "value")))
    if call.get(3, "attn_mask") is not None:
        raise NotSaid("with a mask")
    if call.get(4, "dropout_p", 0.0):
        raise NotSaid("which drops weights in evaluation mode too")
    if call.kwargs.get("enable_gqa", False):
        raise NotSaid("with queries in groups")
    if not all(map(follows, (query, key, value))):
        raise NotSaid("with a value that is no layer's")
    given = {"scale": call.kwargs.get("scale"), "is_causal": call.get(5, "is_causal", False)}
    return Layer("ScaledDotProductAttention", given, (query, key, value))
