"""Putting layers in an order in which each group stands together, and giving them names.

A spec writes a group in one place, but a module may use another's part between two of a
group's: `bns[0](convs[0](x))`. Where the order of the run can be changed, so that each group
stands together, it is. Else a function that no module holds is moved into the group around
it, or the group is dissolved, and its layers are called `convs_0`, `convs_1` ...
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from ..spec.vocabulary import name_problem
from .graph import Recorded


def arranged(recorded: list[Recorded]) -> list[Recorded]:
    """The layers in their order, with names."""
    apart = _with_unique_paths([_nameable(item) for item in recorded])
    return _named(_arranged(apart, 0))


def _nameable(item: Recorded) -> Recorded:
    """The layer with names that a spec can have: a module may be called input."""
    path = tuple([f"{name}_" if name and name_problem(name) else name for name in item.path])
    return item if path == item.path else replace(item, path=path)


def _with_unique_paths(recorded: list[Recorded]) -> list[Recorded]:
    """A layer whose path is also that of a group goes into the group."""
    groups = {item.path[:depth] for item in recorded for depth in range(1, len(item.path))}
    return [
        replace(item, path=(*item.path, "")) if item.path[-1] and item.path in groups else item
        for item in recorded
    ]


def _arranged(recorded: list[Recorded], depth: int) -> list[Recorded]:
    while True:
        parts: dict[tuple[str, str], list[Recorded]] = {}
        part_of: dict[str, tuple[str, str]] = {}
        for item in recorded:
            alone = len(item.path) == depth + 1
            part = ("", item.key) if alone else (item.path[depth], "")
            parts.setdefault(part, []).append(item)
            part_of[item.key] = part
        reads: dict[tuple[str, str], set[tuple[str, str]]] = {part: set() for part in parts}
        for item in recorded:
            for key in (*item.reads, *([item.shares] if item.shares else [])):
                if key in part_of and part_of[key] != part_of[item.key]:
                    reads[part_of[item.key]].add(part_of[key])
        order = _sorted(reads)
        if order is not None:
            break
        recorded = _untangled(recorded, parts, reads, depth)
    result = []
    for part in order:
        inner = parts[part]
        result += _arranged(inner, depth + 1) if part[0] else inner
    return result


Part = tuple[str, str]
"""A group by its name, or a layer by its key: ('layer1', '') or ('', '17')."""


def _sorted(reads: dict[Part, set[Part]]) -> list[Part] | None:
    """The parts, each after what it reads, as early as it was; None where there is a cycle."""
    from heapq import heapify, heappop, heappush

    place = {part: number for number, part in enumerate(reads)}
    waits = {part: len(needed) for part, needed in reads.items()}
    readers: dict[Part, list[Part]] = defaultdict(list)
    for part, needed in reads.items():
        for other in needed:
            readers[other].append(part)
    ready = [place[part] for part, count in waits.items() if not count]
    heapify(ready)
    parts = list(reads)
    order = []
    while ready:
        part = parts[heappop(ready)]
        order.append(part)
        for reader in readers[part]:
            waits[reader] -= 1
            if not waits[reader]:
                heappush(ready, place[reader])
    return order if len(order) == len(parts) else None


def _untangled(
    recorded: list[Recorded],
    parts: dict[Part, list[Recorded]],
    reads: dict[Part, set[Part]],
    depth: int,
) -> list[Recorded]:
    """One cycle of parts less: a function goes into a group, or groups are dissolved."""
    cycle = _cycle(reads)
    groups = [part for part in cycle if part[0]]
    alone = [parts[part][0] for part in cycle if not part[0]]
    if len(groups) == 1 and all(not item.path[-1] for item in alone):
        moved = {item.key for item in alone}
        name = groups[0][0]
        return [
            replace(item, path=(*item.path[:depth], name, "")) if item.key in moved else item
            for item in recorded
        ]
    dissolved = {part[0] for part in groups}
    taken = {item.path[depth] for item in recorded} - dissolved
    return [
        replace(item, path=_raised(item.path, depth, taken))
        if len(item.path) > depth + 1 and item.path[depth] in dissolved
        else item
        for item in recorded
    ]


def _raised(path: tuple[str, ...], depth: int, taken: set[str]) -> tuple[str, ...]:
    """The path without the level at `depth`: convs.0.a becomes convs_0.a."""
    outer, inner, *rest = path[depth:]
    name = f"{outer}_{inner}" if inner else ""
    while name and name in taken:
        name = f"{name}_"
    return (*path[:depth], name, *rest)


def _cycle(reads: dict[Part, set[Part]]) -> set[Part]:
    """The parts that lie on cycles with the first part that lies on any."""
    reach: dict[Part, set[Part]] = {}
    for start, read in reads.items():
        seen: set[Part] = set()
        stack = list(read)
        while stack:
            part = stack.pop()
            if part not in seen:
                seen.add(part)
                stack += reads[part]
        if start in seen:
            reach[start] = seen
    first = next(iter(reach))
    return {part for part in reach[first] if part in reach and first in reach[part]}


def _named(recorded: list[Recorded]) -> list[Recorded]:
    """Names for the layers that have none: relu1, relu2 ... in each list."""
    taken: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for item in recorded:
        for depth, name in enumerate(item.path):
            if name:
                taken[item.path[:depth]].add(name)
    counts: dict[tuple[tuple[str, ...], str], int] = defaultdict(int)
    result = []
    for item in recorded:
        if item.path[-1]:
            result.append(item)
            continue
        around, stem = item.path[:-1], item.type.lower()
        counts[around, stem] += 1
        while f"{stem}{counts[around, stem]}" in taken[around]:
            counts[around, stem] += 1
        result.append(replace(item, path=(*around, f"{stem}{counts[around, stem]}")))
    return result
