"""Dividing a set into training and test: each class in the same proportion, always alike."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .dataset import Labels

    Numbers = NDArray[np.intp]


def take_every(labels: Labels, step: int) -> tuple[Numbers, Numbers]:
    """Numbers for training and for the test: of each class, every `step`-th for the test."""
    import numpy as np

    chosen = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        chosen[np.flatnonzero(labels == label)[step - 1 :: step]] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def take_share(
    labels: Labels, keys: Sequence[str], share: float, seed: int
) -> tuple[Numbers, Numbers]:
    """Numbers for training and for the test: of each class, this share for the test.

    Which they are is decided by the seed and each sample's key, such as a file's name: the
    same files are divided alike on any machine, and a file more moves few others. A class
    of two or more has at least one in each part; a class of one is for training.
    """
    import numpy as np

    chosen = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        count = min(max(1, round(share * len(members))), len(members) - 1)
        drawn = sorted(members, key=lambda number: _draw(seed, keys[int(number)]))
        chosen[drawn[:count]] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def _draw(seed: int, key: str) -> bytes:
    return sha256(f"{seed}:{key}".encode("utf-8", "surrogateescape")).digest()
