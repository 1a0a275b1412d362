"""A tensor of the run as a rule reads it. No torch is needed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ...layers.shapes import Shape
from ..graph import NotSaid
from ..samples import FIRST, Samples

if TYPE_CHECKING:
    from .call import Layer


class ComputedWeight(NamedTuple):
    """How a layer's weight is computed from what it learns.

    Attributes:
        prefix: of the layer type's name, 'Std' for StdConv2d.
        arguments: of that type, beside those of the plain layer.
        weights: for each of its tensors that makes up the weight, the original's name.
        scale: what the weight is multiplied by then.
        values: how those tensors are computed that are not the original's as they are.
    """

    prefix: str
    arguments: dict[str, float]
    weights: dict[str, str]
    scale: float = 1
    values: Mapping[str, Origin] = {}


class Part(NamedTuple):
    """Some numbers of a parameter or buffer, each once.

    Attributes:
        name: of the part: 'weight[0:8, 3:6]'.
        whole: the name of the tensor.
        places: which numbers of the tensor they are: ones and zeros in its shape.
    """

    name: str
    whole: str
    places: Any


class Origin(Protocol):
    """How a tensor is computed from parameters and constants alone."""

    def is_fixed(self) -> bool:
        """Whether nothing of it is learned."""
        return False

    def value(self, weights: Mapping[str, Any]) -> Any:
        """The tensor, for these weights; None where that is not known."""
        return None

    def constant(self) -> Any:
        """Its numbers, as nested lists or one number; None where they are learned, or many."""
        return None

    def matrix(self) -> tuple[str, bool] | None:
        """The parameter that it is, as a matrix, and whether transposed; None: it is neither."""
        return None

    def stretched(self) -> tuple[str, Shape] | None:
        """The parameter of whose numbers, in their order, it is made by stretching dimensions,
        and the shape before; None: it is not so made."""
        return None

    def special(self, place: str) -> Layer | None:
        """The layer of a special type that it is where it is 'added' to a value, or 'given' for
        each sample, but for what it reads; or None."""
        return None

    def part(self) -> Part | None:
        """The parameter or buffer of which it is some numbers, each once; None: of none."""
        return None

    def computed_weight(self) -> ComputedWeight | None:
        """What it is computed from, where layer types say it of a weight."""
        return None


class Value(NamedTuple):
    """A tensor of the run.

    Attributes:
        key: of the layer that gives it; '' for one that does not follow from the input.
        shape: as a network has it, with the batch first.
        name: of the parameter or buffer that it is, or ''.
        samples: where they lie in the tensor.
        origin: how it is computed, where it does not follow from the input and that is known.
    """

    key: str
    shape: Shape
    name: str = ""
    samples: Samples = FIRST
    origin: Origin | None = None

    @property
    def tensor(self) -> Shape:
        """The shape as PyTorch has it."""
        if not self.shape:
            return ()  # one number of all samples
        batch, *sample = self.shape
        dim, parts = self.samples
        if not parts:
            return tuple(sample)
        return (*sample[:dim], batch * parts, *sample[dim + (parts > 1) :])

    @property
    def rank(self) -> int:
        """The tensor's dimensions."""
        return len(self.tensor)

    @property
    def outer(self) -> int:
        """How many positions the tensor's dimensions before that of the samples have."""
        return prod(self.shape[1 : self.samples.dim + 1])

    def dim(self, given: int) -> int:
        """A dimension of the tensor as a network counts it; raises NotSaid for the samples'."""
        if self.samples == FIRST:
            return given
        place = given % self.rank
        if place == self.samples.dim and self.samples.parts:
            raise NotSaid("along the batch, which has other dimensions folded in")
        number = self._number(place)
        return number - len(self.shape) if given < 0 else number

    def new_dim(self, given: int) -> int:
        """As `dim`, of a dimension that is put in; `given` counts in what comes out."""
        place = given % (self.rank + 1)
        before = place <= self.samples.dim or self.samples.parts != 1
        number = place + 1 if before else place
        return number - len(self.shape) - 1 if given < 0 else number

    def order(self, given: Sequence[int]) -> list[int]:
        """All dimensions of the tensor in a new order, as a network counts them."""
        numbers = [self._number(place % self.rank) for place in given]
        return [0, *(number for number in numbers if number)]

    def _number(self, place: int) -> int:
        dim, parts = self.samples
        if parts != 1 or place < dim:
            return place + 1
        return place if place > dim else 0


class Indices(NamedTuple):
    """The places of the maxima, a max pool's second output; `pooled`: what was pooled."""

    pooled: Value
