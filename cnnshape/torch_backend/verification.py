"""Holding what a network says of itself against what PyTorch shows when it runs."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

from .devices import AUTO, resolve_device, shortage
from .layer_check import Comparison, Stopped, is_out_of_memory, named_line
from .report import Report
from .witness import ask_torchinfo

if TYPE_CHECKING:
    import torch

    from ..network import Network

BATCH = 2
"""Samples in a run. Two, not one: a module that mixes samples, or that only refuses when
there is one value to normalise, shows it."""
GIANT = 5_000_000_000
"""Multiply-accumulates of one sample beyond which 'auto' is meta, where they cost no time."""


def verify(network: Network, device: str = AUTO, *, batch: int = BATCH) -> Report:
    """Run `network` as a torch module and compare every layer with what cnnshape says of it.

    Each layer's output shape, the names and shapes of its parameters and buffers, and its
    MACs as torch.utils.flop_counter counts them, in evaluation mode; then the totals, with
    torchinfo as a second witness. The values of the weights play no part, so they are not
    drawn.

    Args:
        network: what to verify.
        device: 'cpu', 'cuda', 'cuda:1', 'mps', 'meta' (shapes without memory), or 'auto':
            cpu, but meta for a giant and where the estimated memory is not free.
        batch: samples in the run.

    Raises:
        DeviceError: the device is not there.
    """
    start = perf_counter()
    report = _on_auto(network, batch) if device == AUTO else _on_named(network, device, batch)
    return report._replace(seconds=perf_counter() - start)


class _OutOfMemory(Exception):
    """The device has not the memory for this network."""


def _on_named(network: Network, device: str, batch: int) -> Report:
    target = resolve_device(device)
    try:
        return _verify_on(network, target, batch)
    except _OutOfMemory as fault:
        reason = f"out of memory on {device}: {fault}; the device meta needs none"
        return Comparison(network, target, batch).report("skipped")._replace(reason=reason)


def _on_auto(network: Network, batch: int) -> Report:
    macs = network.totals.macs
    if macs is not None and macs > GIANT:
        report = _shapes_alone(network, batch, f"it takes {macs / 10**9:,.1f} billion MACs")
        if report.status != "skipped":
            return report
    if lack := shortage(network, batch):
        return _shapes_alone(network, batch, f"it needs {lack}")
    try:
        return _verify_on(network, resolve_device("cpu"), batch)
    except _OutOfMemory as fault:
        return _shapes_alone(network, batch, f"cpu ran out of memory ({fault})")


def _shapes_alone(network: Network, batch: int, why: str) -> Report:
    report = _verify_on(network, resolve_device("meta"), batch)
    reasons = filter(None, [f"shapes alone: {why}", report.reason])
    return report._replace(reason="; ".join(reasons))


def _verify_on(network: Network, device: torch.device, batch: int) -> Report:
    import torch

    comparison = Comparison(network, device, batch)
    # What PyTorch runs with a warning, it runs; the warning is no part of the verdict.
    with catch_warnings(), torch.no_grad():
        simplefilter("ignore")
        try:
            module = comparison.build()
            comparison.run(module)
            if not comparison.skipped:
                comparison.hear(ask_torchinfo(network, module, comparison.input()))
        except Stopped:
            pass
        except Exception as fault:
            if is_out_of_memory(fault):
                raise _OutOfMemory(named_line(fault)) from fault
            raise
    return comparison.report()
