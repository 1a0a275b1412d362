"""Layers that take a sample's first dimension for its channels, run on each part of it.

A module may fold parts of a map into the batch, and convolve them: windows of N×C×H×W. Of one
sample these are k×C×H×W. With the channels first, C×k×H×W, the layer is one of a dimension
more, whose window has one position along the parts.
"""

from __future__ import annotations

import re
from typing import Any

from ..graph import NotSaid
from ..samples import FOLLOWS_DIMENSIONS
from .call import Chain, Layer, check_samples
from .values import Value

FAMILIES = re.compile(
    r"(Conv|ConvTranspose|BatchNorm|MaxPool|AvgPool|AdaptiveAvgPool|AdaptiveMaxPool)[123]d"
)
ALONG_THE_PARTS = {"kernel_size": 1, "stride": 1, "padding": 0, "output_padding": 0, "dilation": 1}
"""The arguments that have a number for each dimension, and what it is for the parts."""


def of_parts(said: Layer | Chain, output: Value) -> Layer | Chain:
    """What says the same of a sample whose parts are folded into the batch.

    Raises:
        NotSaid: the samples lie where the layers would not leave them.
    """
    if isinstance(said, Layer) and said.type not in FOLLOWS_DIMENSIONS:
        (x, *others) = said.reads
        if x.samples.parts > 1 and x.samples == output.samples and not others and not x.samples.dim:
            return _partwise(said, x)
    check_samples(said, output)
    return said


def _partwise(layer: Layer, x: Value) -> Chain:
    family = FAMILIES.fullmatch(layer.type)
    dims = len(x.shape) - 2  # the parts, and the positions of each
    if family is None or dims > 3 or layer.arguments.get("padding_mode", "zeros") != "zeros":
        raise NotSaid("of a batch that has other dimensions folded in")
    along = ALONG_THE_PARTS | {"output_size": x.shape[1]}
    arguments = {
        name: _with_parts(value, along[name], dims) if name in along else value
        for name, value in layer.arguments.items()
    }
    chain = Chain((x,))
    chain.then("Transpose", dim0=1, dim1=2)
    chain.named = len(chain.layers)
    chain.layers.append(layer._replace(type=f"{family[1]}{dims}d", arguments=arguments, reads=()))
    chain.then("Transpose", dim0=1, dim1=2)
    return chain


def _with_parts(value: Any, along: int, dims: int) -> Any:
    if isinstance(value, (list, tuple)):
        return [along, *value]
    return [along, *[value] * (dims - 1)] if type(value) is int else value
