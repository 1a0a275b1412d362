"""Wrong specs of every layer type: an example with one thing changed, drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import yaml

from cnnshape.layers import Layer, registry

NUMBERS = (-1, 0, 1, 2, 3, 4, 5, 6, 7, 9, 12, 16, 20, 33, 64)


def wrong_specs(seed: int, count: int) -> Iterator[str]:
    """Texts of specs with one layer, most of which are faulty."""
    drawn = random.Random(seed)
    types = [kind for kind in registry().values() if kind.examples and _is_ours(kind)]
    for _ in range(count):
        yield _spec(drawn, drawn.choice(types))


def _is_ours(kind: type[Layer]) -> bool:
    return kind.__module__.startswith("cnnshape.")


def _spec(drawn: random.Random, kind: type[Layer]) -> str:
    example = drawn.choice(list(kind.examples))
    arguments = dict(example.arguments)
    shapes = [list(shape) for shape in example.inputs]
    if drawn.random() < 0.6 and kind.fields:
        name = drawn.choice(list(kind.fields))
        arguments[name] = _changed(drawn, arguments.get(name, kind.fields[name].default))
    else:
        shape = drawn.choice(shapes)
        change = drawn.random()
        if change < 0.5 and shape:
            place = drawn.randrange(len(shape))
            shape[place] = max(1, shape[place] + drawn.choice((-3, -2, -1, 1, 2, 3, 5)))
        elif change < 0.75 and len(shape) > 1:
            shape.pop(drawn.randrange(len(shape)))
        elif len(shape) < 4:
            shape.insert(drawn.randrange(len(shape) + 1), drawn.choice((1, 2, 3, 8)))
    return spec_of(kind.__name__, arguments, shapes)


def _changed(drawn: random.Random, value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, (list, tuple)) and value:
        changed = list(value)
        place = drawn.randrange(len(changed))
        what = drawn.random()
        if what < 0.2:
            changed.pop(place)
        elif what < 0.4:
            changed.append(changed[place])
        else:
            changed[place] = _changed(drawn, changed[place])
        return changed
    if isinstance(value, float):
        return drawn.choice((0, 0.5, 1.0, 2.0, -1.0, value * 2))
    if isinstance(value, str):
        return drawn.choice(("same", "reflect", "circular", "linear", "bilinear", "nearest"))
    return drawn.choice(NUMBERS)


def spec_of(type_name: str, arguments: dict[str, Any], shapes: list[list[int]]) -> str:
    """A spec in which one layer reads these shapes, each stretched out of one number."""
    layers: list[Any] = []
    names = []
    for index, shape in enumerate(shapes):
        name = f"in{index}"
        ones = {"type": "Reshape", "shape": [1] * len(shape), "from": "input"}
        layers.append({**ones, "name": f"ones{index}"})
        layers.append({"type": "Expand", "shape": shape, "name": name, "from": f"ones{index}"})
        names.append(name)
    layers.append({"type": type_name, "from": names, **_plain(arguments)})
    return yaml.safe_dump({"input": [1], "layers": layers}, sort_keys=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
