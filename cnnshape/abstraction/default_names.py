"""The names that layers have where none is written: relu1, relu2 ..."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable


def default_names(layers: Iterable[tuple[str, str]], names: Collection[str]) -> frozenset[str]:
    """Those of the names that layers would have without.

    Args:
        layers: (name, type) each, in order, of the layers of one list that share no module.
        names: all that stands in the list, these layers too.
    """
    layers = list(layers)
    usual = {name for name, type in layers if _is_usual(name, type)}
    written = set(names) - usual
    counts: dict[str, int] = {}
    found = set()
    for name, type in layers:
        if name not in usual:
            continue
        stem = type.lower()
        number = counts.get(stem, 0) + 1
        while f"{stem}{number}" in written:
            number += 1
        if name == f"{stem}{number}":
            counts[stem] = number
            found.add(name)
    return frozenset(found)


def _is_usual(name: str, type: str) -> bool:
    return re.fullmatch(f"{re.escape(type.lower())}[1-9][0-9]*", name) is not None
