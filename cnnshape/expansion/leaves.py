"""Layers in their place: arguments read, inputs bound, costs computed, each once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, TypeAlias

from ..errors import UNSAID, About, Mark
from ..fixes import Fix, joined
from ..layers.base import Layer, LayerError
from ..layers.fields import shown
from ..layers.shapes import Shapes, format_shape
from ..network import Op
from ..spec import limits
from ..spec.recipe import Entry, LayerEntry
from ..spec.vocabulary import argument_faults
from .faults import INCOMING, Faults, Faulty
from .remedies import cures, mended
from .scope import Scope

Notes: TypeAlias = Callable[[], tuple[str, ...]]
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
        notes: Notes | None = None,
    ) -> Op:
        """The layer for what it reads; raises Faulty, also when the shapes are unknown.

        `notes` says what else is to be told where it cannot join what it reads.

        The arguments are read even then, so that their faults are found.
        """
        # Only what is sound is kept, so that each faulty entry is reported.
        key = (kind, self.faults.told_apart(scope, arguments, entry.mark))
        layer = self._layers.get(key) or self._read(scope, entry, kind, arguments, shapes)
        if layer is None or shapes is None:
            raise Faulty
        self._layers[key] = layer
        memo = (key, shapes)
        op = self._ops.get(memo)
        if op is None:
            before = len(self.faults.found)
            op = self.analyse(scope, entry, layer, shapes, arguments, notes)
            if op is None:
                raise Faulty
            if len(self.faults.found) == before:
                self._ops[memo] = op
        return op

    def _read(
        self,
        scope: Scope,
        entry: LayerEntry,
        kind: type[Layer],
        arguments: dict[str, Any],
        shapes: Shapes | None,
    ) -> Layer | None:
        # A type that is written out was held against its arguments when the spec was read.
        written_out = isinstance(entry.type.value, str)
        named = [] if written_out else argument_faults(kind, arguments)
        for message, key, help, about in named:
            self.faults.at(scope, message, argument_mark(entry, key), help, about=about)
        if named:
            return None
        faults: list[LayerError] = []
        layer = kind.read(arguments, faults)
        for fault in faults:
            fixes = cures(fault, kind, arguments, shapes, entry.mark)
            self._layer_fault(scope, entry, fault, fixes, shapes)
        return layer

    def analyse(
        self,
        scope: Scope,
        entry: Entry,
        layer: Layer,
        shapes: Shapes,
        arguments: Mapping[str, Any],
        notes: Notes | None = None,
    ) -> Op | None:
        """The layer bound to shapes, with its costs; None after reporting a fault.

        Where only one thing can have been meant, the layer as it was meant, after reporting it:
        what follows is read too, so that its own faults are told at once.
        """
        try:
            bound = layer.bind(shapes)
            op = Op(bound, shapes, bound.output_shape(shapes))
        except LayerError as fault:
            kind = type(layer)
            fixes = cures(fault, kind, arguments, shapes, entry.mark)
            uneven = notes is not None and len({s[1:] for s in shapes}) > 1
            told = notes() if notes is not None and uneven else ()
            about = About("sizes" if uneven else "")
            self._layer_fault(scope, entry, fault, fixes, shapes, told, about)
            meant = [fix for fix in fixes if fix.certain]
            return mended(meant[0], kind, arguments, shapes) if meant else None
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

    def _layer_fault(
        self,
        scope: Scope,
        entry: Entry,
        fault: LayerError,
        fixes: tuple[Fix, ...],
        shapes: Shapes | None,
        notes: tuple[str, ...] = (),
        about: About = UNSAID,
    ) -> None:
        mark = argument_mark(entry, fault.field or "")
        help = joined(fixes) or fault.advice or ""
        notes = (*notes, *self._whose(scope, entry, shapes))
        self.faults.at(scope, fault.message, mark, help, fixes, notes, about)

    def _whose(self, scope: Scope, entry: Entry, shapes: Shapes | None) -> tuple[str, ...]:
        """Notes on what `$in_channels` and the like are, where the layer itself reads another."""
        reads = scope.env.get("in_shape")
        if not isinstance(entry, LayerEntry) or reads is None or shapes == (reads,):
            return ()
        used = [
            name
            for name in INCOMING
            if any(name in str(written.value) for written in entry.arguments.values())
        ]
        uses = self.faults.uses
        owner = f"the block {uses[-1].block.name}" if uses else "the network"
        return tuple(
            f"{name} is {shown(scope.env[name])} here: that of what {owner} reads, "
            f"{format_shape(reads)}"
            for name in used
            if name in scope.env
        )


def argument_mark(entry: Entry, name: str) -> Mark:
    """Where an argument was written; the entry's own place when it was not."""
    if isinstance(entry, LayerEntry) and name in entry.arguments:
        return entry.arguments[name].mark
    return entry.mark
