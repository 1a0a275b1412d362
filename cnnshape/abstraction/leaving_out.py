"""Whether the children of a draft can be left out in a spec.

There, what is left out passes on the value before it; a layer that joins is left out only with
all branches but one; and nothing can name by `from` what may not be there.
"""

from __future__ import annotations

from collections.abc import Sequence

from .branches import Branches, Item, nested
from .groups import Draft, Slot
from .program import LayerCall, Reference


def can_be_left_out(slots: Sequence[Slot], optional: Sequence[bool]) -> bool:
    """Whether those slots can be left out that are marked as optional."""
    results = {s.name: s.kind.result.path for s in slots if isinstance(s.kind, Draft)}

    def value(reference: Reference) -> Reference:
        """A group's result as if the group was a layer."""
        is_result = results.get(reference.child) == reference.place
        return Reference(reference.child) if is_result else reference

    calls = [
        LayerCall(s.name, "", {}, tuple([value(r) for r in s.reads]), when=not o, passes=s.passes)
        for s, o in zip(slots, optional, strict=True)
    ]
    names = {call.name for call in calls if not call.when}
    return _fits(nested(calls, {}), Reference("", 0), names)


def _fits(items: Sequence[Item], current: Reference, optional: set[str]) -> bool:
    for item in items:
        if isinstance(item, Branches):
            if item.fork != current and item.fork.child in optional:
                return False
            ways = enumerate(item.branches)
            if not item.join.when and any(way for k, way in ways if k != item.join.passes):
                return False
            if not all(_fits(way, item.fork, optional) for way in item.branches):
                return False
            current = Reference(item.join.name)
            continue
        assert isinstance(item, LayerCall)
        named = item.reads != (current,)
        if named and (not item.when or any(read.child in optional for read in item.reads)):
            return False
        current = Reference(item.name)
    return True
