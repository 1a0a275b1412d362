"""What is written under a volume, measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...layers.shapes import format_shape
from ...text.counts import count_of
from ..boxes import Area
from ..text import marked_pieces, name_lines, one_line, shorten_name, text_width, wrap
from .items import Item, Link

CHANNELS_SIZE = 11.0
NAME_SIZE = 10.0
LINE = 12.0
"""px from one line's baseline to the next."""
NAME_WIDTH = 54.0
"""px after which a name goes on in another line."""
NAME_LINES = 3
AREA_LINES = 2

_WORDS = re.compile(r"[A-Z]+[a-z0-9]*|.")
"""A word of a type's name: 'Adaptive', 'Avg' and 'Pool2d' of AdaptiveAvgPool2d."""


@dataclass(frozen=True)
class Label:
    """The text under a volume or a merge.

    Attributes:
        channels: the number of channels or features.
        lines: the name, then what else is to be said.
        width: px of the widest line.
    """

    channels: str
    lines: tuple[str, ...]
    width: float

    @property
    def height(self) -> float:
        """px from the top of the first line to the bottom of the last."""
        return LINE * (1 + len(self.lines))


def label(item: Item) -> Label:
    """The text of a volume."""
    box = item.box
    name = "input" if box is None else box.name
    lines = name_lines(_pieces(name, box.type if box else ""), NAME_WIDTH, NAME_SIZE, NAME_LINES)
    if box is not None and box.closed:
        lines += name_lines(
            marked_pieces(count_of(len(box.layers), "layer")), NAME_WIDTH, NAME_SIZE, NAME_LINES
        )
    if box is not None and box.times > 1:
        lines.append(f"×{box.times}")
    if item.output:
        lines += wrap(item.output, NAME_WIDTH, NAME_SIZE)
    channels = str(item.shape[0]) if item.shape else "1"
    width = max(
        text_width(channels, CHANNELS_SIZE, bold=True),
        *(text_width(line, NAME_SIZE) for line in lines),
    )
    return Label(channels, tuple(lines), width)


def merge_label(item: Item, links: Sequence[Link]) -> Label | None:
    """The channels at a merge that changes their number."""
    before = {link.arrow.shape[:1] for link in links}
    if not item.shape or before == {item.shape[:1]}:
        return None
    channels = str(item.shape[0])
    return Label(channels, (), text_width(channels, CHANNELS_SIZE, bold=True))


def size_text(item: Item) -> str:
    """The size of an item's map, 'H×W'; '' of a vector."""
    return format_shape(item.spatial) if item.spatial else ""


def _pieces(name: str, type_: str) -> list[str]:
    """The pieces of a layer's name; one that is its type in small letters has its words."""
    start = len(type_)
    if not type_ or name[:start] != type_.lower():
        return marked_pieces(name)
    *words, last = _WORDS.findall(type_)
    return [word.lower() for word in words] + marked_pieces(last.lower() + name[start:])


def area_lines(area: Area, width: float) -> tuple[list[str], str]:
    """The lines of an area's name in its width, and the line of its block and its turns."""
    name = name_lines(marked_pieces(area.name), width, NAME_SIZE, AREA_LINES, bold=True)
    times = f"×{area.times}" if area.times > 1 else ""
    room = width - text_width(times + " ", NAME_SIZE, bold=True) if times else width
    type_ = shorten_name(one_line(area.type), room, NAME_SIZE)
    return name, " ".join(filter(None, ("" if type_ == "…" else type_, times)))
