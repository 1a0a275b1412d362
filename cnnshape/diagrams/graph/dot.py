"""The graph in the DOT language, written by the graphviz package.

Two kinds: a skeleton, whose nodes have sizes and no text, is what the drawing program places
for us; and a whole picture for any stock `dot`, with all text in HTML-like labels.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import graphviz

from . import html, words
from .scene import LABEL_SIZE, Cluster, Edge, Scene, continued, title_size

POINTS_PER_INCH = 72
"""Graphviz gives sizes of nodes in inches; one px of ours is one of its points."""

FONT = "Arial"
"""Of the widths that we measure with; any Graphviz knows or finds it."""

CLUSTER_MARGIN = 10.0
NODE_GAP, RANK_GAP = 16.0, 24.0


class Port(NamedTuple):
    """Where an arrow leaves a column at its foot, or comes in at its head.

    Attributes:
        id: unique in the column.
        edges: what goes through it.
        out: whether it leaves.
    """

    id: str
    edges: tuple[Edge, ...]
    out: bool


def skeleton(scene: Scene, ids: Collection[str], ports: Sequence[Port], rankdir: str) -> str:
    """DOT of some of the scene's nodes, as boxes without text, and what is between them."""
    graph = _graph(scene, rankdir)
    graph.attr("node", label="", fixedsize="true")
    _write(graph, scene.root, _Skeleton(scene, frozenset(ids)))
    for edge in scene.edges:
        if edge.tail in ids and edge.head in ids:
            _connect(graph, edge, (edge.tail, edge.head), html.room(edge.label), rankdir)
    for out in (False, True):
        with graph.subgraph() as row:
            row.attr(rank="sink" if out else "source")
            for port in ports:
                if port.out == out:
                    row.node(port.id, shape="point", width="0.01", height="0.01")
    for port in ports:
        for edge in port.edges:
            if port.out:
                ends, id = (edge.tail, port.id), exit_id(edge)
                _connect(graph, edge, ends, "", rankdir, id=id, dir="none")
            else:
                _connect(graph, edge, (port.id, edge.head), html.room(edge.label), rankdir)
    return str(graph.source)


def picture(scene: Scene) -> str:
    """DOT of the whole scene with title, legend and notes, for any `dot` to draw."""
    theme = scene.look.theme
    rankdir = "LR" if scene.look.direction == "right" else "TB"
    graph = _graph(scene, rankdir)
    graph.attr(
        bgcolor=theme.background,
        label=html.heading(scene),
        labelloc="t",
        labeljust="l",
        tooltip=html.tooltip_text(scene.network.name),
    )
    graph.attr("graph", fontname=FONT, fontcolor=theme.text)
    graph.attr("node", fontname=FONT, fontcolor=theme.text)
    graph.attr("edge", fontname=FONT, fontcolor=theme.muted, fontsize=f"{LABEL_SIZE:g}")
    _write(graph, scene.root, _Picture(scene))
    for edge in scene.edges:
        style = words.STROKES[edge.kind]
        colour = theme.skip if edge.kind == "skip" else theme.line
        label = html.arrow_label(edge.label, theme) if edge.label else ""
        ends = (edge.tail, edge.head)
        _connect(graph, edge, ends, label, rankdir, style=style, color=colour)
    return str(graph.source)


def _graph(scene: Scene, rankdir: str) -> graphviz.Digraph:
    graph = graphviz.Digraph("cnnshape")
    graph.attr(
        rankdir=rankdir,
        nodesep=_inches(NODE_GAP),
        ranksep=_inches(RANK_GAP),
        newrank="true",
    )
    graph.attr("edge", arrowsize="0.6")
    return graph


def _inches(px: float) -> str:
    return f"{px / POINTS_PER_INCH:.4f}"


def _connect(
    graph: graphviz.Digraph,
    edge: Edge,
    ends: tuple[str, str],
    label: str,
    rankdir: str,
    **style: str,
) -> None:
    tail, head = ends
    attributes = {"id": edge.id, "weight": str(edge.weight), **style}
    if edge.fans and tail == edge.tail:
        attributes["tailport"] = "e" if rankdir == "LR" else "s"
    graph.edge(tail, head, label=label, **attributes)


def exit_id(edge: Edge) -> str:
    """The id of an arrow's part from its box to the foot of the column."""
    return f"{edge.id}o"


class _Skeleton:
    """How nodes and clusters are written for a layout."""

    def __init__(self, scene: Scene, ids: frozenset[str]) -> None:
        self.scene = scene
        self.ids = ids
        order = {id: place for place, id in enumerate(scene.root.ids())}
        first = min(order[id] for id in ids)
        self.before = frozenset(id for id, place in order.items() if place < first)

    def has(self, cluster: Cluster) -> bool:
        return not self.ids.isdisjoint(cluster.ids())

    def node(self, graph: graphviz.Digraph, id: str) -> None:
        if id in self.ids:
            card = self.scene.vertices[id].card
            graph.node(id, shape="box", width=_inches(card.width), height=_inches(card.height))

    def cluster(self, graph: graphviz.Digraph, cluster: Cluster) -> None:
        begun = not self.before.isdisjoint(cluster.ids())
        title = continued(cluster.title) if begun else cluster.title
        graph.attr(label=html.empty(*title_size(title)), labeljust="l")


class _Picture:
    """How nodes and clusters are written to be seen."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.theme = scene.look.theme

    def has(self, cluster: Cluster) -> bool:
        return True

    def node(self, graph: graphviz.Digraph, id: str) -> None:
        card = self.scene.vertices[id].card
        graph.node(
            id,
            label=html.table(card, self.theme),
            shape="plain",
            tooltip=html.tooltip_text(card.tooltip),
        )

    def cluster(self, graph: graphviz.Digraph, cluster: Cluster) -> None:
        width, _ = title_size(cluster.title)
        told = "\n".join(f"{line.left} {line.right}".rstrip() for line in cluster.title)
        graph.attr(
            label=f"<{html.rows_of(cluster.title, width, self.theme)}>",
            labeljust="l",
            style="filled,rounded",
            fillcolor=self.theme.group,
            color=self.theme.group_line,
            tooltip=html.tooltip_text(told),
        )


def _write(graph: graphviz.Digraph, cluster: Cluster, how: _Skeleton | _Picture) -> None:
    for child in cluster.children:
        if isinstance(child, str):
            how.node(graph, child)
        elif how.has(child):
            with graph.subgraph(name=f"cluster_{child.id}") as inner:
                inner.attr(margin=f"{CLUSTER_MARGIN:g}")
                how.cluster(inner, child)
                _write(inner, child, how)
