"""How far apart items stand along the way of the data, and where a long net is cut into rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, floor, inf

from ..boxes import Area, Box, Outline
from ..text import text_width
from .items import Item, Link, Parts
from .labels import NAME_SIZE, size_text
from .measure import Measured
from .plan import Chain, Plan

GAP = 18.0
"""px of an arrow between two neighbours."""
AREA_GAP = 27.0
"""px of an arrow into another group."""
LABEL_GAP = 7.0
"""px between two labels side by side."""
FORK = 5.0
"""px from a volume to where a line turns or forks off."""
ELBOW = 8.0
"""px between a line from one level of a U to another and what stands beside it."""
LINE_GAP = 7.0
"""px between a line that changes lanes and what stands beside it."""

_CUT_LINK, _CUT_AREA = 2.0, 0.5
"""What it costs to cut a row where another link crosses, and within one group more, in rows."""


@dataclass(frozen=True)
class Spacing:
    """Where items stand along the axis.

    Attributes:
        outline, parts, plan, sizes: what is to be placed.
    """

    outline: Outline
    parts: Parts
    plan: Plan
    sizes: Mapping[Item, Measured]

    @cached_property
    def columns(self) -> list[list[Item]]:
        """The items of each whole column; what is between two stands in the left one."""
        found: list[list[Item]] = []
        for item in sorted(self.parts.items, key=lambda item: floor(self.plan.column[item])):
            while len(found) <= floor(self.plan.column[item]):
                found.append([])
            found[-1].append(item)
        return found

    @cached_property
    def areas(self) -> Mapping[Box | None, tuple[Area, ...]]:
        """The areas around each box, the outermost first."""
        found: dict[Box | None, tuple[Area, ...]] = {None: ()}

        def walk(area: Area, around: tuple[Area, ...]) -> None:
            for child in area.children:
                if isinstance(child, Area):
                    walk(child, (*around, child))
                else:
                    found[child] = around

        walk(self.outline.root, ())
        return found

    @cached_property
    def bracketed(self) -> Mapping[Area, tuple[Item, ...]]:
        """The items under which each area is bracketed.

        They are on the main path where that goes through the area, else in the branch that
        holds most of it.
        """
        held: dict[Area, dict[Chain, list[Item]]] = {}
        for chain in (self.parts.main, *self.plan.chains):
            for item in chain:
                for area in self.areas[item.box]:
                    held.setdefault(area, {}).setdefault(chain, []).append(item)
        return {
            area: tuple(items.get(self.parts.main) or max(items.values(), key=len))
            for area, items in held.items()
        }

    @cached_property
    def turning(self) -> frozenset[Item]:
        """The items beside which lines change lanes."""
        lane = self.plan.lane
        return frozenset(
            item
            for link in self.parts.links
            if lane[link.source] != lane[link.target]
            for item in (link.source, link.target)
        )

    @cached_property
    def in_run(self) -> frozenset[Item]:
        """The items beside another of the same size, with which they share what is written."""
        return frozenset(
            item
            for pair in pairwise(self.parts.main)
            if pair[0].spatial == pair[1].spatial and self.band(pair[0]) == self.band(pair[1])
            for item in pair
        )

    @cached_property
    def into(self) -> Mapping[Item, list[Link]]:
        """The links that end at each item."""
        found: dict[Item, list[Link]] = {item: [] for item in self.parts.items}
        for link in self.parts.links:
            found[link.target].append(link)
        return found

    def band(self, item: Item) -> int:
        """Items of one band stand on one line; those of another never touch them."""
        return self.plan.level[item] if self.plan.level else 0

    def rows(self, widest: float) -> list[range]:
        """The columns of each row of at most `widest` px: few rows, cut where little crosses."""
        columns = len(self.columns)
        cuts = self._cuts
        ends = self._ends
        best = [(0.0, 0)] + [(inf, 0)] * columns
        for start in range(columns):
            for end in range(start + 1, columns + 1):
                width = ends[end - 1][1] - ends[start][0]
                if width > widest and end > start + 1:
                    break
                slack = max(0.0, 1 - width / widest)
                cost = best[start][0] + 1 + slack**2 + (cuts[end] if end < columns else 0)
                if cost < best[end][0]:
                    best[end] = (cost, start)
        rows = []
        end = columns
        while end > 0:
            start = best[end][1]
            rows.append(range(start, end))
            end = start
        return rows[::-1]

    def half(self, item: Item) -> float:
        """Half the width of what is written under an item: its label, and its map's size."""
        return self._halves[item]

    @cached_property
    def _halves(self) -> Mapping[Item, float]:
        return {item: self._measure_half(item) for item in self.parts.items}

    def _measure_half(self, item: Item) -> float:
        alone = item not in self.in_run and not item.symbol
        size = text_width(size_text(item), NAME_SIZE) if alone else 0
        return max(self.sizes[item].half, size / 2)

    def left(self, places: Mapping[Item, float]) -> float:
        """The left end of placed items and their labels."""
        return min(
            x + min(self.sizes[item].form.left, -self.half(item)) for item, x in places.items()
        )

    @cached_property
    def _cuts(self) -> list[float]:
        """What it costs to begin a row with each column."""
        # The main path crosses every cut.
        cuts = [-_CUT_LINK] * (len(self.columns) + 1)
        last: dict[Item, float] = {}
        for link in self.parts.links:
            column = self.plan.column[link.target]
            last[link.source] = max(last.get(link.source, 0), column)
        for item, end in last.items():
            for column in range(floor(self.plan.column[item]) + 1, ceil(end) + 1):
                cuts[column] += _CUT_LINK
        for before, after in pairwise(self.parts.main):
            around = zip(self.areas[before.box], self.areas[after.box], strict=False)
            cuts[floor(self.plan.column[after])] += _CUT_AREA * sum(a is b for a, b in around)
        return cuts

    @cached_property
    def _ends(self) -> list[tuple[float, float]]:
        """The left and the right end of each column, were they all in one row."""
        at = self.places(range(len(self.columns)))
        ends: list[tuple[float, float]] = []
        for items in self.columns:
            lefts, rights = [inf], [-inf]
            for item in items:
                size, half = self.sizes[item], self.half(item)
                lefts.append(at[item] + min(size.form.left, -half))
                rights.append(at[item] + max(size.form.far_right, size.right, half))
            ends.append((min(lefts), max(rights)))
        return ends

    def places(self, columns: Sequence[int]) -> dict[Item, float]:
        """Where the items of some columns stand, from the middle of the first."""
        solver = _Solver(self)
        for column in columns:
            solver.add(self.columns[column])
        return solver.places()


