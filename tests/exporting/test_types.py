"""Every layer type that cnnshape has, written in Python and run beside its own module."""

from __future__ import annotations

import json
from math import prod

import pytest
import torch

import cnnshape
from cnnshape.exporting import ExportError, to_python
from cnnshape.layers import Layer, listed, load_plugin, registry
from cnnshape.layers.base import register
from cnnshape.network import Network

from .loading import assert_same, load_source

CANNOT = {"Unknown"}
"""Types that have no module at all."""
EXAMPLES = [
    (name, number)
    for name, layer in sorted(listed().items())
    if name not in CANNOT
    for number in range(len(layer.examples))
]


def network_of(type: type[Layer], number: int) -> Network:
    """A network that cuts its flat input into what an example reads, and applies the type."""
    example = type.examples[number]
    lines = [f"input: [{sum(map(prod, example.inputs))}]", "layers:"]
    start = 0
    for place, shape in enumerate(example.inputs):
        narrow = {"name": f"cut{place}", "type": "Narrow", "from": "input", "start": start}
        lines.append(f"  - {json.dumps({**narrow, 'length': prod(shape)})}")
        reshape = {"name": f"in{place}", "type": "Reshape", "shape": list(shape)}
        lines.append(f"  - {json.dumps(reshape)}")
        start += prod(shape)
    reads = [f"in{place}" for place in range(len(example.inputs))]
    entry = {"name": "tested", "type": type.__name__, "from": reads, **example.arguments}
    lines.append(f"  - {json.dumps(entry)}")
    return cnnshape.loads("name: one layer\n" + "\n".join(lines))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_a_type_written_in_python_is_the_type(name, number):
    network = network_of(registry()[name], number)
    assert_same(network, to_python(network), formatted=number == 0)


def test_a_type_with_a_module_of_its_own_must_say_how_it_is_written(tmp_path):
    plugin = tmp_path / "mine.py"
    plugin.write_text(
        "from cnnshape.layers import Layer\n"
        "from cnnshape.layers.base import function_module\n"
        "class HalfWay(Layer):\n"
        "    def output_shape(self, inputs):\n"
        "        return inputs[0]\n"
        "    def module(self):\n"
        "        return function_module(lambda x: x / 2)\n"
    )
    (name,) = load_plugin(str(plugin))
    try:
        network = cnnshape.loads("name: n\ninput: [4]\nlayers: [HalfWay]")
        with pytest.raises(ExportError, match="HalfWay does not say how it is written in Python"):
            to_python(network)
    finally:
        del register()[name]


def test_a_plugin_says_how_its_type_is_written(tmp_path):
    plugin = tmp_path / "mine.py"
    plugin.write_text(
        "from cnnshape.layers import Layer, Python\n"
        "from cnnshape.layers.base import function_module\n"
        "class HalfAgain(Layer):\n"
        "    python = Python(call=lambda module, inputs, arguments: f'{inputs[0]} / 2')\n"
        "    def output_shape(self, inputs):\n"
        "        return inputs[0]\n"
        "    def module(self):\n"
        "        return function_module(lambda x: x / 2)\n"
    )
    (name,) = load_plugin(str(plugin))
    try:
        network = cnnshape.loads("name: n\ninput: [4]\nlayers: [HalfAgain]")
        source = to_python(network)
        assert "return x / 2" in source
        x = torch.arange(8.0).reshape(2, 4)
        assert torch.equal(load_source(source)()(x), x / 2)
    finally:
        del register()[name]
