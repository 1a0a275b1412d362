"""Importing small modules: what is written is the module, and what cannot be is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

import cnnshape
from cnnshape.importing import Imported, ImportFault, Recorded, import_module, importer
from cnnshape.torch_backend import build

from . import nets


def imported(module: nn.Module, *shape: int, **options: Any) -> Imported:
    found = import_module(module, shape, **options)
    again = cnnshape.loads(found.text)
    assert again.canonical() == found.network.canonical()
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (nets.Residual, (3, 16, 16)),
        (nets.Inceptions, (3, 8, 8)),
        (nets.Dense, (3, 8, 8)),
        (nets.SqueezeExcite, (3, 8, 8)),
        (nets.UNet, (1, 15, 18)),
        (nets.Functional, (3, 16, 16)),
        (nets.Shared, (4, 8, 8)),
        (nets.Interleaved, (3, 16, 16)),
        (nets.Untraceable, (3, 10, 10)),
        (nets.TwoOutputs, (3, 8, 8)),
        (nets.Idioms, (3, 11, 11)),
        (nets.Pooled, (3, 8, 8)),
        (nets.Hiding, (3, 8, 8)),
    ],
)
def test_what_is_written_is_the_module(make: type[nn.Module], shape: tuple[int, ...]) -> None:
    module = make()
    check = imported(module, *shape).check
    assert check is not None
    assert check.difference <= 1e-12
    assert check.params[0] == check.params[1]
    assert check.macs[0] == check.macs[1]


@pytest.mark.slow
def test_residual_blocks_are_written_once() -> None:
    found = imported(nets.Residual(), 3, 16, 16)
    assert "  - {name: layer1, type: block, repeat: 3}" in found.text
    assert "  block:\n" in found.text
    assert "layer2.0.down.1" in found.network.by_path
    assert found.check is not None
    assert found.check.named == found.check.tensors  # the names of state_dict are kept


@pytest.mark.slow
def test_a_deep_net_is_no_longer_than_a_shallow_one() -> None:
    shallow, deep = (imported(nets.Residual(depth), 3, 8, 8).text for depth in (3, 30))
    assert len(deep.splitlines()) == len(shallow.splitlines())


def test_branches_become_parameters_of_a_block() -> None:
    text = imported(nets.Inceptions(), 3, 8, 8).text
    assert "inception:" in text
    assert "from: [one, three, maxpool2d1]" in text


def test_functions_become_layers_by_their_default_names() -> None:
    network = imported(nets.Functional(), 3, 16, 16).network
    types = [node.type for node in network.layers]
    assert types == [
        "Conv2d", "Chunk", "Chunk", "Multiply", "Tanh", "Subtract", "Concat", "ChannelShuffle",
        "Narrow", "MaxPool2d", "Hardtanh", "Permute", "Softmax", "Dropout", "Flatten",
        "Unsqueeze", "Squeeze",
    ]  # fmt: skip
    assert network.layers[0].path == "conv2d1"


class _Calls(nn.Module):
    def __init__(self, call: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.call = call
        taps = torch.tensor([1.0, 2.0, 1.0])
        self.register_buffer("blur", (torch.outer(taps, taps) / 16).expand(3, 1, 3, 3).clone())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.call(x) if isinstance(self.call, nn.Module) else self.call(x, self.blur)


@pytest.mark.parametrize(
    ("call", "types"),
    [
        (lambda x, _: F.max_pool2d(x, (2,)), ["MaxPool2d"]),
        (lambda x, _: F.avg_pool2d(x, 2, padding=(1,)), ["AvgPool2d"]),
        (nn.Conv2d(3, 4, 3, (2,), (1,)), ["Conv2d"]),
        (lambda x, blur: F.conv2d(x, blur, None, (2,), (0,), groups=3), ["BlurPool2d"]),
        (lambda x, blur: F.conv2d(x, blur, padding="same", groups=3), ["FixedConv2d"]),
        (lambda x, _: x.unfold(dimension=2, size=3, step=1), ["SlidingWindows"]),
        (lambda x, _: x.mean((1, 3), True).squeeze((1, -1, 2)), ["Mean", "Squeeze", "Squeeze"]),
    ],
)
def test_other_ways_to_write_the_same_arguments(
    call: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], types: list[str]
) -> None:
    assert [node.type for node in imported(_Calls(call), 3, 8, 8).network.layers] == types


def test_gates_that_are_written_by_hand_have_their_names() -> None:
    network = imported(nets.Idioms(), 3, 11, 11).network
    types = [node.type for node in network.layers]
    assert types[:4] == ["Conv2d", "Hardswish", "Mean", "Max"]
    assert types.count("Hardswish") == 2


def test_a_dense_block_is_one_repeat() -> None:
    text = imported(nets.Dense(), 3, 8, 8).text
    assert 'name: "layer${i + 1}", type: dense_layer, repeat: 5}' in text


def test_modules_that_run_twice_are_shared() -> None:
    network = imported(nets.Shared(), 4, 8, 8).network
    assert {node.path: node.shares for node in network.layers if node.shares} == {
        "conv_2": "conv",
        "block_2.0": "block.0",
    }


def test_groups_that_run_in_turn_are_dissolved_and_functions_move_in() -> None:
    network = imported(nets.Interleaved(), 3, 16, 16).network
    paths = [node.path for node in network.layers]
    assert paths[:6] == ["convs_0", "bns_0", "relu1", "convs_1", "bns_1", "relu2"]
    assert paths[9:] == ["features.0", "features.gelu1", "features.1", "gelu1"]


def test_several_outputs_and_what_does_not_run() -> None:
    found = imported(nets.TwoOutputs(), 3, 8, 8)
    assert found.network.outputs == ("a", "b")
    assert found.idle == {"training_only": 12}


def test_what_depends_on_values_is_refused() -> None:
    with pytest.raises(ImportFault, match="cannot be recorded"):
        import_module(nets.ByValue(), (3, 8, 8))


def test_what_cannot_be_said_is_named_with_its_place() -> None:
    with pytest.raises(ImportFault, match="2 operations cannot be said") as caught:
        import_module(nets.Unsayable(), (3, 8, 8))
    first, second = caught.value.unsupported
    assert first.operation.endswith("cumsum")
    assert (first.module, second.module) == ("inner", "inner")
    assert first.line.startswith("nets.py:")
    assert second.reason == "with a tensor of exponents, where Power has one number"


def test_partly_said_its_costs_are_unknown_and_the_rest_is_kept() -> None:
    found = imported(nets.Unsayable(), 3, 8, 8, partial=True)
    assert found.check is None
    assert len(found.unsupported) == 2
    totals = found.network.totals
    assert totals.macs is None
    assert totals.params == sum(p.numel() for p in nets.Unsayable().parameters())
    assert "type: Unknown" in found.text
    module = build(found.network)
    assert module(torch.zeros(1, 3, 8, 8)).isnan().all()


def test_the_input_must_fit_the_module() -> None:
    with pytest.raises(ImportFault, match="RuntimeError in stem"):
        import_module(nets.Residual(), (4, 16, 16))


def _swapped_weights(items: list[Recorded]) -> list[Recorded]:
    first, second = (k for k, item in enumerate(items) if item.path[:2] == ("layer1", "1")
                     and item.type == "BatchNorm2d")  # fmt: skip
    result = list(items)
    result[first] = replace(items[first], weights=items[second].weights)
    result[second] = replace(items[second], weights=items[first].weights)
    return result


def _another_wire(items: list[Recorded]) -> list[Recorded]:
    last = max(k for k, item in enumerate(items) if item.type == "Add")
    result = list(items)
    result[last] = replace(items[last], reads=(items[last].reads[0],) * 2)
    return result


def _another_function(items: list[Recorded]) -> list[Recorded]:
    return [replace(item, type="SiLU") if item.type == "ReLU" else item for item in items]


@pytest.mark.slow
@pytest.mark.parametrize("fault", [_swapped_weights, _another_wire, _another_function])
def test_a_network_that_is_not_the_module_is_refused(
    monkeypatch: pytest.MonkeyPatch, fault: Callable[[list[Recorded]], list[Recorded]]
) -> None:
    real = importer.arranged
    monkeypatch.setattr(importer, "arranged", lambda items: fault(real(items)))
    with pytest.raises(ImportFault, match="with the same weights the outputs differ"):
        import_module(nets.Residual(), (3, 16, 16))


@pytest.mark.parametrize(
    "layer",
    [
        '{"type": Unknown, operation: f, shape: [4]}',
        "{operation: f, shape: [4], type: Unknown}",
        "{type: 'Unknown', shape: [4], operation: f}",
    ],
)
def test_what_an_import_had_no_word_for_is_read_however_it_is_written(layer: str) -> None:
    network = cnnshape.loads(f"input: [3]\nlayers:\n  - {layer}\n")
    assert network.output_shapes == ((4,),)


def test_nobody_is_led_to_what_only_an_import_writes() -> None:
    with pytest.raises(cnnshape.SpecError) as caught:
        cnnshape.loads("# type: Unknown\ninput: [3]\nlayers: [unknown]\n")
    assert "Unknown" not in str(caught.value).replace("# type: Unknown", "")
