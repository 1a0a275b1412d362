"""Learned numbers that tell attention how far apart two positions of a map are."""

from __future__ import annotations

from typing import Any

from ...layers._python import Python
from ...layers.base import Example, Layer, LayerError
from ...layers.fields import Boolean, Integer, ListOf, defaulted, inferred, required
from ...layers.shapes import Shape, Shapes, format_shape
from ...layers.working import Working, of_each_output


class RelativePositionBias(Layer):
    """Adds a learned number to each score of attention, by the offset from query to key.

    It reads heads × queries × keys; the keys are the positions of a map, row by row.

    Args:
        size: height and width of the map.
        stride: positions from one query to the next, along both dimensions.
        signed: whether above and below, left and right are told apart: then a head has
            (2H−1)·(2W−1) numbers, else H·W.
        num_heads: inferred.

    Source: Liu et al., 2021, arXiv:2103.14030 (Swin, signed); Graham et al., 2021,
    arXiv:2104.01136 (LeViT, not signed).
    """

    kind = "attention"
    python = Python(
        make="RelativePositionBias",
        file="special.position_bias.module",
        needs=("relative_offsets",),
    )
    num_heads = inferred(Integer(min=1))
    size = required(ListOf(Integer(min=1), min_length=2, max_length=2))
    stride = defaulted(Integer(min=1), 1)
    signed = defaulted(Boolean(), True)
    examples = (
        Example({"size": [7, 7]}, (3, 49, 49), (3, 49, 49)),
        Example({"size": [5, 4], "stride": 2, "signed": False}, (2, 6, 20), (2, 6, 20)),
    )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        (shape,) = inputs
        height, width = self.size
        queries = -(-height // self.stride) * -(-width // self.stride)
        if shape[-2:] != (queries, height * width) or len(shape) < 3:
            raise LayerError(
                f"RelativePositionBias of {height}×{width} reads heads × {queries} × "
                f"{height * width}, not {format_shape(shape)}",
                help="the scores are those of MatMul of queries and transposed keys",
                field="size",
            )
        return {"num_heads": shape[-3]}

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def parameters(self) -> dict[str, Shape]:
        assert self.num_heads is not None
        height, width = self.size
        offsets = (2 * height - 1) * (2 * width - 1) if self.signed else height * width
        return {"weight": (self.num_heads, offsets)}

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 0

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        return (of_each_output(output, 1, "bias"),)

    def footprint(self, inputs: Shapes, output: Shape) -> None:
        return None
