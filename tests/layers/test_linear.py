"""Fully connected layers against torch.nn, and the rule for what is no flat vector."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnshape.layers import LayerError

from .agreement import assert_agrees, assert_agrees_or_both_refuse, assert_both_refuse, bound

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
few = settings(max_examples=60, deadline=None)


@pytest.mark.slow
@few
@given(features=st.integers(1, 5), outputs=st.integers(1, 5), bias=st.booleans(), shape=shapes)
def test_linear_with_its_features_written_is_pytorchs(
    features: int, outputs: int, bias: bool, shape: tuple[int, ...]
) -> None:
    arguments = {"in_features": features, "out_features": outputs, "bias": bias}
    assert_agrees_or_both_refuse("Linear", arguments, shape)


@few
@given(
    first=st.integers(1, 4), second=st.integers(1, 4), bias=st.booleans(), one=shapes, two=shapes
)
def test_bilinear_with_its_features_written_is_pytorchs(
    first: int, second: int, bias: bool, one: tuple[int, ...], two: tuple[int, ...]
) -> None:
    arguments = {"in1_features": first, "in2_features": second, "out_features": 3, "bias": bias}
    assert_agrees_or_both_refuse("Bilinear", arguments, one, two)


@given(features=st.integers(1, 50), outputs=st.integers(1, 50), bias=st.booleans())
def test_linear_infers_its_features_and_counts_them(
    features: int, outputs: int, bias: bool
) -> None:
    shape = (features,)
    layer = bound("Linear", {"out_features": outputs, "bias": bias}, shape)
    assert layer.arguments["in_features"] == features
    assert layer.macs((shape,), (outputs,)) == features * outputs
    assert layer.connections((shape,), (outputs,)) == outputs * (features + bias)
    assert layer.parameter_count() == outputs * (features + bias)


@pytest.mark.parametrize("arguments", [{}, {"in_features": 400}])
def test_linear_refuses_a_map_and_names_flatten(arguments: dict[str, Any]) -> None:
    with pytest.raises(LayerError) as caught:
        bound("Linear", {"out_features": 120, **arguments}, (16, 5, 5))
    assert caught.value.message == "Linear cannot read 16×5×5: it wants one flat vector"
    assert caught.value.help == (
        "put Flatten before it: 16·5·5 = 400 features, "
        "or write in_features: 5 to apply it to the last dimension"
    )


def test_linear_is_applied_to_the_last_dimension_where_that_is_written() -> None:
    assert_agrees("Linear", {"out_features": 120, "in_features": 5}, (16, 5, 5))
    assert_both_refuse(
        "Linear",
        {"out_features": 120, "in_features": 6},
        (16, 5, 5),
        match="cannot read 16×5×5: it wants one flat vector, but in_features is 6\n.*Flatten",
    )


def test_a_written_size_that_contradicts_the_vector_is_refused() -> None:
    assert_agrees("Linear", {"out_features": 84, "in_features": 120}, (120,))
    assert_both_refuse(
        "Linear",
        {"out_features": 84, "in_features": 121},
        (120,),
        match="in_features is 121, but Linear reads 120: in_features would be 120",
    )


def test_bilinear_refuses_what_it_cannot_pair() -> None:
    assert_agrees("Bilinear", {"out_features": 5}, (3,), (4,))
    written = partial(nn.Bilinear, in1_features=3, in2_features=4)
    assert_both_refuse(
        "Bilinear",
        {"out_features": 5},
        (7, 3),
        (6, 4),
        match="cannot pair 7×3 with 6×4: all dimensions but the last must be equal",
        torch_module=written,
    )


def test_bilinears_uncounted_products_are_noted() -> None:
    layer = bound("Bilinear", {"out_features": 5}, (3,), (4,))
    assert layer.macs(((3,), (4,)), (5,)) == 0
    assert layer.notes(((3,), (4,)), (5,))[0].endswith("5·3·4 = 60 products are left out")
    assert layer.connections(((3,), (4,)), (5,)) == 5 * (12 + 1)


def test_formulas_and_summaries() -> None:
    layer = bound("Linear", {"out_features": 120, "bias": False}, (400,))
    assert layer.formula(((400,),), (120,)) == "400 → 120"
    assert layer.summary() == "120 features, no bias"
