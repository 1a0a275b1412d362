"""Weights to begin with, where those that PyTorch draws let nothing through.

Each of PyTorch's convolutions and linear layers shrinks what it reads. In a network without
norms that is deep, or has sigmoids, the output is then the same for every image, no gradient
comes back, and training stays at chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from .seeds import derived_seed, seed_draws

if TYPE_CHECKING:
    from .loop import Job

IMAGES = 64
"""Of the training set, on which a network's signal is measured."""
LOST = 1e-3
"""The deviation of the outputs between images below which a network does not begin to learn.
That of LeNet-5 is 0.01; those of networks that stay at chance are 0.0002 and less."""
WEIGHTED = (nn.modules.conv._ConvNd, nn.Linear)
"""Modules whose output is proportional to their weights, their bias apart."""


def rescale_where_lost(job: Job) -> str | None:
    """Scale the weights of a network whose outputs hardly differ between images.

    Every convolution and linear layer then gives a deviation of 1, and a mean of 0 where it has
    a bias, whatever the activations between them.

    Args:
        job: at the start of its run. Where the signal is not lost its network stays as it is.

    Returns:
        What was done, for the user; None: nothing.

    Source: D. Mishkin and J. Matas, "All you need is a good init", 2015, arXiv:1511.06422.
    """
    numbers = torch.linspace(0, len(job.train) - 1, min(IMAGES, len(job.train))).long()
    (batch,) = job.train.batches([numbers])
    images = job.classifier.normalised(batch.pixels)
    seed_draws(derived_seed(job.seed, "signal"), job.classifier.device)
    with _as_in_training(job.network):
        signal = _deviation(job.network(images))
        if not 0 <= signal < LOST:
            return None
        _rescale(job.network, images)
    return (
        f"the weights are scaled, layer by layer, to a deviation of 1: as PyTorch draws them, the "
        f"outputs differ by {signal:.1g} between images, too little to learn from"
    )


def _deviation(output: Tensor) -> float:
    """How much the outputs differ between the samples, as the mean deviation of each."""
    return float(output.float().flatten(1).std(0, correction=0).mean())


@contextmanager
def _as_in_training(module: nn.Module) -> Iterator[None]:
    """Run a module in training mode, without gradients; its buffers stay as they were."""
    buffers = [(each, each.clone()) for each in module.buffers()]
    module.train()
    with torch.no_grad():
        try:
            yield
        finally:
            for buffer, before in buffers:
                buffer.copy_(before)


def _rescale(network: nn.Module, images: Tensor) -> None:
    """Scale each weighted module in its turn; those after it read what it gives then."""
    done: set[nn.Module] = set()

    def scaled(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor | None:
        weight = module._parameters.get("weight")
        if module in done or weight is None:
            return None
        done.add(module)
        channel = 1 if isinstance(module, nn.modules.conv._ConvNd) else output.dim() - 1
        others = [dim for dim in range(output.dim()) if dim != channel]
        mean = output.mean(others, keepdim=True)
        bias = module._parameters.get("bias")
        if bias is None:
            # Nothing can take a common offset away, which each layer would make larger, but
            # weights that sum to 0.
            weight.sub_(weight.flatten(1).mean(1).view(-1, *(1,) * (weight.dim() - 1)))
            output = module.forward(*inputs)
            mean = torch.zeros_like(mean)
        deviation = (output - mean).square().mean().sqrt()
        if not deviation.isfinite() or deviation == 0:
            return None
        weight.div_(deviation)
        if bias is not None:
            bias.sub_(mean.flatten()).div_(deviation)
        return (output - mean) / deviation

    hooks = [
        module.register_forward_hook(scaled)
        for module in network.modules()
        if isinstance(module, WEIGHTED)
    ]
    try:
        network(images)
    finally:
        for hook in hooks:
            hook.remove()
