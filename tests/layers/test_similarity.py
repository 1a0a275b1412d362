"""CosineSimilarity and PairwiseDistance against torch.nn's."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cnnshape.layers import LayerError

from .agreement import assert_agrees, bound


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("CosineSimilarity", {}, (5,)),
        ("CosineSimilarity", {"dim": 2, "eps": 1e-3}, (4, 5, 6)),
        ("CosineSimilarity", {"dim": -1}, (4, 5)),
        ("PairwiseDistance", {}, (5,)),
        ("PairwiseDistance", {"p": 1, "eps": 0.5, "keepdim": True}, (4, 5)),
    ],
)
def test_the_shapes_are_torchs(
    name: str, arguments: dict[str, Any], shape: tuple[int, ...]
) -> None:
    assert_agrees(name, arguments, shape, shape)


def test_arguments_reach_the_module() -> None:
    x, y = torch.rand(2, 3, 8), torch.rand(2, 3, 8)
    distance = bound("PairwiseDistance", {"p": 1, "eps": 0.0}, (3, 8), (3, 8)).module()
    torch.testing.assert_close(distance(x, y), (x - y).abs().sum(2))
    angle = bound("CosineSimilarity", {"dim": 2}, (3, 8), (3, 8)).module()
    torch.testing.assert_close(angle(x, y), (x * y).sum(2) / x.norm(dim=2) / y.norm(dim=2))


@pytest.mark.parametrize(
    ("name", "arguments", "shapes", "message"),
    [
        ("CosineSimilarity", {}, ((5,), (6,)), "compares values of one shape, not 5 and 6"),
        ("CosineSimilarity", {"dim": 0}, ((5,), (5,)), "is the batch"),
        ("PairwiseDistance", {}, ((), ()), "wants vectors"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    name: str, arguments: dict[str, Any], shapes: Any, message: str
) -> None:
    with pytest.raises(LayerError, match=message):
        bound(name, arguments, *shapes).output_shape(shapes)
