"""Normalisation by the lengths of vectors: of features, and of whole channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._dimensions import sample_dimension
from ._norm import NormLayer, over_all_positions
from ._python import Python
from .base import Example, Layer, LayerError, Step, function_module
from .fields import Integer, Number, defaulted, inferred
from .shapes import Shape, Shapes, format_shape

if TYPE_CHECKING:
    from torch import nn


class Normalize(Layer):
    """Divides the vectors along a dimension by their lengths.

    Args:
        p: the order of the norm that is the length.
        dim: the dimension that a vector lies along, the batch counted as 0.
        eps: the least length that is divided by.

    Source: torch.nn.functional.normalize.
    """

    kind = "normalization"
    python = Python(
        call=lambda module, inputs, arguments: (
            "nn.functional.normalize({0}, p={p}, dim={dim}, eps={eps})".format(*inputs, **arguments)
        )
    )
    p = defaulted(Number(above=0), 2.0)
    dim = defaulted(Integer(), 1)
    eps = defaulted(Number(min=0), 1e-12)
    examples = (
        Example({}, (128,), (128,)),
        Example({"p": 1, "dim": -1}, (8, 50), (8, 50)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        sample_dimension(self, self.dim, shape)
        return shape

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        (shape,) = inputs
        if sample_dimension(self, self.dim, shape) != 1:
            return None
        return super().footprint(inputs, output)

    def module(self) -> nn.Module:
        from torch.nn.functional import normalize

        p, dim, eps = self.p, self.dim, self.eps
        return function_module(lambda x: normalize(x, p, dim, eps))


class GlobalResponseNorm(NormLayer):
    """Weighs channels by their lengths over the map, relative to the mean of all lengths.

    x + weight·x·g/mean(g) + bias, where g is the root of the sum of a channel's squares.

    Args:
        channel_dim: the dimension of the channels, the batch counted as 0: −1 for maps with
            the channels last.
        eps: added to the mean length.
        num_channels: channels of the map; inferred.

    Source: Woo et al., 2023, arXiv:2301.00808 (ConvNeXt V2).
    """

    python = Python(make="GlobalResponseNorm", file="response_normalization")
    num_channels = inferred(Integer(min=1))
    channel_dim = defaulted(Integer(), -1)
    eps = defaulted(Number(), 1e-6)
    examples = (
        Example({}, (14, 14, 96), (14, 14, 96)),
        Example({"channel_dim": 1, "eps": 1e-5}, (96, 14, 14), (96, 14, 14)),
    )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        (shape,) = inputs
        if len(shape) < 2:
            raise LayerError(
                f"GlobalResponseNorm reads channels and positions, not {format_shape(shape)}",
                help="it reads a map: put it before what flattens one",
            )
        dim = sample_dimension(self, self.channel_dim, shape, "channel_dim")
        return {"num_channels": shape[dim - 1]}

    def parameters(self) -> dict[str, Shape]:
        assert self.num_channels is not None
        return {"weight": (self.num_channels,), "bias": (self.num_channels,)}

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        (shape,) = inputs
        first = sample_dimension(self, self.channel_dim, shape, "channel_dim") == 1
        return over_all_positions(shape) if first else None
