"""How deep graphs are broken into columns, and folded in two."""

from __future__ import annotations

import pytest

from cnnshape import load, loads
from cnnshape.diagrams import Look
from cnnshape.diagrams.graph.columns import break_up
from cnnshape.diagrams.graph.compose import breaks
from cnnshape.diagrams.graph.dot import skeleton
from cnnshape.diagrams.graph.facing import fold
from cnnshape.diagrams.graph.placement import read
from cnnshape.diagrams.graph.program import run
from cnnshape.diagrams.graph.scene import scene

from .drawn import Drawn, Place
from .test_figure import drawn

UNET = """
input: [1, 32, 32]
blocks:
  level:
    params: {width: ~}
    layers:
      - {name: a, type: Conv2d, out_channels: $width, kernel_size: 3, padding: 1}
      - {name: b, type: Conv2d, out_channels: $width, kernel_size: 3, padding: 1}
layers:
  - {name: d1, type: level, width: 8}
  - {name: p1, type: MaxPool2d, kernel_size: 2}
  - {name: d2, type: level, width: 16}
  - {name: p2, type: MaxPool2d, kernel_size: 2}
  - {name: middle, type: level, width: 32}
  - {name: u2, type: ConvTranspose2d, out_channels: 16, kernel_size: 2, stride: 2}
  - {name: j2, type: Concat, from: [d2, u2]}
  - {name: c2, type: level, width: 16}
  - {name: u1, type: ConvTranspose2d, out_channels: 8, kernel_size: 2, stride: 2}
  - {name: j1, type: Concat, from: [d1, u1]}
  - {name: c1, type: level, width: 8}
"""


def places(made: Drawn) -> dict[str, Place]:
    """Where each card stands, by its name; the first of a name."""
    found: dict[str, Place] = {}
    for place, texts in made.cards:
        found.setdefault(texts[0][0], place)
    return found


def test_a_short_graph_is_one_column():
    made = drawn(load("lenet5"))
    assert len({round(place.left + place.right) for place, _ in made.cards}) == 1
    downwards = [texts[0][0] for _, texts in sorted(made.cards, key=lambda card: card[0].top)]
    assert downwards[:4] == ["input", "C1", "S2", "C3"]
    rightwards = drawn(load("lenet5"), direction="right")
    stands = places(rightwards)
    assert stands["input"].right < stands["C1"].left < stands["S2"].left


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vgg16", "resnet18", "resnet152", "googlenet"])
def test_columns_break_between_stages_and_are_about_as_long(name):
    made = scene(load(name), Look())
    (whole,) = read(run(skeleton(made, made.vertices, (), "TB"), timeout=30, help=""))
    columns = break_up(made, whole, turned=False)
    assert [id for column in columns for id in column] == list(made.root.ids())
    assert len(columns) > 1
    begin = {each if isinstance(each, str) else next(each.ids()) for each in made.root.children}
    assert {column[0] for column in columns} <= begin
    lengths = [
        max(whole.nodes[id].bottom for id in column) - min(whole.nodes[id].y for id in column)
        for column in columns
    ]
    assert max(lengths) < 2 * sum(lengths) / len(lengths)


def test_an_area_that_is_broken_says_that_it_goes_on():
    layers = ", ".join(["{type: Conv2d, out_channels: 8, kernel_size: 1}"] * 40)
    text = f"input: [8, 8, 8]\nblocks: {{b: {{layers: [{layers}]}}}}\nlayers: [{{type: b}}]\n"
    words = drawn(loads(text), depth=None).words
    assert words.count("b") == 1
    assert "b continued" in words


def test_every_crossing_value_leaves_and_enters_once():
    made = scene(load("resnet18"), Look())
    ids = list(made.root.ids())
    broken = breaks(made, [ids[:9], ids[9:20], ids[20:]])
    outs = [port for ports in broken.ports for port in ports if port.out]
    ins = [port for ports in broken.ports for port in ports if not port.out]
    assert len(ins) == len(broken.crossings) >= len(outs)
    column_of = {id: 0 if index < 9 else 1 if index < 20 else 2 for index, id in enumerate(ids)}
    crossing = [edge for edge in made.edges if column_of[edge.tail] != column_of[edge.head]]
    assert sorted(edge.id for port in ins for edge in port.edges) == sorted(
        edge.id for edge in crossing
    )


def test_a_u_net_is_folded_in_two():
    made = scene(load("unet"), Look())
    folded = fold(made)
    assert folded is not None
    assert len(folded.skips) == 4
    assert [len(rows) for rows in (folded.down, folded.up)] == [5, 4]
    assert [id for row in folded.rows for id in row] == list(made.root.ids())


def test_what_a_folded_graph_reads_across_stands_at_the_same_height():
    stands = places(drawn(loads(UNET)))
    for reader in ("j1", "j2"):
        assert stands[reader].left > stands["p1"].right
    assert abs(stands["j1"].top - stands["p1"].top) < 100
    assert abs(stands["j2"].top - stands["p2"].top) < 100
    assert stands["j1"].bottom < stands["p2"].top


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "densenet121", "lenet5"])
def test_what_has_no_nested_skips_is_not_folded(name):
    assert fold(scene(load(name), Look())) is None
