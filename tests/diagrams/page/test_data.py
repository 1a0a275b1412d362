"""What the page is given: the tree, its edges and numbers, and JSON that stays data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cnnshape import load
from cnnshape.diagrams import DiagramError, Look
from cnnshape.diagrams.html_file import to_json
from cnnshape.diagrams.outline import outline, whole_outline
from cnnshape.diagrams.page.data import OWN, SIZE_ONLY, SKIP, page_data
from tests.specs import net

NETS = ("lenet5", "resnet18", "resnet152", "googlenet", "densenet121", "unet", "mobilenet_v2")


def nodes(area: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An area and all that is in it, in the order in which the page numbers them."""
    yield area
    for child in area["children"]:
        if "children" in child:
            yield from nodes(child)
        else:
            yield child


def areas(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in nodes(data["root"]) if "children" in node]


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_every_layer_has_its_numbers_and_its_box(name: str) -> None:
    network = load(name)
    data = page_data(network, Look())
    whole = whole_outline(network, Look())
    index = {node.path: place for place, node in enumerate(network.layers)}
    for node, (path, op, inputs, field, shares, shown) in zip(
        network.layers, data["layers"], strict=True
    ):
        told = data["ops"][op]
        assert path == node.path
        assert (told["type"], told["params"], told["macs"]) == (node.type, node.params, node.macs)
        assert told["formula"] == node.layer.formula(node.input_shapes, node.output_shape)
        assert sum(elements for _, _, elements in told["weights"]) == node.op.params
        assert [OWN if source == "input" else index[source] for source in node.inputs] == inputs
        expected = network.receptive_fields[path]
        assert field == (None if expected is None else list(expected))
        assert shares == OWN
        assert shown == index[whole.box_of[path].layers[0].path]


def test_alike_layers_are_stored_once() -> None:
    data = page_data(load("resnet152"), Look())
    assert len(data["layers"]) == 515
    assert len(data["ops"]) < 80


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_edges_run_forward_and_between_what_there_is(name: str) -> None:
    for area in areas(page_data(load(name), Look())):
        children = area["children"]
        for start, out, end, into, flags in area["edges"]:
            assert start < end or end == OWN
            outs = area["ins"] if start == OWN else children[start].get("outs", 1)
            ins = area["outs"] if end == OWN else children[end].get("ins", 1)
            assert 0 <= out < outs
            assert 0 <= into < ins
            assert flags in (0, SKIP, SIZE_ONLY)


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_the_edges_make_the_arrows_of_the_outline(name: str) -> None:
    """Followed from the outside in, they lead from each box to its readers and no other."""
    network = load(name)
    whole = whole_outline(network, Look())
    data = page_data(network, Look())
    found = set(_arrows(data["root"]))
    expected = {
        (
            arrow.source.layers[0].path if arrow.source else "input",
            arrow.target.layers[0].path,
            arrow.skip,
            arrow.size_only,
        )
        for arrow in whole.arrows
    }
    paths = [layer[0] for layer in data["layers"]]
    named = {
        ("input" if source is None else paths[source], paths[target], bool(flags & SKIP),
         bool(flags & SIZE_ONLY))
        for source, target, flags in found
    }  # fmt: skip
    assert {arrow[:2] for arrow in named} == {arrow[:2] for arrow in expected}
    assert {arrow for arrow in expected if arrow[2] or arrow[3]} <= named


def _arrows(root: dict[str, Any]) -> Iterator[tuple[int | None, int, int]]:
    """(source, target, flags of the last edge), boxes by the index of their first layer."""

    def sources(area: dict[str, Any], entries: list[int | None]) -> list[int]:
        """Give each reader in an area its sources; what leaves through each port."""
        leaving: dict[int, int] = {}
        made: dict[tuple[int, int], int | None] = {}
        for port, entry in enumerate(entries):
            made[OWN, port] = entry
        waiting: dict[int, dict[int, int | None]] = {}
        for place, child in enumerate(area["children"]):
            for start, out, end, into, flags in area["edges"]:
                if end != place:
                    continue
                source = made[start, out]
                if "children" in child:
                    waiting.setdefault(place, {})[into] = source
                else:
                    arrows.append((source, child["layers"][0], flags))
            if "children" in child:
                ordered = [waiting[place][port] for port in range(child["ins"])]
                for port, source in enumerate(sources(child, ordered)):
                    made[place, port] = source
            else:
                made[place, 0] = child["layers"][0]
        for start, out, end, into, _flags in area["edges"]:
            if end == OWN:
                source = made[start, out]
                assert source is not None
                leaving[into] = source
        return [leaving[port] for port in range(area["outs"])]

    arrows: list[tuple[int | None, int, int]] = []
    sources(root, [None])
    yield from arrows


@pytest.mark.parametrize("depth", [0, 1, 2, None])
def test_what_starts_open_follows_the_depth(depth: int | None) -> None:
    data = page_data(load("resnet18"), Look(depth=depth))
    opened = {area["path"] for area in areas(data) if area["open"] and area["path"]}
    expected = {
        area["path"]
        for area in areas(data)
        if area["path"] and (depth is None or area["path"].count(".") < depth)
    }
    assert opened == expected


def test_auto_depth_is_that_of_the_outline() -> None:
    network = load("densenet121")
    data = page_data(network, Look())
    assert outline(network, Look()).depth == 0
    assert [area["path"] for area in areas(data) if area["open"]] == [""]


def test_without_folding_every_turn_is_there() -> None:
    folded = page_data(load("resnet18"), Look())
    expanded = page_data(load("resnet18"), Look(fold=False))
    assert max(node["times"] for node in nodes(folded["root"])) == 2
    assert {node["times"] for node in nodes(expanded["root"])} == {1}
    assert len(list(nodes(expanded["root"]))) > len(list(nodes(folded["root"])))


def test_without_fusing_every_layer_is_a_box() -> None:
    data = page_data(load("lenet5"), replace(Look(), fuse=False))
    assert [child["layers"] for child in data["root"]["children"]] == [[n] for n in range(13)]


def test_more_top_level_boxes_than_a_drawing_holds_are_refused() -> None:
    layers = "[" + ", ".join(["{type: Conv2d, out_channels: 8, kernel_size: 1}"] * 1001) + "]"
    with pytest.raises(DiagramError, match="1,001 boxes are more than a diagram can hold"):
        page_data(net(layers), Look())


@pytest.mark.parametrize(
    "text",
    [
        "</script>",
        "<!--<script>",
        "]]>",
        "a\u2028b\u2029c",
        "\ud800 alone",
        "\x00",
        '"\\',
        "한국어",
    ],
)
def test_json_cannot_end_its_element_and_is_read_back_whole(text: str) -> None:
    written = to_json({"name": text})
    assert not set("<>&\u2028\u2029\x00") & set(written)
    written.encode()
    assert json.loads(written) == {"name": text}
