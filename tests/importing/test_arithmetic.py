"""Arithmetic with numbers, learned numbers and computed weights: each is its layer type."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import cnnshape
from cnnshape.importing import Imported, ImportFault, import_module

from . import arithmetic_nets as nets


def imported(module: nn.Module, *shape: int) -> Imported:
    found = import_module(module, shape)
    assert cnnshape.loads(found.text).canonical() == found.network.canonical()
    return found


def types(module: nn.Module, *shape: int) -> list[str]:
    return [node.type for node in imported(module, *shape).network.layers]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (nets.Numbers, (3, 6, 6)),
        (nets.Gates, (4, 5, 5)),
        (nets.NearlyGates, (4, 5, 5)),
        (nets.Learned, (4, 5, 6)),
        (nets.Constants, (3, 6, 6)),
        (nets.Standardized, (3, 9, 9)),
        (nets.Blurred, (3, 12, 12)),
        (nets.Norms, (4, 5, 5)),
        (nets.WeightNormed, (2, 20)),
        (nets.SpectralNormed, (3, 8, 8)),
        (nets.Equalized, (3, 8, 8)),
        (nets.Written, (6, 4, 5)),
        (nets.Padded, (4, 6, 6)),
        (nets.Fusion, (3, 6, 6)),
        (nets.Coordinates, (3, 5, 6)),
        (nets.AsksForConstants, (3, 7, 6)),
    ],
)
def test_what_is_written_is_the_module(make: type[nn.Module], shape: tuple[int, ...]) -> None:
    check = imported(make(), *shape).check
    assert check is not None
    assert check.difference <= 1e-6  # constants of 32 bits are written as they were meant
    assert check.params[0] == check.params[1]
    assert check.macs[0] == check.macs[1]


def test_numbers_become_layers_and_chains_of_them_one() -> None:
    network = imported(nets.Numbers(), 3, 6, 6).network
    first = network.layers[0]
    assert (first.type, first.layer.arguments) == ("Rescale", {"scale": 2.0, "offset": -1.0})
    assert {node.type for node in network.layers} == {
        "Rescale", "Conv2d", "Add", "Power", "Clamp", "Log", "Abs", "Exp", "Sum", "Divide",
        "Minimum",
    }  # fmt: skip


class _AddedToAConstant(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.add(torch.tensor(5.0), x, alpha=3)


def test_alpha_multiplies_what_is_added_second() -> None:
    (only,) = imported(_AddedToAConstant(), 3, 6, 6).network.layers
    assert only.layer.arguments == {"scale": 3, "offset": 5.0}


class _WrittenOver(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x.clone()
        y[:, 0] = x.sum(1)
        return y


def test_what_is_written_into_the_only_channel_is_a_map() -> None:
    assert types(_WrittenOver(), 1, 6, 6) == ["Sum", "Unsqueeze"]


class _PowersOfNumbers(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 2**x + torch.pow(0.5, x)


def test_a_number_to_the_power_of_a_value() -> None:
    assert types(_PowersOfNumbers(), 3, 6, 6) == ["Rescale", "Exp", "Rescale", "Exp", "Add"]


def test_a_power_whose_exponent_is_a_tensor_is_of_what_is_never_negative() -> None:
    assert types(nets.PowerMean(), 3, 6, 6) == [
        "Clamp", "LearnedConstant", "Log", "Multiply", "Exp", "AvgPool2d", "Reshape", "Power",
        "Reshape", "Log", "Multiply", "Exp", "Flatten",
    ]  # fmt: skip
    assert types(nets.GatedPower(), 3, 6, 6) == [
        "Sigmoid", "MaxPool2d", "AvgPool2d", "Log", "Multiply", "Exp",
    ]  # fmt: skip
    with pytest.raises(ImportFault) as caught:
        import_module(nets.SignedPower(), (3, 6, 6))
    assert "tensor of exponents" in caught.value.unsupported[0].reason


def test_attention_that_is_called_by_its_function() -> None:
    found = types(nets.AttentionPool(), 8, 4, 4)
    assert "ScaledDotProductAttention" in found
    assert torch.nn.functional.has_torch_function(()) is False


def test_gates_written_by_hand_have_their_names() -> None:
    assert types(nets.Gates(), 4, 5, 5) == [
        "Rescale", "Hardsigmoid", "SiLU", "Mish", "Rescale", "Hardswish", "Rescale",
    ]  # fmt: skip


def test_what_is_nearly_a_gate_is_not_taken_for_one() -> None:
    assert not set(types(nets.NearlyGates(), 4, 5, 5)) & {"Hardsigmoid", "SiLU", "Mish"}


def test_types_whose_parts_are_written_one_by_one() -> None:
    whole = ["GLU", "Tanhshrink", "ScaledTanh", "Subsampling2d", "Softmin"]
    assert types(nets.PartByPart(), 8, 6, 6) == whole
    assert not set(types(nets.PartByPart(near=1), 8, 6, 6)) & set(whole)


def test_learned_numbers_are_layers_along_their_dimensions() -> None:
    network = imported(nets.Learned(), 4, 5, 6).network
    found = [
        (node.type, node.layer.arguments.get("dim"), node.op.params) for node in network.layers
    ]
    assert found == [
        ("Scale", (), 2),
        ("Scale", 1, 4),
        ("Bias", (1, 2, 3), 120),
        ("Bias", 3, 6),
        ("ReLU", None, 0),
        ("Scale", 1, 8),
    ]
    assert network.layers[0].layer.arguments["bias"]


def test_constants_are_numbers_of_the_spec_as_they_were_written() -> None:
    text = imported(nets.Constants(), 3, 6, 6).text
    assert "{type: Standardize, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}" in text
    assert "{type: Rescale, scale: 0.125}" in text


def test_constants_beside_a_value_are_a_padding() -> None:
    network = imported(nets.Padded(), 4, 6, 6).network
    assert [node.type for node in network.layers] == [
        "MaxPool2d", "ZeroPad3d", "Rescale", "Concat", "ConstantPad1d",
    ]  # fmt: skip
    assert network.layers[1].layer.arguments["padding"] == (0, 0, 0, 0, 2, 2)


def test_the_channels_of_a_volume_are_padded_as_those_of_a_row() -> None:
    network = imported(nets.PaddedChannels(), 2, 3, 4, 5).network
    assert [node.type for node in network.layers] == [
        "Flatten", "ZeroPad2d", "Reshape", "Flatten", "ConstantPad2d", "Reshape",
    ]  # fmt: skip
    assert network.layers[-1].output_shape == (8, 3, 4, 5)


def test_a_part_that_is_written_into_is_put_between_the_others() -> None:
    network = imported(nets.Written(), 6, 4, 5).network
    first = next(node for node in network.layers if node.type == "Concat")
    assert [network.shape_of(path) for path in first.inputs] == [(2, 4, 5), (3, 4, 5), (1, 4, 5)]
    assert first.inputs[1] == "conv"


@pytest.mark.parametrize("way", ["stretched", "strided", "listed", "seen"])
def test_what_is_written_otherwise_is_put_there_too(way: str) -> None:
    check = import_module(nets.WrittenAnew(way), (4, 3, 3)).check
    assert check is not None
    assert check.difference <= 1e-12


def test_what_has_no_type_is_named() -> None:
    with pytest.raises(ImportFault) as caught:
        import_module(nets.Unsayable(), (4, 9, 9))
    assert [found.reason for found in caught.value.unsupported] == [
        "with a value that is no layer's",
        "with a tensor of exponents, where Power has one number",
    ]


def test_what_is_computed_from_parameters_is_a_value_like_others() -> None:
    network = imported(nets.Fusion(), 3, 6, 6).network
    sources = [node for node in network.layers if node.type == "LearnedConstant"]
    assert [(node.path, node.output_shape) for node in sources] == [
        ("weight", (2,)),
        ("gain", (4, 1, 1)),
    ]
    # Stretched by hand, it is factors of channels all the same.
    assert (network.layers[-1].type, network.layers[-1].op.params) == ("Scale", 4)


def test_fixed_tensors_are_numbers_or_steps_of_them() -> None:
    network = imported(nets.Coordinates(), 3, 5, 6).network
    sources = [node for node in network.layers if node.type in ("Linspace", "Constant")]
    assert [node.layer.summary() for node in sources[:2]] == [
        "shape [1, 5, 6], dim 2, start -1, end 1",
        "shape [1, 5, 6], dim 3, start 0, end 5",
    ]
    assert [node.type for node in sources[2:]] == ["Constant"]
    (learned,) = [node for node in network.layers if node.type == "LearnedConstant"]
    assert (learned.path, learned.inputs) == ("start", ("input",))


def test_what_asks_for_values_of_constants_is_the_same_for_every_input() -> None:
    assert types(nets.AsksForConstants(), 3, 7, 6) == ["Conv2d", "Rescale", "Mean"]


def test_weight_standardisation_is_told_by_what_it_gives() -> None:
    network = imported(nets.Standardized(), 3, 9, 9).network
    found = [(node.path, node.type, node.layer.arguments.get("eps")) for node in network.layers]
    assert found == [
        ("0", "StdConv2d", 1e-6),
        ("1", "StdConv2d", 1e-10),
        ("2", "ReLU", None),
        ("3", "ScaledStdConv2d", 1e-6),
    ]
    assert network.layers[3].layer.arguments["gamma"] == pytest.approx(
        1.7139588594436646, rel=1e-11
    )


def test_another_standardisation_is_not_taken_for_it() -> None:
    with pytest.raises(ImportFault) as caught:
        import_module(nn.Sequential(nets.UnbiasedConv(3, 4, 3)), (3, 8, 8))
    (found,) = caught.value.unsupported
    assert found.reason == "its weight is computed, and no parameter"


def test_weight_norm_is_a_layer_type_however_it_was_put_on() -> None:
    found = imported(nets.WeightNormed(), 2, 20)
    assert [node.type for node in found.network.layers] == [
        "WeightNormConv1d", "WeightNormConv1d", "WeightNormConvTranspose1d", "Flatten",
        "WeightNormLinear",
    ]  # fmt: skip
    assert found.check is not None
    new = 2 + 3  # tensors with the names of parametrizations; the hook's are others
    assert (found.check.named, found.check.tensors) == (new + 2, new + 6)


@pytest.mark.slow
def test_spectral_norm_is_a_layer_type_however_it_was_put_on() -> None:
    found = imported(nets.SpectralNormed(), 3, 8, 8)
    assert [node.type for node in found.network.layers] == [
        "SpectralNormConv2d", "SpectralNormConv2d", "SpectralNormConvTranspose2d", "Flatten",
        "SpectralNormLinear",
    ]  # fmt: skip
    assert found.check is not None
    new = 3 + 4  # tensors with the names of parametrizations; the hook's are others
    assert (found.check.named, found.check.tensors) == (new + 2, new + 8)


def test_another_division_is_not_taken_for_it() -> None:
    with pytest.raises(ImportFault) as caught:
        import_module(nn.Sequential(nets.NearlySpectral()), (3, 8, 8))
    (found,) = caught.value.unsupported
    assert found.reason == "its weight is computed, and no parameter"


def test_what_a_weight_is_multiplied_by_is_done_to_what_comes_in() -> None:
    network = imported(nets.Equalized(), 3, 8, 8).network
    assert [node.type for node in network.layers] == [
        "Rescale", "Conv2d", "Mean", "Rescale", "Linear",
    ]  # fmt: skip
    scales = [n.layer.arguments["scale"] for n in network.layers if n.type == "Rescale"]
    assert scales == pytest.approx([27**-0.5, 0.25], rel=1e-11)


def test_a_weight_of_another_kind_is_no_parameter() -> None:
    conv = nn.utils.parametrizations.orthogonal(nn.Conv2d(3, 4, 3))
    with pytest.raises(ImportFault) as caught:
        import_module(nn.Sequential(conv), (3, 8, 8))
    (found,) = caught.value.unsupported
    assert found.reason == "its weight is computed, and no parameter"
    assert found.module == "0"


def test_a_binomial_blur_is_a_pool() -> None:
    network = imported(nets.Blurred(), 3, 12, 12).network
    blurs = [node.layer.arguments for node in network.layers if node.type == "BlurPool2d"]
    assert blurs == [
        {"kernel_size": (3, 3), "stride": (2, 2)},
        {"kernel_size": (5, 5), "stride": (1, 1)},
    ]


def test_other_fixed_taps_are_a_fixed_convolution() -> None:
    network = imported(nets.Blur(4, (1, 3, 1)), 4, 8, 8).network
    (fixed,) = [node for node in network.layers if node.type == "FixedConv2d"]
    assert len(fixed.layer.arguments["taps"]) == 9
