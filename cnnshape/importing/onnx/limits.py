"""How large a model may be: a few bytes can stand for more than any machine holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..faults import ImportFault

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

NODES = 50_000
"""Nodes of a model once its functions are written out: a spec has 20,000 layers at most."""
CALLS = 100
"""Functions that call each other in a row."""
VALUE = 2**31
"""Numbers of one value, for one sample."""
CONSTANTS = 2**28
"""Numbers of all constants that are computed, together."""
SLOW = 2**18
"""Numbers that are read and given where onnx's reference may take them one after another."""
FAST = frozenset((
    "Abs", "Add", "And", "BatchNormalization", "Cast", "CastLike", "Ceil", "Clip", "Concat",
    "Constant", "ConstantOfShape", "Cos", "Div", "Equal", "Erf", "Exp", "Expand", "Flatten",
    "Floor", "Gather", "Greater", "Identity", "Less", "Log", "MatMul", "Max", "Min", "Mod",
    "Mul", "Neg", "Not", "Pad", "Pow", "Range", "Reciprocal", "ReduceMax", "ReduceMean",
    "ReduceMin", "ReduceSum", "Reshape", "Round", "Shape", "Sigmoid", "Sign", "Sin", "Size",
    "Slice", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tanh", "Tile", "Transpose", "Trilu",
    "Unsqueeze", "Where",
))  # fmt: skip
"""Operators that it computes as a whole."""
LOOPS = ("If", "Loop", "Scan", "SequenceMap")
"""Operators that run a graph of their own, as often as the file says: they are not computed."""
MACS = 2**40
"""Multiply-accumulates of one sample: some minutes of a slow processor."""
SECONDS = 600
"""How long the runs of the proof may take together."""


def check_nodes(model: ModelProto) -> None:
    """Raise ImportFault where a model has too many nodes once its functions are written out."""
    functions = {(each.domain, each.name): each for each in model.functions}
    totals: dict[tuple[str, str], int] = {}

    def total(nodes: Iterator[NodeProto], calls: tuple[tuple[str, str], ...]) -> int:
        count = 0
        for node in nodes:
            key = (node.domain, node.op_type)
            if key in functions and key not in totals:
                if key in calls:
                    raise ImportFault(f"its function {node.op_type} calls itself")
                if len(calls) == CALLS:
                    raise ImportFault(f"its functions call each other more than {CALLS} deep")
                totals[key] = total(_with_inner(functions[key].node), (*calls, key))
            count += totals.get(key, 1)
        return count

    if (count := total(_with_inner(model.graph.node), ())) > NODES:
        raise ImportFault(
            f"it has {count:,} nodes with its functions written out, and may have {NODES:,}"
        )


def _with_inner(nodes: object) -> Iterator[NodeProto]:
    """Nodes, and those of the graphs inside them."""
    left = list(nodes)  # type: ignore[call-overload]
    while left:
        node = left.pop()
        yield node
        for attribute in node.attribute:
            graphs: list[GraphProto] = [*attribute.graphs]
            if attribute.HasField("g"):
                graphs.append(attribute.g)
            for graph in graphs:
                left += graph.node
