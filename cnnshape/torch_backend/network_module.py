"""The module that runs a network's layers. It defines a torch class: see the package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from torch import Tensor, nn

from ..analysis import last_reads
from ..network import INPUT
from .faults import BuildError

if TYPE_CHECKING:
    from ..network import Network, Node


class Step(NamedTuple):
    """One layer's turn in a run.

    Attributes:
        path: the layer, by which its output is known.
        module: the names that lead to its module, from the whole to the part.
        reads: the paths of what it reads.
        drops: the paths of the values that nothing needs afterwards.
    """

    path: str
    module: tuple[str, ...]
    reads: tuple[str, ...]
    drops: tuple[str, ...]


Call: TypeAlias = Callable[[int, nn.Module, Sequence[Tensor]], Tensor]
"""Runs one layer: its position in the network, its module and what it reads."""


class _Container(nn.Module):
    """Holds modules by any names, also by those of its own attributes: 'type', 'training'.

    So the modules are put into and looked up in ``_modules``, never as attributes.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__:
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)


class NetworkModule(_Container):
    """A network as a torch module: runs the layers in order, keeps no value that is done with.

    Modules are held in nested containers by their paths, those of layers that share their
    weights at the path of the first. A forward pass checks nothing of what it reads.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        by_path = network.by_path
        steps = []
        for node, drops in zip(network.layers, last_reads(network), strict=True):
            owner = node
            while owner.shares is not None:
                owner = by_path[owner.shares]
            steps.append(Step(node.path, tuple(owner.path.split(".")), node.inputs, drops))
        self.steps = tuple(steps)
        self.outputs = network.outputs
        for node, step in zip(network.layers, steps, strict=True):
            if node.shares is None:
                self._place(step.module, _made(node))

    def _place(self, names: tuple[str, ...], module: nn.Module) -> None:
        container: nn.Module = self
        for name in names[:-1]:
            inner = container._modules.get(name)
            if inner is None:
                inner = container._modules[name] = _Container()
            container = inner
        container._modules[names[-1]] = module

    def node_module(self, step: Step) -> nn.Module:
        """The module that runs in `step`; layers that share their weights have the same."""
        module: nn.Module = self
        for name in step.module:
            inner = module._modules[name]
            assert inner is not None
            module = inner
        return module

    @property
    def nodes(self) -> dict[str, nn.Module]:
        """The module of every layer by the layer's path, in the order of the run."""
        return {step.path: self.node_module(step) for step in self.steps}

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, ...]:
        """The output for a batch of samples; a tuple where there are several outputs."""
        return self.run(x, _call)

    def run(self, x: Tensor, call: Call) -> Tensor | tuple[Tensor, ...]:
        """As `forward`, with every layer run by `call`."""
        values = {INPUT: x}
        for position, step in enumerate(self.steps):
            inputs = [values[path] for path in step.reads]
            values[step.path] = call(position, self.node_module(step), inputs)
            del inputs
            for path in step.drops:
                del values[path]
        outputs = tuple(values[path] for path in self.outputs)
        return outputs[0] if len(outputs) == 1 else outputs


def _made(node: Node) -> nn.Module:
    try:
        return node.layer.module()
    except Exception as fault:
        raise BuildError(node.path, node.type, fault) from fault


def _call(position: int, module: nn.Module, inputs: Sequence[Tensor]) -> Any:
    return module(*inputs)
