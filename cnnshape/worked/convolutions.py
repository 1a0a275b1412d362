"""Convolutions worked out number by number, without rounding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from operator import mul
from typing import TYPE_CHECKING

from .exact import Grid, Maps, Number, common_denominator, ratio
from .values import Term, Worked, exact_sum, padded, shape_of, step_of

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
    """A convolution of an image, by kernels as `Worked` has them."""
    down, right = layer.windows()
    boards = [padded(grid, (down, right), layer.padding_mode, 0) for grid in image]
    weights = [[_flat(grid) for grid in kernel] for kernel in kernels]
    # Sums of whole numbers are ten times faster than those of fractions.
    boards_by, weights_by = common_denominator(boards), common_denominator(weights)
    whole_boards = [_whole(board, boards_by) for board in boards]
    whole_weights = [_whole(own, weights_by) for own in weights]
    steps = []
    maps, height, width = layer.output_shape((shape_of(image),))
    for place in product(range(maps), range(height), range(width)):
        number, row, column = place
        at = [*product(down.taps(row), right.taps(column))]
        terms, sums = [], []
        for board, whole_board, flat, whole_flat in zip(
            boards, whole_boards, weights[number], whole_weights[number], strict=True
        ):
            terms.append(tuple(zip([board[r][c] for r, c in at], flat, strict=True)))
            total = sum(map(mul, [whole_board[r][c] for r, c in at], whole_flat))
            sums.append(ratio(total, boards_by * weights_by))
        added = bias[number] if bias else 0
        steps.append(step_of(place, tuple(terms), tuple(sums), added, activation))
    return Worked(layer, image, boards, steps, kernels, bias, activation)


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
        terms: dict[tuple[int, int], list[list[Term]]] = defaultdict(lambda: [[] for _ in image])
        for channel, grid in enumerate(image):
            for row, values in enumerate(grid):
                for column, value in enumerate(values):
                    for at, weight in stamped(layer, row, column, kernel[channel]):
                        terms[at][channel].append((value, weight))
        added = bias[number] if bias else 0
        for row, column in product(range(height), range(width)):
            read = tuple(map(tuple, terms[row, column]))
            sums = tuple(exact_sum(value * weight for value, weight in each) for each in read)
            steps.append(step_of((number, row, column), read, sums, added, activation))
    return Worked(layer, image, image, steps, kernels, bias, activation)


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


def _whole(grid: Grid, factor: int) -> list[list[int]]:
    return [[int(value * factor) for value in row] for row in grid]
