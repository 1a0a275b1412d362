"""Attention as torch.onnx writes it is attention again."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from cnnshape.importing import import_onnx
from cnnshape.torch_backend.initialisation import draw_weights

from .torch_files import EXPORTERS, write

pytestmark = pytest.mark.slow


class Attended(nn.Module):
    """torch.nn's attention, whose weights are asked for or not."""

    def __init__(self, *, need_weights: bool) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.need_weights = need_weights

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.attention(x, x, x, need_weights=self.need_weights)[0]
        return found


class Fused(nn.Module):
    """Attention of one's own, with one projection for queries, keys and values."""

    def __init__(self, *, causal: bool) -> None:
        super().__init__()
        self.qkv = nn.Linear(8, 24)
        self.out = nn.Linear(8, 8)
        self.causal = causal

    def forward(self, x: Tensor) -> Tensor:
        batch, positions, features = x.shape
        heads = self.qkv(x).reshape(batch, positions, 3, 2, features // 2).permute(2, 0, 3, 1, 4)
        query, key, value = heads.unbind(0)
        found = F.scaled_dot_product_attention(query, key, value, is_causal=self.causal)
        return self.out(found.transpose(1, 2).reshape(batch, positions, features))


class Transformer(nn.Module):
    """Patches after a class token, with learned positions."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 8, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.positions = nn.Parameter(torch.randn(1, 5, 8))
        self.attention = Attended(need_weights=False)
        self.head = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        return self.head((x + self.attention(x))[:, 0])


@pytest.mark.parametrize("need_weights", [False, True])
@pytest.mark.parametrize("exporter", EXPORTERS)
def test_several_heads_are_one_layer(exporter: str, need_weights: bool) -> None:
    module = Attended(need_weights=need_weights)
    draw_weights(module)
    found = import_onnx(write(module, (5, 8), exporter))
    (node,) = found.network.layers
    assert (node.path, node.type) == ("attention", "MultiheadAttention")
    assert node.layer.arguments["num_heads"] == 2
    assert found.network.totals.params == sum(each.numel() for each in module.parameters())


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("exporter", EXPORTERS)
def test_heads_of_one_projection(exporter: str, causal: bool) -> None:
    module = Fused(causal=causal)
    found = import_onnx(write(module, (5, 8), exporter))
    (node,) = (n for n in found.network.layers if n.type == "ScaledDotProductAttention")
    assert node.layer.arguments == {"scale": None, "is_causal": causal}
    assert found.network.totals.params == sum(each.numel() for each in module.parameters())


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_a_token_before_the_patches(exporter: str) -> None:
    module = Transformer()
    draw_weights(module)
    found = import_onnx(write(module, (3, 8, 8), exporter))
    assert [node.type for node in found.network.layers] == [
        "Conv2d", "Flatten", "Transpose", "ClassToken", "Bias", "MultiheadAttention", "Add",
        "Select", "Linear",
    ]  # fmt: skip
    assert found.network.totals.params == sum(each.numel() for each in module.parameters())
