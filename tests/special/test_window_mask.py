"""ShiftedWindowMask against the mask of Swin Transformer, as its code has it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from cnnshape.layers import LayerError

from ..layers.agreement import assert_agrees, bound

ONNX = {"COMPUTED": ("ShiftedWindowMask",), "OTHERWISE": {"ShiftedWindowMask": "Bias"}}


def mask_of_swin(size: int, window: int, shift: int) -> Tensor:
    """attn_mask of SwinTransformerBlock."""
    region = torch.zeros(size, size)
    slices = (slice(0, -window), slice(-window, -shift), slice(-shift, None))
    for number, (rows, columns) in enumerate((r, c) for r in slices for c in slices):
        region[rows, columns] = number
    count = size // window
    parts = region.view(count, window, count, window).transpose(1, 2).reshape(-1, window**2)
    return torch.where(parts[:, None] != parts[:, :, None], -100.0, 0.0)


@pytest.mark.parametrize(("size", "window", "shift"), [(14, 7, 3), (8, 4, 2), (8, 4, 1), (6, 6, 3)])
def test_it_keeps_apart_what_swin_keeps_apart(size: int, window: int, shift: int) -> None:
    expected = mask_of_swin(size, window, shift)
    shape = (len(expected), 2, *expected.shape[1:])
    arguments = {"size": [size] * 2, "window_size": [window] * 2, "shift_size": [shift] * 2}
    assert_agrees("ShiftedWindowMask", arguments, shape)
    module = bound("ShiftedWindowMask", arguments, shape).module()
    assert torch.equal(module(torch.zeros(3, *shape))[1, :, 1], expected)


def test_without_a_shift_nothing_is_kept_apart() -> None:
    arguments = {"size": [4, 4], "window_size": [2, 2], "shift_size": [0, 0]}
    x = torch.randn(1, 4, 3, 4, 4)
    assert torch.equal(bound("ShiftedWindowMask", arguments, (4, 3, 4, 4)).module()(x), x)


@pytest.mark.parametrize(
    ("arguments", "shape", "message"),
    [
        (([7, 8], [4, 4], [1, 1]), (4, 1, 16, 16), "windows of 4 do not divide a size of 7"),
        (([8, 8], [4, 4], [1, 4]), (4, 1, 16, 16), "a shift of 4 is not less than a window of 4"),
        (([8, 8], [4, 4], [1, 1]), (4, 16, 16), "reads 4 × heads × 16 × 16, not 4×16×16"),
    ],
)
def test_what_does_not_fit_is_refused(
    arguments: tuple[list[int], ...], shape: tuple[int, ...], message: str
) -> None:
    given = dict(zip(("size", "window_size", "shift_size"), arguments, strict=True))
    with pytest.raises(LayerError) as caught:
        bound("ShiftedWindowMask", given, shape).output_shape((shape,))
    assert message in caught.value.message
