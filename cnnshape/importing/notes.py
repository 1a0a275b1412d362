"""What of the original a spec does not hold, and what stands in its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..network import Network
from ..text.counts import few
from .graph import Recorded

if TYPE_CHECKING:
    from torch import nn

UNTIL = "until weights are loaded"
FIXED = ("taps", "the kernel", f"random numbers {UNTIL}")
ABSENT = {
    "Buffer": ("", "the numbers", f"init_value {UNTIL}"),
    "IndexSelect": ("index", "the list of positions", f"0 throughout {UNTIL}"),
    "FixedConv1d": FIXED,
    "FixedConv2d": FIXED,
    "FixedConv3d": FIXED,
    "FixedConvTranspose2d": FIXED,
}
"""By type: the argument that would hold it, what it is, and what stands for it."""


def absent_numbers(network: Network) -> list[str]:
    """Fixed numbers that are too many for a spec, by kind."""
    found = []
    for type_name, (argument, what, stand_in) in ABSENT.items():
        paths = [
            node.path
            for node in network.layers
            if node.type == type_name and node.layer.arguments.get(argument) is None
        ]
        if paths:
            found.append(f"{what} of {few(paths, 1)} ({type_name}): {stand_in}")
    return found


def masks(module: nn.Module, layers: Iterable[Recorded]) -> list[str]:
    """The masks of weights, as of torch.nn.utils.prune. Needs torch."""
    import torch

    tensors = dict(module.named_parameters(remove_duplicate=False))
    buffers = dict(module.named_buffers(remove_duplicate=False))
    paths, zeros, numbers = [], 0, 0
    for item in layers:
        for name, origin in item.values.items():
            learned = tensors.get(item.weights.get(name, ""))
            if learned is None:
                continue
            ones = buffers | {item.weights[name]: torch.ones_like(learned)}
            with torch.no_grad():
                factors = origin.value(ones)
            if bool((factors != 1).any()):
                paths.append(".".join(item.path))
                zeros += int((factors == 0).sum())
                numbers += learned.numel()
    if not paths:
        return []
    where = few(paths, 1)
    if not zeros:
        return [f"the fixed numbers by which weights of {where} are multiplied: 1 throughout"]
    return [
        f"the mask of {where}: {zeros:,} of {numbers:,} weights are zero there, and learned here"
    ]
