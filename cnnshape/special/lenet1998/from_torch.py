"""LeNet-5's layers of 1998, where their parts are written one by one."""

from __future__ import annotations

from dataclasses import replace
from math import isclose, prod

from ...importing.gating import ByKey, applied, offset_of, scale_of
from ...importing.graph import Recorded


def rewritten(recorded: list[Recorded]) -> list[Recorded]:
    """The layers with ScaledTanh and Subsampling2d in place of what computes them."""
    return applied(applied(recorded, _scaled_tanh), _subsampling)


def _scaled_tanh(item: Recorded, by_key: ByKey) -> Recorded:
    """a · tanh(s · x)."""
    tanh = by_key.get(item.reads[0]) if _is_factor(item) else None
    steep = (
        by_key.get(tanh.reads[0]) if tanh is not None and tanh.type == "Tanh" else None
    )
    if steep is None or not _is_factor(steep):
        return item
    given = {"amplitude": scale_of(item), "slope": scale_of(steep)}
    return replace(item, type="ScaledTanh", arguments=given, reads=steep.reads)


WINDOW = ("kernel_size", "stride")


def _subsampling(item: Recorded, by_key: ByKey) -> Recorded:
    """The sum of each window, as its mean times its size, times a weight plus a bias a map."""
    learned = item.type == "Scale" and item.arguments == {"bias": True}
    total = by_key.get(item.reads[0]) if learned else None
    mean = (
        by_key.get(total.reads[0]) if total is not None and _is_factor(total) else None
    )
    if mean is None or total is None or mean.type != "AvgPool2d":
        return item
    size = mean.arguments["kernel_size"]
    window = (size, size) if isinstance(size, int) else tuple(size)
    given = {key: mean.arguments[key] for key in mean.arguments if key in WINDOW}
    padding = mean.arguments.get("padding", 0)
    plain = padding in (0, (0, 0), [0, 0]) and not mean.arguments.get(
        "ceil_mode", False
    )
    if (
        not plain
        or mean.arguments.get("divisor_override")
        or not _is(total, prod(window))
    ):
        return item
    return replace(item, type="Subsampling2d", arguments=given, reads=mean.reads)


def _is_factor(item: Recorded) -> bool:
    """Whether it multiplies by a number, and does nothing else."""
    return item.type == "Rescale" and not offset_of(item)


def _is(factor: Recorded, number: float) -> bool:
    return isclose(scale_of(factor), number, rel_tol=1e-6)
