"""What rounding explains is no disagreement, and a wrong formula is one, however small."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from . import comparison
from .references import Function


def alike(mine: nn.Module, reference: nn.Module, *inputs: Tensor) -> bool:
    return comparison._computes_alike(mine, reference, 0, inputs)


def test_another_order_of_additions_is_rounding() -> None:
    x = torch.randn(2, 10_000) * 1e3
    assert alike(Function(lambda x: x.sum(1)), Function(lambda x: x.flip(1).sum(1)), x)


def test_rounding_that_a_norm_of_nearly_equal_values_enlarges_is_rounding() -> None:
    x = 1 + 1e-6 * torch.randn(2, 64)
    by_hand = Function(lambda x: (x - x.mean(1, keepdim=True)) / x.std(1, keepdim=True))
    other = Function(lambda x: (x - x.sum(1, keepdim=True) / 64) / x.var(1, keepdim=True).sqrt())
    assert alike(by_hand, other, x)


@pytest.mark.parametrize("wrong", [1 + 2e-6, 1 - 2e-6])
def test_an_error_near_to_single_precision_is_found(wrong: float) -> None:
    x = torch.randn(2, 64)
    assert not alike(Function(lambda x: wrong * x), Function(lambda x: 1 * x), x)


def test_a_number_for_no_number_is_found() -> None:
    x = torch.randn(2, 64)
    assert alike(Function(torch.log), Function(torch.log), x)
    assert not alike(Function(lambda x: x.log().nan_to_num()), Function(torch.log), x)
    assert not alike(Function(torch.log), Function(lambda x: x.log().nan_to_num()), x)


def test_a_step_on_the_other_side_is_found() -> None:
    x = torch.tensor([[0.0, 1.0, -1.0]])
    assert not alike(Function(lambda x: (x >= 0).to(x)), Function(lambda x: (x > 0).to(x)), x)


def test_what_is_read_is_finite_all_unlike_and_not_too_large() -> None:
    x = torch.tensor([torch.nan, torch.inf, -torch.inf, torch.nan, 3e30, 0.5])
    tamed = comparison._tame(x)
    assert tamed.isfinite().all()
    assert len(tamed.unique()) == len(x)
    assert tamed.abs().max() <= comparison.LARGEST
    assert torch.equal(comparison._tame(x[5:]), x[5:])
