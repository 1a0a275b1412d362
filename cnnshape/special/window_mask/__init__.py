"""What keeps apart, in windows of a shifted map, positions that are no neighbours."""

from __future__ import annotations

from ...layers._python import Python
from ...layers.base import Example, Layer, LayerError
from ...layers.fields import FINITE, Integer, ListOf, defaulted, required
from ...layers.shapes import Shape, Shapes, format_shape


class ShiftedWindowMask(Layer):
    """Adds a large negative number to attention's scores between positions that a shift joined.

    A map is rolled up and to the left, and cut into windows; those at its lower and right edges
    then hold positions of opposite edges. It reads windows × heads × positions × positions, the
    windows row by row.

    Args:
        size: height and width of the map.
        window_size: height and width of a window.
        shift_size: by how much the map was rolled, up and to the left.
        value: what is added.

    Source: Liu et al., 2021, arXiv:2103.14030 (Swin), section 3.2.
    """

    kind = "attention"
    python = Python(
        make="ShiftedWindowMask", file="special.window_mask.module", needs=("regions",)
    )
    size = required(ListOf(Integer(min=1), min_length=2, max_length=2))
    window_size = required(ListOf(Integer(min=1), min_length=2, max_length=2))
    shift_size = required(ListOf(Integer(min=0), min_length=2, max_length=2))
    value = defaulted(FINITE, -100.0)
    examples = (
        Example(
            {"size": [14, 14], "window_size": [7, 7], "shift_size": [3, 3]},
            (4, 3, 49, 49),
            (4, 3, 49, 49),
        ),
        Example(
            {"size": [4, 6], "window_size": [2, 3], "shift_size": [1, 0], "value": -10},
            (4, 2, 6, 6),
            (4, 2, 6, 6),
        ),
    )

    def check(self) -> None:
        for size, window, shift in zip(
            self.size, self.window_size, self.shift_size, strict=True
        ):
            if size % window:
                raise LayerError(
                    f"windows of {window} do not divide a size of {size}",
                    field="window_size",
                )
            if shift >= window:
                raise LayerError(
                    f"a shift of {shift} is not less than a window of {window}",
                    field="shift_size",
                )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        (height, width), (rows, columns) = self.size, self.window_size
        windows, positions = height // rows * (width // columns), rows * columns
        if len(shape) != 4 or (shape[0], *shape[2:]) != (windows, positions, positions):
            raise LayerError(
                f"ShiftedWindowMask of {height}×{width} in windows of {rows}×{columns} reads "
                f"{windows} × heads × {positions} × {positions}, not {format_shape(shape)}",
                help="the scores are those of MatMul of queries and transposed keys of each window",
                field="size",
            )
        return shape

    def footprint(self, inputs: Shapes, output: Shape) -> None:
        return None
