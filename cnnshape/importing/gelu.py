"""GELU, where it is written by hand: x · ½ · (1 + erf(x / √2)), or by tanh, in any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isclose, pi, sqrt
from typing import NamedTuple

from .gating import ByKey, applied, offset_of, scale_of
from .graph import Recorded

CUBIC = 0.044715
"""The factor of x³ in what tanh is taken of."""


def with_gelus(recorded: list[Recorded]) -> list[Recorded]:
    """The layers with GELU in place of what computes it."""
    return applied(recorded, _gelu)


def _gelu(item: Recorded, by_key: ByKey) -> Recorded:
    if item.type not in ("Multiply", "Rescale"):
        return item
    for factor in _product(item, by_key).factors:
        curve = by_key.get(factor.key)
        if curve is None or not isclose(factor.offset, 1, rel_tol=1e-6):
            continue
        for x, arguments in _arguments_of(curve, by_key):
            whole = _product(item, by_key, x)
            parts = sorted((other.key, other.offset) for other in whole.factors)
            if _is(whole.number, 0.5) and parts == sorted([(x, 0.0), (curve.key, factor.offset)]):
                return replace(item, type="GELU", arguments=arguments, reads=(x,))
    return item


def _arguments_of(curve: Recorded, by_key: ByKey) -> Iterator[tuple[str, dict[str, str]]]:
    """What x may be, where 1 + this is twice its distribution; and GELU's arguments for it."""
    if curve.type not in ("Erf", "Tanh"):
        return
    for scale, key in _scaled(curve.reads[0], by_key):
        if curve.type == "Erf" and _is(scale, sqrt(0.5)):
            yield key, {}
        total = by_key.get(key)
        if curve.type == "Erf" or total is None or total.type != "Add":
            continue
        for x, other in (total.reads, total.reads[::-1]) if len(total.reads) == 2 else ():
            if _is(scale, sqrt(2 / pi)) and _is_cubic(other, x, by_key):
                yield x, {"approximate": "tanh"}


def _is_cubic(key: str, x: str, by_key: ByKey) -> bool:
    """Whether it is the factor of GELU times x³."""
    item = by_key.get(key)
    if item is None:
        return False
    number, factors = _product(item, by_key, x)
    degree = 0.0
    for factor in factors:
        power = by_key.get(factor.key)
        if factor.offset:
            return False
        if factor.key == x:
            degree += 1
        elif power is not None and power.type == "Power" and power.reads == (x,):
            degree += float(power.arguments["exponent"])
        else:
            return False
    return degree == 3 and _is(number, CUBIC)


# Products ---------------------------------------------------------------------------------


class _Factor(NamedTuple):
    """A value, plus a number."""

    key: str
    offset: float = 0.0


class _Product(NamedTuple):
    """A number times factors."""

    number: float
    factors: tuple[_Factor, ...]


def _product(item: Recorded, by_key: ByKey, whole: str = "") -> _Product:
    """What a layer multiplies, however it is nested; `whole`: a value that is not looked into."""
    if item.type == "Multiply":
        inner = [
            _Product(1, (_Factor(key),))
            if key == whole or key not in by_key
            else _product(by_key[key], by_key, whole)
            for key in item.reads
        ]
        number = 1.0
        for part in inner:
            number *= part.number
        return _Product(number, tuple(factor for part in inner for factor in part.factors))
    scale = scale_of(item) if item.type == "Rescale" else 0
    if not scale:
        return _Product(1, (_Factor(item.key),))
    if offset := offset_of(item):
        return _Product(scale, (_Factor(item.reads[0], offset / scale),))
    source = by_key.get(item.reads[0])
    if source is None or source.key == whole:
        return _Product(scale, (_Factor(item.reads[0]),))
    number, factors = _product(source, by_key, whole)
    return _Product(scale * number, factors)


def _scaled(key: str, by_key: ByKey) -> Iterator[tuple[float, str]]:
    """Values that this one is a multiple of, the nearest first, and how many times each."""
    scale = 1.0
    yield scale, key
    while (item := by_key.get(key)) and item.type == "Rescale" and not offset_of(item):
        scale *= scale_of(item)
        key = item.reads[0]
        yield scale, key


def _is(number: float, expected: float) -> bool:
    return isclose(number, expected, rel_tol=1e-6)
