"""Fixes that layers of several families propose."""

from __future__ import annotations

from math import prod

from ..fixes import Fix, as_entry, putting_before
from ..text.counts import count_of
from .shapes import Shape


def flattening(shape: Shape, **arguments: int) -> Fix:
    """The fix that makes one vector of a map, and writes the arguments that then fit."""
    says = (
        f"put Flatten before it: {'·'.join(map(str, shape))} = {count_of(prod(shape), 'feature')}"
    )
    says += "".join(f", and write {name}: {value}" for name, value in arguments.items())
    return Fix(says, arguments, before=({"type": "Flatten"},), certain=True)


def tokens_of_a_map(shape: Shape, reads: int = 0) -> Fix:
    """The fix that makes a row of positions of a map: C×H×W becomes H·W×C.

    A single vector becomes one position.
    """
    if len(shape) < 3:
        return putting_before({"type": "Unsqueeze", "dim": 1}, reads=reads)
    layers = (
        {"type": "Flatten", "start_dim": 2},
        {"type": "Permute", "dims": [0, 2, 1]},
    )
    written = " and ".join([as_entry(layer) for layer in layers])
    gives = f"{prod(shape[1:])}×{shape[0]}"
    return putting_before(
        *layers, reads=reads, says=f"put {written} before it, which make positions: {gives}"
    )
