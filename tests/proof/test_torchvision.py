"""The same weights in torchvision's own module and in cnnshape's give the same output.

Skipped where torchvision is not installed, for nothing else here needs it. To run it, in an
environment of its own:

    pip install torch==2.14.1 torchvision==0.29.1 -e '.[test]'
    pytest tests/proof/test_torchvision.py

It matches the two nets by what flows through them, and not by names: a layer's weights are
those of the torchvision module of the same shapes (and stride) that reads the very same
numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import cnnshape

torchvision = pytest.importorskip("torchvision")

import torch  # noqa: E402  (not before it is known that the tests can run)
from torch import Tensor, nn  # noqa: E402

from cnnshape.torch_backend import build  # noqa: E402
from cnnshape.torch_backend.initialisation import SkipInitialisation  # noqa: E402

PUBLISHED = json.loads((Path(__file__).parent / "published.json").read_text())["models"]
LARGE = 5_000_000_000
"""MACs beyond which a net is shown a small image, in the time of a test."""
SMALL = (3, 96, 96)
"""An image that every net can read."""
SAMPLES = 1000
"""The numbers of a tensor, evenly spread over it, by which it is known again."""
ARGUMENTS: dict[str, dict[str, Any]] = {
    "googlenet": {"aux_logits": False, "init_weights": False},
    "inception_v3": {"init_weights": False},
}


class Peer(NamedTuple):
    """A module of torchvision's that has weights, and some of the numbers that it read."""

    state: dict[str, Tensor]
    stride: Any
    read: Tensor


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_the_same_weights_give_the_same_output(name: str) -> None:
    large = PUBLISHED[name]["macs"] > LARGE
    network = cnnshape.load(name, input=SMALL if large else None)
    theirs = _with_weights_drawn(name)
    torch.manual_seed(0)
    x = torch.randn(1, *network.input_shape, dtype=torch.float64)
    with torch.no_grad():
        peers, expected = _run_and_record(theirs, x)
        with torch.device("meta"):
            ours = build(network).eval()

        def run_with_their_weights(
            position: int, module: nn.Module, inputs: Sequence[Tensor]
        ) -> Any:
            if network.layers[position].type == "InceptionAux":  # held by both, run by neither
                module.load_state_dict(theirs.get_submodule("AuxLogits").state_dict(), assign=True)
            elif module.state_dict():
                peer = _take(peers, module, inputs[0])
                module.load_state_dict(peer.state, assign=True)
            return module(*inputs)

        found = ours.run(x, run_with_their_weights)
    assert not peers, "every module of torchvision's has its layer"
    assert expected.std() > 1e-3, "the numbers are not so small that all would be close"
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def _with_weights_drawn(name: str) -> nn.Module:
    """torchvision's net in evaluation mode, every weight and statistic drawn at random."""
    with SkipInitialisation():
        model: nn.Module = torchvision.models.get_model(name, **ARGUMENTS.get(name, {}))
    model = model.double().eval()
    torch.manual_seed(0)
    with torch.no_grad():
        for key, tensor in model.state_dict().items():
            if tensor.ndim > 1 and not key.endswith("layer_scale"):
                bound = sqrt(6 / tensor[0].numel())
                tensor.uniform_(-bound, bound)
            elif key.endswith("num_batches_tracked"):
                tensor.zero_()
            elif key.endswith(("bias", "running_mean")):
                tensor.uniform_(-0.1, 0.1)
            else:
                tensor.uniform_(0.5, 1.5)
    return model


def _run_and_record(model: nn.Module, x: Tensor) -> tuple[list[Peer], Tensor]:
    """The modules that have weights, in the order in which they ran, and the output."""
    peers: list[Peer] = []
    handles = []
    for module, state in _modules_with_weights(model):

        def record(module: nn.Module, inputs: Any, state: dict[str, Tensor] = state) -> None:
            (read,) = inputs
            if type(module).__name__ == "LayerNorm2d":  # it puts the channels last by itself
                read = read.permute(0, 2, 3, 1)
            peers.append(Peer(state, getattr(module, "stride", None), _sample(read)))

        def record_scaled(
            _: nn.Module, inputs: Any, output: Tensor, state: dict[str, Tensor] = state
        ) -> None:
            peers.append(Peer(state, None, _sample(output)))

        if "layer_scale" in dict(module.named_parameters(recurse=False)):
            scaled = module.get_submodule("block")
            state["weight"] = state.pop("layer_scale")
            handles.append(scaled.register_forward_hook(record_scaled))
        else:
            handles.append(module.register_forward_pre_hook(record))
    output: Tensor = model(x)
    for handle in handles:
        handle.remove()
    return peers, output


def _modules_with_weights(model: nn.Module) -> Iterator[tuple[nn.Module, dict[str, Tensor]]]:
    for module in model.modules():
        own = {
            **dict(module.named_parameters(recurse=False)),
            **dict(module.named_buffers(recurse=False)),
        }
        if own:
            yield module, own


def _take(peers: list[Peer], module: nn.Module, read: Tensor) -> Peer:
    """The first module that read the same numbers, and has the same stride and weights as large."""
    shapes = {name: tensor.shape for name, tensor in module.state_dict().items()}
    sample = _sample(read)
    for place, peer in enumerate(peers):
        if (
            {name: tensor.shape for name, tensor in peer.state.items()} == shapes
            and peer.stride == getattr(module, "stride", None)
            and peer.read.shape == sample.shape
            and torch.allclose(peer.read, sample, rtol=1e-9, atol=1e-9)
        ):
            return peers.pop(place)
    raise AssertionError(f"no module of torchvision's reads this and has weights of {shapes}")


def _sample(tensor: Tensor) -> Tensor:
    flat = tensor.flatten()
    return flat[torch.linspace(0, len(flat) - 1, SAMPLES).long()].clone()
