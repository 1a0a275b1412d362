"""A window that slides over the input: what convolutions and pools share."""

from __future__ import annotations

from math import gcd
from typing import NamedTuple

from ..fixes import Fix, at_most, setting
from ..text.counts import listing_of
from ._spatial import SpatialLayer
from .base import LayerError, Step
from .shapes import (
    Shape,
    Shapes,
    format_shape,
    minus,
    per_dimension,
    spatial_letters,
    window_extent,
    window_positions,
)
from .working import SizeRule

_LARGEST_KERNEL_WALKED = 100_000


class Window(NamedTuple):
    """A window along one dimension.

    Attributes:
        kernel: its taps. dilation: positions from one tap to the next.
        stride: positions from one window to the next.
        before, after: the padding at either side.
        ceil_mode: the last window may hang over the end.
    """

    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceil_mode: bool = False

    @property
    def pads(self) -> str:
        """The padding as a formula adds it: '+2·1', or '+1+2' where the ends differ."""
        if self.before == self.after:
            return f"+2·{self.before}"
        return f"+{self.before}+{self.after}"

    @property
    def extent(self) -> int:
        """The positions from its first tap to its last, both counted: D(F−1)+1."""
        return window_extent(self.kernel, self.dilation)

    def taps(self, place: int) -> range:
        """What it reads at a place, counted from 0 from where the padding begins."""
        start = place * self.stride
        return range(start, start + self.extent, self.dilation)

    def padded(self, size: int) -> int:
        """The input's size with its padding."""
        return size + self.before + self.after

    def positions(self, size: int) -> int:
        """Places where it fits, floored; not positive when it is larger than the input.

        `ceil_mode` rounds up, but leaves out a window that would start beyond the input and
        the padding before it. Source: pooling_output_shape in ATen/native/Pool.h.
        """
        slack = self.stride - 1 if self.ceil_mode else 0
        padding = self.before + self.after + slack
        positions = window_positions(size, self.kernel, self.stride, padding, self.dilation)
        if self.ceil_mode and (positions - 1) * self.stride >= size + self.before:
            positions -= 1
        return positions

    def drops_last(self, size: int) -> bool:
        """Whether `ceil_mode` leaves out a last window that rounding up alone would add."""
        rounded_up = -(-(self.padded(size) - self.extent) // self.stride) + 1
        return self.ceil_mode and self.positions(size) < rounded_up

    def formula(self, size: int) -> str:
        """(W−F+2P)/S+1 with its numbers, e.g. '(32−5+2·0)/1+1 = 28'.

        A dilated window is shown in full, '(32+2·0−2·(5−1)−1)/1+1 = 24'; where the stride
        does not divide, the division is floored, '⌊(224−7+2·3)/2⌋+1 = 112', or with
        `ceil_mode` rounded up; '−1' at the end is a last window that is left out.
        """
        return f"{self.rule(size).with_numbers()} = {minus(self.positions(size))}"

    def rule(self, size: int) -> SizeRule:
        """The rule of `formula` in letters."""
        pads = "+2P" if self.before == self.after else "+P+P′"
        span = f"(W−F{pads})" if self.dilation == 1 else f"(W{pads}−D(F−1)−1)"
        quotient = f"{span}/S"
        if not self.divides(size):
            quotient = f"⌈{quotient}⌉" if self.ceil_mode else f"⌊{quotient}⌋"
        letters = {"W": size, "F": self.kernel, "P": self.before, "S": self.stride}
        if self.before != self.after:
            letters["P′"] = self.after
        if self.dilation != 1:
            letters["D"] = self.dilation
        return SizeRule(f"{quotient}+1{'−1' if self.drops_last(size) else ''}", letters)

    @property
    def reads_all_between(self) -> bool:
        """Whether positions that are not read can only lie at the end."""
        return self.dilation == 1 and self.stride <= self.kernel

    def left_over(self, size: int) -> int:
        """How many of `size` positions lie behind the end of the last window."""
        end = (self.positions(size) - 1) * self.stride + self.extent - self.before
        return min(size, max(0, size - end))

    def divides(self, size: int) -> bool:
        """Whether its stride divides what it has to go: the last window ends with the padding."""
        return (self.padded(size) - self.extent) % self.stride == 0

    def unread(self, size: int) -> int | None:
        """How many of `size` positions no window touches.

        They are at the end, where the stride does not divide, and between positions that are
        read, where windows are further apart than they are wide or have holes of their own.
        None: not known, where counting would take long (windows with gaps and more than a
        hundred thousand taps).
        """
        if self.reads_all_between:
            return self.left_over(size)
        if self.kernel > _LARGEST_KERNEL_WALKED:
            return None
        count = self.positions(size)
        # Tap j of window i reads i·S + j·D. Two pairs (i, j) read the same position exactly
        # when they differ by a multiple of (D/g, −S/g), g = gcd(S, D). Of all pairs that read
        # one position, count the one with the largest i: there, j < S/g or i ≥ O − D/g.
        shared = gcd(self.stride, self.dilation)
        read = 0
        for tap in range(self.kernel):
            newly_read = tap < self.stride // shared
            first = 0 if newly_read else max(0, count - self.dilation // shared)
            offset = self.before - tap * self.dilation
            lowest = max(first, -(-offset // self.stride))
            highest = min(count - 1, (size - 1 + offset) // self.stride)
            read += max(0, highest - lowest + 1)
        return size - read


def windows_of(
    kernel_size: Shape,
    *,
    stride: Shape | None = None,
    padding: Shape | None = None,
    dilation: Shape | None = None,
    ceil_mode: bool = False,
) -> tuple[Window, ...]:
    """The windows with one number a dimension; None: stride as wide as the kernel, no padding."""
    ones = (1,) * len(kernel_size)
    zeros = (0,) * len(kernel_size)
    return tuple(
        Window(taps, step, pad, pad, gap, ceil_mode)
        for taps, step, pad, gap in zip(
            kernel_size, stride or kernel_size, padding or zeros, dilation or ones, strict=True
        )
    )


class WindowLayer(SpatialLayer, abstract=True):
    """A layer whose output positions each read one window of the input."""

    def windows(self) -> tuple[Window, ...]:
        """The window along each spatial dimension."""
        raise NotImplementedError

    def places(self, size: Shape) -> Shape:
        """The places where the window fits, for each spatial dimension.

        Raises:
            LayerError: it fits nowhere.
        """
        windows = self.windows()
        output = tuple(window.positions(n) for window, n in zip(windows, size, strict=True))
        for dimension, positions in enumerate(output):
            if positions < 1:
                raise self._does_not_fit(size, dimension)
        return output

    def _does_not_fit(self, size: Shape, dimension: int) -> LayerError:
        windows = self.windows()
        window, n = windows[dimension], size[dimension]
        kernels = format_shape(each.kernel for each in windows)
        letter = spatial_letters(self.spatial_dims)[dimension]
        if window.dilation > 1:
            kernels += f" with dilation {window.dilation}"
            spans = f"{window.dilation}·({window.kernel}−1)+1 = {window.extent}"
        else:
            spans = str(window.kernel)
        padded = f"{n}{window.pads} = {window.padded(n)}"
        return LayerError(
            f"{self.type_name}'s window of {kernels} is larger than its padded input: "
            f"{letter} is {padded}, and the window needs {spans}",
            fixes=self._what_fits(size),
            field="kernel_size",
        )

    def _what_fits(self, size: Shape) -> list[Fix]:
        """A kernel, a dilation or a padding with which the window fits in every dimension."""
        pairs = list(zip(self.windows(), size, strict=True))
        kernels = [(window.padded(n) - 1) // window.dilation + 1 for window, n in pairs]
        gaps = [(window.padded(n) - 1) // max(1, window.kernel - 1) for window, n in pairs]
        paddings = [-(-(window.extent - n) // 2) for window, n in pairs]
        fits = [at_most("kernel_size", min(kernels))]
        if any(window.dilation > 1 for window, _ in pairs) and min(gaps) > 0:
            fits.append(at_most("dilation", min(gaps)))
        if "padding" in self.fields:
            fits.append(setting(padding=max(paddings)))
        return fits

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, size = self.channels_and_size(inputs)
        return (channels, *self.places(size))

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return tuple(Step(window.extent - 1, window.stride) for window in self.windows())

    def formula(self, inputs: Shapes, output: Shape) -> str:
        _, size = self.channels_and_size(inputs)
        return per_dimension(
            window.formula(n) for window, n in zip(self.windows(), size, strict=True)
        )

    def size_rules(self, inputs: Shapes) -> tuple[SizeRule, ...]:
        _, size = self.channels_and_size(inputs)
        return tuple(window.rule(n) for window, n in zip(self.windows(), size, strict=True))

    def unread(self, inputs: Shapes, output: Shape) -> tuple[int, ...]:
        _, size = self.channels_and_size(inputs)
        counts = [window.unread(n) for window, n in zip(self.windows(), size, strict=True)]
        known = tuple(count for count in counts if count is not None)
        return known if len(known) == len(counts) else ()

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        _, size = self.channels_and_size(inputs)
        windows = self.windows()
        notes = []
        unread = self.unread(inputs, output)
        if any(unread):
            at_end = all(window.reads_all_between for window in windows)
            notes.append(unread_note(unread, size, at_end=at_end))
        if any(window.drops_last(n) for window, n in zip(windows, size, strict=True)):
            notes.append("ceil_mode leaves out a last window that would start past the input")
        return notes


_ROWS: dict[int, tuple[str, ...]] = {
    1: ("position",),
    2: ("row", "column"),
    3: ("plane", "row", "column"),
}


def unread_note(unread: tuple[int, ...], size: Shape, *, at_end: bool) -> str:
    """'the last row and column of 28×28 are never read'; '2 of 7 rows are never read'."""
    found = [
        (count, n, name)
        for count, n, name in zip(unread, size, _ROWS[len(size)], strict=True)
        if count
    ]
    if not at_end:
        words = [f"{count} of {n} {_plural(name, n)}" for count, n, name in found]
    else:
        counts = [count for count, _, _ in found]
        names = [_plural(name, count) for count, _, name in found]
        if len(set(counts)) == 1:
            counts, names = counts[:1], [listing_of(names, "and")]
        words = [
            f"the last {name}" if count == 1 else f"the last {count} {name}"
            for count, name in zip(counts, names, strict=True)
        ]
        words[-1] += f" of {format_shape(size)}"
    verb = "is" if sum(unread) == 1 and at_end else "are"
    return f"{listing_of(words, 'and')} {verb} never read"


def _plural(name: str, count: int) -> str:
    return name if count == 1 else f"{name}s"
