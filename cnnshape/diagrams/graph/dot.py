"""The graph in the DOT language, written by the graphviz package.

Two kinds: a skeleton, whose nodes have sizes and no text, is what the drawing program places
for us; and a whole picture for any stock `dot`, with all text in HTML-like labels. Text gets
there one line at a time, escaped as HTML and as an escString, since sequences such as \\G are
replaced there, too; in tooltips Graphviz replaces them twice. Source: graphviz.org,
"Node Shapes: HTML-Like Labels" and "escString".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import graphviz

from .. import svg
from ..caption import totals
from ..text import one_line, text_width
from ..themes import Theme
from . import words
from .cards import LINE, NAME_SIZE, PAD_X, TEXT_SIZE, Card, Cell, Line, Row, colours
from .scene import LABEL_SIZE, Cluster, Edge, Scene, continued, label_size, title_size

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
            _connect(graph, edge, (edge.tail, edge.head), _room(edge.label), rankdir)
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
                _connect(graph, edge, (port.id, edge.head), _room(edge.label), rankdir)
    return str(graph.source)


def picture(scene: Scene) -> str:
    """DOT of the whole scene with title, legend and notes, for any `dot` to draw."""
    theme = scene.look.theme
    rankdir = "LR" if scene.look.direction == "right" else "TB"
    graph = _graph(scene, rankdir)
    graph.attr(
        bgcolor=theme.background,
        label=_heading(scene),
        labelloc="t",
        labeljust="l",
        tooltip=_escaped(scene.network.name),
    )
    graph.attr("graph", fontname=FONT, fontcolor=theme.text)
    graph.attr("node", fontname=FONT, fontcolor=theme.text)
    graph.attr("edge", fontname=FONT, fontcolor=theme.muted, fontsize=f"{LABEL_SIZE:g}")
    _write(graph, scene.root, _Picture(scene))
    for edge in scene.edges:
        style = words.STROKES[edge.kind]
        colour = theme.skip if edge.kind == "skip" else theme.line
        label = _label(edge.label, theme) if edge.label else ""
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
        graph.attr(label=_empty(*title_size(title)), labeljust="l")


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
            id, label=_table(card, self.theme), shape="plain", tooltip=_escaped(card.tooltip)
        )

    def cluster(self, graph: graphviz.Digraph, cluster: Cluster) -> None:
        width, _ = title_size(cluster.title)
        graph.attr(
            label="<" + _rows_of(cluster.title, width, self.theme) + ">",
            labeljust="l",
            style="filled,rounded",
            fillcolor=self.theme.group,
            color=self.theme.group_line,
            tooltip=_escaped("\n".join(f"{line.left} {line.right}" for line in cluster.title)),
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


# HTML-like labels -----------------------------------------------------------------------

_PLAIN = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"'


def _escaped(text: str) -> str:
    """Text as a tooltip: no backslash, entity or angle bracket of it means anything."""
    twice = svg.printable(text).replace("&", "&amp;").replace("\\", r"\\")
    return str(graphviz.escape(twice))


def _room(label: str) -> str:
    return _empty(*label_size(label)) if label else ""


def _empty(width: float, height: float) -> str:
    """A label of a size, with nothing in it."""
    size = f'FIXEDSIZE="TRUE" WIDTH="{width:.0f}" HEIGHT="{height:.0f}"'
    return f"<<TABLE {_PLAIN} {size}><TR><TD></TD></TR></TABLE>>"


def _label(text: str, theme: Theme) -> str:
    width, _ = label_size(text)
    cell = f'<TD WIDTH="{width:.0f}">{_font(text, theme.muted, LABEL_SIZE)}</TD>'
    return f"<<TABLE {_PLAIN}><TR>{cell}</TR></TABLE>>"


def _font(text: str, colour: str, size: float, *, bold: bool = False) -> str:
    if not text:
        return ""
    shown = svg.escape(one_line(text)).replace("\\", r"\\")
    return (
        f'<FONT COLOR="{colour}" POINT-SIZE="{size:g}">{f"<B>{shown}</B>" if bold else shown}'
        "</FONT>"
    )


def _table(card: Card, theme: Theme) -> str:
    colour = colours(card.kind, theme).line
    rows = "".join(_row(row, theme) for row in card.rows)
    style = ' STYLE="ROUNDED"' if card.pill else ""
    return (
        f'<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" COLOR="{colour}"'
        f' BGCOLOR="{theme.background}"{style}>{rows}</TABLE>>'
    )


def _row(row: Row, theme: Theme) -> str:
    """A row of cells, as a table of its own: rows differ in how many cells they have."""
    cells = "".join(_cell(cell, row.height, theme) for cell in row.cells)
    return f"<TR><TD><TABLE {_PLAIN}><TR>{cells}</TR></TABLE></TD></TR>"


def _cell(cell: Cell, height: float, theme: Theme) -> str:
    fill = f' BGCOLOR="{colours(cell.kind, theme).fill}"' if cell.kind else ""
    lines = _rows_of(cell.lines, cell.width - 2 * PAD_X, theme, pad=PAD_X)
    return f'<TD WIDTH="{cell.width:.0f}" HEIGHT="{height:.0f}"{fill}>{lines}</TD>'


def _rows_of(lines: Sequence[Line], width: float, theme: Theme, *, pad: float = 0) -> str:
    rows = "".join(_line(line, width, theme, pad) for line in lines)
    return f"<TABLE {_PLAIN}>{rows}</TABLE>"


def _line(line: Line, width: float, theme: Theme, pad: float) -> str:
    """A line as a table of one row, `pad` px from both sides."""
    colour = theme.muted if line.muted else theme.text
    side = f'<TD WIDTH="{pad:.0f}"></TD>' if pad else ""
    right = text_width(line.right, TEXT_SIZE)
    cells = (
        f'<TD ALIGN="LEFT" WIDTH="{width - right:.0f}" HEIGHT="{LINE:g}">'
        f"{_font(line.left, colour, line.size, bold=line.bold)}</TD>"
    )
    if line.right:
        cells += (
            f'<TD ALIGN="RIGHT" WIDTH="{right:.0f}">{_font(line.right, theme.text, TEXT_SIZE)}</TD>'
        )
    return f"<TR><TD><TABLE {_PLAIN}><TR>{side}{cells}{side}</TR></TABLE></TD></TR>"


def _heading(scene: Scene) -> str:
    """The title, the totals, the legend and the notes, as the label of the whole graph."""
    theme = scene.look.theme
    lines = [
        _font(scene.network.name, theme.text, 16, bold=True),
        _font(totals(scene.network), theme.muted, NAME_SIZE),
    ]
    if scene.look.legend:
        lines.append(_legend(words.kinds(scene.outline), theme))
        used = {edge.kind for edge in scene.edges}
        arrows = [
            f"{words.STROKES[kind]}: {title[0].lower()}{title[1:]}"
            for kind, title in words.ARROWS.items()
            if kind in used
        ]
        lines += [_font(" · ".join(arrows), theme.text, TEXT_SIZE)] if arrows else []
    lines += [_font(note, theme.muted, TEXT_SIZE) for note in scene.notes]
    rows = "".join(f'<TR><TD ALIGN="LEFT" HEIGHT="20">{line}</TD></TR>' for line in lines)
    return f"<<TABLE {_PLAIN}>{rows}</TABLE>>"


def _legend(kinds: Sequence[tuple[str, str]], theme: Theme) -> str:
    cells = "".join(
        f'<TD WIDTH="14" HEIGHT="10" BORDER="1" COLOR="{colours(kind, theme).line}" '
        f'BGCOLOR="{colours(kind, theme).fill}"></TD>'
        f'<TD ALIGN="LEFT" WIDTH="{text_width(title, TEXT_SIZE) + 10:.0f}">'
        f"{_font(title, theme.text, TEXT_SIZE)}</TD>"
        for kind, title in kinds
    )
    return f'<TABLE BORDER="0" CELLSPACING="4" CELLPADDING="0"><TR>{cells}<TD></TD></TR></TABLE>'
