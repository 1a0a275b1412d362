"""How alike two values are: the last layers of Siamese networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._dimensions import sample_dimension
from ._python import TORCH
from .base import Example, Layer, LayerError
from .fields import Boolean, Integer, Number, defaulted
from .shapes import Shape, Shapes, format_shape

if TYPE_CHECKING:
    from torch import nn


class _Similarity(Layer):
    """One number of two vectors, at each other position of two values of one shape."""

    kind = "merge"
    inputs = (2, 2)

    def _vectors(self, inputs: Shapes) -> Shape:
        """The shape of both values; raises LayerError where they have two."""
        first, second = inputs
        if first != second:
            raise LayerError(
                f"{self.type_name} compares values of one shape, not {format_shape(first)} and "
                f"{format_shape(second)}"
            )
        return first


class CosineSimilarity(_Similarity):
    """The cosine of the angle between two vectors. Source: torch.nn.CosineSimilarity.

    Args:
        dim: the dimension along which the vectors lie, the batch counted as 0.
        eps: the least that the length of either is taken for.
    """

    python = TORCH
    dim = defaulted(Integer(), 1)
    eps = defaulted(Number(min=0), 1e-8)
    examples = (
        Example({}, ((128,), (128,)), ()),
        Example({"dim": -1}, ((49, 64), (49, 64)), (49,)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        shape = self._vectors(inputs)
        place = sample_dimension(self, self.dim, shape) - 1
        return (*shape[:place], *shape[place + 1 :])

    def module(self) -> nn.Module:
        from torch import nn

        return nn.CosineSimilarity(self.dim, self.eps)


class PairwiseDistance(_Similarity):
    """The length of the difference of two vectors, which lie along the last dimension.

    Args:
        p: the order of the length: 2 for the root of the sum of squares.
        eps: added to each difference, so that none is zero.
        keepdim: keep the last dimension with size 1.

    Source: torch.nn.PairwiseDistance.
    """

    python = TORCH
    p = defaulted(Number(min=0), 2.0)
    eps = defaulted(Number(min=0), 1e-6)
    keepdim = defaulted(Boolean(), False)
    examples = (
        Example({}, ((128,), (128,)), ()),
        Example({"p": 1, "keepdim": True}, ((49, 64), (49, 64)), (49, 1)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        shape = self._vectors(inputs)
        if not shape:
            raise LayerError(f"{self.type_name} wants vectors, not a single number")
        return (*shape[:-1], 1) if self.keepdim else shape[:-1]

    def module(self) -> nn.Module:
        from torch import nn

        return nn.PairwiseDistance(self.p, self.eps, self.keepdim)
