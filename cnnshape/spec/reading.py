"""A spec, read once, with all that is wrong whatever the input may be.

An unknown key, type, block or argument is found here, all of it at once.
"""

from __future__ import annotations

from typing import Any

from ..errors import About, Mark, SpecError, did_you_mean
from ..fixes import Fix
from .document import Mapping, Scalar, Sequence, Source, Value, parse
from .recipe import (
    Block,
    BranchesEntry,
    Entry,
    GroupEntry,
    LayerEntry,
    ShareEntry,
    Spec,
    Written,
)
from .template import TextTemplate
from .values import TooManyFaults, ValueReader
from .vocabulary import (
    BLOCK_KEYS,
    COMMON_KEYS,
    FORM_KEYS,
    SPEC_KEYS,
    argument_faults,
    block_faults,
    name_problem,
    quoted,
    unknown_type,
)


def read_spec(source: Source, types: Any) -> Spec:
    """The recipe of a spec's text.

    Args:
        source: the text.
        types: the layer types by name.

    Raises:
        SpecError: the text is not YAML, or not even a mapping.
    """
    reader = _SpecReader(source, types)
    root = parse(source)
    try:
        return reader.spec(root)
    except TooManyFaults:
        raise SpecError(reader.faults) from None


class _SpecReader(ValueReader):
    def __init__(self, source: Source, types: Any) -> None:
        super().__init__(source)
        self.types = types
        self.block_params: dict[str, tuple[dict[str, Written], Mapping]] = {}

    def spec(self, root: Mapping) -> Spec:
        meant = self._check_keys(root, SPEC_KEYS, "a spec", allow_extensions=True)
        items = root.items
        params = self._params(items.get("params"), "params")
        blocks = self._blocks(items.get("blocks"))
        layers: tuple[Entry, ...] = ()
        if "layers" not in {*items, *meant}:
            self.fault("a spec needs layers:", root.mark, "list the layers, top to bottom")
        elif "layers" in items:
            layers = self._layers(items["layers"], "layers")
        if "input" not in {*items, *meant}:
            self.fault(
                "a spec needs input:", root.mark,
                "write the shape of one sample, as input: [1, 32, 32] (C, H, W)",
            )  # fmt: skip
        return Spec(
            source=self.source,
            name=self._text(items, "name"),
            reference=self._text(items, "reference"),
            description=self._text(items, "description"),
            input=self._written(items["input"]) if "input" in items else None,
            params=params,
            variants=self._variants(items.get("variants"), params),
            blocks=blocks,
            layers=layers,
            outputs=self._names(items.get("outputs"), "outputs"),
            train=self._train(items.get("train")),
            mark=root.mark,
            faults=tuple(self.faults),
        )

    # Blocks ---------------------------------------------------------------------------

    def _blocks(self, value: Value | None) -> dict[str, Block]:
        mapping = self._mapping(value, "blocks must be a mapping: each name with its layers")
        if mapping is None:
            return {}
        # Parameters of all blocks first: a block's layers are checked against them.
        for name, body in mapping.items.items():
            mark = mapping.keys[name]
            if not isinstance(body, Mapping):
                self.fault(f"the block {quoted(name)} must be a mapping with layers:", mark)
                continue
            if name in self.types:
                self.fault(f"{name} is a layer type; a block needs a name of its own", mark)
                continue
            params = self._params(body.items.get("params"), f"params of the block {name}")
            for key in params:
                if key in COMMON_KEYS or key in FORM_KEYS:
                    self.fault(f"a block's parameter cannot be called {key}",
                               body.items["params"].mark)  # fmt: skip
            self.block_params[name] = (params, body)
        blocks = {}
        for name, (params, body) in self.block_params.items():
            self._check_keys(body, BLOCK_KEYS, f"the block {name}")
            self._text(body.items, "description")
            inputs = self._block_inputs(body.items.get("inputs"))
            layers: tuple[Entry, ...] = ()
            if "layers" in body.items:
                layers = self._layers(body.items["layers"], "layers")
            else:
                self.fault(f"the block {name} needs layers:", body.mark)
            blocks[name] = Block(name, params, inputs, layers, body.mark)
        return blocks

    def _block_inputs(self, value: Value | None) -> tuple[str, ...]:
        """What the block calls the values that it reads; 'input' where it reads one."""
        names: list[str] = []
        for name, mark in self._names(value, "inputs") or ():
            if not isinstance(name, str):
                self.fault("an input's name holds no expression", mark)
                continue
            problem = name_problem(name) if name != "input" else ""
            if name in names:
                problem = f"the input {quoted(name)} stands twice"
            if problem:
                self.fault(problem, mark)
            names.append(name)
        return tuple(names) or ("input",)

    # Entries --------------------------------------------------------------------------

    def _layers(self, value: Value, what: str) -> tuple[Entry, ...]:
        if isinstance(value, Scalar) and value.value is None:
            return ()
        if not isinstance(value, Sequence):
            self.fault(f"{what} must be a list, each item after a dash", value.mark)
            return ()
        return tuple(self._entry(item) for item in value.items)

    def _entry(self, value: Value) -> Entry:
        before = len(self.faults)
        entry = self._entry_of(value)
        if isinstance(entry, (LayerEntry, ShareEntry)) and len(self.faults) > before:
            entry.faulty = True
        return entry

    def _entry_of(self, value: Value) -> Entry:
        if isinstance(value, Scalar):
            return self._bare(value)
        if isinstance(value, Sequence):
            self.fault(
                "a list is no layer", value.mark,
                "for branches write {branches: [...], join: Add}; for a group {layers: [...]}",
            )  # fmt: skip
            return _faulty(value.mark)
        items = value.items
        forms = [key for key in FORM_KEYS if key in items]
        if len(forms) != 1:
            if forms:
                self.fault(f"an entry has {' and '.join(forms)}; one of them says what it is",
                           value.mark)  # fmt: skip
            else:
                self._no_form(value)
            return _faulty(value.mark)
        entry: Entry
        if forms == ["type"]:
            entry = self._typed(value)
        elif forms == ["branches"]:
            entry = self._branches(value)
        elif forms == ["share"]:
            self._check_keys(value, ("share", *COMMON_KEYS), "an entry with share:")
            named = self._names(items["share"], "share")
            if named is not None and len(named) > 1:
                self.fault(f"share: takes one name, not {len(named)}", items["share"].mark)
                named = None
            if named is None:
                return _faulty(value.mark)
            entry = ShareEntry(value.mark, named[0])
        else:
            self._check_keys(value, ("layers", *COMMON_KEYS), "a group")
            entry = GroupEntry(value.mark, self._layers(items["layers"], "layers"))
        self._common(entry, value)
        return entry

    def _no_form(self, value: Mapping) -> None:
        """The fault of an entry that says neither type nor branches nor layers."""
        for key in value.keys:
            if self._is_type(key):
                self.fault(
                    f"an entry needs type:; {key} stands here as a key", value.keys[key],
                    f"write type: {key}, with its arguments beside it",
                    About("form", key),
                )  # fmt: skip
                return
            near = did_you_mean(key, ("type", "branches", "layers"))
            item = value.items[key]
            if key != "join" and isinstance(item, Scalar) and self._is_type(item.text):
                near = "type"
            first, colon, rest = key.partition(":")
            if colon and first in (*FORM_KEYS, *COMMON_KEYS):  # as in {name:a}, which is one word
                mark, meant = value.keys[key], f"{first}: {rest}"
                fix = Fix(f"put a space after the colon: {meant}", text=meant, mark=mark)
                self.fault(f"an entry has no key {quoted(key)}", mark, fixes=[fix])
                return
            if near and key not in COMMON_KEYS:
                self.fault(f"an entry has no key {quoted(key)}", value.keys[key],
                           about=About("argument", key, near))  # fmt: skip
                return
        self.fault("an entry needs type:, or branches:, or layers:", value.mark)

    def _is_type(self, name: str) -> bool:
        return name in self.types or name in self.block_params

    def _bare(self, value: Scalar) -> Entry:
        if not isinstance(value.value, str) or not value.value:
            self.fault(f"{quoted(value.text)} is no layer: name a type", value.mark)
            return _faulty(value.mark)
        entry = LayerEntry(value.mark, self._written(value))
        self._check_type(entry)
        return entry

    def _typed(self, value: Mapping) -> LayerEntry:
        kind = value.items["type"]
        if not isinstance(kind, Scalar) or not isinstance(kind.value, str):
            self.fault("type must be the name of a layer type or of a block", kind.mark)
            return _faulty(value.mark)
        entry = LayerEntry(value.mark, self._written(kind))
        for key, item in value.items.items():
            if key != "type" and key not in COMMON_KEYS:
                entry.arguments[key] = self._written(item)
        entry.constant = not any(_has_template(item.value) for item in entry.arguments.values())
        self._check_type(entry, value)
        return entry

    def _branches(self, value: Mapping) -> Entry:
        self._check_keys(value, ("branches", "join", *COMMON_KEYS), "an entry with branches:")
        join = value.items.get("join")
        if join is None:
            self.fault("branches need join:", value.mark,
                       "write join: Add, Multiply or Concat")  # fmt: skip
            return _faulty(value.mark)
        joined = self._join(join)
        body = value.items["branches"]
        if isinstance(body, Mapping):
            named = [(name, item, body.keys[name]) for name, item in body.items.items()]
        elif isinstance(body, Sequence):
            named = [("", item, item.mark) for item in body.items]
        else:
            self.fault("branches must be a mapping of names, or a list", body.mark)
            return _faulty(value.mark)
        branches = tuple((name, self._branch(item, mark)) for name, item, mark in named)
        if isinstance(body, Mapping):
            for name, _, mark in named:
                self._check_name(name, mark)
        if joined is None or not branches:
            if not branches:
                self.fault("branches is empty", body.mark)
            return _faulty(value.mark)
        return BranchesEntry(value.mark, branches, joined)

    def _branch(self, value: Value, mark: Mark) -> GroupEntry:
        """A branch: a list of entries, one entry, {when: ..., layers: [...]}, or nothing."""
        if isinstance(value, Sequence):
            return GroupEntry(mark, self._layers(value, "a branch"))
        if isinstance(value, Scalar) and value.value is None:
            return GroupEntry(mark, ())
        if isinstance(value, Mapping) and not {"type", "branches", "share"} & value.items.keys():
            self._check_keys(value, ("layers", "when"), "a branch")
            layers = value.items.get("layers")
            group = GroupEntry(mark, self._layers(layers, "layers") if layers is not None else ())
            self._common(group, value)
            return group
        return GroupEntry(mark, (self._entry(value),))

    def _join(self, value: Value) -> LayerEntry | None:
        before = len(self.faults)
        if isinstance(value, Scalar) and isinstance(value.value, str):
            entry = self._bare(value)
        elif isinstance(value, Mapping) and "type" in value.items:
            entry = self._typed(value)
            for key in ("from", "repeat", "when"):
                if key in value.items:
                    self.fault(f"a join has no key {key}", value.keys[key])
            if "name" in value.items:
                self._common(entry, value)
        else:
            self.fault("join must be a merging type (Add, Multiply, Concat), "
                       "or a mapping with type: and its arguments", value.mark)  # fmt: skip
            return None
        entry.faulty = len(self.faults) > before
        return entry if isinstance(entry, LayerEntry) else None

    def _common(self, entry: Entry, value: Mapping) -> None:
        items = value.items
        before = len(self.faults)
        name = items.get("name")
        if name is not None:
            if not isinstance(name, Scalar) or name.value is None:
                self.fault("name must be a text", name.mark)
            else:
                entry.name = Written(self._name_value(name), name.mark)
                if isinstance(entry.name.value, str):
                    self._check_name(entry.name.value, name.mark)
        if "from" in items:
            entry.reads = self._names(items["from"], "from")
        if "repeat" in items:
            entry.repeat = self._written(items["repeat"])
        if "when" in items:
            entry.when = self._written(items["when"])
        if len(self.faults) > before:
            entry.faulty = True

    def _check_name(self, name: str, mark: Mark) -> None:
        problem = name_problem(name)
        if problem:
            self.fault(problem, mark)

    # Types and their arguments ---------------------------------------------------------

    def _check_type(self, entry: LayerEntry, value: Mapping | None = None) -> None:
        """Find what is wrong whatever the shapes: an unknown type, or argument names."""
        name = entry.type.value
        if not isinstance(name, str):
            return
        keys = value.keys if value is not None else {}
        if name in self.types:
            kind = self.types[name]
            found = argument_faults(kind, entry.arguments)
        elif name in self.block_params:
            params = self.block_params[name][0]
            found = block_faults(name, params, entry.arguments)
        else:
            message, _, help, about = unknown_type(name, self.types, self.block_params)
            self.fault(message, entry.type.mark, help, about)
            return
        for message, key, help, about in found:
            self.fault(message, keys.get(key, entry.mark), help, about)


def _faulty(mark: Mark) -> LayerEntry:
    """An entry in the place of one that could not be read; its fault is reported already."""
    entry = LayerEntry(mark, Written("", mark))
    entry.faulty = True
    return entry


def _has_template(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(map(_has_template, value))
    return isinstance(value, TextTemplate)
