"""Style graph: golden figures, what is told, and that nothing overlaps or is cut."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from cnnshape import Network, load, loads, zoo
from cnnshape.diagrams import DiagramError, Figure, make_look
from cnnshape.diagrams.graph import draw, to_dot
from cnnshape.diagrams.outline import MOST_BOXES, outline
from cnnshape.diagrams.text import WIDER, text_width
from cnnshape.layers.base import Layer, register

from ...specs import net
from ..nets import network
from .drawn import SVG, Drawn, read

LAYER = "{type: Conv2d, out_channels: 8, kernel_size: 1}"
PAIR = f"blocks: {{pair: {{layers: [{LAYER}, {LAYER}]}}}}"


@pytest.fixture(autouse=True)
def _no_system_graphviz(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another release of `dot` may put boxes elsewhere."""
    monkeypatch.setenv("PATH", str(tmp_path))


def drawn(network: Network, **look: object) -> Drawn:
    return read(figure(network, **look).svg)


def figure(network: Network, **look: object) -> Figure:
    return draw(network, make_look(**look))  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "look"), [("lenet5", {}), ("resnet18", {}), ("unet", {"depth": 0})]
)
def test_the_figure_is_the_golden_one(name, look, golden):
    golden(f"{name}.svg", figure(load(name), **look).svg)


@pytest.mark.parametrize(
    ("name", "look"), [("lenet5", {}), ("resnet18", {"depth": 1}), ("unet", {"depth": 0})]
)
def test_the_dot_is_the_golden_one(name, look, golden):
    golden(f"{name}.dot", to_dot(load(name), make_look(**look)))


@pytest.mark.slow
@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize(
    "name",
    ["lenet5", "lenet5_1998", "alexnet", "vgg16", "resnet18", "resnet152", "googlenet",
     "densenet121", "unet", "mobilenet_v2"],
)  # fmt: skip
def test_nothing_overlaps_and_nothing_is_cut(name, direction):
    in_order(drawn(load(name), direction=direction))


@pytest.mark.slow
@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("name", ["lenet5_1998", "resnet18", "unet"])
def test_nothing_overlaps_whatever_is_shown(name, direction):
    facts = ["shape", "rf", "formula", "path", "macs"]
    in_order(drawn(load(name), facts=facts, direction=direction))


@pytest.mark.parametrize("name", ["lenet5", "resnet18"])
def test_no_two_texts_meet_in_a_wider_font(name, monkeypatch):
    wider = lambda *args, **kwargs: WIDER * text_width(*args, **kwargs)  # noqa: E731
    monkeypatch.setattr("tests.diagrams.graph.drawn.text_width", wider)
    for (text, one), (other_text, other) in combinations(drawn(load(name)).texts, 2):
        assert not one.overlaps(other), (text, other_text)


@pytest.mark.parametrize("look", [{}, {"depth": 0}, {"fuse": False}, {"direction": "right"}])
def test_hostile_names_are_shown_and_mean_nothing(look):
    made = drawn(network("hostile names"), **look)
    in_order(made)
    assert {element.tag.removeprefix(SVG) for element in made.root.iter()} <= {
        "svg", "title", "desc", "g", "rect", "path", "polygon", "text"
    }  # fmt: skip
    assert all(not name.startswith("on") for each in made.root.iter() for name in each.attrib)
    assert '<script>alert("1")</script>' in made.words
    shown = " ".join(made.words)
    assert (
        r'<b>"net"</b> & {x|y} \N \G ]]> </script><script>alert(1)</script><!-- 신경망 in two lines'
        in shown
    )
    assert r"a\N\G\L{b|c}&amp;" in shown


def in_order(made: Drawn) -> None:
    for place, texts in made.cards:
        assert made.page.holds(place)
        for text, at in texts:
            assert place.holds(at), text
    for (one, _), (other, _) in combinations(made.cards, 2):
        assert not one.overlaps(other), (one, other)
    for (text, one), (other_text, other) in combinations(made.texts, 2):
        assert not one.overlaps(other), (text, other_text)
    for text, at in made.texts:
        assert made.page.holds(at), text


@pytest.mark.slow
@pytest.mark.parametrize("name", [each.name for each in zoo.names()])
def test_every_net_is_drawn_with_a_card_for_each_box_and_end(name):
    network = load(name)
    look = make_look()
    made = read(draw(network, look).svg)
    assert len(made.cards) == len(outline(network, look).boxes) + 1 + len(network.outputs)


