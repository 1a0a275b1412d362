"""Padding: more positions at the ends of the last dimensions, or with negative numbers fewer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from ..fixes import Fix, at_most, setting
from ._spatial import SpatialLayer
from .base import ELEMENTWISE, Example, Layer, LayerError, Step
from .fields import Integer, Kind, ListOf, Number, required
from .shapes import Shape, Shapes, minus, per_dimension, spatial_letters

_SIDES = ("left", "right", "top", "bottom", "front", "back")


class _EachSide(Kind["tuple[int, ...]"]):
    """One number for all sides, or a list of one each: left and right, then top and bottom ..."""

    def read(self, value: object, layer: type[Layer]) -> tuple[int, ...]:
        try:
            if isinstance(value, (list, tuple)):
                return self._list(layer).read(value, layer)
            return (Integer().read(value, layer),) * len(self._sides(layer))
        except ValueError:
            raise self.refusal(value, layer) from None

    def expected(self, layer: type[Layer]) -> str:
        sides = self._sides(layer)
        return f"a whole number, or a list of {len(sides)} ({', '.join(sides)})"

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        return {"anyOf": [Integer().schema(layer), self._list(layer).schema(layer)]}

    def placeholder(self, layer: type[Layer]) -> str:
        return "N"

    def _list(self, layer: type[Layer]) -> ListOf[int]:
        count = len(self._sides(layer))
        return ListOf(Integer(), count, count)

    def _sides(self, layer: type[Layer]) -> tuple[str, ...]:
        assert issubclass(layer, SpatialLayer)
        return _SIDES[: 2 * layer.spatial_dims]


class _Side(NamedTuple):
    """One padded dimension: its letter, its size, and what is added before and after it."""

    letter: str
    size: int
    before: int
    after: int

    @property
    def padded(self) -> int:
        """The size with its padding."""
        return self.size + self.before + self.after

    @property
    def removed(self) -> int:
        """How many positions negative numbers take away."""
        return -min(self.before, 0) - min(self.after, 0)

    def __str__(self) -> str:
        return f"{self.size}{_signed(self.before)}{_signed(self.after)} = {minus(self.padded)}"


class _Pad(SpatialLayer, abstract=True):
    """Makes the last dimensions longer at their ends, or shorter.

    Args:
        padding: positions added, one number for all sides or a list: left, right, then top,
            bottom, then front, back; a negative number takes positions away.
    """

    kind = "padding"
    padding = required(_EachSide())

    any_rank: ClassVar[bool] = False
    """Whether any number of dimensions may come before those that are padded."""
    crops_first: ClassVar[bool] = False
    """Whether PyTorch takes away at both sides before it adds, so that it must all be there."""

    def check_side(self, side: _Side) -> None:
        """Raise LayerError where the layer cannot fill this padding from what it reads."""

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        outer = len(shape) - self.spatial_dims
        if outer < 0 or (outer != 1 and not self.any_rank):
            self.channels_and_size(inputs)
        sides = list(self._sides(shape))
        for side in sides:
            self._check_what_is_left(side)
            self.check_side(side)
        return (*shape[:outer], *(side.padded for side in sides))

    def _sides(self, shape: Shape) -> Iterator[_Side]:
        letters = spatial_letters(self.spatial_dims)
        before, after = self.padding[::2], self.padding[1::2]
        yield from map(
            _Side, letters, shape[-self.spatial_dims :], reversed(before), reversed(after)
        )

    def _check_what_is_left(self, side: _Side) -> None:
        if side.padded < 1:
            message = f"{self.type_name} leaves nothing of {side.letter}: {side}"
        elif self.crops_first and side.removed > side.size:
            message = (
                f"{self.type_name} takes {side.removed} from {side.letter} = {side.size} "
                "before it adds any"
            )
        else:
            return
        least = -((side.size - 1) // 2)
        says = f"take away at most {side.size - 1}, as padding: {least}"
        raise LayerError(message, fixes=[setting(says, padding=least)], field="padding")

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return (ELEMENTWISE,) * (len(output) - 1) or None

    def formula(self, inputs: Shapes, output: Shape) -> str:
        return per_dimension(map(str, self._sides(inputs[0]))) if any(self.padding) else ""

    def summary(self) -> str:
        if len(set(self.padding)) == 1:
            return minus(self.padding[0])
        return ", ".join(
            f"{name} {minus(size)}"
            for name, size in zip(_SIDES, self.padding, strict=False)
            if size
        )


def _signed(value: int) -> str:
    return f"+{value}" if value >= 0 else minus(value)


class _ConstantPad(_Pad, abstract=True):
    """Pads with one value.

    Args:
        value: the value of the new positions.
    """

    any_rank = True
    crops_first = True
    value = required(Number())

    def summary(self) -> str:
        return f"{super().summary()}, value {self.value:g}"


class ConstantPad1d(_ConstantPad):
    """Pads the last dimension with a value. Source: torch.nn.ConstantPad1d."""

    spatial_dims = 1
    examples = (
        Example({"padding": 2, "value": 0.5}, (3, 8), (3, 12)),
        Example({"padding": [3, -1], "value": -1}, (10,), (12,)),
    )


class ConstantPad2d(_ConstantPad):
    """Pads the last two dimensions with a value. Source: torch.nn.ConstantPad2d."""

    spatial_dims = 2
    examples = (
        Example({"padding": 2, "value": -0.1}, (1, 28, 28), (1, 32, 32)),
        Example({"padding": [1, 2, 0, -3], "value": 0}, (3, 8, 8), (3, 5, 11)),
    )


class ConstantPad3d(_ConstantPad):
    """Pads the last three dimensions with a value. Source: torch.nn.ConstantPad3d."""

    spatial_dims = 3
    examples = (
        Example({"padding": 1, "value": 0.5}, (3, 4, 8, 8), (3, 6, 10, 10)),
        Example({"padding": [0, 0, 1, 1, 2, 0], "value": 9}, (3, 4, 8, 8), (3, 6, 10, 8)),
    )


class _ZeroPad(_Pad, abstract=True):
    """Pads with zeros."""

    any_rank = True
    crops_first = True


class ZeroPad1d(_ZeroPad):
    """Pads the last dimension with zeros. Source: torch.nn.ZeroPad1d."""

    spatial_dims = 1
    examples = (
        Example({"padding": 1}, (3, 8), (3, 10)),
        Example({"padding": [4, 0]}, (3, 8), (3, 12)),
    )


class ZeroPad2d(_ZeroPad):
    """Pads the last two dimensions with zeros. Source: torch.nn.ZeroPad2d."""

    spatial_dims = 2
    examples = (
        Example({"padding": 2}, (1, 28, 28), (1, 32, 32)),
        Example({"padding": [0, 1, 0, 1]}, (64, 7, 7), (64, 8, 8)),
        Example({"padding": -2}, (64, 7, 7), (64, 3, 3)),
    )


class ZeroPad3d(_ZeroPad):
    """Pads the last three dimensions with zeros. Source: torch.nn.ZeroPad3d."""

    spatial_dims = 3
    examples = (
        Example({"padding": 1}, (3, 4, 8, 8), (3, 6, 10, 10)),
        Example({"padding": [1, 0, 0, 0, 2, 2]}, (3, 4, 8, 8), (3, 8, 8, 9)),
    )


class _ReflectionPad(_Pad, abstract=True):
    """Pads with the input mirrored at its edge, the edge itself not repeated."""

    def check_side(self, side: _Side) -> None:
        if max(side.before, side.after) >= side.size:
            raise LayerError(
                f"{self.type_name} cannot mirror {max(side.before, side.after)} positions of "
                f"{side.letter} = {side.size}: all but the edge are {side.size - 1}",
                fixes=[
                    at_most("padding", side.size - 1),
                    Fix(f"{self._repeating()}, which has no bound", type=self._repeating()),
                ],
                field="padding",
            )

    def _repeating(self) -> str:
        return self.type_name.replace("Reflection", "Replication")


class ReflectionPad1d(_ReflectionPad):
    """Pads the length with its mirror image. Source: torch.nn.ReflectionPad1d."""

    spatial_dims = 1
    examples = (
        Example({"padding": 2}, (3, 8), (3, 12)),
        Example({"padding": [7, -1]}, (3, 8), (3, 14)),
    )


class ReflectionPad2d(_ReflectionPad):
    """Pads height and width with their mirror image. Source: torch.nn.ReflectionPad2d."""

    spatial_dims = 2
    examples = (
        Example({"padding": 3}, (3, 256, 256), (3, 262, 262)),
        Example({"padding": [1, 1, 2, 0]}, (3, 4, 4), (3, 6, 6)),
    )


class ReflectionPad3d(_ReflectionPad):
    """Pads depth, height and width with their mirror image. Source: torch.nn.ReflectionPad3d."""

    spatial_dims = 3
    examples = (
        Example({"padding": 1}, (3, 4, 8, 8), (3, 6, 10, 10)),
        Example({"padding": [0, 0, 0, 0, 3, 3]}, (3, 4, 8, 8), (3, 10, 8, 8)),
    )


class ReplicationPad1d(_Pad):
    """Pads the length with its end values. Source: torch.nn.ReplicationPad1d."""

    spatial_dims = 1
    examples = (
        Example({"padding": 2}, (3, 8), (3, 12)),
        Example({"padding": [20, 0]}, (3, 8), (3, 28)),
    )


class ReplicationPad2d(_Pad):
    """Pads height and width with their edge values. Source: torch.nn.ReplicationPad2d."""

    spatial_dims = 2
    examples = (
        Example({"padding": 1}, (3, 28, 28), (3, 30, 30)),
        Example({"padding": [0, 9, 0, -1]}, (3, 4, 4), (3, 3, 13)),
    )


class ReplicationPad3d(_Pad):
    """Pads depth, height and width with their edge values. Source: torch.nn.ReplicationPad3d."""

    spatial_dims = 3
    examples = (
        Example({"padding": 1}, (3, 4, 8, 8), (3, 6, 10, 10)),
        Example({"padding": [1, 1, 1, 1, 0, 0]}, (3, 4, 8, 8), (3, 4, 10, 10)),
    )


class _CircularPad(_Pad, abstract=True):
    """Pads each end with what is at the other end."""

    crops_first = True

    def check_side(self, side: _Side) -> None:
        # Where some are taken away, PyTorch bounds by the whole size and not by what is left,
        # but then it reads positions that it has not written: the values are anything.
        left = side.size - side.removed
        if max(side.before, side.after) > left:
            raise LayerError(
                f"{self.type_name} cannot wrap {max(side.before, side.after)} positions around "
                f"{side.letter} = {left}: it would go around more than once",
                fixes=[at_most("padding", left)],
                field="padding",
            )


class CircularPad1d(_CircularPad):
    """Pads each end of the length with its other end. Source: torch.nn.CircularPad1d."""

    spatial_dims = 1
    examples = (
        Example({"padding": 2}, (3, 8), (3, 12)),
        Example({"padding": [7, -1]}, (3, 8), (3, 14)),
    )


class CircularPad2d(_CircularPad):
    """Pads each edge of a map with its opposite one. Source: torch.nn.CircularPad2d."""

    spatial_dims = 2
    examples = (
        Example({"padding": 1}, (3, 28, 28), (3, 30, 30)),
        Example({"padding": [3, 3, 0, 0]}, (3, 64, 128), (3, 64, 134)),
    )


class CircularPad3d(_CircularPad):
    """Pads each face of a volume with its opposite one. Source: torch.nn.CircularPad3d."""

    spatial_dims = 3
    examples = (
        Example({"padding": 1}, (3, 4, 8, 8), (3, 6, 10, 10)),
        Example({"padding": [1, 1, 0, 0, 2, 2]}, (3, 4, 8, 8), (3, 8, 8, 10)),
    )
