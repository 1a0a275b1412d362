"""The whole figure: rows one under the other, or the levels of a U, and the lines between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from .filling import fill
from .items import Item, Link
from .marks import Mark, Point, Way
from .row import Row
from .skyline import Skyline
from .spacing import AREA_GAP, ELBOW, Spacing
from .ways import arc, landing, line_kind, over, takeoff

WIDEST_ROW = 1120.0
"""px: a row at this width is still read on a page; where rows would make a tower, more."""
LEAST_SHAPE = 0.75
"""Of width to height, below which a figure is a tower."""
TRIES = 3
"""How often a wider row is tried."""
ROW_GAP = 36.0
LEVEL_GAP = 10.0
"""px between two rows, and between two levels of a U."""
TRACK = 9.0
"""px between two lines side by side, and between a row and a line around it."""


@dataclass(frozen=True)
class Layout:
    """A placed figure.

    Attributes:
        places: of each item: the middle of its front face, on its axis.
        marks: what else is drawn.
        covered: the ground that all of it needs.
    """

    places: Mapping[Item, Point]
    marks: tuple[Mark, ...]
    covered: Skyline


def layout(spacing: Spacing) -> Layout:
    """A place for everything."""
    if spacing.plan.level:
        return _as_u(spacing)
    widest = WIDEST_ROW
    for _ in range(TRIES):
        made = _in_rows(spacing, widest)
        shape = made.covered.width / made.covered.height
        if shape >= LEAST_SHAPE:
            break
        widest *= 1.05 * sqrt(LEAST_SHAPE / shape)
    return made


def _in_rows(spacing: Spacing, widest: float) -> Layout:
    """Rows one under the other; a line leads from the end of one to the next."""
    rows: list[Row] = []
    for columns in spacing.rows(widest):
        places = spacing.places(columns)
        port = _port(spacing, rows[-1], places) if rows else None
        if port:
            places[port] = spacing.left(places) - AREA_GAP
        rows.append(Row(spacing, places, port))
    for row in rows:
        fill(row)
        row.shift(-row.left)
    across = _across(spacing, rows)
    margin = max(row.sky.right for row in rows) + 2 * TRACK
    flights = [
        _Flight.over(link, rows, margin + index * TRACK) for index, link in enumerate(across)
    ]
    tops = _stack(rows, ROW_GAP)
    marks = [flight.line(tops) for flight in flights]
    marks += [_return(index, rows, tops) for index, row in enumerate(rows) if row.port]
    return _put_together(rows, tops, marks)


def _port(spacing: Spacing, above: Row, places: Mapping[Item, float]) -> Item | None:
    """The item at the end of the row above whose value goes on in a row, if any does."""
    ends = [stretch[-1] for stretch in above.stretches()[-1:]]
    read = {link.source for item in places for link in spacing.into[item]}
    return ends[0] if ends and ends[0] in read else None


def _across(spacing: Spacing, rows: Sequence[Row]) -> list[Link]:
    """The links from one row to another that no port brings in."""
    row_of = _row_of(rows)
    return [
        link
        for link in spacing.parts.links
        if row_of[link.source] != row_of[link.target]
        and link.source is not rows[row_of[link.target]].port
    ]


@dataclass(frozen=True)
class _Flight:
    """A link from one row over its end to another: the corners in each, around their axes."""

    link: Link
    first: int
    last: int
    start: tuple[Point, ...]
    end: tuple[Point, ...]

    @classmethod
    def over(cls, link: Link, rows: Sequence[Row], margin: float) -> _Flight:
        """Lead a link over one row to `margin`, and from there over another to its end."""
        row_of = _row_of(rows)
        first, last = row_of[link.source], row_of[link.target]
        start, end = takeoff(rows[first], link.source), landing(rows[last], link.target)
        up = over(rows[first], start[-1].x, margin)
        down = over(rows[last], end[0].x, margin, link)
        return cls(
            link,
            first,
            last,
            (*start, Point(start[-1].x, up), Point(margin, up)),
            (Point(margin, down), Point(end[0].x, down), *end),
        )

    def line(self, tops: Sequence[float]) -> Way:
        """The whole line, when it is known where the rows stand."""
        start = [point.moved(0, tops[self.first]) for point in self.start]
        end = [point.moved(0, tops[self.last]) for point in self.end]
        return Way((*start, *end), line_kind(self.link))


def _return(index: int, rows: Sequence[Row], tops: Sequence[float]) -> Way:
    """From the end of a row, between the rows, to the port of the next."""
    first, last = rows[index - 1], rows[index]
    assert last.port is not None, "only a row with a port has one"
    start = first.exit(last.port).moved(0, tops[index - 1])
    end = last.at(last.port).moved(0, tops[index])
    right, left = first.sky.right + TRACK, end.x - TRACK
    y = tops[index] + last.sky.highest - ROW_GAP / 2
    corners = (Point(right, start.y), Point(right, y), Point(left, y), Point(left, end.y))
    return Way((start, *corners, end), head=False)


def _as_u(spacing: Spacing) -> Layout:
    """Levels one under the other, each as far right as the data has come."""
    places = spacing.places(range(len(spacing.columns)))
    levels: dict[int, dict[Item, float]] = {}
    for item, x in places.items():
        levels.setdefault(spacing.band(item), {})[item] = x
    rows = [Row(spacing, levels[level]) for level in sorted(levels)]
    for row in rows:
        fill(row)
    tops = _descend(rows, LEVEL_GAP)
    main = spacing.parts.main
    trunk = set(pairwise(main))
    across = _across(spacing, rows)
    steps = [link for link in across if (link.source, link.target) in trunk and not link.tags]
    marks = [_step(link, rows, tops) for link in steps]
    whole = Row(spacing, places)
    for row, top in zip(rows, tops, strict=True):
        whole.y.update({item: y + top for item, y in row.y.items()})
        whole.sky.patches += row.sky.moved(0, top)
    for link in across:
        if link not in steps:
            arc(whole, link)
    return Layout(
        {item: whole.at(item) for item in places},
        (*_moved_marks(rows, tops), *marks, *whole.marks),
        _covering(whole.sky, marks),
    )


def _step(link: Link, rows: Sequence[Row], tops: Sequence[float]) -> Way:
    """From one level of a U down onto the next, or up to it."""
    row_of = _row_of(rows)
    first, last = row_of[link.source], row_of[link.target]
    target = rows[last]
    start = rows[first].exit(link.source).moved(0, tops[first])
    middle = target.at(link.target).moved(0, tops[last])
    if last > first:
        top = middle.moved(target.form(link.target).run / 2, target.top(link.target))
        return Way((start, Point(top.x, start.y), top))
    x = target.ends(link.target)[0] - ELBOW
    end = target.entry(link.target).moved(0, tops[last])
    return Way((start, Point(x, start.y), Point(x, end.y), end))


def _row_of(rows: Sequence[Row]) -> dict[Item, int]:
    return {item: index for index, row in enumerate(rows) for item in row.x if item is not row.port}


def _stack(rows: Sequence[Row], gap: float) -> list[float]:
    """Where the axis of each row is when they stand one under the other."""
    tops: list[float] = []
    for row in rows:
        below = tops[-1] + rows[len(tops) - 1].sky.lowest + gap if tops else 0
        tops.append(below - row.sky.highest)
    return tops


def _descend(rows: Sequence[Row], gap: float) -> list[float]:
    """Where the axis of each level is: its volumes below all that is written on the one above.

    Its arcs may run beside that, where they are clear of it.
    """
    tops: list[float] = []
    above = Skyline()
    for row in rows:
        tops.append(0.0)
        if above.patches:
            volumes = min(row.y[item] + row.form(item).top for item in row.x)
            clear = [
                bottom - patch.top
                for patch in row.sky.patches
                if (bottom := above.bottom(patch.left, patch.right)) is not None
            ]
            tops[-1] = gap + max([above.lowest - volumes, *clear])
        above.patches += row.sky.moved(0, tops[-1])
    return tops


def _moved_marks(rows: Sequence[Row], tops: Sequence[float]) -> list[Mark]:
    return [mark.moved(0, top) for row, top in zip(rows, tops, strict=True) for mark in row.marks]


def _covering(sky: Skyline, lines: Sequence[Way]) -> Skyline:
    """The ground with that of some lines."""
    for line in lines:
        xs, ys = [point.x for point in line.points], [point.y for point in line.points]
        sky.add(min(xs), min(ys), max(xs), max(ys))
    return sky


def _put_together(rows: Sequence[Row], tops: Sequence[float], lines: Sequence[Way]) -> Layout:
    sky = Skyline(
        [patch for row, top in zip(rows, tops, strict=True) for patch in row.sky.moved(0, top)]
    )
    places = {
        item: row.at(item).moved(0, top)
        for row, top in zip(rows, tops, strict=True)
        for item in row.x
        if item is not row.port
    }
    return Layout(places, (*_moved_marks(rows, tops), *lines), _covering(sky, lines))
