"""Shuffles against torch.nn: factors that divide, and those beside them that do not."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from cnnshape.layers import Shape, Step

from .agreement import assert_agrees_or_both_refuse, assert_both_refuse, bound


@given(
    factor=st.integers(-1, 3),
    channels=st.sampled_from([1, 3, 4, 8, 9]),
    size=st.lists(st.sampled_from([1, 2, 3, 4, 6]), min_size=2, max_size=3),
)
def test_pixel_shuffles(factor: int, channels: int, size: list[int]) -> None:
    shape = (channels, *size)
    assert_agrees_or_both_refuse("PixelShuffle", {"upscale_factor": factor}, shape)
    assert_agrees_or_both_refuse("PixelUnshuffle", {"downscale_factor": factor}, shape)


@given(
    groups=st.integers(-1, 7), shape=st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)
)
@settings(max_examples=50)
def test_channel_shuffle(groups: int, shape: Shape) -> None:
    assert_agrees_or_both_refuse("ChannelShuffle", {"groups": groups}, shape)


def test_a_shuffle_names_the_factors_that_divide() -> None:
    assert_both_refuse(
        "PixelShuffle",
        {"upscale_factor": 3},
        (10, 4, 4),
        match=r"10 channels do not divide into 3·3 = 9\ngive it 9 channels, or give it 18 channels",
    )
    assert_both_refuse(
        "PixelShuffle",
        {"upscale_factor": 3},
        (21, 4, 4),
        match=r"give it 18 channels, or give it 27 channels",
    )
    assert_both_refuse(
        "PixelUnshuffle",
        {"downscale_factor": 4},
        (1, 8, 6),
        match=r"the width 6 is no multiple of downscale_factor 4\ndownscale_factor: 2$",
    )
    assert_both_refuse(
        "ChannelShuffle", {"groups": 4}, (6, 9), match=r"groups 4 does not divide.*6.*\n.*3 or 6"
    )


def test_a_position_looks_back_at_the_pixels_it_was_made_of() -> None:
    shape = (12, 6, 9)
    for name, arguments, formula, steps in (
        (
            "PixelShuffle",
            {"upscale_factor": 2},
            "C: 12/2² = 3, H: 2·6 = 12, W: 2·9 = 18",
            (Step(0, Fraction(1, 2)),) * 2,
        ),
        (
            "PixelUnshuffle",
            {"downscale_factor": 3},
            "C: 12·3² = 108, H: 6/3 = 2, W: 9/3 = 3",
            (Step(2, 3),) * 2,
        ),
        ("ChannelShuffle", {"groups": 2}, "", (Step(0, 1),) * 2),
    ):
        layer = bound(name, arguments, shape)
        output = layer.output_shape((shape,))
        assert layer.formula((shape,), output) == formula
        assert layer.footprint((shape,), output) == steps
