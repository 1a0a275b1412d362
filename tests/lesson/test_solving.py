"""What fits: all that is listed does in PyTorch, and brute force finds no more."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnshape.errors import SpecError
from cnnshape.layers.shapes import Shape
from cnnshape.lesson import solving
from cnnshape.lesson.calculating import build, read_part
from cnnshape.lesson.solving import SETTINGS, inputs_that_fit, settings_that_fit

MODULES = {"Conv": nn.Conv1d, "MaxPool": nn.MaxPool1d, "ConvTranspose": nn.ConvTranspose1d}


@pytest.fixture(autouse=True)
def _small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds within which brute force is quick."""
    for name, bound in {"WINDOW": 5, "STRIDE": 4, "PADDING": 3, "DILATION": 2, "INPUT": 40}.items():
        monkeypatch.setattr(solving, name, bound)


def of_pytorch(base: str, size: int, setting: dict[str, int], **more: Any) -> int | None:
    """The size that PyTorch's module gives; None where it refuses."""
    channels = () if base == "MaxPool" else (1, 1)
    try:
        with torch.no_grad():
            return MODULES[base](*channels, **setting, **more)(torch.zeros(1, 1, size)).shape[2]
    except (RuntimeError, ValueError):
        return None


def by_brute_force(base: str, size: int, want: int, given: dict[str, int], **more: Any) -> set[Any]:
    """All settings within the bounds, as docs and help state them, that PyTorch agrees to."""
    widest = want if base == "ConvTranspose" else size
    ranges = {"kernel_size": [*range(1, 6), *([widest] if widest > 5 else [])],
              "stride": range(1, 5), "padding": range(4), "dilation": range(1, 3),
              "output_padding": range(4)}  # fmt: skip
    names = [name for name in SETTINGS if base == "ConvTranspose" or name != "output_padding"]
    found = set()
    for values in product(*([given[name]] if name in given else ranges[name] for name in names)):
        setting = dict(zip(names, values, strict=True))
        kernel, dilation = setting["kernel_size"], setting["dilation"]
        if "dilation" not in given and kernel == 1 < dilation:
            continue
        half = (kernel if base == "MaxPool" else dilation * (kernel - 1) + 1) // 2
        if "padding" not in given and setting["padding"] > half:
            continue
        if of_pytorch(base, size, setting, **more) == want:
            found.add(values)
    if (size if base == "ConvTranspose" else want) == 1 and "stride" not in given:
        found = {
            one
            for one in found
            if one[1] == min(o[1] for o in found if o[:1] + o[2:] == one[:1] + one[2:])
        }
    return found


GIVEN = st.fixed_dictionaries(
    {},
    optional={"kernel_size": st.integers(1, 6), "stride": st.integers(1, 5),
              "padding": st.integers(0, 4), "dilation": st.integers(1, 3)},
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=40)
@given(st.sampled_from([*MODULES]), st.integers(1, 12), st.integers(1, 14), GIVEN, st.booleans())
def test_all_that_fits_is_found_and_nothing_else(
    base: str, size: int, want: int, given: dict[str, int], ceil: bool
) -> None:
    ceil = ceil and base == "MaxPool"
    fits = settings_that_fit(
        (size,), (want,), base, {name: (n,) for name, n in given.items()}, ceil=ceil
    )
    names = [name for name in SETTINGS if base == "ConvTranspose" or name != "output_padding"]
    found = [tuple({**given, **fit.found}[name] for name in names) for fit in fits]
    more = {"ceil_mode": True} if ceil else {}
    assert len(found) == len(set(found))
    assert set(found) == by_brute_force(base, size, want, given, **more)
    for fit in fits:
        assert fit.formula.endswith(f" = {want}")


@given(st.tuples(*[st.integers(1, 5)] * 2), st.tuples(*[st.integers(2, 8)] * 2))
def test_in_two_dimensions_a_setting_fits_both(sizes: Shape, want: Shape) -> None:
    def found(sizes: Shape, want: Shape) -> set[tuple[tuple[str, int], ...]]:
        return {tuple(fit.found.items()) for fit in settings_that_fit(sizes, want, "Conv", {})}

    assert found(sizes, want) == found(sizes[:1], want[:1]) & found(sizes[1:], want[1:])


def test_the_simplest_comes_first() -> None:
    first, *_ = settings_that_fit((224,), (112,), "Conv", {})
    assert first.found == {"kernel_size": 2, "stride": 2, "padding": 0, "dilation": 1}
    fits = settings_that_fit((28,), (14,), "Conv", {})
    order = [
        (any(fit.unread), fit.found["dilation"], sum(fit.found.values()) - fit.found["dilation"])
        for fit in fits
    ]
    assert order == sorted(order)


WORDS = st.sampled_from(
    ["conv3", "conv3s2p1", "conv2d2", "pool2", "pool3s2ceil", "avgpool3s1p1", "up2", "convt3s2o1"]
)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(WORDS, min_size=1, max_size=4), st.integers(1, 12), st.integers(1, 2))
def test_all_inputs_that_fit_are_found(words: list[str], want: int, rank: int) -> None:
    parts = [read_part(word) for word in words]

    def output(size: int) -> int | None:
        try:
            return build((size,), parts).layers[-1].output_shape[1]
        except SpecError:
            return None

    fitting = [size for size in range(1, 41) if output(size) == want]
    for found in inputs_that_fit(parts, (want,) * rank):
        assert list(found.fitting) == fitting
        assert not fitting or not found.near
        assert all(output(size) == gives for size, gives in found.near)


def test_dimensions_with_windows_of_their_own() -> None:
    parts = [read_part("conv3x20"), read_part("pool2")]
    one, other = inputs_that_fit(parts, (4, 1))
    assert (one.fitting, one.whole) == (range(10, 12), (10,))
    assert (other.fitting, other.whole) == (range(21, 23), (21,))
