"""Attention: parameters, MACs and refusals, held against torch.nn.MultiheadAttention."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnshape.layers import LayerError, registry

from .agreement import assert_agrees, bound


@pytest.mark.slow
@given(
    heads=st.sampled_from([1, 2, 4]),
    per_head=st.integers(1, 3),
    positions=st.integers(1, 5),
    others=st.one_of(st.none(), st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(1, 9))),
    bias=st.booleans(),
    appended=st.booleans(),
    zeros=st.booleans(),
)
def test_it_agrees_with_torch(
    heads: int,
    per_head: int,
    positions: int,
    others: tuple[int, int, int] | None,
    bias: bool,
    appended: bool,
    zeros: bool,
) -> None:
    shapes = [(positions, heads * per_head)]
    if others is not None:
        length, key, value = others
        shapes += [(length, key), (length, value)]
    arguments = {
        "num_heads": heads,
        "bias": bias,
        "add_bias_kv": appended,
        "add_zero_attn": zeros,
    }
    assert_agrees("MultiheadAttention", arguments, *shapes)


@pytest.mark.parametrize(
    ("shapes", "message", "help"),
    [
        (((64, 7, 7),), "reads positions × features, not 64×7×7", "dims: [0, 2, 1]"),
        (((49, 6),), "does not divide the 6 features: 6 = 1·4+2", "num_heads: 3 or 6"),
        (((5, 8), (7, 8)), "not 2", "from: [query, key, value]"),
        (((5, 8), (7, 8), (6, 8)), "7 positions and the value 6", ""),
    ],
)
def test_a_fault_says_what_fits(
    shapes: tuple[tuple[int, ...], ...], message: str, help: str
) -> None:
    with pytest.raises(LayerError) as fault:
        registry()["MultiheadAttention"](num_heads=4).bind(shapes)
    assert message in fault.value.message
    assert help in (fault.value.help or "")


def test_a_written_width_is_checked() -> None:
    with pytest.raises(LayerError, match="embed_dim would be 8"):
        registry()["MultiheadAttention"](num_heads=2, embed_dim=16).bind(((5, 8),))


def test_heads_that_do_not_divide_a_written_width_are_refused_before_any_shape_is_known() -> None:
    with pytest.raises(LayerError, match="num_heads 3 does not divide the 16 features"):
        registry()["MultiheadAttention"](num_heads=3, embed_dim=16)


@torch.no_grad()
def test_it_computes_what_torch_does_with_the_batch_first() -> None:
    ours = bound("MultiheadAttention", {"num_heads": 2}, (5, 8)).module().eval()
    theirs = nn.MultiheadAttention(8, 2, batch_first=True).eval()
    theirs.load_state_dict(ours.state_dict())
    x = torch.rand(3, 5, 8)
    torch.testing.assert_close(ours(x), theirs(x, x, x)[0])


def test_its_weights_are_used_at_each_position_and_its_products_have_none() -> None:
    shape = (5, 8)
    for bias, uses in ((False, 4 * 8 * 8), (True, 4 * 8 * (8 + 1))):
        layer = bound("MultiheadAttention", {"num_heads": 2, "bias": bias}, shape)
        assert layer.connections((shape,), shape) == 5 * uses
        assert layer.macs((shape,), shape) == 5 * 4 * 8 * 8 + 2 * 5 * 5 * 8


@pytest.mark.slow
@given(
    heads=st.lists(st.integers(1, 3), max_size=2),
    alone=st.integers(0, 3),  # the input that has 1 head, 3 for none
    sizes=st.tuples(*[st.integers(1, 5)] * 4),
    is_causal=st.booleans(),
    scale=st.sampled_from([None, 0.5]),
)
def test_scaled_dot_product_attention_agrees_with_torch(
    heads: list[int],
    alone: int,
    sizes: tuple[int, int, int, int],
    is_causal: bool,
    scale: float | None,
) -> None:
    positions, keys, features, width = sizes
    shapes = [(positions, features), (keys, features), (keys, width)]
    arguments = {"is_causal": is_causal, "scale": scale}
    ones = [1] * len(heads)
    inputs = [(*(ones if k == alone else heads), *shape) for k, shape in enumerate(shapes)]
    assert_agrees("ScaledDotProductAttention", arguments, *inputs)


def test_scaled_dot_product_attention_is_what_its_formula_says() -> None:
    query, key, value = torch.rand(2, 4, 9, 8), torch.rand(2, 4, 7, 8), torch.rand(2, 4, 7, 5)
    shapes = [tuple(x.shape[1:]) for x in (query, key, value)]
    layer = bound("ScaledDotProductAttention", {}, *shapes)
    expected = (query @ key.mT / 8**0.5).softmax(-1) @ value
    assert torch.allclose(layer.module()(query, key, value), expected, atol=1e-6)
    assert layer.macs(tuple(shapes), (4, 9, 5)) == 4 * (9 * 8 * 7 + 9 * 7 * 5)


@pytest.mark.parametrize(
    "shapes",
    [
        ((9, 8), (7, 6), (7, 5)),
        ((9, 8), (7, 8), (6, 5)),
        ((2, 9, 8), (3, 7, 8), (3, 7, 5)),
        ((9, 8), (1, 7, 8), (1, 7, 5)),
        ((1, 9, 8), (2, 7, 8), (3, 7, 5)),
        ((8,), (8,), (8,)),
    ],
)
def test_scaled_dot_product_attention_wants_what_fits(shapes: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(LayerError, match="cannot join") as fault:
        bound("ScaledDotProductAttention", {}, *shapes).output_shape(shapes)
    assert fault.value.help == (
        "it reads L×E, S×E and S×V, with the same dimensions before them, or 1"
    )
