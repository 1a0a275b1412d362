"""Arithmetic that is a layer of its own: chains of it, and gates that are written by hand.

Each rule keeps the values as they are. What a new layer is computed from stays where
something else reads it, and is dropped otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isclose
from typing import TypeAlias

from .graph import Recorded

ByKey: TypeAlias = Mapping[str, Recorded]
Rule: TypeAlias = Callable[[Recorded, ByKey], Recorded]


def with_gates(recorded: list[Recorded]) -> list[Recorded]:
    """The layers with Hardsigmoid, Hardswish, SiLU and Mish in place of what computes them."""
    return _applied(recorded, _gate)


def with_chains(recorded: list[Recorded], outputs: tuple[str, ...]) -> list[Recorded]:
    """The layers with one in place of two in a row that one layer says, again and again."""
    readers = Counter([key for item in recorded for key in item.reads])
    readers.update(outputs)
    owners = {item.shares for item in recorded}
    gone: set[str] = set()

    def chained(item: Recorded, by_key: ByKey) -> Recorded:
        first = by_key.get(item.reads[0]) if item.reads else None
        if first is None or readers[first.key] != 1 or item.shares or first.shares:
            return item
        rule = CHAINS.get((first.type, item.type))
        one = None if rule is None or owners & {first.key, item.key} else rule(first, item)
        if one is None:
            return item
        gone.add(first.key)
        return one

    return [item for item in _applied(recorded, chained) if item.key not in gone]


def _applied(recorded: list[Recorded], rule: Rule) -> list[Recorded]:
    by_key: dict[str, Recorded] = {}
    for item in recorded:
        by_key[item.key] = rule(item, by_key)
    return list(by_key.values())


# Gates ----------------------------------------------------------------------------------


def _gate(item: Recorded, by_key: ByKey) -> Recorded:
    if item.type == "Multiply" and len(item.reads) == 2:
        for x, gate in (item.reads, item.reads[::-1]):
            if name := _gate_of(x, by_key.get(gate), by_key):
                return replace(item, type=name, arguments={}, reads=(x,))
    if item.type != "Rescale" or not isclose(_scale(item), 1 / 6, rel_tol=1e-6) or _offset(item):
        return item
    clipped = by_key.get(item.reads[0])
    if clipped is None:
        return item
    if source := _clipped_sum(clipped, by_key):
        return replace(item, type="Hardsigmoid", arguments={}, reads=(source,))
    if clipped.type == "Multiply" and len(clipped.reads) == 2:
        for x, gate in (clipped.reads, clipped.reads[::-1]):
            if gate in by_key and _clipped_sum(by_key[gate], by_key) == x:
                return replace(item, type="Hardswish", arguments={}, reads=(x,))
    return item


GATES = {"Hardsigmoid": "Hardswish", "Sigmoid": "SiLU"}
"""What x times a function of x is called."""


def _gate_of(x: str, gate: Recorded | None, by_key: ByKey) -> str | None:
    """The type of x times a gate, where the gate is a function of x; else None."""
    if gate is None:
        return None
    if gate.type in GATES and gate.reads == (x,):
        return GATES[gate.type]
    inner = by_key.get(gate.reads[0]) if gate.type == "Tanh" else None
    plain = inner is not None and inner.type == "Softplus" and inner.reads == (x,)
    return "Mish" if plain and _is_default(inner, beta=1, threshold=20) else None


def _is_default(item: Recorded | None, **defaults: float) -> bool:
    return item is not None and all(
        item.arguments.get(name, value) == value for name, value in defaults.items()
    )


def _clipped_sum(item: Recorded, by_key: ByKey) -> str | None:
    """x, where the layer is relu6(x + 3); else None."""
    clips = item.type == "ReLU6" or (
        item.type == "Hardtanh"
        and (item.arguments.get("min_val"), item.arguments.get("max_val")) == (0, 6)
    )
    shifted = by_key.get(item.reads[0]) if clips else None
    if shifted is None or shifted.type != "Rescale":
        return None
    return shifted.reads[0] if (_scale(shifted), _offset(shifted)) == (1, 3) else None


# Chains ---------------------------------------------------------------------------------


def _scale(item: Recorded) -> float:
    return float(item.arguments.get("scale", 1))


def _offset(item: Recorded) -> float:
    return float(item.arguments.get("offset", 0))


def _rescaled_twice(first: Recorded, second: Recorded) -> Recorded:
    scale = _scale(first) * _scale(second)
    offset = _offset(first) * _scale(second) + _offset(second)
    arguments = {"scale": scale} if scale != 1 else {}
    if offset:
        arguments["offset"] = offset
    return replace(second, arguments=arguments, reads=first.reads)


def _standardized_twice(first: Recorded, second: Recorded) -> Recorded:
    """((x − m)/s − n)/t is (x − (m + n·s))/(s·t)."""
    means, stds = ([item.arguments[name] for item in (first, second)] for name in ("mean", "std"))
    mean = [m + n * s for m, n, s in zip(*means, stds[0], strict=True)]
    std = [s * t for s, t in zip(*stds, strict=True)]
    return replace(second, arguments={"mean": mean, "std": std}, reads=first.reads)


def _with_bias(first: Recorded, second: Recorded) -> Recorded | None:
    """x·weight + bias, learned along the same dimensions."""
    if first.arguments != second.arguments:
        return None
    return replace(
        second,
        type="Scale",
        arguments=first.arguments | {"bias": True},
        reads=first.reads,
        weights=first.weights | second.weights,
    )


CHAINS: dict[tuple[str, str], Callable[[Recorded, Recorded], Recorded | None]] = {
    ("Rescale", "Rescale"): _rescaled_twice,
    ("Standardize", "Standardize"): _standardized_twice,
    ("Scale", "Bias"): _with_bias,
}
"""What two layers in a row, of which nothing else reads the first, are as one."""
