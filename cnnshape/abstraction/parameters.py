"""What differs between the instances of a template becomes parameters (anti-unification)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .arguments import plain
from .conditions import DECIDING, Presence, conditions
from .groups import ABSENT, Draft
from .parameter_names import column_names
from .program import Argument, Call, Expression, GroupCall, LayerCall, Param, Parameter, TypeName
from .solving import TURNS, Column, Solver

if TYPE_CHECKING:
    from ..network import Network, Node

CHANNELS = frozenset(
    ("out_channels", "in_channels", "num_features", "out_features", "in_features",
     "normalized_shape", "num_channels", "groups", "planes", "width")
)  # fmt: skip
"""Arguments that count channels: one may be a multiple of another by more than chance."""
INCOMING = ("in_channels", "in_features")
"""Arguments that count the channels that come into a layer."""
MOST_FACTORS = 3
"""How many factors the incoming channels may be multiplied with, for one to be a parameter."""


class Inferred(NamedTuple):
    """What was inferred of a draft.

    Attributes:
        params: of its template.
        calls: of its children.
        channel_params: the names of those parameters that count channels.
        values: of the parameters, for each of its instances.
    """

    params: tuple[Param, ...]
    calls: list[Call]
    channel_params: set[str]
    values: list[dict[str, Any]]


def infer(
    draft: Draft,
    network: Network,
    arguments: Callable[[Node], dict[str, Any]],
    *,
    incoming: bool,
    modules: bool = False,
) -> Inferred:
    """What may differ between the uses of a draft, and its calls with arguments.

    `incoming`: expressions may name `in_channels`; `modules`: they may, as a parameter.
    """
    written: list[dict[str, Argument]] = [{} for _ in draft.slots]
    varying = []
    columns = _columns(draft, arguments)
    for column in columns:
        values = {repr(value): value for value in column.values if value is not ABSENT}
        if values:  # in the order of the layer's own arguments
            written[column.child][column.argument] = next(iter(values.values()))
        if len(values) > 1 or (draft.optional and values and _is_usually_shared(column)):
            varying.append(column)
    # What is there in all instances comes first, so that the rest can follow from it; what comes
    # into a layer before what comes out.
    varying.sort(key=lambda c: (not c.everywhere, c.child, c.argument not in INCOMING))
    inputs = [group.inputs[0] for group in draft.instances]
    channels = _channels(network, inputs) if incoming or modules else None
    results = [f"{group.path}.{group.result}".lstrip(".") for group in draft.instances]
    outgoing = _channels(network, results)
    factor = _factor(draft, varying, channels, outgoing)
    inline = draft.places == 1
    scout, solver = (Solver(channels, factor, inline=inline, given=modules) for _ in range(2))
    for column in varying:  # finds which columns need a parameter at all
        scout.argument(column)
    needed = [column for column in scout.params.values() if column.child >= 0]
    solver.names = column_names(draft, needed, solver.params, outgoing)
    for column in varying:
        written[column.child][column.argument] = solver.argument(column)
    _say_what_others_have(columns, solver, written)
    # How many turns there are tells already which are there.
    when = {} if draft.in_turns else conditions(draft, solver, written, varying, outgoing)
    if modules:
        _drop_unnamed(solver, [value for own in written for value in own.values()], when)
    found = solver.params.items()
    params = sorted((_param(*each) for each in found), key=lambda param: not param.required)
    return Inferred(
        tuple(params),
        [_call_of_child(draft, k, own, when) for k, own in enumerate(written)],
        {name for name, column in found if column.channels},
        [
            {name: column.values[place] for name, column in found}
            for place in range(len(draft.instances))
        ],
    )


def _drop_unnamed(
    solver: Solver, arguments: list[Argument], when: Mapping[Presence, Argument]
) -> None:
    """Take away the parameter of what comes in, where nothing names it."""
    texts = [
        value.name if isinstance(value, Parameter) else value.text
        for value in (*arguments, *when.values())
        if isinstance(value, Parameter | Expression)
    ]
    if not any(re.search(rf"\b{INCOMING[0]}\b", text) for text in texts):
        solver.params.pop(INCOMING[0], None)


def _is_usually_shared(column: Column) -> bool:
    """Whether an argument is usually that of the layers beside it: a stride, or channels."""
    return column.argument in DECIDING or column.channels


def _say_what_others_have(
    columns: list[Column], solver: Solver, written: list[dict[str, Argument]]
) -> None:
    """What has one value wherever it is there: say so, if that is what the others have there."""
    for column in columns:
        value = written[column.child].get(column.argument)
        one = not isinstance(value, Parameter | Expression)
        if one and value is not None and not column.everywhere and _is_usually_shared(column):
            known = solver.known(column)
            if isinstance(known, Parameter) or known == Expression("in_channels"):
                written[column.child][column.argument] = known


def _columns(draft: Draft, arguments: Callable[[Node], dict[str, Any]]) -> list[Column]:
    columns = []
    for k, slot in enumerate(draft.slots):
        alike: list[Any] = [group.child(k) for group in draft.instances]
        if isinstance(slot.kind, Draft):
            kinds = slot.kind.channel_params
            for param in slot.kind.template.params:
                values = [ABSENT if own is None else own.values[param.name] for own in alike]
                columns.append(Column(k, param.name, tuple(values), param.name in kinds))
            if draft.in_turns and k == len(draft.slots) - 1:
                counts = tuple([group.turns for group in draft.instances])
                columns.append(Column(k, TURNS, counts, channels=False))
        elif not slot.kind:
            types = [ABSENT if node is None else TypeName(node.type) for node in alike]
            columns.append(Column(k, "type", tuple(types), channels=False))
        elif slot.shares is None:
            given = [None if node is None else (node, arguments(node)) for node in alike]
            names = {name for own in given if own is not None for name in own[1]}
            node = next(own[0] for own in given if own is not None)
            for name in sorted(names, key=_place(node)):
                values = [
                    ABSENT
                    if own is None
                    else own[1][name]
                    if name in own[1]
                    else plain(own[0].layer, name)
                    for own in given
                ]
                columns.append(Column(k, name, tuple(values), name in CHANNELS))
    return columns


def _place(node: Node) -> Callable[[str], int]:
    """The place of an argument among those of its layer."""
    places = {name: place for place, name in enumerate(node.layer.fields)}
    return lambda name: places.get(name, len(places))


def _channels(network: Network, paths: list[str]) -> tuple[int, ...] | None:
    """The channels of values; None where one has none."""
    shapes = [network.shape_of(path) for path in paths]
    return tuple([shape[0] for shape in shapes]) if all(shapes) else None


def _factor(
    draft: Draft,
    columns: list[Column],
    channels: tuple[int, ...] | None,
    outgoing: tuple[int, ...] | None,
) -> tuple[int, ...] | None:
    """What the incoming channels are multiplied with, where a child is left out if that is 1.

    As in an inverted residual: its inner channels are meant, not those that come out.
    """
    if channels is None:
        return None
    absent = {draft.presence(k) for k in range(len(draft.slots))}
    for column in columns:
        if not column.channels or not column.everywhere or column.values == outgoing:
            continue
        pairs = list(zip(channels, column.values, strict=True))
        if all(type(value) is int and value % own == 0 for own, value in pairs):
            factors = tuple([value // own for own, value in pairs])
            if not all(factors) or tuple([factor != 1 for factor in factors]) not in absent:
                continue
            if 1 in factors and len(set(factors)) <= MOST_FACTORS:
                return factors
    return None


def _param(name: str, column: Column) -> Param:
    """A parameter, with a default where one value is by far the commonest."""
    values = [value for value in column.values if value is not ABSENT]
    counts = TURNS in column.argument
    if (counts or (column.channels and column.argument != "groups")) and 0 in values:
        return Param(name, 0, required=False)
    commonest, count = Counter(map(repr, values)).most_common(1)[0]
    varied = counts or (column.channels and column.argument != "groups")
    usual = 2 * count >= len(values) and not varied
    if commonest != "None" and (usual or not column.everywhere):
        default = next(value for value in values if repr(value) == commonest)
        return Param(name, default, required=False)
    return Param(name)


def _call_of_child(
    draft: Draft, k: int, arguments: dict[str, Argument], when: Mapping[Presence, Argument]
) -> Call:
    slot = draft.slots[k]
    there = when.get(draft.presence(k), True)
    called = _name_of_child(draft, k, when)
    told_apart = bool(when) or not all(each.kind for each in draft.slots)
    unnamed = slot.counted is None and slot.unnamed and told_apart
    if isinstance(slot.kind, Draft):
        turns = arguments.pop(TURNS, None) if draft.in_turns else None
        name = slot.kind.name
        return GroupCall(
            (slot.name,), name, arguments, slot.reads, there, slot.passes, called, unnamed, turns
        )
    kind = arguments.pop("type") if not slot.kind else slot.kind
    node: Any = next(own for group in draft.instances if (own := group.child(k)) is not None)
    shares, inside = node.shares, f"{draft.first.path}." if draft.first.path else ""
    if shares is not None and shares.startswith(inside):
        shares = f".{shares[len(inside) :]}"
    return LayerCall(
        slot.name, kind, arguments, slot.reads, shares, there, slot.passes, called, unnamed
    )


def _name_of_child(draft: Draft, k: int, when: Mapping[Presence, Argument]) -> Expression | None:
    """The name of a child that depends on what is left out before it; None: its own."""
    slot = draft.slots[k]
    if slot.counted is None:
        return None
    number, before = slot.counted
    conditions = [when[draft.presence(place)] for place in before]
    if len(conditions) == 1 and isinstance(conditions[0], Expression):
        return Expression(f"{number + 1} if {conditions[0].text} else {number}")
    terms = [c.name if isinstance(c, Parameter) else f"({c.text})" for c in conditions]
    return Expression(" + ".join([str(number), *terms]))
