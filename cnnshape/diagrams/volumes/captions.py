"""What is written and bracketed under the volumes of a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from ..boxes import Area
from ..text import text_width
from .items import Item
from .labels import CHANNELS_SIZE, LINE, NAME_SIZE, area_lines, size_text
from .marks import Point, Rule, Text
from .row import Row
from .spacing import LINE_GAP
from .ways import beside

LABEL_TOP = 4.0
"""px between a volume and what is written under it."""
NEAR = 12.0
"""Labels whose heights differ by less than these px are put on one line."""
RULE_GAP = 4.0
"""px between a size and the rules to its left and right."""
LEAST_RULE = 8.0
"""px of a rule; shorter ones are left out."""
TICK = 2.5
"""px of the end of a rule, to either side."""


def write(row: Row, items: Sequence[Item]) -> None:
    """Write the labels of neighbours, in one line where they end at about one height."""
    ends: dict[Item, float] = {}
    tops: dict[Item, float] = {}
    for item in items:
        size = row.spacing.sizes[item]
        if size.label and not size.beside:
            top = _label_top(row, item)
            # The number at a merge stands in one line with those of its neighbours.
            neighbours = list(tops.values())[-1:] if item.symbol else []
            tops[item] = max([top, *neighbours])
    for line in _lines(tops):
        top = max(tops[item] for item in line)
        bottom = max(_label(row, item, top) for item in line)
        ends.update(dict.fromkeys(line, bottom))
    row.written.update(ends)


def write_sizes(row: Row, items: Sequence[Item], *, under_branches: bool) -> None:
    """Write under neighbours the size that their maps have in common.

    Where branches of the same size run below them, it is written under these, once.
    """
    for size, run in groupby(items, key=lambda item: item.spatial):
        members = list(run)
        bottoms = [row.written[item] for item in members if item in row.written]
        if size and bottoms and _continues_below(row, members) == under_branches:
            _ruler(row, items, members, max(bottoms))


def _continues_below(row: Row, members: Sequence[Item]) -> bool:
    """Whether branches below some neighbours hold maps of their size, and no others."""
    plan = row.spacing.plan
    first, last = plan.column[members[0]], plan.column[members[-1]]
    below = {
        item.spatial
        for item in row.x
        if plan.lane[item] > max(0, plan.lane[members[0]]) and first <= plan.column[item] <= last
    }
    return below == {members[0].spatial}


def _label_top(row: Row, item: Item) -> float:
    x, half = row.x[item], row.spacing.sizes[item].half
    return (row.sky.bottom(x - half, x + half) or 0) + LABEL_TOP


def _label(row: Row, item: Item, top: float) -> float:
    """Write what is said under a volume; where it ends."""
    label = row.spacing.sizes[item].label
    assert label is not None
    x, y = row.x[item], top + LINE - 2
    row.marks.append(Text(label.channels, Point(x, y), CHANNELS_SIZE, bold=True))
    for index, line in enumerate(label.lines, start=1):
        row.marks.append(Text(line, Point(x, y + index * LINE), NAME_SIZE))
    row.sky.add(x - label.width / 2, top, x + label.width / 2, top + label.height)
    return top + label.height


def _ruler(row: Row, items: Sequence[Item], members: Sequence[Item], top: float) -> None:
    """Write a size under all that has it, between two lines where there is room."""
    text = size_text(members[0])
    half = text_width(text, NAME_SIZE) / 2
    left = right = row.x[members[0]]
    if len(members) > 1:
        left, right = _span(row, items, members)
    middle = _clear(row, members, left, right, half)
    below = row.sky.bottom(min(left, middle - half), max(right, middle + half))
    top = max(top, below or 0)
    y = top + LINE
    row.marks.append(Text(text, Point(middle, y), NAME_SIZE, muted=True))
    inner_left, inner_right = middle - half - RULE_GAP, middle + half + RULE_GAP
    if min(inner_left - left, right - inner_right) > LEAST_RULE:
        level = y - 0.35 * NAME_SIZE
        for outer, inner in ((left, inner_left), (right, inner_right)):
            tick = (Point(outer, level - TICK), Point(outer, level + TICK))
            row.marks.append(Rule((*tick, Point(outer, level), Point(inner, level))))
    row.sky.add(min(left, middle - half), top, max(right, middle + half), y + 3)


def _clear(row: Row, members: Sequence[Item], left: float, right: float, half: float) -> float:
    """Where in a stretch a text stands in the middle, or beside a line that runs there."""
    middle = (left + right) / 2
    plan = row.spacing.plan
    for link in row.spacing.parts.links:
        if not row.holds(link):
            continue
        item, other = link.source, link.target
        if item in members and plan.lane[other] > plan.lane[item]:
            line = beside(row, item, other, after=True)
            if abs(line - middle) < half + 3:
                middle = line + (half + 4 if middle >= line else -half - 4)
    return min(max(middle, left + half), right - half) if right > left else middle


def _span(row: Row, items: Sequence[Item], members: Sequence[Item]) -> tuple[float, float]:
    """The stretch of some of a row's neighbours, up to half way to the next."""
    first, last = items.index(members[0]), items.index(members[-1])
    left, right = row.ends(members[0])[0], row.ends(members[-1])[1]
    if first > 0:
        left = (left + row.ends(items[first - 1])[1]) / 2 + LINE_GAP / 2
    if last + 1 < len(items):
        right = (right + row.ends(items[last + 1])[0]) / 2 - LINE_GAP / 2
    return left, right


