"""Which layers may compute in their input's memory: elsewhere `inplace: true` is taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..network import Op
from .scope import Record


def keep_values_whole(
    records: list[Record], outputs: Sequence[int]
) -> tuple[list[Record], dict[int, str]]:
    """The records, none of which overwrites a value that anything else needs.

    A value may be overwritten by the only layer that reads it, where the layer that gives it
    says that its output is memory of its own (`Layer.gives_own_memory`): the network's input is
    its caller's, and views such as Flatten's share the memory of what they read.

    Returns them, and for each layer that is no longer in place the reason. Layers that share a
    module are in place together or not at all.
    """
    written = [place for place, record in enumerate(records) if _is_inplace(record.op)]
    if not written:
        return records, {}
    readers = Counter(ref for record in records for ref in set(record.refs))
    owners = {place: _owner(records, place) for place in written}
    reasons: dict[int, str] = {}
    for place in written:
        (ref,) = records[place].refs
        if ref < 0:
            reason = "it reads the network's input, which belongs to who runs the network"
        elif readers[ref] > 1:
            others = (k for k, record in enumerate(records) if ref in record.refs and k != place)
            reason = f"{records[next(others)].path} reads {records[ref].path} too"
        elif ref in outputs:
            reason = f"{records[ref].path} is an output of the network"
        elif not records[ref].op.layer.gives_own_memory:
            kind = records[ref].op.layer.type_name
            reason = f"the memory of {records[ref].path} ({kind}) may be needed elsewhere"
        elif not records[place].op.layer.may_overwrite():
            reason = "with its negative slope, PyTorch has no gradient for it in place"
        else:
            continue
        reasons[place] = reason
    shared = {owners[place] for place in reasons}
    made: dict[int, Op] = {}
    changed = [*records]
    for place in written:
        if owners[place] in shared:
            op = records[place].op
            made[id(op)] = made.get(id(op)) or _not_inplace(op)
            changed[place] = records[place]._replace(op=made[id(op)])
    return changed, reasons


def _is_inplace(op: Op) -> bool:
    return bool(getattr(op.layer, "inplace", False))


def _not_inplace(op: Op) -> Op:
    return Op(op.layer.with_arguments(inplace=False), op.input_shapes, op.output_shape)


def _owner(records: Sequence[Record], place: int) -> int:
    """The layer whose module a layer uses."""
    while (shares := records[place].shares) is not None:
        place = shares
    return place
