"""Weights that show what a module computes."""

from __future__ import annotations

import pytest
import torch

import cnnshape
from cnnshape.torch_backend.initialisation import draw_weights, draw_whole_numbers

from ..specs import net

pytestmark = pytest.mark.slow


def test_every_layer_shows_with_weights_that_are_drawn() -> None:
    module = cnnshape.load("convnext_tiny", input=(3, 64, 64)).to_module().eval()
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        draw_weights(module, x)
        before = module(x)
        assert 0.1 < before.abs().max() < 1000
        for key, tensor in module.state_dict().items():
            if key.endswith(("layer_scale.weight", "0.block.0.weight")):
                own = tensor.clone()
                tensor.mul_(1.1)
                assert (module(x) - before).abs().max() > 1e-4 * before.abs().max(), key
                tensor.copy_(own)


@pytest.mark.parametrize(
    "block",
    [
        "",
        ", ReLU",
        ", BatchNorm2d, ReLU",
        ", {type: Scale}",
        ", {type: WeightNormConv2d, out_channels: 8, kernel_size: 1}",
        ", {type: Power, exponent: 2}",
    ],
)
def test_numbers_stay_through_four_hundred_layers(block: str) -> None:
    conv = "{type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}"
    module = net(f"[{{repeat: 400, layers: [{conv}{block}]}}]", "[8, 6, 6]").to_module().eval()
    x = torch.randn(2, 8, 6, 6, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        draw_weights(module, x)
        assert 1e-4 < module(x).abs().max() < 1e4


def test_whole_numbers_stay_whole_and_do_not_vanish() -> None:
    module = cnnshape.load("segnet", input=(3, 45, 60)).to_module().eval()
    draw_whole_numbers(module)
    x = torch.randn(1, 3, 45, 60, generator=torch.Generator().manual_seed(0)).mul(2).round()
    with torch.no_grad():
        output = module(x)
        again = module(x.to(memory_format=torch.channels_last))
    assert torch.equal(output, output.round())
    assert torch.equal(output, again)
    assert (output != 0).float().mean() > 0.1
    assert 100 < output.abs().max() < 2**24
