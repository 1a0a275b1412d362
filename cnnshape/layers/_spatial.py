"""What layers over C×L, C×H×W or C×D×H×W share: the rank that they read."""

from __future__ import annotations

from typing import ClassVar

from ..fixes import Fix, as_entry, putting_before
from .base import Layer, LayerError, register
from .shapes import Shape, Shapes, format_shape, spatial_letters


class SpatialLayer(Layer, abstract=True):
    """A layer that reads channels and then `spatial_dims` spatial dimensions."""

    spatial_dims: ClassVar[int]

    def channels_and_size(self, inputs: Shapes) -> tuple[int, Shape]:
        """The channels and the spatial size of the one input.

        Raises:
            LayerError: the input has another number of dimensions.
        """
        (shape,) = inputs
        if len(shape) != self.spatial_dims + 1:
            raise LayerError(
                f"{self.type_name} reads {axes(self.spatial_dims)}, not {format_shape(shape)}",
                fixes=self._fixes_for_rank(shape),
                help=f"put a Reshape or Unflatten before it that gives {axes(self.spatial_dims)}",
            )
        return shape[0], shape[1:]

    def _fixes_for_rank(self, shape: Shape) -> list[Fix]:
        """The sibling that reads `shape`, or how to give it the dimensions that it lacks."""
        dims = len(shape) - 1
        fixes = []
        sibling = self.type_name.replace(f"{self.spatial_dims}d", f"{dims}d")
        if sibling != self.type_name and sibling in register():
            fixes.append(Fix(f"{sibling} reads {axes(dims)}", type=sibling))
        if len(shape) == self.spatial_dims > 1:
            gives = format_shape((1, *shape))
            unsqueeze = {"type": "Unsqueeze", "dim": 1}
            says = f"put {as_entry(unsqueeze)} before it, which gives {gives}"
            fixes.append(putting_before(unsqueeze, says=says))
        elif len(shape) == 1:
            sizes = [shape[0], *(1,) * self.spatial_dims]
            unflatten = {"type": "Unflatten", "dim": 1, "unflattened_size": sizes}
            says = f"put {as_entry(unflatten)} before it, which gives {format_shape(sizes)}"
            fixes.append(putting_before(unflatten, says=says))
        return fixes

    def changed(self, *names: str) -> list[str]:
        """'stride 2', 'padding 1×0': those of the arguments that differ from their defaults."""
        assert self._defaults is not None
        parts = []
        for name in names:
            if name in self.fields and self.arguments[name] != self._defaults[name]:
                value = self.arguments[name]
                shown = folded(value) if isinstance(value, tuple) else value
                parts.append(f"{name.replace('_', ' ')} {shown}")
        return parts


def axes(spatial_dims: int) -> str:
    """The dimensions of a value by their letters: 'C×H×W'."""
    return "×".join(("C", *spatial_letters(spatial_dims)))


def folded(values: tuple[int | None, ...]) -> str:
    """One number where all dimensions are equal, else one each: '2', '2×1', 'null×1'."""
    texts = ["null" if value is None else str(value) for value in values]
    return texts[0] if len(set(texts)) == 1 else "×".join(texts)
