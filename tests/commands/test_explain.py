"""``cnnshape explain``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def test_a_layer_is_explained(cli, spec):
    result = cli("explain", str(spec), "C1")
    assert result.exit_code == 0
    assert "(32−5+2·0)/1+1 = 28" in result.stdout
    assert "4,704 × 25 = 117,600" in result.stdout
    assert "MaxPool2d" not in result.stdout


def test_options_change_the_network(cli, spec):
    result = cli("explain", str(spec), "C1", "--set", "width=7", "--input", "1x30x30")
    assert "(30−5+2·0)/1+1 = 26" in result.stdout
    assert "7·26·26 outputs" in result.stdout


def test_json_names_each_layer(cli, spec):
    result = cli("explain", str(spec), "--format", "json")
    data = json.loads(result.stdout)
    assert (data["schema"], data["name"]) == (1, "tiny")
    assert [layer["path"] for layer in data["layers"]] == ["C1", "relu1", "S2"]


def test_markdown_has_a_heading_a_layer(cli, spec):
    result = cli("explain", str(spec), "--format", "markdown")
    assert [line for line in result.stdout.splitlines() if line.startswith("## ")] == [
        "## C1", "## relu1", "## S2",
    ]  # fmt: skip


def test_a_layer_that_is_not_there_is_a_usage_error(cli, spec):
    result = cli("explain", str(spec), "relu2")
    assert result.exit_code == 2
    assert "tiny has no layer 'relu2'; did you mean relu1?" in result.stderr


def test_a_faulty_spec_is_told(cli, faulty):
    result = cli("explain", str(faulty))
    assert result.exit_code == 1
    assert "error: " in result.stderr
    assert result.stdout == ""


# With --run: the numbers of one output -------------------------------------------------


@pytest.fixture
def image() -> str:
    """The name of a test digit's image."""
    from cnnshape.training.data import load_data

    test = load_data("digits", input_shape=(1, 32, 32)).test
    Image.fromarray(test.pixels(np.array([0]))[0, 0]).resize((40, 40)).save("digit.png")
    return "digit.png"


def test_one_output_of_a_trained_layer_is_worked_out(cli, run, image):
    result = cli("explain", "C3", "--run", run, "--image", image)
    assert result.exit_code == 0
    assert "one output\n  map " in result.stdout
    assert ": the largest of 16×10×10\n" in result.stdout
    assert "of maps 1 to 6 of S2 6×14×14\n" in result.stdout
    assert "products, sum " in result.stdout
    assert "\n  sum of 150 products ≈ " in result.stdout
    assert "\n  as the trained layer gives it\n" in result.stdout


def test_the_page_shows_what_is_printed(cli, run, image):
    """Word for word, and its numbers are true of each other; they are those of another run."""
    page = Path(__file__).parents[2].joinpath("docs", "lesson.md").read_text("utf-8")
    shown = re.search(r"^```text\n(one output\n.*?)^```", page, re.MULTILINE | re.DOTALL)[1]
    stdout = cli("explain", "C3", "--run", run, "--image", image).stdout
    printed = stdout[stdout.index("one output\n") :]
    words = re.findall(r"[^\W\d]+", shown)
    assert words == re.findall(r"[^\W\d]+", printed)[: len(words)]

    windows, products = shown.split("products, sum")
    grid = [numbers(line) for line in windows.splitlines() if re.match(r"\s+[\d.−]+ +[\d.−]", line)]
    inputs, weights = np.array(grid)[:, :5], np.array(grid)[:, 5:]
    rows = [numbers(line) for line in products.splitlines()[1:6]]
    assert inputs * weights == pytest.approx(np.array(rows), abs=0.011)
    assert numbers(products.splitlines()[0])[0] == pytest.approx(np.sum(rows), abs=0.06)
    *maps, whole = re.findall(r"map \d: (\S+?)[,\n]|≈ (\S+),", products.replace("\n    ", " "))
    total = float(whole[1])
    assert sum(numbers(each[0])[0] for each in maps) == pytest.approx(total, abs=0.002)
    bias, value = re.search(r"with bias (\S+): .* ≈ (\S+)", products).groups()
    assert total + numbers(bias)[0] == pytest.approx(float(value), abs=0.006)


