"""A network as one HTML file to explore. It asks no server for anything, and may not."""

from __future__ import annotations

from pathlib import Path

from ...network import Network
from ..html_file import START, colour_rules, fill, policy, to_json
from ..look import Look
from ..svg import escape
from ..themes import KIND_TITLES, Theme
from .data import page_data

_FOLDER = Path(__file__).parent

_SCRIPTS = (
    "elements.js",
    "model.js",
    "columns.js",
    "routes.js",
    "strips.js",
    "layout.js",
    "boxes.js",
    "camera.js",
    "drawing.js",
    "details.js",
    "table.js",
    "search.js",
    "surfaces.js",
    "main.js",
)
"""Joined to one script, in this order: each uses those before it."""


def to_page(network: Network, look: Look) -> str:
    """One HTML file: the drawing, a table of the layers, and what is known of each.

    Of the look, the theme, depth, fold and fuse are what the page starts with, and facts and
    legend what it shows; the data always flow down.

    Raises:
        DiagramError: more boxes than a drawing can hold even with all groups closed.
    """
    style = _style()
    script = _script()
    return fill(
        (_FOLDER / "page.html").read_text("utf-8"),
        {
            "title": escape(network.name),
            "theme": START[look.theme.name],
            "policy": policy(style, script),
            "style": style,
            "data": to_json(page_data(network, look)),
            "script": script,
        },
    )


def _script() -> str:
    texts = [(_FOLDER / name).read_text("utf-8") for name in _SCRIPTS]
    return '(() => {\n"use strict";\n' + "\n".join(texts) + "})();\n"


def _style() -> str:
    kinds = "\n".join(
        f".{kind} {{ --fill: var(--{kind}-fill); --ink: var(--{kind}-line); }}"
        for kind in KIND_TITLES
    )
    return f"{colour_rules(_colours)}{kinds}\n" + (_FOLDER / "page.css").read_text("utf-8")


def _colours(theme: Theme) -> dict[str, str]:
    """The colours of a theme by their names in the page."""
    colours = {
        "background": theme.background,
        "text": theme.text,
        "muted": theme.muted,
        "line": theme.line,
        "skip": theme.skip,
        "group": theme.group,
        "group-line": theme.group_line,
        "accent": theme.ink("convolution").line,
    }
    for kind in KIND_TITLES:
        ink = theme.ink(kind)
        colours[f"{kind}-fill"] = ink.fill
        colours[f"{kind}-line"] = ink.line
    return colours
