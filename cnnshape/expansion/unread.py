"""Which layers made two maps differ by a row: those that left the last of their input unread."""

from __future__ import annotations

from ..layers.shapes import format_shape
from .scope import Scope, Value

_MOST_NAMED = 3


def dropped_rows(scope: Scope, inputs: tuple[Value, ...]) -> tuple[str, ...]:
    """Notes on the layers before some of the inputs, and not before all, that drop rows.

    The nearest come first. What lies outside the block at hand is not looked at.
    """
    before = [_before(scope, value.ref) for value in inputs]
    shared = set.intersection(*before)
    notes = []
    for ref in sorted(set.union(*before) - shared, reverse=True):
        path, op, *_ = scope.records[ref]
        left = op.layer.unread(op.input_shapes, op.output_shape)
        if any(left):
            read, given = format_shape(op.input_shapes[0]), format_shape(op.output_shape)
            why = ", ".join(op.layer.notes(op.input_shapes, op.output_shape))
            notes.append(f"{path} ({op.layer.type_name}) makes {given} of {read}: {why}")
    return tuple(notes[:_MOST_NAMED])


def _before(scope: Scope, ref: int) -> set[int]:
    """The layers of the scope that a value is computed from, its own with them."""
    found: set[int] = set()
    waiting = [ref]
    while waiting:
        at = waiting.pop()
        if at >= 0 and at not in found:
            found.add(at)
            waiting += scope.records[at].refs
    return found
