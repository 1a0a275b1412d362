"""Resampling: sizes as torch.nn.functional.interpolate gives them, faults with what fits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnshape.layers import LayerError, registry

from .agreement import assert_agrees

MODES = ["nearest", "nearest-exact", "area", "linear", "bilinear", "bicubic", "trilinear"]


@pytest.mark.slow
@given(data=st.data())
def test_upsample_accepts_and_gives_what_torch_does(data: st.DataObject) -> None:
    dims = data.draw(st.integers(1, 3))
    shape = (2, *data.draw(st.lists(st.integers(1, 5), min_size=dims, max_size=dims)))
    arguments: dict[str, Any] = {"mode": data.draw(st.sampled_from(MODES))}
    count = data.draw(st.sampled_from([None, dims, dims, 1, 2]))
    sizes, scales = st.integers(1, 7), st.sampled_from([0.1, 0.5, 1, 1.5, 2, 2.3, 3])
    for name, values in (("size", sizes), ("scale_factor", scales)):
        if data.draw(st.booleans()):
            listed = st.lists(values, min_size=count or 1, max_size=count or 1)
            arguments[name] = data.draw(values if count is None else listed)
    for name in ("align_corners", "recompute_scale_factor"):
        arguments[name] = data.draw(st.sampled_from([None, None, False, True]))
    # What a spec writes as a list, PyTorch takes as a tuple.
    tuples = {name: tuple(v) if isinstance(v, list) else v for name, v in arguments.items()}
    try:
        expected = torch.nn.Upsample(**tuples)(torch.rand(2, *shape)).shape[1:]
    except (ValueError, RuntimeError, NotImplementedError):
        expected = None
    if expected is None or 0 in expected:  # a map without elements is no map
        with pytest.raises(LayerError):
            registry()["Upsample"](**arguments).bind((shape,)).output_shape((shape,))
        return
    layer = registry()["Upsample"](**arguments).bind((shape,))
    assert layer.output_shape((shape,)) == expected


@pytest.mark.parametrize("name", ["Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d"])
def test_a_layer_agrees_in_everything(name: str) -> None:
    assert_agrees(name, {"scale_factor": 2}, (3, 4, 5))


@pytest.mark.parametrize(
    ("arguments", "shape", "message", "help"),
    [
        ({}, (3, 4, 4), "needs size or scale_factor, and has neither", "scale_factor: 2"),
        ({"size": 3, "scale_factor": 2}, (3, 4, 4), "has both", "scale_factor: 2"),
        (
            {"scale_factor": 2, "mode": "bilinear"},
            (3, 9),
            "reads C×H×W, not 3×9",
            "mode: nearest or linear",
        ),
        ({"scale_factor": 0.1}, (3, 4, 20), "H is ⌊4·0.1⌋ = 0", "at least 1/4 = 0.25"),
        ({"size": [2, 3, 4]}, (3, 4, 4), "3 numbers, but the map has 2", "or 2 (H, W)"),
        (
            {"scale_factor": 2, "align_corners": True},
            (3, 4, 4),
            "align_corners has no meaning with mode 'nearest'",
            "leave it out",
        ),
    ],
)
def test_a_fault_says_what_fits(
    arguments: dict[str, Any], shape: tuple[int, ...], message: str, help: str
) -> None:
    with pytest.raises(LayerError) as fault:
        registry()["Upsample"](**arguments).bind((shape,)).output_shape((shape,))
    assert message in fault.value.message
    assert help in (fault.value.help or "")


def test_the_formula_floors_where_the_product_is_not_whole() -> None:
    layer = registry()["Upsample"](scale_factor=1.5)
    assert layer.formula(((3, 7, 8),), (3, 10, 12)) == "H: ⌊7·1.5⌋ = 10, W: 8·1.5 = 12"


@pytest.mark.parametrize(
    ("mode", "span"), [("nearest", 0), ("bilinear", 1), ("bicubic", 3), ("area", 1)]
)
def test_a_position_looks_back_as_far_as_its_mode_reaches(mode: str, span: int) -> None:
    layer = registry()["Upsample"](size=[4, 18], mode=mode)
    height, width = layer.footprint(((3, 6, 9),), (3, 4, 18)) or ()
    assert height == (span, Fraction(3, 2))
    assert width.scale == Fraction(1, 2)


@pytest.mark.parametrize("scale", [float("inf"), 1e300, 0, -2, [2, float("nan")]])
def test_a_scale_is_a_number_that_a_map_can_grow_by(scale: Any) -> None:
    with pytest.raises(LayerError, match="scale_factor must be a number"):
        registry()["Upsample"](scale_factor=scale)
