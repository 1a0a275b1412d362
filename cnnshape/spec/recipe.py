"""A spec, read once: what the YAML says, before any shape is known.

The entries of a recipe hold values and templates with their marks; later stages never see
the YAML. What is wrong whatever the input may be (an unknown key, type, block or argument)
is found here, all of it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from keyword import iskeyword
from typing import Any, NamedTuple

from ..errors import Diagnostic, Mark, SpecError, did_you_mean
from ..layers.base import Layer
from . import limits
from .document import Mapping, Scalar, Sequence, Source, Value, parse
from .expressions import (
    CONSTANTS,
    FUNCTIONS,
    ExpressionError,
    Template,
    compile_text,
    element_count,
)

SPEC_KEYS = (
    "name", "reference", "description", "input", "params", "variants", "blocks", "layers",
    "outputs", "train",
)  # fmt: skip
BLOCK_KEYS = ("description", "params", "inputs", "layers")
COMMON_KEYS = ("name", "from", "repeat", "when")
RESERVED_NAMES = frozenset(
    ("i", "in_channels", "in_size", "in_shape", *CONSTANTS, *FUNCTIONS, "True", "False", "None")
)
"""Names that a parameter may not have, since expressions give them a meaning."""


class Written(NamedTuple):
    """A value as the spec holds it (with templates inside), and where."""

    value: Any
    mark: Mark


class Entry:
    """One item of a list of layers.

    Attributes:
        mark: where it stands.
        name, repeat, when: as written, or None.
        reads: what `from` names, or None.
        faulty: a fault was found while reading it, so that it has no meaning.
    """

    __slots__ = ("faulty", "mark", "name", "reads", "repeat", "when")

    def __init__(self, mark: Mark) -> None:
        self.mark = mark
        self.name: Written | None = None
        self.reads: tuple[Written, ...] | None = None
        self.repeat: Written | None = None
        self.when: Written | None = None
        self.faulty = False


class LayerEntry(Entry):
    """A layer or the use of a block: a type with arguments."""

    __slots__ = ("arguments", "constant", "type")

    def __init__(self, mark: Mark, type: Written) -> None:
        super().__init__(mark)
        self.type = type
        self.arguments: dict[str, Written] = {}
        self.constant = True


class ShareEntry(Entry):
    """The module of another layer, used again."""

    __slots__ = ("shares",)

    def __init__(self, mark: Mark, shares: Written) -> None:
        super().__init__(mark)
        self.shares = shares


class GroupEntry(Entry):
    """Layers under one name, or a branch."""

    __slots__ = ("layers",)

    def __init__(self, mark: Mark, layers: tuple[Entry, ...]) -> None:
        super().__init__(mark)
        self.layers = layers


class BranchesEntry(Entry):
    """Branches that read the same value, and the layer that joins them."""

    __slots__ = ("branches", "join")

    def __init__(
        self, mark: Mark, branches: tuple[tuple[str, GroupEntry], ...], join: LayerEntry
    ) -> None:
        super().__init__(mark)
        self.branches = branches
        self.join = join


class Block(NamedTuple):
    """A reusable part: parameters with defaults (None: must be given), and layers."""

    name: str
    params: dict[str, Written]
    inputs: tuple[str, ...]
    layers: tuple[Entry, ...]
    mark: Mark


class Spec(NamedTuple):
    """A whole file, read. `faults` are those that reading found; expansion adds its own."""

    source: Source
    name: str
    reference: str
    description: str
    input: Written | None
    params: dict[str, Written]
    variants: dict[str, dict[str, Written]]
    blocks: dict[str, Block]
    layers: tuple[Entry, ...]
    outputs: tuple[Written, ...] | None
    train: dict[str, Any]
    mark: Mark
    faults: tuple[Diagnostic, ...]


def read_spec(source: Source, types: Any) -> Spec:
    """The recipe of a spec's text.

    Args:
        source: the text.
        types: the layer types by name.

    Raises:
        SpecError: the text is not YAML, or not even a mapping.
    """
    reader = _Reader(source, types)
    root = parse(source)
    try:
        return reader.spec(root)
    except _Enough:
        raise SpecError(reader.faults) from None


class _Enough(Exception):
    """So many faults that reading on would tell nothing new."""


class _Reader:
    def __init__(self, source: Source, types: Any) -> None:
        self.source = source
        self.types = types
        self.faults: list[Diagnostic] = []
        self.block_params: dict[str, tuple[dict[str, Written], Mapping]] = {}

    def fault(self, message: str, mark: Mark, help: str = "") -> None:
        self.faults.append(self.source.diagnostic(message, mark, help=help))
        if len(self.faults) >= limits.FAULTS:
            raise _Enough

    def spec(self, root: Mapping) -> Spec:
        self._check_keys(root, SPEC_KEYS, "a spec", allow_extensions=True)
        items = root.items
        params = self._params(items.get("params"), "params")
        blocks = self._blocks(items.get("blocks"))
        layers: tuple[Entry, ...] = ()
        if "layers" not in items:
            self.fault("a spec needs layers:", root.mark, "list the layers, top to bottom")
        else:
            layers = self._layers(items["layers"], "layers")
        if "input" not in items:
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

    # Keys and plain values ------------------------------------------------------------

    def _check_keys(
        self, mapping: Mapping, known: tuple[str, ...], what: str, *, allow_extensions: bool = False
    ) -> None:
        for key, mark in mapping.keys.items():
            if key in known or (allow_extensions and key.startswith("x-")):
                continue
            near = did_you_mean(key, known)
            self.fault(
                f"{what} has no key {_quoted(key)}", mark,
                f"did you mean {near}?" if near else f"it may have {', '.join(known)}",
            )  # fmt: skip

    def _mapping(self, value: Value | None, otherwise: str) -> Mapping | None:
        """`value` where it is a mapping; None where it is left out, or after that fault."""
        if value is None or isinstance(value, Mapping):
            return value
        if not isinstance(value, Scalar) or value.value is not None:
            self.fault(otherwise, value.mark)
        return None

    def _text(self, items: dict[str, Value], key: str) -> str:
        value = items.get(key)
        if value is None:
            return ""
        if not isinstance(value, Scalar) or value.value is None:
            self.fault(f"{key} must be a text", value.mark)
            return ""
        if not " ".join(value.text.split()).isprintable():
            self.fault(f"{key} has characters that cannot be shown", value.mark)
        if key == "name" and len(value.text) > limits.NAME_CHARACTERS:
            self.fault(f"the name has {len(value.text):,} characters; "
                       f"it may have {limits.NAME_CHARACTERS}", value.mark)  # fmt: skip
        return value.text

    def _written(self, value: Value) -> Written:
        """The value without marks, where it is within the limits."""
        # A collection's size comes first: it bounds what reading the values costs.
        plain = self._plain(value) if value.size <= limits.LIST else None
        if value.size > limits.LIST or element_count(plain) > limits.LIST:
            self.fault(
                f"the value is too long: a list may have {limits.LIST:,} elements, where a text "
                "counts its characters",
                value.mark,
            )
            plain = None
        return Written(plain, value.mark)

    def _plain(self, value: Value) -> Any:
        """The value without marks: lists as tuples, texts with `$` as templates."""
        if isinstance(value, Scalar):
            if isinstance(value.value, str) and "$" in value.value:
                try:
                    return compile_text(value.value)
                except ExpressionError as error:
                    self.fault(str(error), value.mark)
                    return None
            return value.value
        if isinstance(value, Sequence):
            return tuple(self._plain(item) for item in value.items)
        self.fault("a mapping is no value here", value.mark)
        return None

    def _params(self, value: Value | None, what: str) -> dict[str, Written]:
        mapping = self._mapping(value, f"{what} must be a mapping: each name with its default")
        if mapping is None:
            return {}
        if len(mapping.items) > limits.PARAMS:
            self.fault(f"{what} has more than {limits.PARAMS} names", mapping.mark)
            return {}
        params: dict[str, Written] = {}
        for name, default in mapping.items.items():
            mark = mapping.keys[name]
            if not name.isidentifier() or iskeyword(name):
                self.fault(f"{_quoted(name)} cannot be a parameter's name", mark,
                           "use letters, digits and _, and no word of Python's own")  # fmt: skip
            elif name in RESERVED_NAMES:
                self.fault(f"the name {name} has a meaning of its own in expressions", mark)
            else:
                params[name] = self._written(default)
        return params

    def _variants(
        self, value: Value | None, params: dict[str, Written]
    ) -> dict[str, dict[str, Written]]:
        mapping = self._mapping(value, "variants must be a mapping: each name with its params")
        if mapping is None:
            return {}
        variants: dict[str, dict[str, Written]] = {}
        for name, chosen in mapping.items.items():
            if not name.isprintable():
                self.fault(f"the name {_quoted(name)} has characters that cannot be shown",
                           mapping.keys[name])  # fmt: skip
            values = self._mapping(
                chosen, f"the variant {_quoted(name)} must be a mapping of params"
            )
            if values is not None:
                self._check_keys(values, tuple(params), "params")
            items = {} if values is None else values.items
            variants[name] = {key: self._written(item) for key, item in items.items()}
        return variants

    def _names(self, value: Value | None, what: str) -> tuple[Written, ...] | None:
        """A name or a list of names, as `from` takes it."""
        if value is None:
            return None
        items = value.items if isinstance(value, Sequence) else [value]
        names: list[Written] = []
        for item in items:
            if not isinstance(item, Scalar) or item.value is None or not item.text:
                self.fault(f"{what} must be a name, or a list of names", item.mark)
                return None
            names.append(Written(self._name_value(item), item.mark))
        if not names:
            self.fault(f"{what} is an empty list", value.mark)
            return None
        return tuple(names)

    def _name_value(self, item: Scalar) -> Any:
        """A name's text, or its template; 1 and 1x1 are names as well as conv1."""
        return self._written(item).value if "$" in item.text else item.text

    def _train(self, value: Value | None) -> dict[str, Any]:
        """The recipe for training, kept as plain data for a later stage to judge."""
        mapping = self._mapping(value, "train must be a mapping")
        if mapping is None:
            return {}
        return {key: _plain_data(item) for key, item in mapping.items.items()}

    # Blocks ---------------------------------------------------------------------------

    def _blocks(self, value: Value | None) -> dict[str, Block]:
        mapping = self._mapping(value, "blocks must be a mapping: each name with its layers")
        if mapping is None:
            return {}
        # Parameters of all blocks first: a block's layers are checked against them.
        for name, body in mapping.items.items():
            mark = mapping.keys[name]
            if not isinstance(body, Mapping):
                self.fault(f"the block {_quoted(name)} must be a mapping with layers:", mark)
                continue
            if name in self.types:
                self.fault(f"{name} is a layer type; a block needs a name of its own", mark)
                continue
            params = self._params(body.items.get("params"), f"params of the block {name}")
            for key in params:
                if key in COMMON_KEYS or key == "type":
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
                problem = f"the input {_quoted(name)} stands twice"
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
        forms = [key for key in ("type", "branches", "layers", "share") if key in items]
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
            if key in self.types or key in self.block_params:
                self.fault(
                    f"an entry needs type:; {key} stands here as a key", value.keys[key],
                    f"write type: {key}, with its arguments beside it",
                )  # fmt: skip
                return
            near = did_you_mean(key, ("type", "branches", "layers"))
            if near and key not in COMMON_KEYS:
                self.fault(f"an entry has no key {_quoted(key)}", value.keys[key],
                           f"did you mean {near}?")  # fmt: skip
                return
        self.fault("an entry needs type:, or branches:, or layers:", value.mark)

    def _bare(self, value: Scalar) -> Entry:
        if not isinstance(value.value, str) or not value.value:
            self.fault(f"{_quoted(value.text)} is no layer: name a type", value.mark)
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
            named = [
                (f"branch{index}", item, item.mark) for index, item in enumerate(body.items, 1)
            ]
        else:
            self.fault("branches must be a mapping of names, or a list", body.mark)
            return _faulty(value.mark)
        branches = tuple((name, self._branch(item, mark)) for name, item, mark in named)
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
            for message, key, help in argument_faults(kind, entry.arguments):
                self.fault(message, keys.get(key, entry.mark), help)
        elif name in self.block_params:
            params = self.block_params[name][0]
            for message, key, help in block_faults(name, params, entry.arguments):
                self.fault(message, keys.get(key, entry.mark), help)
        else:
            self.fault(*unknown_type(name, self.types, self.block_params, entry.type.mark))


