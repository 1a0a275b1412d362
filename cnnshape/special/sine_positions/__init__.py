"""Sines that tell the positions of a map apart, of which nothing is learned."""

from __future__ import annotations

from ...layers._python import Python
from ...layers.base import Example, Layer, LayerError
from ...layers.fields import Boolean, Integer, Number, Optional, defaulted, required
from ...layers.shapes import Shape, Shapes, format_shape


class PositionEmbeddingSine(Layer):
    """Sines and cosines of the row and of the column of each position of a map.

    Of the map that it reads, only the height and width matter.

    Args:
        num_pos_feats: channels for the rows, and as many for the columns; an even number.
        temperature: how much longer the longest wave is than the shortest.
        normalize: whether positions are counted as parts of the size, times `scale`.
        scale: null: 2π.

    Source: Carion et al., 2020, arXiv:2005.12872 (DETR).
    """

    kind = "attention"
    reads_size_of = frozenset({0})
    python = Python(make="PositionEmbeddingSine", file="special.sine_positions.module")
    num_pos_feats = required(Integer(min=2))
    temperature = defaulted(Number(above=0), 10000)
    normalize = defaulted(Boolean(), False)
    scale = defaulted(Optional(Number()), None)
    examples = (
        Example({"num_pos_feats": 32, "normalize": True}, (88, 32, 32), (64, 32, 32)),
        Example({"num_pos_feats": 4, "temperature": 20}, (3, 5, 7), (8, 5, 7)),
    )

    def check(self) -> None:
        if self.num_pos_feats % 2:
            raise LayerError(
                f"num_pos_feats must be even, not {self.num_pos_feats}: half of them are sines, "
                "half cosines",
                field="num_pos_feats",
            )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        if len(shape) != 3:
            raise LayerError(
                f"PositionEmbeddingSine reads C×H×W, not {format_shape(shape)}"
            )
        return (2 * self.num_pos_feats, *shape[1:])

    def footprint(self, inputs: Shapes, output: Shape) -> None:
        return None
