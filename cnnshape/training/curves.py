"""curves.svg: loss and accuracy by epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from ..diagrams import svg
from ..diagrams.text import text_width
from ..diagrams.themes import PALETTE, THEMES, contrast, mix
from ..text.counts import count_of
from .wording import percent

TRAIN, TEST = "train", "test"
PANEL_WIDTH, PANEL_HEIGHT = 360.0, 240.0
LEFT, TOP, BOTTOM, BETWEEN, RIGHT = 64.0, 96.0, 56.0, 84.0, 24.0
TICKS = 5
"""About how many marks an axis has."""
SMALL, NORMAL, TITLE = 12.0, 13.0, 16.0
LEAST_CONTRAST = 4.5
"""Of a line and its name on the background. Source: WCAG 2.2, success criterion 1.4.3."""

_THEME = THEMES["light"]


def _readable(colour: str) -> str:
    """The colour, darkened until it can be read on the background."""
    share = 1.0
    while contrast(mix(colour, "#000000", share), _THEME.background) < LEAST_CONTRAST:
        share -= 0.02
    return mix(colour, "#000000", share)


COLOURS = {TRAIN: _readable(PALETTE["pooling"]), TEST: _readable(PALETTE["convolution"])}


@dataclass(frozen=True)
class _Axis:
    """From a quantity to a place: `low` is at `start`, `high` at `end`, in px."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, whole: bool = False) -> list[float]:
        """Round numbers from low to high; whole ones where only these have a meaning."""
        step = _round_step((self.high - self.low) / TICKS)
        if whole:
            step = max(1.0, float(ceil(step)))
        first = ceil(self.low / step - 1e-9)
        last = floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def curves_svg(history: Sequence[Mapping[str, Any]], title: str, subtitle: str) -> str:
    """The figure of a run's epochs.

    Args:
        history: rows with epoch, train_loss, test_loss, train_accuracy and test_accuracy.
        title: of the picture.
        subtitle: the line below it.
    """
    epochs = [int(row["epoch"]) for row in history]
    second = LEFT + PANEL_WIDTH + BETWEEN
    accuracy = {part: [100 * row[f"{part}_accuracy"] for row in history] for part in (TRAIN, TEST)}
    loss = {part: [row[f"{part}_loss"] for row in history] for part in (TRAIN, TEST)}
    lowest = min(min(values) for values in accuracy.values())
    floor_percent = max(0.0, lowest - max(0.2, (100 - lowest) * 0.1))
    last = history[-1]
    return svg.document(
        svg.text(title, LEFT, 28, size=TITLE, fill=_THEME.text, bold=True),
        svg.text(subtitle, LEFT, 48, size=NORMAL, fill=_THEME.muted),
        _panel("Loss", loss, epochs, LEFT, (0.0, _most(loss) or 1.0), lambda v: f"{v:g}"),
        _panel("Accuracy", accuracy, epochs, second, (floor_percent, 100.0), lambda v: f"{v:g} %"),
        width=second + PANEL_WIDTH + RIGHT,
        height=TOP + PANEL_HEIGHT + BOTTOM,
        title=title,
        description=f"Loss and accuracy over {count_of(len(history), 'epoch')}; in the last, the "
        f"test accuracy is {percent(last['test_accuracy'])}",
        theme=_THEME,
    )


def _panel(
    name: str,
    lines: Mapping[str, Sequence[float]],
    epochs: Sequence[int],
    left: float,
    bounds: tuple[float, float],
    written: Callable[[float], str],
) -> str:
    # A single epoch stands in the middle.
    beside = 1 if len(epochs) == 1 else 0
    across = _Axis(epochs[0] - beside, epochs[-1] + beside, left, left + PANEL_WIDTH)
    upwards = _Axis(*_rounded_outwards(*bounds), TOP + PANEL_HEIGHT, TOP)
    return svg.group(
        svg.text(name, left, TOP - 12, size=NORMAL, fill=_THEME.text, bold=True),
        _legend(list(lines), left + PANEL_WIDTH),
        *(_rule(upwards.place(value), left, written(value)) for value in upwards.ticks()),
        *(
            svg.text(f"{value:.0f}", across.place(value), TOP + PANEL_HEIGHT + 18,
                     size=SMALL, fill=_THEME.muted, anchor="middle")
            for value in across.ticks(whole=True)
            if epochs[0] <= value <= epochs[-1]
        ),
        svg.text("epoch", left + PANEL_WIDTH / 2, TOP + PANEL_HEIGHT + 40, size=SMALL,
                 fill=_THEME.muted, anchor="middle"),
        *(_line(part, values, epochs, across, upwards) for part, values in lines.items()),
    )  # fmt: skip


def _line(
    part: str, values: Sequence[float], epochs: Sequence[int], across: _Axis, upwards: _Axis
) -> str:
    places = [
        (across.place(epoch), upwards.place(value))
        for epoch, value in zip(epochs, values, strict=True)
    ]
    points = " ".join(f"{svg.number(x)},{svg.number(y)}" for x, y in places)
    colour = COLOURS[part]
    dashes = "6 3" if part == TRAIN else None
    marks = places if len(places) <= 30 else places[-1:]
    line = svg.element(
        "polyline", points=points, fill="none", stroke=colour, stroke_width=2.0,
        stroke_linejoin="round", stroke_dasharray=dashes,
    )  # fmt: skip
    return line + "".join(svg.element("circle", cx=x, cy=y, r=2.5, fill=colour) for x, y in marks)


def _legend(parts: Sequence[str], right: float) -> str:
    """The names of the lines, each beside a piece of its line, ending at `right`."""
    drawn = []
    for part in reversed(parts):
        start = right - text_width(part, SMALL)
        drawn.append(svg.text(part, start, TOP - 12, size=SMALL, fill=COLOURS[part]))
        drawn.append(
            svg.element(
                "line", x1=start - 28, x2=start - 6, y1=TOP - 16, y2=TOP - 16,
                stroke=COLOURS[part], stroke_width=2.0,
                stroke_dasharray="6 3" if part == TRAIN else None,
            )
        )  # fmt: skip
        right = start - 44
    return "".join(drawn)


def _rule(y: float, left: float, label: str) -> str:
    return svg.element(
        "line", x1=left, x2=left + PANEL_WIDTH, y1=y, y2=y, stroke=_THEME.group_line,
        stroke_width=1.0,
    ) + svg.text(label, left - 8, y + 4, size=SMALL, fill=_THEME.muted, anchor="end")  # fmt: skip


def _most(lines: Mapping[str, Sequence[float]]) -> float:
    return max(max(values) for values in lines.values())


def _rounded_outwards(low: float, high: float) -> tuple[float, float]:
    """The bounds of an axis that begins and ends with a mark."""
    step = _round_step((high - low) / TICKS)
    return floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step


def _round_step(step: float) -> float:
    """The next of 1, 2, 5, 10 ... times a power of ten."""
    power = 10.0 ** floor(log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * 0.999)
