"""Functions that give one number of several."""

from __future__ import annotations

from ..graph import NotSaid
from .call import Answer, Call, Layer, Rules
from .joining import joined
from .values import Value

rules = Rules()

REDUCTIONS = {"mean": "Mean", "sum": "Sum", "amax": "Max", "amin": "Min"}


@rules.of(*REDUCTIONS)
def _reduction(call: Call) -> Answer:
    return _over(call, REDUCTIONS[call.name])


@rules.of("max", "min")
def _extreme(call: Call) -> Answer:
    if isinstance(call.get(1, "other"), Value):
        return joined(call, "Maximum" if call.name == "max" else "Minimum")
    # The values alone: the indices, which come beside them, are no map.
    return [_over(call, "Max" if call.name == "max" else "Min")]


@rules.of("var", "std")
def _spread(call: Call) -> Answer:
    return _over(call, "Var" if call.name == "var" else "Std", 3, correction=_correction(call))


@rules.of("varmean", "stdmean")
def _spread_and_mean(call: Call) -> Answer:
    type_name = "Var" if call.name == "varmean" else "Std"
    return [_over(call, type_name, 3, correction=_correction(call)), _over(call, "Mean", 3)]


def _correction(call: Call) -> int:
    """What is taken from the number of elements; PyTorch also has it as a truth, `unbiased`."""
    return int(call.kwargs.get("correction", call.get(2, "unbiased", True)))


@rules.of("norm", "linalgvectornorm")
def _norm(call: Call) -> Answer:
    order = call.get(1, "p" if call.name == "norm" else "ord", 2)
    order = 2 if order == "fro" else order
    if type(order) not in (int, float):
        raise NotSaid(f"of the order {order}")
    given = {"dim": call.dims(2), "p": order, "keepdim": call.get(3, "keepdim", False)}
    return Layer("Norm", given, (call.x,))


def _over(call: Call, type_name: str, keep: int = 2, **more: int) -> Layer:
    """A reduction over dimensions, whether they are kept being the argument at `keep`."""
    keepdim = call.get(keep, "keepdim", False)
    return Layer(type_name, {"dim": call.dims(1), "keepdim": keepdim} | more, (call.x,))


@rules.of("normalize")
def _normalize(call: Call) -> Answer:
    given = {
        "p": call.get(1, "p", 2),
        "dim": call.dim(2, "dim", 1),
        "eps": call.get(3, "eps", 1e-12),
    }
    return Layer("Normalize", given, (call.x,))
