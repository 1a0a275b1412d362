"""What was written is held against PyTorch: what is let pass, and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan

import pytest
import torch
from torch import Tensor, nn

import cnnshape
from cnnshape.exporting import ExportError, weighted_module
from cnnshape.exporting.output_check import FAINT, NOT_HELD, hold, with_state
from cnnshape.network import Network

from ..specs import net

PLAIN = """
name: plain
input: [3, 12, 12]
layers:
  - {name: conv, type: Conv2d, out_channels: 4, kernel_size: 3}
  - {name: relu, type: ReLU}
  - {name: last, type: Conv2d, out_channels: 2, kernel_size: 3}
"""
UNPOOLING = """
name: unpooling
input: [3, 12, 12]
layers:
  - {name: conv, type: Conv2d, out_channels: 4, kernel_size: 3, padding: 1}
  - {name: relu, type: ReLU}
  - {name: pool, type: MaxPool2d, kernel_size: 2}
  - {name: unpool, type: MaxUnpool2d, kernel_size: 2, from: [pool, relu]}
  - {name: last, type: Conv2d, out_channels: 2, kernel_size: 3}
"""


class Altered(nn.Module):
    """A module whose output is changed at one place, or everywhere."""

    def __init__(self, module: nn.Module, change: float, *, everywhere: bool) -> None:
        super().__init__()
        self.module = module
        self.change = change
        self.everywhere = everywhere

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.module(x).clone()
        scale = self.change * output.abs().max()
        if self.everywhere:
            return output + scale
        output[0, 0, 0, 0] += scale
        return output


def held(text: str, change: float, *, everywhere: bool = False, exact: bool = False) -> str:
    """Hold a network against itself with a change; `exact`: none in the second comparison."""
    network: Network = cnnshape.loads(text)
    module = weighted_module(network, None, seed=1)
    copy = weighted_module(network, None, seed=1)
    altered = Altered(copy, change, everywhere=everywhere)

    def given(state: Mapping[str, Tensor]) -> nn.Module:
        with_state(copy)(state)
        return copy if exact else altered

    before = {key: value.clone() for key, value in module.state_dict().items()}
    found = hold(network, module, altered, given)
    assert all(torch.equal(before[key], value) for key, value in module.state_dict().items())
    return found


def test_outputs_may_differ_as_rounding_does() -> None:
    assert held(PLAIN, 0) == "the same outputs"
    assert held(PLAIN, 5e-6) == "outputs within 5e-06 of PyTorch's"


@pytest.mark.parametrize("change", [1e-4, float("nan")])
def test_one_output_that_differs_by_more_is_refused(change: float) -> None:
    with pytest.raises(ExportError, match="other outputs than PyTorch"):
        held(PLAIN, change, exact=True)


def test_where_rounding_may_move_a_maximum_a_few_outputs_may_differ() -> None:
    found = held(UNPOOLING, 0.1, exact=True)
    assert found == "most outputs within 0 of PyTorch's, and all of them in whole numbers"


def test_but_not_most_of_them_and_none_in_whole_numbers() -> None:
    with pytest.raises(ExportError, match="other outputs than PyTorch"):
        held(UNPOOLING, 0.1, exact=True, everywhere=True)
    with pytest.raises(ExportError, match="other outputs than PyTorch"):
        held(UNPOOLING, 1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("act", ["ReLU", "Tanh", "GELU", "SELU", "Identity"])
@pytest.mark.parametrize("bias", [True, False])
def test_a_deep_network_is_held_with_weights_that_rounding_does_not_grow_through(
    act: str, bias: bool
) -> None:
    conv = (
        f"{{type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1, bias: {str(bias).lower()}}}"
    )
    network = net(f"[{{repeat: 300, layers: [{conv}, {act}]}}]", "[3, 8, 8]")
    module = weighted_module(network, None, seed=1)
    exact = Rounded(weighted_module(network, None, seed=1).double())
    assert "outputs" in hold(network, module, exact, exact.given, tolerance=1e-4)


@pytest.mark.slow
def test_its_own_weights_may_be_rounded_as_far_as_they_are_in_pytorch() -> None:
    conv = "{type: Conv2d, out_channels: 6, kernel_size: 3, padding: 1, bias: false}"
    network = net(
        f"[{{repeat: 250, layers: [{{branches: [[{conv}, Tanh], []], join: Add}}, Tanh]}}]",
        "[6, 8, 8]",
    )
    module = weighted_module(network, None, seed=0)
    exact = Rounded(weighted_module(network, None, seed=0).double())
    assert "as far as single precision is exact in it" in hold(network, module, exact, exact.given)
    with pytest.raises(ExportError, match="other outputs than PyTorch"):
        hold(network, module, Rounded(exact.module, change=1.1), exact.given)


@pytest.mark.parametrize("function", ["Sigmoid", "Hardsigmoid", "Softplus"])
def test_a_fault_in_the_first_of_many_bent_layers_is_seen(function: str) -> None:
    conv = "{type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}"
    network = net(f"[{{repeat: 60, layers: [{conv}, {function}]}}]", "[3, 8, 8]")
    module = weighted_module(network, None, seed=1)
    exact = Rounded(weighted_module(network, None, seed=1).double())
    assert not hold(network, module, exact, exact.given, tolerance=1e-4).endswith(FAINT)


@pytest.mark.slow
def test_where_the_input_is_lost_on_the_way_that_is_said() -> None:
    lost = "{type: Rescale, scale: 1e-12, offset: 1}"
    network = net(f"[{lost}, {{type: Conv2d, out_channels: 8, kernel_size: 3}}]", "[3, 8, 8]")
    module = weighted_module(network, None, seed=1)
    exact = Rounded(weighted_module(network, None, seed=1).double())
    assert hold(network, module, exact, exact.given).endswith(FAINT)


@pytest.mark.parametrize("weight", [float("nan"), 1e30])
def test_where_no_weights_give_numbers_that_is_said(weight: float) -> None:
    network = net("[{type: Conv2d, out_channels: 2, kernel_size: 3}]", "[3, 8, 8]")
    module = weighted_module(network, None, seed=1)
    for parameter in module.parameters():
        parameter.data.fill_(weight)
    found = hold(network, module, module, with_state(module))
    spoiled = "with these weights PyTorch gives no finite number"
    assert found == (spoiled if isnan(weight) else "the same outputs")
    network = net("[{type: Rescale, scale: 1.0e+38}, {type: Rescale, scale: 1.0e+38}]", "[3, 8, 8]")
    module = weighted_module(network, None, seed=1)
    found = hold(network, module, module, with_state(module))
    assert found.endswith(f"{NOT_HELD}: PyTorch gives no finite number")


@pytest.mark.slow
def test_a_deep_network_that_is_not_continuous_is_held_in_whole_numbers() -> None:
    conv = "{type: Conv2d, out_channels: 4, kernel_size: 3, padding: 1, bias: false}"
    network = net(
        f"[{{repeat: 250, layers: [{conv}, ReLU]}}, {{name: a, type: ReLU}}, "
        "{name: pool, type: MaxPool2d, kernel_size: 2}, "
        "{type: MaxUnpool2d, kernel_size: 2, from: [pool, a]}]",
        "[3, 8, 8]",
    )
    module = weighted_module(network, None, seed=1)
    assert "most outputs" in hold(network, module, module, with_state(module))


@pytest.mark.slow
def test_a_difference_in_a_deep_network_is_still_one() -> None:
    conv = "{type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1, bias: false}"
    network = net(f"[{{repeat: 300, layers: [{conv}, ReLU]}}]", "[3, 8, 8]")
    module = weighted_module(network, None, seed=1)
    exact = Rounded(weighted_module(network, None, seed=1).double(), change=1.001)
    with pytest.raises(ExportError, match="other outputs than PyTorch"):
        hold(network, module, exact, exact.given, tolerance=1e-4)


class Rounded(nn.Module):
    """A module that is run in double precision, its outputs multiplied by a number."""

    def __init__(self, module: nn.Module, change: float = 1) -> None:
        super().__init__()
        self.module = module
        self.change = change

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.module(x.double())
        return output.float() * self.change

    def given(self, state: Mapping[str, Tensor]) -> nn.Module:
        self.module.load_state_dict({key: value.double() for key, value in state.items()})
        return self
