"""One row of a figure, or one level of a U: its volumes on their axis and all around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .items import Item, Link
from .labels import CHANNELS_SIZE
from .marks import Mark, Point, Text
from .measure import BESIDE
from .skyline import Skyline
from .solids import Ball, Solid
from .spacing import Spacing


@dataclass(eq=False)
class Row:
    """What stands in a row, around the axis of the main path at y = 0.

    Attributes:
        spacing: the figure's.
        x: where each item of the row stands.
        port: the item of the row above whose value comes in at the left end.
        y: the axis of each item.
        sky: what is covered.
        marks: what is drawn beside the volumes.
        written: where the label of each item ends.
    """

    spacing: Spacing
    x: Mapping[Item, float]
    port: Item | None = None
    y: dict[Item, float] = field(default_factory=dict)
    sky: Skyline = field(default_factory=Skyline)
    marks: list[Mark] = field(default_factory=list)
    written: dict[Item, float] = field(default_factory=dict)

    def shift(self, distance: float) -> None:
        """Move all of it to the right."""
        self.x = {item: x + distance for item, x in self.x.items()}
        self.sky = Skyline(self.sky.moved(distance, 0))
        self.marks = [mark.moved(distance, 0) for mark in self.marks]

    @property
    def left(self) -> float:
        """The leftmost point of all."""
        return self.x[self.port] if self.port else self.sky.left

    def at(self, item: Item) -> Point:
        """Where an item stands: the middle of its front face, on its axis."""
        return Point(self.x[item], self.y[item])

    def exit(self, item: Item) -> Point:
        """Where the axis leaves an item."""
        return self.at(item).moved(self.form(item).right, 0)

    def entry(self, item: Item) -> Point:
        """Where the axis meets an item."""
        return self.at(item).moved(self.form(item).entry, 0)

    def form(self, item: Item) -> Solid | Ball:
        """The box or ball of an item; a port is a point."""
        return Ball(0) if item is self.port else self.spacing.sizes[item].form

    def holds(self, link: Link) -> bool:
        """Whether both ends of a link are in this row."""
        return link.source in self.x and link.target in self.x

    def stretches(self) -> list[list[Item]]:
        """The items of the main path that stand in this row, in unbroken stretches."""
        found: list[list[Item]] = [[]]
        for item in self.spacing.parts.main:
            if item in self.x and item is not self.port:
                found[-1].append(item)
            elif found[-1]:
                found.append([])
        return [stretch for stretch in found if stretch]

    def stand(self, items: Sequence[Item]) -> None:
        """Put items on the axis."""
        for item in items:
            self.y[item] = 0
            x, size = self.x[item], self.spacing.sizes[item]
            self.sky.add_solid(size.form, x, 0)
            if size.beside and size.label:
                middle = x + size.form.right + BESIDE + size.label.width / 2
                text = Text(size.label.channels, Point(middle, 15), CHANNELS_SIZE, bold=True)
                self.marks.append(text)
                self.sky.add(x + size.form.right, 4, x + size.right, 18)

    def ends(self, item: Item) -> tuple[float, float]:
        """The left and the right end of an item and its label."""
        x, size = self.x[item], self.spacing.sizes[item]
        if item is self.port:
            return x, x
        half = self.spacing.half(item)
        return x + min(size.form.left, -half), x + max(size.right, half)

    def far_right(self, item: Item) -> float:
        """The right end of an item's far face."""
        return self.x[item] + self.form(item).far_right

    def top(self, item: Item) -> float:
        """From the axis to the middle of the top face."""
        form = self.form(item)
        return form.top + form.rise / 2
