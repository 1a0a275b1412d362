"""What cannot be said: a place in a network of which only the shape that comes out is known.

`import --partial` writes it, and nobody else is meant to: it is hidden from schema and lists.
"""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any, ClassVar

from .base import Example, Layer
from .fields import Integer, Kind, ListOf, defaulted, required
from .shapes import Shape, Shapes

if TYPE_CHECKING:
    from torch import Tensor, nn


class _Text(Kind[str]):
    """A text that is not empty."""

    def read(self, value: object, layer: type[Layer]) -> str:
        if not isinstance(value, str) or not value:
            raise self.refusal(value, layer)
        return value

    def expected(self, layer: type[Layer]) -> str:
        return "a text"

    def schema(self, layer: type[Layer]) -> dict[str, Any]:
        return {"type": "string", "minLength": 1}


class Unknown(Layer):
    """An operation that no layer type says: its costs are unknown, and so is what it gives.

    `import --partial` writes it where it has no word for what a module does. Every sum over
    the network that it stands in is unknown too. When it is run, it gives NaN, which is no
    number, in the right shape: what follows it can be verified, and nothing can be mistaken
    for a result.

    Args:
        operation: what it is in the module that the spec was imported from.
        shape: the shape that comes out, without the batch.
        params: the learnable elements that it uses.
    """

    hidden = True
    inputs: ClassVar[tuple[int, int | None]] = (1, None)
    examples = (
        Example({"operation": "torch.fft.rfft2", "shape": [8, 16, 9]}, (8, 16, 16), (8, 16, 9)),
        Example({"operation": "torch.add", "shape": [8], "params": 8}, (8,), (8,)),
    )

    operation = required(_Text())
    shape = required(ListOf(Integer(min=1), min_length=0))
    params = defaulted(Integer(min=0), 0)

    def output_shape(self, inputs: Shapes) -> Shape:
        shape: Shape = self.shape
        return shape

    def parameters(self) -> dict[str, Shape]:
        return {"weight": (self.params,)} if self.params else {}

    def macs(self, inputs: Shapes, output: Shape) -> int | None:
        return None

    def connections(self, inputs: Shapes, output: Shape) -> int | None:
        return None

    def footprint(self, inputs: Shapes, output: Shape) -> None:
        return None

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        return [f"{self.operation} is unknown: so are its multiply-accumulates"]

    def module(self) -> nn.Module:
        import torch
        from torch import nn

        shape, params = self.shape, self.params

        class Unknown(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.weight = nn.Parameter(torch.zeros(params)) if params else None

            def forward(self, x: Tensor, *others: Tensor) -> Tensor:
                return x.new_full((len(x), *shape), nan)

        return Unknown()
