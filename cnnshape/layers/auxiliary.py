"""Heads that a network holds beside the way from its input to its output."""

from __future__ import annotations

from typing import Any

from ._python import Python
from ._spatial import SpatialLayer
from .base import Example
from .fields import Integer, inferred, required
from .shapes import Shape, Shapes

_WIDTHS = (128, 768)
"""The maps of the head's two convolutions."""
_SIZE = 5
"""The height and width of the map that its pool leaves and its second convolution reads."""


class InceptionAux(SpatialLayer):
    """Inception v3's second classifier, which is held here and not run: x passes on as it is.

    torchvision's net computes it in training alone, and gives its scores beside the net's
    own. It is two convolutions with batch normalization and a linear layer, whose weights
    count as parameters wherever the whole net's are counted. cnnshape trains the net without
    it, which leaves these weights as they are.

    Args:
        in_channels: channels of the map that it stands beside; inferred.
        num_classes: its scores.

    Source: Szegedy et al., 2015, arXiv:1512.00567, figure 8; as torchvision's InceptionAux.
    """

    kind = "linear"
    python = Python(make="InceptionAux", file="auxiliary")
    spatial_dims = 2
    training_only = True
    in_channels = inferred(Integer(min=1))
    num_classes = required(Integer(min=1))
    examples = (
        Example({"num_classes": 1000}, (768, 17, 17), (768, 17, 17)),
        Example({"num_classes": 10}, (8, 5, 6), (8, 5, 6)),
    )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        channels, _ = self.channels_and_size(inputs)
        return {"in_channels": channels}

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def parameters(self) -> dict[str, Shape]:
        assert self.in_channels is not None
        first, second = _WIDTHS
        return {
            "conv0.conv.weight": (first, self.in_channels, 1, 1),
            "conv0.bn.weight": (first,),
            "conv0.bn.bias": (first,),
            "conv1.conv.weight": (second, first, _SIZE, _SIZE),
            "conv1.bn.weight": (second,),
            "conv1.bn.bias": (second,),
            "fc.weight": (self.num_classes, second),
            "fc.bias": (self.num_classes,),
        }

    def buffers(self) -> dict[str, Shape]:
        buffers: dict[str, Shape] = {}
        for name, width in zip(("conv0", "conv1"), _WIDTHS, strict=True):
            buffers[f"{name}.bn.running_mean"] = buffers[f"{name}.bn.running_var"] = (width,)
            buffers[f"{name}.bn.num_batches_tracked"] = ()
        return buffers

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 0

    def connections(self, inputs: Shapes, output: Shape) -> int:
        return 0

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        return ["held, not run: its parameters count, and it costs no multiply-accumulates"]
