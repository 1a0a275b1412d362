"""What autograd keeps of a step, measured: each storage once, whoever keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ..analysis.memory import last_reads
from ..torch_backend import build

if TYPE_CHECKING:
    from ..network import Network


class Kept:
    """Counts what autograd keeps for the way back; within it run the way forward.

    Attributes:
        total: bytes so far, of tensors that are not the module's own. The images are in it, where
            they are kept.
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

    def has(self, tensor: Tensor) -> bool:
        """Whether it is kept, or the module's own."""
        return _number(tensor) in self._seen

    def _keep(self, tensor: Tensor) -> Tensor:
        if not self.has(tensor):
            self._seen[_number(tensor)] = tensor.untyped_storage()
            self.total += tensor.untyped_storage().nbytes()
        return tensor


def _number(tensor: Tensor) -> int:
    number: int = tensor.untyped_storage()._cdata
    return number


@dataclass(frozen=True)
class Held:
    """Bytes of a step on some samples, weights and their gradients apart.

    Attributes:
        saved: what autograd keeps when the way forward is done.
        at_layers: what is held on the way back when it is at each layer in turn: what was kept up
            to there, the images, and the gradients that are alive. The last is `saved` and the
            images, at the end of the way forward.
    """

    saved: int
    at_layers: tuple[int, ...]


def held_in_a_step(
    network: Network, samples: int, *, mixed: bool, with_values: bool = True
) -> Held:
    """What is held in a step on so many samples.

    The gradient of a value lives from the last layer that reads it to the one that gives it, and so
    is alive at the layers where the value itself is.

    Args:
        network: in training, on the CPU.
        samples: in a batch.
        mixed: whether it is computed in bfloat16 where that gains.
        with_values: run it; else tensors are without values, and take neither memory nor time.

    Raises:
        RuntimeError, ValueError: the network cannot run on such samples.
    """
    with _no_values() if not with_values else nullcontext():
        module = build(network).train()
        images = torch.rand(samples, *network.input_shape)
        drops, gradients, held = last_reads(network), dict[str, int](), list[int]()

        def ran(position: int, part: nn.Module, inputs: Sequence[Tensor]) -> Any:
            output = part(*inputs)
            gradients[network.layers[position].path] = output.nbytes * output.requires_grad
            held.append(kept.total + _rest(images, kept) + sum(gradients.values()))
            for path in drops[position]:
                gradients.pop(path, None)
            return output

        with Kept(module) as kept, torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            module.run(images, ran)
        return Held(kept.total, (*held, kept.total + _rest(images, kept)))


def _rest(images: Tensor, kept: Kept) -> int:
    """Bytes of the images where they are not kept, for the loop holds them."""
    return 0 if kept.has(images) else images.nbytes


def _no_values() -> Any:
    """Within it tensors are as those of the CPU, and have shapes alone."""
    from torch._subclasses.fake_tensor import FakeTensorMode  # costs seconds at first

    return FakeTensorMode()
