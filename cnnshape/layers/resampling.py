"""Maps made larger or smaller by interpolation."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import Any

from ..fixes import Fix, leaving_out, one_of, setting
from ..text.counts import count_of
from ._spatial import axes
from .base import Example, Layer, LayerError, Step
from .fields import Boolean, Choice, Either, Field, Integer, ListOf, Number, Optional, defaulted
from .shapes import (
    Shape,
    Shapes,
    format_shape,
    largest_adaptive_window,
    per_dimension,
    spatial_letters,
)

_REACH = {
    "nearest": 0,
    "nearest-exact": 0,
    "linear": 1,
    "bilinear": 1,
    "trilinear": 1,
    "bicubic": 3,
}
"""Positions between the first and the last that one interpolated value is made of; where the
mode is area, it depends on the sizes."""
_RANKS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
"""Spatial dimensions that a mode works on; the others work on 1 to 3."""

_SCALE = Number(above=0, max=2**16)


class _Resampling(Layer):
    """A layer that gives a map another size.

    Args:
        size: the size that comes out, one number or one for each dimension.
        scale_factor: how many times larger the map becomes, in the place of size.
    """

    kind = "resampling"
    size: Field[Any] = defaulted(
        Optional(Either(Integer(min=1), ListOf(Integer(min=1), 1, 3))), None
    )
    scale_factor: Field[Any] = defaulted(Optional(Either(_SCALE, ListOf(_SCALE, 1, 3))), None)

    def interpolation(self) -> str:
        """The mode of interpolation."""
        raise NotImplementedError

    def check(self) -> None:
        if (self.size is None) == (self.scale_factor is None):
            both = "both" if self.size is not None else "neither"
            raise LayerError(
                f"{self.type_name} needs size or scale_factor, and has {both}",
                fixes=[
                    Fix(
                        "write scale_factor: 2 for a map twice as large",
                        {"scale_factor": 2},
                        without=("size",),
                    ),
                    leaving_out("scale_factor"),
                ],
                field="size" if self.size is not None else None,
            )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        dims = len(shape) - 1
        wanted = _RANKS.get(self.interpolation())
        if not 1 <= dims <= 3 or (wanted is not None and dims != wanted):
            reads = axes(wanted) if wanted else "C×L, C×H×W or C×D×H×W"
            raise LayerError(
                f"{self.type_name} with mode {self.interpolation()!r} reads {reads}, "
                f"not {format_shape(shape)}",
                fixes=self._modes_for(dims),
                help=f"give it a map: {axes(wanted or 2)}",
            )
        size = self._per_dimension("size", self.size, dims)
        if size is not None:
            return (shape[0], *map(int, size))
        scales = self._per_dimension("scale_factor", self.scale_factor, dims)
        assert scales is not None
        output = [floor(n * float(scale)) for n, scale in zip(shape[1:], scales, strict=True)]
        for letter, n, scale, result in zip(
            spatial_letters(dims), shape[1:], scales, output, strict=True
        ):
            if result < 1:
                raise LayerError(
                    f"scale_factor {scale:g} leaves nothing: {letter} is ⌊{n}·{scale:g}⌋ = 0",
                    fixes=[
                        setting(f"scale_factor of at least 1/{n} = {1 / n:g}", scale_factor=1 / n)
                    ],
                    field="scale_factor",
                )
        return (shape[0], *output)

    @staticmethod
    def _modes_for(dims: int) -> list[Fix]:
        return one_of("mode", ["nearest", *(mode for mode, rank in _RANKS.items() if rank == dims)])

    def _per_dimension(self, name: str, value: Any, dims: int) -> Sequence[float] | None:
        if value is None:
            return None
        if not isinstance(value, tuple):
            return (value,) * dims
        if len(value) != dims:
            raise LayerError(
                f"{name} has {count_of(len(value), 'number')}, but the map has "
                f"{count_of(dims, 'spatial dimension')}",
                fixes=[
                    setting(
                        f"write one number, or {dims} ({', '.join(spatial_letters(dims))})",
                        **{name: value[0]},
                    )
                ],
                field=name,
            )
        return value

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return tuple(
            Step.rescaling(min(self._reach(before, after), before - 1), before, after)
            for before, after in zip(inputs[0][1:], output[1:], strict=True)
        )

    def _reach(self, before: int, after: int) -> int:
        """Positions between the first and the last that one value of the output is made of."""
        if self.interpolation() == "area":
            return largest_adaptive_window(before, after) - 1
        return _REACH[self.interpolation()]

    def formula(self, inputs: Shapes, output: Shape) -> str:
        if self.scale_factor is None:
            return per_dimension(
                f"{before} → {after}"
                for before, after in zip(inputs[0][1:], output[1:], strict=True)
            )
        scales = self._per_dimension("scale_factor", self.scale_factor, len(output) - 1)
        assert scales is not None
        texts = []
        for n, scale, result in zip(inputs[0][1:], scales, output[1:], strict=True):
            product = f"{n}·{scale:g}"
            texts.append(f"{product if n * scale == result else f'⌊{product}⌋'} = {result}")
        return per_dimension(texts)

    def summary(self) -> str:
        if self.scale_factor is None:
            size = self.size if isinstance(self.size, tuple) else (self.size,)
            return f"to {format_shape(size)}, {self.interpolation()}"
        scale = self.scale_factor
        scales = scale if isinstance(scale, tuple) else (scale,)
        return f"×{'×'.join(f'{each:g}' for each in scales)}, {self.interpolation()}"


class Upsample(_Resampling):
    """A map made larger or smaller by interpolation.

    Args:
        mode: how values between are found; bilinear and bicubic for C×H×W, linear for C×L,
            trilinear for C×D×H×W, the others for all.
        align_corners: the corners of input and output have the same values; for linear,
            bilinear, bicubic and trilinear alone.
        recompute_scale_factor: interpolate by the ratio of the sizes rather than by
            scale_factor.

    Source: torch.nn.Upsample.
    """

    examples = (
        Example({"scale_factor": 2}, (64, 7, 7), (64, 14, 14)),
        Example({"size": [5, 9], "mode": "bilinear"}, (3, 4, 4), (3, 5, 9)),
        Example({"scale_factor": 1.5, "mode": "linear"}, (3, 7), (3, 10)),
        Example({"scale_factor": [1, 2, 2], "mode": "trilinear"}, (2, 3, 4, 5), (2, 3, 8, 10)),
    )

    mode = defaulted(
        Choice("nearest", "nearest-exact", "area", "linear", "bilinear", "bicubic", "trilinear"),
        "nearest",
    )
    align_corners = defaulted(Optional(Boolean()), None)
    recompute_scale_factor = defaulted(Optional(Boolean()), None)

    def interpolation(self) -> str:
        return self.mode

    def check(self) -> None:
        super().check()
        if self.align_corners is not None and self.mode not in _RANKS:
            raise LayerError(
                f"align_corners has no meaning with mode {self.mode!r}",
                fixes=[leaving_out("align_corners", "leave it out")],
                field="align_corners",
            )
        if self.recompute_scale_factor and self.size is not None:
            raise LayerError(
                "recompute_scale_factor has no meaning where size is written",
                fixes=[leaving_out("recompute_scale_factor", "leave it out")],
                field="recompute_scale_factor",
            )


class UpsamplingNearest2d(_Resampling):
    """A map made larger by repeating its values.

    Source: torch.nn.UpsamplingNearest2d.
    """

    examples = (
        Example({"scale_factor": 2}, (8, 5, 6), (8, 10, 12)),
        Example({"size": 9}, (8, 5, 6), (8, 9, 9)),
    )

    def interpolation(self) -> str:
        return "nearest"


class UpsamplingBilinear2d(_Resampling):
    """A map made larger by bilinear interpolation, the corners aligned.

    Source: torch.nn.UpsamplingBilinear2d.
    """

    examples = (
        Example({"scale_factor": 2}, (8, 5, 6), (8, 10, 12)),
        Example({"size": [9, 7]}, (8, 5, 6), (8, 9, 7)),
    )

    def interpolation(self) -> str:
        return "bilinear"
