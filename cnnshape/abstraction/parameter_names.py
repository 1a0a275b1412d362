"""What the parameters of a template are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from ..layers import registry
from ..spec.functions import RESERVED_NAMES
from ..spec.vocabulary import COMMON_KEYS
from .groups import Draft
from .solving import Column

SHORT = {"out_channels": "out", "out_features": "out", "kernel_size": "kernel"}
"""What parameters are called, where not as the argument."""
TAKEN = frozenset((*RESERVED_NAMES, *COMMON_KEYS, "type", "share", "layers", "branches", "join"))


def column_names(
    draft: Draft,
    columns: Sequence[Column],
    taken: Collection[str],
    outgoing: tuple[int, ...] | None,
) -> dict[str, str]:
    """A name for each column, by its key: the argument's, where it is the only one of this name.

    Args:
        draft: the template.
        columns: the values that differ from use to use.
        taken: what other parameters are called.
        outgoing: the channels that come out of each instance: what `out` is about.
    """
    wishes = [_wish(column) for column in columns]
    common = Counter(wishes)
    taken = {*taken, *(slot.name for slot in draft.slots)}
    names: dict[str, str] = {}
    for column, wish in zip(columns, wishes, strict=True):
        hidden = wish == "in_channels" and wish in taken  # those of a layer further in
        name, child = "width" if hidden else wish, draft.slots[column.child].name
        if common[wish] > 1 and re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]*", child):
            name = f"{child}_{wish}"
        elif common[wish] > 1 and wish == "out" and column.values != outgoing:
            name = "width"
        names[column.key()] = free_name(name, {*taken, *names.values()})
    return names


def _wish(column: Column) -> str:
    if column.argument == "type":
        types = registry()
        kinds = {types[value].kind for value in column.values if value in types}
        return kinds.pop() if len(kinds) == 1 else "layer"
    return re.sub(r"\W", "_", SHORT.get(column.argument, column.argument))


def presence_name(draft: Draft, place: int) -> str:
    """A name for whether a child is there: its own, or that of what it is."""
    slot = draft.slots[place]
    if isinstance(slot.kind, Draft):
        return slot.name if slot.name.isidentifier() else slot.kind.name
    if slot.name.isidentifier() and not slot.unnamed:
        return slot.name
    return registry()[slot.kind].kind if slot.kind else "layer"


def free_name(wish: str, taken: Collection[str]) -> str:
    """A name that no parameter has, and no word of the language."""
    name, number = wish, 1
    while name in TAKEN or name in taken:
        number += 1
        name = f"{wish}{number}" if not wish[-1].isdigit() else f"{wish}_{number}"
    return name
