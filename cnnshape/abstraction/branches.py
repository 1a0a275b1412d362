"""Branches: what is made of one value along several ways, and joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from .program import Call, GroupCall, LayerCall, Reference, Template

MOST_LINES = 30
"""Lines of branches beyond which a `from` reads better: what is joined is far from its fork."""
MOST_LEVELS = 2
"""How many branches may stand inside each other."""


class Branches(NamedTuple):
    """Layers in branches that all read `fork`; `join` reads what comes out of each, in order.

    A branch without layers is what is read.
    """

    fork: Reference
    branches: tuple[tuple[Item, ...], ...]
    join: LayerCall

    @property
    def levels(self) -> int:
        """How many branches stand inside each other here."""
        inner = [i.levels for branch in self.branches for i in branch if isinstance(i, Branches)]
        return 1 + max(inner, default=0)


Item: TypeAlias = Call | Branches


def nested(children: Sequence[Call], templates: Mapping[str, Template]) -> list[Item]:
    """The children of a template, with all that are branches and a join as such.

    The order of the layers stays.
    """
    items: list[Item] = []
    for call in children:
        found = _joined(items, call, templates) if isinstance(call, LayerCall) else None
        if found is None:
            items.append(call)
            continue
        start, branches = found
        items[start:] = [branches]
    return items


def _joined(
    items: list[Item], join: LayerCall, templates: Mapping[str, Template]
) -> tuple[int, Branches] | None:
    """The last items as the branches of a join, and the number of the first; None: they are not."""
    reads = join.reads
    if len(reads) < 2 or len(set(reads)) < len(reads) or join.shares is not None:
        return None
    values = [_value(item, templates) for item in items]
    last = len(items) - 1
    while last > 0 and _reads(items[last]) == (values[last - 1],):
        last -= 1
    forks = [*reads, *(_reads(items[last]) if last >= 0 else ())]
    for fork in dict.fromkeys(forks):
        found = _ways(items, values, reads, fork)
        if found is None:
            continue
        start, ways = found
        branches = Branches(fork, ways, join)
        if branches.levels <= MOST_LEVELS and _lines(items[start:], templates) <= MOST_LINES:
            return start, branches
    return None


def _ways(
    items: list[Item], values: list[Reference], reads: Sequence[Reference], fork: Reference
) -> tuple[int, tuple[tuple[Item, ...], ...]] | None:
    """The last items as ways from the fork to each of the values that are read."""
    ways: list[tuple[Item, ...]] = []
    end = len(items)
    for read in reversed(reads):
        start = end
        if read != fork:
            if not end or values[end - 1] != read:
                return None
            start = end - 1
            while _reads(items[start]) != (fork,):
                if not start or _reads(items[start]) != (values[start - 1],):
                    return None
                start -= 1
        ways.append(tuple(items[start:end]))
        end = start
    return (end, tuple(reversed(ways))) if end < len(items) else None


def _value(item: Item, templates: Mapping[str, Template]) -> Reference:
    if isinstance(item, Branches):
        return Reference(item.join.name)
    if isinstance(item, GroupCall):
        return Reference(item.names[-1], templates[item.template].result)
    return Reference(item.name)


def _reads(item: Item) -> tuple[Reference, ...]:
    return (item.fork,) if isinstance(item, Branches) else item.reads


def _lines(items: Sequence[Item], templates: Mapping[str, Template]) -> int:
    """How many lines items take, about."""
    count = 0
    for item in items:
        if isinstance(item, Branches):
            count += 2 + sum(_lines(branch, templates) for branch in item.branches)
        elif isinstance(item, GroupCall) and templates[item.template].inline:
            count += 2 + _lines(templates[item.template].children, templates)
        else:
            count += 1
    return count
