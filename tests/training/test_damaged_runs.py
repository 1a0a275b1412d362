"""A run's folder that was damaged is refused in a line, or read as it should be."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors import safe_open
from safetensors.torch import save_file
from typer.testing import CliRunner

from cnnshape.commands._app import app
from cnnshape.training.loop import train
from cnnshape.training.run import Run

from .runs import begun, trained

SEEDS = range(60)
ODD: list[Any] = [
    None, True, 0, -1, 1, 2**62, 10**400, 1.5, -0.0, 1e308, "", "x" * 3000, "\x1b[31m", [], {},
    [[]], [None], {"a": {}}, [1e999], "NaN", float("nan"), float("inf"),
]  # fmt: skip


def _flip(chance: random.Random, file: Path) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(chance.choice([1, 1, 3, 50])):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def _cut(chance: random.Random, file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: chance.randrange(len(content))])


def _insert(chance: random.Random, file: Path) -> None:
    content = file.read_bytes()
    place = chance.randrange(len(content))
    odd = chance.choice([b"\0", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 20_000, os.urandom(99)])
    file.write_bytes(content[:place] + odd + content[place:])


def _replace(chance: random.Random, file: Path) -> None:
    content = chance.choice([b"", b"null", b"[]", b"[" * 200_000, b"\0" * 1000, b"NaN", b'"a"'])
    file.write_bytes(content)


def _fifo(chance: random.Random, file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _link(chance: random.Random, file: Path) -> None:
    file.unlink()
    file.symlink_to(chance.choice([file.name, "nowhere", "/dev/zero", "/dev/null", "."]))


def _folder(chance: random.Random, file: Path) -> None:
    file.unlink()
    file.mkdir()


def _vanish(chance: random.Random, file: Path) -> None:
    file.unlink()


def _swap_values(chance: random.Random, file: Path) -> None:
    """Change the JSON in a file: a field removed, of another type, or of an odd value."""
    if file.suffix == ".json":
        data = json.loads(file.read_text())
        _change(chance, data)
        file.write_text(json.dumps(data))
        return
    if file.suffix != ".safetensors":
        _flip(chance, file)
        return
    with safe_open(file, "pt") as opened:
        tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        header = dict(opened.metadata() or {})
    for key in [key for key in ("plan", "position") if key in header]:
        data = json.loads(header[key])
        _change(chance, data)
        header[key] = json.dumps(data)
    name = chance.choice(sorted(tensors))
    odd = chance.choice([float("nan"), float("inf"), 1e38, 0])
    how = chance.randrange(3)
    if how == 0:
        del tensors[name]
    elif how == 1 and tensors[name].is_floating_point():
        tensors[name] = tensors[name].fill_(odd)
    save_file(tensors, file, header or None)


def _change(chance: random.Random, data: Any) -> None:
    """Change a value anywhere in a tree of JSON."""
    while True:
        keys = list(data) if isinstance(data, dict) else list(range(len(data)))
        key = chance.choice(keys)
        inner = data[key]
        if isinstance(inner, (dict, list)) and inner and chance.random() < 0.6:
            data = inner
            continue
        if isinstance(data, dict) and chance.random() < 0.4:
            del data[key]
        else:
            data[key] = chance.choice(ODD)
        return


DAMAGES: tuple[Callable[[random.Random, Path], None], ...] = (
    _flip, _flip, _cut, _insert, _replace, _fifo, _link, _folder, _vanish, _swap_values,
    _swap_values, _swap_values,
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, one that is done, and one that was stopped."""
    return make_whole(tmp_path_factory.mktemp("whole"))


def make_whole(folder: Path) -> Path:
    trained(folder / "done", epochs=1)
    shutil.copytree(folder / "done", folder / "stopped")
    Run(folder / "stopped").result.unlink()
    training = begun(folder / "other", epochs=2)
    events = train(training.job, training.position, training.tally)
    next(events)
    events.close()
    training.run.close()
    shutil.copyfile(training.run.checkpoint, Run(folder / "stopped").checkpoint)
    return folder


def damaged_run_outcome(seed: int, whole: Path, place: Path) -> str:
    """Damage a copy of a run and use it; what happened that should not, or ''."""
    chance = random.Random(seed)
    stopped = chance.random() < 0.4
    run = Run(place / "run")
    shutil.copytree(whole / ("stopped" if stopped else "done"), run.folder)
    files = [run.checkpoint] if stopped else [run.result, run.model, run.spec]
    file, damage = chance.choice(files), chance.choice(DAMAGES)
    damage(chance, file)
    told = f"seed {seed}, {damage.__name__} of {file.name}: "
    command = ["train", "--resume"] if stopped else ["evaluate"]
    outcome = CliRunner().invoke(app, [*command, str(run.folder)])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        return f"{told}{outcome.exception!r}"
    if outcome.exit_code not in (0, 1, 2):
        return f"{told}exit code {outcome.exit_code}"
    if outcome.exit_code and not outcome.output.strip():
        return f"{told}not a word"
    if "\x1b[31m" in outcome.output or "nan" in outcome.stdout:
        return f"{told}{outcome.output!r}"
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_run_is_refused_without_a_traceback(seed, whole, tmp_path):
    assert damaged_run_outcome(seed, whole, tmp_path) == ""


def test_one_flipped_bit_of_the_weights_is_found_out(whole, tmp_path):
    made = str(tmp_path / "made.safetensors")
    for name, file, command in (
        ("done", "model.safetensors", ["evaluate"]),
        ("done", "model.safetensors", ["export", str(whole / "done/spec.yaml"), "--out", made,
                                       "--weights"]),
        ("stopped", "checkpoint.safetensors", ["train", "--resume"]),
    ):  # fmt: skip
        folder = tmp_path / command[0]
        shutil.copytree(whole / name, folder)
        content = bytearray((folder / file).read_bytes())
        content[-5] ^= 1
        (folder / file).write_bytes(content)
        outcome = CliRunner().invoke(app, [*command, str(folder)])
        assert outcome.exit_code == 1
        assert f"{file} is damaged" in outcome.stderr
        assert "checksum" in outcome.stderr
    assert not Path(made).exists()


def test_weights_that_are_no_numbers_are_refused_by_name(whole, tmp_path):
    run = Run(tmp_path / "run")
    shutil.copytree(whole / "done", run.folder)
    with safe_open(run.model, "pt") as opened:
        tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    tensors["out.weight"][0, 0] = float("nan")
    save_file(tensors, run.model)
    result = json.loads(run.result.read_text())
    del result["sha256"]  # as in runs of earlier versions
    run.result.write_text(json.dumps(result))
    for command in (["evaluate", str(run.folder)], ["predict", str(run.folder), str(run.curves)]):
        outcome = CliRunner().invoke(app, command)
        assert outcome.exit_code == 1
        assert "out.weight holds values that are no finite numbers" in outcome.stderr


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_a_run_cannot_write_anew_is_said_before_it_goes_on(make, whole, tmp_path):
    for file in Run(tmp_path / "run").files:
        shutil.rmtree(tmp_path / "run", ignore_errors=True)
        shutil.copytree(whole / "stopped", tmp_path / "run")
        file.unlink(missing_ok=True)
        make(file)
        outcome = CliRunner().invoke(app, ["train", "--resume", str(tmp_path / "run")])
        assert outcome.exit_code == 2
        assert f"{file.name}" in outcome.stderr
        assert "no ordinary file" in outcome.stderr
