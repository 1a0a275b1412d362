"""Activations of torch.nn that read along a dimension: softmax, its kin, and GLU."""

from __future__ import annotations

from typing import Any, ClassVar

from ..fixes import Fix, setting
from ._dimensions import dimension, dimension_name, sample_dimension, with_batch
from .base import ELEMENTWISE, Example, Layer, LayerError, Meaning, Step
from .fields import Integer, Optional, defaulted
from .shapes import Shape, Shapes, format_shape


def _along(dim: int, shape: Shape, span: int) -> tuple[Step, ...] | None:
    """The footprint of a layer that looks `span` positions further along `dim` alone."""
    if len(shape) < 2:
        return None
    return tuple(
        Step(span, 1) if index == dim else ELEMENTWISE for index in range(2, len(shape) + 1)
    )


class _Softmax(Layer):
    """A function of each element and of all others along one dimension.

    Args:
        dim: the dimension along which the elements are weighed against each other, the
            batch counted as 0; null: PyTorch's own choice, 0 for an input of one or three
            dimensions with the batch, else 1.
    """

    kind = "activation"
    dim = defaulted(Optional(Integer()), None)

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        # PyTorch warns where it must choose, so the module is built with the choice made.
        (shape,) = inputs
        if self.dim is None:
            return {"dim": 0 if len(shape) in (0, 2) else 1}
        dimension(self, self.dim, shape)
        return {}

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        (shape,) = inputs
        dim = dimension(self, self._bound_dim(), shape)
        return _along(dim, shape, shape[dim - 1] - 1) if dim else super().footprint(inputs, output)

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        (shape,) = inputs
        if dimension(self, self._bound_dim(), shape) != 0:
            return []
        return [
            f"dim 0 of {with_batch(shape)} is the batch: the samples are weighed against each "
            f"other; write dim: 1 for the {dimension_name(1, shape)}"
        ]

    def summary(self) -> str:
        return "" if self.dim is None else f"dim {self.dim}"

    along_classes: ClassVar[Meaning] = "scores"
    """What it gives where it runs along the dimension of the classes."""

    def meaning(self) -> Meaning:
        # Of a vector, N×C, where the classes are dimension 1.
        return self.along_classes if self._bound_dim() in (1, -1) else "scores"

    def meaning_of(self, inputs: Shapes) -> Meaning:
        (shape,) = inputs
        dim = dimension(self, self._bound_dim(), shape)
        return self.along_classes if dim and shape[dim - 1] == max(shape) else "scores"

    def _bound_dim(self) -> int:
        assert self.dim is not None, "bind() has chosen"
        return self.dim


class Softmax(_Softmax):
    """exp(x), divided by the sum of exp(x) along a dimension. Source: torch.nn.Softmax."""

    reads_logits = True
    along_classes = "probabilities"
    examples = (
        Example({"dim": 1}, (10,), (10,)),
        Example({}, (10,), (10,)),
        Example({"dim": -3}, (21, 64, 64), (21, 64, 64)),
    )


class LogSoftmax(_Softmax):
    """The logarithm of Softmax, computed without overflow. Source: torch.nn.LogSoftmax."""

    reads_logits = True
    along_classes = "log-probabilities"
    examples = (
        Example({"dim": 1}, (10,), (10,)),
        Example({}, (21, 64, 64), (21, 64, 64)),
    )


class Softmin(_Softmax):
    """Softmax of −x: the least element weighs most. Source: torch.nn.Softmin."""

    along_classes = "probabilities"
    examples = (
        Example({"dim": 1}, (10,), (10,)),
        Example({"dim": -1}, (8, 50), (8, 50)),
    )


class Softmax2d(Layer):
    """Softmax over the channels at each position of a map. Source: torch.nn.Softmax2d."""

    kind = "activation"
    reads_logits = True
    examples = (
        Example({}, (21, 64, 64), (21, 64, 64)),
        Example({}, (3, 1, 1), (3, 1, 1)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        if len(shape) not in (2, 3):
            raise LayerError(
                f"Softmax2d reads C×H×W, not {format_shape(shape)}",
                fixes=[
                    Fix(
                        "Softmax with dim: 1 takes the channels of any input",
                        {"dim": 1},
                        type="Softmax",
                    )
                ],
            )
        return shape

    def meaning_of(self, inputs: Shapes) -> Meaning:
        (shape,) = inputs
        return "probabilities" if len(shape) == 3 and shape[0] == max(shape) else "scores"

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        (shape,) = inputs
        if len(shape) == 3:
            return []
        return [
            f"PyTorch takes {with_batch(shape)} for one C×H×W map: the softmax runs over the "
            "batch; write Softmax with dim: 1 for the channels"
        ]


class GLU(Layer):
    """The first half along a dimension, times the sigmoid of the second half.

    Args:
        dim: the dimension that is halved, the batch counted as 0; its size must be even.

    Source: torch.nn.GLU.
    """

    kind = "activation"
    dim = defaulted(Integer(), -1)
    examples = (
        Example({}, (84,), (42,)),
        Example({"dim": 1}, (32, 28, 28), (16, 28, 28)),
        Example({}, (8, 50), (8, 25)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        dim = sample_dimension(self, self.dim, shape)
        size = shape[dim - 1]
        if size % 2:
            raise LayerError(
                f"GLU cannot halve the {size} {dimension_name(dim, shape)} of "
                f"{format_shape(shape)}: {size} is odd",
                fixes=[
                    setting(f"dim: {even}, whose size is even", dim=even)
                    for even, count in enumerate(shape, 1)
                    if count % 2 == 0
                ],
                help=f"give it {size + 1}, or another even number",
                field="dim",
            )
        return (*shape[: dim - 1], size // 2, *shape[dim:])

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        (shape,) = inputs
        dim = sample_dimension(self, self.dim, shape)
        return _along(dim, shape, output[dim - 1])

    def formula(self, inputs: Shapes, output: Shape) -> str:
        (shape,) = inputs
        dim = sample_dimension(self, self.dim, shape)
        return f"{shape[dim - 1]}/2 = {output[dim - 1]}"
