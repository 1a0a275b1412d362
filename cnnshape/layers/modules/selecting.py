"""Parts of maps."""

from __future__ import annotations

from torch import Tensor


def center_crop(x: Tensor, size: int | tuple[int, ...]) -> Tensor:
    """The middle of a map; not cut evenly, one row more goes from the end."""
    if isinstance(size, int):
        size = (size,) * (x.dim() - 2)
    for dim, length in enumerate(size, 2):
        x = x.narrow(dim, (x.shape[dim] - length) // 2, length)
    return x
