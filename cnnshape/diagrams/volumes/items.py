"""What stands in the figure: volumes, merges and the links between them, from an outline."""

from __future__ import annotations

from dataclasses import dataclass

from ...layers.shapes import Shape
from ..boxes import Arrow, Box, Outline

SYMBOLS = {
    "Add": "+",
    "Subtract": "−",
    "Multiply": "×",
    "Maximum": "max",
    "Concat": "‖",
    "MatMul": "·",
}
"""The merging layers that are drawn as a small ball with a sign; others are volumes."""


@dataclass(frozen=True, eq=False)
class Item:
    """One thing with a place of its own.

    Attributes:
        box: what it stands for; None: the network's input.
        shape: of the value that it is drawn as.
        symbol: of a merge: its sign; '' of a volume.
        output: '' or which of several outputs of the network it is.
    """

    box: Box | None
    shape: Shape
    symbol: str = ""
    output: str = ""

    @property
    def spatial(self) -> Shape:
        """The size of its map; () of a vector."""
        return self.shape[1:]


@dataclass(frozen=True, eq=False)
class Tag:
    """A layer that only cuts or rearranges what a skip carries, drawn as a tag on its arc.

    Attributes:
        box: the layer.
        likes: what it reads the size of.
    """

    box: Box
    likes: tuple[Item, ...]


@dataclass(frozen=True, eq=False)
class Link:
    """A value on its way from one item to another.

    Attributes:
        arrow: of the outline, the last where tags stand on the way.
        skip, size_only: as those of an arrow.
        tags: what stands on the way, in order.
    """

    source: Item
    target: Item
    arrow: Arrow
    skip: bool
    size_only: bool
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True)
class Parts:
    """All that stands in a figure.

    Attributes:
        items: the input first, each after all that it reads.
        links: in the order of their targets.
        main: the way of the data that the figure is built along.
    """

    items: tuple[Item, ...]
    links: tuple[Link, ...]
    main: tuple[Item, ...]


def parts(outline: Outline) -> Parts:
    """The items and links of an outline."""
    tagged = _tagged(outline)
    start = Item(None, outline.network.input_shape)
    item_of: dict[Box | None, Item] = {None: start}
    for box in outline.boxes:
        if box not in tagged:
            item_of[box] = _item(box, outline)
    links = tuple(
        _link(arrow, item_of, outline) for arrow in outline.arrows if arrow.target in item_of
    )
    main = (start, *(item_of[box] for box in outline.main_path))
    return Parts(tuple(item_of.values()), links, main)


def _item(box: Box, outline: Outline) -> Item:
    sign = "" if box.closed or box.times > 1 else SYMBOLS.get(box.type, "")
    several = len(outline.outputs) > 1 and box in outline.outputs
    number = f"output {outline.outputs.index(box) + 1}" if several else ""
    return Item(box, box.output_shape, sign, number)


def _tagged(outline: Outline) -> frozenset[Box]:
    """The boxes that are drawn as tags: what rearranges a skip's value, and nothing else."""
    readers: dict[Box | None, list[Arrow]] = {}
    for arrow in outline.arrows:
        readers.setdefault(arrow.source, []).append(arrow)
    main = set(outline.main_path)
    found = set()
    for box in outline.boxes:
        values = [arrow for arrow in outline.reads[box] if not arrow.size_only]
        if (
            box.kind == "shape"
            and box not in main
            and box not in outline.outputs
            and len(values) == 1
            and values[0].skip
            and len(readers.get(box, ())) == 1
            and not readers[box][0].size_only
        ):
            found.add(box)
    return frozenset(found)


def _link(arrow: Arrow, item_of: dict[Box | None, Item], outline: Outline) -> Link:
    """The link that ends with an arrow, back through the tags to an item."""
    tags: list[Tag] = []
    source, skip = arrow.source, arrow.skip
    while source not in item_of:
        assert source is not None, "the input is an item"
        reads = outline.reads[source]
        likes = [read.source for read in reads if read.size_only]
        tags.insert(0, Tag(source, tuple(item_of[like] for like in likes if like in item_of)))
        before = next(read for read in reads if not read.size_only)
        source, skip = before.source, True
    return Link(item_of[source], item_of[arrow.target], arrow, skip, arrow.size_only, tuple(tags))
