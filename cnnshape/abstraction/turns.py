"""Groups in turns that differ by how many there are, as one draft with a number.

The stages of a VGG, of which some have two convolutions and some three, are one class. So each
such group is cut to its first turn and, where the first is another, the second, which stands for
all after it; how many there are is one argument more (``solving.TURNS``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .groups import Draft, Group
from .program import Argument, Call, GroupCall, PerTurn

if TYPE_CHECKING:
    from ..network import Node


def cut(groups: Sequence[Group], arguments: Callable[[Node], dict[str, Any]]) -> None:
    """Cut groups of one kind to what stands for all turns, if they differ in how many.

    Only those that stand once each in groups that are of a class: that class has the number
    as an argument. Others are a repeat where they are.
    """
    parents = {group.path.rpartition(".")[0] for group in groups}
    lengths = {len(group.children) for group in groups}
    if len(lengths) < 2 or len(parents) < len(groups) or not all(g.around for g in groups):
        return
    rows = [_turns(group) for group in groups]
    if not all(rows) or len({id(row[0].draft) for row in rows}) > 1 or _varies(rows[0][0].draft):
        return
    contents = [[_content(turn, arguments) for turn in row] for row in rows]
    if any(content != row[1] for row in contents for content in row[2:]):
        return
    kept = 1 if all(row[0] == row[-1] for row in contents) else 2
    for group in groups:
        group.turns, group.kept = len(group.children), kept
        del group.children[kept:]


def _turns(group: Group) -> list[Group]:
    """The children of a group in turns, each of which reads the one before; else none."""
    turns = [child for _, child in group.children if isinstance(child, Group)]
    if len(group.inputs) != 1 or any(path != group.result for path in group.outputs):
        return []
    before = group.inputs
    for k, (name, child) in enumerate(group.children):
        if (
            not isinstance(child, Group)
            or name != str(k)
            or child.draft is not turns[0].draft
            or child.inputs != before
            or any(path != child.result for path in child.outputs)
            or any(node.shares is not None for node in child.leaves())
        ):
            return []
        before = [f"{child.path}.{child.result}"]
    return turns


def _varies(draft: Draft) -> bool:
    """Whether a draft is, or holds, one that is cut."""
    return draft.in_turns or any(map(_varies, draft.drafts()))


def _content(group: Group, arguments: Callable[[Node], dict[str, Any]]) -> Any:
    """Equal for instances of one draft that are the same with all arguments."""
    return [
        (name, _content(child, arguments) if isinstance(child, Group) else repr(arguments(child)))
        for name, child in group.children
    ]


def in_turns(calls: Sequence[Call]) -> GroupCall:
    """The calls of a draft that is cut, as one that is repeated so often."""
    first, rest = calls[0], calls[-1]
    assert isinstance(first, GroupCall)
    assert isinstance(rest, GroupCall)
    # What only one has is of a layer that the other has not: any value will do.
    before = {**rest.arguments, **first.arguments}
    after = {**first.arguments, **rest.arguments}
    arguments: Mapping[str, Argument] = {
        name: value if value == after[name] else PerTurn((value, after[name]))
        for name, value in before.items()
    }
    return replace(first, names=("0", "1"), arguments=arguments, turns=rest.turns)
