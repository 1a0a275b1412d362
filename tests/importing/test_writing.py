"""Writing into a part of a tensor, and weights that are a part of a parameter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.autograd import Variable

from cnnshape.importing import Imported, ImportFault, import_module


class Net(nn.Module):
    mask: Tensor

    def __init__(self, forward: Callable[[Any, Tensor], Any]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(6, 6, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.register_buffer("mask", torch.arange(16.0).view(4, 4) % 3)
        self.register_buffer("order", torch.tensor([5, 4, 3, 2, 1, 0]))
        self.work = forward

    def forward(self, x: Tensor) -> Any:
        return self.work(self, x)


def imported(forward: Callable[[Any, Tensor], Any]) -> Imported:
    return import_module(Net(forward), (6, 4, 4))


def _zeroed(net: Any, x: Tensor) -> Tensor:
    y = net.conv(x)
    y[:, 0] = 0
    y[:, :, -1:] = y[:, :, :1]
    y[..., 2] += 1
    return y


def _halves(net: Any, x: Tensor) -> Tensor:
    y = net.conv(x)
    one, other = y.chunk(2, 1)
    net.relu(one)
    other[:, 1].mul_(2).sigmoid_()
    return y


def _older_views(net: Any, x: Tensor) -> Tensor:
    y = net.conv(x)
    last = y.permute(0, 2, 3, 1)
    flat = y.flatten(1)
    last[..., 1:3] = 1
    flat.add_(1)
    return torch.cat([y, last.permute(0, 3, 1, 2)], 1)


def _same(net: Any, x: Tensor) -> Tensor:
    y = net.conv(x)
    F.dropout(y, 0.5, False).tanh_()
    return y


def _interleaved(net: Any, x: Tensor) -> Tensor:
    y = net.conv(x)
    out = y.new_zeros(y.shape[0], 6, 8, 8)
    out[:, :, ::2, ::2] = y
    out[:, :, 1::2, ::2].copy_(-y)
    out[:, [4, 1]] = out[:, :2] * 2
    return out


def _from_buffer(net: Any, x: Tensor) -> Tensor:
    y = net.conv(x)
    y[:, 1:3] = net.mask
    y[:, :, 0] = net.mask[1]
    y[:, 3].fill_(2)
    return y


def _fixed(net: Any, x: Tensor) -> Tensor:
    grid = torch.zeros(4, 4)
    grid[1:3].fill_(1)
    grid.view(-1)[::5] = 7
    return net.conv(x) * grid


@pytest.mark.slow
@pytest.mark.parametrize(
    "forward", [_zeroed, _halves, _older_views, _same, _interleaved, _from_buffer, _fixed]
)
def test_what_is_written_into_a_view_is_in_all_that_shares_its_numbers(
    forward: Callable[[Any, Tensor], Any],
) -> None:
    check = imported(forward).check
    assert check is not None
    assert check.difference <= 1e-12
    assert check.macs[0] == check.macs[1]


def test_what_nobody_reads_again_is_not_put_back() -> None:
    def halves(net: Any, x: Tensor) -> Tensor:
        one, other = net.conv(x).chunk(2, 1)
        return torch.cat([one.relu_(), other], 1)

    types = [node.type for node in imported(halves).network.layers]
    assert sorted(types) == ["Chunk", "Chunk", "Concat", "Conv2d", "ReLU"]


def test_a_view_that_cannot_be_put_back_is_named() -> None:
    def diagonal(net: Any, x: Tensor) -> Tensor:
        y = net.conv(x)
        y.diagonal(dim1=2, dim2=3).zero_()
        return y

    with pytest.raises(ImportFault, match=r"it writes into what .*diagonal gives, a part of anoth"):
        imported(diagonal)


def test_an_old_variable_is_the_tensor_that_it_is_made_of() -> None:
    found = imported(lambda net, x: net.conv(Variable(x).index_select(1, Variable(net.order))))
    assert [node.type for node in found.network.layers] == ["IndexSelect", "Conv2d"]


class Octave(nn.Conv2d):
    """Convolves with four parts of one weight."""

    def forward(self, x: Tensor) -> Tensor:
        w, b = self.weight, self.bias
        assert b is not None
        high, low = x[:, :2], x[:, 2:]
        one = F.conv2d(high, w[:4, :2], b[:4]) + F.conv2d(low, w[:4, 2:])
        other = F.conv2d(high, w[4:, :2], b[4:]) + F.conv2d(low, w[4:, 2:])
        return torch.cat([one, other], 1)


def test_parts_of_one_weight_are_the_weights_of_several_layers() -> None:
    found = import_module(Octave(5, 8, 3), (5, 6, 6))
    assert [node.params for node in found.network.layers if node.params] == [76, 108, 76, 108]
    assert not found.left_out


class Slim(nn.BatchNorm2d):
    """Normalises with the first of its numbers alone, as a net of changing width does."""

    def forward(self, x: Tensor) -> Tensor:
        n = x.size(1)
        mean, var = self.running_mean, self.running_var
        assert mean is not None
        assert var is not None
        return F.batch_norm(x, mean[:n], var[:n], self.weight[:n], self.bias[:n])


def test_the_rest_of_a_parameter_is_left_out() -> None:
    found = import_module(Slim(6), (4, 3, 3))
    assert found.network.totals.params == 8
    assert [(item.path, item.params) for item in found.left_out] == [("weight", 2), ("bias", 2)]


class Overlapping(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight[:4]) + F.conv2d(x, self.weight[2:])


class Dilated(nn.Conv2d):
    """The same weights with other arguments."""

    def forward(self, x: Tensor) -> Tensor:
        y = F.conv2d(x, self.weight, padding=1)
        return y + F.conv2d(x, self.weight, padding=2, dilation=2)


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (Overlapping(3, 6, 3), "with weight, another layer's too: only whole layers are shared"),
        (Dilated(3, 3, 3), "with weight, another layer's too, and other arguments than there"),
    ],
)
def test_a_weight_that_is_another_layers_in_part_is_named(module: nn.Module, reason: str) -> None:
    with pytest.raises(ImportFault) as refusal:
        import_module(module, (3, 6, 6))
    assert reason in str(refusal.value.unsupported[0])
