"""Networks side by side: the facts, the labels, and the plain data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cnnshape
from cnnshape import compare, load, loads
from cnnshape.analysis.comparison import SCHEMA_VERSION
from cnnshape.analysis.facts import FACTS, depth

from ..specs import net


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("resnet18", 18), ("resnet34", 34), ("resnet50", 50), ("resnet152", 152),
        ("vgg11", 11), ("vgg16", 16), ("vgg19_bn", 19), ("alexnet", 8), ("densenet121", 121),
        ("densenet201", 201), ("googlenet", 22), ("darknet19", 19), ("lenet5", 5),
    ],
)  # fmt: skip
def test_the_depth_is_the_one_that_names_the_network(name: str, layers: int) -> None:
    assert depth(load(name)) == layers


def test_the_depth_is_along_the_longest_way() -> None:
    conv = "type: Conv2d, out_channels: 8, kernel_size: 1"
    network = net(
        f"[{{name: a, {conv}}}, {{name: b, {conv}}}, {{name: c, {conv}, from: input}}, "
        "BatchNorm2d, {type: Add, from: [b, batchnorm2d1]}]"
    )
    assert depth(network) == 2


def test_facts_are_those_of_the_network() -> None:
    network = load("lenet5")
    facts = {fact.key: fact.value(network) for fact in FACTS}
    assert facts == {
        "input": ((1, 32, 32),),
        "output": ((10,),),
        "layers": 13,
        "weighted": 5,
        "depth": 5,
        "params": 61_706,
        "buffers": 0,
        "macs": 416_520,
        "flops": 833_040,
        "connections": 423_038,
        "weight_bytes": 4 * 61_706,
        "activation_bytes": 4 * (1024 + 2 * 6 * 28 * 28),
        "rf": ((32, 32),),
    }


def test_what_is_not_known_is_none() -> None:
    from cnnshape.layers.base import Layer

    class Mystery(Layer):
        def output_shape(self, inputs: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
            return inputs[0]

        def parameters(self) -> dict[str, tuple[int, ...]]:
            return {"weight": (3,)}

    network = loads("input: [3, 4, 4]\nlayers: [Mystery, ReLU]")
    comparison = compare(network, net("[ReLU]"))
    for key in ("macs", "flops", "connections", "depth"):
        assert comparison.facts[key][0] is None
    assert json.loads(json.dumps(comparison.to_dict()))["networks"][0]["facts"]["macs"] is None


def test_networks_of_one_name_are_numbered() -> None:
    comparison = compare(load("lenet5"), load("alexnet"), load("lenet5"))
    assert comparison.labels == ("LeNet-5 (1)", "AlexNet", "LeNet-5 (2)")
    assert compare(*comparison.networks, labels=["a", "b", "c"]).labels == ("a", "b", "c")
    assert repr(compare(load("lenet5"), load("alexnet"))) == "<Comparison of LeNet-5, AlexNet>"


def test_too_few_networks_or_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="two networks or more"):
        compare(load("lenet5"))
    with pytest.raises(ValueError, match="1 labels for 2 networks"):
        compare(load("lenet5"), load("lenet5"), labels=["one"])


def test_each_network_is_held_against_the_first() -> None:
    small, large = load("resnet18"), load("resnet34")
    comparison = cnnshape.compare(small, large, load("resnet18"))
    assert [difference.is_same for difference in comparison.differences] == [False, True]
    assert not comparison.is_same
    assert compare(small, load("resnet18")).is_same


def test_the_plain_data_have_every_layer_that_differs() -> None:
    first = net("[{name: a, type: Conv2d, out_channels: 4, kernel_size: 3}, ReLU]")
    second = net("[{name: a, type: Conv2d, out_channels: 4, kernel_size: 5}, ReLU, Flatten]")
    found = json.loads(json.dumps(compare(first, second, labels=["x", "y"]).to_dict()))
    assert found["schema"] == SCHEMA_VERSION == 1
    assert [network["label"] for network in found["networks"]] == ["x", "y"]
    assert {*found["networks"][0]} == {"label", "name", "facts"}
    assert [*found["networks"][0]["facts"]] == [fact.key for fact in FACTS]
    (difference,) = found["differences"]
    assert (difference["label"], difference["same"]) == ("y", False)
    assert difference["counts"] == {
        "same": 0, "renamed": 0, "changed": 2, "added": 1, "removed": 0,
    }  # fmt: skip
    assert difference["outputs"] == ["relu1", "flatten1"]
    conv, relu, flatten = difference["layers"]
    assert conv["changes"] == {"kernel_size": ["3", "5"]}
    assert (conv["first"]["output_shape"], conv["second"]["output_shape"]) == (
        [4, 30, 30], [4, 28, 28],
    )  # fmt: skip
    assert (relu["status"], relu["changes"]) == ("changed", {})
    assert (flatten["status"], flatten["first"]) == ("added", None)
    assert "differences" not in compare(first, second).to_dict(layers=False)


def test_the_page_on_the_json_shows_what_is_given() -> None:
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    shown = json.loads(page.split("```json\n")[2].split("```")[0])
    layers = "[{name: C1, type: Conv2d, out_channels: 2, kernel_size: %d}]"
    old, new = (net(layers % size, "[1, 8, 8]", f"name: {name}")
                for size, name in ((3, "old"), (5, "new")))  # fmt: skip
    assert shown == compare(old, new, labels=["old.yaml", "new.yaml"]).to_dict()
