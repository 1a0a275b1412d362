"""What a value of an argument may have been meant as: the words of other libraries, percents,
and lists with more numbers than a layer has dimensions.

Each is proposed, and tried before it is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import TYPE_CHECKING, Any

from .fields import shown

if TYPE_CHECKING:
    from .base import Layer

_WORDS: dict[str, dict[str, str]] = {
    "padding_mode": {
        "zero": "zeros", "constant": "zeros", "reflection": "reflect", "mirror": "reflect",
        "edge": "replicate", "replication": "replicate", "border": "replicate",
        "nearest": "replicate", "wrap": "circular", "periodic": "circular", "cyclic": "circular",
    },
    "padding": {
        "same_upper": "same", "half": "same", "notset": "valid", "none": "valid", "no": "valid",
    },
    "mode": {
        "nn": "nearest", "nearest_neighbor": "nearest", "nearest_neighbour": "nearest",
        "cubic": "bicubic", "box": "area", "nearest_exact": "nearest-exact",
    },
    "approximate": {"true": "tanh", "fast": "tanh", "false": "none", "erf": "none"},
}  # fmt: skip
"""For each argument, what others write for its values: numpy, scipy, TensorFlow, ONNX, OpenCV."""


def meant(name: str, value: Any, layer: type[Layer]) -> list[Any]:
    """What the value of an argument that does not fit may have been meant as, and does fit."""
    field = layer.fields[name]
    near = field.kind.near(value)
    found: list[Any] = []
    for candidate in (*([] if near is None else [near]), *_candidates(name, value)):
        try:
            field.read(candidate, layer)
        except ValueError:
            continue
        if candidate not in found:
            found.append(candidate)
    return found[:1]


def _candidates(name: str, value: Any) -> Iterator[Any]:
    if isinstance(value, (str, bool)):
        word = _WORDS.get(name, {}).get(shown(value).strip("'").casefold().replace(" ", "_"))
        if word is not None:
            yield word
    elif isinstance(value, (int, float)) and 5 <= value <= 100:
        yield value / 100
    elif isinstance(value, (list, tuple)):
        yield from _shorter(list(value))
        yield from _of_both_ends(list(value)) if name == "padding" else _spatial(list(value))


def _shorter(values: list[Any]) -> Iterator[Any]:
    """The one number that is repeated; what stands in a list in a list."""
    count = len(values)
    if count and values == [*repeat(values[0], count)]:
        yield values[0]
    if count == 1 and isinstance(values[0], (list, tuple)):
        yield list(values[0])


def _of_both_ends(values: list[Any]) -> Iterator[Any]:
    """One number a dimension, of a padding that is the same at both of its ends."""
    count, half = len(values), len(values) // 2
    if all(isinstance(pair, (list, tuple)) and len({*pair}) == 1 for pair in values):
        yield [pair[0] for pair in values]
    elif count in (4, 6) and values[:half] == values[half:]:  # ONNX: the begins, then the ends
        yield values[:half]
    elif count in (4, 6) and values[::2] == values[1::2]:  # torch.nn.functional.pad: W, then H
        yield values[::-2]


def _spatial(values: list[Any]) -> Iterator[Any]:
    """The numbers without those of samples and channels, where these are 1."""
    if len(values) > 3 and values[0] == values[-1] == 1:  # TensorFlow: N, H, W, C
        yield values[1:-1]
    if len(values) > 3 and values[:2] == [1, 1]:  # N, C, H, W
        yield values[2:]
