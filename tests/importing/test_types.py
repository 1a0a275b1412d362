"""Every module of torch.nn that is a layer type is imported as that type."""

from __future__ import annotations

from typing import Any

import pytest
from torch import nn

from cnnshape.importing import import_module
from cnnshape.layers import Example, Layer, listed
from tests.layers.agreement import bound

pytestmark = pytest.mark.slow

LEFT_OUT = {
    "Identity": "it does nothing, and is left out",
    "FractionalMaxPool2d": "it draws its windows anew in every run",
    "FractionalMaxPool3d": "it draws its windows anew in every run",
}
EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{index}")
    for name, layer in listed().items()
    for index, example in enumerate(layer.examples)
    if hasattr(nn, name) and name not in LEFT_OUT and len(example.inputs) == 1
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_a_module_is_imported_as_its_type(name: str, example: Example) -> None:
    layer = bound(name, example.arguments, *example.inputs)
    module = layer.module()
    if type(module).__name__ != name or not type(module).__module__.startswith("torch.nn"):
        pytest.skip("its module is cnnshape's own")
    (shape,) = example.inputs
    found = import_module(nn.Sequential(module), shape)
    (node,) = found.network.layers
    assert (node.path, node.type) == ("0", name)
    assert _meaning(node.layer) == _meaning(layer)


def _meaning(layer: Layer) -> dict[str, Any]:
    """The arguments, but for what has no part in what comes out; no stride is the window's."""
    arguments = {k: v for k, v in layer.arguments.items() if k not in ("inplace", "init")}
    if "kernel_size" in arguments and arguments.get("stride") is None:
        arguments["stride"] = arguments["kernel_size"]
    return arguments
