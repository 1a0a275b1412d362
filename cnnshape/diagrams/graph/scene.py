"""The nodes, edges and clusters of the graph, each with an id of its own and measured text.

An id is a letter and a number: nothing of a spec's text reaches the drawing program by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ...layers.shapes import format_shape
from ...network import Network
from ..boxes import Area, Arrow, Box, Outline
from ..look import Look
from ..outline import outline
from ..text import WIDER, one_line, shorten, shorten_name, text_width, wrap
from . import words
from .cards import BETWEEN, LINE, NAME_SIZE, TEXT_SIZE, Card, CardLine, cards, pill
from .words import EdgeKind

LABEL_SIZE = 9.5
"""Of the font of an arrow's shape."""
TITLE_WIDTH = 230.0
"""px of an area's title, at most."""

STRAIGHT, SHORT = 20, 2
"""Weights of an arrow of the main path; and of one that alone leaves its box, so that the boxes
of a branch stand together and just before its merge."""

MANY = 3
"""Arrows that leave or reach a box fan out, from so many on."""


class Vertex(NamedTuple):
    """A node of the graph: a box, the network's input, or one of its outputs."""

    id: str
    card: Card


class Edge(NamedTuple):
    """An arrow.

    Attributes:
        id: unique in the graph.
        tail, head: the ids of its nodes.
        kind: 'skip' of a skip connection; 'size' where only the value's size is read.
        label: the value's shape, where it is told, and how many values it is; or ''.
        weight: how much is given to keep it short and straight.
        fans: whether it is one of many that leave its tail or reach its head; these leave
            their tails in the middle.
    """

    id: str
    tail: str
    head: str
    kind: EdgeKind
    label: str
    weight: int
    fans: bool = False


@dataclass(frozen=True, eq=False)
class Cluster:
    """An area with a title; the root has none.

    Attributes:
        id: unique in the graph.
        title: its lines.
        children: ids of nodes, and clusters, in the order of the data.
        times: how many alike turns it stands for.
        cut: whether its title is shortened.
    """

    id: str
    title: tuple[CardLine, ...] = ()
    children: list[str | Cluster] = field(default_factory=list)
    times: int = 1
    cut: bool = False

    def ids(self) -> Iterator[str]:
        """The nodes in it and in the clusters in it, in order."""
        for child in self.children:
            if isinstance(child, Cluster):
                yield from child.ids()
            else:
                yield child


@dataclass(frozen=True, eq=False)
class Scene:
    """All that is drawn between the title and the legend.

    Attributes:
        outline: what it was made of.
        look: how it is to be drawn.
        vertices: by id, each after all that it reads.
        edges: in the order of their heads.
        root: the cluster of everything.
    """

    outline: Outline
    look: Look
    vertices: dict[str, Vertex]
    edges: list[Edge]
    root: Cluster

    @property
    def network(self) -> Network:
        """The network."""
        return self.outline.network

    def clusters(self) -> Iterator[Cluster]:
        """Every cluster but the root, outermost first."""
        return _clusters(self.root)

    def unlabelled(self) -> Scene:
        """The same without the labels of arrows, for where they would take too much room."""
        return replace(self, edges=[edge._replace(label="") for edge in self.edges])

    @property
    def notes(self) -> tuple[str, ...]:
        """What is folded, shortened or left out, a sentence each."""
        notes = list(self.outline.notes)
        cut = any(vertex.card.cut for vertex in self.vertices.values())
        if cut or any(cluster.cut for cluster in self.clusters()):
            notes.append("What has … in it is shortened: tooltips and the table have it whole.")
        return tuple(notes)


def scene(network: Network, look: Look) -> Scene:
    """The graph of a network.

    Raises:
        DiagramError: it has more boxes than a diagram can hold.
    """
    return _Maker(outline(network, look), look).scene()


def _clusters(cluster: Cluster) -> Iterator[Cluster]:
    for child in cluster.children:
        if isinstance(child, Cluster):
            yield child
            yield from _clusters(child)


