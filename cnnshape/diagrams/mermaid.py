"""A network as a Mermaid flowchart, for Markdown files that show diagrams.

A label may hold HTML, Markdown, entity codes and, anywhere in the text, directives; so every
character of a spec's text that could begin one is written as an entity code. A title knows no
such codes, loses tags, and shows a lone `&` as `&amp;`: there, these characters are written full
width. Source: mermaid.js.org, "Flowcharts", "Entity codes to escape characters" and
"Directives"; titles as Mermaid 11 shows them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ..network import Network
from ..text.printable import printable
from .caption import totals
from .graph.cards import Card, CardLine, colours
from .graph.scene import Cluster, Edge, Scene, scene
from .graph.words import GROUP
from .look import Look
from .text import one_line

_SPECIAL = re.compile(r"""["#&<>`*_~{}\[\]|\\%!;$]|^[-+=]|(?<=\d)[.)](?= |$)""")
"""What means something in a label, or would begin a list at its start."""

_FULL_WIDTH = str.maketrans("<>&", "＜＞＆")

_CONFIG = "config: {flowchart: {wrappingWidth: 500}}"
"""px of a label before Mermaid breaks its lines again: wider than any of ours."""

_ARROWS = {"main": "-->", "skip": "-.->", "size": "-.->"}


def to_mermaid(network: Network, look: Look) -> str:
    """A network as the text of a Mermaid flowchart.

    Raises:
        DiagramError: it has more boxes than a diagram can hold.
    """
    return "\n".join([*_lines(scene(network, look)), ""])


def escape(text: str) -> str:
    """Text for a label in quotes: nothing of it means anything to Mermaid, HTML or Markdown."""
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", printable(one_line(text)))


def _lines(made: Scene) -> Iterator[str]:
    title = printable(one_line(f"{made.network.name}: {totals(made.network)}"))
    yield from ("---", f"title: {_quoted(title)}", _CONFIG, "---")
    yield "flowchart " + ("LR" if made.look.direction == "right" else "TD")
    yield from _area(made, made.root, "  ")
    for edge in made.edges:
        yield f"  {edge.tail} {_ARROWS[edge.kind]}{_label(edge)} {edge.head}"
    if made.notes:
        yield f'  notes["{escape(" ".join(made.notes))}"]'
        yield f"  style notes fill:none,stroke:none,color:{made.look.theme.muted}"
    yield from _colours(made)


def _quoted(text: str) -> str:
    """A YAML string in quotes, in which no directive, tag or entity can be seen."""
    written = json.dumps(text.translate(_FULL_WIDTH), ensure_ascii=False)
    return written.replace("%", "\\u0025")


def _area(made: Scene, cluster: Cluster, indent: str) -> Iterator[str]:
    for child in cluster.children:
        if isinstance(child, str):
            yield indent + child + _node(made.vertices[child].card)
            continue
        title = escape(" · ".join(_joined(line) for line in child.title))
        yield f'{indent}subgraph {child.id}["{title}"]'
        yield from _area(made, child, indent + "  ")
        yield f"{indent}end"


def _node(card: Card) -> str:
    cells = [cell for row in card.rows for cell in row.cells]
    label = "<br/>".join(escape(_joined(line)) for cell in cells for line in cell.lines)
    if card.pill:
        return f'(["{label}"])'
    return f'[["{label}"]]' if card.kind == GROUP else f'["{label}"]'


def _joined(line: CardLine) -> str:
    return " · ".join(filter(None, (line.left, line.right)))


def _label(edge: Edge) -> str:
    text = "only its size" if edge.kind == "size" else edge.label
    return f'|"{escape(text)}"|' if text else ""


def _colours(made: Scene) -> Iterator[str]:
    """A class for each kind, and the colour of skip connections."""
    theme = made.look.theme
    members: dict[str, list[str]] = {}
    for vertex in made.vertices.values():
        members.setdefault(vertex.card.kind, []).append(vertex.id)
    for index, (kind, ids) in enumerate(members.items()):
        fill, line = colours(kind, theme)
        yield f"  classDef k{index} fill:{fill},stroke:{line},color:{theme.text}"
        yield f"  class {','.join(ids)} k{index}"
    for cluster in made.clusters():
        colour = f"fill:{theme.group},stroke:{theme.group_line},color:{theme.text}"
        yield f"  style {cluster.id} {colour}"
    skips = [str(index) for index, edge in enumerate(made.edges) if edge.kind == "skip"]
    if skips:
        yield f"  linkStyle {','.join(skips)} stroke:{theme.skip}"
