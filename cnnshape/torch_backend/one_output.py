"""What one output of a layer reads in a module that is run, and its weights."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from ..analysis.explanation_output import WORKED_OUT, OneOutput, Part
from ..layers._window import Window
from ..worked.values import source_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ..network import Node
    from .network_module import NetworkModule


def values_in(
    module: NetworkModule, x: Tensor, paths: Collection[str]
) -> dict[str, tuple[nn.Module, Tensor, Tensor]]:
    """For each of some layers its module, the first value that it reads and what it gives.

    Args:
        module: is run once, without gradients.
        x: one sample, 1×(the network's input). The values have no batch.
        paths: of the layers that are asked about.
    """
    import torch

    found = {}

    def call(position: int, layer: nn.Module, inputs: Sequence[Tensor]) -> Any:
        path = module.steps[position].path
        if path not in paths:
            return layer(*inputs)
        # A layer after it may write into what it gives, and it into what it reads.
        read = inputs[0][0].clone()
        output = layer(*inputs)
        found[path] = (layer, read, output[0].clone())
        return output

    with torch.no_grad():
        module.run(x, call)
    return found


def one_output(
    node: Node, module: Any, read: Tensor, given: Tensor, place: tuple[int, ...] | None
) -> OneOutput | None:
    """How one number of a layer's output comes about; None: its type is not worked out.

    Args:
        node: the layer.
        module: of it.
        read: what the layer reads, without the batch.
        given: what it gives, without the batch.
        place: the number's index in the output; None: the largest.
    """
    if node.type not in WORKED_OUT:
        return None
    strongest = place is None
    if place is None:
        place = _unravelled(int(given.argmax()), given.shape)
    value = float(given[place])
    bias = getattr(module, "bias", None)
    added = None if bias is None else bias[place[-1 if node.type == "Linear" else 0]].item()
    if node.type == "Linear":
        weights = module.weight[place[-1]]
        part = Part(0, (_floats(read[place[:-1]]),), (_floats(weights),))
        return OneOutput(place, strongest, (), (part,), added, "", 1, value)
    pool = {"M": "max", "A": "mean"}.get(node.type[0], "")
    positions, parts = _parts(node, module, read, place)
    counted = sum(value is not None for row in parts[0].window for value in row)
    divisor = (getattr(node.layer, "divisor_override", None) or counted) if pool == "mean" else 1
    return OneOutput(place, strongest, positions, parts, added, pool, divisor, value)


def _parts(
    node: Node, module: Any, read: Tensor, place: tuple[int, ...]
) -> tuple[tuple[tuple[int, ...], ...], tuple[Part, ...]]:
    """What the window reads at a place: positions of each dimension, and a part for each map."""
    layer: Any = node.layer
    windows: Sequence[Window] = layer.windows()
    positions = tuple(
        tuple(at * window.stride + tap * window.dilation - window.before
              for tap in range(window.kernel))
        for at, window in zip(place[1:], windows, strict=True)
    )  # fmt: skip
    mode = layer.arguments.get("padding_mode", "zeros")
    sizes = read.shape[1:]
    sources = [
        [source_of(index, size, mode) for index in own]
        for own, size in zip(positions, sizes, strict=True)
    ]
    convolves = hasattr(module, "weight")
    first, maps = place[0], 1
    if convolves:
        maps = module.weight.shape[1]
        first = place[0] // (layer.out_channels // layer.groups) * maps
    # What a padding of zeros counts as; nothing beyond it, where a last window hangs over.
    fill = 0.0 if convolves or layer.arguments.get("count_include_pad") else None
    within = [
        [index < size + window.after for index in own]
        for own, size, window in zip(positions, sizes, windows, strict=True)
    ]
    taken = read[first : first + maps]
    for dimension, own in enumerate(sources, 1):
        taken = taken.index_select(dimension, taken.new_tensor([s or 0 for s in own]).long())
    if len(sizes) == 1:
        sources, within, taken = [[0], *sources], [[True], *within], taken.unsqueeze(1)
    parts = []
    for number, grid in enumerate(taken.double().tolist()):
        window = tuple(
            tuple(
                value if row is not None and column is not None else (fill if inside else None)
                for value, column, inside in zip(
                    values, sources[1], [down and across for across in within[1]], strict=True
                )
            )
            for values, row, down in zip(grid, sources[0], within[0], strict=True)
        )
        weights: tuple[tuple[float, ...], ...] = ()
        if convolves:
            kernel = module.weight[place[0], number]
            kernel = kernel.unsqueeze(0) if kernel.dim() == 1 else kernel
            weights = tuple(map(_floats, kernel))
        parts.append(Part(first + number, window, weights))
    return positions, tuple(parts)


def _floats(vector: Tensor) -> tuple[float, ...]:
    return tuple(vector.detach().double().tolist())


def _unravelled(index: int, shape: Sequence[int]) -> tuple[int, ...]:
    place = []
    for size in reversed(shape):
        index, at = divmod(index, size)
        place.append(at)
    return tuple(reversed(place))
