"""The outline of what stands in a row already, so that nothing is put on top of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from .solids import Ball, Solid


class Patch(NamedTuple):
    """Covered ground: a rectangle, with its upper left and lower right corner cut off.

    Attributes:
        left, top, right, bottom: of the rectangle, px.
        run, rise: of the corners that a box in oblique projection leaves free.
    """

    left: float
    top: float
    right: float
    bottom: float
    run: float = 0
    rise: float = 0

    def top_between(self, left: float, right: float) -> float:
        """The highest covered point between two places."""
        short = self.left + self.run - min(right, self.right)
        return self.top + (self.rise * short / self.run if short > 0 else 0)

    def bottom_between(self, left: float, right: float) -> float:
        """The lowest covered point between two places."""
        beyond = max(left, self.left) - (self.right - self.run)
        return self.bottom - (self.rise * beyond / self.run if beyond > 0 else 0)


@dataclass
class Skyline:
    """All that is covered so far."""

    patches: list[Patch] = field(default_factory=list)

    def add_solid(self, solid: Solid | Ball, x: float, y: float) -> None:
        """Cover a box in space whose front is around `x` and whose axis is at `y`."""
        self.patches.append(
            Patch(
                x + solid.left,
                y + solid.top,
                x + solid.far_right,
                y + solid.bottom,
                solid.run,
                solid.rise,
            )
        )

    def add(self, left: float, top: float, right: float, bottom: float) -> None:
        """Cover a rectangle."""
        self.patches.append(Patch(left, top, right, bottom))

    def top(self, left: float, right: float) -> float | None:
        """The highest covered point between two places; None: nothing is there."""
        return min(
            (
                patch.top_between(left, right)
                for patch in self.patches
                if patch.left < right and left < patch.right
            ),
            default=None,
        )

    def bottom(self, left: float, right: float) -> float | None:
        """The lowest covered point between two places; None: nothing is there."""
        return max(
            (
                patch.bottom_between(left, right)
                for patch in self.patches
                if patch.left < right and left < patch.right
            ),
            default=None,
        )

    @property
    def left(self) -> float:
        """The leftmost covered point."""
        return min(patch.left for patch in self.patches)

    @property
    def right(self) -> float:
        """The rightmost covered point."""
        return max(patch.right for patch in self.patches)

    @property
    def highest(self) -> float:
        """The highest covered point."""
        return min(patch.top for patch in self.patches)

    @property
    def lowest(self) -> float:
        """The lowest covered point."""
        return max(patch.bottom for patch in self.patches)

    @property
    def width(self) -> float:
        """px from left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """px from top to bottom."""
        return self.lowest - self.highest

    def moved(self, x: float, y: float) -> list[Patch]:
        """The patches, as far right and down."""
        return [
            patch._replace(
                left=patch.left + x,
                right=patch.right + x,
                top=patch.top + y,
                bottom=patch.bottom + y,
            )
            for patch in self.patches
        ]
