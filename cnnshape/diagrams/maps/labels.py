"""Blocks of text, measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ...analysis.receptive_field import receptive_fields
from ...layers.shapes import format_shape
from ..look import Look
from ..text import WIDER, broken, marked_pieces, name_lines, phrases, text_width
from .path import Path, Stack
from .words import companions, costs, heading, operations, size

NAME_SIZE, TEXT_SIZE, SMALL_SIZE = 12.0, 11.0, 10.0
LINE_HEIGHT = 1.25
"""From one line to the next, in parts of the font's size."""
CAPTION_WIDTH = 124.0
"""px after which a name goes on in another line."""
OPERATION_WIDTH = 126.0
"""px after which an operation goes on in another line."""
MOST_NAME_LINES = 3


@dataclass(frozen=True)
class LabelLine:
    """A line of text."""

    content: str
    size: float
    bold: bool = False
    muted: bool = False

    @property
    def width(self) -> float:
        """px."""
        return text_width(self.content, self.size, bold=self.bold)

    @property
    def height(self) -> float:
        """px to the next line."""
        return LINE_HEIGHT * self.size


@dataclass(frozen=True)
class Label:
    """Lines of text one under another, centred.

    Attributes:
        cut: whether a name in it is shortened.
    """

    lines: tuple[LabelLine, ...] = ()
    cut: bool = False

    @cached_property
    def width(self) -> float:
        """px of the longest line, in the widest font that may be met."""
        return WIDER * max((line.width for line in self.lines), default=0)

    @cached_property
    def height(self) -> float:
        """px of all lines."""
        return sum(line.height for line in self.lines)


def captions(path: Path, look: Look) -> list[Label]:
    """The texts above the stacks: name, size, and receptive field if it is asked for.

    Each says what it is, 'C1: feature maps', if for all of them that fits into a line.
    """
    headings = [heading(path, stack) for stack in path.stacks]
    if any(text_width(text, NAME_SIZE, bold=True) > CAPTION_WIDTH for text in headings):
        headings = [heading(path, stack, role=False) for stack in path.stacks]
    return [
        _caption(path, stack, text, look) for stack, text in zip(path.stacks, headings, strict=True)
    ]


def _caption(path: Path, stack: Stack, text: str, look: Look) -> Label:
    name, cut = _name_lines(text)
    lines = [LabelLine(part, NAME_SIZE, bold=True) for part in name]
    lines.append(LabelLine(size(stack), NAME_SIZE))
    if "rf" in look.facts and stack.layers:
        field = receptive_fields(path.network)[stack.layers[-1].path]
        seen = "unknown" if field is None else format_shape(field)
        lines.append(LabelLine(f"sees {seen}", SMALL_SIZE, muted=True))
    return Label(tuple(lines), cut)


def operation_label(stack: Stack, look: Look) -> Label:
    """The text under the gap before a stack: what its layers do, and what they cost."""
    lines = list(_wrapped(operations(stack.layers, look), TEXT_SIZE))
    lines += _wrapped([companions(stack.layers)], TEXT_SIZE, muted=True)
    params = stack.params if "params" in look.facts else 0
    macs = stack.macs if "macs" in look.facts else 0
    lines += _wrapped(costs(params, macs), SMALL_SIZE, muted=True)
    return Label(tuple(lines))


def _wrapped(texts: Iterable[str], size: float, *, muted: bool = False) -> Iterable[LabelLine]:
    for text in filter(None, texts):
        for line in broken(phrases(text), OPERATION_WIDTH, size):
            yield LabelLine(line, size, muted=muted)


def _name_lines(name: str) -> tuple[list[str], bool]:
    """A name in a few lines, and whether it is cut."""
    lines = name_lines(marked_pieces(name), CAPTION_WIDTH, NAME_SIZE, MOST_NAME_LINES, bold=True)
    return lines, "…" in lines[0]