class _Solver:
    """Places column after column as far left as nothing touches."""

    def __init__(self, spacing: Spacing) -> None:
        self.spacing = spacing
        self.sizes = spacing.sizes
        self.at: dict[Item, float] = {}
        self.last_column: dict[int, list[Item]] = {}
        self.last_in_lane: dict[tuple[int, int], Item] = {}

    def add(self, items: list[Item]) -> None:
        x = max((self._least(item) for item in items), default=0.0)
        bands: dict[int, list[Item]] = {}
        for item in items:
            self.at[item] = x
            band = self.spacing.band(item)
            bands.setdefault(band, []).append(item)
            self.last_in_lane[band, self.spacing.plan.lane[item]] = item
        self.last_column.update(bands)

    def places(self) -> dict[Item, float]:
        """All places; an item between two columns stands in the middle between them."""
        column = self.spacing.plan.column
        whole = {column[item]: x for item, x in self.at.items() if column[item].is_integer()}
        return {item: (x + whole.get(ceil(column[item]), x)) / 2 for item, x in self.at.items()}

    def _least(self, item: Item) -> float:
        """As far left as an item can stand."""
        spacing, size = self.spacing, self.sizes[item]
        band, lane = spacing.band(item), spacing.plan.lane[item]
        least = 0.0
        for before in self.last_column.get(band, ()):
            other = self.sizes[before]
            gap = self._gap(before, item)
            if item.symbol:
                gap = max(gap, other.form.run / 2 + LINE_GAP)
            least = max(least, self.at[before] + other.right + gap - size.form.left)
            if self._turns(before) or self._turns(item):
                room = max(spacing.half(before), other.form.far_right) + 2 * LINE_GAP
                room += max(spacing.half(item), -size.form.left)
                least = max(least, self.at[before] + room)
        beside = self.last_in_lane.get((band, lane))
        if beside is not None:
            other = self.sizes[beside]
            room = spacing.half(beside) + spacing.half(item) + LABEL_GAP
            if size.form.bottom > other.form.bottom:
                room = max(room, spacing.half(beside) + 2 - size.form.left)
            least = max(least, self.at[beside] + room)
        for link in spacing.into[item]:
            if link.source in self.at and not link.skip:
                least = max(least, self._least_across(link.source, item))
        return least

    def _least_across(self, source: Item, target: Item) -> float:
        """As far left as an item can stand that reads one of another band."""
        step = self.spacing.band(target) - self.spacing.band(source)
        if step == 0:
            return 0.0
        half, form = self.spacing.half(source), self.sizes[source].form
        start = self.at[source] + max(form.far_right + FORK, half + ELBOW)
        size = self.sizes[target]
        if step > 0:
            return start - size.form.run / 2
        return start + ELBOW + max(-size.form.left, self.spacing.half(target))

    def _gap(self, before: Item, after: Item) -> float:
        areas = self.spacing.areas
        alike = areas[before.box] == areas[after.box] or self.spacing.plan.level is not None
        return GAP if alike else AREA_GAP

    def _turns(self, item: Item) -> bool:
        """Whether lines change lanes beside an item."""
        return item in self.spacing.turning
