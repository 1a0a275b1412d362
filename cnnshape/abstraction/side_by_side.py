"""Variants of a group put side by side: which child of one is which of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .arguments import spec_arguments
from .default_names import default_names
from .groups import Draft, Group, Pattern, Slot

if TYPE_CHECKING:
    from ..network import Node

MOST_SLOTS = 60
"""Children beyond which groups are not held against each other."""
MOST_OPTIONAL = 3
"""How many parts of a draft may be left out, each with a condition of its own."""
MOST_TYPES = 2
"""How many layers of a draft may be of several types."""
FEW = 2
"""Children that groups may differ in though they have less in common."""
LONGEST_ROW = 2
"""Alike children in a row beyond which they are a repeat of several lengths, no options."""


@dataclass(eq=False)
class Variant(Pattern):
    """A pattern whose slots have names of their own.

    Attributes:
        groups: until they have a draft.
        draft: what they are instances of, in the end.
        places: for each slot of the draft the number of the own one in it, or None.
        unnamed: the slots that have the names that they would have without.
        arguments: what is written of a layer.
        modules: what holds tensors is found by its name.
    """

    arguments: Callable[[Node], dict[str, Any]] = spec_arguments
    modules: bool = False
    groups: list[Group] = field(default_factory=list)
    draft: Draft | None = None
    places: tuple[int | None, ...] = field(init=False)
    unnamed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.places = tuple(range(len(self.slots)))
        own = [(s.name, s.kind) for s in self.slots if isinstance(s.kind, str) and s.shares is None]
        self.unnamed = default_names(own, [slot.name for slot in self.slots])

    @property
    def kept(self) -> int:
        """How many turns stand for all in its groups; 0: they are not cut."""
        return self.groups[0].kept

    def bare(self, place: int) -> bool:
        """Whether a layer has no arguments, so that its type is all there is to say."""
        node = self.groups[0].children[place][1]
        return not isinstance(node, Group) and not self.arguments(node)

    def keeps_name(self, place: int) -> bool:
        """Whether a child must be called as it is."""
        node = self.groups[0].children[place][1]
        return self.modules and (isinstance(node, Group) or bool(node.op.params + node.op.buffers))


Column: TypeAlias = tuple[int | None, ...]
"""For each variant the number of its slot that stands here, or None."""


class Together(NamedTuple):
    """Variants whose slots are put side by side.

    Attributes:
        variants: those with more slots come first.
        columns: of slots that are the same child.
    """

    variants: list[Variant]
    columns: list[Column]

    def slots(self, column: Column) -> Iterator[tuple[Variant, Slot]]:
        for variant, place in zip(self.variants, column, strict=True):
            if place is not None:
                yield variant, variant.slots[place]

    def kinds(self, column: Column) -> set[str | Draft]:
        return {slot.kind for _, slot in self.slots(column)}


def with_one_more(together: Together, variant: Variant) -> Together | None:
    """One more variant beside others; None where it is too unlike them."""
    columns, slots = together.columns, variant.slots
    first = together.variants[0]
    if (
        variant.inputs != first.inputs
        or variant.kept != first.kept
        or max(len(columns), len(slots)) > MOST_SLOTS
        or any(slot.shares is not None for v in (variant, first) for slot in v.slots)
    ):
        return None
    pairs = _aligned(together, variant)
    matched = [(c, s) for c, s in pairs if c is not None and s is not None]
    same = [c for c, s in matched if together.kinds(columns[c]) == {slots[s].kind}]
    apart = len(pairs) - len(matched)
    if not same or 3 * len(matched) < 2 * len(slots) or apart > max(len(matched), FEW):
        return None
    none: Column = (None,) * len(together.variants)
    wider = Together(
        [*together.variants, variant],
        [(*(none if c is None else columns[c]), s) for c, s in pairs],
    )
    return wider if _is_readable(wider) else None


def _aligned(together: Together, variant: Variant) -> list[tuple[int | None, int | None]]:
    """Columns and slots in order, matched as well as can be; of equals the last ones."""
    columns, slots = together.columns, variant.slots
    scores = [[_alike(together, c, variant, s) for s in range(len(slots))] for c in columns]
    best = [[0] * (len(slots) + 1) for _ in range(len(columns) + 1)]
    for i, row in enumerate(scores):
        for j, score in enumerate(row):
            match = best[i][j] + score if score else 0
            best[i + 1][j + 1] = max(match, best[i][j + 1], best[i + 1][j])
    pairs: list[tuple[int | None, int | None]] = []
    i, j = len(columns), len(slots)
    while i or j:
        score = scores[i - 1][j - 1] if i and j else 0
        if score and best[i][j] == best[i - 1][j - 1] + score:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and (not j or best[i][j] == best[i - 1][j]):
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def _alike(together: Together, column: Column, variant: Variant, place: int) -> int:
    """How alike a slot and those of a column are; 0: they are not the same child."""
    slot = variant.slots[place]
    others = list(together.slots(column))
    for other, its in others:
        usual = its.name in other.unnamed and slot.name in variant.unnamed
        numbers = its.name.isdecimal() and slot.name.isdecimal() and not variant.modules
        free = (usual or numbers) and not variant.keeps_name(place)
        if not (its.name == slot.name or free):
            return 0
    if together.kinds(column) == {slot.kind}:
        return 3
    at = zip(together.variants, column, strict=True)
    bare = all(v.bare(p) for v, p in [*at, (variant, place)] if p is not None)
    return 1 if bare else 0


def presence_of(column: Column) -> tuple[bool, ...]:
    """For each variant, whether it has a slot in a column."""
    return tuple([place is not None for place in column])


def _is_readable(together: Together) -> bool:
    """Whether what the variants differ in is little, and no repeat of several lengths."""
    if together.variants[0].kept:
        return True
    present = [presence_of(column) for column in together.columns]
    kinds = [together.kinds(column) for column in together.columns]
    if len({p for p in present if not all(p)}) > MOST_OPTIONAL:
        return False
    if sum(len(kind) > 1 for kind in kinds) > MOST_TYPES:
        return False
    for _, row in groupby(zip(kinds, present, strict=True), key=lambda pair: pair[0]):
        alike = [all(each) for _, each in row]
        if len(alike) > (LONGEST_ROW if len(alike) < len(kinds) else 1) and not all(alike):
            return False
    return True
