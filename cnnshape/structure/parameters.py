"""What differs between the instances of a template becomes parameters (anti-unification)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..spec.functions import RESERVED_NAMES
from ..spec.vocabulary import COMMON_KEYS
from .arguments import plain
from .program import Argument, Call, Expression, GroupCall, LayerCall, Param, Parameter, Reference

if TYPE_CHECKING:
    from ..network import Network, Node
    from .finding import Draft

CHANNELS = frozenset(
    ("out_channels", "in_channels", "num_features", "out_features", "in_features",
     "normalized_shape", "num_channels", "groups", "planes", "width")
)  # fmt: skip
"""Arguments that count channels: one may be a multiple of another by more than chance."""
SHORT = {"out_channels": "out", "out_features": "out", "kernel_size": "kernel"}
"""What parameters are called, where not as the argument."""
TAKEN = frozenset((*RESERVED_NAMES, *COMMON_KEYS, "type", "share", "layers", "branches", "join"))


class _Slot(NamedTuple):
    """An argument of a child, with its value in every instance."""

    child: int
    argument: str
    column: tuple[Any, ...]
    channels: bool

    def key(self) -> str:
        return repr(self.column)


class _Found(NamedTuple):
    slot: _Slot
    param: Param


def infer(
    draft: Draft,
    network: Network,
    arguments: Callable[[Node], dict[str, Any]],
    *,
    incoming: bool,
) -> tuple[tuple[Param, ...], list[Call]]:
    """The parameters of a draft, and its calls with arguments; sets its instances' values."""
    slots = _slots(draft, arguments)
    written: list[dict[str, Argument]] = [{} for _ in draft.first.children]
    for slot in slots:  # in the order of the layer's own arguments
        written[slot.child][slot.argument] = None
    varying = []
    for slot in slots:
        if len({repr(value) for value in slot.column}) == 1:
            written[slot.child][slot.argument] = slot.column[0]
        else:
            varying.append(slot)
    channels = _incoming_channels(draft, network) if incoming else None
    scout = _Solver(draft, channels)  # finds which columns need a parameter at all
    for slot in varying:
        scout.argument(slot, {slot.key(): slot.key()})
    names = _names(draft, list(scout.params.values()))
    solver = _Solver(draft, channels)
    for slot in varying:
        written[slot.child][slot.argument] = solver.argument(slot, names)
    for place, group in enumerate(draft.instances):
        group.values = {name: slot.column[place] for name, slot in solver.params.items()}
    params = tuple(_param(name, slot) for name, slot in solver.params.items())
    return params, [_call(draft, k, own) for k, own in enumerate(written)]


def _slots(draft: Draft, arguments: Callable[[Node], dict[str, Any]]) -> list[_Slot]:
    from .finding import Group

    slots = []
    for k, (_, first) in enumerate(draft.first.children):
        alike: list[Any] = [group.children[k][1] for group in draft.instances]
        if isinstance(first, Group):
            params = first.draft.template.params
            kinds = first.draft.channel_params
            for param in params:
                column = tuple([group.values[param.name] for group in alike])
                slots.append(_Slot(k, param.name, column, param.name in kinds))
        elif first.shares is None:
            given = [arguments(node) for node in alike]
            order = {name: None for one in given for name in one}
            for name in order:
                values = [
                    own[name] if name in own else plain(node.layer, name)
                    for own, node in zip(given, alike, strict=True)
                ]
                slots.append(_Slot(k, name, tuple(values), name in CHANNELS))
    return slots


def _incoming_channels(draft: Draft, network: Network) -> tuple[int, ...] | None:
    """The channels that come in, for each instance; None where there are none."""
    shapes = [network.shape_of(group.inputs[0]) for group in draft.instances]
    return tuple(shape[0] for shape in shapes) if all(shapes) else None


