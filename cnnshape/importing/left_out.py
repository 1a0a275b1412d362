"""What of a module its spec does not hold, as no output depends on it. Needs torch."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import NamedTuple

from torch import Tensor, nn

from ..layers.shapes import Shape
from ..network import INPUT
from .graph import Recorded, made

NOT_RUN = "it does not run"
NOT_USED = "forward does not use it"
PARTLY_USED = "forward uses the rest of it alone"
THROWN_AWAY = "what it gives is not used"


class LeftOut(NamedTuple):
    """A part of the module that the spec does not hold.

    Attributes:
        path: of a module, a parameter, or a run of a module.
        params: learned numbers that it has.
        reason: why it is left out.
    """

    path: str
    params: int
    reason: str


def unused_parameters(
    module: nn.Module, layers: Iterable[Recorded], ran: Set[int]
) -> list[LeftOut]:
    """The outermost modules that hold parameters, none of which any layer uses, and the
    parameters beside those that one does.

    Args:
        module: the module that ran.
        layers: what was recorded of it.
        ran: the ids of the modules that ran.
    """
    tensors = dict(module.named_parameters(remove_duplicate=False))
    taken: set[int] = set()
    parts: dict[str, Tensor] = {}
    for item in layers:
        taken |= {id(tensors.get(name)) for name in (*item.weights.values(), *item.uses)}
        for part in (origin.part() for origin in item.values.values()):
            if part is not None and part.whole in tensors:
                parts[part.whole] = part.places | parts.get(part.whole, False)
                taken.add(id(tensors[part.whole]))
    found: list[LeftOut] = []
    for name, inner in module.named_modules():
        own = {id(tensor): tensor for tensor in nn.Module.parameters(inner)}
        if name and own and taken.isdisjoint(own):
            reason = THROWN_AWAY if id(inner) in ran else NOT_RUN
            found.append(LeftOut(name, sum(map(Tensor.numel, own.values())), reason))
            taken |= own.keys()  # what has several names is counted once
    for name, tensor in tensors.items():
        if id(tensor) not in taken:
            found.append(LeftOut(name, tensor.numel(), NOT_USED))
            taken.add(id(tensor))
    for name, places in parts.items():
        if missing := int((~places).sum()):
            found.append(LeftOut(name, missing, PARTLY_USED))
    return found


def idle_functions(module: nn.Module, ran: Set[int], known: Iterable[LeftOut]) -> list[LeftOut]:
    """The outermost modules without parameters that did not run: an activation, say.

    Args:
        module: the module that ran.
        ran: the identities of the modules that ran.
        known: what is left out already, with all that is in it.
    """
    idle = {id(inner): _is_idle(inner, ran) for inner in nn.Module.modules(module)}
    found: list[str] = []
    outer = [item.path for item in known]
    for name, inner in module.named_modules():
        inside = any(name.startswith(f"{other}.") for other in (*outer, *found))
        if name and idle[id(inner)] and not inside and not list(nn.Module.parameters(inner)):
            found.append(name)
    return [LeftOut(name, 0, NOT_RUN) for name in found]


def _is_idle(module: nn.Module, ran: Set[int]) -> bool:
    """Whether neither a module nor anything in it ran; a container alone is nothing."""
    containers = (
        nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict
    )  # fmt: skip
    inner = [part for part in nn.Module.modules(module) if not isinstance(part, containers)]
    return bool(inner) and not any(id(part) in ran for part in inner)


def thrown_away(thrown: list[Recorded], known: Iterable[LeftOut]) -> list[LeftOut]:
    """The modules that ran for nothing, but for those that are known to be left out."""
    paths = [item.path for item in known]
    names: dict[str, None] = {}
    for item in thrown:
        name = ".".join(filter(None, item.path))
        named = bool(item.path[-1]) or bool(item.weights)
        if named and not any(f"{name}.".startswith(f"{path}.") for path in paths):
            names[name] = None
    return [LeftOut(name, 0, THROWN_AWAY) for name in names]


def macs_of(
    thrown: Iterable[Recorded], recorded: Iterable[Recorded], input_shape: Shape
) -> int | None:
    """Multiply-accumulates of some of the layers that were recorded; None: not known."""
    shapes = {INPUT: input_shape} | {item.key: item.shape for item in recorded}
    found = [made(item, tuple(shapes[key] for key in item.reads)).macs for item in thrown]
    counts = [count for count in found if count is not None]
    return sum(counts) if len(counts) == len(found) else None


class Head(NamedTuple):
    """An auxiliary head that does not run: it stands beside the layer `after`."""

    name: str
    after: str
    classes: int
    weights: dict[str, str]


def heads(module: nn.Module, layers: list[Recorded], idle: Iterable[str]) -> list[Head]:
    """Inception's auxiliary heads, each beside the last layer of the module before it.

    Args:
        module: the module that ran.
        layers: what was recorded of it.
        idle: the names of the modules that do not run.
    """
    found = []
    names = [name for name, _ in nn.Module.named_children(module)]
    for name in idle:
        if name not in names[1:] or type(module.get_submodule(name)).__name__ != "InceptionAux":
            continue
        before = names[names.index(name) - 1]
        after = [item.key for item in layers if item.path[0] == before]
        state = module.get_submodule(name).state_dict()
        if after and "conv1.conv.weight" in state:
            weights = {key: f"{name}.{key}" for key in state}
            found.append(Head(name, after[-1], len(state["fc.bias"]), weights))
    return found
