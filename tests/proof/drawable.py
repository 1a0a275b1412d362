"""How each layer type is drawn: the table of all types."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, NamedTuple

from . import arguments, constants, rearranging, reducing
from .arguments import Arguments, Recipe

ANY = range(1, 65)
"""As many dimensions as PyTorch has; inputs have up to four, and Unsqueeze adds to them."""


class Drawable(NamedTuple):
    """How a type is drawn.

    Attributes:
        recipe: its arguments for the shapes that it reads.
        ranks: dimensions of a sample that it reads.
        grows: its output may be much larger than its input.
        keeps: its output has the shape of its input.
        inputs: how many values it reads.
    """

    recipe: Recipe
    ranks: Collection[int] = ANY
    grows: bool = False
    keeps: bool = False
    inputs: tuple[int, ...] = (1,)


def _by_dimension(name: str, recipe: Callable[..., Arguments], **more: Any) -> dict[str, Drawable]:
    """A type for each of one to three spatial dimensions."""
    return {
        name.format(dims): Drawable(partial(recipe, dims), (dims + 1,), **more)
        for dims in (1, 2, 3)
    }


def _activation(**options: list[Any]) -> Drawable:
    return Drawable(partial(arguments.optional, options), (0, *ANY), keeps=True)


_INPLACE: dict[str, list[Any]] = {"inplace": [False, True]}

DRAWABLE: dict[str, Drawable] = {
    **_by_dimension("Conv{}d", arguments.convolution),
    **_by_dimension("ConvTranspose{}d", arguments.transposed_convolution, grows=True),
    **_by_dimension("FixedConv{}d", arguments.convolution),
    "FixedConvTranspose2d": Drawable(
        partial(arguments.transposed_convolution, 2), (3,), grows=True
    ),
    **_by_dimension("MaxPool{}d", arguments.max_pool),
    **_by_dimension("MaxUnpool{}d", arguments.max_unpool, inputs=(2,)),
    **_by_dimension("AvgPool{}d", arguments.avg_pool),
    **_by_dimension("LPPool{}d", arguments.lp_pool),
    **_by_dimension("AdaptiveAvgPool{}d", arguments.adaptive_pool),
    **_by_dimension("AdaptiveMaxPool{}d", arguments.adaptive_pool),
    "FractionalMaxPool2d": Drawable(partial(arguments.fractional_pool, 2), (3,)),
    "FractionalMaxPool3d": Drawable(partial(arguments.fractional_pool, 3), (4,)),
    "BatchNorm1d": Drawable(arguments.channel_norm, (1, 2), keeps=True),
    "BatchNorm2d": Drawable(arguments.channel_norm, (3,), keeps=True),
    "BatchNorm3d": Drawable(arguments.channel_norm, (4,), keeps=True),
    **{
        f"InstanceNorm{d}d": Drawable(arguments.channel_norm, (d + 1,), keeps=True)
        for d in (1, 2, 3)
    },
    "GroupNorm": Drawable(arguments.group_norm, keeps=True),
    "LayerNorm": Drawable(arguments.layer_norm, keeps=True),
    "RMSNorm": Drawable(arguments.rms_norm, keeps=True),
    "LocalResponseNorm": Drawable(arguments.local_response_norm, (2, 3, 4), keeps=True),
    "ReLU": _activation(**_INPLACE),
    "ReLU6": _activation(**_INPLACE),
    "SELU": _activation(**_INPLACE),
    "SiLU": _activation(**_INPLACE),
    "Mish": _activation(**_INPLACE),
    "Hardswish": _activation(**_INPLACE),
    "Hardsigmoid": _activation(**_INPLACE),
    "LeakyReLU": _activation(negative_slope=[0.2], **_INPLACE),
    "ELU": _activation(alpha=[0.5], **_INPLACE),
    "CELU": _activation(alpha=[0.5, 0], **_INPLACE),
    "GELU": _activation(approximate=["none", "tanh"]),
    "Hardshrink": _activation(lambd=[0.2]),
    "Softshrink": _activation(lambd=[0.2, -1]),
    "Softplus": _activation(beta=[2], threshold=[10]),
    "Sigmoid": _activation(),
    "LogSigmoid": _activation(),
    "Tanh": _activation(),
    "Tanhshrink": _activation(),
    "Softsign": _activation(),
    "RReLU": Drawable(partial(arguments.range_of, "lower", "upper"), keeps=True),
    "Hardtanh": Drawable(partial(arguments.range_of, "min_val", "max_val"), keeps=True),
    "Threshold": Drawable(arguments.threshold, keeps=True),
    "PReLU": Drawable(arguments.prelu, keeps=True),
    "Softmax": Drawable(arguments.softmax, keeps=True),
    "LogSoftmax": Drawable(arguments.softmax, keeps=True),
    "Softmin": Drawable(arguments.softmax, keeps=True),
    "Softmax2d": Drawable(arguments.nothing, (2, 3), keeps=True),
    "GLU": Drawable(arguments.glu),
    "Dropout": Drawable(arguments.dropout, keeps=True),
    "Dropout1d": Drawable(arguments.dropout, (1, 2), keeps=True),
    "Dropout2d": Drawable(arguments.dropout, keeps=True),
    "Dropout3d": Drawable(arguments.dropout, keeps=True),
    "AlphaDropout": Drawable(arguments.dropout, keeps=True),
    "FeatureAlphaDropout": Drawable(arguments.dropout, keeps=True),
    "StochasticDepth": Drawable(arguments.stochastic_depth, keeps=True),
    "Identity": Drawable(arguments.nothing, keeps=True),
    "Linear": Drawable(arguments.linear),
    "Bilinear": Drawable(arguments.bilinear, inputs=(2,)),
    "Add": Drawable(arguments.nothing, keeps=True, inputs=(2, 3)),
    "Subtract": Drawable(arguments.nothing, keeps=True, inputs=(2,)),
    "Multiply": Drawable(arguments.nothing, keeps=True, inputs=(2, 3)),
    "Divide": Drawable(arguments.nothing, keeps=True, inputs=(2,)),
    "Maximum": Drawable(arguments.nothing, keeps=True, inputs=(2, 3)),
    "Minimum": Drawable(arguments.nothing, keeps=True, inputs=(2, 3)),
    "Concat": Drawable(arguments.concat, grows=True, inputs=(2, 3)),
    "MatMul": Drawable(arguments.nothing, (2, 3, 4), inputs=(2,)),
    **{name: Drawable(reducing.reduction) for name in ("Mean", "Sum", "Max", "Min")},
    "Var": Drawable(reducing.spread),
    "Std": Drawable(reducing.spread),
    "Norm": Drawable(reducing.norm),
    "Normalize": Drawable(reducing.normalize, keeps=True),
    "GlobalResponseNorm": Drawable(reducing.global_response_norm, keeps=True),
    "Scale": Drawable(arguments.scale, keeps=True),
    "Bias": Drawable(arguments.bias, keeps=True),
    "Standardize": Drawable(arguments.standardize, keeps=True),
    "Rescale": _activation(scale=[-1, 0.5], offset=[1, -0.5]),
    "Power": Drawable(arguments.power, (0, *ANY), keeps=True),
    "Clamp": Drawable(arguments.clamp, (0, *ANY), keeps=True),
    "Abs": _activation(),
    "Exp": _activation(),
    "Log": _activation(),
    "Sin": _activation(),
    "Cos": _activation(),
    "Erf": _activation(),
    "Sign": _activation(),
    "StdConv2d": Drawable(arguments.standardised_convolution, (3,)),
    "ScaledStdConv2d": Drawable(partial(arguments.standardised_convolution, scaled=True), (3,)),
    "WeightNormConv1d": Drawable(partial(arguments.convolution, 1), (2,)),
    "WeightNormConv2d": Drawable(partial(arguments.convolution, 2), (3,)),
    "WeightNormConvTranspose1d": Drawable(
        partial(arguments.transposed_convolution, 1), (2,), grows=True
    ),
    "WeightNormLinear": Drawable(arguments.linear),
    "SpectralNormConv1d": Drawable(partial(arguments.convolution, 1), (2,)),
    "SpectralNormConv2d": Drawable(partial(arguments.convolution, 2), (3,)),
    "SpectralNormConvTranspose2d": Drawable(
        partial(arguments.transposed_convolution, 2), (3,), grows=True
    ),
    "SpectralNormLinear": Drawable(arguments.linear),
    "FrozenBatchNorm2d": Drawable(partial(arguments.optional, {"eps": [1e-3]}), (3,), keeps=True),
    "BlurPool2d": Drawable(arguments.blur_pool, (3,)),
    "InceptionAux": Drawable(arguments.inception_aux, (3,), keeps=True),
    "MultiheadAttention": Drawable(arguments.attention, (2,), inputs=(1, 3)),
    "ScaledDotProductAttention": Drawable(reducing.dot_product, (2, 3, 4), inputs=(3,)),
    "ClassToken": Drawable(reducing.class_token, (2,), grows=True),
    "PositionEmbeddingSine": Drawable(reducing.sines, (3,), grows=True),
    "LearnedConstant": Drawable(constants.learned, grows=True),
    "Constant": Drawable(constants.fixed, grows=True),
    "Buffer": Drawable(constants.learned, grows=True),
    "Linspace": Drawable(constants.equal_steps, grows=True),
    "CosineSimilarity": Drawable(reducing.cosine, inputs=(2,)),
    "PairwiseDistance": Drawable(reducing.distance, inputs=(2,)),
    "ShiftedWindowMask": Drawable(reducing.window_mask, (4,), keeps=True),
    "RelativePositionBias": Drawable(reducing.position_bias, (3,), keeps=True),
    "ConnectionTableConv2d": Drawable(arguments.connection_table, (3,)),
    "Subsampling2d": Drawable(arguments.subsampling, (3,)),
    "ScaledTanh": _activation(amplitude=[1, 2.5], slope=[0.5]),
    "EuclideanRBF": Drawable(arguments.rbf, (1,)),
    "Flatten": Drawable(rearranging.flatten),
    "Unflatten": Drawable(rearranging.unflatten),
    "Reshape": Drawable(rearranging.reshape),
    "Permute": Drawable(rearranging.permute),
    "Transpose": Drawable(rearranging.transpose),
    "Squeeze": Drawable(rearranging.one_dim),
    "Unsqueeze": Drawable(partial(rearranging.one_dim, new=True), (1, 2, 3)),
    "ChannelShuffle": Drawable(rearranging.channel_shuffle, (2, 3, 4), keeps=True),
    "PixelShuffle": Drawable(rearranging.pixel_shuffle, (3,)),
    "PixelUnshuffle": Drawable(rearranging.pixel_unshuffle, (3,)),
    "Unfold": Drawable(rearranging.unfold, (3,), grows=True),
    "Fold": Drawable(rearranging.fold, (2,)),
    "Chunk": Drawable(rearranging.chunk),
    "Split": Drawable(rearranging.split),
    "Narrow": Drawable(rearranging.narrow),
    "Select": Drawable(rearranging.select),
    "Slice": Drawable(rearranging.cut),
    "IndexSelect": Drawable(rearranging.places),
    "SlidingWindows": Drawable(rearranging.sliding_windows, (1, 2, 3), grows=True),
    "Roll": Drawable(rearranging.roll, keeps=True),
    "Flip": Drawable(rearranging.flip, keeps=True),
    "Stack": Drawable(rearranging.stack, (1, 2, 3), grows=True, inputs=(2, 3)),
    "Expand": Drawable(rearranging.expand, grows=True),
    "Tile": Drawable(rearranging.tile, grows=True),
    "CenterCrop2d": Drawable(rearranging.center_crop, (3,)),
    "CropLike": Drawable(arguments.nothing, (2, 3, 4), inputs=(2,)),
    **{
        f"{kind}Pad{dims}d": Drawable(partial(rearranging.pad, kind, dims), (dims + 1,), grows=True)
        for kind in ("Zero", "Constant", "Reflection", "Replication", "Circular")
        for dims in (1, 2, 3)
    },
    "Upsample": Drawable(rearranging.upsample, (2, 3, 4), grows=True),
    "UpsamplingNearest2d": Drawable(rearranging.upsample_2d, (3,), grows=True),
    "UpsamplingBilinear2d": Drawable(rearranging.upsample_2d, (3,), grows=True),
}
"""Every layer type, and how it is drawn."""
