"""A layer worked out number by number, without rounding: its steps, and what they are made of.

The layer itself, of the library, says what is possible, which size comes out and where its
windows lie. Here are the numbers alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..layers.base import LayerError
from ..layers.shapes import format_shape
from .activations import ACTIVATIONS
from .exact import Grid, Maps, Number, is_exact, whole

if TYPE_CHECKING:
    from ..layers._window import Window
    from ..layers.base import Layer
    from ..layers.shapes import Shape

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


@dataclass(frozen=True, eq=False)
class Worked:
    """A layer that is worked out.

    Attributes:
        layer: its type and arguments, of the library.
        image: what it reads.
        boards: the image with its padding, as windows read it. None: nothing is there. A
            transposed convolution pads nothing.
        steps: how each number of the output comes about, map by map, row by row.
        kernels: for each map of the output, a kernel for each channel; () of a pool.
        bias: for each map of the output, what is added; () if nothing is.
        activation: the name of what is applied after it, or ''.
    """

    layer: Any
    image: Maps
    boards: Sequence[Sequence[Sequence[Number | None]]]
    steps: Sequence[Step]
    kernels: Sequence[Maps] = ()
    bias: Sequence[Number] = ()
    activation: str = ""

    @cached_property
    def maps(self) -> Maps:
        """The output."""
        maps, height, width = self.layer.output_shape((self.input_shape,))
        values = iter([step.value for step in self.steps])
        return [[[next(values) for _ in range(width)] for _ in range(height)] for _ in range(maps)]

    @cached_property
    def moves(self) -> Sequence[Move]:
        """The places of the window in their order."""
        if not self.transposed:
            return [Move(*step[:3]) for step in self.steps]
        _, height, width = self.input_shape
        moves = []
        for map in range(len(self.kernels)):
            moves += [Move(map, *place) for place in product(range(height), range(width))]
            moves += [Move(map, height - 1, width - 1, ends=True)] if self.activation else []
        return moves

    @cached_property
    def exact(self) -> bool:
        """Whether all that is read is written in full; else sums are told as rounded."""
        grids = [*self.image, *(grid for maps in self.kernels for grid in maps), [self.bias]]
        return all(is_exact(value) for grid in grids for row in grid for value in row)

    @property
    def before(self) -> tuple[int, int]:
        """The rows above and the columns left of the image that are padding."""
        down, right = (0, 0) if self.transposed else (w.before for w in self.layer.windows())
        return down, right

    @property
    def frame(self) -> tuple[int, int, int, int] | None:
        """Where the image lies inside its padding: first row and column, rows and columns.

        None: there is no padding.
        """
        _, height, width = self.input_shape
        padded = (len(self.boards[0]), len(self.boards[0][0])) != (height, width)
        return (*self.before, height, width) if padded else None

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
        return str(self.layer.formula((self.input_shape,), self.output_shape))

    @property
    def notes(self) -> list[str]:
        """What is easily missed: what is never read, what is left out."""
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


def source_of(index: int, size: int, mode: str) -> int | None:
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
                (index < last, source_of(index, size, mode))
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


# Steps ------------------------------------------------------------------------------


def exact_sum(values: Any) -> Number:
    """The sum of exact numbers."""
    total = sum(values)
    return total if isinstance(total, (int, float)) else whole(total)


def step_of(
    place: tuple[int, int, int],
    terms: tuple[tuple[Term, ...], ...],
    sums: tuple[Number, ...],
    bias: Number,
    activation: str,
) -> Step:
    """A step of a convolution, from what is read and the sums of its channels."""
    total = exact_sum((*sums, bias)) if len(sums) > 1 or bias else sums[0]
    value = ACTIVATIONS[activation](total) if activation else total
    return Step(*place, terms, sums, 1, total, value)
