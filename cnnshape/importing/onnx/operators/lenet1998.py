"""LeNet-5's layers of 1998, which idioms stand for."""

from __future__ import annotations

from ...graph import NotSaid
from ...operations import Answer
from .edges import window_edges
from .operator import Operator, Rules

rules = Rules()


@rules.of("ConnectionTableConv")
def _connection_table(op: Operator) -> Answer:
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
def _euclidean_rbf(op: Operator) -> Answer:
    return op.layer("EuclideanRBF", {"centers": op.attribute("centers")})
