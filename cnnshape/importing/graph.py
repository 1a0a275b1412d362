"""What a recording holds, and how it becomes a network. No torch is needed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ..layers import registry
from ..layers.base import Layer, LayerError
from ..layers.shapes import Shape, format_shape
from ..network import INPUT, Network, Node, Op

if TYPE_CHECKING:
    from .operations import Origin


class Unsupported(NamedTuple):
    """Something of the module that no layer type says.

    Attributes:
        operation: the function or class, 'torch.fft.rfft2'.
        module: the path of the module that calls it, '' for the whole.
        line: where in the source, 'net.py:12', or ''.
        reason: why it cannot be said, or ''.
    """

    operation: str
    module: str
    line: str
    reason: str

    def __str__(self) -> str:
        place = f"in {self.module}" if self.module else "in the module itself"
        line = f" ({self.line})" if self.line else ""
        reason = f": {self.reason}" if self.reason else ""
        return f"{self.operation} {place}{line}{reason}"


class NotSaid(Exception):
    """No layer type says this; the text says why."""


@dataclass(frozen=True)
class Recorded:
    """One layer to be.

    Attributes:
        key: by which others read it; unique.
        path: the names that lead to it; the last is '' where it has no name of its own.
        type, arguments: as a spec writes them.
        reads: the keys of what it reads.
        shape: what came out, without the batch.
        shares: the key of the layer whose module it uses.
        weights: for each of its tensors, by name, the name of the original's.
        transposed: whether the first of its weights is the original's, transposed.
        values: how those tensors are computed that are not the original's as they are.
        unsupported: why it stands for something else, or None.
        uses: the names of the learned tensors that this something else is computed from.
    """

    key: str
    path: tuple[str, ...]
    type: str
    arguments: dict[str, Any]
    reads: tuple[str, ...]
    shape: Shape
    shares: str | None = None
    weights: dict[str, str] = field(default_factory=dict)
    transposed: bool = False
    values: Mapping[str, Origin] = field(default_factory=dict)
    unsupported: Unsupported | None = None
    uses: frozenset[str] = frozenset()


def made(recorded: Recorded, shapes: tuple[Shape, ...]) -> Op:
    """The layer for what it reads.

    Raises:
        NotSaid: it cannot be, or another shape comes out than did.
    """
    layer, output = bound(recorded.type, recorded.arguments, shapes)
    if output != recorded.shape:
        raise NotSaid(
            f"as {recorded.type} it would give {format_shape(output)}, "
            f"but it gives {format_shape(recorded.shape)}"
        )
    return Op(layer, shapes, output)


def output_shape(type_name: str, arguments: dict[str, Any], shapes: tuple[Shape, ...]) -> Shape:
    """What a layer gives for what it reads; raises NotSaid where it cannot be."""
    return bound(type_name, arguments, shapes)[1]


def bound(
    type_name: str, arguments: dict[str, Any], shapes: tuple[Shape, ...]
) -> tuple[Layer, Shape]:
    """A layer for what it reads, and the shape that it gives; raises NotSaid."""
    faults: list[LayerError] = []
    layer = registry()[type_name].read(arguments, faults)
    if layer is None:
        raise NotSaid(f"as {type_name}: {faults[0].message}")
    try:
        layer = layer.bind(shapes)
        return layer, layer.output_shape(shapes)
    except LayerError as fault:
        raise NotSaid(f"as {type_name}: {fault.message}") from None


def network_of(
    recorded: list[Recorded], outputs: tuple[str, ...], input_shape: Shape, name: str, words: str
) -> Network:
    """The network of layers that are arranged and have their names."""
    paths = {INPUT: INPUT} | {item.key: ".".join(item.path) for item in recorded}
    shapes = {INPUT: input_shape}
    nodes = []
    for item in recorded:
        reads = tuple(shapes[key] for key in item.reads)
        nodes.append(
            Node(
                paths[item.key],
                made(item, reads),
                tuple(paths[key] for key in item.reads),
                None,
                None if item.shares is None else paths[item.shares],
            )
        )
        shapes[item.key] = item.shape
    return Network(
        name=name,
        input_shape=input_shape,
        layers=tuple(nodes),
        outputs=tuple(paths[key] for key in outputs),
        description=words,
    )


def giving_input(
    recorded: list[Recorded], outputs: tuple[str, ...], input_shape: Shape
) -> tuple[list[Recorded], tuple[str, ...]]:
    """The layers and outputs, with an Identity where what is read is given out too."""
    if INPUT not in outputs:
        return recorded, outputs
    same = Recorded(f"{INPUT} itself", ("",), "Identity", {}, (INPUT,), input_shape)
    return [same, *recorded], tuple(same.key if key == INPUT else key for key in outputs)


def parted(
    recorded: list[Recorded], outputs: tuple[str, ...]
) -> tuple[list[Recorded], list[Recorded]]:
    """Those that an output depends on, and those whose values are thrown away.

    Of a module that runs several times, the first run that is kept has its weights.
    """
    needed = set(outputs)
    for item in reversed(recorded):
        if item.key in needed:
            needed.update(item.reads)
    owners = {item.key: item for item in recorded if item.shares is None}
    heirs: dict[str, str] = {}
    kept, thrown = [], []
    for item in recorded:
        if item.key not in needed:
            thrown.append(item)
        elif item.shares is None or item.shares in needed:
            kept.append(item)
        elif item.shares in heirs:
            kept.append(replace(item, shares=heirs[item.shares]))
        else:
            owner = owners[item.shares]
            heirs[owner.key] = item.key
            kept.append(replace(item, shares=None, weights=owner.weights, path=owner.path))
    return kept, thrown


def live(recorded: list[Recorded], outputs: tuple[str, ...]) -> list[Recorded]:
    """Those that an output depends on, and those that hold weights."""
    needed = set(outputs)
    kept = []
    for item in reversed(recorded):
        if item.key in needed or item.weights:
            kept.append(item)
            needed.update(item.reads)
            if item.shares is not None:
                needed.add(item.shares)
    return kept[::-1]
