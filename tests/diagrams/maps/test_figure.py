"""Figures of feature maps: what people see, and that nothing overlaps or is clipped."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest

import cnnshape
from cnnshape import zoo
from cnnshape.diagrams import FACTS, THEMES, DiagramError, Figure, draw, make_look
from cnnshape.diagrams.maps.figure import SHOWN
from cnnshape.diagrams.text import WIDER, text_width
from cnnshape.layers.base import Layer
from cnnshape.layers.shapes import Shape
from cnnshape.network import Network, Node, Op

from ..nets import SMALL, network
from .marks import Marks, crosses, marks


def drawn(name: str, **options: object) -> Figure:
    return draw(network(name), "maps", make_look(**options))  # type: ignore[arg-type]


def check(figure: Figure) -> Marks:
    """The figure's marks, after it was seen that no text is met by anything or cut."""
    found = marks(figure.svg)
    for first, second in combinations(found.texts, 2):
        assert not first.meets(second), (first, second)
    for text in found.texts:
        assert not any(text.meets(rect) for rect in found.rects), text
        assert not any(crosses(line, text) for line in found.lines), text
    for area in (*found.texts, *found.rects):
        assert area.left >= 0, area
        assert area.top >= 0, area
        assert area.right <= found.width, area
        assert area.bottom <= found.height, area
    return found


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "unet"])
def test_the_figure_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.svg", drawn(name).svg)


FAMILIES = {entry.file: entry.name for entry in reversed(zoo.nets())}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*FAMILIES.values(), "resnet152", *SMALL])
def test_nothing_overlaps_and_nothing_is_cut(name: str) -> None:
    check(drawn(name))


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "vgg16"])
def test_no_two_texts_meet_in_a_wider_font(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wider = lambda *args, **kwargs: WIDER * text_width(*args, **kwargs)  # noqa: E731
    monkeypatch.setattr("tests.diagrams.maps.marks.text_width", wider)
    for first, second in combinations(marks(drawn(name).svg).texts, 2):
        assert not first.meets(second), (first, second)


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["lenet5", "vgg16", "unet3d"])
def test_a_theme_changes_only_colours(name: str, theme: str) -> None:
    assert check(drawn(name, theme=theme)).texts == marks(drawn(name).svg).texts


@pytest.mark.slow
@pytest.mark.parametrize("facts", [(), ("rf",), ("arguments", "params", "macs", "rf")])
@pytest.mark.parametrize("name", ["lenet5_1998", "googlenet"])
def test_nothing_overlaps_whatever_is_shown(name: str, facts: tuple[str, ...]) -> None:
    check(drawn(name, facts=facts, legend=False))


@pytest.mark.slow
@pytest.mark.parametrize("fuse", [True, False])
@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("depth", [None, 0, 1, 2])
def test_nothing_overlaps_however_it_is_condensed(
    depth: int | None, fold: bool, fuse: bool
) -> None:
    check(drawn("resnet18", depth=depth, fold=fold, fuse=fuse))


def test_lenet_5_reads_as_the_papers_figure_does():
    texts = [text.content for text in marks(drawn("lenet5_1998").svg).texts]
    captions = "INPUT 32×32 C1: feature maps 6@28×28 S2: feature maps 6@14×14 "
    captions += "C3: feature maps 16@10×10 S4: feature maps 16@5×5 "
    captions += "C5: layer 120 F6: layer 84 OUTPUT 10"
    assert captions in " ".join(texts)
    for operation in ("Convolution 5×5", "Subsampling 2×2", "Full connection"):
        assert operation in texts
    assert "Gaussian connections" in texts


def test_parameters_and_macs_stand_under_the_operation_unless_they_are_not_asked_for():
    texts = {text.content for text in marks(drawn("lenet5").svg).texts}
    assert {"156 parameters", "117,600 MACs", "850 parameters", "840 MACs"} <= texts
    texts = {text.content for text in marks(drawn("lenet5", facts=()).svg).texts}
    assert "Convolution" in texts
    assert not any("156" in text or "5×5" in text.split("@")[0] for text in texts)


