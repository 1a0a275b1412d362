"""The JSON contract: every key of it, and the numbers of LeNet-5. A change is a new version."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cnnshape
from cnnshape.commands._app import app
from cnnshape.views.contract import SCHEMA_VERSION


def test_the_contract_of_lenet5() -> None:
    found = json.loads(json.dumps(cnnshape.load("lenet5").to_dict()))
    assert found["schema"] == SCHEMA_VERSION == 1
    assert set(found) == {"schema", "name", "input_shape", "layers", "outputs", "totals"}
    assert (found["name"], found["input_shape"]) == ("LeNet-5", [1, 32, 32])
    assert found["layers"][0] == {
        "name": "C1",
        "type": "Conv2d",
        "path": "C1",
        "inputs": ["input"],
        "input_shapes": [[1, 32, 32]],
        "output_shape": [6, 28, 28],
        "params": 156,
        "trainable_params": 156,
        "macs": 117_600,
        "connections": 122_304,
        "receptive_field": [5, 5],
    }
    assert found["totals"] == {
        "params": 61_706,
        "trainable_params": 61_706,
        "buffers": 0,
        "macs": 416_520,
        "flops": 833_040,
        "connections": sum(layer["connections"] for layer in found["layers"]),
    }


def test_paths_show_the_nesting_and_inputs_name_paths() -> None:
    found = cnnshape.load("resnet18").to_dict()
    by_path = {layer["path"]: layer for layer in found["layers"]}
    joined = by_path["layer2.0.add1"]
    assert joined["inputs"] == ["layer2.0.main.conv2.bn", "layer2.0.shortcut.projection.bn"]
    assert found["outputs"] == ["fc"]


def test_the_page_on_the_json_shows_what_is_given() -> None:
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    shown = json.loads(page.split("```json\n")[1].split("```")[0])
    found = cnnshape.load("lenet5").to_dict()
    assert shown["verification"]["layers_checked"] == len(found["layers"])
    del shown["verification"]
    assert shown["layers"] == found["layers"][:1]
    assert {**shown, "layers": None} == {**found, "layers": None}


def test_the_page_on_the_json_shows_what_explain_gives() -> None:
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    shown = json.loads(page.split("```json\n")[3].split("```")[0])
    result = CliRunner().invoke(app, ["explain", "lenet5", "C1", "--format", "json"])
    assert shown == json.loads(result.stdout)


@pytest.mark.parametrize(
    ("number", "command"),
    [(4, "calc 32 conv5"), (5, "sizes lenet5"), (6, "exercise lenet5 --count 1 --seed 1")],
)
def test_the_page_on_the_json_shows_what_the_lesson_gives(number: int, command: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    shown = json.loads(page.split("```json\n")[number].split("```")[0])
    result = CliRunner().invoke(app, [*command.split(), "--format", "json"])
    found = json.loads(result.stdout)
    for group in found.get("groups", ()):
        del group["sizes"][1:]
    assert shown == found


def test_a_shared_layer_has_its_parameters_once() -> None:
    network = cnnshape.loads(
        "input: [4, 8, 8]\nlayers:\n"
        "  - {name: a, type: Conv2d, out_channels: 4, kernel_size: 3, padding: 1}\n"
        "  - {name: b, share: a}\n"
    )
    layers = network.to_dict()["layers"]
    assert [(each["params"], each["trainable_params"]) for each in layers] == [(148, 148), (0, 0)]
    assert layers[0]["macs"] == layers[1]["macs"] == 9216
    assert network.to_dict()["totals"]["params"] == 148
