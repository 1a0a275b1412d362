"""A net with a layer whose costs nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cnnshape import Network, loads
from cnnshape.layers import base
from cnnshape.layers.shapes import Shape, Shapes


@pytest.fixture
def unknown_costs() -> Iterator[Network]:
    class Mystery(base.Layer):
        def output_shape(self, inputs: Shapes) -> Shape:
            return inputs[0]

        def parameters(self) -> dict[str, Shape]:
            return {"weight": (3,)}

    try:
        yield loads("{input: [3, 8, 8], layers: [Mystery]}")
    finally:
        del base._REGISTRY["Mystery"]
