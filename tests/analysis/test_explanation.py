"""What is said of why a layer's numbers are what they are."""

from __future__ import annotations

import json

import pytest

import cnnshape
from cnnshape.analysis.explanation import UnknownLayer, choose, explain
from cnnshape.layers.working import value
from cnnshape.network import Network

SPEC = """\
name: small
input: [3, 16, 16]
layers:
  - {name: stem, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  - repeat: 3
    name: stage
    layers:
      - {name: conv, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}
      - ReLU
  - {name: widened, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1, groups: 2}
  - {name: again, share: stage.0.conv}
  - {name: up, type: Upsample, scale_factor: 2}
  - {name: joined, type: Concat, from: [up, up]}
"""


@pytest.fixture(scope="module")
def small() -> Network:
    return cnnshape.loads(SPEC)


@pytest.fixture(scope="module")
def lenet5() -> Network:
    return cnnshape.load("lenet5")


@pytest.mark.parametrize(
    ("names", "paths"),
    [
        (["stem"], ["stem"]),
        (["stage"], [f"stage.{i}.{name}" for i in range(3) for name in ("conv", "relu1")]),
        (["stage.1"], ["stage.1.conv", "stage.1.relu1"]),
        (["conv"], ["stage.0.conv", "stage.1.conv", "stage.2.conv"]),
        (["ReLU"], ["stage.0.relu1", "stage.1.relu1", "stage.2.relu1"]),
        (["stage.[02].*"], ["stage.0.conv", "stage.0.relu1", "stage.2.conv", "stage.2.relu1"]),
        (["up", "stem", "stem"], ["stem", "up"]),
    ],
)
def test_a_name_means_layers(small: Network, names: list[str], paths: list[str]) -> None:
    assert [node.path for node in choose(small, names)] == paths


def test_no_name_means_all_layers(small: Network) -> None:
    assert choose(small, []) == list(small.layers)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("stemm", "small has no layer 'stemm'; did you mean stem?"),
        ("zzz", "there are stem, stage.0.conv, stage.0.relu1, stage.1.conv"),
    ],
)
def test_a_name_of_no_layer_is_told(small: Network, name: str, said: str) -> None:
    with pytest.raises(UnknownLayer) as caught:
        explain(small, ["stem", name])
    assert said in str(caught.value)


def test_alike_layers_are_explained_once(small: Network) -> None:
    found = {each.node.path: each for each in explain(small)}
    assert found["stage.0.conv"].alike == ("stage.1.conv", "stage.2.conv")
    assert "stage.1.conv" not in found
    assert found["again"].alike == ()


def test_shared_weights_are_counted_where_they_are(small: Network) -> None:
    (again,) = explain(small, ["again"])
    assert again.parameters == ()
    assert again.params.value == 0
    assert again.macs.value == 8 * 8 * 9 * 16 * 16


def test_the_readers_of_a_layer_and_the_outputs(small: Network) -> None:
    found = {each.node.path: each for each in explain(small)}
    assert found["up"].readers == ("joined",)
    assert [path for path, each in found.items() if each.is_output] == ["joined"]


def test_every_number_of_lenet5_comes_with_its_working(lenet5: Network) -> None:
    found = explain(lenet5)
    assert sum(each.macs.value or 0 for each in found) == 416_520
    for each in found:
        assert value(each.macs.working) == each.macs.value
        assert value(each.connections.working) == each.connections.value
        assert each.receptive_field == lenet5.receptive_fields[each.node.path]


def test_a_receptive_field_grows_by_the_span_times_the_jump(lenet5: Network) -> None:
    (c3,) = explain(lenet5, ["C3"])
    for before, step, after in c3.sights:
        assert (before.size, before.jump, step.span) == (6, 2, 4)
        assert after.size == 6 + 4 * 2
    (f6,) = explain(lenet5, ["F6"])
    assert f6.sights == ()
    assert f6.receptive_field == (32, 32)


def test_what_is_unknown_is_none() -> None:
    net = cnnshape.loads(
        "input: [4, 6]\nlayers:\n  - {type: MultiheadAttention, num_heads: 2}\n"
        "  - {type: Linear, in_features: 6, out_features: 2}\n"
    )
    assert [each.receptive_field for each in explain(net)] == [None, None]


def test_it_is_plain_data(lenet5: Network) -> None:
    (c1,) = explain(lenet5, ["C1"])
    data = json.loads(json.dumps(c1.to_dict()))
    assert data["size"]["rules"][0] == {
        "rule": "(W−F+2P)/S+1",
        "letters": {"W": 32, "F": 5, "P": 0, "S": 1},
    }
    assert data["macs"] == {
        "value": 117_600,
        "working": [
            [
                {"sizes": [6, 28, 28], "what": "outputs"},
                {"sizes": [1, 5, 5], "what": "weights each"},
            ]
        ],
        "total": 416_520,
    }
    assert (data["elements"], data["bytes"]) == (4704, 18_816)
