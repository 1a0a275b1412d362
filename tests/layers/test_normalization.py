"""Normalisation against torch.nn: statistics need values, groups divide, shapes end alike."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from cnnshape.layers import LayerError, Shape, Step

from .agreement import (
    assert_agrees,
    assert_agrees_or_both_refuse,
    assert_both_refuse,
    bound,
)

SMALL = st.integers(1, 4)
EPS = st.sampled_from([-1.0, 0, 1e-5, 0.1])


def shapes(fewest: int, most: int) -> st.SearchStrategy[Shape]:
    return st.lists(SMALL, min_size=fewest, max_size=most).map(tuple)


def torch_module_with(type_name: str, **inferred: int) -> Callable[..., nn.Module]:
    """PyTorch's class, with what cnnshape infers filled in where it is not given."""
    return lambda **arguments: getattr(nn, type_name)(**{**inferred, **arguments})


def options(**choices: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=choices)


@given(
    spatial_dims=st.integers(1, 3),
    arguments=options(
        num_features=SMALL,
        eps=EPS,
        momentum=st.none() | st.floats(0, 1),
        affine=st.booleans(),
        track_running_stats=st.booleans(),
        bias=st.booleans(),
    ),
    shape=shapes(1, 4),
)
def test_batch_norm(spatial_dims: int, arguments: dict[str, Any], shape: Shape) -> None:
    # Of a single value a channel PyTorch asks for a batch of two, which the count of FLOPs is not.
    assume(arguments.get("track_running_stats", True) or len(shape) > 1)
    name = f"BatchNorm{spatial_dims}d"
    torch_module = torch_module_with(name, num_features=shape[0])
    if not arguments.get("track_running_stats", True):
        shape = (*shape[:-1], shape[-1] + 1)
    assert_agrees_or_both_refuse(name, arguments, shape, torch_module=torch_module)


@pytest.mark.slow
@given(
    spatial_dims=st.integers(1, 3),
    arguments=options(
        num_features=SMALL,
        eps=EPS,
        momentum=st.none() | st.floats(0, 1),
        affine=st.booleans(),
        track_running_stats=st.booleans(),
        bias=st.booleans(),
    ),
    channels=SMALL,
    data=st.data(),
)
def test_instance_norm(
    spatial_dims: int, arguments: dict[str, Any], channels: int, data: st.DataObject
) -> None:
    size = data.draw(st.lists(SMALL, min_size=spatial_dims, max_size=spatial_dims))
    name = f"InstanceNorm{spatial_dims}d"
    torch_module = torch_module_with(name, num_features=channels)
    assert_agrees_or_both_refuse(name, arguments, (channels, *size), torch_module=torch_module)


@pytest.mark.slow
@given(
    arguments=options(
        num_channels=st.integers(1, 8), eps=EPS, affine=st.booleans(), bias=st.booleans()
    ),
    num_groups=st.sampled_from([-1, 1, 2, 3, 4, 6]),
    shape=shapes(0, 4),
)
def test_group_norm(arguments: dict[str, Any], num_groups: int, shape: Shape) -> None:
    assume(not shape or prod(shape) > num_groups)  # a group of one value needs a batch of two
    arguments = {"num_groups": num_groups, **arguments}
    torch_module = torch_module_with("GroupNorm", num_channels=shape[0] if shape else 4)
    assert_agrees_or_both_refuse("GroupNorm", arguments, shape, torch_module=torch_module)


@pytest.mark.slow
@given(
    type_name=st.sampled_from(["LayerNorm", "RMSNorm"]),
    eps=EPS,
    affine=st.booleans(),
    shape=shapes(1, 4),
    data=st.data(),
)
def test_layer_norm_and_rms_norm(
    type_name: str, eps: float, affine: bool, shape: Shape, data: st.DataObject
) -> None:
    last = data.draw(st.integers(0, len(shape)))
    normalized_shape = data.draw(
        st.just(list(shape[last:])) | st.just(shape[-1]) | st.lists(SMALL, max_size=5)
    )
    arguments = {
        "normalized_shape": normalized_shape,
        "eps": eps,
        "elementwise_affine": affine,
    }
    if type_name == "LayerNorm":
        arguments["bias"] = data.draw(st.booleans())
    # A normalized_shape as long as the input with the batch would fix the size of the batch.
    assume(not isinstance(normalized_shape, list) or len(normalized_shape) <= len(shape))
    assert_agrees_or_both_refuse(type_name, arguments, shape)


@given(size=st.integers(-1, 7), k=st.sampled_from([0, 1.0, 2]), shape=shapes(1, 5))
@settings(max_examples=50)
def test_local_response_norm(size: int, k: float, shape: Shape) -> None:
    assert_agrees_or_both_refuse("LocalResponseNorm", {"size": size, "k": k}, shape)


