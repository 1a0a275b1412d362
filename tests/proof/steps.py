"""The parts of a drawn network: what the spec text says, and what PyTorch is told to do.

A part is written as YAML by `entry`, and run by `Interpreter`, which knows what the
words of the language mean but shares no code with cnnshape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import yaml
from torch import Tensor

from .second_opinion import Machine, Seen


class Written(NamedTuple):
    """A value that the text writes as an expression: the expression, and its meaning."""

    text: str
    value: Callable[[Mapping[str, Any]], Any]


Entry: TypeAlias = "dict[str, Any] | str"


@dataclass
class Layer:
    """One layer. Without a name, no other part can read it."""

    name: str
    type: str
    arguments: dict[str, Any] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)
    when: Written | None = None

    def entry(self) -> Entry:
        rest = _texts(self.arguments)
        if self.reads:
            rest["from"] = self.reads[0] if len(self.reads) == 1 else self.reads
        if self.when is not None:
            rest["when"] = self.when.text
        if not rest and not self.name:
            return self.type
        return {**_named(self.name), "type": self.type, **rest}


@dataclass
class Share:
    """The module of another layer, used again."""

    name: str
    shares: str

    def entry(self) -> Entry:
        return {"name": self.name, "share": self.shares}


@dataclass
class Branches:
    """Parts side by side, and the layer that joins them."""

    name: str
    branches: dict[str, list[Step]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    join: Layer = field(default_factory=lambda: Layer("", "Add"))

    def entry(self) -> Entry:
        branches: dict[str, Any] = {
            name: [step.entry() for step in steps] for name, steps in self.branches.items()
        }
        for name in self.left_out:
            branches[name] = {"when": False, "layers": ["ReLU"]}
        return {"name": self.name, "branches": branches, "join": self.join.entry()}


@dataclass
class Group:
    """Parts under one name, one after the other, perhaps several times."""

    name: str
    steps: list[Step] = field(default_factory=list)
    repeat: int = 1

    def entry(self) -> Entry:
        repeat = {"repeat": self.repeat} if self.repeat != 1 else {}
        return {"name": self.name, **repeat, "layers": [step.entry() for step in self.steps]}


@dataclass
class Block:
    """Parts that are used by name, with parameters; None as a default: it must be given.

    `first` holds the values of its first use.
    """

    name: str
    first: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def entry(self) -> dict[str, Any]:
        params = {"params": self.defaults} if self.defaults else {}
        return {**params, "layers": [step.entry() for step in self.steps]}


@dataclass
class Use:
    """A block in its place."""

    name: str
    block: Block
    arguments: dict[str, Any] = field(default_factory=dict)
    repeat: int = 1

    def entry(self) -> Entry:
        repeat = {"repeat": self.repeat} if self.repeat != 1 else {}
        return {"name": self.name, "type": self.block.name, **self.arguments, **repeat}


Step: TypeAlias = "Layer | Share | Branches | Group | Use"


def to_yaml(input_shape: tuple[int, ...], blocks: list[Block], steps: list[Step]) -> str:
    """The text of a spec."""
    spec: dict[str, Any] = {"input": list(input_shape)}
    if blocks:
        spec["blocks"] = {block.name: block.entry() for block in blocks}
    spec["layers"] = [step.entry() for step in steps]
    return yaml.dump(spec, Dumper=_WithoutAliases, sort_keys=False, width=100)


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _named(name: str) -> dict[str, str]:
    return {"name": name} if name else {}


def _texts(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.text if isinstance(value, Written) else value for key, value in arguments.items()
    }


class Scope:
    """The names that a list of parts can read: its own, then those of the lists around it."""

    def __init__(self, outer: Scope | None, env: dict[str, Any], **values: Tensor) -> None:
        self.outer = outer
        self.env = env
        self.values: dict[str, Tensor] = values
        self.layers: dict[str, Seen] = {}

    def inner(self) -> Scope:
        """The scope of a list inside this one."""
        return Scope(self, self.env)

    def value(self, name: str) -> Tensor:
        """What the name stands for."""
        if name in self.values:
            return self.values[name]
        assert self.outer is not None
        return self.outer.value(name)

    def known(self) -> dict[str, Tensor]:
        """Every name with its value."""
        return {**(self.outer.known() if self.outer else {}), **self.values}


class Interpreter:
    """Runs parts in PyTorch, one layer after the other; raises Refused at the first fault."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def sequence(self, steps: list[Step], scope: Scope, value: Tensor) -> Tensor:
        """The value after a list of parts."""
        for step in steps:
            value = self.step(step, scope, value)
        return value

    def step(self, step: Step, scope: Scope, value: Tensor) -> Tensor:
        """The value after one part."""
        if isinstance(step, Layer):
            value = self._layer(step, scope, value)
        elif isinstance(step, Share):
            value = self.machine.again(scope.layers[step.shares], [value])
        elif isinstance(step, Branches):
            ends = [self.sequence(steps, scope.inner(), value) for steps in step.branches.values()]
            value = self.join(step, scope, ends)
        elif isinstance(step, Group):
            for _ in range(step.repeat):
                value = self.sequence(step.steps, scope.inner(), value)
        else:
            for _ in range(step.repeat):
                value = self.sequence(step.block.steps, block_scope(step, value), value)
        if step.name:
            scope.values[step.name] = value
        return value

    def join(self, step: Branches, scope: Scope, ends: list[Tensor]) -> Tensor:
        """The ends of branches as one value; a single one needs no joining."""
        if len(ends) == 1:
            return ends[0]
        return self.machine.layer(step.join.type, step.join.arguments, ends)

    def _layer(self, step: Layer, scope: Scope, value: Tensor) -> Tensor:
        if step.when is not None and not step.when.value(scope.env):
            return value
        inputs = [scope.value(name) for name in step.reads] or [value]
        arguments = {
            key: given.value(scope.env) if isinstance(given, Written) else given
            for key, given in step.arguments.items()
        }
        value = self.machine.layer(step.type, arguments, inputs)
        if step.name:
            scope.layers[step.name] = self.machine.seen[-1]
        return value


def block_scope(use: Use, value: Tensor) -> Scope:
    """The scope inside a block: its parameters, the incoming channels, and `input`."""
    channels = {"in_channels": value.shape[1]} if value.dim() > 1 else {}
    return Scope(None, {**use.block.defaults, **use.arguments, **channels}, input=value)
