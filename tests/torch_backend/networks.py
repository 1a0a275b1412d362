"""Networks made by hand from bound layers, for tests that must not depend on the spec."""

from __future__ import annotations

from cnnshape.layers import Layer, Shape
from cnnshape.network import INPUT, Network, Node, Op


class Builder:
    """Adds layers one by one; each reads the one before unless told otherwise."""

    def __init__(self, *input_shape: int) -> None:
        self.input_shape = input_shape
        self.shapes: dict[str, Shape] = {INPUT: input_shape}
        self.nodes: list[Node] = []

    def add(self, path: str, layer: Layer, *reads: str, shares: str | None = None) -> Builder:
        """One layer more, at `path`."""
        inputs = reads or (self.nodes[-1].path if self.nodes else INPUT,)
        shapes = tuple(self.shapes[path] for path in inputs)
        bound = layer.bind(shapes)
        self.shapes[path] = bound.output_shape(shapes)
        op = Op(bound, shapes, self.shapes[path])
        self.nodes.append(Node(path, op, inputs, shares=shares))
        return self

    def network(self, *outputs: str) -> Network:
        """The network so far; its output is the last layer's unless told otherwise."""
        return Network(
            name="test",
            input_shape=self.input_shape,
            layers=tuple(self.nodes),
            outputs=outputs or (self.nodes[-1].path,),
        )


def chain(input_shape: Shape, *layers: Layer) -> Network:
    """A network whose layers, at the paths '0', '1', ..., read each other in order."""
    builder = Builder(*input_shape)
    for index, layer in enumerate(layers):
        builder.add(str(index), layer)
    return builder.network()
