"""Holding a spec that was imported against the module that it came from. Needs torch."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

import torch
from torch import Tensor, nn
from torch.nn.utils.prune import BasePruningMethod

from ..network import Network
from ..torch_backend import build
from ..torch_backend.counting import attention_by_matrix_products
from ..torch_backend.devices import shortage
from ..torch_backend.initialisation import draw_weights
from ..torch_backend.network_module import NetworkModule
from .faults import ImportFault
from .graph import Recorded
from .precision import GROWTH, MOST, TypeCounter, in_type, rounded
from .preparing import input_type
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
        params, macs: (of the spec, of the module, None where it does not say); what is left
            out of the spec is left out of both.
        shapes: of the outputs, the same.
        difference: the largest between outputs with the same weights, as a part of the
            largest output.
        layers: how many were compared.
        named: how many of the module's tensors have the same name in the spec. tensors: of
            how many.
        tolerance: how large the difference may be.
        precision: the type of numbers in which the original ran, where that is its own;
            '' where it ran in the one that the proof chose.
        random: the largest difference between two runs of the original, where the outputs differ
            by about as much; else 0.
        alone: whether the original gives for one sample alone what it gives for it among others.
    """

    params: tuple[int, int | None]
    macs: tuple[int | None, int | None]
    shapes: tuple[Any, Any]
    difference: float
    layers: int
    named: int
    tensors: int
    tolerance: float = TOLERANCE
    precision: str = ""
    random: float = 0
    alone: bool = True


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
    if check.random and not check.difference <= check.tolerance:
        return (
            "it draws random numbers in evaluation mode too: two of its own runs on one input "
            f"differ by {check.random:.1e} of the largest output"
        )
    if not check.difference <= check.tolerance:
        return f"with the same weights the outputs differ by {check.difference:.1e} of the largest"
    return ""


def no_room(what: str, lack: str) -> ImportFault:
    """What is raised where there is no memory to hold a spec against what it came from."""
    return ImportFault(
        f"it cannot be held against the {what}: to run it takes {lack}; give a smaller --input, or "
        "take a larger machine"
    )


class LeftOutCosts(NamedTuple):
    """What the module has and its spec leaves out; None: not known."""

    params: int
    macs: int | None


def check(
    module: nn.Module, network: Network, layers: list[Recorded], left_out: LeftOutCosts
) -> Check:
    """Compare a network with the module; `layers` say whose weights are whose.

    The module's weights are drawn anew, so that every layer shows in the output.

    Raises:
        ImportFault: there is too little memory for it.
        RuntimeError, TypeError, ...: the module cannot be run.
    """
    large = (network.totals.macs or 0) > LARGE or network.totals.params > LARGE_PARAMS
    large = large or bool(shortage(network, 2, times=2))  # twice, as in float64
    if large and (lack := shortage(network, 1)):
        raise no_room("module", lack)
    refusal: Exception | None = None
    first = None
    dtype, samples = (torch.float32, 1) if large else (torch.float64, 2)
    with in_type(module, dtype):
        try:
            x = _input(network, samples).to(dtype)
            _prune_again(module)
            draw_weights(module, x)
            _prune_again(module)
            first = _compared(module, network, layers, left_out, x)
        except (RuntimeError, TypeError, ValueError, NotImplementedError) as fault:
            refusal = fault
    if first is not None and not refused(first):
        return first
    try:
        again = _compared_as_it_is(module, network, layers, left_out)
    except (RuntimeError, TypeError, ValueError, NotImplementedError) as fault:
        if first is None:
            raise (refusal or fault) from None
        return first
    return again if first is None or not refused(again) else first


def _compared(
    module: nn.Module,
    network: Network,
    layers: list[Recorded],
    left_out: LeftOutCosts,
    x: Tensor,
) -> Check:
    """The comparison for an input, in the type of numbers that it and the module have."""
    ours, named, tensors = _with_weights(network, layers, module, x.dtype)
    expected, counter = _run(module, x)
    found = _tensors(ours(x.clone()))
    return _checked(network, module, left_out, (found, expected), counter, x, (named, tensors))


def _compared_as_it_is(
    module: nn.Module, network: Network, layers: list[Recorded], left_out: LeftOutCosts
) -> Check:
    """The comparison with the module in its own types of numbers, and the spec in float64."""
    ours, *named = _with_weights(network, layers, module, torch.float64)
    x = _input(network, 2).to(input_type(module))
    expected, counter = _run(module, x)
    exact = _tensors(ours(x.double()))
    found = _checked(
        network,
        module,
        left_out,
        (exact, [tensor.double() for tensor in expected]),
        counter,
        x,
        (named[0], named[1]),
    )
    rounding = inf
    if found.difference < inf:
        moved = rounded(ours, x.double(), counter.coarsest)
        rounding = max(map(largest_difference, moved, exact))
    tolerance = min(max(TOLERANCE, GROWTH * rounding), MOST)
    precision = str(counter.coarsest).removeprefix("torch.")
    return found._replace(tolerance=tolerance, precision=precision)


def _input(network: Network, samples: int) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(samples, *network.input_shape, generator=generator)


def _run(module: nn.Module, x: Tensor) -> tuple[list[Tensor], TypeCounter]:
    """What the module gives, and what it computed."""
    # A module may write into what it reads; what PyTorch runs with a warning, it runs.
    with catch_warnings(), torch.no_grad():
        simplefilter("ignore")
        with attention_by_matrix_products(), TypeCounter() as counter:
            return _tensors(module(x.clone())), counter


