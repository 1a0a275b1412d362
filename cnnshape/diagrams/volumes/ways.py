"""The way of every line within a row: straight on, around to another lane, or in an arc."""

from __future__ import annotations

from ...layers.shapes import format_shape
from ..text import one_line, shorten_name, text_width
from .items import Item, Link
from .marks import LineKind, Pill, Point, Text, Way
from .row import Row
from .solids import Ball
from .spacing import FORK, LINE_GAP

ARC_GAP = 11.0
"""px between an arc and what it passes over."""
LEAST_ARC = 12.0
"""px from the start to the end of an arc."""
TAG_SIZE = 9.5
TAG_HEIGHT = 14.0


def connect(row: Row) -> None:
    """Draw the links within a row; the shorter an arc, the lower."""
    for item in row.x:
        _hidden_skips(row, item)
    arcs = [link for link in _links(row) if not _directly(row, link)]
    for link in sorted(arcs, key=lambda link: row.x[link.target] - row.x[link.source]):
        arc(row, link)


def _links(row: Row) -> list[Link]:
    """The links within this row; of several alike from one closed group to one item, one."""
    ends: dict[tuple[Item, Item, bool], Link] = {}
    for link in row.spacing.parts.links:
        if row.holds(link):
            ends.setdefault((link.source, link.target, bool(link.tags)), link)
    return list(ends.values())


def _directly(row: Row, link: Link) -> bool:
    """Draw a link that needs no arc over others, if it is one."""
    source, target = link.source, link.target
    if link.tags:
        return False
    lane = row.spacing.plan.lane
    start, end = row.exit(source), row.entry(target)
    if lane[source] == lane[target]:
        if not _free(row, link, lane[source]):
            return False
        points: tuple[Point, ...] = (start, end)
    elif isinstance(row.form(target), Ball) and _drops(row, link):
        x, radius = row.x[target], row.form(target).right
        down = 1 if start.y < end.y else -1
        points = (start, Point(x, start.y), Point(x, end.y - down * radius))
    elif _free(row, link, lane[target]):
        x = beside(row, source, target, after=True)
        points = (start, Point(x, start.y), Point(x, end.y), end)
    elif _free(row, link, lane[source]):
        x = beside(row, target, source, after=False)
        points = (start, Point(x, start.y), Point(x, end.y), end)
    else:
        return False
    row.marks.append(Way(points, line_kind(link)))
    x = row.x[target]
    _times(row, link.arrow.times, x, row.sky.top(x - FORK, x + FORK) or 0)
    return True


def _free(row: Row, link: Link, lane: int) -> bool:
    """Whether nothing stands in a lane between the ends of a link."""
    plan = row.spacing.plan
    first, last = plan.column[link.source], plan.column[link.target]
    return not any(plan.lane[item] == lane and first < plan.column[item] < last for item in row.x)


def _drops(row: Row, link: Link) -> bool:
    """Whether a link can run on in its lane and then turn straight onto the ball it ends at."""
    lane = row.spacing.plan.lane
    lanes = sorted((lane[link.source], lane[link.target]))
    passed = _column(row, link.target, *lanes)
    return _free(row, link, lane[link.source]) and {*passed} <= {link.source, link.target}


def beside(row: Row, item: Item, other: Item, *, after: bool) -> float:
    """Where a line can run from the lane of `item` to that of `other`, beside `item`."""
    lane = row.spacing.plan.lane
    passed = _column(row, item, *sorted((lane[item], lane[other])))
    if after:
        return max(max(row.ends(each)[1], row.far_right(each)) for each in passed) + FORK
    return min(row.ends(each)[0] for each in passed) - FORK


def _column(row: Row, item: Item, first: int, last: int) -> list[Item]:
    """What stands in the column of an item, from one lane to another."""
    plan = row.spacing.plan
    return [
        each
        for each in row.x
        if abs(plan.column[each] - plan.column[item]) < 1 and first <= plan.lane[each] <= last
    ]


def _topmost(row: Row, item: Item) -> Item:
    """What stands highest in the column of an item."""
    lane = row.spacing.plan.lane
    return min(_column(row, item, min(lane.values()), lane[item]), key=lane.__getitem__)


def arc(row: Row, link: Link) -> None:
    """Draw a link over all that is between its ends."""
    start, end = takeoff(row, link.source), landing(row, link.target)
    y = over(row, start[-1].x, end[0].x, link)
    points = (*start, Point(start[-1].x, y), Point(end[0].x, y), *end)
    row.marks.append(Way(points, line_kind(link)))


