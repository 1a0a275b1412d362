"""Shapes that onnx infers differently from what is computed, or not at all. Needs onnx."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import NodeProto, TypeProto

POOLS = ("MaxPool", "AveragePool", "LpPool")


def correct(node: NodeProto, found: dict[str, TypeProto], types: Mapping[str, TypeProto]) -> None:
    """Put right what was found out of a node's outputs, in place.

    Args:
        found: the type of each output that is known.
        types: of what the node reads.
    """
    given = types.get(node.input[0]) if node.input else None
    if given is None or not node.output:
        return
    if node.op_type == "MeanVarianceNormalization":
        found[node.output[0]] = given
    elif node.op_type in POOLS and node.output[0] in found:
        for name in node.output:
            if name in found:
                _leave_out_last(node, given, found[name])


def _leave_out_last(node: NodeProto, given: TypeProto, found: TypeProto) -> None:
    """With ceil_mode, a window that would start in the padding at the end is none.

    So says ONNX from opset 22 on, and what runs the files has always left it out, as PyTorch
    does, which wrote most of them.
    """
    from onnx import helper

    attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
    sizes, outs = given.tensor_type.shape.dim[2:], found.tensor_type.shape.dim[2:]
    if not attributes.get("ceil_mode") or len(sizes) != len(outs):
        return
    strides = attributes.get("strides", [1] * len(sizes))
    pads = attributes.get("pads", [0] * len(sizes))
    for size, out, stride, begin in zip(sizes, outs, strides, pads, strict=False):
        if out.dim_value > 1 and (out.dim_value - 1) * stride >= size.dim_value + begin:
            out.dim_value -= 1
