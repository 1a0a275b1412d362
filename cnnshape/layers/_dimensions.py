"""Dimensions by number, as PyTorch counts them: the batch is 0, negative from the end."""

from __future__ import annotations

from ..fixes import Fix, setting
from .base import Layer, LayerError
from .shapes import Shape, minus

_NAMES = {
    1: ("features",),
    2: ("channels", "length"),
    3: ("channels", "height", "width"),
    4: ("channels", "depth", "height", "width"),
}


def with_batch(shape: Shape) -> str:
    """The shape as PyTorch sees it: 'N×16×5×5'."""
    return "×".join(("N", *map(str, shape)))


def dimension_name(dim: int, shape: Shape) -> str:
    """What dimension `dim` (1 or more) of `shape` holds: 'channels', 'height', 'dimension 5'."""
    names = _NAMES.get(len(shape), ())
    return names[dim - 1] if dim <= len(names) else f"dimension {dim}"


def dimension(layer: Layer, dim: int, shape: Shape, field: str = "dim") -> int:
    """The dimension that `dim` names: 0 for the batch, up to ``len(shape)``.

    Raises:
        LayerError: `shape` has no such dimension.
    """
    rank = len(shape) + 1
    if not -rank <= dim < rank:
        raise LayerError(
            f"{field} {minus(dim)} is none of {layer.type_name}'s input {with_batch(shape)}",
            fixes=_any_dimension(field, rank),
            field=field,
        )
    return dim % rank


def sample_dimension(layer: Layer, dim: int, shape: Shape, field: str = "dim") -> int:
    """As `dimension`, for a layer that would change the batch if it were named: 1 or more.

    Raises:
        LayerError: `shape` has no such dimension, or it is the batch.
    """
    found = dimension(layer, dim, shape, field)
    if found == 0:
        raise LayerError(
            f"{field} {minus(dim)} of {with_batch(shape)} is the batch, "
            f"which {layer.type_name} must leave as it is",
            fixes=[
                setting(
                    f"{field}: 1 is the first dimension of a sample ({dimension_name(1, shape)})",
                    **{field: 1},
                )
            ]
            if shape
            else [],
            field=field,
        )
    return found


def sample_dimensions(
    layer: Layer, dims: int | tuple[int, ...], shape: Shape, field: str = "dim"
) -> set[int]:
    """As `sample_dimension`, for one dimension or several.

    Raises:
        LayerError: `shape` has no such dimension, it is the batch, or one is named twice.
    """
    written = dims if isinstance(dims, tuple) else (dims,)
    found: set[int] = set()
    for dim in written:
        place = sample_dimension(layer, dim, shape, field)
        if place in found:
            raise LayerError(
                f"{field} names {place} of {with_batch(shape)} twice "
                f"({', '.join(map(minus, written))}): the {dimension_name(place, shape)}",
                fixes=[_once(field, written, dim)],
                field=field,
            )
        found.add(place)
    return found


def _any_dimension(field: str, rank: int) -> list[Fix]:
    """The fix that names any dimension of a sample; the last one is tried."""
    says = f"{field} may be −{rank} to {rank - 1}; the batch is 0"
    return [setting(says, **{field: dim}) for dim in range(rank - 1, 0, -1)]


def _once(field: str, written: tuple[int, ...], dim: int) -> Fix:
    kept = list(written)
    kept.reverse()
    kept.remove(dim)
    kept.reverse()
    return setting(f"leave out {minus(dim)}", **{field: kept})
