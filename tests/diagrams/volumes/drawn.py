"""What a figure of volumes shows, read back from its SVG, and the parts before they are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from cnnshape.diagrams import Look, make_look
from cnnshape.diagrams.boxes import Outline
from cnnshape.diagrams.outline import outline
from cnnshape.diagrams.volumes.items import Item, Parts, parts
from cnnshape.diagrams.volumes.layout import Layout, layout
from cnnshape.diagrams.volumes.measure import Measured, measure
from cnnshape.diagrams.volumes.plan import Plan, make_plan
from cnnshape.diagrams.volumes.solids import Scales
from cnnshape.diagrams.volumes.spacing import Spacing
from cnnshape.network import Network

from ..maps.marks import Area, Marks, _placed, marks

SVG = "{http://www.w3.org/2000/svg}"
_STEPS = re.compile(r"[MLHVQZmlhvqz]|-?\d+\.?\d*")

Polygon = list[tuple[float, float]]


@dataclass
class Shown:
    """Everything that a figure shows: texts and tags, the faces of volumes, lines."""

    marks: Marks
    faces: list[Polygon]
    ways: list[Polygon]


def shown(svg: str) -> Shown:
    found = Shown(marks(svg), [], [])
    for element, x, y in _placed(ElementTree.fromstring(svg), 0, 0):
        if element.tag != f"{SVG}path":
            continue
        points = [(x + px, y + py) for px, py in _points(element.attrib["d"])]
        if element.get("fill") != "none":
            found.faces.append(points)
        elif element.get("stroke-width") == "1.2":
            found.ways.append(points)
    return found


def _points(way: str) -> Iterator[tuple[float, float]]:
    """The corners of a path of the steps that the painter writes."""
    steps = iter(_STEPS.findall(way))
    x = y = 0.0
    for step in steps:
        if step in "MLQ":
            for _ in range(2 if step == "Q" else 1):
                x, y = float(next(steps)), float(next(steps))
                yield x, y
        elif step == "h":
            x += float(next(steps))
            yield x, y
        elif step == "v":
            y += float(next(steps))
            yield x, y
        elif step == "l":
            x, y = x + float(next(steps)), y + float(next(steps))
            yield x, y
        else:
            assert step == "z", step


def covers(face: Polygon, x: float, y: float) -> bool:
    """Whether a point is on a face (by the count of edges to its right)."""
    inside = False
    for (x1, y1), (x2, y2) in zip(face, face[1:] + face[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (x2 - x1) * (y - y1) / (y2 - y1):
            inside = not inside
    return inside


def middle_band(text: Area) -> Iterator[tuple[float, float]]:
    """Points on the upper and lower edge of a text's digits and small letters."""
    height = text.bottom - text.top
    for share in range(11):
        x = text.left + share / 10 * (text.right - text.left)
        yield x, text.top + 0.2 * height
        yield x, text.bottom - 0.2 * height


@dataclass
class Placed:
    """A figure before it is painted."""

    outline: Outline
    parts: Parts
    plan: Plan
    sizes: dict[Item, Measured]
    layout: Layout

    def item(self, path: str) -> Item:
        """The item of a box, by the path of its first layer."""
        return next(item for item in self.parts.items if item.box and item.box.path == path)


def placed(network: Network, look: Look | None = None) -> Placed:
    drawn = outline(network, look or make_look())
    found = parts(drawn)
    plan = make_plan(found)
    sizes = measure(found, plan, Scales.of(item.shape for item in found.items if not item.symbol))
    return Placed(drawn, found, plan, dict(sizes), layout(Spacing(drawn, found, plan, sizes)))
