"""Where volumes stand, and the way of every line."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cnnshape.diagrams import make_look
from cnnshape.diagrams.volumes.marks import Pill, Way
from cnnshape.diagrams.volumes.solids import Ball

from ..nets import network
from .drawn import Placed, placed

NETS = ("lenet5", "resnet18", "googlenet", "unet", "mobilenet_v2", "shufflenet_v2", "dense")


def lines(found: Placed, kind: str) -> list[Way]:
    return [mark for mark in found.layout.marks if isinstance(mark, Way) and mark.kind == kind]


@pytest.mark.parametrize("name", NETS)
def test_every_skip_of_the_outline_has_its_line(name: str) -> None:
    found = placed(network(name))
    skips = [link for link in found.parts.links if link.skip]
    into_tags = {tag.box for link in skips for tag in link.tags}
    assert {arrow for arrow in found.outline.arrows if arrow.skip and not arrow.size_only} == {
        arrow for arrow in found.outline.arrows if arrow.target in into_tags and not arrow.size_only
    } | {link.arrow for link in skips if link.arrow.skip}
    assert len(lines(found, "skip")) == len(skips)


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_every_link_ends_at_its_target(name: str) -> None:
    found = placed(network(name))
    heads = [mark for mark in found.layout.marks if isinstance(mark, Way) and mark.head]
    tips = [line.points[-1] for line in heads]
    for link in found.parts.links:
        form, at = found.sizes[link.target].form, found.layout.places[link.target]
        if isinstance(form, Ball):
            ends = [at.moved(-form.radius, 0), at.moved(0, form.radius), at.moved(0, -form.radius)]
        else:
            ends = [at.moved(form.entry, 0), at.moved(form.run / 2, form.top + form.rise / 2)]
        assert any(tip == pytest.approx(end) for tip in tips for end in ends), link.target.box


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_lines_run_along_the_axes(name: str) -> None:
    for line in lines(placed(network(name)), "skip") + lines(placed(network(name)), "main"):
        for start, end in pairwise(line.points):
            assert start.x == pytest.approx(end.x) or start.y == pytest.approx(end.y)


def test_an_arc_passes_over_what_is_between():
    found = placed(network("resnet18"))
    arcs = lines(found, "skip")
    assert len(arcs) == 4
    for arc in arcs:
        left, right = arc.points[0].x, arc.points[-1].x
        level = min(point.y for point in arc.points)
        for item, at in found.layout.places.items():
            form = found.sizes[item].form
            same_row = abs(at.y - arc.points[0].y) < 1
            if same_row and left < at.x < right:
                assert level < at.y + form.top


def test_the_crops_of_u_net_are_tags_on_its_arcs():
    found = placed(network("unet"))
    pills = [mark for mark in found.layout.marks if isinstance(mark, Pill)]
    assert [pill.content for pill in pills] == [
        f"crop {size}×{size}" for size in (392, 200, 104, 56)
    ]
    assert len(lines(found, "size")) == 4


def test_a_u_goes_down_on_the_left_and_up_on_the_right():
    found = placed(network("unet"))
    places = [found.layout.places[item] for item in found.parts.main]
    bottom = max(range(len(places)), key=lambda index: places[index].y)
    ys = [round(place.y, 3) for place in places]
    assert ys[: bottom + 1] == sorted(ys[: bottom + 1])
    assert ys[bottom:] == sorted(ys[bottom:], reverse=True)
    assert ys[0] == ys[-1] == min(ys)
    xs = [place.x for place in places]
    assert xs == sorted(xs)


def test_a_long_net_is_cut_into_rows_between_its_blocks():
    found = placed(network("resnet152"))
    ys = [found.layout.places[item].y for item in found.parts.main]
    ends = [item for item, y, below in zip(found.parts.main, ys, ys[1:], strict=False) if below > y]
    assert len(ends) == 1
    assert ends[0].symbol == "+"


def test_heights_follow_the_sizes_of_maps():
    found = placed(network("vgg16"), make_look(depth=None))
    volumes = [
        (item.shape, found.sizes[item].form) for item in found.parts.items if len(item.shape) == 3
    ]
    for (shape, form), (other, other_form) in pairwise(volumes):
        assert form.height / other_form.height == pytest.approx((shape[1] / other[1]) ** 0.5)
        assert form.depth / other_form.depth == pytest.approx((shape[2] / other[2]) ** 0.5)
        assert form.thickness / other_form.thickness == pytest.approx((shape[0] / other[0]) ** 0.5)
