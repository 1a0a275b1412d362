"""Shapes that onnx infers differently from what is computed, or not at all. Needs onnx."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import NodeProto, TypeProto

POOLS = ("MaxPool", "AveragePool", "LpPool")


def correct(node: NodeProto, found: dict[str, TypeProto], types: Mapping[str, TypeProto]) -> None:
    """Put right what was found out of a node's outputs, in place.

    Args:
        node: the operator.
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


def of_a_batch(
    node: NodeProto, found: dict[str, TypeProto], types: Mapping[str, TypeProto], batch: int
) -> None:
    """Make the sizes that a node has for one sample those of a batch, in place.

    Where its samples lie in what a Reshape reads, they lie in its first dimension of size 1, or
    with what is first.
    """
    given = types.get(node.input[0]) if node.input else None
    if node.op_type not in ("Reshape", "Resize") or given is None or node.output[0] not in found:
        return
    dims = found[node.output[0]].tensor_type.shape.dim
    sizes = [dim.dim_value for dim in dims]
    if node.op_type == "Resize":
        if sizes[:1] == [1]:
            dims[0].dim_value = batch
        return
    read = prod(dim.dim_value for dim in given.tensor_type.shape.dim)
    if read % batch or batch in sizes or prod(sizes) not in (read, read // batch):
        return
    if 1 not in sizes and prod(sizes) == read:
        return
    for dim in dims:
        if dim.dim_value % batch == 0:
            dim.dim_value //= batch
    dims[sizes.index(1) if 1 in sizes else 0].dim_value *= batch
