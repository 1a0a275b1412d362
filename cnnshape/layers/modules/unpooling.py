"""Values put back to where a max pool found its maxima."""

from __future__ import annotations

from torch import Tensor, nn


def max_unpool(
    x: Tensor,
    pooled: Tensor,
    kernel_size: int | tuple[int, ...],
    stride: int | tuple[int, ...] | None = None,
    padding: int | tuple[int, ...] = 0,
) -> Tensor:
    """The values where the maxima of what was pooled were; all else is 0."""
    window = (kernel_size, stride, padding)
    pool = getattr(nn.functional, f"max_pool{x.dim() - 2}d")
    unpool = getattr(nn.functional, f"max_unpool{x.dim() - 2}d")
    _, indices = pool(pooled, *window, return_indices=True)
    if indices.shape != x.shape:
        _, indices = pool(pooled, *window, ceil_mode=True, return_indices=True)
    size = [int(n) for n in pooled.shape[2:]]  # torch.jit.trace counts in tensors
    return unpool(x, indices, *window, output_size=size)
