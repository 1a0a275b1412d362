"""SVG written as text: every value escaped, every number short.

A figure is a string of elements inside `document`. What is a string here is markup;
text becomes markup by `escape`, which `element` does for its attributes and
`text` for what it shows.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape as _escape

from ..text.printable import printable_lines
from .text import FONT_FAMILY
from .themes import Theme


def escape(text: str) -> str:
    """Text as markup that shows it: for content and for attributes in double quotes."""
    return _escape(printable_lines(text), quote=True)


def number(value: float) -> str:
    """A length as short as two decimals are."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """One element. `stroke_width` becomes stroke-width, `class_` class; None leaves out.

    Args:
        name: the tag.
        children: markup.
        attributes: text or numbers, escaped here.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="'
        f'{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    content = "".join(children)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text(
    content: str,
    x: float,
    y: float,
    *,
    size: float,
    fill: str,
    bold: bool = False,
    anchor: str = "start",
    rotate: float | None = None,
) -> str:
    """One line of text.

    Args:
        content: what it says.
        x: of its anchor, in px.
        y: of its baseline, in px.
        size: of the font.
        fill: its colour.
        bold: whether it is bold.
        anchor: 'start', 'middle' or 'end'.
        rotate: degrees, clockwise, about (x, y).
    """
    return element(
        "text",
        escape(content),
        x=x,
        y=y,
        font_size=size,
        fill=fill,
        font_weight="bold" if bold else None,
        text_anchor=None if anchor == "start" else anchor,
        transform=None if rotate is None else f"rotate({number(rotate)} {number(x)} {number(y)})",
    )


def group(*children: str, tooltip: str | None = None, **attributes: str | float | None) -> str:
    """A group; a viewer shows `tooltip` where the pointer rests on it."""
    title = () if tooltip is None else (element("title", escape(tooltip)),)
    return element("g", *title, *children, **attributes)


def image(svg: str, *, alt: str) -> str:
    """An SVG file as an HTML image that holds it; its ids and styles stay its own."""
    data = b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(alt)}"/>'


def document(
    *body: str,
    width: float,
    height: float,
    title: str,
    description: str,
    theme: Theme,
    style: str = "",
) -> str:
    """A whole SVG file, on the theme's background.

    Args:
        width: in px.
        height: in px.
        title: what it shows, for those who do not see it.
        description: the same, at length.
        theme: its colours.
        style: CSS that the body's classes need.
        body: markup.
    """
    rules = element("style", style) if style else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{number(width)}" height="{number(height)}" '
        f'viewBox="0 0 {number(width)} {number(height)}" role="img" '
        f'aria-labelledby="title description" font-family="{escape(FONT_FAMILY)}">\n'
        f'<title id="title">{escape(title)}</title>\n'
        f'<desc id="description">{escape(description)}</desc>\n'
        f"{rules}"
        f'<rect width="100%" height="100%" fill="{theme.background}"/>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )
