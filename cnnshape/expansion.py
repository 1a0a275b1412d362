"""A Spec becomes a Network: blocks expanded, shapes and costs computed, faults collected.

A block for given arguments and given incoming shapes is always the same list of layers, so
it is expanded once, into a template with relative paths, and stamped wherever it is used.
In the same way an entry for given shapes is analysed once; alike layers share one Op.

A value whose shape is unknown, because a fault stands before it, has the shape None; what
reads it is passed over in silence, so that each fault is reported once and independent
faults are all found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

from .errors import Diagnostic, Mark, SpecError, did_you_mean
from .layers.base import Layer, LayerError
from .layers.shapes import Shape, Shapes, format_shape
from .network import INPUT, Group, Network, Node, Op
from .spec import limits
from .spec.expressions import ExpressionError, Template, UnknownName
from .spec.recipe import (
    Block,
    BranchesEntry,
    Entry,
    GroupEntry,
    LayerEntry,
    ShareEntry,
    Spec,
    Written,
    argument_faults,
    block_faults,
    name_problem,
    unknown_type,
)


class Value(NamedTuple):
    """What a layer reads. `ref` ≥ 0: a layer of this scope; −1, −2 ...: the scope's inputs."""

    ref: int
    shape: Shape | None


UNKNOWN = Value(0, None)

INCOMING = ("in_channels", "in_size", "in_shape")
"""What an expression can ask of the value that its block reads."""


class Record(NamedTuple):
    """A layer in a scope, with a path relative to it."""

    path: str
    op: Op
    refs: tuple[int, ...]
    mark: Mark
    shares: int | None


class Expanded(NamedTuple):
    """A block expanded for one set of arguments and incoming shapes."""

    records: tuple[Record, ...]
    groups: tuple[Group, ...]
    value: Value
    broken: bool

    @property
    def longest_path(self) -> int:
        """Characters of the longest relative path."""
        return max((len(record.path) for record in self.records), default=0)


class _Fault(Exception):
    """A fault that was reported; the entry has no value."""


def expand(
    spec: Spec,
    types: Mapping[str, type[Layer]],
    *,
    input_shape: Shape | None = None,
    params: Mapping[str, Any] | None = None,
    variant: str | None = None,
) -> Network:
    """The network of a spec.

    Args:
        spec: the recipe.
        types: the layer types by name.
        input_shape: in the place of the spec's own input.
        params: values in the place of the spec's (and the variant's) own.
        variant: one of the spec's variants.

    Raises:
        SpecError: with every independent fault, and the network up to the first as `partial`.
    """
    return _Expansion(spec, types).run(input_shape, params or {}, variant)


class _Scope:
    """The layers of one block (or of the whole network) while they are being made."""

    def __init__(self, names: dict[str, Any], inputs: dict[str, Value], entries: Any) -> None:
        self.env = names
        self.inputs = inputs
        self.entries: tuple[Entry, ...] = entries
        self.records: list[Record] = []
        self.groups: list[Group] = []
        self.values: dict[str, Value] = {}
        self.marks: dict[str, Mark] = {}
        self.absent: set[str] = set()
        self.counters: dict[tuple[str, str], int] = {}
        self.cut: int | None = None

    def claim(self, path: str, mark: Mark) -> Mark | None:
        """Take a path; the mark of who has it already, or None."""
        if path in self.marks:
            return self.marks[path]
        self.marks[path] = mark
        return None

    def default_path(self, prefix: str, stem: str, reserved: frozenset[str]) -> str:
        """The path of an entry without a name: relu1, relu2 ..., past the names written."""
        number = self.counters.get((prefix, stem), 0)
        while True:
            number += 1
            name = f"{stem}{number}"
            if name not in reserved and prefix + name not in self.marks:
                break
        self.counters[prefix, stem] = number
        return prefix + name


