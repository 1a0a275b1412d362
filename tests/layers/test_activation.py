"""Activations against torch.nn: which arguments are taken, and what comes out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnshape.layers import LayerError, Step, registry

from .agreement import assert_agrees, assert_agrees_or_both_refuse, assert_both_refuse, bound

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)
numbers = st.sampled_from([-2.0, -1, -0.5, 0, 0.25, 1, 3, float("inf")])
few = settings(max_examples=60, deadline=None)

NUMERIC = {
    "CELU": ("alpha",),
    "ELU": ("alpha",),
    "Hardshrink": ("lambd",),
    "Hardtanh": ("min_val", "max_val"),
    "LeakyReLU": ("negative_slope",),
    "RReLU": ("lower", "upper"),
    "Softplus": ("beta", "threshold"),
    "Softshrink": ("lambd",),
    "Threshold": ("threshold", "value"),
}


@pytest.mark.slow
@few
@given(data=st.data(), name=st.sampled_from(sorted(NUMERIC)), shape=shapes)
def test_numbers_are_bounded_as_pytorch_bounds_them(
    data: st.DataObject, name: str, shape: tuple[int, ...]
) -> None:
    arguments = {argument: data.draw(numbers) for argument in NUMERIC[name]}
    assert_agrees_or_both_refuse(name, arguments, shape)


@few
@given(slopes=st.integers(0, 5), shape=shapes)
def test_prelu_has_one_slope_or_one_a_channel(slopes: int, shape: tuple[int, ...]) -> None:
    assert_agrees_or_both_refuse("PReLU", {"num_parameters": slopes}, shape)


@few
@given(
    name=st.sampled_from(["Softmax", "LogSoftmax", "Softmin"]),
    dim=st.none() | st.integers(-6, 6),
    shape=shapes,
)
def test_softmax_takes_the_dimensions_that_pytorch_takes(
    name: str, dim: int | None, shape: tuple[int, ...]
) -> None:
    assert_agrees_or_both_refuse(name, {"dim": dim}, shape)


@few
@given(shape=shapes)
def test_softmax2d_reads_what_pytorch_reads(shape: tuple[int, ...]) -> None:
    assert_agrees_or_both_refuse("Softmax2d", {}, shape)


@few
@given(dim=st.integers(-6, 6), shape=shapes)
def test_glu_halves_what_pytorch_halves(dim: int, shape: tuple[int, ...]) -> None:
    if dim % (len(shape) + 1) == 0:  # PyTorch would halve the batch: the next test
        dim = 1
    assert_agrees_or_both_refuse("GLU", {"dim": dim}, shape)


def test_glu_leaves_the_batch_whole() -> None:
    with pytest.raises(LayerError, match=r"dim 0 of N×4×6 is the batch, which GLU must leave"):
        bound("GLU", {"dim": 0}, (4, 6)).output_shape(((4, 6),))


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "match"),
    [
        ("PReLU", {"num_parameters": 3}, (6, 8, 8), "3 slopes, but reads 6×8×8: 6 channels"),
        ("Hardtanh", {"min_val": 2}, (4,), "min_val 2 is not below max_val 1"),
        ("RReLU", {"lower": 1}, (4,), "lower 1 is above upper 0.333333"),
        ("CELU", {"alpha": 0}, (4,), "alpha must not be 0: CELU divides by it"),
        ("Softshrink", {"lambd": -1}, (4,), "lambd must be a number from 0 to .*, not -1"),
        ("GELU", {"approximate": "erf"}, (4,), "approximate must be 'none' or 'tanh', not 'erf'"),
        ("Softmax", {"dim": 3}, (6, 8), "dim 3 is none of .* N×6×8\ndim may be −3 to 2"),
        ("Softmax2d", {}, (10,), "Softmax2d reads C×H×W, not 10\nSoftmax with dim: 1"),
        (
            "GLU",
            {"dim": 1},
            (5, 8),
            "cannot halve the 5 channels of 5×8: 5 is odd\ndim: 2, whose size is even",
        ),
    ],
)
def test_a_refusal_says_why_and_what_would_fit(
    name: str, arguments: dict[str, Any], shape: tuple[int, ...], match: str
) -> None:
    assert_both_refuse(name, arguments, shape, match=match)


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("PReLU", {"num_parameters": 6}, (6, 8, 8)),
        ("Hardtanh", {"min_val": 0.5}, (4,)),
        ("RReLU", {"lower": 0.3}, (4,)),
        ("CELU", {"alpha": -1}, (4,)),
        ("Softmax", {"dim": 2}, (6, 8)),
        ("GLU", {"dim": 2}, (5, 8)),
    ],
)
def test_the_neighbour_of_a_refusal_is_taken(
    name: str, arguments: dict[str, Any], shape: tuple[int, ...]
) -> None:
    assert_agrees(name, arguments, shape)


@pytest.mark.parametrize(("shape", "dim"), [((10,), 1), ((4, 8), 0), ((4, 8, 8), 1)])
def test_softmax_makes_pytorchs_implicit_choice_explicit(shape: tuple[int, ...], dim: int) -> None:
    layer = bound("Softmax", {}, shape)
    assert layer.arguments["dim"] == dim
    assert layer.module().dim == dim


def test_a_softmax_over_the_batch_is_noted() -> None:
    assert bound("Softmax", {}, (4, 8)).notes(((4, 8),), (4, 8)) == [
        "dim 0 of N×4×8 is the batch: the samples are weighed against each other; "
        "write dim: 1 for the channels"
    ]
    assert bound("Softmax", {"dim": 1}, (4, 8)).notes(((4, 8),), (4, 8)) == []


def test_softmax_over_a_row_reads_the_whole_row() -> None:
    shape = (4, 6, 8)
    along_width = bound("Softmax", {"dim": 3}, shape).footprint((shape,), shape)
    assert along_width == (Step(0, 1), Step(7, 1))
    assert bound("Softmax", {"dim": 1}, shape).footprint((shape,), shape) == (Step(0, 1),) * 2


def test_glu_pairs_positions_half_a_row_apart() -> None:
    assert bound("GLU", {}, (4, 6, 8)).footprint(((4, 6, 8),), (4, 6, 4)) == (
        Step(0, 1),
        Step(4, 1),
    )


def test_the_old_names_of_hardtanhs_arguments_are_unknown() -> None:
    faults: list[LayerError] = []
    assert registry()["Hardtanh"].read({"min_value": 0}, faults) is None
    assert faults[0].message == "Hardtanh has no argument 'min_value'"
    assert faults[0].help == "write min_val, its new name"
