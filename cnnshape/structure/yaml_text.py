"""A network as the text of a spec that a person would keep; checked, so that it is the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

from ..errors import SpecError
from ..layers import registry
from ..network import INPUT
from .finding import program
from .program import (
    Argument,
    Expression,
    GroupCall,
    LayerCall,
    Parameter,
    PerTurn,
    Program,
    Reference,
    Template,
)
from .repeats import numbered

if TYPE_CHECKING:
    from ..network import Network

INDENT = "  "
WIDTH = 100
"""Columns beyond which a text at the head of the file is folded."""


class NotWritable(Exception):
    """A network that cannot be written as a spec; the text says why."""


def spec_text(
    network: Network,
    *,
    class_names: Mapping[str, str] | None = None,
    train: Mapping[str, Any] | None = None,
) -> str:
    """The spec of a network, with blocks and repeats, as short as it can be read.

    What is read back is the very same network; where a structure cannot be written, less of
    it is, in the end every layer by itself.

    Raises:
        NotWritable: not even then.
    """
    cause = ""
    for incoming, templates, named, inline in (
        (True, True, False, True),
        (True, True, True, True),
        (False, True, True, True),
        (False, True, True, False),
        (False, False, True, True),
    ):
        found = program(network, class_names=class_names, incoming=incoming, templates=templates)
        try:
            text = _Writer(found, network, named, inline).text(train)
        except NotWritable as fault:
            cause = str(fault)
            continue
        cause = difference(text, network)
        if not cause:
            return text
    raise NotWritable(cause)


def difference(text: str, network: Network) -> str:
    """Why a text is not the spec of this network; '' where it is."""
    from ..api import loads

    try:
        same = loads(text).canonical() == network.canonical()
    except SpecError as fault:
        return fault.diagnostics[0].message
    return "" if same else "what is read back is another network"


class _Scope:
    """A list of layers up to the edge of its block, while it is written.

    Attributes:
        inputs: the names of what the block reads; a value of it is called '#0', '#1' ...
        paths: the paths so far of layers and groups, by which `from` could find something.
        results: for each group so far the path of the layer that gives its value.
    """

    def __init__(self, inputs: tuple[str, ...]) -> None:
        self.inputs = inputs
        self.paths: set[str] = set()
        self.results: dict[str, str] = {}

    def name(self, value: str, prefix: str, *, layer: bool = False) -> str:
        """What `from` calls a value, in the list at `prefix`; `layer`: not by its group."""
        if value.startswith("#"):
            return self.inputs[int(value[1:])]
        around = prefix.split(".")[:-1]
        parts = value.split(".")
        candidates = []
        for length in range(1, len(parts) + 1):
            path = ".".join(parts[:length])
            if length == len(parts) or (not layer and self.results.get(path) == value):
                names = parts[:length]
                shared = 0
                while shared < min(len(around), length - 1) and around[shared] == names[shared]:
                    shared += 1
                # A group that is still being written has no value yet.
                if shared < length:
                    candidates += [(path, ".".join(names[cut:])) for cut in range(shared, -1, -1)]
        for path, name in candidates:
            if self._found(around, name) == path and name not in self.inputs:
                return name
        raise NotWritable(f"a layer in {prefix or 'the network'} cannot name {value}")

    def _found(self, around: list[str], name: str) -> str | None:
        for depth in range(len(around), -1, -1):
            path = ".".join([*around[:depth], name])
            if path in self.paths:
                return path
        return None


class _Writer:
    """Writes one program.

    `named`: every layer has its name written. `inline`: what stands at one place is written
    there; otherwise each group is a block, whose inputs no name inside can hide.
    """

    def __init__(self, found: Program, network: Network, named: bool, inline: bool) -> None:
        self.program = found
        self.network = network
        self.named = named
        self.inline = inline
        self.scope = _Scope((INPUT,))
        self.blocks = self._block_names()

    def _block_names(self) -> dict[str, str]:
        """The name of each template that becomes a block, none of them a layer type's."""
        types = registry()
        names = {}
        for name, template in self.program.templates.items():
            if not (template.inline and self.inline):
                names[name] = f"{name}_block" if name in types else name
        return names

    # The text -------------------------------------------------------------------------

    def text(self, train: Mapping[str, Any] | None) -> str:
        """The whole file."""
        network = self.network
        lines = ["# yaml-language-server: $schema=schema.json", f"name: {flow(network.name)}"]
        for key, words in (
            ("reference", network.reference),
            ("description", network.description),
        ):
            if words:
                lines += _folded(key, words)
        lines.append(f"input: {flow(list(network.input_shape))}")
        if self.blocks:
            lines += ["", "blocks:"]
            for name in self.program.templates:
                if name in self.blocks:
                    lines += self._block(self.program.templates[name])
        self.scope = _Scope((INPUT,))
        body, _ = self._body(self.program.root, "", ["#0"], {}, "#0", INDENT)
        lines += ["", "layers:", *body]
        if not _outputs_are_plain(network):
            outputs = [self.scope.name(path, "") for path in network.outputs]
            lines.append(f"outputs: {flow(outputs)}")
        if train:
            lines += ["train:", *(f"{INDENT}{key}: {flow(value)}" for key, value in train.items())]
        return "\n".join([*lines, ""])

    def _block(self, template: Template) -> list[str]:
        inputs = self._input_names(template)
        self.scope = _Scope(inputs)
        lines = [f"{INDENT}{flow(self.blocks[template.name])}:"]
        if template.params:
            params = {
                param.name: None if param.required else param.default for param in template.params
            }
            lines.append(f"{INDENT * 2}params: {flow(params)}")
        if len(inputs) > 1:
            lines.append(f"{INDENT * 2}inputs: {flow(list(inputs))}")
        values = [f"#{place}" for place in range(template.inputs)]
        body, _ = self._body(template, "", values, _own(template), "#0", INDENT * 3)
        return [*lines, f"{INDENT * 2}layers:", *body]

    def _input_names(self, template: Template) -> tuple[str, ...]:
        if template.inputs == 1:
            return (INPUT,)
        taken = set(self._names_inside(template))
        stems = ["x", "skip"] if template.inputs == 2 else [f"x{k}" for k in range(template.inputs)]
        return tuple(f"{stem}_in" if stem in taken else stem for stem in stems)

    def _names_inside(self, template: Template) -> list[str]:
        names = []
        for call in template.children:
            if isinstance(call, LayerCall):
                names.append(call.name)
            else:
                names += [*call.names, *self._names_inside(self.program.templates[call.template])]
        return names

    # Lists of layers --------------------------------------------------------------------

    def _body(
        self,
        template: Template,
        prefix: str,
        inputs: list[str],
        values: Mapping[str, Argument],
        current: str,
        indent: str,
    ) -> tuple[list[str], str]:
        """The lines of a template's children, and the value after them."""
        lines: list[str] = []
        unnamed = set() if self.named else _default_names(template)
        for call in template.children:
            reads = [self._value(reference, prefix, inputs) for reference in call.reads]
            arguments = {key: _replaced(value, values) for key, value in call.arguments.items()}
            if isinstance(call, LayerCall):
                entry: dict[str, Any] = {} if call.name in unnamed else {"name": text(call.name)}
                if call.shares is None:
                    entry["type"] = text(call.type)
                else:
                    entry["share"] = self._shared(call, prefix)
                if reads != [current]:
                    entry["from"] = self._from(reads, prefix)
                entry.update({key: _yaml(value) for key, value in arguments.items()})
                bare = list(entry) == ["type"]
                lines.append(f"{indent}- {entry['type'] if bare else _mapping(entry)}")
                current = f"{prefix}{call.name}"
                self.scope.paths.add(current)
            else:
                inner = self.program.templates[call.template]
                if inner.inline and self.inline and len(call.names) == 1:
                    more, current = self._group(
                        call, inner, prefix, reads, arguments, current, indent
                    )
                    lines += more
                else:
                    entry = self._use(call, prefix, reads, arguments, current)
                    lines.append(f"{indent}- {_mapping(entry)}")
                    current = self._stamped(call, prefix)
        return lines, current

    def _use(
        self,
        call: GroupCall,
        prefix: str,
        reads: list[str],
        arguments: Mapping[str, Argument],
        current: str,
    ) -> dict[str, Any]:
        """The entry of a block's use, or of several in a row."""
        count = len(call.names)
        start = numbered(call.names[0])
        name = text(call.names[0])
        if count > 1:
            assert start is not None
            stem, number = start
            counter = "$i" if number == 0 else f"${{i + {number}}}"
            name = f'"{text(stem, quote=False)}{counter}"'
        entry = {"name": name, "type": text(self.blocks[call.template])}
        if reads != [current]:
            entry["from"] = self._from(reads, prefix)
        entry.update({key: _yaml(value) for key, value in arguments.items()})
        if count > 1:
            entry["repeat"] = str(count)
        return entry

    def _group(
        self,
        call: GroupCall,
        inner: Template,
        prefix: str,
        reads: list[str],
        arguments: dict[str, Argument],
        current: str,
        indent: str,
    ) -> tuple[list[str], str]:
        """The lines of a group that is written where it stands."""
        name = call.names[0]
        path = f"{prefix}{name}"
        given = {param.name: param.default for param in inner.params} | arguments
        head = {"name": text(name)}
        if len(reads) == 1 and reads != [current]:
            head["from"] = self._from(reads, prefix)
            current = reads[0]
        only = inner.children[0] if len(inner.children) == 1 else None
        if (
            isinstance(only, GroupCall)
            and only.names == tuple(map(str, range(len(only.names))))
            and len(only.names) > 1
            and len(reads) == 1
        ):
            turns = {key: _replaced(value, given) for key, value in only.arguments.items()}
            entry = self._use(only, f"{path}.", [current], turns, current)
            entry = {**head, **{key: value for key, value in entry.items() if key != "name"}}
            lines = [f"{indent}- {_mapping(entry)}"]
            self.scope.paths.add(path)
            current = self._stamped(only, f"{path}.")
        else:
            lines = [f"{indent}- name: {head.pop('name')}"]
            lines += [f"{indent}{INDENT}{key}: {value}" for key, value in head.items()]
            lines.append(f"{indent}{INDENT}layers:")
            self.scope.paths.add(path)
            body, current = self._body(
                inner, f"{path}.", reads, given, current, indent + INDENT * 2
            )
            lines += body
        self.scope.results[path] = current
        return lines, current

    def _stamped(self, call: GroupCall, prefix: str) -> str:
        """Note the paths that a block's use brings; the value after it."""
        template = self.program.templates[call.template]
        for name in call.names:
            path = f"{prefix}{name}"
            self._note(path, template)
        return f"{prefix}{call.names[-1]}.{template.result}"

    def _note(self, path: str, template: Template) -> None:
        self.scope.paths.add(path)
        self.scope.results[path] = f"{path}.{template.result}"
        for call in template.children:
            if isinstance(call, LayerCall):
                self.scope.paths.add(f"{path}.{call.name}")
            else:
                for name in call.names:
                    self._note(f"{path}.{name}", self.program.templates[call.template])

    # Values -------------------------------------------------------------------------------

    def _value(self, reference: Reference, prefix: str, inputs: list[str]) -> str:
        if not reference.child:
            return inputs[int(reference.place)]
        place = f".{reference.place}" if reference.place else ""
        return f"{prefix}{reference.child}{place}"

    def _from(self, reads: list[str], prefix: str) -> str:
        names = [text(self.scope.name(value, prefix)) for value in reads]
        return names[0] if len(names) == 1 else f"[{', '.join(names)}]"

    def _shared(self, call: LayerCall, prefix: str) -> str:
        assert call.shares is not None
        path = f"{prefix}{call.shares[1:]}" if call.shares.startswith(".") else call.shares
        return text(self.scope.name(path, prefix, layer=True))


