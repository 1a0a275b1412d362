"""Recognising attention's numbers for offsets, by what a table of them gives. Needs torch.

Libraries keep the table with the heads first or last, and look it up by an index of their
own. So the table is filled with numbers that are all different, and what comes out is held
against what the layer type would give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any

import torch
from torch import Tensor

from ...importing.operations import Layer
from ...importing.origins import Origin
from ...layers.shapes import Shape
from .module import relative_offsets


def added(origin: Origin) -> Layer | None:
    """The RelativePositionBias that adds these numbers to attention's scores, or None."""
    return position_bias(origin.value, origin.shape, origin.learned)


def position_bias(
    value: Callable[[Mapping[str, Tensor]], Tensor],
    shape: Shape,
    learned: Mapping[str, Shape],
) -> Layer | None:
    """The layer whose table numbers for pairs of positions come from, or None.

    Args:
        value: computes the numbers from their parameters.
        shape: of the numbers: heads × queries × keys.
        learned: the parameters, with their shapes.
    """
    if len(learned) != 1 or len(shape) < 3 or prod(shape[:-3]) != 1:
        return None
    ((name, table),) = learned.items()
    heads, queries, keys = shape[-3:]
    if prod(table) % heads:
        return None
    numbers = torch.arange(prod(table), dtype=torch.int32)
    try:
        found = value({name: numbers.view(table)}).reshape(heads, queries, keys)
    except (
        RuntimeError,
        TypeError,
        IndexError,
    ):  # it is computed, and not looked up alone
        return None
    for arguments in _candidates(queries, keys, prod(table) // heads):
        offsets = relative_offsets(**arguments)
        for transposed in (False, True):
            own = numbers.view(-1, heads).T if transposed else numbers.view(heads, -1)
            if torch.equal(found, own[:, offsets]):
                given = {**arguments, "size": list(arguments["size"])}
                weights = {"weight": name}
                return Layer("RelativePositionBias", given, (), weights, transposed)
    return None


def _candidates(queries: int, keys: int, count: int) -> Iterator[dict[str, Any]]:
    """The arguments of a RelativePositionBias with so many numbers a head."""
    for height in range(1, keys + 1):
        width = keys // height
        if height * width != keys:
            continue
        for signed in (True, False):
            numbers = (2 * height - 1) * (2 * width - 1) if signed else keys
            for stride in range(1, max(height, width) + 1):
                if (
                    numbers == count
                    and -(-height // stride) * -(-width // stride) == queries
                ):
                    yield {"size": (height, width), "stride": stride, "signed": signed}
