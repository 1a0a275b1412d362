"""Where a verification runs: what is chosen, what is refused, and what a device cannot run."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import cnnshape
from cnnshape.layers import Shape, Shapes, function_module, registry
from cnnshape.network import Network
from cnnshape.torch_backend import DeviceError, devices, verification, verify

from .networks import chain

Conv2d: Any = registry()["Conv2d"]
ReLU: Any = registry()["ReLU"]


class _NeedsValues(ReLU):
    """Runs on every device but meta, where a value cannot be looked at."""

    def module(self) -> nn.Module:
        return function_module(lambda x: x if x.sum().item() >= 0 else -x)


class _WrongMacs(ReLU):
    def macs(self, inputs: Shapes, output: Shape) -> int | None:
        return 1

    def module(self) -> nn.Module:
        return nn.ReLU()


def small() -> Network:
    return chain(
        (3, 8, 8),
        Conv2d(out_channels=4, kernel_size=1),
        Conv2d(out_channels=6, kernel_size=3),
        ReLU(),
    )


def test_what_meta_cannot_run_is_skipped_by_name_and_never_passed() -> None:
    report = verify(chain((3, 8, 8), ReLU(), _NeedsValues(), ReLU()), "meta")
    assert (report.status, report.layers_checked, report.mismatches) == ("skipped", 2, ())
    assert report.reason == "1 of 3 layers cannot run on meta: 1"
    ((path, reason),) = report.skipped
    assert path == "1"
    assert reason.startswith("_NeedsValues on meta: ")


def test_a_fault_beside_what_meta_cannot_run_is_still_a_fault() -> None:
    report = verify(chain((3, 8, 8), _NeedsValues(), _WrongMacs()), "meta")
    assert report.status == "failed"
    assert len(report.skipped) == 1


def test_meta_is_chosen_and_said_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    network = small()
    assert verify(network).device == "cpu"
    monkeypatch.setattr(devices, "free_memory", lambda: 5000)
    report = verify(network)
    assert (report.status, report.device) == ("passed", "meta")
    assert report.reason == "shapes alone: it needs about 12.5 kB of memory, and 5 kB are free"
    assert verify(network, "cpu").device == "cpu"


def test_meta_is_chosen_and_said_for_a_giant(monkeypatch: pytest.MonkeyPatch) -> None:
    network = small()
    macs = network.totals.macs
    assert macs is not None
    monkeypatch.setattr(verification, "GIANT", macs)
    assert verify(network).device == "cpu"
    monkeypatch.setattr(verification, "GIANT", macs - 1)
    report = verify(network)
    assert (report.status, report.device) == ("passed", "meta")
    assert report.reason == "shapes alone: it takes 0.0 billion MACs"
    assert verify(network, "cpu").device == "cpu"


def test_a_giant_that_meta_cannot_run_whole_is_run_on_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "GIANT", -1)
    report = verify(chain((3, 8, 8), ReLU(), _NeedsValues(), ReLU()))
    assert (report.status, report.device, report.reason) == ("passed", "cpu", "")


def test_meta_is_the_second_try_where_memory_runs_out() -> None:
    class _Huge(ReLU):
        def module(self) -> nn.Module:
            return function_module(lambda x: torch.empty(1 << 50, device=x.device)[: len(x)])

    network = chain((3,), _Huge())
    report = verify(network, "cpu")
    assert report.status == "skipped"
    assert report.reason.startswith("out of memory on cpu: RuntimeError: ")
    assert verify(network).device == "meta"


def test_a_device_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        DeviceError, match=r"there is no device 'gpu' here: choose from cpu, .*meta"
    ):
        verify(small(), "gpu")
    with pytest.raises(DeviceError, match="no device 'cuda:99' here"):
        verify(small(), "cuda:99")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
@pytest.mark.parametrize("device", ["cuda", "cuda:0"])
def test_what_is_right_passes_on_cuda(device: str) -> None:
    assert verify(cnnshape.load("lenet5"), device).status == "passed"