def _default_names(template: Template) -> set[str]:
    """The names that the layers of a list would have if none was written: relu1, relu2 ..."""
    explicit = {
        name
        for call in template.children
        for name in ([call.name] if isinstance(call, LayerCall) else call.names)
        if isinstance(call, GroupCall) or not _is_default(call)
    }
    counters: dict[str, int] = {}
    found = set()
    for call in template.children:
        if isinstance(call, LayerCall) and _is_default(call):
            stem = call.type.lower()
            number = counters.get(stem, 0) + 1
            while f"{stem}{number}" in explicit:
                number += 1
            if call.name == f"{stem}{number}":
                counters[stem] = number
                found.add(call.name)
    return found


def _is_default(call: LayerCall) -> bool:
    stem = call.type.lower()
    return (
        call.shares is None and re.fullmatch(f"{re.escape(stem)}[1-9][0-9]*", call.name) is not None
    )


def _own(template: Template) -> dict[str, Argument]:
    return {param.name: Parameter(param.name) for param in template.params}


def _replaced(argument: Argument, values: Mapping[str, Argument]) -> Argument:
    """An argument with the parameters of an inlined template replaced by what they are."""
    if isinstance(argument, Parameter):
        return values.get(argument.name, argument)
    if isinstance(argument, PerTurn):
        return PerTurn(tuple(_replaced(value, values) for value in argument.values))
    if not isinstance(argument, Expression):
        return argument

    def put(found: re.Match[str]) -> str:
        value = values.get(found[0], Parameter(found[0]))
        if isinstance(value, Parameter):
            return value.name
        return f"({_code(value)})" if isinstance(value, Expression) else _code(value)

    return Expression(re.sub(r"[A-Za-z_]\w*", put, argument.text))


