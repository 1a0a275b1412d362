"""Lessons for tests, from the arguments of their layers."""

from __future__ import annotations

from typing import Any

from cnnshape.layers import registry
from cnnshape.lesson.reading import IMAGE, KERNEL, default_image, kernels_for, made_up, parse
from cnnshape.worked.convolutions import convolve, transpose
from cnnshape.worked.pools import pool
from cnnshape.worked.values import Worked, build


def lesson(
    kind: str = "Conv2d", *, image: Any = None, channels: int = 1, filters: int = 1,
    kernel: str | None = KERNEL, bias: Any = (), activation: str = "", **arguments: Any,
) -> Worked:  # fmt: skip
    """A lesson on the default image, unless another is given as text or as a shape."""
    if image is None:
        maps = default_image(IMAGE, channels)
    else:
        maps = parse(image) if isinstance(image, str) else made_up(image, 0, 9)
    if "Pool" in kind:
        return pool(build(registry()[kind], {"kernel_size": 2, **arguments}, maps)[0], maps)
    text = None if filters > 1 or len(maps) > 1 else kernel
    kernels = kernels_for(text, len(maps), filters, None)  # type: ignore[arg-type]
    size = [len(kernels[0][0]), len(kernels[0][0][0])]
    given = {"out_channels": filters, "kernel_size": size, "bias": bool(bias), **arguments}
    layer, _ = build(registry()[kind], given, maps)
    work: Any = convolve if kind == "Conv2d" else transpose
    worked: Worked = work(layer, maps, kernels, list(bias), activation)
    return worked
