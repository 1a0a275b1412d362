"""Arguments for every layer type, drawn for the shapes that arrive: mostly sound, some not.

A recipe is a function of a `Chooser` and the shape of a sample (of several, for a
layer that reads several), and gives the arguments as a spec would write them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from .choosing import Chooser, divisors

Shape: TypeAlias = tuple[int, ...]
Arguments: TypeAlias = dict[str, Any]
Recipe: TypeAlias = Callable[..., Arguments]


def sizes_of(shape: Shape, dims: int) -> Shape:
    """The spatial size of a sample; something else where it has not so many dimensions."""
    return shape[1:] if len(shape) == dims + 1 else (4,) * dims


def written(c: Chooser, name: str, right: int) -> Arguments:
    """An argument that may be left to inference, written in one case of six."""
    if not c.chance(6):
        return {}
    return {name: right + 1 if c.slip() else right}


def nothing(c: Chooser, *shapes: Shape) -> Arguments:
    return {}


# Convolutions and pools --------------------------------------------------------------------


def _channels(c: Chooser, channels: int) -> Arguments:
    groups = c.one_of(divisors(channels)) if c.chance(3) else 1
    out_channels = groups * c.whole(1, 6 // groups)
    if c.slip():
        groups, out_channels = c.whole(0, channels + 1), c.whole(0, 6)
    found = {"out_channels": out_channels, **written(c, "in_channels", channels)}
    return {**found, **({"groups": groups} if groups != 1 else {}), **c.some(bias=[True, False])}


def convolution(dims: int, c: Chooser, shape: Shape) -> Arguments:
    sizes = sizes_of(shape, dims)
    arguments = _channels(c, shape[0])
    arguments["kernel_size"] = c.each(sizes, lambda n: c.whole(1, n + 2 if c.slip() else min(3, n)))
    same = c.chance(5)
    if same:
        arguments["padding"] = "same"
    elif c.chance(2):
        arguments["padding"] = c.each(sizes, lambda n: c.whole(-1 if c.slip() else 0, 2))
    elif c.chance(5):
        arguments["padding"] = "valid"
    if c.chance(3) and (not same or c.slip()):
        arguments["stride"] = c.each(sizes, lambda n: c.whole(0 if c.slip() else 1, 3))
    if c.chance(4):
        arguments["dilation"] = c.each(sizes, lambda n: c.whole(0 if c.slip() else 1, 2))
    if c.chance(5):
        arguments["padding_mode"] = c.one_of(["zeros", "replicate", "reflect", "circular"])
    return arguments


def transposed_convolution(dims: int, c: Chooser, shape: Shape) -> Arguments:
    sizes = sizes_of(shape, dims)
    arguments = _channels(c, shape[0])
    arguments["kernel_size"] = c.each(sizes, lambda n: c.whole(1, 3))
    stride = dilation = 1
    if c.chance(2):
        stride = arguments["stride"] = c.whole(1, 3)
    if c.chance(4):
        dilation = arguments["dilation"] = c.whole(1, 2)
    if c.chance(3):
        arguments["padding"] = c.each(sizes, lambda n: c.whole(0, 2))
    if c.chance(3):
        most = max(stride, dilation) - 1
        arguments["output_padding"] = c.each(sizes, lambda n: c.whole(0, most + c.slip()))
    if c.slip():
        arguments["padding_mode"] = "reflect"
    return arguments


def _window(dims: int, c: Chooser, shape: Shape) -> Arguments:
    sizes = sizes_of(shape, dims)
    kernel = c.each(sizes, lambda n: c.whole(1, n + 2 if c.slip() else min(3, n)))
    arguments: Arguments = {"kernel_size": kernel}
    if c.chance(2):
        arguments["stride"] = c.each(sizes, lambda n: c.whole(0 if c.slip() else 1, 3))
    return {**arguments, **c.some(ceil_mode=[False, True])}


def _pad_window(dims: int, c: Chooser, arguments: Arguments) -> None:
    kernel = arguments["kernel_size"]
    kernels = kernel if isinstance(kernel, list) else [kernel] * dims
    if c.chance(2):
        arguments["padding"] = c.each(kernels, lambda k: c.whole(0, k // 2 + c.slip()))


def max_pool(dims: int, c: Chooser, shape: Shape) -> Arguments:
    arguments = _window(dims, c, shape)
    _pad_window(dims, c, arguments)
    if c.chance(4):
        arguments["dilation"] = c.each((1,) * dims, lambda n: c.whole(0 if c.slip() else 1, 2))
    return arguments


def max_unpool(dims: int, c: Chooser, values: Shape, pooled: Shape) -> Arguments:
    """A window that pools the second shape to the first, mostly."""
    window: list[int] = []
    strides: list[int] = []
    for have, want in zip(sizes_of(pooled, dims), sizes_of(values, dims), strict=True):
        strides.append(max(1, have // want) + c.slip())
        window.append(max(1, have - (want - 1) * strides[-1] + c.slip()))
    arguments: Arguments = {"kernel_size": window, "stride": strides}
    if window == strides and c.chance(2):
        del arguments["stride"]
    return {**arguments, "padding": 1} if c.slip() else arguments


def avg_pool(dims: int, c: Chooser, shape: Shape) -> Arguments:
    arguments = _window(dims, c, shape)
    _pad_window(dims, c, arguments)
    arguments |= c.some(count_include_pad=[True, False])
    if dims > 1:
        arguments |= c.some(divisor_override=[1, 3, -2, None, 0 if c.slip() else 2])
    return arguments


def lp_pool(dims: int, c: Chooser, shape: Shape) -> Arguments:
    return {"norm_type": c.one_of([2, 1, 1.5, 3]), **_window(dims, c, shape)}


def adaptive_pool(dims: int, c: Chooser, shape: Shape) -> Arguments:
    if dims == 1:
        return {"output_size": c.whole(0 if c.slip() else 1, 4)}
    return {"output_size": c.each((1,) * dims, lambda n: c.whole(0 if c.slip() else 1, 4))
            if c.chance(2)
            else [None if c.chance(3) else c.whole(1, 4) for _ in range(dims)]}  # fmt: skip


def fractional_pool(dims: int, c: Chooser, shape: Shape) -> Arguments:
    sizes = sizes_of(shape, dims)
    spare = dims == 3  # PyTorch's 3-d one wants a position more
    kernel = c.whole(1, max(1, min(3, *sizes) - spare))
    if c.chance(3):
        return {"kernel_size": kernel, "output_ratio": c.one_of([0.5, 0.3, 0.7])}
    most = min(sizes) - kernel + 1 - spare
    return {"kernel_size": kernel, "output_size": c.whole(1, most + c.slip())}


# Norms -------------------------------------------------------------------------------------


def channel_norm(c: Chooser, shape: Shape) -> Arguments:
    return {
        **written(c, "num_features", shape[0]),
        **c.some(eps=[1e-5, 0.001], momentum=[0.1, None], affine=[True, False]),
        **c.some(track_running_stats=[True, False], bias=[True, False]),
    }


def group_norm(c: Chooser, shape: Shape) -> Arguments:
    groups = c.whole(1, shape[0] + 1) if c.slip() else c.one_of(divisors(shape[0]))
    more = c.some(affine=[True, False], bias=[True, False])
    return {"num_groups": groups, **written(c, "num_channels", shape[0]), **more}


def _last_dimensions(c: Chooser, shape: Shape) -> Arguments:
    arguments = c.some(elementwise_affine=[True, False])
    if len(shape) > 2 or c.chance(2):
        last = list(shape[-c.whole(1, len(shape)) :])
        if c.slip():
            last[0] += 1
        arguments["normalized_shape"] = last[0] if len(last) == 1 and c.chance(2) else last
    return arguments


def layer_norm(c: Chooser, shape: Shape) -> Arguments:
    return {**_last_dimensions(c, shape), **c.some(eps=[1e-6], bias=[True, False])}


def rms_norm(c: Chooser, shape: Shape) -> Arguments:
    return {**_last_dimensions(c, shape), **c.some(eps=[None, 1e-6])}


def local_response_norm(c: Chooser, shape: Shape) -> Arguments:
    return {"size": c.whole(1, 5), **c.some(alpha=[0.001], beta=[0.5], k=[2.0])}


# Activations and dropout -------------------------------------------------------------------


def optional(options: dict[str, list[Any]], c: Chooser, shape: Shape) -> Arguments:
    return c.some(**options)


def prelu(c: Chooser, shape: Shape) -> Arguments:
    count = shape[0] + 1 if c.slip() else c.one_of([1, shape[0]])
    return {**({} if c.chance(4) else {"num_parameters": count}), **c.some(init=[0.1])}


def threshold(c: Chooser, shape: Shape) -> Arguments:
    return {"threshold": c.one_of([0, 0.5]), "value": c.one_of([0, -1.5])}


def range_of(low: str, high: str, c: Chooser, shape: Shape) -> Arguments:
    return c.some(**{low: [-0.5, 0.1, 0.25], high: [0.75, 0.5, 0.25]})


def softmax(c: Chooser, shape: Shape) -> Arguments:
    return {"dim": None if c.chance(5) else c.dim(len(shape), low=0)} if c.chance(2) else {}


def glu(c: Chooser, shape: Shape) -> Arguments:
    even = [index for index, size in enumerate(shape, 1) if size % 2 == 0]
    if even and not c.slip():
        return {"dim": c.one_of(even) - (len(shape) + 1 if c.chance(2) else 0)}
    return {"dim": c.dim(len(shape))} if c.chance(2) else {}


def dropout(c: Chooser, shape: Shape) -> Arguments:
    return c.some(p=[0.2, 0, 1, 1.5 if c.slip() else 0.5], inplace=[False, True])


def stochastic_depth(c: Chooser, shape: Shape) -> Arguments:
    p = c.one_of([0.1, 0, 1, -0.5 if c.slip() else 0.5])
    return {"p": p, **c.some(mode=["row", "batch"])}


# Linear, merging, reducing ----------------------------------------------------------------


def _last_features(c: Chooser, name: str, shape: Shape) -> Arguments:
    """On a map, in_features must be written: see NOT_ASKED."""
    if len(shape) == 1:
        return written(c, name, shape[0])
    return {name: shape[-1] + c.slip()}


def linear(c: Chooser, shape: Shape) -> Arguments:
    features = _last_features(c, "in_features", shape)
    out_features = c.whole(0 if c.slip() else 1, 8)
    return {"out_features": out_features, **features, **c.some(bias=[True, False])}


def bilinear(c: Chooser, first: Shape, second: Shape) -> Arguments:
    return {
        "out_features": c.whole(1, 6),
        **_last_features(c, "in1_features", first),
        **_last_features(c, "in2_features", second),
        **c.some(bias=[True, False]),
    }


def concat(c: Chooser, first: Shape, *others: Shape) -> Arguments:
    dims = [
        dim
        for dim in range(1, len(first) + 1)
        if all(
            len(shape) == len(first)
            and shape[: dim - 1] == first[: dim - 1]
            and shape[dim:] == first[dim:]
            for shape in others
        )
    ]
    if not dims or c.slip():
        return {"dim": c.dim(len(first))}
    dim = c.one_of(dims)
    if dim == 1 and c.chance(2):
        return {}
    return {"dim": dim - len(first) - 1 if c.chance(3) else dim}


def _along(c: Chooser, shape: Shape) -> Arguments:
    rank = len(shape)
    if c.chance(3):
        return {"dim": [c.dim(rank) for _ in range(c.whole(0, 2))]}
    return {"dim": c.dim(rank)} if c.chance(3) else {}


def scale(c: Chooser, shape: Shape) -> Arguments:
    return {**_along(c, shape), **c.some(init_value=[1e-6], bias=[True, False])}


def bias(c: Chooser, shape: Shape) -> Arguments:
    return {**_along(c, shape), **c.some(init_value=[0.5])}


def standardize(c: Chooser, shape: Shape) -> Arguments:
    channels = shape[0] + c.slip()
    return {
        "mean": [c.one_of([0, 0.5, -2]) for _ in range(channels)],
        "std": [c.one_of([0.25, 1, 3]) for _ in range(channels - (channels > 1 and c.slip()))],
    }


def clamp(c: Chooser, shape: Shape) -> Arguments:
    bounds = c.some(min=[-0.5, 0], max=[0.25, 6])
    return bounds if bounds or c.slip() else {"min": 0}


def power(c: Chooser, shape: Shape) -> Arguments:
    return {"exponent": c.one_of([2, 3, 1, 0])}


def blur_pool(c: Chooser, shape: Shape) -> Arguments:
    sizes = [size + c.slip() for size in shape[1:]]
    kernel = c.each(sizes, lambda size: c.whole(1, min(size, 4)))
    return {"kernel_size": kernel, **c.some(stride=[1, 2, [2, 1]])}


def standardised_convolution(c: Chooser, shape: Shape, *, scaled: bool = False) -> Arguments:
    more = c.some(eps=[1e-5], **({"gamma": [1.5]} if scaled else {}))
    return {**convolution(2, c, shape), **more}


def attention(c: Chooser, *shapes: Shape) -> Arguments:
    width = shapes[0][-1]
    heads = c.whole(1, width + 1) if c.slip() else c.one_of(divisors(width))
    more = c.some(bias=[True, False], add_bias_kv=[True, False], add_zero_attn=[True, False])
    return {"num_heads": heads, **written(c, "embed_dim", width), **more}


def inception_aux(c: Chooser, shape: Shape) -> Arguments:
    return {"num_classes": c.whole(1, 4), **written(c, "in_channels", shape[0])}


# The layers of 1998 ------------------------------------------------------------------------


def connection_table(c: Chooser, shape: Shape) -> Arguments:
    channels = shape[0] + c.slip()
    table = []
    for _ in range(c.whole(1, 4)):
        first, count = c.whole(0, channels - 1), c.whole(1, channels)
        table.append([(first + step) % channels for step in range(count)])
    sizes = sizes_of(shape, 2)
    kernel = c.each(sizes, lambda n: c.whole(1, n + 1 if c.slip() else min(3, n)))
    more = c.some(stride=[1, 2], padding=[0, 1, [1, 0]], bias=[True, False], dilation=[1])
    return {"table": table, "kernel_size": kernel, **more}


def subsampling(c: Chooser, shape: Shape) -> Arguments:
    kernel = c.each(sizes_of(shape, 2), lambda n: c.whole(1, n + 1 if c.slip() else min(3, n)))
    return {"kernel_size": kernel, **c.some(stride=[None, 1, 2, [2, 1]])}


def rbf(c: Chooser, shape: Shape) -> Arguments:
    length = shape[0] + c.slip()
    count = c.whole(1, 3)
    return {"centers": [[c.one_of([1, -1]) for _ in range(length)] for _ in range(count)]}
