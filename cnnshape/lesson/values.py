"""Convolutions and pools worked out number by number, without rounding.

The layer itself, of the library, says what is possible, which size comes out and where its
windows lie. Here are the numbers alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from operator import mul
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..layers.base import LayerError
from ..layers.shapes import format_shape
from .activations import ACTIVATIONS
from .exact import Grid, Maps, Number, common_denominator, ratio, whole

if TYPE_CHECKING:
    from ..layers._window import Window
    from ..layers.base import Layer
    from ..layers.convolution import Conv2d
    from ..layers.shapes import Shape
    from ..layers.transposed_convolution import ConvTranspose2d

MOST_PRODUCTS, MOST_STEPS = 1_000_000, 100_000
"""Numbers that are read in one lesson, and that come out: more take too long, and nobody would
follow them."""


class TooLarge(ValueError):
    """More numbers than a lesson has room for. The text says how many."""


Term: TypeAlias = tuple[Number, Number]
"""A number that is read, and the weight that it is multiplied with; that of a pool is 1."""


class Step(NamedTuple):
    """How one number of the output comes about.

    Attributes:
        map, row, column: its place, each from 0.
        terms: for each channel that is read, what is read of it, in the window's order.
        sums: for each channel, the sum of its products; of a pool, of what it adds up.
        divisor: what the sum is divided by.
        total: the result before the activation.
        value: the result.
    """

    map: int
    row: int
    column: int
    terms: tuple[tuple[Term, ...], ...]
    sums: tuple[Number, ...]
    divisor: Number
    total: Number
    value: Number


class Move(NamedTuple):
    """One place of the window, as the lesson walks over them.

    Attributes:
        map: of the output.
        row, column: of the output; of a transposed convolution, of the image.
        ends: whether it is the last for this map, where only the activation is left to do.
    """

    map: int
    row: int
    column: int
    ends: bool = False


class Worked(NamedTuple):
    """A layer that is worked out.

    Attributes:
        layer: its type and arguments, of the library.
        image: what it reads.
        kernels: for each map of the output, a kernel for each channel; () of a pool.
        bias: for each map of the output, what is added; () if nothing is.
        activation: the name of what is applied after it, or ''.
        boards: the image with its padding, as windows read it. None: nothing is there. A
            transposed convolution pads nothing.
        before: the rows above and the columns left of the image that are padding.
        steps: how each number of the output comes about, map by map, row by row.
        maps: the output.
        moves: the places of the window in their order.
    """

    layer: Any
    image: Maps
    kernels: tuple[Maps, ...]
    bias: tuple[Number, ...]
    activation: str
    boards: Sequence[Sequence[Sequence[Number | None]]]
    before: tuple[int, int]
    steps: tuple[Step, ...]
    maps: Maps
    moves: tuple[Move, ...]

    @property
    def transposed(self) -> bool:
        """Whether the windows lie on the output: every input stamps its kernel on it."""
        return bool(self.layer.type_name == "ConvTranspose2d")

    @property
    def input_shape(self) -> Shape:
        """C×H×W of what is read."""
        return shape_of(self.image)

    @property
    def output_shape(self) -> Shape:
        """C×H×W of what comes out."""
        return shape_of(self.maps)

    @property
    def formula(self) -> str:
        """The size rule with its numbers."""
        text: str = self.layer.formula((self.input_shape,), self.output_shape)
        return text

    @property
    def notes(self) -> list[str]:
        """What a careful reader is told: what is never read, what is left out."""
        notes: list[str] = self.layer.notes((self.input_shape,), self.output_shape)
        return notes

    @property
    def window(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The window's rows and columns, and its dilation."""
        layer = self.layer
        return layer.kernel_size, layer.arguments.get("dilation", (1, 1))

    @property
    def stride(self) -> tuple[int, int]:
        """How far the window moves down and to the right."""
        stride: tuple[int, int] = self.layer.stride or self.layer.kernel_size
        return stride


def shape_of(maps: Maps) -> Shape:
    """C×H×W of grids that are all of one size."""
    return (len(maps), len(maps[0]), len(maps[0][0]))


def build(kind: type[Layer], arguments: dict[str, Any], image: Maps) -> tuple[Any, Shape]:
    """The layer for an image, and the shape that it gives.

    Raises:
        LayerError: it cannot be, or the image is too small for it.
        TooLarge: it reads more than MOST_PRODUCTS numbers.
    """
    faults: list[LayerError] = []
    read = kind.read(arguments, faults)
    if read is None:
        raise faults[0]
    shapes = (shape_of(image),)
    layer: Any = read.bind(shapes)
    output = layer.output_shape(shapes)
    channels = len(image) if "out_channels" in layer.fields else 1
    places = shapes[0] if kind.__name__ == "ConvTranspose2d" else output
    numbers = prod(layer.kernel_size) * prod(places[1:]) * channels * output[0]
    board = prod(size + 2 * max(layer.padding) for size in shapes[0][1:]) if (
        isinstance(layer.arguments.get("padding"), tuple)) else 0  # fmt: skip
    if max(numbers, board) > MOST_PRODUCTS or prod(output) > MOST_STEPS:
        raise TooLarge(
            f"{kind.__name__} of {format_shape(shapes[0])} to {format_shape(output)} reads "
            f"{numbers:,} numbers, padding among them, in {prod(output):,} steps: a lesson has "
            f"room for {MOST_PRODUCTS:,} in {MOST_STEPS:,}; take a smaller image, fewer filters "
            "or less padding"
        )
    return layer, output


