"""What each operator of ONNX is called as a layer. Neither onnx nor torch is needed here."""

from __future__ import annotations

from . import (
    attention,
    elementwise,
    joining,
    normalization,
    pools,
    rearranging,
    resizing,
    weighted,
)
from .operator import Input, Operator, Rule

__all__ = ["RULES", "Input", "Operator", "why_not"]

RULES: dict[str, Rule] = {
    **attention.rules,
    **elementwise.rules,
    **joining.rules,
    **normalization.rules,
    **rearranging.rules,
    **resizing.rules,
    **weighted.rules,
    **pools.rules,
}


HINTS = (
    (
        ("NonMaxSuppression", "NonZero", "TopK", "Loop", "Scan", "ArgMax"),
        "it is no part of a network of layers; onnx.utils.extract_model can cut the file before it",
    ),
    (("LSTM", "GRU", "RNN"), "recurrent layers are not said"),
)
"""Of operators that no layer type says: how their names begin, and what is told of them."""


def why_not(name: str) -> str:
    """Why no layer type says an operator of this name."""
    domain, _, operator = name.rpartition(".")
    for beginnings, hint in HINTS:
        if operator.startswith(beginnings):
            return hint
    if domain == "com.microsoft":
        return "ONNX Runtime has put it in; import the file as it was before"
    return "no layer type says it"
