"""How much a network holds at once while it runs."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from ..network import INPUT

if TYPE_CHECKING:
    from ..network import Network


def last_reads(network: Network) -> tuple[tuple[str, ...], ...]:
    """For each layer, the paths of the values that nothing needs once it has run.

    A run that drops them there holds each value from the layer that makes it to the last
    layer that reads it. The network's input, which the caller holds, and its outputs are
    never dropped.
    """
    last: dict[str, int] = {}
    for position, node in enumerate(network.layers):
        last[node.path] = position
        for path in node.inputs:
            last[path] = position
    dropped: list[list[str]] = [[] for _ in network.layers]
    kept = {INPUT, *network.outputs}
    for path, position in last.items():
        if path not in kept:
            dropped[position].append(path)
    return tuple(map(tuple, dropped))


def peak_activation_elements(network: Network) -> int:
    """The most elements that are alive at once for one sample, parameters apart.

    The layers run one after the other; a value lives from the layer that makes it to the
    last that reads it, so the inputs and the output of the running layer are alive
    together; the network's input lives throughout, for the caller holds it.

    Every layer is taken to make a new value of its own. In PyTorch some give a view, which
    needs nothing more (Flatten) but keeps the whole of what it was cut from (CropLike). The
    workspace of a convolution is not counted.
    """
    alive = peak = prod(network.input_shape)
    for node, dropped in zip(network.layers, last_reads(network), strict=True):
        alive += prod(node.output_shape)
        peak = max(peak, alive)
        alive -= sum(prod(network.shape_of(path)) for path in dropped)
    return peak
