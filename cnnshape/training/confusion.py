"""confusion.svg: how often each class was answered as each."""

from __future__ import annotations

from collections.abc import Sequence

from ..diagrams import svg
from ..diagrams.text import shorten, text_width
from ..diagrams.themes import PALETTE, THEMES, contrast, mix
from .wording import percent

LARGEST_CELL, SMALLEST_CELL, MOST_ACROSS = 44.0, 8.0, 900.0
LEAST_NUMBERED_CELL = 24.0
"""Smaller cells have colours alone; a pointer that rests on one shows its number."""
LONGEST_LABEL = 140.0
TOP, GAP, MARGIN = 72.0, 8.0, 24.0
SMALL, NORMAL, TITLE = 12.0, 13.0, 16.0
RIGHT_COLOUR, WRONG_COLOUR = PALETTE["convolution"], PALETTE["pooling"]

_THEME = THEMES["light"]


def confusion_svg(
    confusion: Sequence[Sequence[int]], classes: Sequence[str], title: str, subtitle: str
) -> str:
    """The figure of a confusion matrix: a row a class, a column an answer.

    A cell's colour is its share of the row: blue for right answers, red for wrong ones, whose
    scale is stretched so that few are seen as well.
    """
    cell = max(SMALLEST_CELL, min(LARGEST_CELL, MOST_ACROSS / len(classes)))
    size = min(NORMAL, max(6.0, cell * 0.8))
    label = min(LONGEST_LABEL, max(text_width(name, size) for name in classes))
    # Names that are wider than a cell stand upright.
    upright = label > cell - 4
    left = MARGIN + 20 + label + GAP
    top = TOP + 24 + (label if upright else size) + GAP
    side = cell * len(classes)
    share_width = text_width(percent(1.0, 1), SMALL) + 2 * GAP if _has_shares(cell) else 0.0
    rows = [
        _row(counts, index, left, top + index * cell, cell, classes)
        for index, counts in enumerate(confusion)
    ]
    names = [shorten(name, label, size) for name in classes]
    return svg.document(
        svg.text(title, MARGIN, 28, size=TITLE, fill=_THEME.text, bold=True),
        svg.text(subtitle, MARGIN, 48, size=NORMAL, fill=_THEME.muted),
        svg.text("answer", left + side / 2, TOP + 12, size=SMALL, fill=_THEME.muted,
                 anchor="middle"),
        svg.text("class", MARGIN + 10, top + side / 2, size=SMALL, fill=_THEME.muted,
                 anchor="middle", rotate=-90),
        *(_column_name(name, left + (index + 0.5) * cell, top - GAP, size, upright)
          for index, name in enumerate(names)),
        *(svg.text(name, left - GAP, top + (index + 0.5) * cell + size * 0.35, size=size,
                   fill=_THEME.text, anchor="end") for index, name in enumerate(names)),
        *rows,
        width=max(left + side + share_width + MARGIN,
                  text_width(title, TITLE, bold=True) + 2 * MARGIN,
                  text_width(subtitle, NORMAL) + 2 * MARGIN),
        height=top + side + MARGIN,
        title=title,
        description=f"{sum(map(sum, confusion)):,} samples; a row is a class, a column an answer",
        theme=_THEME,
    )  # fmt: skip


def _row(
    counts: Sequence[int], index: int, left: float, y: float, cell: float, classes: Sequence[str]
) -> str:
    total = sum(counts)
    cells = [
        _cell(count, total, left + column * cell, y, cell, column == index,
              f"{classes[index]} answered as {classes[column]}: {count:,}")
        for column, count in enumerate(counts)
    ]  # fmt: skip
    if total and _has_shares(cell):
        cells.append(
            svg.text(percent(counts[index] / total, 1),
                     left + cell * len(counts) + GAP, y + cell / 2 + SMALL * 0.35,
                     size=SMALL, fill=_THEME.muted)
        )  # fmt: skip
    return "".join(cells)


def _has_shares(cell: float) -> bool:
    """Whether the accuracy of each class stands beside its row: where its row is high enough."""
    return cell >= SMALL


def _cell(
    count: int, total: int, x: float, y: float, cell: float, right: bool, tooltip: str
) -> str:
    share = count / total if total else 0.0
    strength = share if right else min(1.0, (10 * share) ** 0.5)
    fill = mix(RIGHT_COLOUR if right else WRONG_COLOUR, _THEME.background, strength * 0.75)
    square = svg.element(
        "rect", x=x, y=y, width=cell, height=cell, fill=fill, stroke=_THEME.group_line,
        stroke_width=0.5,
    )  # fmt: skip
    if cell < LEAST_NUMBERED_CELL:
        return svg.group(square, tooltip=tooltip)
    text = str(count)
    size = min(NORMAL, NORMAL * (cell - 6) / max(1.0, text_width(text, NORMAL)))
    ink = max(("#000000", "#FFFFFF"), key=lambda colour: contrast(colour, fill))
    number = svg.text(
        text, x + cell / 2, y + cell / 2 + size * 0.35, size=size,
        fill=ink if count else _THEME.group_line, anchor="middle",
    )  # fmt: skip
    return svg.group(square, number, tooltip=tooltip)


def _column_name(name: str, x: float, y: float, size: float, upright: bool) -> str:
    if upright:
        return svg.text(name, x + size * 0.35, y, size=size, fill=_THEME.text, rotate=-90)
    return svg.text(name, x, y, size=size, fill=_THEME.text, anchor="middle")
