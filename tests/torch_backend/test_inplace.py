"""In place or not, a network gives the same values, bit for bit, and leaves its input alone."""

from __future__ import annotations

import random

import pytest
import torch
from torch import Tensor
from torch.nn.functional import leaky_relu_

from cnnshape import Network, loads
from cnnshape.layers import listed, registry

OWN = [name for name, kind in listed().items() if kind.gives_own_memory]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Using padding:UserWarning")
@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("training", [True, False])
def test_what_says_so_gives_memory_of_its_own(name: str, training: bool) -> None:
    kind = registry()[name]
    for example in kind.examples:
        layer = kind(**example.arguments).bind(example.inputs)
        module = layer.module().train(training)
        given = [torch.rand(2, *shape, requires_grad=True) for shape in example.inputs]
        if training and name.startswith("InstanceNorm") and given[0][0, 0].numel() < 2:
            continue  # PyTorch does not train it on one position
        read = [each * 1 for each in given]
        output = module(*read)
        held = {each.untyped_storage().data_ptr() for each in (*read, *module.parameters())}
        assert output.untyped_storage().data_ptr() not in held
        leaky_relu_(output).sum().backward()
        assert all(each.grad is not None for each in given)


ACTIVATIONS = [
    name
    for name, kind in listed().items()
    if "inplace" in kind.fields and name not in ("Threshold", "Dropout1d", "Dropout3d")
]
OTHERS = (
    "type: Conv2d, out_channels: 4, kernel_size: 3, padding: 1",
    "type: BatchNorm2d",
    "type: MaxPool2d, kernel_size: 3, stride: 1, padding: 1",
    "type: Identity",
    "type: Dropout",
    "type: Tanh",
    "type: Reshape, shape: [4, 6, 6]",
    "type: Permute, dims: [0, 1, 3, 2]",
    "type: Narrow, dim: 1, start: 0, length: 4",
)


def drawn(seed: int) -> str:
    """The spec of a random graph of 4×6×6 values, many of them read more than once."""
    dice = random.Random(seed)
    names, lines = ["input"], []
    for number in range(dice.randint(3, 12)):
        read = names[-1] if dice.random() < 0.7 else dice.choice(names)
        kind = dice.random()
        if kind < 0.4:
            words = f"type: {dice.choice(ACTIVATIONS)}, inplace: true"
        elif kind < 0.5:
            words, read = "type: Add", f"[{read}, {dice.choice(names)}]"
        else:
            words = dice.choice(OTHERS)
        names.append(f"v{number}")
        lines.append(f"  - {{{words}, name: {names[-1]}, from: {read}}}")
    return "\n".join(["input: [4, 6, 6]", "layers:", *lines, ""])


def values(network: Network, training: bool) -> tuple[list[Tensor], Tensor]:
    """The outputs, and the gradient of the input."""
    torch.manual_seed(0)
    module = network.to_module().train(training)
    x = torch.randn(2, *network.input_shape, requires_grad=True)
    before = x.detach().clone()
    given = x * 1
    torch.manual_seed(1)
    output = module(given)
    outputs = list(output) if isinstance(output, tuple) else [output]
    sum(each.sum() for each in outputs).backward()
    assert torch.equal(given, before)
    assert x.grad is not None
    return [each.detach() for each in outputs], x.grad


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_random_graphs_give_the_same_in_place_and_not(seed: int) -> None:
    text = drawn(seed)
    for training in (False, True):
        have, slope = values(loads(text), training)
        want, expected = values(loads(text.replace("inplace: true", "inplace: false")), training)
        assert all(map(torch.equal, want, have))
        torch.testing.assert_close(slope, expected, rtol=1e-4, atol=1e-6)


def test_random_graphs_have_layers_of_both_ways() -> None:
    ways = [
        node.layer.arguments["inplace"]
        for seed in range(60)
        for node in loads(drawn(seed)).layers
        if "inplace" in node.layer.fields
    ]
    assert 30 < sum(ways) < len(ways) - 30
