"""Which values are drawn, and how many layers each stack stands for."""

from __future__ import annotations

import pytest

import cnnshape
from cnnshape.diagrams import make_look
from cnnshape.diagrams.maps.path import MOST_BY_GROUPS, Path, main_path
from cnnshape.layers.shapes import format_shape


def path(name: str, **options: object) -> Path:
    return main_path(cnnshape.load(name), make_look(**options))  # type: ignore[arg-type]


def shown(path: Path) -> list[str]:
    return [f"{stack.name} {format_shape(stack.shape)}" for stack in path.stacks]


def test_a_short_net_has_a_stack_for_each_layer_that_does_more_than_an_activation():
    assert shown(path("lenet5")) == [
        "input 1×32×32",
        "C1 6×28×28",
        "S2 6×14×14",
        "C3 16×10×10",
        "S4 16×5×5",
        "C5 120",
        "F6 84",
        "output 10",
    ]


def test_layers_of_one_group_and_resolution_are_one_stack():
    assert shown(path("vgg16"))[:4] == [
        "input 3×224×224",
        "stage1.conv.0–1 64×224×224",
        "stage1.pool 64×112×112",
        "stage2.conv.0–1 128×112×112",
    ]
    residual = shown(path("resnet152"))
    assert "layer3.0.main.conv2 256×14×14" in residual
    assert "layer3 1024×14×14" in residual
    assert "bottom 1024×28×28" in shown(path("unet"))
    assert "inception4e 832×14×14" in shown(path("googlenet"))


def test_every_layer_of_the_main_path_belongs_to_one_stack():
    for name in ("googlenet", "resnet18", "unet"):
        layers = [layer.path for layer in path(name).layers]
        assert len(set(layers)) == len(layers)
        assert [layer.path for layer in path(name, depth=None, fold=False).layers] == layers


@pytest.mark.parametrize("name", ["resnet152", "googlenet", "densenet121", "mobilenet_v2"])
def test_depth_auto_draws_what_a_page_holds(name: str) -> None:
    drawn = path(name)
    assert drawn.depth == 1
    assert len(drawn.stacks) <= MOST_BY_GROUPS


def test_a_greater_depth_draws_more_and_the_path_says_which():
    drawn = path("resnet18", depth=0)
    assert drawn.deeper == 2
    assert len(path("resnet18", depth=1).stacks) == len(drawn.stacks)
    deeper = path("resnet18", depth=drawn.deeper)
    assert len(deeper.stacks) > len(drawn.stacks)
    assert path("resnet18", depth=None).deeper is None


def test_alike_neighbours_are_one_stack_unless_folding_is_off():
    spec = "input: [4, 8, 8]\nlayers: [{type: Conv2d, out_channels: 4, kernel_size: 1, repeat: 3}]"
    net = cnnshape.loads(spec)
    folded = main_path(net, make_look())
    assert [len(stack.layers) for stack in folded.stacks] == [0, 3]
    assert folded.folded
    apart = main_path(net, make_look(fold=False))
    assert [len(stack.layers) for stack in apart.stacks] == [0, 1, 1, 1]
    assert not apart.folded


def test_an_activation_has_its_own_stack_where_nothing_is_fused():
    assert len(path("lenet5", fuse=False).stacks) > len(path("lenet5").stacks)


def test_a_gate_is_not_on_the_main_path():
    drawn = main_path(
        cnnshape.loads(
            "input: [8, 6, 6]\n"
            "layers:\n"
            "  - {name: conv, type: Conv2d, out_channels: 8, kernel_size: 3}\n"
            "  - {name: pool, type: AdaptiveAvgPool2d, output_size: 1}\n"
            "  - {name: fc1, type: Conv2d, out_channels: 2, kernel_size: 1}\n"
            "  - {name: fc2, type: Conv2d, out_channels: 8, kernel_size: 1}\n"
            "  - {name: gated, type: Multiply, from: [conv, fc2]}\n"
        ),
        make_look(),
    )
    assert [layer.name for layer in drawn.layers] == ["conv", "gated"]


def test_layers_that_put_the_channels_last_and_first_again_keep_the_resolution():
    net = cnnshape.loads(
        "input: [3, 8, 8]\n"
        "layers:\n"
        "  - {name: a, type: Conv2d, out_channels: 6, kernel_size: 3, padding: 1}\n"
        "  - {name: last, type: Permute, dims: [0, 2, 3, 1]}\n"
        "  - {name: wide, type: Linear, in_features: 6, out_features: 24}\n"
        "  - {name: first, type: Permute, dims: [0, 3, 1, 2]}\n"
        "  - {name: down, type: MaxPool2d, kernel_size: 2}\n"
    )
    assert shown(main_path(net, make_look(depth=0))) == [
        "input 3×8×8",
        "a–first 24×8×8",
        "down 24×4×4",
    ]


def test_a_stack_has_the_colour_of_what_makes_it():
    kinds = {stack.name: stack.kind for stack in path("resnet18").stacks}
    assert kinds["input"] == "input"
    assert kinds["layer1"] == "convolution"
    assert kinds["maxpool2d1"] == "pooling"
    assert kinds["fc"] == "linear"
    relu = cnnshape.loads("input: [4]\nlayers: [ReLU]")
    assert main_path(relu, make_look()).stacks[1].kind == "activation"
