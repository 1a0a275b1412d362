"""Every value of a lesson against PyTorch, over random settings."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnshape.layers.base import LayerError
from cnnshape.layers.convolution import Conv2d
from cnnshape.layers.pooling import AvgPool2d, LPPool2d, MaxPool2d
from cnnshape.layers.transposed_convolution import ConvTranspose2d
from cnnshape.worked.activations import ACTIVATIONS
from cnnshape.worked.convolutions import convolve, transpose
from cnnshape.worked.moves import map_after, marks
from cnnshape.worked.pools import pool
from cnnshape.worked.values import TooLarge, Worked, build

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3)).map(list)
paddings = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(list)
numbers = st.one_of(
    st.integers(-9, 9), st.builds(Fraction, st.integers(-99, 99), st.sampled_from([10, 4, 3]))
)


def maps(draw: Any, count: int, height: int, width: int, of: Any = numbers) -> Any:
    row = st.lists(of, min_size=width, max_size=width)
    grid = st.lists(row, min_size=height, max_size=height)
    return draw(st.lists(grid, min_size=count, max_size=count))


def tensor(values: Any) -> Tensor:
    def floats(value: Any) -> Any:
        return (
            [floats(each) for each in value] if isinstance(value, (list, tuple)) else float(value)
        )

    return torch.tensor(floats(values), dtype=torch.float64)


def built(kind: Any, arguments: dict[str, Any], image: Any) -> Any:
    try:
        return build(kind, arguments, image)[0]
    except LayerError:
        assume(False)


def assert_same(worked: Worked, expected: Tensor) -> None:
    torch.testing.assert_close(tensor(worked.maps), expected, equal_nan=True, rtol=1e-9, atol=1e-9)
    assert worked.output_shape == tuple(expected.shape)


@st.composite
def convolutions(draw: Any, *, transposed: bool = False) -> Any:
    channels, filters = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    kernel = draw(pairs)
    image = maps(draw, channels, draw(st.integers(1, 6)), draw(st.integers(1, 6)))
    kernels = [maps(draw, channels, *kernel) for _ in range(filters)]
    bias = draw(st.one_of(st.just([]), st.lists(numbers, min_size=filters, max_size=filters)))
    arguments = {
        "out_channels": filters,
        "kernel_size": kernel,
        "stride": draw(pairs),
        "dilation": draw(pairs),
        "bias": bool(bias),
        "padding": draw(paddings),
    }
    if transposed:
        arguments["output_padding"] = draw(paddings)
        return image, kernels, bias, arguments, draw(st.sampled_from(["", "ReLU"]))
    arguments["padding"] = draw(st.one_of(paddings, st.sampled_from(["same", "valid"])))
    arguments["padding_mode"] = draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"]))
    return image, kernels, bias, arguments, draw(st.sampled_from(["", *ACTIVATIONS]))


def run(layer: Any, image: Any, kernels: Any, bias: Any, activation: str) -> Tensor:
    """What PyTorch makes of the same numbers."""
    module = layer.module().double()
    weight = tensor(kernels)
    with torch.no_grad():
        module.weight.copy_(weight if isinstance(layer, Conv2d) else weight.transpose(0, 1))
        if bias:
            module.bias.copy_(tensor(bias))
        result = module(tensor(image)[None])[0]
        return getattr(nn, activation)()(result) if activation else result


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Using padding='same'")
@given(convolutions())
def test_a_convolution_is_pytorchs(drawn: Any) -> None:
    image, kernels, bias, arguments, activation = drawn
    layer = built(Conv2d, arguments, image)
    worked = convolve(layer, image, kernels, bias, activation)
    assert_same(worked, run(layer, image, kernels, bias, activation))
    for step in worked.steps:
        products = [sum(value * weight for value, weight in terms) for terms in step.terms]
        assert list(step.sums) == products
        assert step.total == sum(products) + (bias[step.map] if bias else 0)
        assert all(len(terms) == len(kernels[0][0]) * len(kernels[0][0][0]) for terms in step.terms)


@pytest.mark.slow
@given(convolutions(transposed=True))
def test_a_transposed_convolution_is_pytorchs(drawn: Any) -> None:
    image, kernels, bias, arguments, activation = drawn
    layer = built(ConvTranspose2d, arguments, image)
    worked = transpose(layer, image, kernels, bias, activation)
    assert_same(worked, run(layer, image, kernels, bias, activation))
    # The stamps, one after the other, end with the map.
    ends = [n for n, move in enumerate(worked.moves) if n + 1 == len(worked.moves)
            or worked.moves[n + 1].map != move.map]  # fmt: skip
    assert [map_after(worked, number) for number in ends] == [*map(list, worked.maps)]


@st.composite
def pools(draw: Any) -> Any:
    kind = draw(st.sampled_from([MaxPool2d, AvgPool2d, LPPool2d]))
    image = maps(draw, draw(st.integers(1, 2)), draw(st.integers(1, 7)), draw(st.integers(1, 7)))
    arguments: dict[str, Any] = {"kernel_size": draw(pairs), "ceil_mode": draw(st.booleans())}
    arguments["stride"] = draw(st.one_of(st.none(), pairs))
    if kind is LPPool2d:
        arguments["norm_type"] = draw(st.sampled_from([1, 2, 3, 4, 1.5, 0.5, float("inf")]))
    else:
        arguments["padding"] = draw(st.integers(0, 1))
    if kind is MaxPool2d:
        arguments["dilation"] = draw(pairs)
    if kind is AvgPool2d:
        arguments["count_include_pad"] = draw(st.booleans())
        arguments["divisor_override"] = draw(st.sampled_from([None, None, 3, -2]))
    return kind, image, arguments


@pytest.mark.slow
@given(pools())
def test_a_pool_is_pytorchs(drawn: Any) -> None:
    kind, image, arguments = drawn
    layer = built(kind, arguments, image)
    assert_same(pool(layer, image), layer.module()(tensor(image)[None])[0])


def test_sums_are_exact() -> None:
    image = [[[Fraction(1, 10), Fraction(2, 10)]]]
    layer, _ = build(Conv2d, {"out_channels": 1, "kernel_size": [1, 2]}, image)
    assert convolve(layer, image, [[[[1, 1]]]]).maps == [[[Fraction(3, 10)]]]
    assert type(convolve(layer, [[[Fraction(1, 2)] * 2]], [[[[1, 1]]]]).maps[0][0][0]) is int


def test_marks_are_what_is_read_and_written() -> None:
    image = [[[*range(5)] for _ in range(5)]]
    layer, _ = build(Conv2d, {"out_channels": 1, "kernel_size": 2, "dilation": 3}, image)
    worked = convolve(layer, image, [[[[1, 2], [3, 4]]]])
    assert marks(worked, worked.moves[3]) == ({(1, 1), (1, 4), (4, 1), (4, 4)}, {(1, 1)})
    stamps, _ = build(ConvTranspose2d, {"out_channels": 1, "kernel_size": 3, "padding": 2}, image)
    worked = transpose(stamps, image, [[[[1] * 3] * 3]])
    assert marks(worked, worked.moves[0]) == ({(0, 0)}, {(0, 0)})
    assert map_after(worked, 0)[0] == [0, 0, 0]


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (Conv2d, {"out_channels": 1, "kernel_size": 1, "padding": 10**6, "stride": 10**6}),
        (Conv2d, {"out_channels": 10**9, "kernel_size": 1}),
        (ConvTranspose2d, {"out_channels": 1, "kernel_size": 1, "stride": 10**9}),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_made(kind: Any, arguments: Any) -> None:
    with pytest.raises(TooLarge, match="a lesson has room for 1,000,000"):
        build(kind, arguments, [[[1, 2], [3, 4]]])
