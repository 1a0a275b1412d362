"""Arithmetic that is a layer of its own: chains of it, and gates that are written by hand.

Each rule keeps the values as they are. What a new layer is computed from stays where
something else reads it, and is dropped otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isclose, prod
from typing import TypeAlias

from .graph import Recorded

ByKey: TypeAlias = Mapping[str, Recorded]
Rule: TypeAlias = Callable[[Recorded, ByKey], Recorded]


def with_gates(recorded: list[Recorded]) -> list[Recorded]:
    """The layers with activations in place of what computes them: SiLU for x · sigmoid(x)."""
    return applied(recorded, lambda item, by_key: GATED.get(item.type, _as_it_is)(item, by_key))


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

    return [item for item in applied(recorded, chained) if item.key not in gone]


def applied(recorded: list[Recorded], rule: Rule) -> list[Recorded]:
    """The layers, each as a rule says it, which sees those before it as they are then."""
    by_key: dict[str, Recorded] = {}
    for item in recorded:
        by_key[item.key] = rule(item, by_key)
    return list(by_key.values())


# Gates ----------------------------------------------------------------------------------


def _as_it_is(item: Recorded, by_key: ByKey) -> Recorded:
    return item


def _product(item: Recorded, by_key: ByKey) -> Recorded:
    """x times a function of x, or of the other half of what x is half of."""
    if len(item.reads) != 2:
        return item
    for x, gate in (item.reads, item.reads[::-1]):
        if name := _gate_of(x, by_key.get(gate), by_key):
            return replace(item, type=name, arguments={}, reads=(x,))
    for x, gate in (item.reads, item.reads[::-1]):
        other = by_key.get(gate)
        if other is not None and other.type == "Sigmoid":
            first, second = by_key.get(x), by_key.get(other.reads[0])
            if first and second and _are_halves(first, second, by_key):
                dim = {"dim": first.arguments.get("dim", 1)}
                return replace(item, type="GLU", arguments=dim, reads=first.reads)
    return item


def _are_halves(first: Recorded, second: Recorded, by_key: ByKey) -> bool:
    """Whether two layers give the halves of one value, in this order."""
    if first.type not in ("Chunk", "Split") or first.type != second.type:
        return False
    ways = [{**part.arguments, "index": None} for part in (first, second)]
    indices = [part.arguments["index"] for part in (first, second)]
    alike = ways[0] == ways[1] and first.reads == second.reads and first.shape == second.shape
    whole = by_key.get(first.reads[0])
    both = first.arguments.get("chunks") == 2 or (
        whole is not None and prod(whole.shape) == 2 * prod(first.shape)
    )
    return alike and indices == [0, 1] and both


def _sixth(item: Recorded, by_key: ByKey) -> Recorded:
    """relu6(x + 3) / 6, and x times it."""
    clipped = by_key.get(item.reads[0])
    if clipped is None or not isclose(scale_of(item), 1 / 6, rel_tol=1e-6) or offset_of(item):
        return item
    if source := _clipped_sum(clipped, by_key):
        return replace(item, type="Hardsigmoid", arguments={}, reads=(source,))
    if clipped.type == "Multiply" and len(clipped.reads) == 2:
        for x, gate in (clipped.reads, clipped.reads[::-1]):
            if gate in by_key and _clipped_sum(by_key[gate], by_key) == x:
                return replace(item, type="Hardswish", arguments={}, reads=(x,))
    return item


def _difference(item: Recorded, by_key: ByKey) -> Recorded:
    """x − tanh(x)."""
    x, other = item.reads
    tanh = by_key.get(other)
    if tanh is None or tanh.type != "Tanh" or tanh.reads != (x,):
        return item
    return replace(item, type="Tanhshrink", arguments={}, reads=(x,))


def _softmin(item: Recorded, by_key: ByKey) -> Recorded:
    """softmax(−x)."""
    negated = by_key.get(item.reads[0])
    if (
        negated is None
        or negated.type != "Rescale"
        or scale_of(negated) != -1
        or offset_of(negated)
    ):
        return item
    return replace(item, type="Softmin", reads=negated.reads)


GATED: dict[str, Rule] = {
    "Multiply": _product, "Rescale": _sixth, "Subtract": _difference, "Softmax": _softmin,
}  # fmt: skip
"""By the type of the last layer of what computes an activation."""
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
    return shifted.reads[0] if (scale_of(shifted), offset_of(shifted)) == (1, 3) else None


# Chains ---------------------------------------------------------------------------------


def scale_of(item: Recorded) -> float:
    """What a Rescale multiplies by."""
    return float(item.arguments.get("scale", 1))


def offset_of(item: Recorded) -> float:
    """What a Rescale adds."""
    return float(item.arguments.get("offset", 0))


def _rescaled_twice(first: Recorded, second: Recorded) -> Recorded:
    scale = scale_of(first) * scale_of(second)
    offset = offset_of(first) * scale_of(second) + offset_of(second)
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
        values={**first.values, **second.values},
    )


CHAINS: dict[tuple[str, str], Callable[[Recorded, Recorded], Recorded | None]] = {
    ("Rescale", "Rescale"): _rescaled_twice,
    ("Standardize", "Standardize"): _standardized_twice,
    ("Scale", "Bias"): _with_bias,
}
"""What two layers in a row, of which nothing else reads the first, are as one."""