def numbers(text: str) -> list[float]:
    return [float(each.replace("−", "-")) for each in re.findall(r"−?\d+(?:\.\d+)?", text)]


def test_it_is_what_the_network_computes_for_the_image_as_predict_prepares_it(cli, run, image):
    import torch

    from cnnshape.commands._training import open_trained

    result = cli("explain", "--run", run, "--image", image, "--format", "json")
    data = json.loads(result.stdout)
    assert (data["run"], data["image"]) == (str(run), image)
    trained = open_trained(str(run), "cpu", None)
    preparation = trained.classifier.preparation
    values = {}
    for path, module in trained.classifier.module.nodes.items():
        module.register_forward_hook(
            lambda module, inputs, output, path=path: values.update({path: output[0].clone()})
        )
    trained.classifier.output(torch.from_numpy(preparation.of_file(image).pixels)[None])
    told = {layer["path"]: layer["output"] for layer in data["layers"]}
    worked_out = {path: output for path, output in told.items() if output}
    assert list(worked_out) == ["C1", "S2", "C3", "S4", "C5", "F6", "output"]
    for path, output in worked_out.items():
        expected = float(values[path][tuple(output["place"])])
        assert expected == float(values[path].max())
        assert output["given"] == pytest.approx(expected, rel=1e-5, abs=1e-5)
        assert output["value"] == pytest.approx(expected, rel=1e-5, abs=1e-5)
    answer = json.loads(cli("predict", run, image, "--format", "json").stdout)[0]["class"]
    assert trained.classifier.classes[told["output"]["place"][0]] == answer


def test_a_place_is_chosen_counted_from_1(cli, run, image):
    options = ("--run", run, "--image", image)
    text = cli("explain", "C1", *options, "--at", "3,4,28").stdout
    assert "  map 3, row 4, column 28\n" in text
    assert "reads rows 4 to 8 and columns 28 to 32 of map 1 of input 1×32×32\n" in text
    data = json.loads(cli("explain", "F6", *options, "--at", "84", "--format", "json").stdout)
    (layer,) = data["layers"]
    assert (layer["output"]["place"], layer["output"]["strongest"]) == ([83], False)
    assert "**one output**\n\n- unit 84\n" in cli(
        "explain", "F6", *options, "--at", "84", "--format", "markdown"
    ).stdout  # fmt: skip


def test_what_is_not_worked_out_is_said_to_be_so(cli, run, image):
    result = cli("explain", "relu1", "--run", run, "--image", image)
    assert "one output\n  of ReLU it is not worked out, but of AvgPool1d, " in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--image", "digit.png"], "it goes with --run"),
        (["--at", "1,1,1"], "it goes with --run"),
        (["--run", "run"], "give the image that the trained network reads"),
        (["--run", "run", "--image", "none.png"], "there is no file none.png"),
        (["lenet5", "C1", "--run", "run", "--image", "digit.png"], "only layers are named"),
        (["--run", "run", "--image", "digit.png", "--at", "1,1,1"], "name one"),
        (["C1", "--run", "run", "--image", "digit.png", "--at", "7,1,1"],
         "C1 gives 6×28×28: expected MAP,ROW,COLUMN from 1,1,1 to 6,28,28, not 7,1,1"),
        (["C1", "--run", "run", "--image", "digit.png", "--at", "1,x"], "not 1,x"),
        (["--run", "run", "--image", "digit.png", "--set", "a=1"], "as it was trained"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(cli, run, image, arguments, told):
    result = cli("explain", *arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())
    assert result.stdout == ""
