"""Modules that run in their own precision alone, or round in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from cnnshape.importing import ImportFault, Recorded, import_module, importer


class Net(nn.Module):
    def __init__(self, forward: Callable[[Any, Tensor], Tensor]) -> None:
        super().__init__()
        self.a = nn.Conv2d(1, 4, 3)
        self.n = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, 3)
        self.work = forward

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.work(self, x).to(self.fc.weight.dtype).mean((2, 3)))


def normed_in_float(net: Net, x: Tensor) -> Tensor:
    return net.n(net.a(x).float()).type_as(x)  # type: ignore[no-any-return]


def of_bytes(net: Net, x: Tensor) -> Tensor:
    return net.a(x.float() / 255)  # type: ignore[no-any-return]


def blurred(net: Net, x: Tensor) -> Tensor:
    row = torch.tensor([1.0, 2.0, 1.0])
    kernel = (row[:, None] * row / 16).expand(4, 1, 3, 3)
    return F.conv2d(net.a(x), kernel, groups=4)


def halved(net: Net, x: Tensor) -> Tensor:
    return net.a(x.half()).relu()  # type: ignore[no-any-return]


def cast_by_itself(net: Net, x: Tensor) -> Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return net.a(x)  # type: ignore[no-any-return]


def rounded_on_the_way(net: Net, x: Tensor) -> Tensor:
    return net.n(net.a(x).half().to(net.a.weight.dtype))  # type: ignore[no-any-return]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("work", "dtype", "precision"),
    [
        (normed_in_float, torch.float32, "float32"),
        (of_bytes, torch.float32, "float32"),
        (blurred, torch.float32, "float32"),
        (halved, torch.float16, "float16"),
        (cast_by_itself, torch.float32, ""),  # which casts no float64
        (rounded_on_the_way, torch.float32, "float16"),
        (lambda net, x: net.a(x.to(torch.bfloat16)), torch.bfloat16, "bfloat16"),
        (lambda net, x: net.n(net.a(x)), torch.float16, ""),
    ],
)
def test_it_is_held_in_its_own_precision_where_it_must_be(
    work: Callable[[Net, Tensor], Tensor], dtype: torch.dtype, precision: str
) -> None:
    check = import_module(Net(work).to(dtype), (1, 8, 8)).check
    assert check is not None
    assert check.precision == precision
    assert check.difference <= check.tolerance <= 0.05
    eps = torch.finfo(getattr(torch, precision or "float64")).eps
    assert check.difference <= 20 * eps


def without_relus(items: list[Recorded]) -> list[Recorded]:
    return [replace(item, type="Identity") if item.type == "ReLU" else item for item in items]


def test_a_fault_is_no_rounding(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importer.arranged
    monkeypatch.setattr(importer, "arranged", lambda items: without_relus(real(items)))
    with pytest.raises(ImportFault, match="the outputs differ by"):
        import_module(Net(halved).half(), (1, 8, 8))
