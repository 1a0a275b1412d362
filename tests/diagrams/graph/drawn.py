"""A drawn figure read back: the cards, texts and size that its SVG says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree import ElementTree

from cnnshape.diagrams.text import ASCENT, DESCENT, text_width

SVG = "{http://www.w3.org/2000/svg}"


class Place(NamedTuple):
    """A rectangle on the page, in px."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Place, slack: float = 0.05) -> bool:
        return (
            self.left < other.right - slack
            and other.left < self.right - slack
            and self.top < other.bottom - slack
            and other.top < self.bottom - slack
        )

    def holds(self, other: Place, slack: float = 0.05) -> bool:
        return (
            self.left <= other.left + slack
            and other.right <= self.right + slack
            and self.top <= other.top + slack
            and other.bottom <= self.bottom + slack
        )


@dataclass
class Drawn:
    """What a figure shows."""

    root: ElementTree.Element
    page: Place
    cards: list[tuple[Place, list[tuple[str, Place]]]] = field(default_factory=list)
    texts: list[tuple[str, Place]] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        return [text for text, _ in self.texts]


def read(svg: str) -> Drawn:
    """The places of all cards and texts; the sizes of texts are measured, not drawn."""
    root = ElementTree.fromstring(svg.encode())
    page = Place(0, 0, float(root.get("width", 0)), float(root.get("height", 0)))
    drawn = Drawn(root, page)
    _walk(root, 0, 0, drawn)
    return drawn


def words_of(svg: str) -> list[str]:
    """Every text of any SVG, whoever drew it."""
    return [text.text or "" for text in ElementTree.fromstring(svg.encode()).iter(f"{SVG}text")]


def _walk(element: ElementTree.Element, x: float, y: float, drawn: Drawn) -> None:
    moved = re.fullmatch(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    rects = element.findall(f"{SVG}rect")
    if element.tag == f"{SVG}g" and element.find(f"{SVG}title") is not None and rects:
        drawn.cards.append((_rect(rects[-1], x, y), list(_texts(element, x, y))))
    if element.tag == f"{SVG}text":
        drawn.texts.append(_text(element, x, y))
    for child in element:
        _walk(child, x, y, drawn)


def _texts(element: ElementTree.Element, x: float, y: float) -> Iterator[tuple[str, Place]]:
    return (_text(text, x, y) for text in element.iter(f"{SVG}text"))


def _rect(element: ElementTree.Element, x: float, y: float) -> Place:
    left, top = x + float(element.get("x", 0)), y + float(element.get("y", 0))
    width, height = float(element.get("width", 0)), float(element.get("height", 0))
    return Place(left, top, left + width, top + height)


def _text(element: ElementTree.Element, x: float, y: float) -> tuple[str, Place]:
    content, size = element.text or "", float(element.get("font-size", 0))
    width = text_width(content, size, bold=element.get("font-weight") == "bold")
    left = x + float(element.get("x", 0)) - (width if element.get("text-anchor") == "end" else 0)
    baseline = y + float(element.get("y", 0))
    return content, Place(left, baseline - ASCENT * size, left + width, baseline + DESCENT * size)
