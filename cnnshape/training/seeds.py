"""Every draw of a run follows from its seed and the place in the run, so none is kept."""

from __future__ import annotations

from hashlib import sha256

import torch
from torch import Tensor


def derived_seed(seed: int, purpose: str, *place: int) -> int:
    """A seed of its own for a purpose and a place, such as ('order', epoch)."""
    text = repr((seed, purpose, place))
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 1


def epoch_order(seed: int, epoch: int, samples: int) -> Tensor:
    """The numbers of all samples in the order of an epoch."""
    generator = torch.Generator().manual_seed(derived_seed(seed, "order", epoch))
    return torch.randperm(samples, generator=generator)
