"""PositionEmbeddingSine against the code of DETR."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from cnnshape.layers import LayerError

from ..layers.agreement import assert_agrees, bound

ONNX = {"NOT_WRITTEN": {"PositionEmbeddingSine": "it follows from no values"}}


def detr(shape: tuple[int, ...], feats: int, temperature: float, scale: float | None) -> Tensor:
    """models/position_encoding.py, without a mask; `scale`: None where nothing is normalised."""
    not_masked = torch.ones(1, *shape[1:])
    rows, columns = not_masked.cumsum(1), not_masked.cumsum(2)
    if scale is not None:
        rows = rows / (rows[:, -1:, :] + 1e-6) * scale
        columns = columns / (columns[:, :, -1:] + 1e-6) * scale
    dim = torch.arange(feats, dtype=torch.float32)
    dim = temperature ** (2 * torch.div(dim, 2, rounding_mode="floor") / feats)
    waves = []
    for places in (rows, columns):
        angles = places[:, :, :, None] / dim
        sines = (angles[:, :, :, 0::2].sin(), angles[:, :, :, 1::2].cos())
        waves.append(torch.stack(sines, dim=4).flatten(3))
    return torch.cat(waves, dim=3).permute(0, 3, 1, 2)


@pytest.mark.parametrize(
    ("arguments", "scale"),
    [
        ({"num_pos_feats": 8}, None),
        ({"num_pos_feats": 8, "normalize": True, "temperature": 20}, 2 * math.pi),
        ({"num_pos_feats": 2, "normalize": True, "scale": 3.0}, 3.0),
    ],
)
def test_it_gives_detrs_sines(arguments: dict[str, Any], scale: float | None) -> None:
    shape = (3, 5, 7)
    assert_agrees("PositionEmbeddingSine", arguments, shape)
    found = bound("PositionEmbeddingSine", arguments, shape).module()(torch.randn(2, *shape))
    temperature = arguments.get("temperature", 10000)
    expected = detr(shape, arguments["num_pos_feats"], temperature, scale)
    assert torch.allclose(found, expected.expand_as(found), atol=1e-5)


def test_half_are_sines_and_half_cosines() -> None:
    with pytest.raises(LayerError, match="must be even, not 5"):
        bound("PositionEmbeddingSine", {"num_pos_feats": 5}, (3, 4, 4))
    with pytest.raises(LayerError, match="reads C×H×W, not 49×8"):
        bound("PositionEmbeddingSine", {"num_pos_feats": 4}, (49, 8)).output_shape(((49, 8),))
