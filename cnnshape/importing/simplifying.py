"""Saying what a module does as a person would, where several calls mean one thing.

Each rule keeps the values, the parameters and the multiply-accumulates as they are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ..layers.shapes import Shape
from ..network import INPUT
from .gating import with_chains, with_gates
from .gelu import with_gelus
from .graph import Recorded
from .needless import without_double_transposes, without_expands
from .special import found_in


def simplified(
    recorded: list[Recorded], outputs: tuple[str, ...], input_shape: Shape
) -> list[Recorded]:
    """The layers with all rules applied."""
    needed = without_double_transposes(without_expands(recorded))
    gated = with_gelus(with_gates(needed))
    computed = with_chains(gated, outputs)
    for rewritten in found_in("rewritten"):
        computed = rewritten(computed)
    shuffled = _channel_shuffles(computed, outputs, input_shape)
    return _own_weights(_running_concats(shuffled))


# view, transpose, view -----------------------------------------------------------------


def _channel_shuffles(
    recorded: list[Recorded], outputs: tuple[str, ...], input_shape: Shape
) -> list[Recorded]:
    """view, transpose, view back: the channels of several groups dealt out in turn."""
    readers = Counter([key for item in recorded for key in item.reads])
    readers.update(outputs)
    by_key = {item.key: item for item in recorded}
    shapes = {INPUT: input_shape} | {item.key: item.shape for item in recorded}
    gone: set[str] = set()
    result = []
    for item in recorded:
        first = _dealt_out(item, by_key, readers)
        if first is None or shapes[first.reads[0]] != item.shape:
            result.append(item)
            continue
        gone.update((first.key, item.reads[0]))
        groups = {"groups": first.shape[0]}
        result.append(replace(item, type="ChannelShuffle", arguments=groups, reads=first.reads))
    return [item for item in result if item.key not in gone]


def _dealt_out(
    last: Recorded, by_key: dict[str, Recorded], readers: Counter[str]
) -> Recorded | None:
    """The view that begins what `last` ends, or None."""
    middle = by_key.get(last.reads[0])
    first = None if middle is None else by_key.get(middle.reads[0])
    if (
        middle is None
        or first is None
        or last.type not in ("Reshape", "Flatten")
        or not _swaps_first_two(middle)
        or first.type != "Reshape"
        or readers[middle.key] != 1
        or readers[first.key] != 1
        or len(first.shape) != len(last.shape) + 1
        or first.shape[2:] != last.shape[1:]
        or first.shape[0] * first.shape[1] != last.shape[0]
    ):
        return None
    return first


def _swaps_first_two(item: Recorded) -> bool:
    """Whether a layer exchanges the two dimensions after the batch, and no others."""
    if item.type == "Transpose":
        return sorted(item.arguments.values()) == [1, 2]
    dims = list(range(len(item.shape) + 1))
    return item.type == "Permute" and list(item.arguments["dims"]) == [0, 2, 1, *dims[3:]]


# cat of ever more ------------------------------------------------------------------------


def _running_concats(recorded: list[Recorded]) -> list[Recorded]:
    """DenseNet's growing lists: what is there already, and beside it what is new.

    A layer that joins x, a, b, c, after one that joined x, a, b, joins what that one gave,
    and c. It stands where c was made, so that alike layers are alike.
    """
    by_key = {item.key: item for item in recorded}
    before: dict[tuple[object, ...], str] = {}  # the concat of each list
    parent: dict[str, str] = {}
    for item in recorded:
        if item.type != "Concat":
            continue
        dim = item.arguments.get("dim", 1)
        shorter = before.get((dim, *item.reads[:-1]))
        if shorter is not None:
            parent[item.key] = shorter
        before.setdefault((dim, *item.reads), item.key)
    chained = set(parent) | set(parent.values())
    if len(parent) < 2:
        return recorded
    depths = [
        _depth(by_key[key].path, by_key[by_key[key].reads[-1]].path)
        for key in chained
        if by_key[key].reads[-1] in by_key
    ]
    depth = max(depths, default=0)
    changed = {}
    for key in chained:
        item = by_key[key]
        made = by_key.get(item.reads[-1])
        reads = (parent[key], item.reads[-1]) if key in parent else item.reads
        path = item.path
        if made is not None and not path[-1] and len(made.path) > depth:
            path = (*made.path[:depth], "")
        changed[key] = replace(item, reads=reads, path=path)
    return [changed.get(item.key, item) for item in recorded]


def _depth(path: tuple[str, ...], made: tuple[str, ...]) -> int:
    """How many names lead to the group, beside the one of `path`, in which a value is made."""
    shared = 0
    while shared < min(len(path), len(made)) - 1 and path[shared] == made[shared]:
        shared += 1
    return shared + 1


# A module that is one layer -----------------------------------------------------------------


def _own_weights(recorded: list[Recorded]) -> list[Recorded]:
    """A module that calls one function with weights of its own is that function's layer.

    So its tensors keep their names. What else it does stands beside it: a norm with an
    activation after it, or one that puts the channels last and back.
    """
    inside: dict[tuple[str, ...], list[Recorded]] = {}
    for item in recorded:
        for depth in range(1, len(item.path)):
            inside.setdefault(item.path[:depth], []).append(item)
    raised: dict[tuple[str, ...], str] = {}
    taken = {item.path for item in recorded}
    for path, items in inside.items():
        weighted = [item for item in items if item.weights or item.shares]
        if len(weighted) != 1 or weighted[0].path != (*path, "") or path in taken:
            continue
        within = f"{'.'.join(path)}."
        own = weighted[0].weights.values()
        if own and all(name.startswith(within) for name in own):
            raised[path] = weighted[0].key
    return [_lifted(item, raised) for item in recorded]


def _lifted(item: Recorded, raised: dict[tuple[str, ...], str]) -> Recorded:
    for depth in range(1, len(item.path)):
        path = item.path[:depth]
        if path in raised:
            return replace(item, path=path if raised[path] == item.key else (*path[:-1], ""))
    return item
