"""Where the samples of the batch lie in a tensor of the run. No torch is needed here.

A network's values have the batch first. A module may move it (`qkv.permute(2, 0, 3, 1, 4)`),
or fold dimensions into it (`x.reshape(B * heads, n, d)`). What such a tensor holds for one
sample is a value all the same: the tensor, with the batch divided out of the dimension that
it lies in. B·heads × n × d is heads × n × d, and 3 × B × d is 3 × d. What is done along the
other dimensions is done to each sample alike, and is said of that value.
"""

from __future__ import annotations

from typing import NamedTuple

from ..layers.shapes import Shape

BATCH = 10_007
"""Samples in the run: a prime of which no size of a network is a multiple, so that they lie
in the one dimension that it divides. The tensors hold no numbers, so it costs nothing."""


class Samples(NamedTuple):
    """Where they lie.

    Attributes:
        dim: the dimension of the tensor.
        parts: how many parts of each sample that dimension counts, those of one sample next
            to each other; 1 where it counts the samples alone; 0 where no dimension does, as
            the tensor is the same for all of them.
    """

    dim: int = 0
    parts: int = 1


FIRST = Samples()
"""As a network has them."""
NOWHERE = Samples(0, 0)
"""Of what does not follow from the input."""


def divided(shape: Shape) -> tuple[Shape, Samples] | None:
    """A tensor's shape as a network has it, the batch first, and where its samples lie.

    None: they lie in no dimension, or in several: they were mixed.
    """
    places = [dim for dim, size in enumerate(shape) if size and size % BATCH == 0]
    if len(places) != 1:
        return None
    (dim,) = places
    parts = shape[dim] // BATCH
    folded = (parts,) if parts > 1 else ()
    return (BATCH, *shape[:dim], *folded, *shape[dim + 1 :]), Samples(dim, parts)


def of_one_sample(size: int) -> int:
    """A size with the batch divided out: what has numbers for each sample is computed for one."""
    return size if isinstance(size, bool) or size % BATCH else size // BATCH


FOLLOWS_DIMENSIONS = frozenset((
    "LearnedConstant", "Constant", "Linspace", "Buffer", "IndexSelect",
    "Add", "Subtract", "Multiply", "Divide", "Maximum", "Minimum", "Concat", "Stack", "MatMul",
    "ScaledDotProductAttention", "MultiheadAttention", "RelativePositionBias", "ShiftedWindowMask",
    "Linear", "LayerNorm", "RMSNorm",
    "Scale", "Bias", "Rescale", "Mean", "Sum", "Max", "Min", "Var", "Std", "Norm", "Normalize",
    "Softmax", "LogSoftmax", "Softmin", "GLU", "Dropout", "AlphaDropout",
    "ReLU", "ReLU6", "LeakyReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "Hardswish",
    "Hardsigmoid", "Hardtanh", "Hardshrink", "Softshrink", "Softplus", "Threshold", "Sigmoid",
    "LogSigmoid", "Tanh", "Tanhshrink", "Softsign", "Power", "Exp", "Log", "Abs", "Sqrt", "Clamp",
    "Sin", "Cos", "Erf", "Sign",
    "Chunk", "Split", "Narrow", "Select", "Slice", "Squeeze", "Unsqueeze", "Flatten", "Unflatten",
    "Reshape", "Permute", "Transpose", "Expand", "Roll", "Flip", "Tile", "SlidingWindows",
    "ZeroPad1d", "ZeroPad2d", "ZeroPad3d",
))  # fmt: skip
"""The layer types that work element by element, along dimensions that are named, or along
the last ones: it is one to them how many dimensions come before. Others (convolutions,
pooling) take the first dimension of a sample for its channels."""