def _hidden_skips(row: Row, item: Item) -> None:
    """Draw one arc over a closed group for the skip connections in it, with how many there are."""
    if item.box is None or not item.box.skips:
        return
    form = row.form(item)
    # The middle of the top face, less a fifth at either end, but as wide as an arrow's head needs.
    middle = row.x[item] + form.run / 2
    half = max(-form.left * 0.6, LEAST_ARC / 2)
    left, right = middle - half, middle + half
    top = row.at(item).y + row.top(item)
    y = over(row, left, right)
    corners = (Point(left, top), Point(left, y), Point(right, y), Point(right, top))
    row.marks.append(Way(corners, "skip"))
    _times(row, item.box.skips, (left + right) / 2, y)


def _times(row: Row, times: int, x: float, y: float) -> None:
    """Write how many values an arc stands for, over it."""
    if times > 1:
        content = f"×{times}"
        row.marks.append(Text(content, Point(x, y - 3), TAG_SIZE, muted=True))
        half = text_width(content, TAG_SIZE) / 2
        row.sky.add(x - half, y - 3 - TAG_SIZE, x + half, y)


def over(row: Row, first: float, last: float, link: Link | None = None) -> float:
    """How high a line runs from one place to another, over all that is between.

    The tags of `link` are put on it.
    """
    left, right = min(first, last), max(first, last)
    tagged = link is not None and bool(link.tags)
    gap = ARC_GAP + (TAG_HEIGHT / 2 if tagged else 0)
    y = (row.sky.top(left, right) or 0) - gap
    row.sky.add(left, y - 1, right, y + 1)
    if link is not None:
        _times(row, link.arrow.times, (left + right) / 2, y)
        _pills(row, link, left, right, y)
    return y


def takeoff(row: Row, source: Item) -> tuple[Point, Point]:
    """The first corners of an arc: out of an item, to where it turns up in the gap after it."""
    out = row.exit(source)
    top = _topmost(row, source)
    if top is not source:
        return out, Point(beside(row, source, top, after=True), out.y)
    x = row.far_right(source) + FORK
    ahead = [row.entry(item).x - LINE_GAP for item in _after(row, source)]
    return out, Point(max(out.x + FORK, min([x, *ahead])), out.y)


def _after(row: Row, item: Item) -> list[Item]:
    """The item that stands next in the lane of another, if any."""
    plan = row.spacing.plan
    lane, column = plan.lane[item], plan.column[item]
    further = [each for each in row.x if plan.lane[each] == lane and plan.column[each] > column]
    return sorted(further, key=lambda each: plan.column[each])[:1]


def landing(row: Row, target: Item) -> tuple[Point, ...]:
    """The last corners of an arc: from above onto a ball, or in front of a volume."""
    form, entry = row.form(target), row.entry(target)
    top = _topmost(row, target)
    if top is not target:
        return Point(beside(row, target, top, after=False), entry.y), entry
    if isinstance(form, Ball):
        return (row.at(target).moved(0, -form.radius),)
    return entry.moved(-LINE_GAP - 1, 0), entry


def _pills(row: Row, link: Link, left: float, right: float, y: float) -> None:
    """Put the layers that only rearrange on the arc that carries what they read."""
    room = (right - left) / max(1, len(link.tags)) - 12
    for index, tag in enumerate(reversed(link.tags)):
        box = tag.box
        size = format_shape(box.output_shape[1:] or box.output_shape)
        content = shorten_name(one_line(f"{box.name} {size}"), max(room - 10, 12), TAG_SIZE)
        width = text_width(content, TAG_SIZE) + 10
        x = right - (index + 0.5) * (right - left) / len(link.tags)
        likes = [like for like in tag.likes if like in row.x]
        if likes:
            form = row.form(likes[0])
            x = row.x[likes[0]] + form.run / 2
        x = min(max(x, left + width / 2 + 6), right - width / 2 - 6)
        row.marks.append(Pill(tag, content, Point(x, y), width))
        half = TAG_HEIGHT / 2
        row.sky.add(x - width / 2, y - half, x + width / 2, y + half)
        for like in likes:
            top = row.at(like).moved(row.form(like).run / 2, row.top(like))
            end = min(max(top.x, x - width / 2 + half), x + width / 2 - half)
            row.marks.append(Way((top, Point(end, y + half)), "size"))


def line_kind(link: Link) -> LineKind:
    """How a link is drawn."""
    if link.size_only:
        return "size"
    return "skip" if link.skip else "main"
