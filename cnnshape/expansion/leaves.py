"""Layers in their place: arguments read, inputs bound, costs computed, each once."""

from __future__ import annotations

from math import prod
from typing import Any, TypeAlias

from ..errors import Mark
from ..layers.base import Layer, LayerError
from ..layers.shapes import Shapes, format_shape
from ..network import Op
from ..spec import limits
from ..spec.recipe import Entry, LayerEntry
from ..spec.vocabulary import argument_faults
from .faults import Faults, Faulty
from .scope import Scope

_Key: TypeAlias = tuple[type[Layer], str]


class Leaves:
    """Makes the Op of a layer; the same type, arguments and shapes are analysed once."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._layers: dict[_Key, Layer] = {}
        self._ops: dict[tuple[_Key, Shapes], Op] = {}

    def op(
        self,
        scope: Scope,
        entry: LayerEntry,
        kind: type[Layer],
        arguments: dict[str, Any],
        shapes: Shapes | None,
    ) -> Op:
        """The layer for what it reads; raises Faulty, also when the shapes are unknown.

        The arguments are read even then, so that their faults are found.
        """
        # Only what is sound is kept, so that each faulty entry is reported.
        key = (kind, self.faults.told_apart(scope, arguments, entry.mark))
        layer = self._layers.get(key) or self._read(scope, entry, kind, arguments)
        if layer is None or shapes is None:
            raise Faulty
        self._layers[key] = layer
        memo = (key, shapes)
        op = self._ops.get(memo) or self.analyse(scope, entry, layer, shapes)
        if op is None:
            raise Faulty
        self._ops[memo] = op
        return op

    def _read(
        self, scope: Scope, entry: LayerEntry, kind: type[Layer], arguments: dict[str, Any]
    ) -> Layer | None:
        # A type that is written out was held against its arguments when the spec was read.
        written_out = isinstance(entry.type.value, str)
        named = [] if written_out else argument_faults(kind, arguments)
        for message, key, help in named:
            self.faults.at(scope, message, argument_mark(entry, key), help)
        if named:
            return None
        faults: list[LayerError] = []
        layer = kind.read(arguments, faults)
        for fault in faults:
            self._layer_fault(scope, entry, fault)
        return layer

    def analyse(self, scope: Scope, entry: Entry, layer: Layer, shapes: Shapes) -> Op | None:
        """The layer bound to shapes, with its costs; None after reporting a fault."""
        try:
            bound = layer.bind(shapes)
            op = Op(bound, shapes, bound.output_shape(shapes))
        except LayerError as fault:
            self._layer_fault(scope, entry, fault)
            return None
        except OverflowError:
            self.faults.at(scope, "the sizes are too large to compute with", entry.mark)
            return None
        if max(prod(op.output_shape), op.params, op.buffers) > limits.ELEMENTS:
            self.faults.at(
                scope,
                f"{layer.type_name} gives {format_shape(op.output_shape)} and has "
                f"{op.params:,} parameters: more than a tensor can hold",
                entry.mark,
            )
            return None
        return op

    def _layer_fault(self, scope: Scope, entry: Entry, fault: LayerError) -> None:
        mark = argument_mark(entry, fault.field or "")
        self.faults.at(scope, fault.message, mark, fault.help or "")


def argument_mark(entry: Entry, name: str) -> Mark:
    """Where an argument was written; the entry's own place when it was not."""
    if isinstance(entry, LayerEntry) and name in entry.arguments:
        return entry.arguments[name].mark
    return entry.mark
