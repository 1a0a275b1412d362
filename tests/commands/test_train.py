"""``cnnshape train``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

import cnnshape

from ..patience import PATIENCE

pytestmark = pytest.mark.torch

SPEC = """\
name: tiny
input: [1, 8, 8]
params: {classes: 10}
layers:
  - {type: Conv2d, out_channels: 4, kernel_size: 3}
  - ReLU
  - Flatten
  - {name: out, type: Linear, out_features: $classes}
  - Softmax
train: {batch: 32, epochs: 2, dataset: "synthetic:300"}
"""
FILES = {
    "checkpoint.safetensors", "confusion.svg", "curves.svg", "metrics.csv", "model.safetensors",
    "result.json", "spec.yaml",
}  # fmt: skip


@pytest.fixture
def net() -> Path:
    path = Path("net.yaml")
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.mark.slow
def test_lenet5_on_digits_is_the_default_and_names_the_next_step(cli):
    result = cli("train", "--epochs", 6, "--threads", 1)
    assert result.exit_code == 0
    first, second, last = result.stdout.splitlines()
    assert first.startswith("LeNet-5 on digits: 9")
    assert "of 355 test images after 6 epochs" in first
    assert second == "run: runs/lenet-5-digits-1"
    assert last == "next: cnnshape train lenet5 --dataset mnist"
    assert "digits: 1,442 training and 355 test images" in result.stderr
    assert "images are resized" in result.stderr
    assert "6 epochs of sgd, batch 64, learning rate up to 0.05" in result.stderr
    assert "epoch 6: loss" in result.stderr


@pytest.mark.slow
def test_a_run_leaves_its_files(cli, net):
    result = cli("train", net, "--out", "run", "--seed", 3)
    assert result.exit_code == 0
    assert "next:" not in result.stdout
    assert {path.name for path in Path("run").iterdir()} == FILES
    facts = json.loads(Path("run/result.json").read_text())
    assert (facts["schema"], facts["name"], facts["dataset"]) == (1, "tiny", "synthetic:300")
    assert (facts["epochs"], facts["seed"], facts["params"]) == (2, 3, 4 * 10 + 10 * 145)
    assert facts["device"]["type"] == "cpu"
    assert facts["device"]["name"]
    assert set(facts["versions"]) == {"cnnshape", "torch", "numpy", "python"}
    assert facts["test_accuracy"] == sum(
        row[index] for index, row in enumerate(facts["confusion"])
    ) / sum(map(sum, facts["confusion"]))
    assert list(facts["class_accuracy"]) == facts["classes"]
    assert (facts["recipe"]["epochs"], facts["recipe"]["batch"]) == (2, 32)
    assert facts["images_per_second"] > 0 < facts["seconds"]
    assert facts["preparation"]["output_shape"] == [1, 8, 8]
    rows = Path("run/metrics.csv").read_text().splitlines()
    assert rows[0] == (
        "epoch,lr,train_loss,train_accuracy,test_loss,test_accuracy,seconds,images_per_second"
    )
    assert [row.split(",")[0] for row in rows[1:]] == ["1", "2"]
    assert float(rows[-1].split(",")[5]) == facts["test_accuracy"]


@pytest.mark.slow
def test_the_spec_of_a_run_is_the_very_network(cli, net):
    assert cli("train", net, "--set", "classes=7", "--out", "run", "--quiet").exit_code == 0
    trained = cnnshape.load("run/spec.yaml")
    assert trained.canonical() == cnnshape.load(net, params={"classes": 7}).canonical()
    assert cli("show", "run/spec.yaml", "--verify", "off").exit_code == 0
    # The recipe is in it too: it is what a second run does.
    assert cli("train", "run/spec.yaml", "--out", "again", "--quiet").exit_code == 0
    weights = [Path(run, "model.safetensors").read_bytes() for run in ("run", "again")]
    assert weights[0] == weights[1]


def test_weights_load_into_the_network_s_module(cli, net):
    from safetensors.torch import load_file

    assert cli("train", net, "--out", "run", "--quiet").exit_code == 0
    module = cnnshape.load("run/spec.yaml").to_module()
    module.load_state_dict(load_file("run/model.safetensors"))


@pytest.mark.slow
def test_a_run_at_chance_says_what_to_try(cli, net):
    # At this rate nothing is learned.
    settings = ("train", net, "--lr", 1e-9, "--epochs", 1)
    result = cli(*settings, "--out", "run")
    assert result.exit_code == 0
    assert "to answer always with the most frequent class gives" in result.stderr
    assert "ry --optimizer adamw" in result.stderr
    lines = [json.loads(line) for line in cli(*settings, "--json").stdout.splitlines()]
    assert any("the most frequent class" in line.get("text", "") for line in lines)
    assert "most frequent class" not in cli("train", net, "--out", "better").stderr


def test_json_lines_end_with_the_result(cli, net):
    result = cli("train", net, "--json")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.stderr == ""
    assert [event["event"] for event in events if event["event"] in ("epoch", "result")] == [
        "epoch", "epoch", "result",
    ]  # fmt: skip
    assert events[-1]["run"] == "runs/tiny-synthetic-300-1"
    assert events[-1]["test_accuracy"] == events[-2]["test_accuracy"]


def test_quiet_prints_the_result_alone(cli, net):
    result = cli("train", net, "--quiet")
    assert result.stderr == ""
    assert len(result.stdout.splitlines()) == 2
    assert cli("train", net, "--quiet", "--json").exit_code == 2


@pytest.mark.slow
def test_a_finished_run_is_resumed_to_the_same_result(cli, net):
    first = cli("train", net, "--out", "run", "--quiet")
    weights = Path("run/model.safetensors").read_bytes()
    again = cli("train", "--resume", "run")
    assert "every epoch is done" in again.stderr
    assert again.stdout.splitlines()[0] == first.stdout.splitlines()[0]
    assert Path("run/model.safetensors").read_bytes() == weights


@pytest.mark.parametrize(
    ("option", "named"),
    [(("--epochs", 5), "--epochs"), (("--label-smoothing", 0.1), "--label-smoothing"),
     (("--seed", 1), "--seed"), (("--out", "x"), "--out"), (("--compile",), "--compile"),
     (("--set", "classes=3"), "--set"), (("--seed", 0), "--seed"), (("--average", 0), "--average"),
     (("--precision", "auto"), "--precision"), (("lenet5",), "SPEC")],
)  # fmt: skip
def test_what_a_resumed_run_cannot_be_told(cli, option, named):
    result = cli("train", "--resume", "run", *option)
    assert result.exit_code == 2
    assert f"leave {named} out" in result.stderr


@pytest.mark.parametrize("option", ["--threads", "--workers"])
def test_more_threads_than_a_machine_can_have_are_refused(cli, net, option):
    """OpenMP crashes where it is asked for millions; a plan holds no more than these either."""
    result = cli("train", net, option, 99_999_999)
    assert result.exit_code == 2
    assert f"'{option}'" in result.stderr


def test_without_a_run_there_is_nothing_to_go_on_from(cli):
    result = cli("train", "--resume", "none", "--device", "cpu", "--quiet")
    assert result.exit_code == 2
    assert "there is nothing to go on from in none" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--epochs", 0), 2, "epochs must be a whole number of at least 1, not 0"),
        (("--lr", -1), 2, "lr must be a number above 0, not -1"),
        (("--augment", "turn"), 2, "augment must be a list of shift"),
        (("--recipe", "bst"), 2, "recipe must be default or best, not 'bst'"),
        (("--dataset", "mnst"), 2, "there is no data set 'mnst': did you mean mnist?"),
        (("--device", "abacus"), 2, "there is no device 'abacus' to train on here"),
        (("--device", "meta"), 2, "there is no device 'meta' to train on here"),
        (("--set", "classes=9"), 1, "give out out_features: 10"),
        (("--lr", "1e12"), 1, "try a lower one, such as --lr"),
        (("--dataset", "folder:none"), 2, "none"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(cli, net, arguments, code, message):
    if "classes=9" in arguments:
        arguments = (*arguments, "--dataset", "digits", "--input", "1x8x8")
    result = cli("train", net, *arguments)
    assert result.exit_code == code
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("dataset", ["mnist", "cifar10", "folder:photos"])
def test_classes_are_counted_before_anything_is_fetched_or_read(cli, net, dataset):
    for name in "abcdefghij":
        Path("photos", name).mkdir(parents=True)
        Path("photos", name, "1.png").write_bytes(b"not even an image")
    settings = ("--set", "classes=9", "--input", "3x8x8", "--dataset", dataset)
    result = cli("train", net, *settings)
    assert result.exit_code == 1
    assert result.stderr.startswith("error: the network gives 9 numbers, and the data set has 10")
    assert "help: add --set classes=10, or give out out_features: 10" in result.stderr


def test_a_run_that_cannot_begin_leaves_no_folder(cli):
    Path("fixed.yaml").write_text("input: [10]\nlayers: [ReLU]")
    result = cli("train", "fixed.yaml", "--dataset", "synthetic:100")
    assert result.exit_code == 1
    assert "there is nothing to learn" in result.stderr
    assert list(Path("runs").iterdir()) == []


@pytest.mark.slow
def test_a_run_is_not_written_over(cli, net):
    assert cli("train", net, "--out", "run", "--quiet").exit_code == 0
    result = cli("train", net, "--out", "run", "--quiet")
    assert result.exit_code == 2
    assert "go on with cnnshape train --resume run, replace it with --force" in result.stderr
    assert cli("train", net, "--out", "run", "--quiet", "--force").exit_code == 0


@pytest.mark.slow
def test_a_faulty_recipe_is_told_before_torch_is_imported(process, tmp_path):
    spec = tmp_path / "faulty.yaml"
    spec.write_text(SPEC.replace("epochs: 2", "epochs: two"))
    code = (
        "import sys; from cnnshape.commands._app import app\n"
        f"try: app(['train', {str(spec)!r}])\n"
        "except SystemExit as end: print(end.code, 'torch' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "1 False False"
    assert "epochs must be a whole number of at least 1, not 'two'" in done.stderr


PLUGIN = """\
from cnnshape.layers import Layer


