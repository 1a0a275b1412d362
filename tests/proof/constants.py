"""Arguments of values that do not follow from the input."""

from __future__ import annotations

from math import prod

from .arguments import Arguments, Shape
from .choosing import Chooser


def _shape(c: Chooser) -> list[int]:
    return [c.whole(0 if c.slip() else 1, 4) for _ in range(c.whole(1, 3))]


def learned(c: Chooser, shape: Shape) -> Arguments:
    return {"shape": _shape(c), **c.some(init_value=[0.5, -2])}


def fixed(c: Chooser, shape: Shape) -> Arguments:
    own = _shape(c)
    values = [c.one_of([0, 0.5, -2]) for _ in range(prod(own) + c.slip())]
    return {"shape": own, "values": values}


def equal_steps(c: Chooser, shape: Shape) -> Arguments:
    own = _shape(c)
    dim = c.whole(0, len(own) + 1) if c.slip() else c.whole(1, len(own))
    return {"shape": own, "dim": dim, "start": c.one_of([0, -1]), "end": c.one_of([1, 2.5, -3])}
