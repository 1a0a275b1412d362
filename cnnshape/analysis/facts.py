"""What a network is as a whole: the facts that networks are compared by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from ..layers.shapes import Shape
from ..network import BYTES_PER_ELEMENT, INPUT, Network
from .memory import peak_activation_elements
from .receptive_field import receptive_fields

Value: TypeAlias = int | tuple[Shape | None, ...] | None
"""A number, or a shape for each value that is meant; None: not known."""


class Fact(NamedTuple):
    """One thing that can be said of every network.

    Attributes:
        key: how options and files call it.
        heading: how a table calls it.
        kind: 'shapes'; a 'count' of parts, compared by difference; or an 'amount', compared by
            ratio.
        value: its value for a network.
    """

    key: str
    heading: str
    kind: Literal["shapes", "count", "amount"]
    value: Callable[[Network], Value]


def depth(network: Network) -> int | None:
    """The most layers with learned multiplications on any way from the input to an output.

    Those are the convolutions, the linear layers and what else has parameters and MACs: the
    50 of ResNet-50, the 16 of VGG-16. None: the MACs of a layer with parameters are not known.
    """
    lengths = {INPUT: 0}
    for node in network.layers:
        before = max(lengths[path] for path in node.inputs)
        if node.op.params and node.macs is None:
            return None
        lengths[node.path] = before + bool(node.op.params and node.macs)
    return max(lengths[path] for path in network.outputs)


FACTS = (
    Fact("input", "input", "shapes", lambda network: (network.input_shape,)),
    Fact("output", "output", "shapes", lambda network: network.output_shapes),
    Fact("layers", "layers", "count", lambda network: len(network.layers)),
    Fact(
        "weighted",
        "layers with parameters",
        "count",
        lambda network: sum(1 for node in network.layers if node.op.params),
    ),
    Fact("depth", "depth", "count", depth),
    Fact("params", "params", "amount", lambda network: network.totals.params),
    Fact("buffers", "buffers", "amount", lambda network: network.totals.buffers),
    Fact("macs", "MACs", "amount", lambda network: network.totals.macs),
    Fact("flops", "FLOPs", "amount", lambda network: network.totals.flops),
    Fact("connections", "connections", "amount", lambda network: network.totals.connections),
    Fact(
        "weight_bytes",
        "weight bytes",
        "amount",
        lambda network: BYTES_PER_ELEMENT * network.totals.params,
    ),
    Fact(
        "activation_bytes",
        "peak activation bytes",
        "amount",
        lambda network: BYTES_PER_ELEMENT * peak_activation_elements(network),
    ),
    Fact(
        "rf",
        "receptive field",
        "shapes",
        lambda network: tuple(receptive_fields(network)[path] for path in network.outputs),
    ),
)
"""All facts, in the order of a table."""
