"""How large stacks are drawn."""

from __future__ import annotations

from itertools import pairwise

import pytest

import cnnshape
from cnnshape.diagrams import make_look
from cnnshape.diagrams.maps.layout import ROW_WIDTH, Place, Row, layout
from cnnshape.diagrams.maps.path import main_path
from cnnshape.diagrams.maps.scale import (
    ALL_MAPS,
    LARGEST,
    LEAST_WINDOW,
    LEGIBLE,
    Scale,
    Scales,
    drawn_maps,
)


def rows(name: str) -> list[Row]:
    look = make_look()
    path = main_path(cnnshape.load(name), look)
    return layout(path, Scales.of(path.stacks), look)


def places(name: str) -> list[Place]:
    return [place for row in rows(name) for place in row.places]


def test_maps_of_lenet_5_are_to_scale():
    faces = {place.item.stack.name: place.face for place in places("lenet5")}
    unit = faces["input"].width / 32
    for name, size in {"input": 32, "C1": 28, "S2": 14, "C3": 10, "S4": 5}.items():
        assert faces[name].width == pytest.approx(size * unit)
        assert faces[name].height == pytest.approx(size * unit)
    assert faces["C5"].height / faces["output"].height == pytest.approx(120 / 10)


def test_windows_of_lenet_5_are_as_large_as_they_are_on_the_map_that_they_lie_on():
    for place, kernel in zip(places("lenet5"), (5, 2, 5, 2, 5), strict=False):
        assert place.window is not None
        unit = place.face.width / place.item.stack.spatial[-1]
        assert place.window.width == pytest.approx(kernel * unit)
        assert place.window.height == pytest.approx(kernel * unit)


@pytest.mark.parametrize("name", ["vgg16", "unet", "densenet121", "c3d_ucf101", "espcn"])
def test_windows_lie_on_their_maps_and_are_large_enough_to_be_seen(name: str) -> None:
    for place in places(name):
        for mark in (place.window, place.sample):
            if mark is not None:
                assert mark.left >= place.face.left - 1e-6
                assert mark.right <= place.face.right + 1e-6
                assert mark.top >= place.face.top - 1e-6
                assert mark.bottom <= place.face.bottom + 1e-6
        if place.window is not None:
            assert min(place.window.width, place.window.height) >= LEAST_WINDOW


def test_where_sizes_are_far_apart_edges_follow_a_root():
    assert Scale.fitting([32, 5]).root == 1
    assert Scale.fitting([224, 7]).root == 2
    assert Scale.fitting([100_000, 3]).root > 2
    scale = Scale.fitting([224, 56])
    assert scale(224) == pytest.approx(LARGEST)
    assert scale(56) == pytest.approx(LARGEST / 4)
    rooted = Scale.fitting([400, 4])
    assert rooted(100) / rooted(400) == pytest.approx(0.5)
    assert rooted(4) >= LEGIBLE


def test_where_nothing_has_a_size_a_single_element_is_drawn_short():
    assert Scale.fitting([1, 1])(1) == Scale.fitting([])(1) == LEGIBLE


def test_a_size_that_cannot_be_seen_is_told():
    scale = Scale.fitting([300])
    assert scale.shows(300)
    assert not scale.shows(1)
    assert scale(1) > LARGEST / 300


def test_a_stack_is_drawn_whole_or_with_one_map_for_each_doubling():
    assert [drawn_maps(n) for n in (1, 3, 6)] == [1, 3, 6]
    assert [drawn_maps(n) for n in (7, 12, 24, 2048)] == [6, 7, 8, ALL_MAPS + 8]


@pytest.mark.parametrize("name", ["vgg16", "resnet152", "googlenet", "mobilenet_v2"])
def test_rows_fit_a_page_and_begin_with_the_last_stack_of_the_row_above(name: str) -> None:
    made = rows(name)
    assert len(made) <= 4
    for row in made:
        assert row.width <= ROW_WIDTH
        assert [place.x for place in row.places] == sorted(place.x for place in row.places)
    for above, row in pairwise(made):
        assert row.places[0].item.again
        assert row.places[0].item.stack is above.places[-1].item.stack
    assert not made[0].places[0].item.again


def test_a_map_that_is_no_square_is_drawn_as_it_is():
    net = cnnshape.loads(
        "input: [1, 20, 60]\nlayers: [{type: Conv2d, out_channels: 2, kernel_size: 1}]"
    )
    path = main_path(net, make_look())
    (row,) = layout(path, Scales.of(path.stacks), make_look())
    for place in row.places:
        assert place.face.width / place.face.height == pytest.approx(3)
