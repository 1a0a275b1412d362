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
from .computed_weights import computed_weight, is_masked, part_of, spectrally_normalised
from .graph import NotSaid
from .operations import ComputedWeight, Layer, Part
from .samples import BATCH, of_one_sample
from .special import found_in
from .torch_calls import tensors_of

LARGEST_CONSTANT = 2**24
"""Elements of a constant beyond which its numbers are not looked at."""
MOST_DIFFERENT = 4096
"""Different numbers of a constant beyond which no spec would hold them."""

Weights: TypeAlias = Mapping[str, Tensor]
"""Values for parameters and buffers, by name."""


class Origin:
    """How a tensor is computed.

    Attributes:
        shape: of the tensor.
        made_by: the call that gives it; None where it is a parameter or a constant itself.
        learned: the parameters that it is computed from, with their shapes.
        numbers: the plain numbers that the calls are given.
        buffers: those that it is computed from, with their shapes.
    """

    def __init__(
        self,
        shape: Shape,
        compute: Callable[[Weights], Tensor],
        learned: Mapping[str, Shape],
        numbers: frozenset[float] = frozenset(),
        buffers: Mapping[str, Shape] | None = None,
    ) -> None:
        self.shape = shape
        self.buffers = buffers or {}
        self.learned = learned
        self.numbers = numbers
        self.made_by = compute if isinstance(compute, MadeBy) else None
        self._compute = compute
        self._numbers: tuple[Any] | None = None
        self._part: tuple[Part | None] | None = None

    def value(self, weights: Weights) -> Tensor:
        """The tensor for these weights; what is left out is as the module has it."""
        return self._compute(weights)

    def is_fixed(self) -> bool:
        """Whether nothing of it is learned."""
        return not self.learned

    def name(self) -> str:
        """The buffer of whose numbers, in their order, it is; '' where it is none's."""
        if self.learned or len(self.buffers) != 1:
            return ""
        ((name, shape),) = self.buffers.items()
        if self.made_by is None:
            return name
        if prod(shape) != prod(map(of_one_sample, self.shape)):
            return ""
        with unset_fake_temporarily():
            numbers = _all_different(shape)
            try:
                found = self.value({name: numbers})
            except (RuntimeError, TypeError, IndexError):  # it computes with the numbers
                return ""
            same = torch.equal(found.flatten().to(torch.float64), numbers.flatten())
            return name if same else ""

    def constant(self) -> Any:
        """Its numbers, as nested lists or one number; None where they are learned, or many."""
        if self.learned or prod(map(of_one_sample, self.shape)) > LARGEST_CONSTANT:
            return None
        if self._numbers is None:
            with unset_fake_temporarily():
                self._numbers = (_numbers_of(self.value({})),)
        return self._numbers[0]

    def matrix(self) -> tuple[str, bool] | None:
        """The parameter that it is, as a matrix, and whether it is its transpose."""
        if len(self.learned) != 1 or len(self.shape) != 2:
            return None
        ((name, shape),) = self.learned.items()
        with unset_fake_temporarily():
            numbers = _all_different(shape)
            try:
                found = self.value({name: numbers})
            except (RuntimeError, TypeError):  # it cannot be computed in float64
                return None
            for matrix, transposed in ((found, False), (found.T, True)):
                if torch.equal(matrix.flatten(), numbers.flatten()):
                    return name, transposed
        return None

    def stretched(self) -> tuple[str, Shape] | None:
        """The parameter of whose numbers, in their order, it is made by stretching dimensions,
        and the shape before: the parameter's own, with ones for these. None: it is not so made.
        """
        if len(self.learned) != 1:
            return None
        ((name, shape),) = self.learned.items()
        with unset_fake_temporarily():
            numbers = _all_different(shape)
            try:
                found = self.value({name: numbers})
            except (RuntimeError, TypeError):  # it cannot be computed in float64
                return None
            for dim in range(found.dim()):
                first = found.narrow(dim, 0, 1)
                if bool((first == found).all()):
                    found = first
            same = torch.equal(found.flatten(), numbers.flatten())
            return (name, tuple(found.shape)) if same else None

    def special(self, place: str) -> Layer | None:
        """The layer of a special type that it is where it is 'added' or 'given', or None."""
        with unset_fake_temporarily():
            return next(filter(None, (find(self) for find in found_in(place))), None)

    def computed_weight(self) -> ComputedWeight | None:
        """What it is computed from, where layer types say it of a weight."""
        known = self._by_type({}) or self._masked() or self._by_type(self._masks())
        return known or self._some_of_a_parameter()

    def part(self) -> Part | None:
        """The parameter or buffer of which it is some numbers, each once; None: of none."""
        if self._part is None:
            self._part = (self._found_part(),)
        return self._part[0]

    def _found_part(self) -> Part | None:
        own = {**self.learned, **self.buffers}
        if len(own) != 1 or self.made_by is None:
            return None
        ((name, shape),) = own.items()
        if prod(self.shape) > prod(shape):
            return None
        with unset_fake_temporarily():
            return part_of(self.value, name, shape)

    def _some_of_a_parameter(self) -> ComputedWeight | None:
        part = self.part()
        return part and ComputedWeight("", {}, {"weight": part.name}, values={"weight": self})

    def _by_type(self, masked: Mapping[str, Origin]) -> ComputedWeight | None:
        """The layer type that computes it so, of parameters some of which have a mask."""
        with unset_fake_temporarily():
            found = computed_weight(self.value, self.shape, self.learned, self.numbers, masked)
            return found or spectrally_normalised(self.value, self.learned, self.buffers, masked)

    def _masks(self) -> dict[str, Origin]:
        """What stands for parameters in the calls that make it: they, with a mask."""
        found: dict[str, Origin] = {}
        sources = [] if self.made_by is None else self.made_by.sources()
        for source in sources:
            own = source._masked() if source.made_by is not None else None
            found |= source._masks() if own is None else {own.weights["weight"]: source}
        return found

    def _masked(self) -> ComputedWeight | None:
        """The parameter of whose numbers, times fixed ones, it is made: a pruned weight."""
        if len(self.learned) != 1:
            return None
        ((name, shape),) = self.learned.items()
        if prod(shape) != prod(self.shape):
            return None
        with unset_fake_temporarily():
            if not is_masked(self.value, name, shape):
                return None
        return ComputedWeight("", {}, {"weight": name}, values={"weight": self})


