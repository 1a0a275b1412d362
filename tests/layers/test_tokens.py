"""ClassToken: learned positions before those of a sequence."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cnnshape.layers import LayerError

from .agreement import assert_agrees, bound


@pytest.mark.parametrize("count", [1, 3])
def test_learned_positions_come_first(count: int) -> None:
    assert_agrees("ClassToken", {"num_tokens": count}, (7, 4))
    layer = bound("ClassToken", {"num_tokens": count}, (7, 4))
    module: Any = layer.module()
    torch.nn.init.normal_(module.weight)
    x = torch.randn(2, 7, 4)
    result = module(x)
    assert torch.equal(result[:, count:], x)
    assert torch.equal(result[0, :count], module.weight)
    assert torch.equal(result[1, :count], module.weight)
    assert layer.formula(((7, 4),), (7 + count, 4)) == f"{count}+7 = {7 + count}"


def test_a_map_is_no_sequence() -> None:
    with pytest.raises(LayerError, match="reads positions × features, not 64×7×7") as fault:
        bound("ClassToken", {}, (64, 7, 7))
    assert "{type: Permute, dims: [0, 2, 1]}" in (fault.value.help or "")
