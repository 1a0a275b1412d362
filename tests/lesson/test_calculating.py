"""Chains in a few characters: read as they are meant, and computed as PyTorch does."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnshape import SpecError
from cnnshape.lesson.calculating import Part, build, read_part, rows
from cnnshape.lesson.written import WordError, read_sizes
from cnnshape.network import Network

TYPES = {"conv": "Conv", "pool": "MaxPool", "avgpool": "AvgPool", "convt": "ConvTranspose"}
LETTERS = {"s": "stride", "p": "padding", "d": "dilation", "o": "output_padding"}
MAY = {"conv": "spd", "pool": "spd", "avgpool": "sp", "convt": "spdo"}


@st.composite
def layers(draw: st.DrawFn, rank: int) -> tuple[str, nn.Module]:
    """A word, and torch's module that it stands for."""
    kind = draw(st.sampled_from([*TYPES, "up"]))
    sizes = st.one_of(
        st.integers(1, 5).map(lambda n: (n,) * rank), st.tuples(*[st.integers(1, 5)] * rank)
    )
    window = draw(sizes)
    word = f"{kind}{'x'.join(map(str, window)) if len(set(window)) > 1 else window[0]}"
    if kind == "up":
        return word, nn.Upsample(scale_factor=tuple(map(float, window)))
    arguments: dict[str, object] = {}
    for letter in draw(st.sets(st.sampled_from(MAY[kind]))):
        least = 0 if letter in "po" else 1
        arguments[LETTERS[letter]] = number = draw(st.integers(least, 3))
        word += f"{letter}{number}"
    if "pool" in kind and draw(st.booleans()):
        arguments["ceil_mode"] = True
        word += "ceil"
    if (
        kind == "conv"
        and "padding" not in arguments
        and arguments.get("stride", 1) == 1
        and draw(st.booleans())
    ):
        arguments["padding"] = "same"
        word += "same"
    channels = (1, 1) if "conv" in kind else ()
    return word, getattr(nn, f"{TYPES[kind]}{rank}d")(*channels, window, **arguments)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@given(st.data(), st.integers(1, 3))
def test_a_chain_gives_what_pytorch_gives(data: st.DataObject, rank: int) -> None:
    sizes = data.draw(st.tuples(*[st.integers(1, 14)] * rank))
    chain = data.draw(st.lists(layers(rank), min_size=1, max_size=3))
    parts = [read_part(word) for word, _ in chain]
    value = torch.zeros(1, 1, *sizes)
    expected: list[tuple[int, ...]] = []
    failed = False
    with torch.no_grad():
        for _, module in chain:
            try:
                value = module(value)
            except (RuntimeError, ValueError):
                failed = True
                break
            expected.append(tuple(value.shape[2:]))
    network, failed_here = None, False
    try:
        network = build(sizes, parts)
    except SpecError as fault:
        network, failed_here = fault.partial, True
    assert failed_here == failed
    found = rows(network, parts) if isinstance(network, Network) else []
    assert [row.sizes for row in found] == expected[: len(found)]
    assert failed or len(found) == len(chain)


def test_the_chain_of_lenet5() -> None:
    parts = [read_part(word) for word in ("conv5", "pool2", "conv5", "pool2", "conv5")]
    found = rows(build((32,), parts), parts)
    assert [row.sizes for row in found] == [(28,), (14,), (10,), (5,), (1,)]
    assert [row.to_dict()["receptive_field"] for row in found] == [[5], [6], [14], [16], [32]]
    assert [row.to_dict()["jump"] for row in found] == [[1], [2], [2], [4], [4]]


@pytest.mark.parametrize(
    ("word", "base", "arguments"),
    [
        ("conv5", "Conv", {"kernel_size": (5,)}),
        ("CONV3x5", "Conv", {"kernel_size": (3, 5)}),
        ("conv3s2p1d2", "Conv",
         {"kernel_size": (3,), "stride": (2,), "padding": (1,), "dilation": (2,)}),
        ("conv3x3s2x1same", "Conv", {"kernel_size": (3, 3), "stride": (2, 1), "padding": "same"}),
        ("pool2", "MaxPool", {"kernel_size": (2,)}),
        ("pool3s2ceil", "MaxPool", {"kernel_size": (3,), "stride": (2,), "ceil_mode": True}),
        ("deconv4s2p1o1", "ConvTranspose",
         {"kernel_size": (4,), "stride": (2,), "padding": (1,), "output_padding": (1,)}),
        ("up2", "Upsample", {"scale_factor": (2,)}),
    ],
)  # fmt: skip
def test_words_are_read(word: str, base: str, arguments: dict[str, object]) -> None:
    assert read_part(word) == Part(word, base, arguments)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("pol2", "did you mean pool?"),
        ("x", "there are conv, pool"),
        ("conv", "expected a number behind conv"),
        ("conv5q2", "expected s (stride), p (padding), d (dilation), same, not 'q2'"),
        ("conv5s", "not 's'"),
        ("conv5s2s3", "gives stride twice"),
        ("conv5p1same", "gives padding twice"),
        ("conv5ceil", "not 'ceil'"),
        ("avgpool2d2", "expected s (stride), p (padding), ceil, not 'd2'"),
        ("up2s2", "expected nothing more, not 's2'"),
        ("conv3x3x3x3", "3 dimensions at most"),
        ("conv9999999999", "not '9'"),
        ("", "there are conv"),
    ],
)
def test_wrong_words_say_what_was_expected(word: str, told: str) -> None:
    with pytest.raises(WordError, match=r"^[^\n]*$") as caught:
        read_part(word)
    assert told in str(caught.value)


@pytest.mark.parametrize("text", ["", "x", "3x", "-3", "3.5", "1x2x3x4", "9999999999", "３"])
def test_wrong_sizes_are_told(text: str) -> None:
    with pytest.raises(WordError, match="expected"):
        read_sizes(text)
