"""What no output depends on is left out of the spec, and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from cnnshape.importing.left_out import NOT_RUN, NOT_USED, THROWN_AWAY, LeftOut

from .test_importing import imported


class Does(nn.Module):
    """A net with more parts than its forward needs."""

    def __init__(self, forward: Callable[[Any, Tensor], Any]) -> None:
        super().__init__()
        self.a = nn.Conv2d(1, 1, 3, padding=1)
        self.b = nn.Conv2d(1, 1, 5, padding=2)
        self.relu = nn.ReLU()
        self.work = forward

    def forward(self, x: Tensor) -> Any:
        return self.work(self, x)


class WithScale(Does):
    def __init__(self, forward: Callable[[Any, Tensor], Any]) -> None:
        super().__init__(forward)
        self.temperature = nn.Parameter(torch.ones(()))


def neither(net: Does, x: Tensor) -> Tensor:
    return net.a(x)  # type: ignore[no-any-return]


def thrown_away(net: Does, x: Tensor) -> Tensor:
    y = net.a(x)
    y = net.b(x)
    return net.relu(y)  # type: ignore[no-any-return]


def called_for_nothing(net: Does, x: Tensor) -> Tensor:
    x = net.b(net.a(x))
    net.relu(x)
    return x


def thrown_away_first(net: Does, x: Tensor) -> Tensor:
    y = net.a(x)
    y = net.b(x)
    y = net.relu(net.a(y))
    return net.a(y)  # type: ignore[no-any-return]


def thrown_away_last(net: Does, x: Tensor) -> Tensor:
    y = net.relu(net.b(net.a(x)))
    net.a(y)
    return y  # type: ignore[no-any-return]


def thrown_away_by_function(net: Does, x: Tensor) -> Tensor:
    y = nn.functional.conv2d(x, net.b.weight)
    y = y.cumsum(1)
    return net.relu(net.a(x))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("make", "forward", "types", "left_out"),
    [
        (Does, neither, ["Conv2d"], [("b", 26, NOT_RUN), ("relu", 0, NOT_RUN)]),
        (WithScale, called_for_nothing, ["Conv2d", "Conv2d"],
         [("temperature", 1, NOT_USED), ("relu", 0, THROWN_AWAY)]),
        (Does, thrown_away, ["Conv2d", "ReLU"], [("a", 10, THROWN_AWAY)]),
        (Does, thrown_away_first, ["Conv2d", "Conv2d", "ReLU", "Conv2d"],
         [("a", 0, THROWN_AWAY)]),
        (Does, thrown_away_last, ["Conv2d", "Conv2d", "ReLU"], [("a_2", 0, THROWN_AWAY)]),
    ],
)  # fmt: skip
def test_what_no_output_depends_on_is_named(
    make: type[Does],
    forward: Callable[[Any, Tensor], Any],
    types: list[str],
    left_out: list[tuple[str, int, str]],
) -> None:
    found = imported(make(forward), 1, 8, 8)
    assert [node.type for node in found.network.layers] == types
    assert found.left_out == tuple(LeftOut(*item) for item in left_out)
    assert found.check is not None
    assert found.check.params[0] == found.check.params[1]
    assert found.check.macs[0] == found.check.macs[1]


def test_what_is_thrown_away_need_not_be_sayable() -> None:
    found = imported(Does(thrown_away_by_function), 1, 8, 8)
    assert [node.type for node in found.network.layers] == ["Conv2d", "ReLU"]
    assert "b" in found.idle


def test_a_parameter_that_what_is_unknown_uses_is_not_left_out() -> None:
    net = WithScale(lambda net, x: net.a(x) ** (net.temperature * 2))
    found = imported(net, 1, 8, 8, partial=True)
    assert "temperature" not in found.idle
    assert found.network.totals.params == 10 + 1


def with_own_scale(shape: tuple[int, ...]) -> Does:
    net = Does(lambda net, x: net.b(net.a(x)) * getattr(net.a, "scale", 1))
    net.a.register_parameter("scale", nn.Parameter(torch.ones(shape)))
    net.b.register_buffer("seen", torch.ones(3))
    return net


def test_a_parameter_beside_those_of_a_layer_of_torch_is_one_of_the_network() -> None:
    found = imported(with_own_scale((1, 1, 1)), 1, 8, 8)
    assert found.network.totals.params == 10 + 26 + 1
    assert found.left_out == (LeftOut("relu", 0, NOT_RUN),)
    net = with_own_scale((1, 1, 1))
    net.work = lambda net, x: net.b(net.a(x))
    assert ("a.scale", 1, NOT_USED) in imported(net, 1, 8, 8).left_out