def test_local_response_norm_reads_any_order_of_memory() -> None:
    module = bound("LocalResponseNorm", {"size": 3}, (2, 3, 4, 5)).module()
    x = torch.rand(2, 5, 3, 4, 2).transpose(1, 4)
    assert torch.equal(module(x), nn.LocalResponseNorm(3)(x.contiguous()))


@pytest.mark.parametrize("shape", [(64,), (50, 64)])
def test_layer_norm_takes_the_last_dimension_of_a_vector_and_of_tokens(shape: Shape) -> None:
    assert bound("LayerNorm", {}, shape).arguments["normalized_shape"] == (64,)
    assert_agrees("LayerNorm", {}, shape)


def test_layer_norm_of_a_map_must_say_what_it_normalises() -> None:
    with pytest.raises(LayerError) as caught:
        bound("LayerNorm", {}, (96, 28, 14))
    assert caught.value.message == (
        "LayerNorm cannot tell which dimensions of 96×28×14 to normalise"
    )
    assert caught.value.help == (
        "normalized_shape: [96, 28, 14] for the whole of it, or 14 for the last dimension, or "
        "for the 96 channels at each position, put "
        "{type: Permute, dims: [0, 2, 3, 1]} before it and normalized_shape: 96"
    )


def test_a_wrong_normalized_shape_names_the_right_one() -> None:
    assert_both_refuse(
        "LayerNorm",
        {"normalized_shape": [28, 96]},
        (96, 28, 14),
        match=r"28×96 must be the last 2 sizes of 96×28×14\nnormalized_shape: \[28, 14\]",
    )


def test_groups_that_do_not_divide_name_the_divisors_beside_them() -> None:
    assert_agrees("GroupNorm", {"num_groups": 4}, (12, 5))
    assert_both_refuse(
        "GroupNorm",
        {"num_groups": 5},
        (12, 5),
        match=r"num_groups 5 does not divide 12 channels: 12 = 2·5\+2\nnum_groups: 4 or 6",
        torch_module=torch_module_with("GroupNorm", num_channels=12),
    )


def test_instance_norm_of_one_position_is_refused_unless_it_has_running_statistics() -> None:
    assert_agrees("InstanceNorm2d", {"track_running_stats": True}, (3, 1, 1))
    assert_agrees("InstanceNorm2d", {}, (3, 1, 2))
    assert_both_refuse(
        "InstanceNorm2d",
        {},
        (3, 1, 1),
        match="more than one position, not 3×1×1",
        torch_module=torch_module_with("InstanceNorm2d", num_features=3),
    )


def test_a_norm_without_weights_takes_any_number_of_channels_and_says_so() -> None:
    for name, arguments, note in (
        ("InstanceNorm1d", {"num_features": 5}, "num_features 5 is not used"),
        ("GroupNorm", {"num_channels": 5, "num_groups": 1, "affine": False}, "num_channels 5 is"),
    ):
        assert_agrees(name, arguments, (3, 8))
        (found,) = bound(name, arguments, (3, 8)).notes(((3, 8),), (3, 8))
        assert found.startswith(note)
        assert found.endswith("the input has 3 channels")


def test_a_rank_that_a_sibling_reads_names_the_sibling() -> None:
    with pytest.raises(LayerError, match="BatchNorm2d reads C×H×W, not 120") as caught:
        bound("BatchNorm2d", {}, (120,))
    assert caught.value.help == "BatchNorm1d reads C"
    with pytest.raises(LayerError) as caught:
        bound("BatchNorm1d", {}, (64, 7, 7))
    assert caught.value.help == "BatchNorm2d reads C×H×W"


def test_each_weight_and_bias_is_used_once_an_element() -> None:
    shape = (6, 14, 14)
    for arguments, uses in (({}, 2), ({"bias": False}, 1), ({"affine": False}, 0)):
        layer = bound("BatchNorm2d", arguments, shape)
        assert layer.connections((shape,), shape) == uses * 6 * 14 * 14


def test_own_statistics_see_the_whole_map_and_running_ones_do_not() -> None:
    shape = (6, 14, 10)
    whole = (Step(13, 1), Step(9, 1))
    own = (Step(0, 1), Step(0, 1))
    for name, arguments, steps in (
        ("BatchNorm2d", {}, own),
        ("InstanceNorm2d", {}, whole),
        ("InstanceNorm2d", {"track_running_stats": True}, own),
        ("GroupNorm", {"num_groups": 2}, whole),
        ("LayerNorm", {"normalized_shape": [6, 14, 10]}, whole),
        ("LayerNorm", {"normalized_shape": 10}, (Step(0, 1), Step(9, 1))),
        ("LocalResponseNorm", {"size": 5}, own),
    ):
        assert bound(name, arguments, shape).footprint((shape,), shape) == steps, name