# What windows read --------------------------------------------------------------------


def _source(index: int, size: int, mode: str) -> int | None:
    """Which of `size` positions padding at `index` holds; None: none of them."""
    if 0 <= index < size:
        return index
    if mode == "reflect":
        return -index if index < 0 else 2 * size - 2 - index
    if mode == "replicate":
        return max(0, min(index, size - 1))
    return index % size if mode == "circular" else None


def padded(grid: Grid, windows: Sequence[Window], mode: str, fill: Number | None) -> Any:
    """A grid with its padding, as far as the last window reaches. None: nothing is there."""
    indices = []
    for window, size in zip(windows, (len(grid), len(grid[0])), strict=True):
        reach = (window.positions(size) - 1) * window.stride + window.extent - window.before
        last = size + window.after
        indices.append(
            [
                (index < last, _source(index, size, mode))
                for index in range(-window.before, max(last, reach))
            ]
        )
    rows, columns = indices
    return [
        [
            grid[row][column]
            if row is not None and column is not None
            else (fill if within_rows and within_columns else None)
            for within_columns, column in columns
        ]
        for within_rows, row in rows
    ]


# Convolutions -------------------------------------------------------------------------


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
                steps.append(_step(place, tuple(terms), tuple(sums), added, activation))
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
                steps.append(_step((number, row, column), read, sums, added, activation))
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


def exact_sum(values: Any) -> Number:
    """The sum of exact numbers."""
    total = sum(values)
    return total if isinstance(total, (int, float)) else whole(total)


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


def _step(
    place: tuple[int, int, int],
    terms: tuple[tuple[Term, ...], ...],
    sums: tuple[Number, ...],
    bias: Number,
    activation: str,
) -> Step:
    total = exact_sum((*sums, bias)) if len(sums) > 1 or bias else sums[0]
    value = ACTIVATIONS[activation](total) if activation else total
    return Step(*place, terms, sums, 1, total, value)


def worked(
    layer: Any,
    image: Maps,
    kernels: tuple[Maps, ...],
    bias: tuple[Number, ...],
    activation: str,
    boards: Any,
    before: tuple[int, int],
    steps: Sequence[Step],
) -> Worked:
    """The whole of it, once the steps are known."""
    shape = layer.output_shape((shape_of(image),))
    values = iter([step.value for step in steps])
    maps = [
        [[next(values) for _ in range(shape[2])] for _ in range(shape[1])] for _ in range(shape[0])
    ]
    moves = [Move(*step[:3]) for step in steps]
    if layer.type_name == "ConvTranspose2d":
        _, height, width = shape_of(image)
        places = [(row, column) for row in range(height) for column in range(width)]
        moves = []
        for number in range(shape[0]):
            moves += [Move(number, *place) for place in places]
            moves += [Move(number, height - 1, width - 1, ends=True)] if activation else []
    return Worked(
        layer, image, kernels, bias, activation, boards, before, tuple(steps), maps, tuple(moves)
    )


def marks(worked: Worked, move: Move) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """The places of a board that a move reads, and those of the map that it writes."""
    (height, width), (gap, gap_right) = worked.window
    if move.ends:
        return set(), set()
    if not worked.transposed:
        top, left = move.row * worked.stride[0], move.column * worked.stride[1]
        read = {(top + a * gap, left + b * gap_right) for a in range(height) for b in range(width)}
        return read, {(move.row, move.column)}
    kernel = worked.kernels[move.map][0]
    places = {at for at, _ in stamped(worked.layer, move.row, move.column, kernel)}
    _, rows, columns = worked.output_shape
    inside = {at for at in places if 0 <= at[0] < rows and 0 <= at[1] < columns}
    return {(move.row, move.column)}, inside


def growth(worked: Worked) -> Iterator[dict[tuple[int, int], Number]]:
    """For each move, what its map holds where the move has written, by row and column."""
    so_far: dict[tuple[int, int], Number] = {}
    of_map = -1
    _, height, width = worked.output_shape
    places = [(row, column) for row in range(height) for column in range(width)]
    for move in worked.moves:
        grid = worked.maps[move.map]
        if not worked.transposed:
            yield {(move.row, move.column): grid[move.row][move.column]}
            continue
        if move.ends:
            yield {(row, column): grid[row][column] for row, column in places}
            continue
        changed = set()
        if move.map != of_map:
            of_map = move.map
            so_far = dict.fromkeys(places, worked.bias[of_map] if worked.bias else 0)
            changed = set(places)
        for values, kernel in zip(worked.image, worked.kernels[of_map], strict=True):
            value = values[move.row][move.column]
            for at, weight in stamped(worked.layer, move.row, move.column, kernel):
                if at in so_far:
                    so_far[at] += value * weight
                    changed.add(at)
        yield {at: so_far[at] for at in changed}


def map_after(worked: Worked, number: int) -> list[list[Number | None]]:
    """The output map of a move, as far as it is known after it. None: not yet."""
    last = worked.moves[number]
    known: dict[tuple[int, int], Number] = {}
    for move, written in zip(worked.moves[: number + 1], growth(worked), strict=False):
        if move.map == last.map:
            known.update(written)
    _, height, width = worked.output_shape
    return [[known.get((row, column)) for column in range(width)] for row in range(height)]
