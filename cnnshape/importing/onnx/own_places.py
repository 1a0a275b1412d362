"""Layers under the names of the modules that run them alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from ..graph import Recorded
from ..ledger import Path


def with_own_places(layers: list[Recorded]) -> list[Recorded]:
    """A module that runs one layer gives it its name.

    Those that run it several times (`relu`, `relu_1`) do not: it gets the names of functions.
    What stands beside the weights of a module, as padding does, is no part of it.
    """
    leaves = {item.path for item in layers if item.path[-1]}
    inside: dict[Path, list[Recorded]] = defaultdict(list)
    for item in layers:
        for depth in range(1, len(item.path)):
            inside[_first_run(item.path[:depth], inside)].append(item)
    result = []
    for item in layers:
        path = item.path
        runs = inside[_first_run(path[:-1], inside)] if not path[-1] else []
        if path[:-1] in leaves:
            path = (*path[:-2], "")
        elif len(runs) == 1:
            path = path[:-1]
        elif runs and _is_one_function(runs, len(path)):
            path = (*path[:-2], "")
        result.append(replace(item, path=path))
    return result


def _first_run(path: Path, inside: Mapping[Path, list[Recorded]]) -> Path:
    """('layer1', 'relu') for ('layer1', 'relu_1'), where there is such a module."""
    if not path:
        return path
    first = (*path[:-1], re.sub(r"_\d+$", "", path[-1]))
    return first if first in inside else path


def _is_one_function(runs: list[Recorded], length: int) -> bool:
    """Whether what a module runs is always one layer of the same type, without weights."""
    return len({item.type for item in runs}) == 1 and not any(
        item.weights or item.shares or len(item.path) != length for item in runs
    )
