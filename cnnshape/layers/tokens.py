"""Learned positions before those of a sequence, from which a transformer reads its answer."""

from __future__ import annotations

from typing import Any

from ._python import Python
from ._remedies import tokens_of_a_map
from .base import Example, Layer, LayerError
from .fields import Integer, defaulted, inferred
from .shapes import Shape, Shapes, format_shape
from .working import Working, times


class ClassToken(Layer):
    """Learned positions before those of a sequence: L×E gives (1+L)×E.

    Args:
        num_tokens: how many.
        features: of each position; inferred.

    Source: Dosovitskiy et al., 2020, arXiv:2010.11929 (ViT).
    """

    kind = "merge"
    python = Python(make="ClassToken", file="tokens")
    features = inferred(Integer(min=1))
    num_tokens = defaulted(Integer(min=1), 1)
    examples = (
        Example({}, (196, 192), (197, 192)),
        Example({"num_tokens": 2}, (49, 64), (51, 64)),
    )

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        (shape,) = inputs
        if len(shape) != 2:
            raise LayerError(
                f"ClassToken reads positions × features, not {format_shape(shape)}",
                fixes=[tokens_of_a_map(shape)],
                help="it reads positions × features, as those of a map",
            )
        return {"features": shape[1]}

    def output_shape(self, inputs: Shapes) -> Shape:
        ((positions, features),) = inputs
        return (self.num_tokens + positions, features)

    def parameters(self) -> dict[str, Shape]:
        assert self.features is not None
        return {"weight": (self.num_tokens, self.features)}

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 0

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        return (times(((self.num_tokens,), "tokens"), (inputs[0][-1:], "numbers each")),)

    def footprint(self, inputs: Shapes, output: Shape) -> None:
        return None

    def formula(self, inputs: Shapes, output: Shape) -> str:
        return f"{self.num_tokens}+{inputs[0][0]} = {output[0]}"
