"""Holding what a network says of itself against what PyTorch shows when it runs."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

from .comparison import Comparison, Stopped, first_line, is_out_of_memory
from .devices import AUTO, free_memory, memory_needed, readable_bytes, resolve_device
from .report import Report
from .witness import ask_torchinfo

if TYPE_CHECKING:
    import torch

    from ..network import Network

BATCH = 2
"""Samples in a run. Two, not one: a module that mixes samples, or that only refuses when
there is one value to normalise, shows it."""


def verify(network: Network, device: str = AUTO, *, batch: int = BATCH) -> Report:
    """Run `network` as a torch module and compare every layer with what cnnshape says of it.

    Each layer's output shape, the names and shapes of its parameters and buffers, and its
    MACs as torch.utils.flop_counter counts them, in evaluation mode; then the totals, with
    torchinfo as a second witness. The values of the weights play no part, so they are not
    drawn.

    Args:
        network: what to verify.
        device: 'cpu', 'cuda', 'cuda:1', 'mps', 'meta' (shapes without memory), or 'auto':
            cpu where the estimated memory is free, else meta.
        batch: samples in the run.

    Raises:
        DeviceError: the device is not there.
    """
    chosen, reason = _choose(network, device, batch)
    target = resolve_device(chosen)
    start = perf_counter()
    try:
        report = _verify_on(network, target, batch)
    except _OutOfMemory as fault:
        if device == AUTO:
            reason = f"{chosen} ran out of memory ({fault}), so shapes alone were run, on meta"
            report = _verify_on(network, resolve_device("meta"), batch)
        else:
            reason = f"out of memory on {chosen}: {fault}; the device meta needs none"
            report = Comparison(network, target, batch).report("skipped")
    reasons = filter(None, [reason, report.reason])
    return report._replace(reason="; ".join(reasons), seconds=perf_counter() - start)


class _OutOfMemory(Exception):
    """The device has not the memory for this network."""


def _choose(network: Network, device: str, batch: int) -> tuple[str, str]:
    """The device's name, and why where it was chosen for want of memory."""
    if device != AUTO:
        return device, ""
    needed, free = memory_needed(network, batch), free_memory()
    if free is None or needed <= free:
        return "cpu", ""
    return "meta", (
        f"shapes alone were run, on the device meta: the network needs about "
        f"{readable_bytes(needed)} and {readable_bytes(free)} are free"
    )


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
                raise _OutOfMemory(first_line(fault)) from fault
            raise
    return comparison.report()
