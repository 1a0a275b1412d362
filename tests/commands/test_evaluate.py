"""``cnnshape evaluate``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cnnshape
from cnnshape.torch_backend import devices

pytestmark = pytest.mark.torch


@pytest.mark.slow
def test_it_measures_what_was_measured(cli, run):
    result = cli("evaluate", run)
    assert result.exit_code == 0
    first, second, *classes = result.stdout.splitlines()
    assert first.startswith("LeNet-5 on digits: ")
    assert "of 355 test images), loss" in first
    assert second == "as in result.json"
    assert [line.split()[0] for line in classes] == [str(digit) for digit in range(10)]
    found = json.loads(cli("evaluate", run, "--format", "json").stdout)
    recorded = json.loads((run / "result.json").read_text())
    assert found["agrees"] is True
    assert found["confusion"] == recorded["confusion"]
    assert found["test_loss"] == pytest.approx(recorded["test_loss"])


def test_a_result_that_was_changed_is_found_out(cli, run):
    recorded = json.loads((run / "result.json").read_text())
    recorded["test_accuracy"] = 0.5
    (run / "result.json").write_text(json.dumps(recorded))
    result = cli("evaluate", run)
    assert result.exit_code == 1
    assert "result.json has 50.00 %" in result.stdout


def test_another_data_set_is_not_compared(cli, run):
    result = cli("evaluate", run, "--dataset", "synthetic:100")
    assert result.exit_code == 0
    assert "trained on digits, with" in result.stdout


@pytest.mark.slow
def test_another_data_set_may_have_images_of_another_size(cli):
    # Those of the training fit the input as they are; digits are of 10×10.
    settings = ("--dataset", "synthetic:200", "--epochs", 1)
    assert cli("train", "lenet5", *settings, "--threads", 1, "--out", "run").exit_code == 0
    result = cli("evaluate", "run", "--dataset", "digits")
    assert result.exit_code == 0
    assert "of 355 test images" in result.stdout


@pytest.mark.slow
def test_a_folder_is_read_as_predict_does_and_taken_whole(cli, run):
    """Dark digits on light paper, of other sizes: each is read as a single file is."""
    import numpy as np
    from PIL import Image, ImageOps

    from cnnshape.training.data import load_data

    test = load_data("digits", input_shape=(1, 32, 32)).test
    for number in range(20):
        digit = Image.fromarray(test.pixels(np.array([number]))[0, 0]).resize((50, 50))
        for folder, picture in (("light", digit), ("dark", ImageOps.invert(digit))):
            path = Path(folder, str(test.labels[number]), f"{number}.png")
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path)
    Path("dark", "3").mkdir(exist_ok=True)
    Path("dark", "3", "broken.jpg").write_bytes(b"no image")
    light, dark = (cli("evaluate", run, "--dataset", f"folder:{name}", "--format", "json")
                   for name in ("light", "dark"))  # fmt: skip
    assert light.exit_code == dark.exit_code == 0
    assert "left out as broken, 1 of 21 images: 3/broken.jpg" in dark.stderr
    assert "of 20 of 21 images: " not in dark.stderr  # that they were inverted is no doubt
    light, dark = (json.loads(each.stdout) for each in (light, dark))
    assert light["samples"] == dark["samples"] == 20
    assert light["confusion"] == dark["confusion"]
    predicted = json.loads(cli("predict", run, "dark", "--format", "json").stdout)
    right = sum(each["class"] == Path(each["path"]).parent.name for each in predicted)
    assert right / 20 == pytest.approx(dark["test_accuracy"])
    Path("dark", "eleven").mkdir()
    refused = cli("evaluate", run, "--dataset", "folder:dark")
    assert refused.exit_code == 2
    assert "eleven is no class that is learned" in refused.stderr


def test_other_classes_are_refused(cli, run):
    recorded = json.loads((run / "result.json").read_text())
    recorded["classes"][0] = "zero"
    (run / "result.json").write_text(json.dumps(recorded))
    result = cli("evaluate", run)
    assert result.exit_code == 2
    assert "digits has the classes 0, 1, 2 and 7 more" in result.stderr


@pytest.mark.parametrize(
    ("file", "content", "code", "message"),
    [
        ("result.json", None, 2, "has not ended; cnnshape train --resume run"),
        ("result.json", b"{}", 2, "is no result of a training run"),
        ("result.json", b'{"schema": 1}', 2, "is not whole"),
        ("model.safetensors", None, 2, "cannot read run/model.safetensors: No such file"),
        ("model.safetensors", b"\x80\x04]\x94.", 1, "is damaged"),
        ("spec.yaml", b"input: [1, 32, 32]\nlayers: [Flatten, {type: Linear, out_features: 10}]",
         1, "are not of the network"),
        ("spec.yaml", b"input: [1, 32, 32]\nlayers: [Sigmoit]", 1, "did you mean Sigmoid?"),
    ],
)  # fmt: skip
def test_a_file_that_is_missing_or_another_is_told(cli, run, file, content, code, message):
    (run / file).unlink()
    if content is not None:
        (run / file).write_bytes(content)
    result = cli("evaluate", run)
    assert result.exit_code == code
    assert message in result.stderr


def test_a_folder_without_a_run(cli):
    result = cli("evaluate", "nowhere")
    assert result.exit_code == 2
    assert "nowhere holds no training run" in result.stderr


def test_as_many_images_are_run_at_once_as_there_is_memory_for(cli, run, monkeypatch):
    network = cnnshape.load("lenet5")
    free = devices.memory_needed(network, 40)
    monkeypatch.setattr(devices, "free_memory", lambda: free)
    result = cli("evaluate", run)
    assert (result.exit_code, "as in result.json" in result.stdout) == (0, True)
    needed = devices.readable_bytes(devices.memory_needed(network, 128))
    assert result.stderr == (
        f"32 images are run at once, as 128 take about {needed} of memory, and "
        f"{devices.readable_bytes(free)} are free\n"
    )
    monkeypatch.setattr(devices, "free_memory", lambda: 10**5)
    result = cli("evaluate", run)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: to run the network on one image takes about ")


def test_a_batch_that_is_too_much_is_told_and_a_smaller_one_gives_the_same(cli, run, small_memory):
    told = cli("evaluate", run)
    assert told.exit_code == 1
    assert told.stdout == ""
    assert told.stderr.endswith(
        "error: cpu ran out of memory with a batch of 128; try a smaller one, such as --batch 64\n"
    )
    assert "as in result.json" in cli("evaluate", run, "--batch", small_memory).stdout
