"""Attention: parameters, MACs and refusals, held against torch.nn.MultiheadAttention."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnshape.layers import LayerError, registry

from .agreement import assert_agrees


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
        (((49, 6),), "num_heads 4 does not divide the 6 features", "num_heads: 3 or 6"),
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
