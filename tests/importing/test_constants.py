"""What does not follow from the input: products with it, fixed numbers, masks, lists of places."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
import torch
from torch import nn

import cnnshape
from cnnshape.exporting import check_python, to_python
from cnnshape.importing import Imported, import_module

from . import constant_nets as nets


def imported(module: nn.Module, *shape: int) -> Imported:
    """The import, which is proved, of the module's parameters, and reads back as it was."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = import_module(module, shape)
    assert found.check is not None
    assert cnnshape.loads(found.text).canonical() == found.network.canonical()
    assert found.network.totals.params == sum(p.numel() for p in module.parameters())
    return found


def types(found: Imported) -> list[str]:
    return [node.type for node in found.network.layers]


ALL = nets.PRODUCTS | nets.FIXED


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_what_a_call_does_with_other_tensors_is_said(name: str) -> None:
    torch.manual_seed(0)
    make, shape, expected = ALL[name]
    assert sorted(types(imported(make(), *shape))) == sorted(expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", nets.FIXED)
def test_fixed_numbers_are_never_counted_as_parameters(name: str) -> None:
    make, shape, _ = nets.FIXED[name]
    network = imported(make(), *shape).network
    assert network.totals.params == 0
    held = [node for node in network.layers if node.type == "Buffer"]
    assert all(node.layer.buffer_count() for node in held)


@pytest.mark.parametrize("name", ["x − 65", "a causal mask", "Sobel", "pairs", "positions"])
def test_what_holds_fixed_numbers_is_built_and_written(name: str) -> None:
    make, shape, _ = nets.FIXED[name]
    network = imported(make(), *shape).network
    assert cnnshape.verify(network).status == "passed"
    assert check_python(network, to_python(network))


KINDS = ["unstructured", "structured", "custom", "several", "transposed", "global"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_pruned_layer_is_the_layer(kind: str) -> None:
    first = "ConvTranspose2d" if kind == "transposed" else "Conv2d"
    assert types(imported(nets.pruned(kind), 3, 9, 9)) == [first, "ReLU", "Conv2d"]


@pytest.mark.parametrize("type", ["BatchNorm2d", "InstanceNorm2d", "PReLU"])
@pytest.mark.parametrize("amount", [0, 2])
def test_what_has_a_number_for_each_channel_is_pruned_too(type: str, amount: int) -> None:
    """Of 0, the mask is of ones alone, as a pruning of all layers gives it to many."""
    layer = getattr(nn, type)(4, **{"affine": True} if type == "InstanceNorm2d" else {})
    nn.utils.prune.random_unstructured(layer, "weight", amount)
    assert types(imported(nn.Sequential(nn.Conv2d(3, 4, 3), layer), 3, 6, 6)) == ["Conv2d", type]


@pytest.mark.parametrize("kind", ["normed", "normed by a hook"])
def test_a_pruned_direction_keeps_its_length(kind: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = nets.pruned(kind)
    assert types(imported(module, 3, 9, 9))[0] == "WeightNormConv2d"


@pytest.mark.parametrize("size", [(9,), (8, 7), (7, 9, 8)])
def test_the_size_that_is_asked_for_is_output_padding(size: tuple[int, ...]) -> None:
    network = imported(nets.Enlarged(size), 2, *size).network
    assert network.layers[-1].output_shape == (2, *size)
    assert any(network.layers[-1].layer.arguments["output_padding"])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["list", "buffer", "index_select", "embedding", "computed"])
def test_a_table_is_looked_up_by_any_list_of_places(kind: str) -> None:
    network = imported(nets.PositionBias(kind), 9, 8).network
    (lookup,) = [node for node in network.layers if node.type == "IndexSelect"]
    assert lookup.layer.buffers() == {"places": (81,)}


def test_a_mask_that_is_no_mask_is_refused() -> None:
    net = nets.Net(lambda n, x: nn.functional.conv2d(x, n.w.sign()), w=nets.learned(4, 3, 3, 3))
    make: Callable[[], Imported] = lambda: import_module(net, (3, 6, 6))  # noqa: E731
    with pytest.raises(Exception, match="cannot be said"):
        make()
