"""A lesson as one HTML file that steps by click and key, and plays. It asks no server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..diagrams.html_file import START, colour_rules, fill, policy, to_json
from ..diagrams.svg import element, escape, number
from ..diagrams.themes import THEMES
from ..worked.values import Worked
from .scene import Places, draw
from .svg import colours_of, shapes
from .wording import move_lines, move_title, title

_FOLDER = Path(__file__).parent


def to_page(worked: Worked, theme: str, speed: float) -> str:
    """The page.

    Args:
        worked: the lesson.
        theme: the name of the colours; light follows the reader's system.
        speed: steps a second, where it plays.
    """
    style, script = _style(), (_FOLDER / "page.js").read_text("utf-8")
    ways: dict[Places, int] = {}
    drawing = _drawing(worked, ways)
    moves = range(len(worked.moves))
    data: dict[str, Any] = {
        "titles": [move_title(worked, step) for step in moves],
        "words": [move_lines(worked, step) for step in moves],
        "ways": [[place and [round(x, 2) for x in place] for place in way] for way in ways],
        "speed": speed,
    }
    return fill(
        (_FOLDER / "page.html").read_text("utf-8"),
        {
            "title": escape(title(worked)),
            "theme": START[theme],
            "policy": policy(style, script),
            "style": style,
            "drawing": drawing,
            "data": to_json(data),
            "script": script,
        },
    )


def _drawing(worked: Worked, ways: dict[Places, int]) -> str:
    """The scene as SVG whose marks say when, and whose movers say by which of the `ways`."""
    scene = draw(worked, words=False)
    colours = {role: f"var(--{role})" for role in colours_of(THEMES["light"])}
    body = []
    for mark in scene.marks:
        markup = shapes(mark, colours)
        if mark.first or mark.last is not None:
            last = None if mark.last is None else str(mark.last)
            when = {"data_first": str(mark.first), "data_last": last}
            markup = element("g", markup, **when)
        body.append(markup)
    for mover in scene.movers:
        way = ways.setdefault(mover.places, len(ways))
        body.append(element("g", shapes(mover.mark, colours, over=True), data_way=str(way)))
    size = {"width": scene.width, "height": scene.height}
    box = f"0 0 {number(scene.width)} {number(scene.height)}"
    return element("svg", *body, **size, viewBox=box, role="img", aria_label=scene.name)


def _style() -> str:
    own = "svg { font-family: var(--font); }\n" + (_FOLDER / "page.css").read_text("utf-8")
    return colour_rules(colours_of) + own
