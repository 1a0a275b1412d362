"""What autograd keeps of a step, measured: each storage once, whoever keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ..torch_backend import build

if TYPE_CHECKING:
    from ..network import Network


class Kept:
    """Counts what autograd keeps for the way back; within it run the way forward.

    Attributes:
        total: bytes so far, of tensors that are not the module's own.
    """

    def __init__(self, module: nn.Module) -> None:
        own = (*module.parameters(), *module.buffers())
        # The storages are held: another one could else get the number of one that is gone.
        self._seen = {_number(each): each.untyped_storage() for each in own}
        self.total = 0
        self._hooks = torch.autograd.graph.saved_tensors_hooks(self._keep, lambda tensor: tensor)

    def __enter__(self) -> Kept:
        self._hooks.__enter__()
        return self

    def __exit__(self, *fault: Any) -> None:
        self._hooks.__exit__(*fault)

    def _keep(self, tensor: Tensor) -> Tensor:
        if _number(tensor) not in self._seen:
            self._seen[_number(tensor)] = tensor.untyped_storage()
            self.total += tensor.untyped_storage().nbytes()
        return tensor


def _number(tensor: Tensor) -> int:
    number: int = tensor.untyped_storage()._cdata
    return number


def held_in_a_step(network: Network, samples: int, *, mixed: bool) -> list[int]:
    """Bytes held at each layer in turn on the way back of so many samples, weights apart.

    A layer's gradients, of what it gives and of what it reads, are alive beside what was kept up
    to it. The images come first.

    Raises:
        RuntimeError, ValueError: the network cannot run on such samples.
    """
    module = build(network).train()
    if not any(each.requires_grad for each in module.parameters()):
        return [0]
    images = torch.rand(samples, *network.input_shape)
    held = [images.nbytes]
    with Kept(module) as kept, torch.autocast("cpu", torch.bfloat16, enabled=mixed):

        def ran(part: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            # The gradients of weights are kept apart, and images have none.
            alive = [each for each in (*inputs, output)
                     if isinstance(each, Tensor) and not each.is_leaf]  # fmt: skip
            held.append(images.nbytes + kept.total + sum(each.nbytes for each in alive))

        for part in module.modules():
            if part is not module and not part._modules:
                part.register_forward_hook(ran)
        module(images)
    return held
