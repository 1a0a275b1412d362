"""How large a value is drawn."""

from __future__ import annotations

from math import sqrt

import pytest

from cnnshape.diagrams.volumes.solids import (
    BAR,
    LEAST,
    TALLEST,
    THICKEST,
    Scale,
    Scales,
    Solid,
)


def test_sizes_near_each_other_are_drawn_in_proportion():
    scale = Scale.fitting([32, 28, 8], 150)
    assert scale(32) == 150
    assert scale(16) == 75
    assert scale.of("H") == "H"


def test_sizes_far_apart_are_drawn_by_their_roots():
    scale = Scale.fitting([224, 112, 7], 150)
    assert scale(224) == pytest.approx(150)
    assert scale(56) == pytest.approx(150 * sqrt(56 / 224))
    assert scale.of("H") == "√H"


def test_nothing_is_drawn_too_thin_to_be_seen():
    scale = Scale.fitting([10_000, 1], 100)
    assert scale.exactly(1) == 1
    assert scale(1) == LEAST


def test_no_size_at_all_is_a_scale_too():
    assert Scale.fitting([], 100)(1) == 100


@pytest.mark.parametrize(
    ("shape", "solid"),
    [
        ((8, 32, 16), Solid(THICKEST, TALLEST, TALLEST / 2)),
        ((4, 16, 32), Solid(THICKEST / 2, TALLEST / 2, TALLEST)),
        ((8, 3, 32, 16), Solid(THICKEST, TALLEST, TALLEST / 2)),
        ((8, 32), Solid(THICKEST, TALLEST, BAR)),
        ((10,), Solid(BAR, TALLEST, BAR)),
        ((), Solid(BAR, BAR, BAR)),
    ],
)
def test_each_kind_of_value_has_its_box(shape, solid):
    assert Scales.of([(8, 32, 16), (4, 16, 32), (10,)]).solid(shape) == solid


def test_the_axis_runs_through_the_middle_of_a_box():
    solid = Solid(10, 40, 50)
    assert solid.top == -solid.bottom
    assert solid.entry == solid.left == -5
    assert solid.right == 5 + solid.run / 2
    assert solid.far_right == 5 + solid.run


def test_the_axis_meets_a_flat_box_on_its_top():
    flat = Solid(10, 2, 100)
    assert flat.left < flat.entry < flat.left + flat.run