def bracket(row: Row, items: Sequence[Item]) -> None:
    """Bracket the neighbours of each group, the innermost nearest to them."""
    areas: dict[Area, list[Item]] = {}
    for item in items:
        for area in row.spacing.areas[item.box]:
            if item in row.spacing.bracketed[area]:
                areas.setdefault(area, []).append(item)
    for area in [area for area in areas if _is_remnant(row, area, areas[area])]:
        del areas[area]
    spans = {area: _extent(row, area, items, members) for area, members in areas.items()}
    tops = [row.sky.bottom(*span) or 0 for span in spans.values()]
    top = max(tops, default=0) + LABEL_TOP
    for _, level in groupby(sorted(areas, key=_nesting), key=_nesting):
        bottom = top
        for area in level:
            bottom = max(bottom, _bracket(row, area, *spans[area], top))
        top = bottom + LABEL_TOP


def _extent(
    row: Row, area: Area, items: Sequence[Item], members: Sequence[Item]
) -> tuple[float, float]:
    """The stretch of a group: of its neighbours on the main path, and of its branches."""
    left, right = _span(row, items, members)
    boxes = set(area.boxes())
    ends = [row.ends(item) for item in row.x if item.box in boxes and item is not row.port]
    return min([left, *(end[0] for end in ends)]), max([right, *(end[1] for end in ends)])


def _is_remnant(row: Row, area: Area, members: Sequence[Item]) -> bool:
    """Whether one item is left of a group that is bracketed in another row or level."""
    whole = row.spacing.bracketed[area]
    return len(members) == 1 and len(whole) > 1 and members[0] is not whole[0]


def _bracket(row: Row, area: Area, left: float, right: float, top: float) -> float:
    """Bracket a group and write its name; where that ends."""
    corners = ((left, top), (left, top + 4), (right, top + 4), (right, top))
    row.marks.append(Rule(tuple(Point(*corner) for corner in corners)))
    name, more = area_lines(area, right - left)
    middle, y = (left + right) / 2, top + 4
    for line in name:
        y += LINE
        row.marks.append(Text(line, Point(middle, y), NAME_SIZE, bold=True))
    if more:
        y += LINE
        row.marks.append(Text(more, Point(middle, y), NAME_SIZE, muted=True))
    row.sky.add(left, top, right, y + 3)
    return y + 3


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
