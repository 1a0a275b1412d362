"""Holding what cnnshape says of a drawn network against what PyTorch made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

import cnnshape
from cnnshape.network import Network, Node
from cnnshape.torch_backend import build

from .networks import Trial
from .own_types import ALIKE
from .second_opinion import Seen, run, shapes

LARGEST = 1e3
"""What a layer is given to read is scaled to it: no power that a layer takes overflows then."""


def disagreement(trial: Trial) -> str:
    """The first difference between the two opinions, in words; '' where there is none."""
    try:
        network = cnnshape.loads(trial.text)
    except cnnshape.SpecError as fault:
        if not trial.refusal:
            return f"PyTorch accepts what cnnshape refuses:\n{fault}"
        partial = fault.partial
        return _first_difference(partial.layers if isinstance(partial, Network) else (), trial)
    if trial.refusal:
        return _first_difference(network.layers, trial) or "cnnshape accepts what PyTorch refuses"
    return _first_difference(network.layers, trial) or _other_values(network, trial)


def _first_difference(nodes: Sequence[Node], trial: Trial) -> str:
    for node, seen in zip(nodes, trial.seen, strict=False):
        for quantity, said, shown in _quantities(node, seen):
            if said != shown:
                return f"{node.path} ({node.type}): {quantity} {said}, PyTorch shows {shown}"
    if len(nodes) > len(trial.seen):
        node = nodes[len(trial.seen)]
        return f"{node.path} ({node.type}): cnnshape accepts what PyTorch refuses"
    if len(nodes) < len(trial.seen):
        return f"cnnshape refuses layer {len(nodes) + 1} of {len(trial.seen)}, PyTorch a later one"
    return ""


def _quantities(node: Node, seen: Seen) -> list[tuple[str, Any, Any]]:
    quantities: list[tuple[str, Any, Any]] = [
        ("type", node.type, seen.type),
        ("output shape", node.output_shape, seen.shape),
        ("parameter count", node.params, seen.params),
        ("MACs", node.macs, seen.macs),
    ]
    if seen.parameters is not None:
        quantities.append(("parameters", node.layer.parameters(), seen.parameters))
    if seen.buffers is not None:
        quantities.append(("buffers", node.layer.buffers(), seen.buffers))
    return quantities


def _other_values(network: Network, trial: Trial) -> str:
    """The first layer of cnnshape's module that computes other numbers with the same weights.

    It holds the wiring to account: a layer that reads the wrong one of two values of the same
    shape changes no shape.
    """
    module = build(network)
    nodes = list(network.layers)
    for node, mine, seen in zip(nodes, module.nodes.values(), trial.seen, strict=True):
        if node.shares is None:
            _give_alike_weights(mine, seen.module)
    difference = ""

    def call(position: int, mine: nn.Module, inputs: Sequence[Tensor]) -> Tensor:
        nonlocal difference
        seen = trial.seen[position]
        if not difference and not _computes_alike(mine, seen.module, position, inputs):
            difference = f"{nodes[position].path} ({nodes[position].type}) computes other values"
        # What was rounded ends here, and so do infinities: the next layer reads the reference's.
        return _tame(seen.output)

    module.run(_tame(trial.x), call)
    return difference


def _computes_alike(
    mine: nn.Module, reference: nn.Module, position: int, inputs: Sequence[Tensor]
) -> bool:
    """Whether two modules differ, in double precision, by no more than rounding can explain.

    The bound is measured, not chosen: in single precision the reference itself is off by what
    rounding does in this very computation. In double precision rounding is 2**29 times finer,
    so that two right formulas differ by far less than that, and a wrong one by more.
    """
    single = run(reference.float(), position, [x.clone() for x in inputs]).double()
    exact = run(reference.double(), position, [x.double() for x in inputs]).double()
    found = run(mine.double(), position, [x.double() for x in inputs]).double()
    if found.shape != exact.shape:
        return False
    rounding = (single - exact).abs() + torch.finfo(torch.float32).eps * exact.abs()
    # Where single precision happens to be exact: what adding all that is read rounds at most.
    numbers = sum(x.numel() for x in inputs)
    largest = max(float(x.abs().max()) for x in inputs)
    rounding = rounding + numbers * torch.finfo(torch.float64).eps * largest
    same = (found == exact) | (found.isnan() & exact.isnan())
    overflowed = exact.isfinite() & ~single.isfinite()
    return bool((same | overflowed | ((found - exact).abs() <= rounding)).all())


def _tame(x: Tensor) -> Tensor:
    """Finite numbers in the place of others, all unlike each other, and none beyond LARGEST."""
    ramp = torch.linspace(-1, 1, x.numel()).reshape(x.shape)
    finite = x.where(x.isfinite(), ramp)
    return finite * min(1.0, LARGEST / max(1.0, float(finite.abs().max())))


@torch.no_grad()
def _give_alike_weights(mine: nn.Module, reference: nn.Module) -> None:
    """Copy the reference's weights; where it holds them in another form, they are all alike."""
    if shapes(mine.named_parameters()) == shapes(reference.named_parameters()):
        for name, parameter in reference.named_parameters():
            mine.get_parameter(name).copy_(parameter)
        for name, buffer in reference.named_buffers():
            mine.get_buffer(name).copy_(buffer)
        return
    for parameter in mine.parameters():
        parameter.fill_(ALIKE)
