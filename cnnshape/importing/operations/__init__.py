"""What each function of PyTorch is called as a layer. No torch is needed here.

A rule reads a call, whose tensors stand as `Value`, and answers with layers. It
raises NotSaid where the layer types have no word for what is asked.
"""

from __future__ import annotations

from ..graph import NotSaid
from . import (
    arithmetic,
    contracting,
    elementwise,
    joining,
    parts,
    products,
    putting,
    rearranging,
    reducing,
    weighted,
    windows,
)
from .call import KEEPS_ORDER, Answer, Call, Chain, Layer, Rule, check_samples
from .modules import (
    attended,
    module_arguments,
    padded_output,
    placed,
    refuse_masks,
    tidy,
)
from .partwise import of_parts
from .values import ComputedWeight, Indices, Origin, Part, Value
from .windows import unpooled

__all__ = [
    "KEEPS_ORDER", "Answer", "Call", "Chain", "ComputedWeight", "Indices", "Layer",
    "Origin", "Part", "Value", "answer", "attended", "check_samples",
    "module_arguments", "of_parts", "padded_output", "placed", "refuse_masks", "tidy",
    "unpooled",
]  # fmt: skip

RULES: dict[str, Rule] = {
    **arithmetic.rules,
    **contracting.rules,
    **elementwise.rules,
    **joining.rules,
    **parts.rules,
    **products.rules,
    **putting.rules,
    **rearranging.rules,
    **reducing.rules,
    **windows.rules,
    **weighted.rules,
}


def answer(call: Call) -> Answer:
    """The layers of a call; raises NotSaid."""
    rule = RULES.get(call.name)
    if rule is None:
        raise NotSaid("no layer type says it")
    try:
        return rule(call)
    except (IndexError, KeyError, TypeError, ValueError, AttributeError) as fault:
        raise NotSaid(f"its arguments: {fault}") from fault
