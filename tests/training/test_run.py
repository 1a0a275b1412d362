"""The folder that a run leaves."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cnnshape.training import run as module
from cnnshape.training.faults import TrainingError
from cnnshape.training.recipe import Recipe
from cnnshape.training.run import Run, RunError, check_space, metrics_csv, new_run


@pytest.fixture(autouse=True)
def _stand_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


RESULT: dict[str, Any] = {
    "name": "net", "dataset": "digits", "data_dir": None, "test_accuracy": 0.5, "test_loss": 1.5,
    "epochs": 1, "seconds": 2.5, "training_seconds": 2.0, "images_per_second": 30,
    "device": {"type": "cpu", "name": "one", "threads": 1, "processes": 1},
    "precision": "float32", "compiled": False, "seed": 10**30, "params": 7,
    "input_shape": [1, 8, 8], "samples": {"train": 90, "test": 10}, "classes": ["a", "b"],
    "class_accuracy": {"a": 0.5, "b": None}, "confusion": [[5, 5], [0, 0]],
    "recipe": Recipe().settled(90, images=True, distances=False).to_dict(),
    "preparation": {"source": [1, 8, 8], "output_shape": [1, 8, 8], "mean": [0.1], "std": [0.2],
                    "measured": 90, "total": 90, "drawing": None},
    "plugins": [], "versions": {"cnnshape": "0.1.0"},
}  # fmt: skip


def _names() -> list[str]:
    return sorted(str(path) for path in Path("runs").iterdir())


def test_a_run_without_a_name_gets_the_next_number():
    first = new_run(None, "LeNet-5 (1998)", "digits", force=False)
    second = new_run(None, "LeNet-5 (1998)", "digits", force=False)
    third = new_run(None, "네트 A/B", "folder:my photos/../x", force=False)
    assert [str(run.folder) for run in (first, second, third)] == [
        "runs/lenet-5-1998-digits-1",
        "runs/lenet-5-1998-digits-2",
        "runs/네트-a-b-folder-my-photos-x-1",
    ]
    assert _names() == sorted(str(run.folder) for run in (first, second, third))


def test_a_run_is_not_written_over_unless_it_is_asked_for():
    run = new_run("mine", "net", "digits", force=False)
    run.checkpoint.write_text("state")
    with pytest.raises(RunError, match="go on with cnnshape train --resume mine, replace it "):
        new_run("mine", "net", "digits", force=False)
    assert run.checkpoint.read_text() == "state"
    new_run("mine", "net", "digits", force=True)
    assert not run.checkpoint.exists()


def test_a_run_without_a_state_is_not_said_to_go_on():
    run = new_run("mine", "net", "digits", force=False)
    run.spec.write_text("name: net")
    with pytest.raises(RunError, match="a run in mine already: replace it with --force"):
        new_run("mine", "net", "digits", force=False)


def test_a_command_that_is_named_can_be_copied():
    run = new_run("my run", "net", "digits", force=False)
    run.checkpoint.write_text("state")
    with pytest.raises(RunError, match=r"--resume 'my run'$"):
        run.read_result()


def test_a_folder_with_other_things_is_left_alone():
    Path("mine").mkdir()
    Path("mine/thesis.tex").write_text("x")
    for force in (False, True):
        with pytest.raises(RunError, match=r"mine is not empty: it holds thesis\.tex"):
            new_run("mine", "net", "digits", force=force)
    assert Path("mine/thesis.tex").read_text() == "x"


def test_force_removes_the_run_s_own_files_alone():
    run = new_run("mine", "net", "digits", force=False)
    for file in (*run.files, run.folder / "notes.txt"):
        file.write_text("x")
    new_run("mine", "net", "digits", force=True)
    assert sorted(path.name for path in run.folder.iterdir()) == [".lock", "notes.txt"]


def test_a_place_that_cannot_be_written_is_told_first():
    Path("file").write_text("x")
    for out in ("file", "file/below"):
        with pytest.raises(RunError, match=r"cannot write into file.*choose a folder by --out"):
            new_run(out, "net", "digits", force=False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_told_first():
    Path("locked").mkdir(mode=0o555)
    with pytest.raises(RunError, match="cannot write into"):
        new_run("locked", "net", "digits", force=False)


def test_a_full_disk_is_told_first(monkeypatch, tmp_path):
    class Usage:
        free = 1_000

    monkeypatch.setattr(module.shutil, "disk_usage", lambda folder: Usage)
    check_space(Run(tmp_path), 1_000)
    with pytest.raises(TrainingError, match=r"needs 1 kB in .*, and 1 kB are free") as caught:
        check_space(Run(tmp_path), 1_001)
    assert "--out" in str(caught.value)
    # What is there is replaced.
    Run(tmp_path).checkpoint.write_bytes(bytes(500))
    check_space(Run(tmp_path), 1_500)


def test_the_result_is_read_back():
    run = new_run("mine", "net", "digits", force=False)
    run.write_result(RESULT)
    assert run.read_result() == {"schema": 1, **RESULT}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no result of a training run"),
        ("[]", "is no result of a training run"),
        ("{}", "is no result of a training run"),
        (json.dumps({"schema": 2}), "of another version"),
    ],
)
def test_another_file_is_no_result(content, message):
    run = new_run("mine", "net", "digits", force=False)
    run.result.write_text(content)
    with pytest.raises(RunError, match=message):
        run.read_result()


def test_a_run_that_is_not_done_says_how_to_go_on():
    run = new_run("mine", "net", "digits", force=False)
    with pytest.raises(RunError, match="mine holds no training run"):
        run.read_result()
    run.checkpoint.write_text("state")
    with pytest.raises(RunError, match="cnnshape train --resume mine"):
        run.read_result()


def test_metrics_are_a_row_an_epoch():
    history = [{"epoch": 1, "lr": 0.1}, {"epoch": 2, "lr": 0.05}]
    assert metrics_csv(history) == "epoch,lr\n1,0.1\n2,0.05\n"


def test_what_a_killed_process_left_is_cleared_away():
    run = new_run("mine", "net", "digits", force=False)
    run.checkpoint.write_text("state")
    for name in (".checkpoint.safetensors.x7", ".metrics.csv.x7", ".result.json.x7"):
        (run.folder / name).write_text("half")
    run.clear_away()
    assert {path.name for path in run.folder.iterdir()} == {".lock", "checkpoint.safetensors"}
