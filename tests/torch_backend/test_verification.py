"""Verification passes what is right, and catches what is planted in a copy of a layer."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

import cnnshape
from cnnshape.layers import Layer, Shape, Shapes, function_module, listed
from cnnshape.network import Network
from cnnshape.torch_backend import Mismatch, verify
from cnnshape.torch_backend.counting import MacCounter

from .networks import Builder, chain

TYPES = listed()
BatchNorm2d: Any = TYPES["BatchNorm2d"]
Conv2d: Any = TYPES["Conv2d"]
MaxPool2d: Any = TYPES["MaxPool2d"]
ReLU: Any = TYPES["ReLU"]


class _Conv(Conv2d):
    """A copy of Conv2d to plant faults in; its module is torch's own."""

    def module(self) -> nn.Module:
        return nn.Conv2d(**self.arguments)


class _WrongShape(_Conv):
    def output_shape(self, inputs: Shapes) -> Shape:
        channels, height, width = super().output_shape(inputs)
        return (channels, height + 1, width)


class _WrongWeight(_Conv):
    def weight_shape(self) -> Shape:
        return super().weight_shape()[::-1]


class _WrongName(_Conv):
    def parameters(self) -> dict[str, Shape]:
        return {name.replace("bias", "offset"): s for name, s in super().parameters().items()}


class _MissingBias(_Conv):
    def parameters(self) -> dict[str, Shape]:
        return {"weight": self.weight_shape()}


class _WrongMacs(_Conv):
    def macs(self, inputs: Shapes, output: Shape) -> int | None:
        return super().macs(inputs, output) + 1  # type: ignore[operator]


class _UnknownMacs(_Conv):
    def connections(self, inputs: Shapes, output: Shape) -> int | None:
        return None

    def macs(self, inputs: Shapes, output: Shape) -> int | None:
        return None


class _Frozen(_Conv):
    def module(self) -> nn.Module:
        return super().module().requires_grad_(False)


class _WrongBuffer(BatchNorm2d):
    def buffers(self) -> dict[str, Shape]:
        return {**super().buffers(), "running_mean": (1,)}

    def module(self) -> nn.Module:
        return nn.BatchNorm2d(self.num_features)


class _MixesSamples(_Conv):
    def module(self) -> nn.Module:
        def mixed(x: Tensor) -> Tensor:
            return x.reshape(1, -1, 1, 1)

        return nn.Sequential(super().module(), function_module(mixed))

    def parameters(self) -> dict[str, Shape]:
        return {f"0.{name}": shape for name, shape in super().parameters().items()}


class _Raises(ReLU):
    def module(self) -> nn.Module:
        def refuse(x: Tensor) -> Tensor:
            raise ValueError("not today\nnor tomorrow")

        return function_module(refuse)


class _GivesTwo(ReLU):
    def module(self) -> nn.Module:
        return function_module(lambda x: (x, x))


class _Unbuildable(ReLU):
    def module(self) -> nn.Module:
        raise ValueError("no such luck")


def with_conv(conv: Any, **arguments: Any) -> Network:
    """The layer between two others: faults must be found in it alone."""
    written = {"out_channels": 6, "kernel_size": 3, **arguments}
    return (
        Builder(3, 8, 8)
        .add("before", Conv2d(out_channels=4, kernel_size=1))
        .add("planted", conv(**written))
        .add("after", ReLU())
        .network()
    )


def mismatches(network: Network, device: str = "cpu") -> list[Mismatch]:
    report = verify(network, device)
    assert report.status == ("failed" if report.mismatches else "passed")
    return list(report.mismatches)


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_what_is_right_passes(device: str) -> None:
    report = verify(with_conv(_Conv, groups=2, stride=2), device)
    assert (report.status, report.mismatches, report.layers_checked) == ("passed", (), 3)
    assert (report.device, report.skipped, report.reason) == (device, (), "")
    assert report.torch == torch.__version__.partition("+")[0]


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (
            _WrongWeight,
            [("parameter weight", (3, 3, 4, 6), (6, 4, 3, 3)), ("macs", 15_552, 7776)],
        ),
        (_WrongName, [("parameter offset", (6,), None), ("parameter bias", None, (6,))]),
        (_MissingBias, [("parameter bias", None, (6,))]),
        (_WrongMacs, [("macs", 7777, 7776)]),
        (_Frozen, [("trainable parameters", 222, 0)]),
    ],
)
def test_a_planted_fault_is_named(planted: Any, found: list[tuple[str, Any, Any]]) -> None:
    seen = mismatches(with_conv(planted))
    assert [tuple(mismatch)[1:] for mismatch in seen if mismatch.path == "planted"] == found
    assert {mismatch.path for mismatch in seen} <= {"planted", ""}


def test_a_wrong_shape_is_named_and_what_follows_is_still_compared() -> None:
    network = with_conv(_WrongShape)
    assert mismatches(network) == [
        Mismatch("planted", "output shape", (6, 7, 6), (6, 6, 6)),
        # 36 positions are there, 42 were said.
        Mismatch("planted", "macs", 9072, 7776),
        Mismatch("after", "output shape", (6, 7, 6), (6, 6, 6)),
    ]
    assert verify(network, "cpu").layers_checked == 3


def test_a_wrong_buffer_is_named() -> None:
    network = chain((3, 8, 8), _WrongBuffer())
    assert mismatches(network) == [Mismatch("0", "buffer running_mean", (1,), (3,))]


def test_a_graph_whose_shapes_do_not_join_is_named() -> None:
    network = Builder(3, 8, 8).add("a", ReLU()).add("b", ReLU()).network()
    network.layers[1].op.input_shapes = ((3, 9, 9),)
    network.layers[1].op.output_shape = (3, 9, 9)
    assert mismatches(network) == [
        Mismatch("b", "input shape of a", (3, 9, 9), (3, 8, 8)),
        Mismatch("b", "output shape", (3, 9, 9), (3, 8, 8)),
    ]


