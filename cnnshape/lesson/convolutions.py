"""Convolutions worked out number by number, without rounding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import mul
from typing import TYPE_CHECKING, Any

from .exact import Grid, Maps, Number, common_denominator, ratio
from .values import Term, Worked, exact_sum, padded, shape_of, step_of, worked

if TYPE_CHECKING:
    from ..layers.convolution import Conv2d
    from ..layers.transposed_convolution import ConvTranspose2d


def convolve(
    layer: Conv2d,
    image: Maps,
    kernels: Sequence[Maps],
    bias: Sequence[Number] = (),
    activation: str = "",
) -> Worked:
    """A convolution of an image, by kernels as :class:`Worked` has them."""
    windows = layer.windows()
    boards = [padded(grid, windows, layer.padding_mode, 0) for grid in image]
    down, right = windows
    _, height, width = layer.output_shape((shape_of(image),))
    scale, (scaled_boards, scaled_kernels) = _scaled(boards, kernels)
    steps = []
    for number, kernel in enumerate(kernels):
        weights = [_flat(grid) for grid in kernel]
        scaled_weights = [_flat(grid) for grid in scaled_kernels[number]]
        for row in range(height):
            rows = [row * down.stride + tap * down.dilation for tap in range(down.kernel)]
            for column in range(width):
                start = column * right.stride
                across = slice(start, start + right.extent, right.dilation)
                terms, sums = [], []
                for channel, board in enumerate(boards):
                    read = [value for each in rows for value in board[each][across]]
                    terms.append(tuple(zip(read, weights[channel], strict=True)))
                    if scale != 1:
                        exact = scaled_boards[channel]
                        read = [value for each in rows for value in exact[each][across]]
                    total = sum(map(mul, read, scaled_weights[channel]))
                    sums.append(total if scale == 1 else ratio(total, scale))
                added = bias[number] if bias else 0
                place = (number, row, column)
                steps.append(step_of(place, tuple(terms), tuple(sums), added, activation))
    before = (down.before, right.before)
    return worked(layer, image, tuple(kernels), tuple(bias), activation, boards, before, steps)


def transpose(
    layer: ConvTranspose2d,
    image: Maps,
    kernels: Sequence[Maps],
    bias: Sequence[Number] = (),
    activation: str = "",
) -> Worked:
    """A transposed convolution: each number of the image stamps its kernel on the output."""
    _, height, width = layer.output_shape((shape_of(image),))
    steps = []
    for number, kernel in enumerate(kernels):
        terms: list[list[list[list[Term]]]] = [
            [[[] for _ in image] for _ in range(width)] for _ in range(height)
        ]
        for channel, grid in enumerate(image):
            for row, values in enumerate(grid):
                for column, value in enumerate(values):
                    for at, weight in stamped(layer, row, column, kernel[channel]):
                        if 0 <= at[0] < height and 0 <= at[1] < width:
                            terms[at[0]][at[1]][channel].append((value, weight))
        added = bias[number] if bias else 0
        for row in range(height):
            for column in range(width):
                read = tuple(map(tuple, terms[row][column]))
                sums = tuple(exact_sum(value * weight for value, weight in each) for each in read)
                steps.append(step_of((number, row, column), read, sums, added, activation))
    return worked(layer, image, tuple(kernels), tuple(bias), activation, image, (0, 0), steps)


def stamped(
    layer: ConvTranspose2d, row: int, column: int, kernel: Grid
) -> Iterator[tuple[tuple[int, int], Number]]:
    """Where on the output a number of the image stamps each weight, also where that is cut off."""
    (down, right), (gap, gap_right) = layer.stride, layer.dilation
    top, left = row * down - layer.padding[0], column * right - layer.padding[1]
    for tap, weights in enumerate(kernel):
        for tap_right, weight in enumerate(weights):
            yield (top + tap * gap, left + tap_right * gap_right), weight


def _flat(grid: Grid) -> list[Number]:
    return [value for row in grid for value in row]


def _scaled(boards: Any, kernels: Sequence[Maps]) -> tuple[int, Any]:
    """Both multiplied until they are whole, and by what their products are then too large.

    Sums of whole numbers are ten times faster than those of fractions.
    """
    image = common_denominator(boards)
    weight = common_denominator(grid for kernel in kernels for grid in kernel)

    def times(grid: Grid, factor: int) -> Any:
        return [[int(value * factor) for value in row] for row in grid]

    return image * weight, (
        [times(grid, image) for grid in boards],
        [[times(grid, weight) for grid in kernel] for kernel in kernels],
    )
