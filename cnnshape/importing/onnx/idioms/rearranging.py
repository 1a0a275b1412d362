"""The same elements in another shape or order."""

from __future__ import annotations

from ..matching import Match
from .idiom import Operator, idiom


@idiom("Gather(x, i)")
def _all_in_order(match: Match) -> Operator | None:
    """Places 0, 1, 2 ... up to the last: torch.onnx says as_strided so."""
    places, shape = match.constant("i"), match.shape("x")
    if places is None or len(shape) != 1 or places.array.size != shape[0]:
        return None
    flat = places.array.reshape(-1)
    in_order = flat[0] == 0 and bool((flat[1:] - flat[:-1] == 1).all())
    return Operator("Reshape", "x") if in_order else None


@idiom("Reshape(x)", "Reshape(Reshape(x))", "Expand(x)")
def _the_same_shape(match: Match) -> Operator | None:
    return Operator("Identity", "x") if match.shape("x") == match.output else None


@idiom("Transpose(x)")
def _in_the_same_order(match: Match) -> Operator | None:
    order = match.nodes[0].attributes.get("perm")
    return Operator("Identity", "x") if order is not None and order == sorted(order) else None


@idiom("Reshape(Transpose(Reshape(x)))")
def _matrices_transposed(match: Match) -> Operator | None:
    """Every matrix of a value, whose other dimensions are folded into one meanwhile."""
    shape, output = match.shape("x"), match.output or ()
    folded = match.graph.shapes.get(match.nodes[1].inputs[0], ())
    order = match.nodes[1].attributes.get("perm")
    if len(shape) < 4 or order != [0, 2, 1] or folded[1:] != shape[-2:]:
        return None
    if output != (*shape[:-2], shape[-1], shape[-2]):
        return None
    rank = len(shape)
    return Operator("Transpose", "x", {"perm": [*range(rank - 2), rank - 1, rank - 2]})


@idiom("Transpose(Transpose(x))")
def _transposed_twice(match: Match) -> Operator | None:
    outer, inner = (node.attributes.get("perm") for node in match.nodes)
    if outer is None or inner is None:
        return None
    return Operator("Transpose", "x", {"perm": [inner[place] for place in outer]})


@idiom("ScatterND(a, i, v)")
def _written_over(match: Match) -> Operator | None:
    """All places of a value, written over in their order: what an operator in place ends with."""
    places, size = match.constant("i"), match.shape("a")[:1]
    if places is None or match.shape("v") != match.output or places.shape != (*size, 1):
        return None
    in_order = places.array.reshape(-1).tolist() == list(range(*size))
    plain = match.nodes[0].attributes.get("reduction", "none") == "none"
    return Operator("Identity", "v") if in_order and plain else None
