"""Figures of volumes: what people see, and that nothing overlaps or is clipped."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from cnnshape import zoo
from cnnshape.diagrams import THEMES, DiagramError, Figure, draw, make_look

from ...specs import net
from ..maps.marks import Area
from ..nets import SMALL, network
from .drawn import SVG, Polygon, Shown, covers, middle_band, shown
from .random_graphs import random_graph

FILES = list({entry.file: entry.name for entry in zoo.nets()}.values())
"""One net of each file of the zoo."""
NINE = (
    "lenet5",
    "lenet5_1998",
    "alexnet",
    "vgg16",
    "resnet18",
    "resnet152",
    "googlenet",
    "densenet121",
    "unet",
)


def drawn(name: str, **options: object) -> Figure:
    return draw(network(name), "volumes", make_look(**options))  # type: ignore[arg-type]


def check(figure: Figure, *, ways: bool = True) -> Shown:
    """What a figure shows, after it was seen that no text is met by anything or cut.

    Args:
        figure: the figure.
        ways: whether lines must be clear of texts, too.
    """
    found = shown(figure.svg)
    marks = found.marks
    for first, second in combinations(marks.texts, 2):
        assert not first.meets(second), (first, second)
    tagged = [rect for rect in marks.rects if any(_holds(rect, text) for text in marks.texts)]
    assert tagged == marks.rects
    for text in marks.texts:
        signs = len(text.content) == 1 or text.content == "max"
        for face in found.faces:
            assert not any(covers(face, *point) for point in _near(face, text)), text
        if ways and not signs and not any(_holds(rect, text) for rect in tagged):
            assert not any(_crosses(way, text) for way in found.ways), text
    inside = Area(0, 0, marks.width, marks.height)
    for area in (*marks.texts, *marks.rects, *map(_bounds, (*found.faces, *found.ways))):
        assert _holds(inside, area), area
    return found


def _holds(outer: Area, inner: Area) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top + 0.5
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom + 0.5
    )


def _bounds(points: Polygon) -> Area:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Area(min(xs), min(ys), max(xs), max(ys))


def _near(face: Polygon, text: Area) -> list[tuple[float, float]]:
    return list(middle_band(text)) if _bounds(face).meets(text) else []


def _crosses(way: Polygon, text: Area) -> bool:
    """Whether a line of straight pieces passes through the letters of a text."""
    height = 0.2 * (text.bottom - text.top)
    letters = Area(text.left, text.top + height, text.right, text.bottom - height)
    pieces = [_bounds([start, end]) for start, end in pairwise(way)]
    return any(
        piece.left < letters.right
        and letters.left < piece.right
        and piece.top < letters.bottom
        and letters.top < piece.bottom
        for piece in pieces
    )


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "unet"])
def test_the_figure_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.svg", drawn(name).svg)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*FILES, *SMALL])
def test_nothing_overlaps_and_nothing_is_cut(name: str) -> None:
    check(drawn(name))


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"depth": 0}, {"depth": 1}, {"fold": False}, {"fuse": False}])
@pytest.mark.parametrize("name", ["resnet18", "googlenet", "unet", "densenet_cifar"])
def test_nothing_overlaps_however_it_is_condensed(name: str, options: dict[str, object]) -> None:
    check(drawn(name, **options))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30))
def test_nothing_overlaps_in_any_graph(seed: int) -> None:
    check(draw(random_graph(seed), "volumes"), ways=False)


def test_a_branch_of_more_boxes_than_the_main_path_is_drawn_too():
    conv = "type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1"
    closed = ", ".join([f"{{{conv}}}"] * 60)
    branch = ", ".join(f"{{name: b{index}, {conv}}}" for index in range(1, 40))
    layers = (
        f"{{name: s, {conv}}}, {{name: g, layers: [{{name: h, layers: [{closed}]}}]}}, "
        f"{{name: b0, {conv}, from: s}}, {branch}, {{type: Add, from: [g, b39]}}"
    )
    check(draw(net(f"[{layers}]"), "volumes", make_look(depth=0)))


@pytest.mark.slow
@pytest.mark.parametrize("name", NINE)
def test_a_theme_changes_only_colours(name: str) -> None:
    first, *others = (shown(drawn(name, theme=theme).svg) for theme in THEMES)
    assert all(other == first for other in others)


@pytest.mark.slow
@pytest.mark.parametrize("name", NINE)
def test_a_deep_net_fits_a_page(name: str) -> None:
    marks = shown(drawn(name).svg).marks
    assert 0.6 <= marks.width / marks.height <= 3
    assert marks.width <= 1600


@pytest.mark.parametrize("name", ["googlenet", "hostile names"])
def test_the_svg_is_plain(name: str) -> None:
    svg = drawn(name).svg
    assert svg == drawn(name).svg
    root = ElementTree.fromstring(svg)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    plain = {"svg", "title", "desc", "rect", "g", "path", "text", "polygon", "circle"}
    assert tags <= plain
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert "href" not in svg
    assert "style" not in svg


def test_the_numbers_of_the_net_are_shown():
    figure = drawn("lenet5")
    contents = [text.content for text in shown(figure.svg).marks.texts]
    for text in ("LeNet-5", "C1", "28×28", "5×5", "120", "84", "output"):
        assert text in contents
    assert "1×32×32 → 10 · 61,706 parameters · 416,520 MACs" in contents
    tooltips = shown(figure.svg).marks.titles
    (convolution,) = [tip for tip in tooltips if tip.startswith("C1: Conv2d")]
    assert "1×32×32 → 6×28×28\n" in convolution
    assert "(32−5+2·0)/1+1 = 28" in convolution
    assert "156 parameters, 117,600 MACs" in convolution
    assert "relu1: ReLU" in convolution


def test_a_size_is_written_once_for_all_that_have_it():
    contents = [text.content for text in shown(drawn("vgg16").svg).marks.texts]
    assert [contents.count(size) for size in ("224×224", "112×112", "56×56", "7×7")] == [1, 1, 1, 1]


def test_what_is_condensed_is_said_in_the_figure_and_in_the_notes():
    figure = drawn("densenet121")
    contents = " ".join(text.content for text in shown(figure.svg).marks.texts)
    assert "42 layers" in contents
    assert "7 groups are drawn closed (418 layers): --depth 1 opens them." in figure.notes
    for note in figure.notes:
        assert note in contents


def test_turns_are_counted():
    contents = [text.content for text in shown(drawn("resnet152").svg).marks.texts]
    assert "bottleneck ×35" in contents
    contents = [text.content for text in shown(drawn("repeats in a branch").svg).marks.texts]
    assert "pair ×3" in contents


def test_long_names_are_said_to_be_shortened():
    figure = drawn("hostile names")
    assert any("shortened" in note for note in figure.notes)
    assert not any("shortened" in note for note in drawn("lenet5").notes)
    titles = shown(figure.svg).marks.titles
    assert any("a_long_name_that_goes_on_and_on_and_on_and_on_and_on" in tip for tip in titles)


def test_outputs_are_told_apart():
    contents = [text.content for text in shown(drawn("two outputs").svg).marks.texts]
    assert "output 1" in contents
    assert "output 2" in contents


def test_three_dimensions_are_written():
    figure = drawn("three-dimensional")
    assert "16×112×112" in [text.content for text in shown(figure.svg).marks.texts]
    assert "D is written, not drawn" in figure.notes[0]


def test_unknown_costs_are_unknown(unknown_costs):
    svg = draw(unknown_costs, "volumes").svg
    assert "MACs unknown" in svg
    assert " 0 MACs" not in svg


def test_a_legend_can_be_left_out():
    assert "Convolution" in drawn("lenet5").svg
    assert "Convolution" not in drawn("lenet5", legend=False).svg


def test_volumes_do_not_run_down():
    with pytest.raises(DiagramError, match="left to right; help: leave --direction out"):
        drawn("lenet5", direction="down")


def test_a_closed_group_is_in_stripes_as_wide_as_its_kinds_are_many():
    svg = drawn("densenet121").svg
    start = svg.index("transition1: transition")
    group = svg[start : svg.index("</g>", start)]
    fronts = [float(width) for width in re.findall(r'd="M\S+ \S+h([\d.]+)v', group)]
    assert len(fronts) == 4
    assert max(fronts) - min(fronts) < 0.02


@pytest.mark.parametrize("theme", THEMES)
def test_a_skip_is_told_from_the_main_path_in_every_theme(theme: str) -> None:
    svg = drawn("resnet18", theme=theme).svg
    assert ("stroke-dasharray" in svg) == (THEMES[theme].skip == THEMES[theme].line)


def test_values_of_one_group_on_one_line_and_skips_inside_it_are_counted():
    found = shown(drawn("wavenet_stack", depth=0).svg)
    assert {"×50", "×49"} <= {text.content for text in found.marks.texts}


def test_what_this_style_cannot_show_is_refused_and_not_passed_over():
    with pytest.raises(DiagramError, match="--show"):
        drawn("lenet5", facts=["rf"])
