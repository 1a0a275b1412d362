"""Leaving out layers that change nothing in their place.

They stay as long as anything else reads them.
"""

from __future__ import annotations

from dataclasses import replace

from .graph import Recorded

STRETCH = frozenset(("Add", "Subtract", "Multiply", "Divide", "Maximum", "Minimum"))
"""The layer types that stretch a dimension of size 1."""


def without_expands(recorded: list[Recorded]) -> list[Recorded]:
    """`x * gate.expand_as(x)` is x·gate: what stretches a value by itself reads it as it is."""
    by_key = {item.key: item for item in recorded}
    return [_unstretched(item, by_key) if item.type in STRETCH else item for item in recorded]


def _unstretched(item: Recorded, by_key: dict[str, Recorded]) -> Recorded:
    reads = list(item.reads)
    for place, key in enumerate(reads):
        expand = by_key.get(key)
        if expand is None or expand.type != "Expand":
            continue
        source = by_key.get(expand.reads[0])
        if source is None:
            continue
        # Another input must have the sizes that this one is stretched to.
        others = [
            by_key[other].shape for k, other in enumerate(reads) if k != place and other in by_key
        ]
        stretched = [d for d, size in enumerate(source.shape) if size != item.shape[d]]
        if all(any(shape[d] == item.shape[d] for shape in others) for d in stretched):
            reads[place] = source.key
    return replace(item, reads=tuple(reads))


def without_double_transposes(recorded: list[Recorded]) -> list[Recorded]:
    """What reads a transposition of a transposition reads what that one reads."""
    by_key: dict[str, Recorded] = {}
    undone: dict[str, str] = {}
    for each in recorded:
        item = replace(each, reads=tuple(undone.get(key, key) for key in each.reads))
        first = by_key.get(item.reads[0]) if item.type == "Transpose" else None
        if first is not None and first.type == "Transpose" and _dims(first) == _dims(item):
            undone[item.key] = first.reads[0]
        by_key[item.key] = item
    return list(by_key.values())


def _dims(transpose: Recorded) -> set[int]:
    """The two dimensions, counted from 0."""
    rank = len(transpose.shape) + 1
    return {transpose.arguments[name] % rank for name in ("dim0", "dim1")}
