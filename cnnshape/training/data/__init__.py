"""Data sets for training: images with labels, and what is done to them for a network.

No module of this package imports torch or numpy before a data set is asked for, but
`preparation` and `augmentation`, which are torch's own work.
"""

from __future__ import annotations

from .dataset import Data, DataError, Images
from .loading import SETS, load_data

__all__ = ["SETS", "Data", "DataError", "Images", "load_data"]
