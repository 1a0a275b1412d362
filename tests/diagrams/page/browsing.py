"""Ways to find and read what a page shows."""

from __future__ import annotations

from typing import Any

from cnnshape.diagrams.themes import rgb


def background(page: Any) -> str:
    """The colour of the page, as CSS computes it."""
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def css(colour: str) -> str:
    """A colour of a theme as CSS computes it."""
    return f"rgb{rgb(colour)}"


def box(page: Any, name: str) -> Any:
    """The box or header of this name."""
    return page.locator(f'.node:has(.name:text-is("{name}"))').first


def unfold(page: Any) -> None:
    """Open every group, where there are any."""
    button = page.locator("#unfold-all")
    if button.is_visible():
        button.click()


def rectangles(page: Any) -> list[tuple[str, float, float, float, float]]:
    """(name, left, top, right, bottom) of each box in px of the drawing."""
    found = page.evaluate("""() => [...document.querySelectorAll(".box")].map((node) => {
        const [x, y] = node.getAttribute("transform").match(/-?[\\d.]+/g).map(Number);
        const face = node.querySelector(".face");
        const [width, height] = ["width", "height"].map((key) => Number(face.getAttribute(key)));
        return [node.querySelector(".name").textContent, x, y, x + width, y + height];
    })""")
    return [tuple(each) for each in found]


def details(page: Any) -> dict[str, str]:
    """What the details say, by term."""
    return dict(
        page.locator("#details dl > div").evaluate_all(
            "rows => rows.map(row => [...row.children].map(child => child.textContent))"
        )
    )


def inside(inner: dict[str, float], outer: dict[str, float]) -> bool:
    """Whether one bounding box lies in another."""
    return (
        outer["x"] <= inner["x"]
        and outer["y"] <= inner["y"]
        and inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 1
        and inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 1
    )


OVERFULL = """() => [...document.querySelectorAll("#boxes .node")].flatMap((node) => {
    const face = node.querySelector(".face").getBBox();
    const rows = new Map();
    return [...node.querySelectorAll("text")].filter((text) => {
        const { x, y, width, height } = text.getBBox();
        const row = text.getAttribute("y");
        const overlaps = (rows.get(row) ?? []).some(([from, to]) => x < to && from < x + width);
        rows.set(row, [...(rows.get(row) ?? []), [x, x + width]]);
        return overlaps || x < 4 || x + width > face.width - 2
            || y < 0 || y + height > face.height + 2;
    }).map((text) => text.textContent);
})"""
"""Which texts of the drawing leave their box or overlap another in their line."""