class Doubled(Layer):
    def output_shape(self, inputs):
        return inputs[0]

    def module(self):
        from cnnshape.layers.base import function_module

        return function_module(lambda value: 2 * value)
"""


@pytest.mark.slow
def test_a_run_with_a_type_of_one_s_own_names_it_again(process, net):
    # In processes of their own: a type that is defined stays defined.
    Path("own.py").write_text(PLUGIN)
    net.write_text(SPEC.replace("  - ReLU", "  - ReLU\n  - Doubled"))
    made = process("train", net, "--plugin", "own.py", "--out", "run", "--quiet")
    assert made.returncode == 0, made.stderr
    alone = process("evaluate", "run")
    assert alone.returncode == 2
    assert f"add --plugin {Path('own.py').absolute()}" in " ".join(alone.stderr.split())
    assert process("evaluate", "run", "--plugin", "own.py").returncode == 0


@pytest.mark.slow
def test_images_in_a_folder_are_found_again_from_elsewhere(cli, net, monkeypatch, tmp_path):
    import numpy as np
    from PIL import Image

    chance = np.random.default_rng(0)
    for name, level in (("dark", 40), ("light", 200)):
        folder = Path("photos", name)
        folder.mkdir(parents=True)
        for number in range(20):
            pixels = level + chance.integers(-20, 20, (12, 12, 3))
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number}.png")
    monkeypatch.setenv("HOME", str(Path.cwd()))
    result = cli("train", net, "--dataset", "folder:~/photos", "--set", "classes=2", "--epochs", 20,
                 "--batch", 8, "--quiet")  # fmt: skip
    assert result.exit_code == 0
    assert "100.00 % of" in result.stdout
    run = tmp_path / "work" / "runs" / "tiny-folder-photos-1"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert "as in result.json" in cli("evaluate", run).stdout
    assert "100.00 % (8 of 8" in cli("evaluate", run, "--dataset", "folder:~/photos").stdout
    image = tmp_path / "work" / "photos" / "light" / "3.png"
    assert "light" in cli("predict", run, image, "--format", "csv", "--top", 1).stdout


def test_mixed_precision_trains_and_is_measured_so(cli, net):
    assert cli("train", net, "--precision", "bfloat16", "--out", "run", "--quiet").exit_code == 0
    facts = json.loads(Path("run/result.json").read_text())
    assert facts["precision"] == "bfloat16"
    assert "as in result.json" in cli("evaluate", "run").stdout


def test_help_imports_neither_torch_nor_numpy():
    code = (
        "import sys; from cnnshape.commands._app import app\n"
        "for name in ('train', 'evaluate', 'predict'):\n"
        "    try: app([name, '--help'])\n"
        "    except SystemExit: pass\n"
        "print([name for name in ('torch', 'numpy', 'sklearn', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_ctrl_c_while_data_are_loaded_exits_130(cli, net, monkeypatch):
    def interrupted(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cnnshape.training.session.load_data", interrupted)
    result = cli("train", net)
    assert result.exit_code == 130


@pytest.mark.slow
def test_on_a_terminal_it_draws_a_bar(net):
    command = [sys.executable, "-m", "cnnshape", "train", str(net), "--epochs", "3"]
    child = pexpect.spawn(
        command[0], command[1:], encoding="utf-8", dimensions=(24, 100), timeout=PATIENCE
    )
    child.expect("epoch 1/3")
    child.expect("images/s")
    child.expect("run: runs/")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
