"""Windows over a map, and what is put back in its place."""

from __future__ import annotations

from ..matching import Match
from .idiom import Operator, idiom


@idiom(
    "Reshape(ScatterND(z, Unsqueeze(Reshape((p := MaxPool(x)) - Slice(MaxPool(x)) + s)),"
    " Reshape(v)))"
)
def _max_unpool(match: Match) -> Operator:
    """Values put where a pool found its maxima, counted over the whole batch."""
    window = match.node("MaxPool").attributes
    names = ("kernel_shape", "strides", "pads")
    return Operator("MaxUnpool", "vp", {name: window[name] for name in names if name in window})
