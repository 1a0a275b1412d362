"""Windows over a map, and what is put back in its place."""

from __future__ import annotations

from math import isclose, prod
from typing import NamedTuple

from ..graph import Constant
from ..matching import Match
from .idiom import Operator, idiom


@idiom("(Sign((a := AveragePool(x ** p))) * Relu(Abs(a)) * n) ** r")
def _lp_pool(match: Match) -> Operator | None:
    """The root of the sum of powers in a window, as PyTorch says it: by the mean."""
    order, root, count = match.number("p"), match.number("r"), match.number("n")
    window = match.node("AveragePool").attributes
    if not order or root is None or not isclose(order * root, 1, rel_tol=1e-6):
        return None
    if count != prod(window["kernel_shape"]):
        return None
    power = int(order) if order % 1 == 0 else order
    return Operator("LpPool", "x", window | {"p": power, "signed": True})


class _Places(NamedTuple):
    """The places that windows along a dimension read: `size` of them in each of `windows`."""

    size: int
    dilation: int
    windows: int
    stride: int


def _places(constant: Constant | None, *, windows_first: bool) -> _Places | None:
    """What a table of places says; None where it is not of windows from the first place on."""
    if constant is None or len(constant.shape) != 2 or not constant.array.size:
        return None
    table = constant.array if windows_first else constant.array.T
    (count, size), (first, *_), (start, *_) = table.shape, table.tolist(), table[0].tolist()
    dilation = first[1] - start if size > 1 else 1
    stride = int(table[1][0]) - start if count > 1 else 1
    expected = [[stride * k + dilation * j for j in range(size)] for k in range(count)]
    return _Places(size, dilation, count, stride) if table.tolist() == expected else None


@idiom(
    "Reshape(Transpose(Gather(Gather(Pad(x, p), i), j)))",
    "Reshape(Transpose(Gather(Gather(x, i), j)))",
)
def _unfold(match: Match) -> Operator | None:
    """All windows of a map, one beside another."""
    axes = [node.attributes.get("axis", 0) for node in match.nodes if node.type == "Gather"]
    order = match.node("Transpose").attributes.get("perm")
    rows, columns = (_places(match.constant(each), windows_first=False) for each in "ij")
    if axes != [4, 2] or order != [0, 1, 2, 4, 3, 5] or rows is None or columns is None:
        return None
    channels, positions = match.shape("x")[1], rows.windows * columns.windows
    padding = _zeros_around(match) if "p" in match.values else (0, 0)
    if match.output is None or padding is None:
        return None
    if match.output[1:] != (channels * rows.size * columns.size, positions):
        return None
    both = rows, columns
    given = {
        "kernel_size": [each.size for each in both],
        "dilation": [each.dilation for each in both],
        "padding": list(padding),
        "stride": [each.stride for each in both],
    }
    return Operator("Unfold", "x", given)


def _zeros_around(match: Match) -> tuple[int, int] | None:
    """How many zeros a Pad puts above and below, and to the left and right; None: it is uneven."""
    pad, sizes = match.node("Pad"), match.constant("p")
    value = match.graph.constants.get(pad.inputs[2]) if len(pad.inputs) > 2 else None
    if sizes is None or pad.attributes.get("mode", "constant") != "constant":
        return None
    if value is not None and value.array.any():
        return None
    begin, end = sizes.array[:4].tolist(), sizes.array[4:].tolist()
    return (begin[2], begin[3]) if begin == end and begin[:2] == [0, 0] else None


@idiom("Gather(x, i)", "Transpose(Gather(x, i))")
def _sliding_windows(match: Match) -> Operator | None:
    """Windows along a dimension, the places of each in a new last dimension."""
    found = _places(match.constant("i"), windows_first=True)
    shape = match.shape("x")
    dim = match.node("Gather").attributes.get("axis", 0) % max(len(shape), 1)
    last = [place for place in range(len(shape) + 1) if place != dim + 1] + [dim + 1]
    order = match.nodes[0].attributes.get("perm", list(range(len(shape) + 1)))
    source = match.makers.get(match.values["x"])
    if found is None or found.dilation != 1 or order != last or not dim:
        return None
    if source is not None and source.type == "Gather":  # of the rows; both are an Unfold
        return None
    if found.windows != (shape[dim] - found.size) // found.stride + 1:
        return None
    return Operator("SlidingWindows", "x", {"dim": dim, "size": found.size, "step": found.stride})


@idiom(
    "Reshape(ScatterND(z, Unsqueeze(Reshape((p := MaxPool(x)) - Slice(MaxPool(x)) + s)),"
    " Reshape(v)))",
    "Squeeze(Reshape(ScatterND(z, Unsqueeze(Reshape("
    "Unsqueeze((p := MaxPool(x)) - Slice(MaxPool(x))) + s)), Reshape(Unsqueeze(v)))))",
)
def _max_unpool(match: Match) -> Operator:
    """Values put where a pool found its maxima, counted over the whole batch."""
    window = match.node("MaxPool").attributes
    names = ("kernel_shape", "strides", "pads")
    return Operator("MaxUnpool", "vp", {name: window[name] for name in names if name in window})