def test_the_receptive_field_stands_in_the_caption_where_it_is_asked_for():
    texts = {text.content for text in marks(drawn("lenet5", facts=["rf"]).svg).texts}
    assert {"sees 5×5", "sees 6×6", "sees 14×14", "sees 16×16", "sees 32×32"} <= texts


def test_tooltips_have_the_formula_with_its_numbers():
    titles = "\n".join(marks(drawn("lenet5").svg).titles)
    assert "C1: Conv2d 6 maps 5×5\n1×32×32 → 6×28×28\n(32−5+2·0)/1+1 = 28" in titles
    assert "156 parameters, 117,600 MACs" in titles


class Unknown(Layer, abstract=True):
    """A layer whose multiply-accumulates nobody has said, in no registry."""

    def parameters(self) -> dict[str, Shape]:
        return {"weight": (7,)}


def test_unknown_macs_are_said_to_be_unknown():
    op = Op(Unknown(), ((1, 8, 8),), (2, 8, 8))
    node = Node("scaled", op, ("input",))
    unknown = Network(name="?", input_shape=(1, 8, 8), layers=(node,), outputs=("scaled",))
    texts = [text.content for text in check(draw(unknown, "maps", make_look())).texts]
    assert {"MACs unknown", "7 parameters", "Unknown", "2@8×8"} <= set(texts)


def test_text_of_a_spec_stays_text():
    svg = drawn("hostile names").svg
    assert "<script" not in svg
    assert "<b>" not in svg
    contents = [text.content for text in marks(svg).texts]
    assert any("<script>" in content for content in contents)


def test_what_is_left_out_is_said_in_the_figure_and_in_its_notes():
    figure = drawn("googlenet")
    shown = " ".join(text.content for text in marks(figure.svg).texts)
    for note in figure.notes:
        assert note in shown
    path_layers = 197 - 117
    assert f"Main path only: {path_layers} of 197 layers" in shown
    assert "--depth 2 draws more" in shown
    assert "Of 2 outputs the first is drawn." in drawn("two outputs").notes
    assert any("Long names are shortened" in note for note in drawn("hostile names").notes)
    assert not any("Main path" in note for note in drawn("vgg16").notes)


def test_a_figure_is_the_same_each_time():
    assert drawn("densenet121") == drawn("densenet121")


def test_down_is_refused_with_the_option_to_leave_out():
    with pytest.raises(DiagramError, match="leave --direction out"):
        drawn("lenet5", direction="down")


@pytest.mark.slow
def test_too_many_stacks_are_refused_with_the_option_that_fits():
    deep = cnnshape.loads(
        "input: [1, 8, 8]\nlayers:\n"
        + "".join(
            f"  - {{type: Conv2d, out_channels: {1 + i % 2}, kernel_size: 1}}\n"
            for i in range(2000)
        )
    )
    with pytest.raises(DiagramError, match=r"2,000 stacks .* \(100\); help: --depth 0"):
        draw(deep, "maps", make_look(depth=None))
    assert "2000 × Convolution 1×1" in draw(deep, "maps", make_look(depth=0)).svg
    assert "2000 × Convolution 1×1" in draw(deep, "maps", make_look(depth="auto")).svg


def test_what_this_style_cannot_show_is_refused_and_not_passed_over():
    with pytest.raises(DiagramError, match="no room for formula"):
        drawn("lenet5", facts=["formula", "params"])
    every = drawn("lenet5", facts=FACTS).svg
    assert every == drawn("lenet5", facts=SHOWN).svg


def test_what_is_beside_the_main_path_is_told_with_its_parameters():
    notes = drawn("wavenet_stack").notes
    assert any("583,008 of the network's 1,514,912 parameters" in note for note in notes)
