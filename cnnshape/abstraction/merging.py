"""Groups of one kind, of which some lack what others have, as one draft.

A residual block with a projection and one without, or a convolution with an activation and one
without, are one template, in which a child may be left out; what follows a child that is left
out reads what that would have read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from .groups import Draft, Slot
from .leaving_out import can_be_left_out
from .program import Reference
from .side_by_side import Column, Together, Variant, presence_of, with_one_more

MOST_WAYS = 100
"""Ways to pass by what is left out that are tried. A draft with more would not be read easily."""


def merged(variants: list[Variant]) -> None:
    """Give the groups of variants their drafts, as few as can be read."""
    found: list[tuple[Together, Draft]] = []
    for variant in sorted(variants, key=lambda variant: -len(variant.slots)):
        for place, (together, _) in enumerate(found):
            wider = with_one_more(together, variant)
            draft = wider and _draft(wider)
            if wider and draft:
                found[place] = (wider, draft)
                break
        else:
            plain = Draft(
                variant.class_name, variant.inputs, _plain(variant), variant.outputs, variant.result
            )
            alone: list[Column] = [(place,) for place in range(len(variant.slots))]
            found.append((Together([variant], alone), plain))
    for together, draft in found:
        for place, variant in enumerate(together.variants):
            variant.places = tuple([column[place] for column in together.columns])
            variant.draft = draft
            for group in variant.groups:
                draft.add(group, variant.places)


def _plain(variant: Variant) -> tuple[Slot, ...]:
    return tuple([slot._replace(unnamed=slot.name in variant.unnamed) for slot in variant.slots])


# One draft ----------------------------------------------------------------------------------


def _draft(together: Together) -> Draft | None:
    """The draft of variants that are side by side; None where what they read does not fit."""
    named = _names(together)
    if named is None:
        return None
    names = [
        {v.slots[p].name: name for (name, _, _), p in _of(named, together, k) if p is not None}
        for k, v in enumerate(together.variants)
    ]
    joins = [
        range(max(len(slot.reads) for _, slot in together.slots(column)))
        if None in column
        else range(1)
        for column in together.columns
    ]
    if prod(map(len, joins)) > MOST_WAYS:
        return None
    for passes in product(*joins):
        found = _read(together, [name for name, _, _ in named], names, passes)
        if found is not None:
            reads, outputs, result = found
            break
    else:
        return None
    slots = []
    for k, (name, unnamed, counted) in enumerate(named):
        kinds = together.kinds(together.columns[k])
        kind = next(iter(kinds)) if len(kinds) == 1 else ""
        slots.append(Slot(name, kind, reads[k], None, passes[k], unnamed, counted))
    if not can_be_left_out(slots, [None in column for column in together.columns]):
        return None
    first = together.variants[0]
    return Draft(first.class_name, first.inputs, tuple(slots), outputs, result)


Named = tuple[str, bool, tuple[int, tuple[int, ...]] | None]
"""The name of a column, whether it is unnamed, and how it is counted: see Slot."""


def _of(named: list[Named], together: Together, variant: int) -> Iterator[tuple[Named, int | None]]:
    for each, column in zip(named, together.columns, strict=True):
        yield each, column[variant]


def _names(together: Together) -> list[Named] | None:
    """What the columns are called; None where that follows no rule."""
    own = [[(v, s.name) for v, s in together.slots(column)] for column in together.columns]
    fixed = {pairs[0][1] for pairs in own if len({name for _, name in pairs}) == 1}
    named: list[Named] = []
    taken: set[str] = set()
    for k, pairs in enumerate(own):
        different = {name for _, name in pairs}
        unnamed = all(name in v.unnamed for v, name in pairs)
        name = pairs[0][1]
        counted = None
        if len(different) > 1 and not unnamed:
            counted = _counted(together, k)
            if counted is None:
                return None
        while name in taken or (len(different) > 1 and name in fixed):
            if len(different) == 1:
                return None
            name += "_"
        taken.add(name)
        named.append((name, unnamed, counted))
    return named


def _counted(together: Together, k: int) -> tuple[int, tuple[int, ...]] | None:
    """The number of a column without the optional ones before it, and which these are.

    Each of these must be left out by itself: who would count on?
    """
    before = [place for place in range(k) if None in together.columns[place]]
    if len({presence_of(together.columns[place]) for place in before}) < len(before):
        return None
    numbers = set()
    for which, variant in enumerate(together.variants):
        place = together.columns[k][which]
        if place is not None:
            name = variant.slots[place].name
            if not name.isdecimal():
                return None
            there = sum(together.columns[b][which] is not None for b in before)
            numbers.add(int(name) - there)
    return (numbers.pop(), tuple(before)) if len(numbers) == 1 else None


Read = tuple[list[tuple[Reference, ...]], tuple[Reference, ...], Reference]
"""What each column reads, the outputs, and the result."""


def _read(
    together: Together,
    columns: list[str],
    names: list[dict[str, str]],
    passes: tuple[int, ...],
) -> Read | None:
    """What the columns read, such that each variant reads what it does; None: there is no such."""
    number = {name: k for k, name in enumerate(columns)}
    reads: list[tuple[Reference, ...]] = []

    def renamed(reference: Reference, variant: int) -> Reference:
        if not reference.child:
            return reference
        return Reference(names[variant][reference.child], reference.place)

    def there(reference: Reference, variant: int) -> Reference:
        """The value in a variant, past what is left out there."""
        while reference.child and together.columns[number[reference.child]][variant] is None:
            k = number[reference.child]
            reference = reads[k][passes[k]]
        return reference

    def chosen(wanted: Mapping[int, tuple[Reference, ...]]) -> tuple[Reference, ...] | None:
        """Of what variants read, that which is right for all of them."""
        for candidate in dict.fromkeys(wanted.values()):
            if all(
                tuple([there(reference, variant) for reference in candidate]) == each
                for variant, each in wanted.items()
            ):
                return candidate
        return None

    for column in together.columns:
        found = chosen(
            {
                k: tuple([renamed(r, k) for r in together.variants[k].slots[place].reads])
                for k, place in enumerate(column)
                if place is not None
            }
        )
        if found is None:
            return None
        reads.append(found)
    everywhere = list(enumerate(together.variants))
    outputs = chosen({k: tuple([renamed(r, k) for r in v.outputs]) for k, v in everywhere})
    result = chosen({k: (renamed(v.result, k),) for k, v in everywhere})
    if outputs is None or result is None:
        return None
    return reads, outputs, result[0]