def test_a_module_that_mixes_the_samples_is_named() -> None:
    assert Mismatch("planted", "batch", (2, 6, 6, 6), (1, 432, 1, 1)) in mismatches(
        with_conv(_MixesSamples)
    )


@pytest.mark.parametrize(
    ("planted", "mismatch", "checked"),
    [
        (_Raises, ("runs", "an output of 3×8×8", "ValueError: not today"), 1),
        (_GivesTwo, ("output", "one tensor", "tuple"), 1),
        (_Unbuildable, ("builds", "a module", "ValueError: no such luck"), 0),
    ],
)
def test_what_does_not_run_ends_the_check(
    planted: Any, mismatch: tuple[str, str, str], checked: int
) -> None:
    report = verify(chain((3, 8, 8), ReLU(), planted(), ReLU()), "cpu")
    assert report.status == "failed"
    assert report.mismatches == (Mismatch("1", *mismatch),)
    assert report.layers_checked == checked
    assert report.witness is None


def test_unknown_macs_are_told_and_are_no_fault() -> None:
    report = verify(with_conv(_UnknownMacs), "cpu")
    assert report.status == "passed"
    assert report.unknown_macs == (("planted", 7776),)


def test_layers_that_share_are_compared_once_for_weights_and_always_for_shapes() -> None:
    conv = Conv2d(out_channels=3, kernel_size=3, padding=1)
    network = (
        Builder(3, 8, 8)
        .add("first", conv)
        .add("half", MaxPool2d(kernel_size=2))
        .add("second", conv, shares="first")
        .network()
    )
    report = verify(network, "cpu")
    assert (report.status, report.layers_checked) == ("passed", 3)
    assert report.witness is not None
    assert report.witness.status == "agrees"


def test_the_report_is_plain_data() -> None:
    report = verify(with_conv(_WrongShape), "cpu").to_dict()
    assert json.loads(json.dumps(report)) == report
    assert list(report)[:5] == ["status", "device", "torch", "layers_checked", "mismatches"]
    assert report["mismatches"][0] == {
        "path": "planted",
        "quantity": "output shape",
        "expected": [6, 7, 6],
        "found": [6, 6, 6],
    }


@pytest.mark.filterwarnings("error")
def test_what_torch_runs_with_a_warning_passes_without_one() -> None:
    report = verify(chain((4, 9, 9), Conv2d(out_channels=2, kernel_size=4, padding="same")), "cpu")
    assert report.status == "passed"


def test_verifying_leaves_torch_as_it_was() -> None:
    before = torch.random.get_rng_state()
    verify(cnnshape.load("lenet5"), "cpu")
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.is_grad_enabled()
    assert torch.backends.mha.get_fastpath_enabled()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_example_of_every_type_passes(name: str) -> None:
    for example in TYPES[name].examples:
        if len(set(example.inputs)) == 1:
            shape = example.inputs[0]
            builder = Builder(*shape)
            builder.add("layer", TYPES[name](**example.arguments), *["input"] * len(example.inputs))
            report = verify(builder.network(), "cpu")
            assert report.mismatches == ()
            assert report.witness is not None
            assert report.witness.status == "agrees", report.witness.reason


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lenet5_1998", "googlenet"])
def test_macs_are_counted_as_flop_counter_does(name: str) -> None:
    network = cnnshape.load(name)
    module = network.to_module().eval()
    x = torch.zeros(1, *network.input_shape)
    with torch.no_grad(), MacCounter() as ours, FlopCounterMode(display=False) as theirs:
        module(x)
    assert ours.macs * 2 == theirs.get_total_flops() == network.totals.flops


class _Attention(Layer):
    """Each of the positions against each: two products of 8·8·3 multiply-accumulates."""

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 2 * 8 * 8 * 3

    def module(self) -> nn.Module:
        return function_module(lambda x: functional.scaled_dot_product_attention(x, x, x))


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_attention_is_counted_alike_on_every_device(device: str) -> None:
    assert mismatches(chain((1, 8, 3), _Attention()), device) == []


def test_multihead_attention_is_counted_in_evaluation_mode() -> None:
    class _Multihead(_Attention):
        def macs(self, inputs: Shapes, output: Shape) -> int:
            return 2 * 8 * 8 * 4 + 4 * 8 * 4 * 4

        def parameters(self) -> dict[str, Shape]:
            shapes = {"in_proj_weight": (12, 4), "in_proj_bias": (12,)}
            return shapes | {"out_proj.weight": (4, 4), "out_proj.bias": (4,)}

        def module(self) -> nn.Module:
            class SelfAttention(nn.MultiheadAttention):
                def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
                    output: Tensor = super().forward(x, x, x)[0]
                    return output

            return SelfAttention(4, 2, batch_first=True)

    report = verify(chain((8, 4), _Multihead()), "cpu")
    assert report.mismatches == ()
    assert report.witness is not None
    assert report.witness.status == "agrees", report.witness.reason


class _TwoInOne(Layer):
    """A type with modules inside, for the check that unlike parts are compared by name."""

    kind = "linear"

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def parameters(self) -> dict[str, Shape]:
        return {"0.weight": (3, 3), "1.weight": (3, 3)}

    def macs(self, inputs: Shapes, output: Shape) -> int:
        return 18

    def module(self) -> nn.Module:
        return nn.Sequential(nn.Linear(3, 3, bias=False), nn.Linear(3, 3, bias=False))


def test_parts_are_compared_by_their_names() -> None:
    assert mismatches(chain((3,), _TwoInOne())) == []
