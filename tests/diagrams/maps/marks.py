"""The marks of a figure, read back from its SVG, in px of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree import ElementTree

from cnnshape.diagrams.text import ASCENT, DESCENT, text_width

_SVG = "{http://www.w3.org/2000/svg}"
_TRANSLATE = re.compile(r"translate\((\S+) (\S+)\)")


class Area(NamedTuple):
    """A rectangle of the page, and the text in it."""

    left: float
    top: float
    right: float
    bottom: float
    content: str = ""

    def meets(self, other: Area, by: float = 0.01) -> bool:
        """Whether they have more than their edges in common."""
        return (
            min(self.right, other.right) - max(self.left, other.left) > by
            and min(self.bottom, other.bottom) - max(self.top, other.top) > by
        )


@dataclass
class Marks:
    """Everything that a figure shows."""

    width: float
    height: float
    texts: list[Area] = field(default_factory=list)
    rects: list[Area] = field(default_factory=list)
    lines: list[Area] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)


def marks(svg: str) -> Marks:
    root = ElementTree.fromstring(svg)
    found = Marks(float(root.attrib["width"]), float(root.attrib["height"]))
    for element, x, y in _placed(root, 0, 0):
        name, at = element.tag.removeprefix(_SVG), element.attrib
        if name == "text":
            found.texts.append(_text(element, x, y))
        elif name == "rect" and at["width"] != "100%":
            left, top = x + float(at["x"]), y + float(at["y"])
            right, bottom = left + float(at["width"]), top + float(at["height"])
            found.rects.append(Area(left, top, right, bottom))
        elif name == "line":
            x1, y1, x2, y2 = (float(at[key]) for key in ("x1", "y1", "x2", "y2"))
            found.lines.append(Area(x + x1, y + y1, x + x2, y + y2))
        elif name == "title":
            found.titles.append(element.text or "")
    return found


def _placed(
    element: ElementTree.Element, x: float, y: float
) -> Iterator[tuple[ElementTree.Element, float, float]]:
    moved = _TRANSLATE.fullmatch(element.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    yield element, x, y
    for child in element:
        yield from _placed(child, x, y)


def _text(element: ElementTree.Element, x: float, y: float) -> Area:
    at, content = element.attrib, element.text or ""
    size = float(at["font-size"])
    width = text_width(content, size, bold=at.get("font-weight") == "bold")
    left = x + float(at["x"]) - (width / 2 if at.get("text-anchor") == "middle" else 0)
    base = y + float(at["y"])
    return Area(left, base - ASCENT * size, left + width, base + DESCENT * size, content)


def crosses(line: Area, box: Area) -> bool:
    """Whether a line, from (left, top) to (right, bottom), passes through a box."""
    first, last = 0.0, 1.0
    for start, end, low, high in (
        (line.left, line.right, box.left, box.right),
        (line.top, line.bottom, box.top, box.bottom),
    ):
        if start == end:
            if not low < start < high:
                return False
            continue
        enters, leaves = sorted(((low - start) / (end - start), (high - start) / (end - start)))
        first, last = max(first, enters), min(last, leaves)
    return first < last - 1e-6
