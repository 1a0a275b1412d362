"""Random networks, drawn while PyTorch runs them: each layer for the value that arrives.

Drawing ends at the first layer that PyTorch refuses, so that the text always holds what is
to be judged: a network that PyTorch accepts, or one whose last layer it refuses.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from hypothesis import assume
from hypothesis import strategies as st
from torch import Tensor

from .choosing import Chooser
from .drawable import DRAWABLE, Drawable
from .second_opinion import BATCH, Machine, Refused, Seen
from .steps import (
    Block,
    Branches,
    Group,
    Interpreter,
    Layer,
    Scope,
    Share,
    Step,
    Use,
    Written,
    block_scope,
    to_yaml,
)

LARGEST = 1500
"""Elements of a sample beyond which no layer is drawn that makes more of them."""


class Trial(NamedTuple):
    """A drawn network, and what PyTorch made of it.

    Attributes:
        text: the spec.
        x: the batch that PyTorch was given.
        seen: what it showed of each layer that it accepted.
        refusal: why it refused the next, or ''.
    """

    text: str
    x: Tensor
    seen: tuple[Seen, ...]
    refusal: str

    def __repr__(self) -> str:
        """What hypothesis prints of a failing example."""
        verdict = f"PyTorch refuses: {self.refusal}" if self.refusal else "PyTorch accepts"
        return f"\n{self.text}\n{verdict}"


@st.composite
def trials(draw: Any, type: str = "") -> Trial:
    """Networks of any types and any number of dimensions; or, of a given type, one layer."""
    chooser = Chooser(draw)
    ranks = [rank for rank in (3, 2, 4, 1) if not type or rank in DRAWABLE[type].ranks]
    shape = _input_shape(chooser, chooser.one_of(ranks))
    # torch.manual_seed keeps a stack trace of each call, where a device is not there.
    x = torch.randn(BATCH, *shape, generator=torch.Generator().manual_seed(0))
    refusal = ""
    with Machine() as machine:
        drawing = Drawing(chooser, machine)
        scope = Scope(None, {}, input=x.clone())
        current = Current("input", scope.values["input"])
        try:
            if type:
                drawing.layer(drawing.steps, scope, current, type)
            else:
                drawing.sequence(drawing.steps, scope, current)
        except Refused as fault:
            refusal = str(fault)
    assume(machine.seen or refusal)  # a network has layers
    return Trial(to_yaml(shape, drawing.blocks, drawing.steps), x, tuple(machine.seen), refusal)


def _input_shape(c: Chooser, rank: int) -> tuple[int, ...]:
    channels, most = {1: (16, 0), 2: (6, 16), 3: (6, 9), 4: (6, 5)}[rank]
    return (c.whole(1, channels), *(c.whole(2, most) for _ in range(rank - 1)))


class Current(NamedTuple):
    """The value that the next part reads, and the name by which others can; '': none."""

    name: str
    value: Tensor


class Drawing:
    """Draws parts one by one and runs each at once."""

    def __init__(self, chooser: Chooser, machine: Machine) -> None:
        self.c = chooser
        self.machine = machine
        self.interpreter = Interpreter(machine)
        self.steps: list[Step] = []
        self.blocks: list[Block] = []
        self.block: Use | None = None
        self._names = 0

    def name(self) -> str:
        """A name that nothing else has."""
        self._names += 1
        return f"n{self._names}"

    def sequence(
        self, steps: list[Step], scope: Scope, current: Current, *, depth: int = 0
    ) -> Tensor:
        """Draw a list of parts into `steps`; the value after it.

        A part stands in its list before it is run, so that the text holds what is refused.
        """
        for _ in range(self.c.whole(1, 10) if depth == 0 else self.c.whole(0, 2)):
            current = self._step(steps, scope, current, depth)
        return current.value

    def _step(self, steps: list[Step], scope: Scope, current: Current, depth: int) -> Current:
        kind = self.c.whole(0, 12)
        if kind == 12 and depth < 2:
            return self._branches(steps, scope, current, depth)
        if kind == 11 and depth < 2:
            return self._group(steps, scope, current, depth)
        if kind == 10 and self.block is None and depth == 0:
            return self._use(steps, scope, current)
        if kind == 9 and (names := sorted(_shareable(scope))):
            return self._share(steps, scope, current, names)
        type = self._type(current.value, keeps=depth > 0 and not self.c.chance(3))
        return self.layer(steps, scope, current, type)

    # One layer --------------------------------------------------------------------------

    def layer(self, steps: list[Step], scope: Scope, current: Current, type: str) -> Current:
        """Draw a layer of a type into `steps`."""
        layer = Layer(self.name(), type)
        inputs = self._inputs(layer, scope, current)
        shapes = [tuple(x.shape[1:]) for x in inputs]
        layer.arguments = DRAWABLE[type].recipe(self.c, *shapes)
        if self.block is not None:
            self._parametrise(layer, self.block, scope)
        steps.append(layer)
        value = self.interpreter.step(layer, scope, current.value)
        return Current(layer.name, value)

    def _type(self, value: Tensor, *, keeps: bool) -> str:
        rank = value.dim() - 1
        misfit = rank > 0 and self.c.chance(40)
        small = value.numel() <= LARGEST * BATCH

        def fits(drawable: Drawable) -> bool:
            return (misfit or rank in drawable.ranks) and (
                (drawable.keeps if keeps else True) and (small or not drawable.grows)
            )

        return self.c.one_of([name for name in DRAWABLE if fits(DRAWABLE[name])])

    def _inputs(self, layer: Layer, scope: Scope, current: Current) -> list[Tensor]:
        """What a layer reads; for several values, such as fit together where there are any."""
        known = scope.known()
        count = self.c.one_of(DRAWABLE[layer.type].inputs)
        if count == 1:
            if self.c.chance(12):
                layer.reads = [self.c.one_of(sorted(known))]
                return [known[layer.reads[0]]]
            return [current.value]
        first = current.name or self.c.one_of(sorted(known))
        layer.reads = [first]
        for _ in range(count - 1):
            fitting = [
                name for name, value in known.items() if fit(layer.type, known[first], value)
            ]
            if self.c.slip() or not fitting:
                fitting = list(known)
            layer.reads.append(self.c.one_of(sorted(fitting)))
        return [known[name] for name in layer.reads]

    def _parametrise(self, layer: Layer, use: Use, scope: Scope) -> None:
        """Write some arguments as parameters of the block, or by the incoming channels."""
        channels = scope.env.get("in_channels")
        for key, value in layer.arguments.items():
            if isinstance(value, (list, type(None))) or not self.c.chance(3):
                continue
            if key == "out_channels" and channels and value % channels == 0:
                layer.arguments[key] = in_channels_times(value // channels)
            else:
                layer.arguments[key] = self._parameter(use, scope, value)
        if self.c.chance(8):
            layer.name = ""
            layer.when = self._parameter(use, scope, not self.c.chance(3))

    def _parameter(self, use: Use, scope: Scope, value: Any) -> Written:
        """An expression with a new parameter of the block, whose value is `value`."""
        name = f"p{len(use.block.defaults)}"
        added = 1 if type(value) is int and self.c.chance(2) else 0
        given = value - added if added else value
        scope.env[name] = use.block.first[name] = given
        if self.c.chance(2):
            use.block.defaults[name] = given
        else:
            use.block.defaults[name] = None
            use.arguments[name] = given
        if added:
            return Written(f"${{{name} + 1}}", lambda env: env[name] + 1)
        return Written(f"${name}", lambda env: env[name])

    # Parts with parts inside ----------------------------------------------------------------

    def _share(
        self, steps: list[Step], scope: Scope, current: Current, names: list[str]
    ) -> Current:
        step = Share(self.name(), self.c.one_of(names))
        steps.append(step)
        return Current(step.name, self.interpreter.step(step, scope, current.value))

    def _branches(self, steps: list[Step], scope: Scope, current: Current, depth: int) -> Current:
        step = Branches(self.name())
        steps.append(step)
        ends = []
        for index in range(self.c.whole(1, 3)):
            inner = step.branches[f"b{index}"] = []
            ends.append(self.sequence(inner, scope.inner(), current, depth=depth + 1))
        if self.c.chance(6):
            step.left_out.append("absent")
        step.join = self._join(ends)
        value = self.interpreter.join(step, scope, ends)
        scope.values[step.name] = value
        return Current(step.name, value)

    def _join(self, ends: list[Tensor]) -> Layer:
        shapes = [tuple(end.shape[1:]) for end in ends]
        pairwise = all(fit("Add", ends[0], end) for end in ends)
        type = self.c.one_of(["Add", "Multiply", "Concat"] if pairwise else ["Concat"])
        return Layer(self.name(), type, DRAWABLE[type].recipe(self.c, *shapes))

    def _group(self, steps: list[Step], scope: Scope, current: Current, depth: int) -> Current:
        step = Group(self.name(), repeat=self.c.whole(1, 3))
        steps.append(step)
        value = self.sequence(step.steps, scope.inner(), current, depth=depth + 1)
        for _ in range(step.repeat - 1):
            value = self.interpreter.sequence(step.steps, scope.inner(), value)
        scope.values[step.name] = value
        return Current(step.name, value)

    def _use(self, steps: list[Step], scope: Scope, current: Current) -> Current:
        if self.blocks and self.c.chance(2):
            step = self._use_again(self.c.one_of(self.blocks))
            steps.append(step)
            return Current(step.name, self.interpreter.step(step, scope, current.value))
        block = Block(f"block{len(self.blocks)}")
        self.blocks.append(block)
        step = self.block = Use(self.name(), block, repeat=self.c.whole(1, 3))
        steps.append(step)
        inside = block_scope(step, current.value)
        value = self.sequence(block.steps, inside, Current("input", current.value), depth=1)
        self.block = None
        for _ in range(step.repeat - 1):
            value = self.interpreter.sequence(block.steps, block_scope(step, value), value)
        scope.values[step.name] = value
        return Current(step.name, value)

    def _use_again(self, block: Block) -> Use:
        """A block that is there already, with its parameters or with others."""
        use = Use(self.name(), block)
        for name, value in block.first.items():
            if type(value) is int and self.c.chance(2):
                use.arguments[name] = self.c.whole(1, 3)
            elif isinstance(value, bool) and self.c.chance(2):
                use.arguments[name] = not value
            elif block.defaults[name] is None:
                use.arguments[name] = value
        return use


def _shareable(scope: Scope) -> list[str]:
    """The layers of a list that read one value."""
    return [name for name, seen in scope.layers.items() if DRAWABLE[seen.type].inputs == (1,)]


def in_channels_times(factor: int) -> Written:
    """The block's incoming channels, times a number."""
    return Written(f"${{{factor} * in_channels}}", lambda env: factor * env["in_channels"])


def fit(type: str, first: Tensor, other: Tensor) -> bool:
    """Whether a layer that joins two values could take these two."""
    one, two = first.shape[1:], other.shape[1:]
    if len(one) != len(two):
        return False
    if type == "Concat":
        return sum(a != b for a, b in zip(one, two, strict=True)) <= 1
    if type == "MatMul":
        return len(one) > 1 and one[-1] == two[-2] and one[:-2] == two[:-2]
    if type == "Bilinear":
        return one[:-1] == two[:-1]
    if type == "CropLike":
        return all(a >= b for a, b in zip(one[1:], two[1:], strict=True))
    if type.startswith("MaxUnpool"):
        return one[:1] == two[:1] and all(a <= b for a, b in zip(one[1:], two[1:], strict=True))
    if type == "MultiheadAttention":
        return len(two) == 2
    return all(a == b or 1 in (a, b) for a, b in zip(one, two, strict=True))
