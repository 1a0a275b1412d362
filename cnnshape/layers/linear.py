"""Fully connected layers, and the layer that does nothing."""

from __future__ import annotations

from math import prod
from typing import Any, ClassVar

from ..fixes import putting_before, setting
from ..text.counts import size_of
from ._remedies import flattening
from .base import Example, Layer, LayerError, Step
from .fields import Boolean, Integer, defaulted, inferred, required
from .shapes import Shape, Shapes, format_shape
from .working import Product, Working, times, with_bias


class _Linear(Layer):
    """A layer that is linear in its input's features.

    Args:
        out_features: the number of outputs at each position.
        bias: whether a learned number is added to each output.
    """

    kind = "linear"
    gives_own_memory = True
    out_features = required(Integer(min=1))
    bias = defaulted(Boolean(), True)

    def parameters(self) -> dict[str, Shape]:
        bias = {"bias": (self.out_features,)} if self.bias else {}
        return {"weight": self._weight_shape(), **bias}

    def _uses(self, output: Shape) -> Product:
        return times((output, "outputs"), (self._weight_shape()[1:], "weights each"))

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        return with_bias((self._uses(output),), output, bias=self.bias)

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        # Not the base's rule: an output as large as the input still reads all of it.
        return None

    def summary(self) -> str:
        return size_of(self.out_features, "feature") + ("" if self.bias else ", no bias")

    def _weight_shape(self) -> Shape:
        raise NotImplementedError

    def _features(self, shape: Shape, argument: str) -> int:
        """The features at each position of `shape`: what `argument` must be.

        PyTorch applies the layer to the last dimension of whatever comes. For a map that
        is hardly ever meant, so that it must be asked for by writing `argument`.

        Raises:
            LayerError: `shape` is no flat vector, and `argument` is not its last dimension.
        """
        written = getattr(self, argument)
        if len(shape) == 1 or (shape and written == shape[-1]):
            return shape[-1]
        if not shape:
            raise LayerError(
                f"{self.type_name} cannot read a single number: it wants a flat vector",
                fixes=[putting_before({"type": "Reshape", "shape": [1]})],
            )
        total = prod(shape)
        beside = "" if written in (None, total) else f", but {argument} is {written}"
        raise LayerError(
            f"{self.type_name} cannot read {format_shape(shape)}: it wants one flat vector{beside}",
            fixes=[
                flattening(shape, **({} if written in (None, total) else {argument: total})),
                setting(
                    f"write {argument}: {shape[-1]} to apply it to the last dimension",
                    **{argument: shape[-1]},
                ),
            ],
        )


class Linear(_Linear):
    """A weighted sum of all features for each output: y = xWᵀ + b. Source: torch.nn.Linear.

    Args:
        in_features: the size of the incoming vector. Written for an input of more
            dimensions, it must be the last one's size, and the layer is applied there.
    """

    operation = "Full connection"
    parameter_meanings: ClassVar[dict[str, str]] = {
        "weight": "out_features · in_features",
        "bias": "one for each output",
    }
    in_features = inferred(Integer(min=1))
    examples = (
        Example({"out_features": 120}, (400,), (120,)),
        Example({"out_features": 10, "bias": False}, (84,), (10,)),
        Example({"out_features": 128, "in_features": 64}, (50, 64), (50, 128)),
    )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        return {"in_features": self._features(inputs[0], "in_features")}

    def output_shape(self, inputs: Shapes) -> Shape:
        return (*inputs[0][:-1], self.out_features)

    def mixes(self, inputs: Shapes, output: Shape) -> frozenset[int]:
        return frozenset({len(output) - 1})

    def macs_working(self, inputs: Shapes, output: Shape) -> Working:
        return (self._uses(output),)

    def formula(self, inputs: Shapes, output: Shape) -> str:
        return f"{inputs[0][-1]} → {self.out_features}"

    def remarks(self, inputs: Shapes, output: Shape) -> list[str]:
        if len(output) == 1:
            return ["Every output reads every input, each by a weight of its own."]
        return ["The same weights are used at every place before the last dimension."]

    def _weight_shape(self) -> Shape:
        assert self.in_features is not None
        return (self.out_features, self.in_features)


class Bilinear(_Linear):
    """A weighted sum of the products of two inputs' features: y = x₁ᵀWx₂ + b.

    Args:
        in1_features: the size of the first vector; as Linear's in_features.
        in2_features: the size of the second vector.

    Source: torch.nn.Bilinear.
    """

    inputs = (2, 2)
    in1_features = inferred(Integer(min=1))
    in2_features = inferred(Integer(min=1))
    examples = (
        Example({"out_features": 10}, ((20,), (30,)), (10,)),
        Example(
            {"out_features": 5, "in1_features": 3, "in2_features": 4, "bias": False},
            ((7, 3), (7, 4)),
            (7, 5),
        ),
    )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        first, second = inputs
        if first[:-1] != second[:-1]:
            raise LayerError(
                f"Bilinear cannot pair {format_shape(first)} with {format_shape(second)}: "
                "all dimensions but the last must be equal",
                help="both must be vectors, or have as many dimensions, equal but for the last",
            )
        return {
            "in1_features": self._features(first, "in1_features"),
            "in2_features": self._features(second, "in2_features"),
        }

    def output_shape(self, inputs: Shapes) -> Shape:
        return (*inputs[0][:-1], self.out_features)

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 0

    def formula(self, inputs: Shapes, output: Shape) -> str:
        first, second = inputs
        return f"{first[-1]}·{second[-1]} → {self.out_features}"

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        _, first, second = self._weight_shape()
        factors = (*output, first, second)
        return [
            "torch.utils.flop_counter does not count Bilinear, so its MACs are 0 here: "
            f"{'·'.join(map(str, factors))} = {prod(factors):,} products are left out"
        ]

    def _weight_shape(self) -> Shape:
        assert self.in1_features is not None
        assert self.in2_features is not None
        return (self.out_features, self.in1_features, self.in2_features)


class Identity(Layer):
    """Passes its input on as it is. Source: torch.nn.Identity."""

    kind = "shape"
    keeps_values = True
    examples = (
        Example({}, (16, 5, 5), (16, 5, 5)),
        Example({}, (10,), (10,)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]
