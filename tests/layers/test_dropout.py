"""Dropout and its kin against torch.nn, and stochastic depth by its definition."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from .agreement import assert_agrees, assert_agrees_or_both_refuse, assert_both_refuse, bound

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=5).map(tuple)
NAMES = [
    "AlphaDropout",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Dropout3d",
    "FeatureAlphaDropout",
]


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    p=st.sampled_from([-0.1, 0, 0.3, 1, 1.5]),
    inplace=st.booleans(),
    shape=shapes,
)
def test_dropout_takes_what_pytorch_takes(
    name: str, p: float, inplace: bool, shape: tuple[int, ...]
) -> None:
    assert_agrees_or_both_refuse(name, {"p": p, "inplace": inplace}, shape)


def test_refusals_say_why() -> None:
    assert_agrees("Dropout", {"p": 1}, (4,))
    assert_both_refuse("Dropout", {"p": 1.1}, (4,), match="p must be a number from 0 to 1, not 1.1")
    assert_agrees("Dropout1d", {}, (4, 8))
    assert_both_refuse(
        "Dropout1d", {}, (4, 8, 8), match="Dropout1d reads C×L, not 4×8×8\nwrite Dropout2d"
    )


def test_an_input_of_another_rank_is_noted_where_pytorch_takes_it() -> None:
    assert bound("Dropout2d", {}, (4, 8, 8)).notes(((4, 8, 8),), (4, 8, 8)) == []
    (note,) = bound("Dropout2d", {}, (84,)).notes(((84,),), (84,))
    assert note.startswith("Dropout2d is meant for C×H×W")
    assert note.endswith("write Dropout")


@pytest.mark.parametrize("mode", ["row", "batch"])
def test_stochastic_depth_drops_whole_samples_and_keeps_the_mean(mode: str) -> None:
    torch.manual_seed(0)
    module = bound("StochasticDepth", {"p": 0.25, "mode": mode}, (3, 2)).module().train()
    kept = 0
    for _ in range(500):
        output = module(torch.ones(4, 3, 2))
        samples = output.flatten(1)
        assert torch.equal(samples, samples[:, :1].expand_as(samples))
        decisions = samples[:, 0].tolist()
        assert all(value == pytest.approx(4 / 3) for value in decisions if value)
        assert mode == "row" or len(set(decisions)) == 1
        kept += sum(map(bool, decisions))
    assert kept / 2000 == pytest.approx(0.75, abs=0.06)


def test_stochastic_depth_of_probability_one_gives_zeros() -> None:
    module = bound("StochasticDepth", {"p": 1}, (3,)).module().train()
    assert torch.equal(module(torch.ones(2, 3)), torch.zeros(2, 3))
    assert torch.equal(module.eval()(torch.ones(2, 3)), torch.ones(2, 3))
