"""What templates are called: by their class, by their places, or by what they hold."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from .groups import PLAIN_CLASSES

if TYPE_CHECKING:
    from ..network import Node
    from .groups import Draft, Group

MOST_WORDS = 3
"""Of how many layers a name may tell that says what is held."""


def name_drafts(drafts: list[Draft]) -> None:
    """Give each draft a name of its own."""
    taken: Counter[str] = Counter()
    # Those that stand at several places will be seen by their names, so these come first.
    for draft in sorted(drafts, key=lambda draft: draft.places == 1):
        if not draft.first.path:
            continue
        stem = snake_case(draft.class_name) if draft.class_name not in PLAIN_CLASSES else ""
        stem = stem or _common_stem([group.path for group in draft.instances])
        stem = stem or _held(draft.first) or "part"
        taken[stem] += 1
        number = taken[stem]
        name = stem if number == 1 else f"{stem}_{number}"
        while number > 1 and name in taken:
            number += 1
            name = f"{stem}_{number}"
        taken[name] += name != stem
        draft.name = name


def _common_stem(paths: list[str]) -> str:
    """What the last written names of paths have in common, without their numbers: 'expand' of
    'expand1x1' and 'expand3x3'; of names that are numbers, what the names before these have."""
    for depth in (1, 2, 3):
        names = {_unnumbered(".".join(path.split(".")[-depth:]).split(".")[0]) for path in paths}
        if any(names):
            return snake_case(names.pop()) if len(names) == 1 else ""
    return ""


def _unnumbered(name: str) -> str:
    return re.sub(r"(\d+(x\d+)*|_)+$", "", name)


def _held(group: Group) -> str:
    """What a group holds: 'conv_bn_relu', or 'conv_relu_x2' for two of each; '' if too much."""
    stems = [_stem(node) for node in group.leaves()]
    for period in range(1, min(MOST_WORDS, len(stems)) + 1):
        count = len(stems) // period
        if stems == stems[:period] * count:
            return snake_case("_".join(stems[:period]) + (f"_x{count}" if count > 1 else ""))
    return ""


def _stem(node: Node) -> str:
    """A layer's name without its number, or else its type."""
    return node.name.rstrip("0123456789_") or node.type.lower()


def snake_case(name: str) -> str:
    """'BasicBlock' as 'basic_block'; '' where nothing of it can stand in a name."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    word = re.sub(r"[^a-z0-9_]+", "_", words).strip("_")
    return word if word and not word[0].isdigit() else ""
