"""Plain arithmetic on each element, against torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cnnshape.layers import LayerError, Step

from .agreement import bound

X = torch.tensor([[-2.0, -0.25, 0.0, 0.5, 3.0]])


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("Rescale", {}, X),
        ("Rescale", {"scale": -1, "offset": 1}, 1 - X),
        ("Rescale", {"offset": 3}, X + 3),
        ("Power", {"exponent": 2}, X * X),
        ("Power", {"exponent": 0.5}, X.sqrt()),
        ("Power", {"exponent": -0.5}, X.rsqrt()),
        ("Power", {"exponent": -1}, X.reciprocal()),
        ("Clamp", {"min": -1}, X.clamp(min=-1)),
        ("Clamp", {"max": 1}, X.clamp(max=1)),
        ("Clamp", {"min": 0, "max": 1}, X.clamp(0, 1)),
        ("Abs", {}, X.abs()),
        ("Exp", {}, X.exp()),
        ("Log", {}, X.log()),
        ("Erf", {}, X.erf()),
        ("Sign", {}, X.sign()),
    ],
)
def test_values_are_torchs(name: str, arguments: dict[str, Any], expected: torch.Tensor) -> None:
    layer = bound(name, arguments, (5,))
    torch.testing.assert_close(layer.module()(X), expected, rtol=0, atol=0, equal_nan=True)


def test_each_position_reads_itself() -> None:
    shape = (3, 8, 9)
    layer = bound("Rescale", {"scale": 2}, shape)
    assert layer.footprint((shape,), shape) == (Step(0, 1),) * 2
    assert layer.connections((shape,), shape) == 0


def test_clamp_has_a_bound() -> None:
    with pytest.raises(LayerError, match="Clamp has no bound"):
        bound("Clamp", {}, (5,))


def test_a_number_is_finite() -> None:
    with pytest.raises(LayerError, match="scale must be a number from"):
        bound("Rescale", {"scale": float("inf")}, (5,))