class _Solver:
    """Writes each column by what there is already, or by a new parameter."""

    def __init__(self, draft: Draft, incoming: tuple[int, ...] | None) -> None:
        self.params: dict[str, _Slot] = {}
        self.incoming = incoming
        self.draft = draft
        draft.channel_params = set()

    def argument(self, slot: _Slot, names: dict[str, str]) -> Argument:
        for name, other in self.params.items():
            if other.key() == slot.key():
                return Parameter(name)
        if slot.channels and (found := self._by_channels(slot)):
            return found
        if slot.argument == "padding" and (found := self._by_kernel(slot)):
            return found
        name = names[slot.key()]
        self.params[name] = slot
        if slot.channels:
            self.draft.channel_params.add(name)
        return Parameter(name)

    def _by_channels(self, slot: _Slot) -> Argument | None:
        bases = [(n, s.column) for n, s in self.params.items() if s.channels]
        if self.incoming is not None:
            bases.insert(0, ("in_channels", self.incoming))
        for name, base in bases:
            if base == slot.column:
                return Expression(name)
        for name, base in bases:
            if len(set(map(repr, base))) > 1 and (text := _ratio(name, base, slot.column)):
                return Expression(text)
        return None

    def _by_kernel(self, slot: _Slot) -> Argument | None:
        for name, other in self.params.items():
            if other.argument == "kernel_size" or name.endswith("kernel"):
                halves = [k // 2 if type(k) is int else None for k in other.column]
                if halves == list(slot.column):
                    return Expression(f"{name} // 2")
        return None


def _ratio(name: str, base: tuple[Any, ...], column: tuple[Any, ...]) -> str:
    """The column as a multiple of a base, or as a part of it; '' where it is neither."""
    pairs = list(zip(base, column, strict=True))
    if any(type(a) is not int or type(b) is not int or a < 1 or b < 1 for a, b in pairs):
        return ""
    a, b = pairs[0]
    if b % a == 0 and all(y == x * (b // a) for x, y in pairs):
        return f"{b // a} * {name}"
    if a % b == 0 and all(x % (a // b) == 0 and y == x // (a // b) for x, y in pairs):
        return f"{name} // {a // b}"
    return ""


def _names(draft: Draft, slots: list[_Slot]) -> dict[str, str]:
    """A name for each column: the argument's, where it is the only one of this name."""
    common = Counter(SHORT.get(slot.argument, slot.argument) for slot in slots)
    children = {name for name, _ in draft.first.children}
    names: dict[str, str] = {}
    taken = set(TAKEN)
    for slot in slots:
        name = SHORT.get(slot.argument, slot.argument)
        child = draft.first.children[slot.child][0]
        if common[name] > 1 and re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]*", child):
            name = f"{child}_{name}"
        name = re.sub(r"\W", "_", name)
        unique, number = name, 1
        while unique in taken or unique in children:
            number += 1
            unique = f"{name}{number}" if not name[-1].isdigit() else f"{name}_{number}"
        taken.add(unique)
        names[slot.key()] = unique
    return names


def _param(name: str, slot: _Slot) -> Param:
    """A parameter, with a default where one value is by far the commonest."""
    if not slot.channels or slot.argument == "groups":
        counts = Counter(map(repr, slot.column))
        value, count = counts.most_common(1)[0]
        if 2 * count >= len(slot.column) and value != "None":
            default = next(v for v in slot.column if repr(v) == value)
            return Param(name, default, required=False)
    return Param(name)


def _call(draft: Draft, k: int, arguments: dict[str, Argument]) -> Call:
    from .finding import Group

    name, child = draft.first.children[k]
    reads: tuple[Reference, ...] = draft.first.reads[k]
    if isinstance(child, Group):
        return GroupCall((name,), child.draft.name, arguments, reads)
    shares, inside = child.shares, f"{draft.first.path}." if draft.first.path else ""
    if shares is not None and shares.startswith(inside):
        shares = f".{shares[len(inside) :]}"
    return LayerCall(name, child.type, arguments, reads, shares)
