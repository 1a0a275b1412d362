"""Weights, and programs of torch's own: written, loaded again, and held against PyTorch."""

from __future__ import annotations

import pytest
from safetensors.torch import load

import cnnshape
from cnnshape.exporting import (
    ExportError,
    to_exported_program,
    to_state_dict,
    to_torchscript,
    weighted_module,
)
from cnnshape.exporting.libraries import refusals
from cnnshape.network import Network

from .test_output_check import UNPOOLING


def network_of(name: str) -> Network:
    if name == "unpooling":
        return cnnshape.loads(UNPOOLING)
    return cnnshape.load(name, input=(3, 64, 64) if name == "shufflenet_v2_x0_5" else None)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("batch", [None, 1])
@pytest.mark.parametrize("write", [to_torchscript, to_exported_program])
@pytest.mark.parametrize("name", ["lenet5_1998", "shufflenet_v2_x0_5", "unpooling"])
def test_a_program_gives_what_pytorch_gives(name, write, batch):
    network = network_of(name)
    made = write(network, weighted_module(network, None, seed=1), batch)
    assert made.content
    said = "most outputs within 0" if name == "unpooling" else "the same outputs"
    assert made.checked.startswith(said)


def test_weights_are_what_the_module_has():
    network = cnnshape.load("lenet5_1998")
    module = weighted_module(network, None, seed=1)
    made = to_state_dict(network, module)
    read = load(made.content)
    assert read.keys() == module.state_dict().keys()
    assert all(read[key].equal(value) for key, value in module.state_dict().items())
    assert made.checked == "21 tensors, read again"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("shape", "layer"),
    [
        ("[4, 5, 5]", "Log"),  # of negative numbers, NaN
        ("[20, 16]", "{type: MultiheadAttention, num_heads: 4}"),  # traced, it is written anew
    ],
)
def test_what_is_no_number_or_written_otherwise_is_the_same(shape, layer):
    network = cnnshape.loads(f"name: one\ninput: {shape}\nlayers: [{layer}]")
    made = to_torchscript(network, weighted_module(network, None, seed=1), None)
    assert made.checked.endswith(("the same outputs", "of PyTorch's"))


@pytest.mark.filterwarnings("ignore")
def test_where_nothing_is_a_number_it_is_said_that_nothing_was_held():
    network = cnnshape.loads(
        "name: one\ninput: [4]\nlayers: [{type: Rescale, scale: 0, offset: -1}, Log]"
    )
    made = to_torchscript(network, weighted_module(network, None, seed=1), None)
    assert made.checked == (
        "with these weights PyTorch gives no finite number; with weights by which every layer "
        "shows it could not be held: PyTorch gives no finite number"
    )


def test_want_of_memory_is_no_refusal_of_a_library():
    with pytest.raises(MemoryError), refusals("a library"):
        raise MemoryError
    told = "a library cannot take this network: why$"
    with pytest.raises(ExportError, match=told), refusals("a library"):
        raise ValueError("why\nand more")