class _Maker:
    def __init__(self, outline: Outline, look: Look) -> None:
        self.outline = outline
        self.look = look
        self.vertices: dict[str, Vertex] = {}
        self.ids = {box: f"n{index}" for index, box in enumerate(outline.boxes)}
        self.clusters = 0

    def scene(self) -> Scene:
        network = self.outline.network
        drawn = cards(self.outline, self.look)
        tip = f"input: {format_shape(network.input_shape)}"
        self._add("in", pill("input", network.input_shape, tip))
        for box, id in self.ids.items():
            self._add(id, drawn[box])
        root = Cluster("root")
        root.children.append("in")
        self._fill(root, self.outline.root)
        edges = self._edges()
        edges += self._outputs(root, len(edges))
        return Scene(self.outline, self.look, self.vertices, edges, root)

    def _add(self, id: str, card: Card) -> None:
        self.vertices[id] = Vertex(id, card)

    def _fill(self, cluster: Cluster, area: Area) -> None:
        for child in area.children:
            if isinstance(child, Box):
                cluster.children.append(self.ids[child])
                continue
            title, cut = _title(child, self.look)
            inner = Cluster(f"c{self.clusters}", title, times=child.times, cut=cut)
            self.clusters += 1
            self._fill(inner, child)
            cluster.children.append(inner)

    def _edges(self) -> list[Edge]:
        main = self.outline.main_path
        links = set(zip([None, *main], main, strict=False))
        told: set[tuple[Box | None, tuple[int, ...]]] = set()
        leaving = Counter(arrow.source for arrow in self.outline.arrows)
        reaching = Counter(arrow.target for arrow in self.outline.arrows)
        edges = []
        for index, arrow in enumerate(self.outline.arrows):
            spreads = leaving[arrow.source] >= MANY
            fans = spreads or reaching[arrow.target] >= MANY
            kind: EdgeKind = "skip" if arrow.skip else "size" if arrow.size_only else "main"
            straight = (arrow.source, arrow.target) in links and kind != "size" and not fans
            alone = leaving[arrow.source] == 1 and kind == "main"
            edges.append(
                Edge(
                    f"e{index}",
                    self.ids[arrow.source] if arrow.source else "in",
                    self.ids[arrow.target],
                    kind,
                    self._label(arrow, told, spreads),
                    STRAIGHT if straight else SHORT if alone else 1,
                    fans,
                )
            )
        return edges

    def _label(
        self, arrow: Arrow, told: set[tuple[Box | None, tuple[int, ...]]], spreads: bool
    ) -> str:
        """The shape of a value that is not that which its box read, once; and of several ×N."""
        source = arrow.source
        times = f"×{arrow.times}" if arrow.times > 1 else ""
        if source is None or "shape" not in self.look.facts or arrow.size_only or spreads:
            return times
        if source.inputs[:1] == (arrow.shape,) or (source, arrow.shape) in told:
            return times
        told.add((source, arrow.shape))
        return f"{format_shape(arrow.shape)} {times}".rstrip()

    def _outputs(self, root: Cluster, count: int) -> Iterator[Edge]:
        """A node for each output, after what holds the box that makes it."""
        network = self.outline.network
        several = len(network.outputs) > 1
        last = self.outline.main_path[-1:]
        for index, path in enumerate(network.outputs):
            box = self.outline.box_of[path]
            id = f"out{index}"
            name = f"output {index + 1}" if several else "output"
            shape = network.shape_of(path)
            self._add(id, pill(name, shape, f"{name}: {path}, {format_shape(shape)}"))
            place = next(
                place
                for place, child in enumerate(root.children)
                if self.ids[box] in (child.ids() if isinstance(child, Cluster) else (child,))
            )
            root.children.insert(place + 1, id)
            yield Edge(
                f"e{count + index}", self.ids[box], id, "main", "", STRAIGHT if [box] == last else 1
            )


def _title(area: Area, look: Look) -> tuple[tuple[CardLine, ...], bool]:
    """The lines of an area's title, and whether its name is shortened."""
    name = one_line(area.name)
    rest = " ".join(filter(None, [one_line(area.type), f"×{area.times}" if area.times > 1 else ""]))
    rest = shorten(rest, TITLE_WIDTH, TEXT_SIZE)
    lines = [CardLine(name, rest, bold=True)]
    if title_width(lines[0]) > TITLE_WIDTH:
        short = shorten_name(name, TITLE_WIDTH, NAME_SIZE, bold=True)
        lines = [CardLine(short, bold=True), CardLine(rest)]
    sums = words.area_costs(area, look.facts)
    if sums:
        told = wrap(f"all {area.times}: {' · '.join(sums)}", TITLE_WIDTH, TEXT_SIZE)
        lines += [CardLine(text, muted=True) for text in told]
    cut = any("…" in line.left or "…" in line.right for line in lines)
    return tuple(line for line in lines if line.left), cut


def continued(title: tuple[CardLine, ...]) -> tuple[CardLine, ...]:
    """The title of an area's part in a further column."""
    first = title[0]
    return (first._replace(right=f"{first.right} continued".lstrip()),)


def title_size(title: tuple[CardLine, ...]) -> tuple[float, float]:
    """Width and height of an area's title, in px."""
    return max(map(title_width, title)), LINE * len(title) + 2


def title_width(line: CardLine) -> float:
    """The width of a line of an area's title, in px."""
    left = text_width(line.left, line.size, bold=line.bold)
    return WIDER * left + BETWEEN + text_width(line.right, TEXT_SIZE) if line.right else left


def label_size(label: str) -> tuple[float, float]:
    """Width and height of an arrow's label with its distance from the arrow, in px."""
    return text_width(label, LABEL_SIZE) + 8, LABEL_SIZE + 4