def _code(argument: Argument) -> str:
    """An argument as a part of an expression."""
    if isinstance(argument, Parameter):
        return argument.name
    if isinstance(argument, Expression):
        return argument.text
    if argument is None or isinstance(argument, bool):
        return {None: "null", True: "true", False: "false"}[argument]
    return repr(argument)


def _yaml(argument: Argument) -> str:
    """An argument as it stands in a flow mapping."""
    if isinstance(argument, PerTurn):
        first, *rest = argument.values
        return f'"${{{_code(first)} if i == 0 else {_code(rest[0])}}}"'
    if isinstance(argument, Parameter | Expression):
        code = _code(argument)
        return f"${code}" if code.isidentifier() else f'"${{{code}}}"'
    return flow(argument)


def _mapping(entry: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entry.items()) + "}"


def text(value: str, *, quote: bool = True) -> str:
    """A text as a spec holds it, `$` doubled."""
    doubled = value.replace("$", "$$")
    return flow(doubled) if quote else doubled


def flow(value: Any) -> str:
    """A plain value on one line of YAML."""
    if isinstance(value, dict):
        return _mapping({key: "~" if item is None else flow(item) for key, item in value.items()})
    dumped: str = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return dumped.removesuffix("\n").removesuffix("\n...")


def _folded(key: str, words: str) -> list[str]:
    line = f"{key}: {flow(words)}"
    if len(line) <= WIDTH or words != " ".join(words.split()):
        return [line]
    from textwrap import wrap

    wrapped = wrap(words, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return [f"{key}: >-", *(f"{INDENT}{part}" for part in wrapped)]


def _outputs_are_plain(network: Network) -> bool:
    """Whether the outputs are what a spec without `outputs:` has: the last layer alone."""
    if network.outputs != (network.layers[-1].path,):
        return False
    read = {path for node in network.layers for path in node.inputs}
    return all(node.path in read for node in network.layers[:-1])
