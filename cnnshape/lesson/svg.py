"""A scene as SVG: still at one step, or moving by CSS, with its last state where nothing moves."""

from __future__ import annotations

from collections.abc import Mapping

from ..diagrams.svg import document, element, escape, number
from ..diagrams.themes import THEMES, Theme
from .scene import Mark, Mover, Places, Scene

MOST_STEPS = 400
"""Of a figure that moves by itself."""
_HELD = 2
"""Beats for which the end stands before it begins again."""


def colours_of(theme: Theme) -> dict[str, str]:
    """The colours of a theme by the roles of marks."""
    read, filled = theme.ink("convolution"), theme.ink("activation")
    return {
        "text": theme.text,
        "muted": theme.muted,
        "cell": theme.background,
        "line": theme.group_line,
        "padding": theme.group,
        "padding-line": theme.group_line,
        "map": theme.group,
        "mark": read.solid,
        "mark-line": read.line,
        "weight": read.line,
        "filled": filled.solid,
        "filled-line": filled.line,
    }


def to_svg(scene: Scene, theme: str, seconds: float, *, at: int | None = None) -> str:
    """An SVG file.

    Args:
        scene: what is drawn.
        theme: the name of the colours.
        seconds: of a step.
        at: the one step that is drawn; None: it moves, if it has no more than MOST_STEPS, and
            prints as its last step.
    """
    moves = at is None and 1 < scene.steps <= MOST_STEPS
    step = scene.steps - 1 if at is None else at
    motion = _Motion(scene.steps, seconds) if moves else None
    colours = colours_of(THEMES[theme])
    body = [_mark(mark, colours, step, motion) for mark in scene.marks]
    body += [_mover(mover, colours, step, motion) for mover in scene.movers]
    return document(
        *filter(None, body),
        width=scene.width,
        height=scene.height,
        title=scene.name,
        description=f"{scene.steps} steps, one after the other.",
        theme=THEMES[theme],
        style=motion.style() if motion else "",
    )


class _Motion:
    """The CSS of what comes, goes and moves: a rule for each way of doing so."""

    def __init__(self, steps: int, seconds: float) -> None:
        self.beats = steps + _HELD
        self.seconds = seconds
        self.names: dict[object, str] = {}
        self.rules: list[str] = []

    def shown(self, first: int, last: int | None) -> str:
        """The class of what is there from one step to another."""
        frames = [(first, "visible")] if first == 0 else [(0, "hidden"), (first, "visible")]
        frames += [] if last is None else [(last, "hidden")]
        return self._class((first, last), [(beat, f"visibility:{state}") for beat, state in frames])

    def moving(self, places: Places) -> str:
        """The class of what is in these places."""
        frames = []
        before: object = ()
        for beat, place in enumerate(places):
            if place != before:
                before = place
                x, y = place or (0, 0)
                frames.append(
                    (beat, "visibility:hidden" if place is None else
                     f"visibility:visible;transform:translate({number(x)}px,{number(y)}px)")
                )  # fmt: skip
        return self._class(places, frames)

    def _class(self, key: object, frames: list[tuple[int, str]]) -> str:
        name = self.names.get(key)
        if name is None:
            name = self.names[key] = f"m{len(self.names)}"
            # A frame holds until the next, and the last until the end.
            frames = [*frames, (self.beats, frames[-1][1])]
            text = "".join(f"{100 * beat / self.beats:.4g}%{{{css}}}" for beat, css in frames)
            self.rules.append(f"@keyframes {name}{{{text}}}.{name}{{animation-name:{name}}}")
        return f"m {name}"

    def style(self) -> str:
        """All rules. On paper, and where motion is not wanted, nothing moves."""
        duration = f"{self.beats * self.seconds:.6g}s"
        return (
            f".m{{animation:{duration} step-end infinite}}" + "".join(self.rules) +
            "@media print{.m{animation:none}}"
            "@media (prefers-reduced-motion:reduce){.m{animation:none}}"
        )  # fmt: skip


def _mark(mark: Mark, colours: Mapping[str, str], step: int, motion: _Motion | None) -> str:
    always = mark.first == 0 and mark.last is None
    there = mark.first <= step and (mark.last is None or step < mark.last)
    if always:
        return shapes(mark, colours)
    if motion is None:
        return shapes(mark, colours) if there else ""
    return element("g", shapes(mark, colours), class_=motion.shown(mark.first, mark.last),
                   visibility=None if there else "hidden")  # fmt: skip


def _mover(mover: Mover, colours: Mapping[str, str], step: int, motion: _Motion | None) -> str:
    place = mover.places[step]
    if place is None and motion is None:
        return ""
    x, y = place or (0, 0)
    return element(
        "g",
        shapes(mover.mark, colours, over=True),
        class_=motion.moving(mover.places) if motion else None,
        transform=f"translate({number(x)} {number(y)})",
        visibility="hidden" if place is None else None,
    )


def shapes(mark: Mark, colours: Mapping[str, str], *, over: bool = False) -> str:
    """The markup of a mark; of one that lies over others, one sees through."""
    parts = []
    if mark.fill or mark.line:
        parts.append(
            element(
                "rect", x=mark.x, y=mark.y, width=mark.width, height=mark.height,
                fill=colours.get(mark.fill, mark.fill) or "none",
                fill_opacity=0.28 if over and mark.fill else None,
                stroke=colours.get(mark.line) if mark.line else None,
                stroke_width=2 if over else None,
                stroke_dasharray="3 2" if mark.dashed else None,
            )
        )  # fmt: skip
    if mark.text:
        middle = mark.anchor == "middle"
        parts.append(
            element(
                "text", escape(mark.text),
                x=mark.x + mark.width / 2 if middle else mark.x,
                y=mark.y + mark.height / 2 + 0.36 * mark.size if middle else mark.y,
                font_size=mark.size, fill=colours[mark.ink],
                font_weight="bold" if mark.bold else None,
                text_anchor=None if mark.anchor == "start" else mark.anchor,
            )
        )  # fmt: skip
    return "".join(parts)