def _checked(
    network: Network,
    module: nn.Module,
    left_out: LeftOutCosts,
    outputs: tuple[list[Tensor], list[Tensor]],
    counter: TypeCounter,
    x: Tensor,
    named: tuple[int, int],
) -> Check:
    found, expected = outputs
    macs = counter.macs // len(x)
    if macs - (left_out.macs or 0) != network.totals.macs and len(x) > 1:
        # What follows from no input, a module computes once for all samples.
        macs = _run(module, x[:1])[1].macs
    shapes = ([tuple(t.shape) for t in found], [tuple(t.shape) for t in expected])
    sizes = [p.numel() for p in nn.Module.parameters(module)]
    difference = max(map(largest_difference, found, expected)) if shapes[0] == shapes[1] else inf
    random = 0.0
    if TOLERANCE < difference < inf:
        again = _run(module, x)[0]
        apart = max(map(largest_difference, again, expected))
        random = apart if apart > difference / 10 else 0.0
    return Check(
        (network.totals.params, sum(sizes) - left_out.params),
        (network.totals.macs, None if left_out.macs is None else macs - left_out.macs),
        shapes,
        difference,
        len(network.layers),
        *named,
        random=random,
        alone=difference > TOLERANCE or len(x) == 1 or _is_alone_too(module, x, expected),
    )


def _is_alone_too(module: nn.Module, x: Tensor, expected: list[Tensor]) -> bool:
    """Whether the module gives for the first sample alone what it gave for it among others."""
    try:
        found = _run(module, x[:1])[0]
    except Exception:
        return False
    first = [tensor[:1] for tensor in expected]
    return [tensor.shape for tensor in found] == [tensor.shape for tensor in first] and all(
        largest_difference(*pair) <= TOLERANCE for pair in zip(found, first, strict=True)
    )


def _with_weights(
    network: Network, layers: list[Recorded], module: nn.Module, dtype: torch.dtype
) -> tuple[NetworkModule, int, int]:
    """The network with the module's weights, in a type of numbers; how many of them have the
    same name in both, and how many there are."""
    theirs: dict[str, Tensor] = dict(module.named_parameters(remove_duplicate=False))
    theirs |= dict(module.named_buffers(remove_duplicate=False))
    with torch.device("meta"):
        ours = build(network).eval()
    held = ours.state_dict()
    state: dict[str, Tensor] = {}
    named = tensors = 0
    for item in layers:
        path = ".".join(item.path)
        for name, original in item.weights.items():
            computed = item.values.get(name)
            tensor = theirs[original] if computed is None else computed.value(theirs)
            tensor = torch.as_tensor(tensor).detach()
            node = network.by_path[path]
            shape = (node.layer.parameters() | node.layer.buffers()).get(name, tensor.shape)
            if item.transposed and name == next(iter(item.weights)):
                tensor = tensor.reshape(shape[::-1]).T
            own = held[f"{path}.{name}"]
            # Whole numbers follow from the arguments, but for those of Buffer and IndexSelect.
            if own.is_floating_point() or not node.layer.parameters():
                kind = dtype if own.is_floating_point() else own.dtype
                state[f"{path}.{name}"] = tensor.reshape(shape).to(kind)
            named += f"{path}.{name}" == original
            tensors += 1
    ours.load_state_dict(state, assign=True, strict=False)
    make_constants(ours.nodes, network, dtype)
    return ours, named, tensors


def _prune_again(module: nn.Module) -> None:
    """Lay the masks of pruning on the weights as they are now, which a run does after their use."""
    with torch.no_grad():
        for inner in nn.Module.modules(module):
            for hook in inner._forward_pre_hooks.values():
                if isinstance(hook, BasePruningMethod):
                    hook(inner, None)


def make_constants(
    modules: Mapping[str, nn.Module], network: Network, dtype: torch.dtype = torch.float32
) -> None:
    """Give modules on the meta device their whole numbers: counters, tables of connections.

    These follow from the arguments, and are not the original's: a wrong argument shows.
    """
    for node in network.layers:
        inner = modules[node.path]
        names = [name for name, buffer in inner.named_buffers() if buffer.is_meta]
        made = dict(node.layer.module().named_buffers()) if names else {}
        for name in names:
            container, _, last = name.rpartition(".")
            own = made[name].to(dtype) if made[name].is_floating_point() else made[name]
            inner.get_submodule(container)._buffers[last] = own


def largest_difference(found: Tensor, expected: Tensor) -> float:
    """The largest difference, as a part of the largest number; NaN equals NaN.

    Where all are NaN it is infinite: nothing is proved.
    """
    neither = found.isnan() & expected.isnan()
    if neither.all():
        return inf
    if neither.any():
        found, expected = found.masked_fill(neither, 0), expected.masked_fill(neither, 0)
    if torch.equal(found, expected):  # infinities too
        return 0.0
    largest = float(expected.abs().max())
    return float((found - expected).abs().max()) / (largest or 1.0)


def _tensors(value: Any) -> list[Tensor]:
    # A tensor that is given out twice is one output of the network.
    return list({id(tensor): tensor for tensor in tensors_of(value)}.values())
