"""What is drawn of a network: boxes, areas, arrows."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cnnshape import Network, load, loads, zoo
from cnnshape.diagrams import DiagramError, Look
from cnnshape.diagrams.boxes import Area, Box, Outline
from cnnshape.diagrams.outline import MOST_BOXES, READABLE_BOXES, outline

from ..specs import net

RESIDUAL = """
  - {name: a, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  - {name: b, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  - {name: sum, type: Add, from: [b, a]}
"""


def drawn(network: Network, **look: object) -> Outline:
    return outline(network, Look(**{"depth": None, **look}))


def names(outline: Outline) -> list[str]:
    return [box.name for box in outline.boxes]


def told(area: Area) -> list[object]:
    """The tree of an outline: a box as its name, an area as a list that its title begins."""
    return [
        [f"{child.name} {child.type} ×{child.times}", *told(child)]
        if isinstance(child, Area)
        else child.name
        for child in area.children
    ]


def arrows(outline: Outline) -> list[tuple[str, str]]:
    return [(a.source.name if a.source else "input", a.target.name) for a in outline.arrows]


def skips(outline: Outline) -> list[tuple[str, str]]:
    return [
        (a.source.name if a.source else "input", a.target.name) for a in outline.arrows if a.skip
    ]


def test_what_follows_element_by_element_is_in_the_box_of_its_layer():
    lenet = drawn(load("lenet5"))
    assert names(lenet) == ["C1", "S2", "C3", "S4", "C5", "flatten1", "F6", "output"]
    assert [layer.type for layer in lenet.boxes[0].layers] == ["Conv2d", "ReLU"]
    separate = drawn(load("lenet5"), fuse=False)
    assert [box.path for box in separate.boxes] == [node.path for node in load("lenet5").layers]


def test_a_value_that_is_read_twice_ends_its_box():
    between = net("[{name: c, type: Conv2d, out_channels: 8, kernel_size: 1}, "
                  "{name: r, type: ReLU}, {name: s, type: Add, from: [c, r]}]")  # fmt: skip
    assert names(drawn(between)) == ["c", "r", "s"]
    layers = "[{name: c, type: Conv2d, out_channels: 8, kernel_size: 1}, {name: r, type: ReLU}]"
    result = drawn(net(layers, head="outputs: [c, r]"))
    assert names(result) == ["c", "r"]
    assert result.outputs == result.boxes


def test_blocks_are_areas_and_alike_turns_are_drawn_once():
    resnet = drawn(load("resnet18"))
    layer1 = resnet.root.children[2]
    assert isinstance(layer1, Area)
    assert told(resnet.root)[2] == ["layer1.0–1 basic ×2", "main.conv1", "main.conv2", "add1"]
    assert told(resnet.root)[3] == [
        "layer2  ×1",
        ["0 basic ×1", "main.conv1", "main.conv2", "shortcut", "add1"],
        ["1 basic ×1", "main.conv1", "main.conv2", "add1"],
    ]


def test_expanded_every_turn_is_drawn():
    folded, expanded = (drawn(load("resnet18"), fold=fold) for fold in (True, False))
    assert len(expanded.boxes) == len(folded.boxes) + 3
    assert told(expanded.root)[2] == [
        "layer1  ×1",
        ["0 basic ×1", "main.conv1", "main.conv2", "add1"],
        ["1 basic ×1", "main.conv1", "main.conv2", "add1"],
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lenet5", "resnet18", "googlenet", "densenet121", "unet"])
@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("depth", [0, 1, None])
def test_the_boxes_add_up_to_the_network(name, fold, depth):
    network = load(name)
    made = drawn(network, fold=fold, depth=depth)

    def total(area: Area) -> tuple[int, int, int]:
        sums = [0, 0, 0]
        for child in area.children:
            if isinstance(child, Box):
                part = (len(child.layers), child.params, child.macs)
            else:
                part = total(child)
            for index, value in enumerate(part):
                sums[index] += child.times * value
        return tuple(sums)

    assert total(made.root) == (len(network.layers), network.totals.params, network.totals.macs)
    assert list(made.root.boxes()) == sorted(made.boxes, key=list(made.root.boxes()).index)
    assert set(made.root.boxes()) == set(made.boxes)


@pytest.mark.slow
@pytest.mark.parametrize("name", [each.name for each in zoo.names()])
def test_every_arrow_goes_onward(name):
    made = outline(load(name), Look())
    place = {box: index for index, box in enumerate(made.boxes)}
    assert made.arrows
    for arrow in made.arrows:
        assert arrow.source is None or place[arrow.source] < place[arrow.target]
        if arrow.source is not None:
            assert arrow.shape == arrow.source.output_shape
    read = {arrow.target for arrow in made.arrows}
    assert read == set(made.boxes)
    assert len(made.boxes) <= READABLE_BOXES


def test_the_identity_of_a_residual_block_is_a_skip_and_a_projection_is_not():
    assert skips(drawn(net(RESIDUAL))) == [("a", "sum")]
    resnet = drawn(load("resnet18"))
    assert skips(resnet) == [("maxpool2d1", "add1"), *[("add1", "add1")] * 3]


def test_branches_of_different_lengths_are_no_skips():
    assert skips(drawn(load("googlenet"))) == []


def test_the_long_arrows_of_a_unet_are_skips_though_they_pass_a_crop():
    assert skips(drawn(load("unet"))) == [("conv2", "crop")] * 4
    sizes = [arrow for arrow in drawn(load("unet")).arrows if arrow.size_only]
    assert [(a.source.name, a.target.name) for a in sizes] == [("up", "crop")] * 4


def test_a_network_that_reads_its_input_twice():
    made = drawn(net("[{name: c, type: Conv2d, out_channels: 8, kernel_size: 1}, "
                     "{type: Add, from: [c, input]}]"))  # fmt: skip
    assert arrows(made) == [("input", "c"), ("c", "add1"), ("input", "add1")]
    assert skips(made) == [("input", "add1")]


def test_turns_that_something_else_reads_are_not_folded():
    turns = """
      - {name: b, type: Conv2d, out_channels: 8, kernel_size: 1, repeat: 3}
      - {name: sum, type: Add, from: [b, b.0]}
    """
    assert names(drawn(net(turns))) == ["0", "1", "2", "sum"]
    plain = turns.replace("b.0", "input")
    assert names(drawn(net(plain))) == ["b.0–2", "sum"]
    assert drawn(net(plain)).boxes[0].times == 3


def test_a_turn_that_is_an_output_is_not_folded():
    turns = "[{name: b, type: Conv2d, out_channels: 8, kernel_size: 1, repeat: 3}]"
    assert names(drawn(net(turns, head="outputs: [b, b.1]"))) == ["0", "1", "2"]


@pytest.mark.slow
def test_deep_groups_are_closed_where_all_would_be_too_many():
    dense = outline(load("densenet121"), Look())
    assert [box.name for box in dense.boxes if box.closed][:2] == ["dense1", "transition1"]
    assert dense.depth == 0
    assert dense.notes == ("7 groups are drawn closed (418 layers): --depth 1 opens them.",)
    assert outline(load("resnet152"), Look()).hidden == {}
    assert outline(load("resnet152"), Look(depth=0)).boxes[2].type == ""
    block = next(box for box in outline(load("resnet152"), Look(depth=1)).boxes if box.closed)
    assert (block.type, block.path, block.times) == ("bottleneck", "layer1.0", 1)


@pytest.mark.slow
def test_the_main_path_is_the_longest():
    unet = drawn(load("unet")).main_path
    assert [unet[0].path, unet[-1].path] == ["down1.conv1", "head"]
    assert not any(box.name == "crop" for box in unet)
    assert len(unet) == len(drawn(load("unet")).boxes) - 4
    inception = drawn(load("googlenet")).main_path
    assert "inception3a.b2.conv3.conv" in [box.path for box in inception]
    for before, after in pairwise(inception):
        assert before in [arrow.source for arrow in drawn_reads(inception, after)]


def drawn_reads(path: list[Box], box: Box) -> list[object]:
    made = drawn(load("googlenet"))
    twin = next(each for each in made.boxes if each.path == box.path)
    by_path = {each.path: each for each in path}
    return [
        type(arrow)(by_path.get(arrow.source.path) if arrow.source else None, box, arrow.shape)
        for arrow in made.reads[twin]
    ]


@pytest.mark.slow
def test_ten_thousand_layers_are_folded_or_refused_with_the_option_that_helps():
    block = "blocks: {b: {layers: [{type: Conv2d, out_channels: 8, kernel_size: 1}, ReLU]}}"
    folded = net("[{name: s, type: b, repeat: 5000}]", head=block)
    assert [box.times for box in outline(folded, Look()).boxes] == [5000]
    with pytest.raises(DiagramError, match=r"5,000 boxes .* \(1,000\); help: --fold"):
        outline(folded, Look(fold=False, depth=None))
    wide = "\n".join(
        f"  - {{name: c{index}, type: Conv2d, out_channels: 8, kernel_size: 1}}"
        for index in range(MOST_BOXES + 1)
    )
    flat = loads(f"input: [8, 4, 4]\nlayers:\n{wide}\n")
    with pytest.raises(DiagramError, match=r"1,001 boxes .* as a group or block"):
        outline(flat, Look())
    grouped = loads(
        f"input: [8, 4, 4]\nlayers:\n  - name: g\n    layers:\n{wide.replace('  - ', '      - ')}\n"
    )
    assert names(outline(grouped, Look())) == ["g"]
    with pytest.raises(DiagramError, match=r"help: --depth 0 closes groups"):
        outline(grouped, Look(depth=1))


def test_alike_values_of_one_closed_group_are_one_arrow():
    whole = drawn(load("wavenet_stack"), depth=0)
    assert arrows(whole).count(("stack", "skips")) == 1
    (bundle,) = [arrow for arrow in whole.arrows if arrow.target.name == "skips"]
    assert bundle.times == 50
    assert bundle.target.inputs == ((512, 5117),) * 50
    assert all(arrow.times == 1 for arrow in whole.arrows if arrow is not bundle)


def test_the_same_value_read_twice_is_two_arrows():
    twice = drawn(net("[{name: a, type: ReLU}, {name: b, type: Conv2d, out_channels: 3, "
                      "kernel_size: 1}, {name: sum, type: Add, from: [b, b]}]"))  # fmt: skip
    assert arrows(twice)[-2:] == [("b", "sum")] * 2


def test_a_head_that_is_only_trained_stands_beside_the_way():
    for depth in (0, None):
        whole = drawn(load("inception_v3"), depth=depth)
        (head,) = [box for box in whole.boxes if box.training_only]
        assert not [arrow for arrow in whole.arrows if arrow.source is head]
        assert len(whole.reads[head]) == 1
        assert head not in whole.main_path
        assert whole.notes[0] == "AuxLogits is a side branch that training alone computes."
    without = drawn(load("inception_v3", params={"aux": False}), depth=0)
    with_it = drawn(load("inception_v3"), depth=0)
    assert [pair for pair in arrows(with_it) if "AuxLogits" not in pair] == arrows(without)


@pytest.mark.parametrize(
    ("name", "skips"),
    [
        ("resnet18", [2, 1, 1, 1]),  # of the others, one shortcut each is a convolution
        ("densenet121", [6, 12, 24, 16]),
        ("vgg16", []),
        ("unet", []),  # its skips run from group to group and are drawn
        ("wavenet_stack", [49]),
    ],
)
def test_a_closed_group_says_how_many_skips_it_hides(name: str, skips: list[int]) -> None:
    whole = drawn(load(name), depth=0)
    assert [box.skips for box in whole.boxes if box.skips] == skips
    assert all(box.closed for box in whole.boxes if box.skips)


def test_a_layer_alone_in_a_branch_keeps_the_name_that_a_person_gave_it():
    branched = drawn(
        net(
            "[{join: Add, branches: {projection: {name: proj, type: Conv2d, out_channels: 3, "
            "kernel_size: 1}, other: {type: Conv2d, out_channels: 3, kernel_size: 1}}}]"
        )
    )
    assert names(branched) == ["projection.proj", "other", "add1"]