class MadeBy:
    """A call that can be made again, for one sample.

    Attributes:
        function: what is called.
        args, kwargs: with origins in place of tensors, and one sample in place of the batch.
        shapes: of the tensors that come out.
        place: which of them is meant.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        args: Any,
        kwargs: Any,
        shapes: tuple[Shape, ...],
        place: int = 0,
    ) -> None:
        self.function, self.args, self.kwargs = function, args, kwargs
        self.shapes, self.place = shapes, place
        name = getattr(function, "__name__", "")
        self._writes = name.startswith(("__i", "__setitem")) or (
            name[-1:] == "_" and name[-2:] != "__"
        )

    def sources(self) -> list[Origin]:
        """The tensors that it reads, in lists and dictionaries too."""
        found: list[Origin] = []
        replaced([*self.args, *self.kwargs.values()], Origin, found.append)
        return found

    def giving(self, place: int) -> MadeBy:
        """The same call, of which another tensor is meant."""
        return MadeBy(self.function, self.args, self.kwargs, self.shapes, place)

    def result(self, weights: Weights) -> Any:
        """All that comes out, for these weights."""

        def computed(origin: Origin) -> Tensor:
            value = origin.value(weights)
            return value.clone() if self._writes else value

        args, kwargs = (replaced(given, Origin, computed) for given in (self.args, self.kwargs))
        result = self.function(*args, **kwargs)
        # x[...] = y gives nothing, but writes into x.
        return args[0] if result is None else result

    def __call__(self, weights: Weights) -> Tensor:
        return tensors_of(self.result(weights))[self.place]


class Origins:
    """The origins of a module's tensors, and of what is computed from them in its run."""

    def __init__(self, module: nn.Module) -> None:
        self._learned = {id(tensor): name for name, tensor in module.named_parameters()}
        self._buffers = {id(tensor): name for name, tensor in module.named_buffers()}
        self._computed: dict[int, Origin] = {}
        for inner in nn.Module.modules(module):
            self._note_pruned(inner)

    def _note_pruned(self, module: nn.Module) -> None:
        """What pruning has computed of a module's tensors, and computes again when it runs."""
        for key, tensor in vars(module).items():
            names = [f"{key}_orig", f"{key}_mask"]
            if isinstance(tensor, Tensor) and all(hasattr(module, name) for name in names):
                self.note(torch.mul, [getattr(module, name) for name in names], {}, [tensor])

    def of(self, tensor: Tensor) -> Origin | None:
        """How a tensor is computed; None where it is not known."""
        found = self._computed.get(id(tensor))
        if found is not None or isinstance(tensor, FakeTensor):
            return found
        shape, learned = tuple(tensor.shape), self._learned.get(id(tensor))
        name = learned or self._buffers.get(id(tensor))
        if name is None:
            return Origin(shape, lambda weights: tensor, {})
        own = {name: shape}
        return Origin(
            shape,
            lambda weights: weights.get(name, tensor),
            own if learned else {},
            buffers={} if learned else own,
        )

    def become(self, tensor: Tensor, other: Tensor) -> None:
        """A tensor is computed as another one is, from now on."""
        self._computed.pop(id(tensor), None)
        if (origin := self.of(other)) is not None:
            self._computed[id(tensor)] = origin

    def note(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        outputs: Sequence[Tensor],
        form: Tensor | None = None,
    ) -> None:
        """Remember a call that reads nothing that follows from the input.

        Args:
            function: what was called.
            args: by position.
            kwargs: by name.
            outputs: what it gave.
            form: the argument of which it reads the shape and type alone.
        """
        made_by = self._made_by(function, args, kwargs, outputs, form)
        if made_by is None:
            return
        sources = made_by.sources()
        learned = {name: shape for source in sources for name, shape in source.learned.items()}
        numbers = frozenset(_numbers([*args, *kwargs.values()])).union(
            *(source.numbers for source in sources)
        )
        buffers = {name: shape for source in sources for name, shape in source.buffers.items()}
        for place, tensor in enumerate(outputs):
            self._computed[id(tensor)] = Origin(
                tuple(tensor.shape), made_by.giving(place), learned, numbers, buffers
            )

    def computed(
        self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """What a call gives that reads constants alone: numbers, or tensors that have them.

        Raises:
            NotSaid: it reads something else, or gives something for each sample.
        """
        made_by = self._made_by(function, args, kwargs, (), None)
        if made_by is None or any(
            source.learned or any(size % BATCH == 0 for size in source.shape if size)
            for source in made_by.sources()
        ):
            raise NotSaid("asks for the values of a tensor")
        with unset_fake_temporarily():
            return made_by.result({})

    def _made_by(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        outputs: Sequence[Tensor],
        form: Tensor | None,
    ) -> MadeBy | None:
        """A call with origins in place of tensors; None where one is not known."""

        def of(tensor: Tensor) -> Origin | None:
            return _of_the_form(tensor) if tensor is form else self.of(tensor)

        if any(of(tensor) is None for tensor in tensors_of([*args, *kwargs.values()])):
            return None
        given, named = (
            replaced(replaced(value, Tensor, of), int, of_one_sample) for value in (args, kwargs)
        )
        return MadeBy(function, given, named, tuple([tuple(t.shape) for t in outputs]))


def _of_the_form(tensor: Tensor) -> Origin:
    """Zeros of the shape and type of one sample."""
    shape, dtype = tuple(map(of_one_sample, tensor.shape)), tensor.dtype
    return Origin(tuple(tensor.shape), lambda weights: torch.zeros(shape, dtype=dtype), {})


def _all_different(shape: Shape) -> Tensor:
    """Numbers of both signs that are all different."""
    return (torch.arange(prod(shape), dtype=torch.float64) - prod(shape) // 2).view(shape)


def replaced(value: Any, kind: type, make: Callable[[Any], Any]) -> Any:
    """A value with all of a kind that it holds, in lists and dictionaries too, replaced."""
    if isinstance(value, kind):
        return make(value)
    if isinstance(value, dict):
        return {key: replaced(item, kind, make) for key, item in value.items()}
    if type(value) in (list, tuple, torch.Size):
        items = [replaced(item, kind, make) for item in value]
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


def _numbers_of(tensor: Tensor) -> Any:
    """A tensor's numbers as `Origin.constant` gives them; one where all are the same."""
    if tensor.numel() <= MOST_DIFFERENT:
        return _short(tensor.tolist())
    first = tensor.flatten()[0]
    if bool((tensor == first).all()):
        return _short(first.item())
    alike = any(bool((tensor == tensor.narrow(dim, 0, 1)).all()) for dim in range(tensor.dim()))
    return (
        _short(tensor.tolist()) if alike and len(torch.unique(tensor)) <= MOST_DIFFERENT else None
    )


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
