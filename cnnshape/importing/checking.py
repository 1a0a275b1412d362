"""Holding a spec that was imported against the module that it came from. Needs torch."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

import torch
from torch import Tensor, nn

from ..network import Network
from ..torch_backend import build
from ..torch_backend.counting import MacCounter, attention_by_matrix_products
from ..torch_backend.initialisation import draw_weights
from .graph import Recorded
from .torch_calls import tensors_of

LARGE = 20_000_000_000
"""Multiply-accumulates beyond which the outputs are compared in float32, as that is faster."""
LARGE_PARAMS = 200_000_000
"""Parameters beyond which they are, as they need twice the memory in float64."""
TOLERANCE = 1e-5
"""How far outputs may be apart, as a part of the largest."""


class Check(NamedTuple):
    """What the comparison of a network with the module that it was imported from found.

    Attributes:
        params, macs: (of the spec, of the module, None where it does not say); parameters
            of modules that do not run are left out.
        shapes: of the outputs, the same.
        difference: the largest between outputs with the same weights, as a part of the
            largest output.
        layers: how many were compared.
        named: how many of the module's tensors have the same name in the spec. tensors: of
            how many.
        tolerance: how large the difference may be.
    """

    params: tuple[int, int | None]
    macs: tuple[int | None, int | None]
    shapes: tuple[Any, Any]
    difference: float
    layers: int
    named: int
    tensors: int
    tolerance: float = TOLERANCE


def refused(check: Check) -> str:
    """Why a check does not hold, or ''."""
    if check.params[1] not in (None, check.params[0]):
        return f"it has {check.params[0]:,} parameters, the module {check.params[1]:,}"
    if check.macs[1] not in (None, check.macs[0]):
        return f"it has {check.macs[0]:,} MACs, the module {check.macs[1]:,}"
    if check.shapes[0] != check.shapes[1]:
        return f"it gives {check.shapes[0]}, the module {check.shapes[1]}"
    if not isfinite(check.difference):
        return "with the same weights the outputs are no numbers that could be compared"
    if not check.difference <= check.tolerance:
        return f"with the same weights the outputs differ by {check.difference:.1e} of the largest"
    return ""


def check(module: nn.Module, network: Network, layers: list[Recorded], idle: int) -> Check:
    """Compare a network with the module; `layers` say whose weights are whose.

    The module's weights are drawn anew, so that every layer shows in the output.
    """
    large = (network.totals.macs or 0) > LARGE or network.totals.params > LARGE_PARAMS
    dtype = torch.float32 if large else torch.float64
    module = module.to(dtype).eval()
    draw_weights(module)
    theirs: dict[str, Tensor] = dict(module.named_parameters(remove_duplicate=False))
    theirs |= dict(module.named_buffers(remove_duplicate=False))
    with torch.device("meta"):
        ours = build(network).eval()
    state: dict[str, Tensor] = {}
    named = tensors = 0
    for item in layers:
        path = ".".join(item.path)
        for name, original in item.weights.items():
            tensor = theirs[original].detach()
            node = network.by_path[path]
            shape = (node.layer.parameters() | node.layer.buffers()).get(name, tensor.shape)
            if item.transposed and name == next(iter(item.weights)):
                tensor = tensor.reshape(shape[::-1]).T
            if tensor.is_floating_point():
                state[f"{path}.{name}"] = tensor.reshape(shape)
            named += f"{path}.{name}" == original
            tensors += 1
    ours.load_state_dict(state, assign=True, strict=False)
    make_constants(ours.nodes, network)
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(1 if large else 2, *network.input_shape, generator=generator).to(dtype)
    # A module may write into what it reads; what PyTorch runs with a warning, it runs.
    with catch_warnings(), torch.no_grad():
        simplefilter("ignore")
        with attention_by_matrix_products(), MacCounter() as counter:
            expected = _tensors(module(x.clone()))
        found = _tensors(ours(x.clone()))
    shapes = ([tuple(t.shape) for t in found], [tuple(t.shape) for t in expected])
    total = sum(parameter.numel() for parameter in module.parameters())
    difference = max(map(largest_difference, found, expected)) if shapes[0] == shapes[1] else inf
    return Check(
        (network.totals.params, total - idle),
        (network.totals.macs, counter.macs // len(x)),
        shapes,
        difference,
        len(network.layers),
        named,
        tensors,
    )


def make_constants(modules: Mapping[str, nn.Module], network: Network) -> None:
    """Give modules on the meta device their whole numbers: counters, tables of connections.

    These follow from the arguments, and are not the original's: a wrong argument shows.
    """
    for node in network.layers:
        inner = modules[node.path]
        names = [name for name, buffer in inner.named_buffers() if buffer.is_meta]
        made = dict(node.layer.module().named_buffers()) if names else {}
        for name in names:
            container, _, last = name.rpartition(".")
            inner.get_submodule(container)._buffers[last] = made[name]


def largest_difference(found: Tensor, expected: Tensor) -> float:
    """The largest difference, as a part of the largest number; NaN equals NaN.

    Where all are NaN it is infinite: nothing is proved.
    """
    numbers = ~(found.isnan() & expected.isnan())
    if not numbers.any():
        return inf
    found, expected = found[numbers], expected[numbers]
    if torch.equal(found, expected):  # infinities too
        return 0.0
    largest = float(expected.abs().max())
    return float((found - expected).abs().max()) / (largest or 1.0)


def _tensors(value: Any) -> list[Tensor]:
    # A tensor that is given out twice is one output of the network.
    return list({id(tensor): tensor for tensor in tensors_of(value)}.values())


def idle_parameters(module: nn.Module, layers: list[Recorded]) -> dict[str, int]:
    """The outermost modules that hold parameters, none of which any layer uses."""
    tensors = dict(module.named_parameters(remove_duplicate=False))
    used = {id(tensors.get(name)) for item in layers for name in item.weights.values()}
    unknown = {item.unsupported.module for item in layers if item.unsupported is not None}
    found: dict[str, int] = {}
    for name, inner in module.named_modules():
        if any(name.startswith(f"{other}.") for other in found) or not name:
            continue
        own = {id(parameter): parameter.numel() for parameter in inner.parameters()}
        runs = any(f"{other}.".startswith(f"{name}.") for other in unknown)
        if own and used.isdisjoint(own) and not runs:
            found[name] = sum(own.values())
            used |= own.keys()  # what has several names is counted once
    return found


class Head(NamedTuple):
    """An auxiliary head that does not run: it stands beside the layer `after`."""

    name: str
    after: str
    classes: int
    weights: dict[str, str]


def heads(module: nn.Module, layers: list[Recorded]) -> list[Head]:
    """Inception's auxiliary heads, each beside the last layer of the module before it."""
    found = []
    idle = idle_parameters(module, layers)
    names = [name for name, _ in module.named_children()]
    for name in idle:
        inner = module.get_submodule(name)
        if type(inner).__name__ != "InceptionAux" or name not in names[1:]:
            continue
        before = names[names.index(name) - 1]
        after = [item.key for item in layers if item.path[0] == before]
        state = inner.state_dict()
        if after and "conv1.conv.weight" in state:
            weights = {key: f"{name}.{key}" for key in state}
            found.append(Head(name, after[-1], len(state["fc.bias"]), weights))
    return found
