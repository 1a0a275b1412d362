"""How tensors that do not follow from the input are computed, to compute them again. Needs torch.

A recording runs on tensors without values. What a module computes of its parameters and
constants alone is kept as the calls that made it, and can so be computed for any weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from struct import pack, unpack
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensor, unset_fake_temporarily

from ..layers.shapes import Shape
from .computed_weights import computed_weight
from .operations import ComputedWeight, PositionBias
from .position_bias import position_bias
from .samples import BATCH
from .sine_positions import sine_positions
from .torch_calls import tensors_of

LARGEST_CONSTANT = 100_000
"""Elements of a constant beyond which its numbers are not looked at: no spec would hold them."""

Weights: TypeAlias = Mapping[str, Tensor]
"""Values for parameters and buffers, by name."""


class Origin:
    """How a tensor is computed.

    Attributes:
        shape: of the tensor.
        learned: the parameters that it is computed from, with their shapes.
        numbers: the plain numbers that the calls are given.
    """

    def __init__(
        self,
        shape: Shape,
        compute: Callable[[Weights], Tensor],
        learned: Mapping[str, Shape],
        numbers: frozenset[float] = frozenset(),
    ) -> None:
        self.shape = shape
        self.learned = learned
        self.numbers = numbers
        self._compute = compute

    def value(self, weights: Weights) -> Tensor:
        """The tensor for these weights; what is left out is as the module has it."""
        return self._compute(weights)

    def constant(self) -> Any:
        """Its numbers, as nested lists or one number; None where they are learned, or many."""
        if self.learned or prod(map(_of_one_sample, self.shape)) > LARGEST_CONSTANT:
            return None
        with unset_fake_temporarily():
            return _short(self.value({}).tolist())

    def matrix(self) -> tuple[str, bool] | None:
        """The parameter that it is, as a matrix, and whether it is its transpose."""
        if len(self.learned) != 1 or len(self.shape) != 2:
            return None
        ((name, shape),) = self.learned.items()
        with unset_fake_temporarily():
            count = torch.Size(shape).numel()
            numbers = torch.arange(count, dtype=torch.float64) - count // 2
            try:
                found = self.value({name: numbers.reshape(shape)})
            except (RuntimeError, TypeError):  # it cannot be computed in float64
                return None
            for matrix, transposed in ((found, False), (found.T, True)):
                if torch.equal(matrix.reshape(-1), numbers):
                    return name, transposed
        return None

    def of_each_sample(self) -> str | None:
        """The parameter whose numbers it has for each sample of the batch, or None."""
        if len(self.learned) != 1 or self.shape[:1] != (BATCH,):
            return None
        ((name, shape),) = self.learned.items()
        with unset_fake_temporarily():
            numbers = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
            try:
                found = self.value({name: numbers.view(shape)}).flatten(1)
            except (RuntimeError, TypeError):  # it cannot be computed in float64
                return None
            same = found.shape[1:] == numbers.shape and bool((found == numbers).all())
        return name if same else None

    def sine_positions(self) -> dict[str, Any] | None:
        """The arguments of the PositionEmbeddingSine that it is, or None."""
        if self.learned:
            return None
        with unset_fake_temporarily():
            return sine_positions(self.value, self.shape, self.numbers)

    def position_bias(self) -> PositionBias | None:
        """The table and how it is looked up, where it is numbers for pairs of positions."""
        with unset_fake_temporarily():
            return position_bias(self.value, self.shape, self.learned)

    def computed_weight(self) -> ComputedWeight | None:
        """What it is computed from, where layer types say it of a weight."""
        with unset_fake_temporarily():
            return computed_weight(self.value, self.shape, self.learned, self.numbers)


class Origins:
    """The origins of a module's tensors, and of what is computed from them in its run."""

    def __init__(self, module: nn.Module) -> None:
        self._learned = {id(tensor): name for name, tensor in module.named_parameters()}
        self._computed: dict[int, Origin] = {}

    def of(self, tensor: Tensor) -> Origin | None:
        """How a tensor is computed; None where it is not known."""
        found = self._computed.get(id(tensor))
        if found is not None or isinstance(tensor, FakeTensor):
            return found
        shape, name = tuple(tensor.shape), self._learned.get(id(tensor))
        if name is None:
            return Origin(shape, lambda weights: tensor, {})
        return Origin(shape, lambda weights: weights.get(name, tensor), {name: shape})

    def note(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        outputs: Sequence[Tensor],
    ) -> None:
        """Remember a call that reads nothing that follows from the input."""
        sources = [self.of(tensor) for tensor in tensors_of([*args, *kwargs.values()])]
        known = [source for source in sources if source is not None]
        if len(known) < len(sources):
            return
        learned = {name: shape for source in known for name, shape in source.learned.items()}
        numbers = frozenset(_numbers([*args, *kwargs.values()])).union(
            *(source.numbers for source in known)
        )
        for place, tensor in enumerate(outputs):
            call = _Call(function, self._stored(args), self._stored(kwargs), place)
            self._computed[id(tensor)] = Origin(tuple(tensor.shape), call, learned, numbers)

    def _stored(self, value: Any) -> Any:
        return _replaced(_replaced(value, Tensor, self.of), int, _of_one_sample)


class _Call:
    """A call that can be made again: `args` and `kwargs` hold origins in place of tensors."""

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: Any, place: int) -> None:
        self.function, self.args, self.kwargs, self.place = function, args, kwargs, place
        name = getattr(function, "__name__", "")
        self.in_place = name.startswith("__i") or (name[-1:] == "_" and name[-2:] != "__")

    def __call__(self, weights: Weights) -> Tensor:
        def computed(origin: Origin) -> Tensor:
            value = origin.value(weights)
            return value.clone() if self.in_place else value

        args, kwargs = (_replaced(given, Origin, computed) for given in (self.args, self.kwargs))
        return tensors_of(self.function(*args, **kwargs))[self.place]


def _of_one_sample(size: int) -> int:
    """A size with the batch divided out: what has numbers for each sample is computed for one."""
    return size if isinstance(size, bool) or size % BATCH else size // BATCH


def _replaced(value: Any, kind: type, make: Callable[[Any], Any]) -> Any:
    """A value with all of a kind that it holds, in lists and dictionaries too, replaced."""
    if isinstance(value, kind):
        return make(value)
    if isinstance(value, dict):
        return {key: _replaced(item, kind, make) for key, item in value.items()}
    if type(value) in (list, tuple, torch.Size):
        items = [_replaced(item, kind, make) for item in value]
        return items if isinstance(value, list) else tuple(items)
    return value


def _numbers(values: Sequence[Any]) -> list[float]:
    found: list[float] = []
    for value in values:
        if isinstance(value, (list, tuple)):
            found += _numbers(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found.append(float(value))
    return found


def _short(value: Any) -> Any:
    """Numbers as they were written, where they are a single float's: 0.485, not 0.48500001."""
    if isinstance(value, list):
        return [_short(item) for item in value]
    if not isinstance(value, float):
        return value
    for digits in range(1, 10):
        short = float(f"{value:.{digits}g}")
        if short == value or _single(short) == value:
            return short
    return value


def _single(value: float) -> float:
    """The nearest number of 32 bits."""
    try:
        (found,) = unpack("f", pack("f", value))
    except OverflowError:
        return value
    return float(found)
