"""Everything of a figure that has a size, before it has a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .items import Item, Link, Parts
from .labels import Label, label, merge_label
from .plan import Plan
from .solids import Ball, Scales, Solid

BESIDE = 3.0
"""px between a ball and the number beside it."""


@dataclass(frozen=True)
class Measured:
    """An item with the sizes that it is drawn in, in px.

    Attributes:
        form: the box or ball.
        label: what is written at it, if anything.
        beside: whether that stands to the right and not below, where lines come from below.
    """

    form: Solid | Ball
    label: Label | None
    beside: bool = False

    @property
    def right(self) -> float:
        """From its middle to where something else may begin on the axis."""
        if not self.beside or self.label is None:
            return self.form.right
        return self.form.right + 2 * BESIDE + self.label.width

    @property
    def half(self) -> float:
        """Half the width of what is written below it."""
        return self.label.width / 2 if self.label and not self.beside else 0


def measure(parts: Parts, plan: Plan, scales: Scales) -> Mapping[Item, Measured]:
    """The sizes of all items."""
    into: dict[Item, list[Link]] = {item: [] for item in parts.items}
    for link in parts.links:
        into[link.target].append(link)

    def merge(item: Item) -> Measured:
        below = any(plan.lane[link.source] > plan.lane[item] for link in into[item])
        return Measured(Ball(), merge_label(item, into[item]), below)

    return {
        item: merge(item) if item.symbol else Measured(scales.solid(item.shape), label(item))
        for item in parts.items
    }
