"""Lists of entries: `when`, `repeat`, branches, groups, shared layers and blocks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..errors import Mark
from ..layers.base import Layer
from ..layers.fields import shown
from ..network import Group, Op
from ..spec import limits
from ..spec.recipe import (
    Block,
    BranchesEntry,
    Entry,
    GroupEntry,
    LayerEntry,
    ShareEntry,
    Spec,
    Written,
)
from ..spec.template import TextTemplate
from ..spec.vocabulary import block_faults, unknown_type
from .blocks import Blocks
from .faults import PLAIN, Faults, Faulty, Stop
from .leaves import Leaves, argument_mark
from .names import Names
from .scope import UNKNOWN, Place, Record, Scope, Value, known_shapes
from .unread import dropped_rows


class Expander:
    """Expands entries into the records of a scope."""

    def __init__(self, spec: Spec, types: Mapping[str, type[Layer]], faults: Faults) -> None:
        self.blocks = spec.blocks
        self.types = types
        self.faults = faults
        self.names = Names(faults)
        self.leaves = Leaves(faults)
        self.templates = Blocks(faults, self.sequence)
        self._checked: set[tuple[int, str]] = set()

    def sequence(self, entries: tuple[Entry, ...], place: Place, value: Value) -> Value:
        """The value after a list of entries, each reading the one before it."""
        place = Place(place.scope, place.prefix, place.env, self.names.reserved(entries))
        return self._entries(entries, place, value)

    def _entries(self, entries: tuple[Entry, ...], place: Place, value: Value) -> Value:
        for entry in entries:
            value = self._entry(entry, place, value)
        return value

    def _entry(self, entry: Entry, place: Place, value: Value) -> Value:
        """The value after one entry, which may repeat, or be left out by `when`."""
        scope = place.scope
        self._count_step(scope, entry.mark)
        path, sound = "", scope.cut is None
        try:
            if entry.faulty:
                raise Faulty
            if entry.repeat is not None:
                return self._repeated(entry, place, value)
            if not self._included(entry, place):
                return value
            path = self.names.path(entry, place)
            result = self._expanded(entry, place, path, self.names.inputs(entry, place, value))
        except Faulty:
            scope.break_off()
            result = UNKNOWN
            path = path or self.names.path_of_faulty(entry, place)
        # After a fault whose mend is certain there is a value to go on with, and yet a fault.
        if scope.cut is not None and (sound or result.shape is None):
            scope.blame(path)
        if path:
            scope.values[path] = result
        return result

    def _included(self, entry: Entry, place: Place) -> bool:
        if self._holds(entry.when, place):
            return True
        if entry.name is not None:
            name = str(self.faults.evaluate(place, entry.name))
            place.scope.absent.add(place.prefix + name)
        return False

    def _holds(self, when: Written | None, place: Place) -> bool:
        """Whether `when` is true; YAML 1.2 reads no and off as texts, which would be true."""
        if when is None:
            return True
        value = self.faults.evaluate(place, when)
        if not isinstance(value, int):
            message = f"when must be true or false, not {shown(value)}"
            raise self.faults.fail(place.scope, message, when.mark)
        return bool(value)

    def _repeated(self, entry: Entry, place: Place, value: Value) -> Value:
        """The entry `repeat` times in a row; a name that holds $i names each itself."""
        assert entry.repeat is not None
        scope = place.scope
        count = self.faults.evaluate(place, entry.repeat)
        if type(count) is not int or count < 0:
            message = f"repeat must be a whole number of at least 0, not {shown(count)}"
            raise self.faults.fail(scope, message, entry.repeat.mark)
        named_each = entry.name is not None and isinstance(entry.name.value, TextTemplate)
        path = "" if named_each else self.names.path(entry, place)
        if path and count:
            scope.groups.append(Group(path, ""))
        try:
            value = self._turns(entry, place, path, count, value)
        except Faulty:
            value = UNKNOWN
            scope.break_off()
        if path:
            scope.values[path] = value
        return value

    def _turns(self, entry: Entry, place: Place, path: str, count: int, value: Value) -> Value:
        """The value after the turns of a repeat; path '' where each has a name of its own."""
        scope = place.scope
        first = True
        turns: list[str] = []
        if path:
            scope.turns[path] = turns
        for index in range(count):
            self._count_step(scope, entry.mark)
            here = place.with_index(index)
            if not self._holds(entry.when, here):
                continue
            step = f"{path}.{index}" if path else self.names.path(entry, here)
            inputs = self.names.inputs(entry, here, value) if first else (value,)
            first = False
            line = entry.mark.line
            turn = f"in turn {index + 1} of {count} of what line {line} repeats (i = {index})"
            try:
                with self.faults.told_within(turn):
                    value = self._expanded(entry, here, step, inputs)
            except Faulty:
                scope.blame(step)
                raise
            scope.values[step] = value
            turns.append(step)
        return value

    def _count_step(self, scope: Scope, mark: Mark) -> None:
        self.faults.budget.steps -= 1
        if self.faults.budget.steps < 0:
            self.faults.at(
                scope,
                f"the spec has more than {limits.STEPS:,} entries after blocks and repeats "
                "are expanded",
                mark,
            )
            raise Stop

    def _expanded(self, entry: Entry, place: Place, path: str, inputs: tuple[Value, ...]) -> Value:
        if isinstance(entry, LayerEntry):
            return self._layer_or_block(entry, place, path, inputs)
        if isinstance(entry, ShareEntry):
            return self._shared(entry, place, path, inputs)
        if len(inputs) != 1:
            assert entry.reads is not None
            message = f"a group or branches read one value, not {len(inputs)}"
            raise self.faults.fail(place.scope, message, entry.reads[0].mark)
        if path:
            place.scope.groups.append(Group(path, ""))
            place = place._replace(prefix=f"{path}.")
        if isinstance(entry, BranchesEntry):
            return self._branches(entry, place, inputs[0])
        assert isinstance(entry, GroupEntry)
        return (self.sequence if path else self._entries)(entry.layers, place, inputs[0])

    def _branches(self, entry: BranchesEntry, place: Place, value: Value) -> Value:
        """The joined value; where `when` leaves one branch, that branch's own."""
        ends = []
        for name, branch in entry.branches:
            self._count_step(place.scope, branch.mark)
            if branch.faulty:
                ends.append(UNKNOWN)
                continue
            if not self._holds(branch.when, place):
                if name:
                    place.scope.absent.add(place.prefix + name)
                continue
            if name:
                ends.append(self._branch(name, branch, place, value))
            else:
                ends.append(self._entries(branch.layers, place, value))
        if not ends:
            message = "every branch is left out by its when:"
            raise self.faults.fail(place.scope, message, entry.mark)
        if len(ends) == 1:
            return ends[0]
        join = entry.join
        path = self.names.path(join, place)
        try:
            if join.faulty:
                raise Faulty
            result = self._layer_or_block(join, place, path, tuple(ends))
        except Faulty:
            place.scope.values[path] = UNKNOWN
            raise
        place.scope.values[path] = result
        return result

    def _branch(self, name: str, branch: GroupEntry, place: Place, value: Value) -> Value:
        scope = place.scope
        path = place.prefix + name
        number = 1
        while path in scope.marks:  # containers of one list may have the same branches
            number += 1
            path = f"{place.prefix}{name}{number}"
        scope.marks[path] = branch.mark
        scope.groups.append(Group(path, ""))
        end = self.sequence(branch.layers, place._replace(prefix=f"{path}."), value)
        scope.values[path] = end
        return end

    def _layer_or_block(
        self, entry: LayerEntry, place: Place, path: str, inputs: tuple[Value, ...]
    ) -> Value:
        scope = place.scope
        name = self.faults.evaluate(place, entry.type)
        if name in self.types:
            arguments = self._arguments(entry, place)
            shapes = known_shapes(inputs)
            notes = partial(dropped_rows, scope, inputs) if len(inputs) > 1 else None
            op = self.leaves.op(scope, entry, self.types[name], arguments, shapes, notes)
            return self._record(scope, Record(path, op, _refs(inputs), entry.mark, None))
        if name in self.blocks:
            return self._block(self.blocks[name], entry, place, path, inputs)
        message, _, help, about = unknown_type(str(name), self.types, self.blocks)
        raise self.faults.fail(scope, message, entry.type.mark, help, about)

    def _arguments(self, entry: LayerEntry, place: Place) -> dict[str, Any]:
        """The arguments with their values; raises Faulty after reporting every bad one."""
        if entry.constant:
            return {name: written.value for name, written in entry.arguments.items()}
        values = {}
        faulty = False
        for name, written in entry.arguments.items():
            if type(written.value) in PLAIN:
                values[name] = written.value
                continue
            try:
                values[name] = self.faults.evaluate(place, written)
            except Faulty:
                faulty = True
        if faulty:
            raise Faulty
        return values

    def _record(self, scope: Scope, record: Record) -> Value:
        if len(scope.records) >= limits.LAYERS:
            message = f"the network has more than {limits.LAYERS:,} layers"
            self.faults.at(scope, message, record.mark)
            raise Stop
        scope.records.append(record)
        return Value(len(scope.records) - 1, record.op.output_shape)

    def _shared(
        self, entry: ShareEntry, place: Place, path: str, inputs: tuple[Value, ...]
    ) -> Value:
        scope = place.scope
        found = self.names.lookup(place, entry.shares)
        shapes = known_shapes((found, *inputs))
        if shapes is None:
            raise Faulty
        name = str(self.faults.evaluate(place, entry.shares))
        record = scope.records[found.ref] if found.ref >= 0 else None
        if record is None or not f".{record.path}".endswith(f".{name}"):
            raise self.faults.fail(
                scope,
                f"share: takes one layer, and {name!r} is not one",
                entry.shares.mark,
                "name the layer inside it by its path",
            )
        op: Op | None = self.leaves.analyse(
            scope, entry, record.op.layer, shapes[1:], record.op.layer.arguments
        )
        if op is None:
            raise Faulty
        root = found.ref if record.shares is None else record.shares
        return self._record(scope, Record(path, op, _refs(inputs), entry.mark, root))

    def _block(
        self, block: Block, entry: LayerEntry, place: Place, path: str, inputs: tuple[Value, ...]
    ) -> Value:
        scope = place.scope
        arguments = self._arguments(entry, place)
        self._check_arguments(scope, entry, block)
        if len(inputs) != len(block.inputs):
            wanted = ", ".join(block.inputs)
            raise self.faults.fail(
                scope,
                f"the block {block.name} reads {wanted}, which makes {len(block.inputs)}, "
                f"not {len(inputs)}",
                entry.reads[0].mark if entry.reads else entry.mark,
                f"name what it reads: from: [{wanted}]",
            )
        shapes = known_shapes(inputs)
        if shapes is None:
            raise Faulty
        template = self.templates.template(scope, entry, block, arguments, shapes)
        return self.templates.stamp(scope, template, path, block.name, inputs, entry.mark)

    def _check_arguments(self, scope: Scope, entry: LayerEntry, block: Block) -> None:
        """Hold an entry's arguments against the block's parameters, once for each entry."""
        if (id(entry), block.name) in self._checked:
            return
        faults = block_faults(block.name, block.params, entry.arguments)
        for message, key, help, about in faults:
            self.faults.at(scope, message, argument_mark(entry, key), help, about=about)
        if faults:
            raise Faulty
        self._checked.add((id(entry), block.name))


def _refs(values: tuple[Value, ...]) -> tuple[int, ...]:
    return tuple([value.ref for value in values])