class _Expansion:
    def __init__(self, spec: Spec, types: Mapping[str, type[Layer]]) -> None:
        self.spec = spec
        self.types = types
        self.faults: list[Diagnostic] = list(spec.faults)
        self.seen = {(fault.message, fault.mark) for fault in spec.faults}
        self.layers: dict[Any, Layer | None] = {}
        self.ops: dict[tuple[Any, Shapes], Op | None] = {}
        self.templates: dict[Any, Expanded | None] = {}
        self.uses: list[tuple[str, Mark]] = []
        self.env: dict[str, Any] = {}
        self.steps = 0
        self.stamped = 0

    # The whole ------------------------------------------------------------------------

    def run(
        self, input_shape: Shape | None, params: Mapping[str, Any], variant: str | None
    ) -> Network:
        env = self.env = self._global_params(params, variant)
        shape = input_shape or self._input_shape(env)
        entries = self.spec.layers
        incoming = Value(-1, shape)
        scope = _Scope(_with_incoming(env, shape), {INPUT: incoming}, entries)
        outputs: tuple[int, ...] = ()
        warnings: list[Diagnostic] = []
        try:
            if not entries and not self.faults:
                self.fault(scope, "layers is empty: there is no network", self.spec.mark)
            value = self.sequence(scope, entries, "", incoming)
            outputs = self._outputs(scope, value, warnings)
        except _Stop:
            pass
        except RecursionError:
            self.fault(scope, "the spec nests too deep", self.spec.mark)
        if self.faults:
            cut = scope.cut if scope.cut is not None else len(scope.records)
            partial = None
            if shape is not None and cut:
                partial = self._network(scope, scope.records[:cut], (), shape, env, variant, ())
            raise SpecError(self._in_order(), partial)
        assert shape is not None
        return self._network(
            scope, scope.records, outputs, shape, env, variant, tuple(warnings)
        )

    def _network(
        self,
        scope: _Scope,
        records: list[Record],
        outputs: tuple[int, ...],
        shape: Shape,
        env: dict[str, Any],
        variant: str | None,
        warnings: tuple[Diagnostic, ...],
    ) -> Network:
        paths = [record.path for record in records]
        paths.append(INPUT)  # so that the reference −1 finds it
        layers = tuple(
            Node(
                path,
                op,
                tuple([paths[ref] for ref in refs]),
                mark,
                None if shares is None else paths[shares],
            )
            for path, op, refs, mark, shares in records
        )
        spec = self.spec
        return Network(
            name=variant or spec.name or _stem(spec.source.name),
            input_shape=shape,
            layers=layers,
            outputs=tuple(paths[ref] for ref in outputs) or (paths[-2],),
            groups={group.path: group for group in scope.groups},
            reference=spec.reference,
            description=spec.description,
            params={name: env[name] for name in spec.params if name in env},
            train=spec.train,
            warnings=warnings,
            source=spec.source.name,
        )

    def _in_order(self) -> list[Diagnostic]:
        return sorted(
            self.faults, key=lambda fault: fault.mark[:2] if fault.mark is not None else (0, 0)
        )

    def _global_params(self, given: Mapping[str, Any], variant: str | None) -> dict[str, Any]:
        """The spec's parameters: what is given, else the variant's value, else the default."""
        spec = self.spec
        chosen: Mapping[str, Written] = {}
        if variant is not None:
            if variant not in spec.variants:
                near = did_you_mean(variant, list(spec.variants))
                listed = ", ".join(spec.variants) or "none"
                help = f"did you mean {near}?" if near else f"its variants: {listed}"
                raise SpecError(
                    [spec.source.diagnostic(f"there is no variant {variant!r}", help=help)]
                )
            chosen = spec.variants[variant]
        for name in given:
            if name not in spec.params:
                near = did_you_mean(name, list(spec.params))
                listed = ", ".join(spec.params) or "none"
                help = f"did you mean {near}?" if near else f"its params: {listed}"
                raise SpecError(
                    [spec.source.diagnostic(f"the spec has no parameter {name!r}", help=help)]
                )
        env: dict[str, Any] = {}
        for name, default in spec.params.items():
            if name in given:
                env[name] = _as_tuples(given[name])
                continue
            written = chosen.get(name, default)
            try:
                env[name] = _evaluated(written.value, env)
            except ExpressionError as error:
                self._report(str(error), written.mark, self._name_help(error, env))
        return env

    def _input_shape(self, env: dict[str, Any]) -> Shape | None:
        written = self.spec.input
        if written is None:
            return None
        try:
            shape = _evaluated(written.value, env)
        except ExpressionError as error:
            self._report(str(error), written.mark, self._name_help(error, env))
            return None
        problem = shape_problem(shape)
        if problem:
            self._report(problem, written.mark, "write the shape of one sample: [1, 32, 32]")
            return None
        result: Shape = shape
        return result

    def _outputs(
        self, scope: _Scope, value: Value, warnings: list[Diagnostic]
    ) -> tuple[int, ...]:
        """The references of the outputs; a layer no one reads that nobody named is told of."""
        read = {ref for record in scope.records for ref in record.refs}
        last = value.ref if value.shape is not None else None
        unread = [
            ref for ref in range(len(scope.records)) if ref not in read and ref != last
        ]
        if self.spec.outputs is None:
            for ref in unread:
                self._warn_unread(
                    scope.records[ref],
                    "no layer reads {}, so it is an output of the network",
                    "where that is meant, list it under outputs:; "
                    "else name it in a later layer's from:, or remove it",
                    warnings,
                )
            return tuple(sorted({*unread, *([last] if last is not None else [])}))
        named: list[int] = []
        for written in self.spec.outputs:
            try:
                found = self.lookup(scope, "", written, scope.env)
            except _Fault:
                continue
            if found.shape is not None and found.ref not in named:
                named.append(found.ref)
        for ref in [*unread, *([last] if last is not None and last not in read else [])]:
            if ref >= 0 and ref not in named:
                self._warn_unread(
                    scope.records[ref],
                    "no layer reads {}, and outputs: does not name it: it is computed for nothing",
                    "",
                    warnings,
                )
        return tuple(named)

    def _warn_unread(
        self, record: Record, message: str, help: str, warnings: list[Diagnostic]
    ) -> None:
        if len(warnings) < limits.FAULTS:
            warnings.append(
                self.spec.source.diagnostic(
                    message.format(record.path), record.mark, help=help, severity="warning"
                )
            )

    # Faults ---------------------------------------------------------------------------

    def _report(self, message: str, mark: Mark | None, help: str = "") -> None:
        key = (message, mark)
        if key in self.seen:
            return
        self.seen.add(key)
        notes = tuple(
            f"in the block {name}, used in line {use.line}" for name, use in reversed(self.uses)
        )[:4]
        self.faults.append(self.spec.source.diagnostic(message, mark, help=help, notes=notes))
        if len(self.faults) >= limits.FAULTS:
            raise _Stop

    def fault(self, scope: _Scope, message: str, mark: Mark, help: str = "") -> None:
        """Report a fault; the table of a faulty spec ends before it."""
        self.break_off(scope)
        self._report(message, mark, help)

    @staticmethod
    def break_off(scope: _Scope) -> None:
        if scope.cut is None:
            scope.cut = len(scope.records)

    def _name_help(self, error: ExpressionError, env: Mapping[str, Any]) -> str:
        if not isinstance(error, UnknownName):
            return ""
        near = did_you_mean(error.name, list(env))
        if near:
            return f"did you mean {near}?"
        return f"known here: {', '.join(env)}" if env else ""

    def evaluate(
        self, scope: _Scope, written: Written, env: Mapping[str, Any]
    ) -> Any:
        """The value of what is written; raises _Fault after reporting why it has none."""
        try:
            return _evaluated(written.value, env)
        except ExpressionError as error:
            if isinstance(error, UnknownName) and error.name in INCOMING:
                raise _Fault from None  # the input is unknown because of an earlier fault
            self.fault(scope, str(error), written.mark, self._name_help(error, env))
            raise _Fault from None

    # Lists of entries -----------------------------------------------------------------

    def sequence(
        self,
        scope: _Scope,
        entries: tuple[Entry, ...],
        prefix: str,
        value: Value,
        env: dict[str, Any] | None = None,
    ) -> Value:
        """The value after a list of entries, each reading the one before it."""
        env = scope.env if env is None else env
        reserved = frozenset(
            entry.name.value
            for entry in entries
            if entry.name is not None and isinstance(entry.name.value, str)
        )
        for entry in entries:
            value = self.entry(scope, entry, prefix, value, env, reserved)
        return value

    def entry(
        self,
        scope: _Scope,
        entry: Entry,
        prefix: str,
        value: Value,
        env: dict[str, Any],
        reserved: frozenset[str],
    ) -> Value:
        """The value after one entry, which may repeat, or be left out by `when`."""
        self._count_step(scope, entry)
        try:
            if entry.repeat is not None:
                return self._repeated(scope, entry, prefix, value, env, reserved)
            if entry.when is not None and not self.evaluate(scope, entry.when, env):
                self._leave_out(scope, entry, prefix, env)
                return value
            path = self._path(scope, entry, prefix, env, reserved)
            inputs = self._inputs(scope, entry, prefix, value, env)
            result = self._dispatch(scope, entry, path, prefix, inputs, env)
        except _Fault:
            self.break_off(scope)
            result = UNKNOWN
            path = self._static_path(entry, prefix)
        if path:
            scope.values[path] = result
        return result

    def _repeated(
        self,
        scope: _Scope,
        entry: Entry,
        prefix: str,
        value: Value,
        env: dict[str, Any],
        reserved: frozenset[str],
    ) -> Value:
        assert entry.repeat is not None
        count = self.evaluate(scope, entry.repeat, env)
        if type(count) is not int or count < 0:
            self.fault(
                scope, f"repeat must be a whole number of at least 0, not {count!r}",
                entry.repeat.mark,
            )  # fmt: skip
            raise _Fault
        indexed = entry.name is not None and isinstance(entry.name.value, Template)
        path = "" if indexed else self._path(scope, entry, prefix, env, reserved)
        if path and count:
            scope.groups.append(Group(path, ""))
        inner = dict(env)
        for index in range(count):
            self._count_step(scope, entry)
            inner["i"] = index
            if entry.when is not None and not self.evaluate(scope, entry.when, inner):
                continue
            if indexed:
                step = self._path(scope, entry, prefix, inner, reserved)
            else:
                step = f"{path}.{index}"
            inputs = (
                self._inputs(scope, entry, prefix, value, inner) if index == 0 else (value,)
            )
            value = self._dispatch(scope, entry, step, prefix, inputs, inner)
            scope.values[step] = value
        if path:
            scope.values[path] = value
        return value

    def _count_step(self, scope: _Scope, entry: Entry) -> None:
        self.steps += 1
        if self.steps > limits.STEPS:
            self.fault(
                scope,
                f"the spec has more than {limits.STEPS:,} entries after blocks and repeats "
                "are expanded",
                entry.mark,
            )
            raise _Stop

    def _count_layers(self, scope: _Scope, more: int, mark: Mark) -> None:
        if len(scope.records) + more > limits.LAYERS:
            self.fault(scope, f"the network has more than {limits.LAYERS:,} layers", mark)
            raise _Stop

    # Names ----------------------------------------------------------------------------

    def _path(
        self,
        scope: _Scope,
        entry: Entry,
        prefix: str,
        env: Mapping[str, Any],
        reserved: frozenset[str],
    ) -> str:
        """The path of an entry; '' for a container without a name, which adds no level."""
        if entry.name is None:
            if isinstance(entry, LayerEntry):
                stem = str(entry.type.value)
                if not isinstance(entry.type.value, str):
                    stem = str(self.evaluate(scope, entry.type, env))
                stem = _as_stem(stem)
            elif isinstance(entry, ShareEntry):
                stem = _as_stem(str(self.evaluate(scope, entry.shares, env)))
            elif entry.repeat is not None:
                stem = "group"
            else:
                return ""
            path = scope.default_path(prefix, stem, reserved)
            scope.marks[path] = entry.mark
            return path
        name = str(self.evaluate(scope, entry.name, env))
        problem = name_problem(name)
        if problem:
            self.fault(scope, problem, entry.name.mark)
            raise _Fault
        path = prefix + name
        if len(path) > limits.PATH_CHARACTERS:
            self._path_too_long(scope, entry.name.mark)
        taken = scope.claim(path, entry.name.mark)
        if taken is not None:
            self.fault(
                scope, f"the name {path!r} is taken already, in line {taken.line}",
                entry.name.mark, "names must be unique among layers that see each other",
            )  # fmt: skip
            raise _Fault
        return path

    def _path_too_long(self, scope: _Scope, mark: Mark) -> None:
        self.fault(
            scope, f"the path of a layer has more than {limits.PATH_CHARACTERS} characters", mark
        )
        raise _Fault

    @staticmethod
    def _static_path(entry: Entry, prefix: str) -> str:
        if entry.name is not None and isinstance(entry.name.value, str):
            return prefix + entry.name.value
        return ""

    def _leave_out(
        self, scope: _Scope, entry: Entry, prefix: str, env: Mapping[str, Any]
    ) -> None:
        if entry.name is not None:
            scope.absent.add(prefix + str(self.evaluate(scope, entry.name, env)))

    def _inputs(
        self, scope: _Scope, entry: Entry, prefix: str, value: Value, env: Mapping[str, Any]
    ) -> tuple[Value, ...]:
        if entry.reads is None:
            return (value,)
        found = tuple([self.lookup(scope, prefix, name, env) for name in entry.reads])
        return found

    def lookup(
        self, scope: _Scope, prefix: str, written: Written, env: Mapping[str, Any]
    ) -> Value:
        """The value of a name: of the nearest enclosing list of the block, or an input."""
        name = str(self.evaluate(scope, written, env))
        if name in scope.inputs:
            return scope.inputs[name]
        level = prefix
        while True:
            found = scope.values.get(level + name)
            if found is not None:
                return found
            if level + name in scope.absent:
                self.fault(scope, f"the layer {name!r} is left out by its when:", written.mark)
                raise _Fault
            if not level:
                break
            level = level[:-1].rpartition(".")[0]
            level = f"{level}." if level else ""
        self._unknown_layer(scope, name, written.mark)
        raise _Fault

    def _unknown_layer(self, scope: _Scope, name: str, mark: Mark) -> None:
        if name in set(_static_names(scope.entries)) and name not in scope.values:
            self.fault(
                scope, f"{name!r} stands after the layer that reads it, which would be a cycle",
                mark, "a layer reads what stands before it; move it, or read another",
            )  # fmt: skip
            return
        known = [path for path in scope.values if "." not in path] + list(scope.inputs)
        near = did_you_mean(name, known) or did_you_mean(name, list(scope.values))
        help = f"did you mean {near}?" if near else f"known here: {', '.join(known[-12:])}"
        self.fault(scope, f"there is no layer {name!r} before this one", mark, help)

    # Entries by kind ------------------------------------------------------------------

    def _dispatch(
        self,
        scope: _Scope,
        entry: Entry,
        path: str,
        prefix: str,
        inputs: tuple[Value, ...],
        env: dict[str, Any],
    ) -> Value:
        if entry.faulty:
            raise _Fault
        if isinstance(entry, LayerEntry):
            return self._layer_or_block(scope, entry, path, inputs, env)
        if isinstance(entry, BranchesEntry):
            return self._branches(scope, entry, path, prefix, self._one(scope, entry, inputs), env)
        if isinstance(entry, GroupEntry):
            value = self._one(scope, entry, inputs)
            if path:
                scope.groups.append(Group(path, ""))
                prefix = f"{path}."
            return self.sequence(scope, entry.layers, prefix, value, env)
        assert isinstance(entry, ShareEntry)
        return self._shared(scope, entry, path, prefix, inputs, env)

    def _one(self, scope: _Scope, entry: Entry, inputs: tuple[Value, ...]) -> Value:
        if len(inputs) != 1:
            assert entry.reads is not None
            self.fault(
                scope, f"a group or branches read one value, not {len(inputs)}",
                entry.reads[0].mark,
            )  # fmt: skip
            raise _Fault
        return inputs[0]

    def _branches(
        self,
        scope: _Scope,
        entry: BranchesEntry,
        path: str,
        prefix: str,
        value: Value,
        env: dict[str, Any],
    ) -> Value:
        if path:
            scope.groups.append(Group(path, ""))
            prefix = f"{path}."
        ends: list[Value] = []
        for name, branch in entry.branches:
            self._count_step(scope, branch)
            if branch.when is not None and not self.evaluate(scope, branch.when, env):
                scope.absent.add(prefix + name)
                continue
            here = prefix + name
            number = 1
            while here in scope.marks:
                number += 1
                here = f"{prefix}{name}{number}"
            scope.marks[here] = branch.mark
            scope.groups.append(Group(here, ""))
            end = self.sequence(scope, branch.layers, f"{here}.", value, env)
            scope.values[here] = end
            ends.append(end)
        if not ends:
            self.fault(scope, "every branch is left out by its when:", entry.mark)
            raise _Fault
        if len(ends) == 1:
            return ends[0]
        join = entry.join
        self._count_step(scope, join)
        joined = self._path(scope, join, prefix, env, frozenset())
        result = UNKNOWN
        try:
            if join.faulty:
                raise _Fault
            result = self._layer_or_block(scope, join, joined, tuple(ends), env)
        finally:
            scope.values[joined] = result
        return result

    def _layer_or_block(
        self,
        scope: _Scope,
        entry: LayerEntry,
        path: str,
        inputs: tuple[Value, ...],
        env: dict[str, Any],
    ) -> Value:
        name = entry.type.value
        if not isinstance(name, str):
            name = self.evaluate(scope, entry.type, env)
        if name in self.types:
            return self._layer(scope, entry, self.types[name], path, inputs, env)
        if name in self.spec.blocks:
            return self._block(scope, entry, self.spec.blocks[name], path, inputs, env)
        message, mark, help = unknown_type(
            str(name), self.types, self.spec.blocks, entry.type.mark
        )
        self.fault(scope, message, mark, help)
        raise _Fault

    def _arguments(
        self, scope: _Scope, entry: LayerEntry, env: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The arguments with their values; raises _Fault after reporting every bad one."""
        if entry.constant:
            return {name: written.value for name, written in entry.arguments.items()}
        values: dict[str, Any] = {}
        faulty = False
        for name, written in entry.arguments.items():
            try:
                values[name] = self.evaluate(scope, written, env)
            except _Fault:
                faulty = True
        if faulty:
            raise _Fault
        return values

    # Layers ---------------------------------------------------------------------------

    def _layer(
        self,
        scope: _Scope,
        entry: LayerEntry,
        kind: type[Layer],
        path: str,
        inputs: tuple[Value, ...],
        env: Mapping[str, Any],
    ) -> Value:
        arguments = self._arguments(scope, entry, env)
        key = id(entry) if entry.constant and isinstance(entry.type.value, str) else (
            id(entry), kind, repr(arguments)
        )  # fmt: skip
        if key not in self.layers:
            self.layers[key] = self._read_layer(scope, entry, kind, arguments)
        layer = self.layers[key]
        if layer is None:
            raise _Fault
        shapes = _shapes(inputs)
        if shapes is None:
            raise _Fault
        memo = (key, shapes)
        if memo not in self.ops:
            self.ops[memo] = self._analyse(scope, entry, layer, shapes)
        op = self.ops[memo]
        if op is None:
            raise _Fault
        return self._record(scope, path, op, inputs, entry.mark)

    def _record(
        self,
        scope: _Scope,
        path: str,
        op: Op,
        inputs: tuple[Value, ...],
        mark: Mark,
        shares: int | None = None,
    ) -> Value:
        self._count_layers(scope, 1, mark)
        ref = len(scope.records)
        refs = tuple([value.ref for value in inputs])
        scope.records.append(Record(path, op, refs, mark, shares))
        return Value(ref, op.output_shape)

    def _read_layer(
        self, scope: _Scope, entry: LayerEntry, kind: type[Layer], arguments: dict[str, Any]
    ) -> Layer | None:
        named = argument_faults(kind, arguments)
        for message, key, help in named:
            self.fault(scope, message, self._argument_mark(entry, key), help)
        if named:
            return None
        faults: list[LayerError] = []
        layer = kind.read(arguments, faults)
        for fault in faults:
            self._layer_fault(scope, entry, fault)
        return layer

    def _analyse(
        self, scope: _Scope, entry: Entry, layer: Layer, shapes: Shapes
    ) -> Op | None:
        try:
            layer = layer.bind(shapes)
            output = layer.output_shape(shapes)
            op = Op(layer, shapes, output)
        except LayerError as fault:
            self._layer_fault(scope, entry, fault)
            return None
        except OverflowError:
            self.fault(scope, "the sizes are too large to compute with", entry.mark)
            return None
        largest = max(prod(output), op.params, op.buffers)
        if largest > limits.ELEMENTS:
            self.fault(
                scope,
                f"{layer.type_name} makes {format_shape(output)} from {op.params:,} parameters: "
                "PyTorch counts elements in 64 bits",
                entry.mark,
            )
            return None
        return op

    def _layer_fault(self, scope: _Scope, entry: Entry, fault: LayerError) -> None:
        mark = self._argument_mark(entry, fault.field or "")
        self.fault(scope, fault.message, mark, fault.help or "")

    @staticmethod
    def _argument_mark(entry: Entry, name: str) -> Mark:
        if isinstance(entry, LayerEntry) and name in entry.arguments:
            return entry.arguments[name].mark
        return entry.mark

    def _shared(
        self,
        scope: _Scope,
        entry: ShareEntry,
        path: str,
        prefix: str,
        inputs: tuple[Value, ...],
        env: Mapping[str, Any],
    ) -> Value:
        found = self.lookup(scope, prefix, entry.shares, env)
        if found.shape is None:
            raise _Fault
        name = str(self.evaluate(scope, entry.shares, env))
        if found.ref < 0 or scope.records[found.ref].path.rpartition(".")[2] != name.rpartition(
            "."
        )[2]:
            self.fault(
                scope, f"share: takes one layer, and {name!r} is not one", entry.shares.mark,
                "name the layer inside it by its path",
            )  # fmt: skip
            raise _Fault
        shapes = _shapes(inputs)
        if shapes is None:
            raise _Fault
        record = scope.records[found.ref]
        op = self._analyse(scope, entry, record.op.layer, shapes)
        if op is None:
            raise _Fault
        root = found.ref if record.shares is None else record.shares
        return self._record(scope, path, op, inputs, entry.mark, root)

    # Blocks ---------------------------------------------------------------------------

    def _block(
        self,
        scope: _Scope,
        entry: LayerEntry,
        block: Block,
        path: str,
        inputs: tuple[Value, ...],
        env: Mapping[str, Any],
    ) -> Value:
        arguments = self._arguments(scope, entry, env)
        named = block_faults(block.name, block.params, arguments)
        for message, key, help in named:
            self.fault(scope, message, self._argument_mark(entry, key), help)
        if named:
            raise _Fault
        if len(inputs) != len(block.inputs):
            wanted = ", ".join(block.inputs)
            self.fault(
                scope,
                f"the block {block.name} reads {len(block.inputs)} ({wanted}), not {len(inputs)}",
                entry.reads[0].mark if entry.reads else entry.mark,
                f"name what it reads: from: [{wanted}]",
            )
            raise _Fault
        shapes = _shapes(inputs)
        if shapes is None:
            raise _Fault
        template = self._template(scope, entry, block, arguments, shapes)
        if template is None:
            raise _Fault
        return self._stamp(scope, template, path, block.name, inputs, entry.mark)

    def _template(
        self,
        scope: _Scope,
        entry: LayerEntry,
        block: Block,
        arguments: dict[str, Any],
        shapes: Shapes,
    ) -> Expanded | None:
        """The block for these arguments and shapes, expanded once; None after a fault."""
        key = (block.name, repr(arguments), shapes)
        if key in self.templates:
            template = self.templates[key]
            if template is None:
                self.fault(
                    scope,
                    f"the block {block.name} uses itself with the same parameters: "
                    "it would never end",
                    entry.type.mark,
                )
                raise _Fault
            return template
        if len(self.uses) >= limits.BLOCK_DEPTH:
            self.fault(
                scope,
                f"blocks use blocks more than {limits.BLOCK_DEPTH} deep",
                entry.type.mark,
                "a block that uses itself must end by a when:",
            )
            raise _Fault
        self.templates[key] = None
        self.uses.append((block.name, entry.mark))
        try:
            template = self._expand_block(block, arguments, shapes)
        finally:
            self.uses.pop()
        self.templates[key] = template
        return template

    def _expand_block(
        self, block: Block, arguments: dict[str, Any], shapes: Shapes
    ) -> Expanded:
        env = _with_incoming(self.env, shapes[0])
        inputs = {
            name: Value(-1 - index, shape)
            for index, (name, shape) in enumerate(zip(block.inputs, shapes, strict=True))
        }
        scope = _Scope(env, inputs, block.layers)
        value = UNKNOWN
        try:
            for name, default in block.params.items():
                if name in arguments:
                    env[name] = arguments[name]
                else:
                    env[name] = self.evaluate(scope, default, env)
            value = self.sequence(scope, block.layers, "", next(iter(inputs.values())))
        except _Fault:
            self.break_off(scope)
        broken = scope.cut is not None
        records = scope.records[: scope.cut] if broken else scope.records
        return Expanded(
            tuple(records), tuple(scope.groups), UNKNOWN if broken else value, broken
        )

    def _stamp(
        self,
        scope: _Scope,
        template: Expanded,
        path: str,
        block: str,
        inputs: tuple[Value, ...],
        mark: Mark,
    ) -> Value:
        """Put a template's layers into a scope under a path."""
        self._count_layers(scope, len(template.records), mark)
        self.stamped += len(template.records)
        if self.stamped > limits.STAMPED:
            self.fault(scope, "blocks within blocks make too many layers", mark)
            raise _Stop
        if len(path) + template.longest_path > limits.PATH_CHARACTERS:
            self._path_too_long(scope, mark)
        base = len(scope.records)
        prefix = f"{path}."
        outer = [value.ref for value in inputs]
        scope.groups.append(Group(path, block))
        scope.groups.extend(
            [Group(prefix + inner, kind) for inner, kind in template.groups]
        )
        append = scope.records.append
        values = scope.values
        for ref, (inner, op, refs, place, shares) in enumerate(template.records, base):
            moved = tuple([r + base if r >= 0 else outer[-1 - r] for r in refs])
            where = prefix + inner
            append(Record(where, op, moved, place, None if shares is None else shares + base))
            values[where] = Value(ref, op.output_shape)
        if template.broken:
            raise _Fault
        result, shape = template.value
        return Value(result + base if result >= 0 else outer[-1 - result], shape)


class _Stop(Exception):
    """So many faults, or so large a network, that going on would tell nothing new."""


def shape_problem(shape: Any) -> str:
    """Why `shape` cannot be a network's input, or ''."""
    if not isinstance(shape, tuple) or not shape:
        return "input must be a list of sizes: channels first, without the batch"
    if len(shape) > 4:
        return f"input has {len(shape)} dimensions; (C, D, H, W) are the most that layers read"
    for size in shape:
        if type(size) is not int or size < 1:
            return f"a size of the input must be a whole number of at least 1, not {size!r}"
    if prod(shape) > limits.ELEMENTS:
        return f"the input {format_shape(shape)} is too large"
    return ""


def _evaluated(value: Any, env: Mapping[str, Any]) -> Any:
    if isinstance(value, Template):
        return value.evaluate(env)
    if isinstance(value, tuple):
        return tuple([_evaluated(item, env) for item in value])
    return value


def _with_incoming(env: dict[str, Any], shape: Shape | None) -> dict[str, Any]:
    if shape is None:
        return dict(env)
    return {**env, "in_channels": shape[0], "in_size": shape[1:], "in_shape": shape}


def _shapes(values: Iterable[Value]) -> Shapes | None:
    """The shapes of values, or None when any is unknown."""
    shapes = []
    for value in values:
        if value.shape is None:
            return None
        shapes.append(value.shape)
    return tuple(shapes)


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, (list, tuple)) else value


def _as_stem(name: str) -> str:
    stem = name.lower().replace(".", "_")
    return stem[:60] if stem.isprintable() else "layer"


def _stem(source: str) -> str:
    name = source.replace("\\", "/").rpartition("/")[2]
    return name.rpartition(".")[0] or name or "network"


def _static_names(entries: Iterable[Entry]) -> Iterator[str]:
    """The names written in a list of entries, and in those inside them."""
    for entry in entries:
        if entry.name is not None and isinstance(entry.name.value, str):
            yield entry.name.value
        if isinstance(entry, GroupEntry):
            yield from _static_names(entry.layers)
        elif isinstance(entry, BranchesEntry):
            for name, branch in entry.branches:
                yield name
                yield from _static_names(branch.layers)
