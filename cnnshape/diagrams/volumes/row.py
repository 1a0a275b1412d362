"""One row of a figure, or one level of a U: its volumes on their axis and all around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil, floor

from ...layers.shapes import format_shape
from ..outline import Area
from ..text import one_line, shorten, text_width
from .items import Item, Link
from .labels import CHANNELS_SIZE, LINE, NAME_SIZE, area_lines, size_text
from .marks import Line, LineKind, Mark, Pill, Point, Rule, Text
from .measure import BESIDE
from .skyline import Skyline
from .solids import Ball, Solid
from .spacing import FORK, LINE_GAP, Spacing

LABEL_TOP = 4.0
"""px between a volume and what is written under it."""
LANE_GAP = 14.0
"""px between the lane of a branch and what is beside it."""
ARC_GAP = 11.0
"""px between an arc and what it passes over."""
TAG_SIZE = 9.5
TAG_HEIGHT = 14.0
NEAR = 12.0
"""Labels whose heights differ by less than these px are put on one line."""
TICK = 2.5
"""px of the end of a rule, to either side."""


@dataclass(eq=False)
class Row:
    """What stands in a row, around the axis of the main path at y = 0.

    Attributes:
        spacing: the figure's.
        x: where each item of the row stands.
        y: the axis of each.
        sky: what is covered.
        marks: what is drawn beside the volumes.
        port: the item of the row above whose value comes in at the left end.
        written: where the label of each item ends.
    """

    spacing: Spacing
    x: Mapping[Item, float]
    port: Item | None = None
    written: dict[Item, float] = field(default_factory=dict)
    y: dict[Item, float] = field(default_factory=dict)
    sky: Skyline = field(default_factory=Skyline)
    marks: list[Mark] = field(default_factory=list)

    def fill(self) -> None:
        """Place all that is of this row alone."""
        if self.port:
            self.y[self.port] = 0
        for stretch in self._stretches():
            self._stand(stretch)
        for stretch in self._stretches():
            self._write(stretch)
            self._sizes(stretch, under_branches=False)
        for chain in self.spacing.plan.chains:
            here = [item for item in chain if item in self.x]
            if here:
                self._branch(here)
        links = self._links()
        arcs = [link for link in links if not self._directly(link)]
        for link in sorted(arcs, key=lambda link: self.x[link.target] - self.x[link.source]):
            self.arc(link)
        for stretch in self._stretches():
            self._sizes(stretch, under_branches=True)
            self._brackets(stretch)

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

    def _holds(self, link: Link) -> bool:
        return link.source in self.x and link.target in self.x

    def _stretches(self) -> list[list[Item]]:
        """The items of the main path that stand in this row, in unbroken stretches."""
        found: list[list[Item]] = [[]]
        for item in self.spacing.parts.main:
            if item in self.x and item is not self.port:
                found[-1].append(item)
            elif found[-1]:
                found.append([])
        return [stretch for stretch in found if stretch]

    # Volumes and what is written under them ----------------------------------------------

    def _stand(self, items: Sequence[Item]) -> None:
        for item in items:
            self.y[item] = 0
            x, size = self.x[item], self.spacing.sizes[item]
            self.sky.add_solid(size.form, x, 0)
            if size.beside and size.label:
                middle = x + size.form.right + BESIDE + size.label.width / 2
                text = Text(size.label.channels, Point(middle, 15), CHANNELS_SIZE, bold=True)
                self.marks.append(text)
                self.sky.add(x + size.form.right, 4, x + size.right, 18)

    def _write(self, items: Sequence[Item]) -> None:
        """Write the labels of neighbours, in one line where they end at about one height."""
        ends: dict[Item, float] = {}
        tops: dict[Item, float] = {}
        for item in items:
            size = self.spacing.sizes[item]
            if size.label and not size.beside:
                top = self._label_top(item)
                # The number at a merge stands in one line with those of its neighbours.
                beside = list(tops.values())[-1:] if item.symbol else []
                tops[item] = max([top, *beside])
        for line in _lines(tops):
            top = max(tops[item] for item in line)
            bottom = max(self._label(item, top) for item in line)
            ends.update(dict.fromkeys(line, bottom))
        self.written.update(ends)

    def _sizes(self, items: Sequence[Item], *, under_branches: bool) -> None:
        """Write under neighbours the size that their maps have in common.

        Where branches of the same size run below them, it is written under these, once.
        """
        for size, run in groupby(items, key=lambda item: item.spatial):
            members = list(run)
            bottoms = [self.written[item] for item in members if item in self.written]
            if size and bottoms and self._continues_below(members) == under_branches:
                self._ruler(items, members, max(bottoms))

    def _continues_below(self, members: Sequence[Item]) -> bool:
        """Whether branches below some neighbours hold maps of their size, and no others."""
        plan = self.spacing.plan
        first, last = plan.column[members[0]], plan.column[members[-1]]
        below = {
            item.spatial
            for item in self.x
            if plan.lane[item] > max(0, plan.lane[members[0]])
            and first <= plan.column[item] <= last
        }
        return below == {members[0].spatial}

    def _label_top(self, item: Item) -> float:
        x, half = self.x[item], self.spacing.sizes[item].half
        return (self.sky.bottom(x - half, x + half) or 0) + LABEL_TOP

    def _label(self, item: Item, top: float) -> float:
        """Write what is said under a volume; where it ends."""
        label = self.spacing.sizes[item].label
        assert label is not None
        x, y = self.x[item], top + LINE - 2
        self.marks.append(Text(label.channels, Point(x, y), CHANNELS_SIZE, bold=True))
        for index, line in enumerate(label.lines, start=1):
            self.marks.append(Text(line, Point(x, y + index * LINE), NAME_SIZE))
        self.sky.add(x - label.width / 2, top, x + label.width / 2, top + label.height)
        return top + label.height

    def _ruler(self, items: Sequence[Item], members: Sequence[Item], top: float) -> None:
        """Write a size under all that has it, between two lines where there is room."""
        text = size_text(members[0])
        half = text_width(text, NAME_SIZE) / 2
        left = right = self.x[members[0]]
        if len(members) > 1:
            left, right = self._span(items, members)
        middle = self._clear(members, left, right, half)
        below = self.sky.bottom(min(left, middle - half), max(right, middle + half))
        top = max(top, below or 0)
        y = top + LINE
        self.marks.append(Text(text, Point(middle, y), NAME_SIZE, muted=True))
        if right - left > 2 * half + 24:
            level = y - 3.5
            for outer, inner in ((left, middle - half - 4), (right, middle + half + 4)):
                tick = (Point(outer, level - TICK), Point(outer, level + TICK))
                self.marks.append(Rule((*tick, Point(outer, level), Point(inner, level))))
        self.sky.add(min(left, middle - half), top, max(right, middle + half), y + 3)

    def _clear(self, members: Sequence[Item], left: float, right: float, half: float) -> float:
        """Where in a stretch a text stands in the middle, or beside a line that runs there."""
        middle = (left + right) / 2
        plan = self.spacing.plan
        for link in self.spacing.parts.links:
            if not self._holds(link):
                continue
            item, other = link.source, link.target
            if item in members and plan.lane[other] > plan.lane[item]:
                line = self._beside(item, other, after=True)
                if abs(line - middle) < half + 3:
                    middle = line + (half + 4 if middle >= line else -half - 4)
        return min(max(middle, left + half), right - half) if right > left else middle

    def _span(self, items: Sequence[Item], members: Sequence[Item]) -> tuple[float, float]:
        """The stretch of some of a row's neighbours, up to half way to the next."""
        first, last = items.index(members[0]), items.index(members[-1])
        left, right = self.ends(members[0])[0], self.ends(members[-1])[1]
        if first > 0:
            left = (left + self.ends(items[first - 1])[1]) / 2 + LINE_GAP / 2
        if last + 1 < len(items):
            right = (right + self.ends(items[last + 1])[0]) / 2 - LINE_GAP / 2
        return left, right

    def ends(self, item: Item) -> tuple[float, float]:
        """The left and the right end of an item and its label."""
        x, size = self.x[item], self.spacing.sizes[item]
        if item is self.port:
            return x, x
        half = self.spacing.half(item)
        return x + min(size.form.left, -half), x + max(size.right, half)

    def _brackets(self, items: Sequence[Item]) -> None:
        """Bracket the neighbours of each group, the innermost nearest to them."""
        areas: dict[Area, list[Item]] = {}
        for item in items:
            for area in self.spacing.areas[item.box]:
                areas.setdefault(area, []).append(item)
        for area in [area for area in areas if self._is_remnant(area, areas[area])]:
            del areas[area]
        spans = {area: self._span(items, members) for area, members in areas.items()}
        tops = [self.sky.bottom(*span) or 0 for span in spans.values()]
        top = max(tops, default=0) + LABEL_TOP
        for _, level in groupby(sorted(areas, key=_nesting), key=_nesting):
            bottom = top
            for area in level:
                bottom = max(bottom, self._bracket(area, *spans[area], top))
            top = bottom + LABEL_TOP

    def _is_remnant(self, area: Area, members: Sequence[Item]) -> bool:
        """Whether one item is left of a group that is bracketed in another row or level."""
        boxes = set(area.boxes())
        whole = [item for item in self.spacing.parts.main if item.box in boxes]
        return len(members) == 1 and len(whole) > 1 and members[0] is not whole[0]

    def _bracket(self, area: Area, left: float, right: float, top: float) -> float:
        """Bracket a group and write its name; where that ends."""
        corners = ((left, top), (left, top + 4), (right, top + 4), (right, top))
        self.marks.append(Rule(tuple(Point(*corner) for corner in corners)))
        name, more = area_lines(area, right - left)
        middle, y = (left + right) / 2, top + 4
        for line in name:
            y += LINE
            self.marks.append(Text(line, Point(middle, y), NAME_SIZE, bold=True))
        if more:
            y += LINE
            self.marks.append(Text(more, Point(middle, y), NAME_SIZE, muted=True))
        self.sky.add(left, top, right, y + 3)
        return y + 3

    # Branches ----------------------------------------------------------------------------

    def _branch(self, chain: Sequence[Item]) -> None:
        """Place a chain above or below all that stands where it and its lines run."""
        part = Row(self.spacing, {item: self.x[item] for item in chain})
        part._stand(chain)
        part._write(chain)
        if self._differs(chain):
            part._sizes(chain, under_branches=False)
        left, right = part.sky.left, part.sky.right
        for link in self.spacing.parts.links:
            if link.target is chain[0] and link.source in self.y:
                left = min(left, self.x[link.source])
            if link.source is chain[-1] and link.target in self.y:
                right = max(right, self.x[link.target])
        if self.spacing.plan.lane[chain[0]] < 0:
            y = (self.sky.top(left, right) or 0) - LANE_GAP - part.sky.lowest
        else:
            y = (self.sky.bottom(left, right) or 0) + LANE_GAP - part.sky.highest
        self.y.update(dict.fromkeys(chain, y))
        self.marks += [mark.moved(0, y) for mark in part.marks]
        self.sky.patches += part.sky.moved(0, y)
        self.sky.add(left, y - 1, right, y + 1)

    def _differs(self, chain: Sequence[Item]) -> bool:
        """Whether a chain holds a size that is not written under the main path beside it."""
        column = self.spacing.plan.column
        first, last = floor(column[chain[0]]), ceil(column[chain[-1]])
        beside = {item.spatial for item in self.spacing.parts.main if first <= column[item] <= last}
        return any(item.spatial not in beside for item in chain)

    # Lines -------------------------------------------------------------------------------

    def _links(self) -> list[Link]:
        """The links within this row; of several alike from one closed group to one item, one."""
        ends: dict[tuple[Item, Item, bool], Link] = {}
        for link in self.spacing.parts.links:
            if self._holds(link):
                ends.setdefault((link.source, link.target, bool(link.tags)), link)
        return list(ends.values())

    def _directly(self, link: Link) -> bool:
        """Draw a link that needs no arc over others, if it is one."""
        source, target = link.source, link.target
        if link.tags:
            return False
        lane = self.spacing.plan.lane
        start, end = self.exit(source), self.entry(target)
        if lane[source] == lane[target]:
            if not self._free(link, lane[source]):
                return False
            points: tuple[Point, ...] = (start, end)
        elif isinstance(self.form(target), Ball) and self._free(link, lane[source]):
            x, radius = self.x[target], self.form(target).right
            down = 1 if start.y < end.y else -1
            points = (start, Point(x, start.y), Point(x, end.y - down * radius))
        elif self._free(link, lane[target]):
            x = self._beside(source, target, after=True)
            points = (start, Point(x, start.y), Point(x, end.y), end)
        elif self._free(link, lane[source]):
            x = self._beside(target, source, after=False)
            points = (start, Point(x, start.y), Point(x, end.y), end)
        else:
            return False
        self.marks.append(Line(points, "size" if link.size_only else "main"))
        return True

    def _free(self, link: Link, lane: int) -> bool:
        """Whether nothing stands in a lane between the ends of a link."""
        plan = self.spacing.plan
        first, last = plan.column[link.source], plan.column[link.target]
        return not any(
            plan.lane[item] == lane and first < plan.column[item] < last for item in self.x
        )

    def _beside(self, item: Item, other: Item, *, after: bool) -> float:
        """Where a line can run from the lane of `item` to that of `other`, beside `item`."""
        plan = self.spacing.plan
        lanes = sorted((plan.lane[item], plan.lane[other]))
        passed = [
            each
            for each in self.x
            if abs(plan.column[each] - plan.column[item]) < 1
            and lanes[0] <= plan.lane[each] <= lanes[1]
        ]
        if after:
            return max(max(self.ends(each)[1], self._far_right(each)) for each in passed) + FORK
        return min(self.ends(each)[0] for each in passed) - FORK

    def arc(self, link: Link) -> None:
        """Draw a link over all that is between its ends."""
        start, end = self.takeoff(link.source), self.landing(link.target)
        y = self.over(start[-1].x, end[0].x, link)
        points = (*start, Point(start[-1].x, y), Point(end[0].x, y), *end)
        self.marks.append(Line(points, line_kind(link)))

    def over(self, first: float, last: float, link: Link | None = None) -> float:
        """How high a line runs from one place to another, over all that is between.

        The tags of `link` are put on it.
        """
        left, right = min(first, last), max(first, last)
        tagged = link is not None and bool(link.tags)
        gap = ARC_GAP + (TAG_HEIGHT / 2 if tagged else 0)
        y = (self.sky.top(left, right) or 0) - gap
        self.sky.add(left, y - 1, right, y + 1)
        if link is not None:
            self._pills(link, left, right, y)
        return y

    def takeoff(self, source: Item) -> tuple[Point, Point]:
        """The first corners of an arc: out of an item, to where it turns up in the gap after it."""
        out = self.exit(source)
        x = self._far_right(source) + FORK
        ahead = [self.entry(item).x - LINE_GAP for item in self._after(source)]
        return out, Point(max(out.x + FORK, min([x, *ahead])), out.y)

    def _far_right(self, item: Item) -> float:
        return self.x[item] + self.form(item).far_right

    def _after(self, item: Item) -> list[Item]:
        """The item that stands next in the lane of another, if any."""
        plan = self.spacing.plan
        lane, column = plan.lane[item], plan.column[item]
        further = [
            each for each in self.x if plan.lane[each] == lane and plan.column[each] > column
        ]
        return sorted(further, key=lambda each: plan.column[each])[:1]

    def landing(self, target: Item) -> tuple[Point, ...]:
        """The last corners of an arc: from above onto a ball, or in front of a volume."""
        form = self.form(target)
        if isinstance(form, Ball):
            return (self.at(target).moved(0, -form.radius),)
        entry = self.entry(target)
        return entry.moved(-LINE_GAP - 1, 0), entry

    def _pills(self, link: Link, left: float, right: float, y: float) -> None:
        """Put the layers that only rearrange on the arc that carries what they read."""
        room = (right - left) / max(1, len(link.tags)) - 12
        for index, tag in enumerate(reversed(link.tags)):
            box = tag.box
            size = format_shape(box.output_shape[1:] or box.output_shape)
            content = shorten(one_line(f"{box.name} {size}"), max(room - 10, 12), TAG_SIZE)
            width = text_width(content, TAG_SIZE) + 10
            x = right - (index + 0.5) * (right - left) / len(link.tags)
            likes = [like for like in tag.likes if like in self.x]
            if likes:
                form = self.form(likes[0])
                x = self.x[likes[0]] + form.run / 2
            x = min(max(x, left + width / 2 + 6), right - width / 2 - 6)
            self.marks.append(Pill(tag, content, Point(x, y), width))
            half = TAG_HEIGHT / 2
            self.sky.add(x - width / 2, y - half, x + width / 2, y + half)
            for like in likes:
                top = self.at(like).moved(self.form(like).run / 2, self.top(like))
                end = min(max(top.x, x - width / 2 + half), x + width / 2 - half)
                self.marks.append(Line((top, Point(end, y + half)), "size"))

    def top(self, item: Item) -> float:
        """From the axis to the middle of the top face."""
        form = self.form(item)
        return form.top + form.rise / 2


def line_kind(link: Link) -> LineKind:
    if link.size_only:
        return "size"
    return "skip" if link.skip else "main"


def _lines(tops: Mapping[Item, float]) -> Iterator[list[Item]]:
    """Neighbours whose labels can stand on one line without being far from their volumes."""
    line: list[Item] = []
    for item, top in tops.items():
        if line and max(abs(top - tops[other]) for other in line) > NEAR:
            yield line
            line = []
        line.append(item)
    if line:
        yield line


def _nesting(area: Area) -> int:
    """How many levels of groups are drawn in it."""
    inner = (_nesting(child) for child in area.children if isinstance(child, Area))
    return 1 + max(inner, default=-1)
