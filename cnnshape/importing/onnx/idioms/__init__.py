"""What older files say with several operators, and newer ones with one.

Each idiom is an expression (see `matching`), and what says which operator it stands for. What
it was computed from stays where something else reads it.
"""

from . import (
    activations,
    adaptive,
    attention,
    gathered_windows,
    norms,
    rearranging,
    resizing,
    weighted,
)
from .idiom import Operator, with_idioms

__all__ = [
    "Operator",
    "activations",
    "adaptive",
    "attention",
    "gathered_windows",
    "norms",
    "rearranging",
    "resizing",
    "weighted",
    "with_idioms",
]