def test_a_card_tells_name_type_arguments_shape_and_costs():
    made = drawn(load("lenet5"))
    told = {texts[0][0]: [text for text, _ in texts] for _, texts in made.cards}
    assert told["C1"] == [
        "C1", "Conv2d", "6 maps 5×5", "ReLU", "6×28×28", "156 params", "117,600 MACs"
    ]  # fmt: skip
    assert told["S2"] == ["S2", "MaxPool2d", "2×2", "6×14×14"]
    assert told["input"] == ["input", "1×32×32"]


def test_facts_choose_what_is_told():
    told = drawn(load("lenet5"), facts=[]).words
    assert "C1" in told
    assert not {"6×28×28", "156 params", "6 maps 5×5"} & set(told)
    told = drawn(load("lenet5"), facts=["rf", "formula", "path"]).words
    assert {"receptive field 5×5", "(32−5+2·0)/1+1 = 28"} <= set(told)


def test_tooltips_hold_the_formula_with_its_numbers():
    titles = [element.text for element in drawn(load("lenet5")).root.iter(f"{SVG}title")]
    assert (
        "C1: Conv2d 6 maps 5×5\n1×32×32 → 6×28×28\n(32−5+2·0)/1+1 = 28\n"
        "156 parameters, 117,600 MACs\nreceptive field 5×5"
    ) in titles


def test_what_is_folded_tells_the_sum_over_all_turns():
    network = net("[{name: p, type: pair, repeat: 3}]", head=PAIR)
    told = drawn(network, depth=None).words
    assert "pair ×3" in told
    assert "all 3: 432 params · 393,216 MACs" in told
    closed = drawn(network, depth=1).words
    assert {"2 layers each", "144 params", "all 3:", "432 params"} <= set(closed)


def test_unknown_macs_are_said_to_be_unknown(monkeypatch):
    class Mystery(Layer, abstract=True):
        def output_shape(self, inputs):
            return inputs[0]

        def parameters(self):
            return {"weight": (3,)}

    monkeypatch.setitem(register(), "Mystery", Mystery)
    told = drawn(loads("input: [1, 8, 8]\nlayers: [Mystery]\n")).words
    assert "MACs unknown" in told
    assert "1×8×8 → 1×8×8 · 3 parameters · MACs unknown" in told


def test_what_is_closed_or_shortened_is_said():
    made = figure(load("densenet121"), depth=0)
    assert made.notes == ("7 groups are drawn closed (418 layers): --depth 1 opens them.",)
    assert made.notes[0] in read(made.svg).words
    assert made.left_out == made.notes
    assert any("is shortened" in note for note in figure(network("hostile names")).notes)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet152", "googlenet", "vgg16", "mobilenet_v2", "unet"])
def test_deep_networks_have_the_form_of_a_page(name):
    page = drawn(load(name)).page
    assert 0.6 < page.right / page.bottom < 2


def test_a_figure_is_the_same_each_time():
    assert figure(load("resnet18")) == figure(load("resnet18"))


@pytest.mark.slow
def test_ten_thousand_layers_are_folded_or_refused():
    folded = drawn(net("[{type: pair, repeat: 5000}]", head=PAIR))
    assert "pair ×5000" in " ".join(folded.words)
    with pytest.raises(DiagramError, match="--depth"):
        figure(net(f"[{', '.join([LAYER] * 10_000)}]"))


@pytest.mark.slow
def test_as_many_boxes_as_are_drawn_at_all():
    made = drawn(net(f"[{', '.join([LAYER] * MOST_BOXES)}]"), depth=None)
    assert len(made.cards) == MOST_BOXES + 2


@pytest.mark.slow
def test_a_direction_that_is_named_is_followed_where_a_net_would_be_folded():
    folded, down, right = (
        figure(load("unet"), direction=direction).svg for direction in (None, "down", "right")
    )
    assert len({folded, down, right}) == 3


def test_the_arc_of_a_closed_group_and_its_words():
    svg = figure(load("densenet121"), depth=0).svg
    assert svg.count("6 skips") >= 1
    arcs = svg.count('stroke-dasharray="5 3"')
    assert arcs == 4 + 1  # of the four dense blocks, and of the legend
    assert "Skip connection" in svg
    plain = figure(load("vgg16"), depth=0).svg
    assert 'stroke-dasharray="5 3"' not in plain


def test_several_values_on_one_arrow_are_counted():
    assert "512×5117 ×50" in figure(load("wavenet_stack"), depth=0).svg
