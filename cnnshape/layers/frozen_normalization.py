"""Batch normalisation whose numbers are all fixed, as detectors have it in their backbones."""

from __future__ import annotations

from typing import Any, ClassVar

from ._python import Python
from ._spatial import SpatialLayer
from .base import Example
from .fields import Integer, Number, defaulted, inferred
from .shapes import Shape, Shapes


class FrozenBatchNorm2d(SpatialLayer):
    """BatchNorm2d whose statistics, factors and summands are fixed: it learns nothing.

    Args:
        num_features: channels of the input; inferred.
        eps: added under the root, so that nothing is divided by zero.

    Source: FrozenBatchNorm2d of torchvision.ops.
    """

    kind = "normalization"
    python = Python(make="FrozenBatchNorm2d", file="frozen_normalization")
    spatial_dims: ClassVar[int] = 2
    num_features = inferred(Integer(min=1))
    eps = defaulted(Number(min=0), 1e-5)
    examples = (
        Example({}, (64, 56, 56), (64, 56, 56)),
        Example({"eps": 0.001}, (3, 8, 8), (3, 8, 8)),
    )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        channels, _ = self.channels_and_size(inputs)
        return {"num_features": channels}

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def buffers(self) -> dict[str, Shape]:
        assert self.num_features is not None
        names = ("weight", "bias", "running_mean", "running_var")
        return dict.fromkeys(names, (self.num_features,))