def unknown_type(name: str, types: Any, blocks: Any, mark: Mark) -> tuple[str, Mark, str]:
    """The fault of a type that is neither a layer type nor a block: message, mark, help."""
    near = did_you_mean(name, [*types, *blocks])
    help = f"did you mean {near}?" if near else "cnnshape schema lists the types"
    return f"there is no layer type or block {_quoted(name)}", mark, help


def argument_faults(kind: type[Layer], given: Collection[str]) -> list[tuple[str, str, str]]:
    """What is wrong with the names of a layer's arguments: (message, key, help) each."""
    required = [key for key, field in kind.fields.items() if field.required]
    return _key_faults(
        kind.__name__,
        "argument",
        given,
        kind.fields,
        required,
        lambda key: kind.fields[key].placeholder(kind),
    )


def block_faults(
    name: str, params: dict[str, Written], given: Collection[str]
) -> list[tuple[str, str, str]]:
    """The same for the use of a block."""
    required = [key for key, default in params.items() if default.value is None]
    return _key_faults(f"the block {name}", "parameter", given, params, required, lambda _: "...")


def _key_faults(
    subject: str,
    noun: str,
    given: Collection[str],
    known: Collection[str],
    required: Iterable[str],
    placeholder: Callable[[str], str],
) -> list[tuple[str, str, str]]:
    """Keys that are unknown, and required ones that are missing and not merely misspelt."""
    faults = []
    misspelt = set()
    for key in given:
        if key not in known:
            near = did_you_mean(key, [*known, *COMMON_KEYS])
            listed = ", ".join(known) or "none"
            help = f"did you mean {near}?" if near else f"its {noun}s: {listed}"
            faults.append((f"{subject} has no {noun} {_quoted(key)}", key, help))
            misspelt.add(near)
    for key in required:
        if key not in given and key not in misspelt:
            faults.append((f"{subject} needs {key}", "", f"add {key}: {placeholder(key)}"))
    return faults


def name_problem(name: str) -> str:
    """Why a layer cannot have this name, or ''."""
    if not name:
        return "a name cannot be empty"
    if "." in name:
        return f"the name {_quoted(name)} has a dot; dots separate the parts of a path"
    if name == "input":
        return "the name input means what a network or block reads; choose another"
    if len(name) > limits.NAME_CHARACTERS:
        return f"the name has {len(name):,} characters; it may have {limits.NAME_CHARACTERS}"
    if not name.isprintable():
        return f"the name {_quoted(name)} has characters that cannot be shown"
    return ""


def _faulty(mark: Mark) -> LayerEntry:
    """An entry in the place of one that could not be read; its fault is reported already."""
    entry = LayerEntry(mark, Written("", mark))
    entry.faulty = True
    return entry


def _has_template(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(map(_has_template, value))
    return isinstance(value, Template)


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _plain_data(value: Value) -> Any:
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Sequence):
        return [_plain_data(item) for item in value.items]
    return {key: _plain_data(item) for key, item in value.items.items()}
