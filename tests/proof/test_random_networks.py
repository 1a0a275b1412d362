"""Random networks: PyTorch alone and cnnshape agree in every number, or both refuse.

``python -m tests.proof --examples 10000`` draws more of them.
"""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from torch import nn

from cnnshape.layers import Layer, LayerError, listed
from cnnshape.layers._window import Window, windows_of
from cnnshape.layers.convolution import Conv2d
from cnnshape.layers.linear import Linear
from cnnshape.layers.merging import Concat
from cnnshape.layers.pooling import MaxPool2d
from cnnshape.layers.shapes import Shape, Shapes
from cnnshape.layers.softmax import GLU

from .campaign import campaign
from .comparison import disagreement
from .drawable import DRAWABLE
from .networks import Trial, trials
from .references import Function

NETWORKS = 350
OF_EACH_TYPE = 15


def test_the_page_says_how_many_are_drawn() -> None:
    page = " ".join(Path(__file__).parents[2].joinpath("docs/proof.md").read_text().split())
    assert f"With the tests run {NETWORKS} networks, and {OF_EACH_TYPE} layers of" in page


@pytest.mark.slow
def test_networks_agree_or_both_refuse() -> None:
    summary = campaign(NETWORKS)
    assert not summary.disagreements, str(summary)
    assert summary.examples >= NETWORKS
    # A campaign in which hardly anything runs, or nothing is refused, would prove little.
    assert summary.accepted > NETWORKS / 2
    assert summary.refused > NETWORKS / 20
    assert summary.layers.total() > 3 * NETWORKS


@pytest.mark.slow
@pytest.mark.parametrize("type_name", DRAWABLE)
def test_a_layer_of_each_type_agrees_or_both_refuse(type_name: str) -> None:
    accepted = 0

    @settings(
        max_examples=OF_EACH_TYPE,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(trial=trials(type_name))
    def holds(trial: Trial) -> None:
        nonlocal accepted
        accepted += not trial.refusal
        assert not (difference := disagreement(trial)), f"{difference}\n{trial}"

    holds()
    assert accepted, "no layer of this type was ever accepted"


def test_every_type_can_be_drawn() -> None:
    shipped = {name for name, kind in listed().items() if kind.__module__.startswith("cnnshape.")}
    assert shipped == set(DRAWABLE)  # other tests register types of their own


def _one_more_mac(layer: Conv2d, inputs: Shapes, output: Shape) -> int:
    return 1 + prod(layer.weight_shape()) * prod(output[1:])


def _without_ceil_mode(layer: MaxPool2d) -> tuple[Window, ...]:
    return windows_of(
        layer.kernel_size, stride=layer.stride, padding=layer.padding, dilation=layer.dilation
    )


def _no_dilation(layer: Conv2d) -> None:
    if layer.dilation != (1, 1):
        raise LayerError("Conv2d has no dilation")


def _half(layer: GLU, inputs: Shapes) -> Shape:
    place = layer.dim % (len(inputs[0]) + 1) - 1
    return tuple(n // 2 if i == place else n for i, n in enumerate(inputs[0]))


def _inputs_reversed(layer: Layer) -> nn.Module:
    return Function(lambda *inputs: torch.cat(inputs[::-1], 1))


def _without_bias(layer: Linear) -> dict[str, Shape]:
    assert layer.in_features is not None
    return {"weight": (layer.out_features, layer.in_features)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layer", "method", "wrong"),
    [
        (Conv2d, "macs", _one_more_mac),
        (Conv2d, "check", _no_dilation),
        (MaxPool2d, "windows", _without_ceil_mode),
        (GLU, "output_shape", _half),
        (Concat, "module", _inputs_reversed),
        (Linear, "parameters", _without_bias),
    ],
)
def test_a_planted_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, layer: type[Layer], method: str, wrong: Any
) -> None:
    monkeypatch.setattr(layer, method, wrong)

    class _Found(Exception):
        pass

    @settings(
        max_examples=150,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(trial=trials(layer.__name__))
    def search(trial: Trial) -> None:
        if disagreement(trial):
            raise _Found

    with pytest.raises(_Found):
        search()
