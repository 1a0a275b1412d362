"""Nets as people write them while they learn: what is written, and what is said of faults."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from cnnshape.importing import ImportFault, import_module

from . import student_nets as nets
from .test_importing import imported


def test_modules_under_two_names_run_and_are_idle_once() -> None:
    found = imported(nets.temporal(), 2, 20)
    assert found.idle == {"0.unused": 12, "1.unused": 20}
    assert {"0.conv1", "1.conv2"} <= set(found.network.by_path)


def test_a_computed_weight_that_no_type_has_is_a_value() -> None:
    network = import_module(nets.NormalisedWeight(), (8,)).network
    assert {"LearnedConstant", "MatMul"} <= {node.type for node in network.layers}


@pytest.mark.parametrize(
    ("make", "shape", "reason"),
    [
        (nets.DropsAlways, (1, 8, 8), "it drops in evaluation mode too"),
        (nets.TiedWeight, (3, 8, 8), "with a.weight, another layer's too"),
    ],
)
def test_what_no_spec_says_is_told_with_its_reason(
    make: Callable[[], nn.Module], shape: tuple[int, ...], reason: str
) -> None:
    with pytest.raises(ImportFault) as caught:
        import_module(make(), shape)
    (item,) = caught.value.unsupported
    assert item.reason.startswith(reason)


def test_layers_that_have_all_tensors_in_common_are_one() -> None:
    (_, _, last) = imported(nets.TiedLayers(), 3, 8, 8).network.layers
    assert (last.path, last.shares) == ("b", "a")


def test_an_input_that_is_given_out_is_an_output() -> None:
    network = imported(nets.GivesItsInput(), 3, 8, 8).network
    assert network.outputs == ("identity1", "conv")
    assert network.by_path["conv"].inputs == ("input",)


def test_a_number_for_each_sample_has_no_dimension() -> None:
    network = imported(nets.Judge(), 1, 4, 4).network
    assert network.layers[-1].output_shape == ()


def test_squeeze_and_excite_follows_from_its_channels() -> None:
    text = imported(nets.squeeze_excite(), 3, 8, 8).text
    block = text[text.index("squeeze_excite:") : text.index("\nlayers:")]
    assert "params" not in block
    assert 'out_features: "${in_channels // 16}"' in block
    assert "out_features: $in_channels" in block
    assert 'shape: "${[in_channels, 1, 1]}"' in block


def test_channels_that_are_dealt_out_by_permute_are_shuffled() -> None:
    text = imported(nets.Shuffled(), 8, 4, 4).text
    assert "{type: ChannelShuffle, groups: 4}" in text


def test_two_pictures_that_are_compared() -> None:
    network = imported(nets.Siamese(), 2, 6, 6).network
    compared = [(node.type, node.output_shape) for node in network.layers[-4:]]
    assert compared == [
        ("CosineSimilarity", ()),
        ("PairwiseDistance", (1,)),
        ("CosineSimilarity", ()),
        ("PairwiseDistance", ()),
    ]
    assert network.by_path["distance"].layer.p == 1


def _by_erf(x: Tensor) -> Tensor:
    return x * 0.5 * (1.0 + torch.erf(x / math.sqrt(2.0)))


def _by_erf_in_another_order(x: Tensor) -> Tensor:
    return 0.5 * (x * (torch.erf(x * 0.5**0.5) + 1))


def _by_tanh(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * torch.pow(x, 3))))


def _by_tanh_of_products(x: Tensor) -> Tensor:
    x = x * torch.relu(x) * 2  # a product that is the input, and no part of the function
    return x * (0.5 * (1 + torch.tanh(0.7978845608028654 * (x + x * x * x * 0.044715))))


def _almost(x: Tensor) -> Tensor:
    return x * 0.5 * (1.0 + torch.erf(x / 1.5))


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (_by_erf, {"approximate": "none"}),
        (_by_erf_in_another_order, {"approximate": "none"}),
        (_by_tanh, {"approximate": "tanh"}),
        (_by_tanh_of_products, {"approximate": "tanh"}),
        (_almost, None),
    ],
)
def test_gelu_in_its_own_words(
    function: Callable[[Tensor], Tensor], arguments: dict[str, str] | None
) -> None:
    network = imported(nets.Of(function), 3, 4, 4).network
    found = [node.layer for node in network.layers if node.type == "GELU"]
    assert [{"approximate": layer.approximate} for layer in found] == (
        [] if arguments is None else [arguments]
    )
    assert ("Erf" in {node.type for node in network.layers}) == (arguments is None)
