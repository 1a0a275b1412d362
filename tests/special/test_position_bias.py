"""RelativePositionBias against the indices of Swin and of LeViT, as their code has them."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch

from cnnshape.layers import LayerError

from ..layers.agreement import assert_agrees, bound

ONNX = {
    "COMPUTED": ("RelativePositionBias",),
    "OTHERWISE": {"RelativePositionBias": "Bias"},
}


def signed_index(height: int, width: int) -> torch.Tensor:
    """Swin Transformer's relative_position_index."""
    grid = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    coordinates = torch.stack(grid).flatten(1)
    relative = (coordinates[:, :, None] - coordinates[:, None, :]).permute(1, 2, 0)
    relative[:, :, 0] += height - 1
    relative[:, :, 1] += width - 1
    relative[:, :, 0] *= 2 * width - 1
    return relative.sum(-1)


def unsigned_index(size: int, stride: int) -> torch.Tensor:
    """LeViT's attention_bias_idxs: offsets are numbered as they are met."""
    points = list(itertools.product(range(size), range(size)))
    queries = list(itertools.product(range(0, size, stride), range(0, size, stride)))
    offsets: dict[tuple[int, int], int] = {}
    index = [
        [offsets.setdefault((abs(a - c), abs(b - d)), len(offsets)) for c, d in points]
        for a, b in queries
    ]
    return torch.tensor(index)


@pytest.mark.parametrize(
    ("arguments", "index"),
    [
        ({"size": [4, 3]}, signed_index(4, 3)),
        ({"size": [4, 4], "signed": False}, unsigned_index(4, 1)),
        ({"size": [5, 5], "signed": False, "stride": 2}, unsigned_index(5, 2)),
    ],
)
def test_it_adds_the_number_of_each_offset(arguments: dict[str, Any], index: torch.Tensor) -> None:
    scores = torch.randn(2, 3, *index.shape)
    assert_agrees("RelativePositionBias", arguments, (3, *index.shape))
    module: Any = bound("RelativePositionBias", arguments, (3, *index.shape)).module()
    assert module.weight.shape == (3, index.max() + 1)
    torch.nn.init.normal_(module.weight)
    assert torch.equal(module(scores), scores + module.weight[:, index])


def test_windows_have_the_same_numbers() -> None:
    assert_agrees("RelativePositionBias", {"size": [2, 2]}, (5, 3, 4, 4))


def test_scores_of_another_map_are_refused() -> None:
    with pytest.raises(LayerError, match="of 7×7 reads heads × 49 × 49, not 3×49×50"):
        bound("RelativePositionBias", {"size": [7, 7]}, (3, 49, 50))
    with pytest.raises(LayerError, match="of 7×7 reads heads × 16 × 49"):
        bound("RelativePositionBias", {"size": [7, 7], "stride": 2}, (3, 49, 49))
    with pytest.raises(LayerError, match="reads heads"):
        bound("RelativePositionBias", {"size": [2, 2]}, (4, 4))
