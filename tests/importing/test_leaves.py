"""Modules that are one layer by their class's name: taken where it is true, looked into else."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from cnnshape.exporting import to_python
from cnnshape.importing import Imported, ImportFault, import_module
from cnnshape.layers import registry
from tests.exporting.loading import load_source
from tests.exporting.test_types import network_of

OWN = [
    pytest.param(name, number, id=f"{name}-{number}")
    for name, type in registry().items()
    if type.python.make == name and not type.python.without
    for number in range(len(type.examples))
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), OWN)
def test_what_an_export_defines_comes_back_as_the_type_that_it_was(name: str, number: int) -> None:
    network = network_of(registry()[name], number)
    module = load_source(to_python(network))()
    again = import_module(module, network.input_shape).network
    assert again.totals == network.totals
    assert again.layers[-1].layer == network.layers[-1].layer


def types(found: Imported) -> list[str]:
    return [node.type for node in found.network.layers]


class ScaledTanh(nn.Module):
    """It has all arguments of the layer type, and does `work`."""

    amplitude = 2.0
    slope = 0.5

    def __init__(self, work: str = "scaled tanh") -> None:
        super().__init__()
        self.work = work

    def forward(self, x: Tensor) -> Tensor:
        if self.work == "scaled tanh":
            return 2 * torch.tanh(x / 2)
        return torch.cumsum(x, 1) if self.work == "cumsum" else torch.relu(x)


def test_a_class_of_a_types_name_is_that_type_with_the_arguments_of_its_attributes() -> None:
    found = import_module(nn.Sequential(ScaledTanh()), (4, 5, 5))
    (node,) = found.network.layers
    assert (node.path, node.type) == ("0", "ScaledTanh")
    assert node.layer.arguments == {"amplitude": 2, "slope": 0.5}


def test_a_class_that_does_another_thing_is_looked_into() -> None:
    found = import_module(nn.Sequential(ScaledTanh("relu")), (4, 5, 5))
    assert types(found) == ["ReLU"]
    assert found.check is not None


def test_what_cannot_be_said_inside_is_what_is_told() -> None:
    with pytest.raises(ImportFault, match="1 operation cannot be said") as caught:
        import_module(nn.Sequential(ScaledTanh("cumsum")), (4, 5, 5))
    assert caught.value.unsupported[0].operation.endswith("cumsum")


def test_where_nothing_can_be_proved_no_name_is_believed() -> None:
    module = nn.Sequential(ScaledTanh("relu"), ScaledTanh("cumsum"))
    assert types(import_module(module, (4, 5, 5), partial=True)) == ["ReLU", "Unknown"]


class Subsampling2d(nn.Module):
    """Without the stride and the weights of the layer type of this name."""

    kernel_size = 2

    def forward(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(x, self.kernel_size)


class WithStride(Subsampling2d):
    stride = 2


WithStride.__name__ = "Subsampling2d"


@pytest.mark.parametrize("make", [Subsampling2d, WithStride])
def test_a_class_without_the_arguments_or_tensors_is_looked_into(make: type[nn.Module]) -> None:
    assert types(import_module(nn.Sequential(make()), (4, 6, 6))) == ["AvgPool2d"]


def test_a_table_that_is_not_the_tables_of_the_buffers_is_not_believed() -> None:
    """The module's own buffers are no part of the proof: the arguments must give the same."""
    network = network_of(registry()["ConnectionTableConv2d"], 1)
    module = load_source(to_python(network))()
    vars(module.get_submodule("tested"))["table"] = ((0, 2), (2,), (1, 2))
    found = import_module(module, network.input_shape)
    types = {node.type for node in found.network.layers}
    assert {"IndexSelect", "Conv2d"} <= types  # what it does is seen by looking into it
    assert "ConnectionTableConv2d" not in types


class Unpooled(nn.Module):
    """A max pool and its reverse, as functions."""

    def __init__(self, *, shift: int = 0) -> None:
        super().__init__()
        self.shift = shift

    def forward(self, x: Tensor) -> Tensor:
        pooled, indices = F.max_pool2d(x, 2, return_indices=True)
        indices = indices.flip(3) if self.shift else indices
        return F.max_unpool2d(torch.sigmoid(pooled), indices, (2, 2), output_size=x.shape[2:])


def test_max_unpooling_by_functions_reads_what_was_pooled() -> None:
    network = import_module(Unpooled(), (4, 7, 6)).network
    assert [(node.type, node.inputs) for node in network.layers] == [
        ("MaxPool2d", ("input",)),
        ("Sigmoid", ("maxpool2d1",)),
        ("MaxUnpool2d", ("sigmoid1", "input")),
    ]


def test_max_unpooling_by_other_indices_cannot_be_said() -> None:
    with pytest.raises(ImportFault) as caught:
        import_module(Unpooled(shift=1), (4, 6, 6))
    assert caught.value.unsupported[-1].reason == "with indices that are not those of a max pool"
