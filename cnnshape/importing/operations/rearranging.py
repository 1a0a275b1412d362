"""Functions that change a value's dimensions."""

from __future__ import annotations

from ..graph import NotSaid
from .call import SAME, Answer, Call, Chain, Layer, Rules, Value
from .joining import joined

rules = Rules()


@rules.of("view", "reshape", "viewas", "reshapeas")
def _view(call: Call) -> Answer:
    before, after = call.x.shape, call.output
    if before == after:
        return SAME
    if before[0] != after[0]:
        raise NotSaid("mixes the batch with other dimensions")
    if len(after) == 2 and len(before) > 2:
        return Layer("Flatten", {}, (call.x,))
    if len(after) < len(before):
        for start in range(1, len(after)):
            tail = len(after) - start - 1
            if (
                before[:start] == after[:start]
                and before[len(before) - tail :] == after[start + 1 :]
            ):
                arguments = {"start_dim": start, "end_dim": len(before) - tail - 1}
                return Layer("Flatten", arguments, (call.x,))
    return Layer("Reshape", {"shape": list(after[1:])}, (call.x,))


@rules.of("expand", "expandas", "broadcastto")
def _expand(call: Call) -> Answer:
    # What reads it stretches a 1 by itself; what does not is refused by its shape.
    if call.x.shape[0] != call.output[0] or len(call.x.shape) != len(call.output):
        raise NotSaid("with new dimensions")
    return SAME


@rules.of("permute")
def _permute(call: Call) -> Answer:
    return Layer("Permute", {"dims": call.rest(1, "dims")}, (call.x,))


@rules.of("movedim")
def _movedim(call: Call) -> Answer:
    raise NotSaid("write permute")


@rules.of("mean", "sum", "amax")
def _reduction(call: Call) -> Answer:
    type_name = {"mean": "Mean", "sum": "Sum", "amax": "Max"}[call.name]
    dim = call.get(1, "dim")
    if dim is None:
        raise NotSaid("over the batch too")
    dims = list(dim) if isinstance(dim, (list, tuple)) else dim
    return Layer(type_name, {"dim": dims, "keepdim": call.get(2, "keepdim", False)}, (call.x,))


@rules.of("max")
def _max(call: Call) -> Answer:
    if isinstance(call.get(1, "other"), Value):
        return joined(call, "Maximum")
    dim = call.get(1, "dim")
    if dim is None:
        raise NotSaid("over the batch too")
    # The values alone: the indices, which come beside them, are no map.
    return [Layer("Max", {"dim": dim, "keepdim": call.get(2, "keepdim", False)}, (call.x,))]


@rules.of("squeeze")
def _squeeze(call: Call) -> Answer:
    dim = call.get(1, "dim")
    if isinstance(dim, int):
        return Layer("Squeeze", {"dim": dim}, (call.x,))
    if dim is not None:
        raise NotSaid("of several dimensions by name")
    chain = Chain((call.x,))
    for place in reversed([place for place, size in enumerate(call.x.shape) if size == 1]):
        chain.then("Squeeze", dim=place)
    return chain if chain.layers else SAME
