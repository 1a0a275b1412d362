"""What is missing to come from one size to another: by trying the engine's own rules."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from ..errors import SpecError
from ..layers import Layer, LayerError
from ..layers._window import Window
from ..layers.base import register
from ..layers.shapes import Shape, transposed_positions, window_extent
from .calculating import Part, build, rows

WINDOW, STRIDE, PADDING, DILATION = 32, 32, 16, 4
"""The largest of each that is tried. A padding is at most half the window, too."""
INPUT = 1 << 20
"""The largest input size that is tried."""
MOST_LISTED = 64
"""The input sizes of a range of which each is looked at."""

SETTINGS = ("kernel_size", "stride", "padding", "dilation", "output_padding")
"""What can be solved for."""

BOUNDS = (
    f"windows up to {WINDOW} and one as wide as the map, strides up to {STRIDE}, paddings up to "
    f"{PADDING} and half the window, dilations up to {DILATION}; where the window has one place, "
    "the smallest stride alone"
)
"""The bounds, in words."""
SIMPLEST = (
    "simplest first: those that read every pixel, then those of the least dilation, then those "
    "of the smallest sum of window, stride and paddings"
)
"""The order, in words."""


class Fit(NamedTuple):
    """Settings of a layer that give the size that was asked for.

    Attributes:
        found: the settings that were missing, by their names.
        formula: the rule with its numbers.
        unread: for each dimension, the positions that are never read; () where no window slides.
    """

    found: Mapping[str, int]
    formula: str
    unread: Shape


def settings_that_fit(
    sizes: Shape, want: Shape, base: str, given: Mapping[str, Shape], *, ceil: bool = False
) -> list[Fit]:
    """All settings, within `BOUNDS`, with which a layer gives `want`, the simplest first.

    What is missing is one number for all dimensions.

    Args:
        sizes: of the map, one number a dimension.
        want: those that are to come out.
        base: the layer's type without its rank: Conv, MaxPool or ConvTranspose.
        given: the settings that are not to be solved for, each a number or one a dimension.
        ceil: whether a pool rounds up.
    """
    rank = len(sizes)
    kind = register()[f"{base}{rank}d"]
    missing = [name for name in SETTINGS if name in kind.fields and name not in given]
    fixed = {name: value * rank if len(value) == 1 else value for name, value in given.items()}
    largest = max(range(rank), key=lambda dimension: (want[dimension], sizes[dimension]))
    known = {name: value[largest] for name, value in fixed.items()}
    one_place = max(sizes if base == "ConvTranspose" else want) == 1 and "stride" not in given
    told: set[tuple[int, ...]] = set()
    always: dict[str, Any] = {"ceil_mode": True} if ceil else {}
    always |= {"out_channels": 1} if "out_channels" in kind.fields else {}
    fits = []
    for setting in _along_one(sizes[largest], want[largest], base, known, ceil):
        others = tuple(setting[name] for name in SETTINGS if name != "stride")
        if one_place and others in told:
            continue
        told.add(others)
        found = {name: setting[name] for name in missing}
        fit = _fitting(kind, sizes, want, found, {**always, **fixed, **found})
        if fit is not None:
            fits.append((_order(fit, setting), fit))
    return [fit for _, fit in sorted(fits, key=lambda pair: pair[0])]


def _order(fit: Fit, setting: Mapping[str, int]) -> tuple[Any, ...]:
    """What `SIMPLEST` says; then what keeps the order the same each time."""
    dilation = setting["dilation"]
    others = [setting[name] for name in SETTINGS[::-1] if name != "dilation"]
    return (any(fit.unread), dilation, sum(others), others)


def _fitting(
    kind: type[Layer], sizes: Shape, want: Shape, found: Mapping[str, int], arguments: Any
) -> Fit | None:
    """The fit, if the real layer says so in every dimension."""
    inputs = ((1, *sizes),)
    try:
        layer = kind(**arguments).bind(inputs)
        output = layer.output_shape(inputs)
    except LayerError:
        return None
    if output[1:] != want:
        return None
    return Fit(found, layer.formula(inputs, output), layer.unread(inputs, output))


def _along_one(
    size: int, want: int, base: str, given: Mapping[str, int], ceil: bool
) -> Iterator[dict[str, int]]:
    """The settings within the bounds that fit in one dimension."""
    transposed = base == "ConvTranspose"
    widest = want if transposed else size
    kernels = [*range(1, WINDOW + 1), *([widest] if widest > WINDOW else [])]
    for kernel, dilation in product(
        _tried("kernel_size", kernels, given), _tried("dilation", range(1, DILATION + 1), given)
    ):
        if kernel == 1 and dilation > 1 and "dilation" not in given:
            continue  # as without
        extent = kernel if base == "MaxPool" else window_extent(kernel, dilation)
        paddings = range(min(PADDING, extent // 2) + 1)
        for padding in _tried("padding", paddings, given):
            setting = {"kernel_size": kernel, "padding": padding, "dilation": dilation}
            if transposed:
                yield from _transposed(size, want, given, setting)
                continue
            for stride in _tried("stride", range(1, STRIDE + 1), given):
                window = Window(kernel, stride, padding, padding, dilation, ceil)
                if window.positions(size) == want:
                    yield {**setting, "stride": stride, "output_padding": 0}


def _tried(name: str, values: Sequence[int], given: Mapping[str, int]) -> Sequence[int]:
    return [given[name]] if name in given else values


def _transposed(
    size: int, want: int, given: Mapping[str, int], setting: dict[str, int]
) -> Iterator[dict[str, int]]:
    """The strides and output paddings with which a transposed window writes so much."""
    kernel, padding, dilation = setting["kernel_size"], setting["padding"], setting["dilation"]
    for stride in _tried("stride", range(1, STRIDE + 1), given):
        written = transposed_positions(size, kernel, stride, 2 * padding, dilation)
        if written > want:
            return  # a wider stride writes more still
        added = want - written  # each position that is added is one more
        most = max(stride, dilation) - 1
        if added == given.get("output_padding", added) and added <= most:
            yield {**setting, "stride": stride, "output_padding": added}


# The input of a chain -----------------------------------------------------------------


class Inputs(NamedTuple):
    """The input sizes that fit along one dimension: all from the first to the last, if any.

    Attributes:
        fitting: they; empty where none gives the size.
        whole: those of which no layer leaves a pixel unread, of the first `MOST_LISTED`.
        near: where none fits, the sizes that come nearest, each with what it gives.
    """

    fitting: range
    whole: tuple[int, ...] = ()
    near: tuple[tuple[int, int], ...] = ()


def inputs_that_fit(parts: Sequence[Part], want: Shape) -> list[Inputs]:
    """For each dimension, the input sizes up to `INPUT` from which a chain gives `want`.

    The sizes that come out never fall as the input grows, so that they are a range.
    """
    asked = [
        (tuple(part.along(dimension) for part in parts), size)
        for dimension, size in enumerate(want)
    ]
    found: list[Inputs] = []
    for place, question in enumerate(asked):
        first = asked.index(question)
        found.append(found[first] if first < place else _inputs(*question, len(want)))
    return found


def _inputs(parts: Sequence[Part], want: int, rank: int) -> Inputs:
    def output(size: int) -> int | None:
        try:
            return build((size,) * rank, parts).layers[-1].output_shape[1]
        except SpecError:
            return None

    sizes = range(1, INPUT + 1)
    # What is too small for a layer gives nothing; what is too large to compute with, too much.
    first = bisect_left(sizes, want, key=lambda size: output(size) or 0)
    most = bisect_right(sizes, want, first, key=lambda size: output(size) or want + 1)
    if first == most:
        near = [(size, output(size) or 0) for size in (first, first + 1) if 0 < size <= INPUT]
        return Inputs(range(0), near=tuple(pair for pair in near if pair[1]))
    fitting = sizes[first:most]
    listed = fitting[:MOST_LISTED]
    return Inputs(fitting, tuple(size for size in listed if _reads_all(parts, size, rank)))


def _reads_all(parts: Sequence[Part], size: int, rank: int) -> bool:
    found = rows(build((size,) * rank, parts), parts)
    return not any(row.unread is None or any(row.unread) for row in found)
