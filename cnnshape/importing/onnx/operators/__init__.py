"""What each operator of ONNX is called as a layer. Neither onnx nor torch is needed here."""

from __future__ import annotations

from ...graph import NotSaid
from ...operations import Answer
from . import elementwise, joining, normalization, rearranging, resizing, weighted, windows
from .operator import Input, Operator, Rule

__all__ = ["RULES", "Input", "Operator", "answer"]

RULES: dict[str, Rule] = {
    **elementwise.rules,
    **joining.rules,
    **normalization.rules,
    **rearranging.rules,
    **resizing.rules,
    **weighted.rules,
    **windows.rules,
}


def answer(operator: Operator) -> Answer:
    """The layers of an operator; raises NotSaid."""
    rule = RULES.get(operator.type)
    if rule is None:
        raise NotSaid(_why(operator.type))
    return rule(operator)


HINTS = (
    (
        ("QLinear", "Quantize", "Dequantize", "DynamicQuantize", "ConvInteger", "MatMulInteger"),
        "the file is quantised; import it as it was before",
    ),
    (("com.microsoft.",), "ONNX Runtime has put it in; import the file as it was before"),
    (
        ("NonMaxSuppression", "NonZero", "TopK", "Loop", "Scan", "ArgMax"),
        "it is no part of a network of layers; onnx.utils.extract_model can cut the file before it",
    ),
    (("LSTM", "GRU", "RNN"), "recurrent layers are not said"),
)
"""Of operators that no layer type says: how their names begin, and what is told of them."""


def _why(name: str) -> str:
    for beginnings, hint in HINTS:
        if name.removeprefix("com.microsoft.").startswith(beginnings) or name.startswith(
            beginnings
        ):
            return hint
    return "no layer type says it"
