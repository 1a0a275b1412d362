"""LeNet-5's layers of 1998, which ONNX has no operators for."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...importing.graph import NotSaid
from ...importing.onnx.graph import Node
from ...importing.onnx.idioms.idiom import Operator, idiom
from ...importing.onnx.matching import Match
from ...importing.onnx.operators.edges import window_edges
from ...importing.onnx.operators.operator import Operator as Read
from ...importing.onnx.operators.operator import Rules
from ...importing.operations import Answer

rules = Rules()


class _Part(NamedTuple):
    """A convolution of output maps that read equally many maps each.

    Attributes:
        source: the value whose maps they read.
        reads: for each output map, the maps that it reads.
        weights: the names of the weight and, where it has one, the bias.
        window: the convolution's attributes but for its groups.
    """

    source: str
    reads: list[list[int]]
    weights: tuple[str, ...]
    window: dict[str, Any]


@idiom("Gather(Concat(c), o)", "Gather(Conv(c), o)")
def _connection_table(match: Match) -> Operator | None:
    """A convolution for each number of maps that are read, and all results in an order."""
    joined, order = match.nodes[1], match.constant("o")
    names = joined.inputs if joined.type == "Concat" else joined.outputs
    found = [_part(match, match.makers.get(name)) for name in names]
    parts = [part for part in found if part is not None]
    if order is None or len(parts) < len(found):
        return None
    (source, _, _, window), reads = (
        parts[0],
        [maps for part in parts for maps in part.reads],
    )
    places = order.array.reshape(-1).tolist()
    if sorted(places) != list(range(len(reads))) or any(
        (part.source, part.window, len(part.weights))
        != (source, window, len(parts[0].weights))
        for part in parts
    ):
        return None
    table = [reads[place] for place in places]
    # As the layer type has them: by how many maps they read, and then as they come out.
    if sorted(range(len(table)), key=lambda output: len(table[output])) != [
        places.index(place) for place in range(len(places))
    ]:
        return None
    weights = tuple(name for part in parts for name in part.weights)
    return Operator(
        "ConnectionTableConv", "", window | {"table": table}, (source, *weights)
    )


def _part(match: Match, conv: Node | None) -> _Part | None:
    """A grouped convolution of gathered maps; None where it is none."""
    gather = (
        match.makers.get(conv.inputs[0])
        if conv is not None and conv.type == "Conv"
        else None
    )
    if conv is None or gather is None or gather.type != "Gather":
        return None
    read, weight = (
        match.graph.constants.get(each.inputs[1]) for each in (gather, conv)
    )
    groups = conv.attributes.get("group", 1)
    if read is None or weight is None or gather.attributes.get("axis") != 1:
        return None
    if weight.shape[0] != groups or read.shape != (groups * weight.shape[1],):
        return None
    bias = [match.graph.constants.get(name) for name in conv.inputs[2:]]
    learned = any(each is None or each.learned or each.array.any() for each in bias)
    return _Part(
        gather.inputs[0],
        read.array.reshape(groups, -1).tolist(),
        conv.inputs[1 : 2 + learned],
        {name: value for name, value in conv.attributes.items() if name != "group"},
    )


@idiom("ReduceSum((Unsqueeze(x) - c) ** 2)", "ReduceSum((d := Unsqueeze(x) - c) * d)")
def _euclidean_rbf(match: Match) -> Operator | None:
    """The squared distances to codes of 1 and -1."""
    codes, shape = match.constant("c"), match.shape("x")
    if codes is None or len(shape) != 2 or codes.shape[1:] != shape[1:]:
        return None
    if match.output != (shape[0], codes.shape[0]) or not (abs(codes.array) == 1).all():
        return None
    return Operator("EuclideanRBF", "x", {"centers": codes.array.astype(int).tolist()})


# The operators that these idioms stand for ------------------------------------------------


@rules.of("ConnectionTableConv")
def _table_conv(op: Read) -> Answer:
    table = op.attribute("table")
    fan_ins = sorted({len(reads) for reads in table})
    each = (len(op.inputs) - 1) // len(fan_ins)
    kernel = op.weight(1).shape[2:]
    edges = window_edges(op, kernel)
    if any(edges.rest):
        raise NotSaid("with other padding at the end than at the beginning")
    given = {
        "table": table,
        "kernel_size": list(kernel),
        "stride": op.attribute("strides", [1, 1]),
        "padding": edges.symmetric,
        "dilation": op.attribute("dilations", [1, 1]),
        "bias": each == 2,
    }
    weights = {
        f"fan_in_{fan_in}.{name}": op.weight(1 + each * place + k).name
        for place, fan_in in enumerate(fan_ins)
        for k, name in enumerate(("weight", "bias")[:each])
    }
    return op.layer("ConnectionTableConv2d", given, weights)


@rules.of("EuclideanRBF")
def _rbf(op: Read) -> Answer:
    return op.layer("EuclideanRBF", {"centers": op.attribute("centers")})
