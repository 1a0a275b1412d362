"""The state of a run in one file."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import save_file

from cnnshape.training.checkpoint import (
    Checkpoint,
    Position,
    read_checkpoint,
    restore,
    under,
    write_checkpoint,
)
from cnnshape.training.faults import CheckpointError


def _checkpoint() -> Checkpoint:
    weight = torch.arange(24.0).view(2, 3, 2, 2).to(memory_format=torch.channels_last)
    position = Position(3, 7, [{"epoch": 1, "train_loss": 0.1}], [[3, 1], [0, 4]], 1.5, 9.0)
    return Checkpoint(under("model", {"w": weight, "n": torch.tensor(5)}), position, {"seed": 1})


def test_what_is_written_is_read(tmp_path):
    written = _checkpoint()
    write_checkpoint(tmp_path / "state", written)
    read = read_checkpoint(tmp_path / "state")
    assert (read.position, read.plan) == (written.position, written.plan)
    assert set(read.tensors) == {"model.w", "model.n"}
    assert all(torch.equal(read.tensors[name], tensor) for name, tensor in written.tensors.items())
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_restoring_keeps_the_order_of_memory(tmp_path):
    write_checkpoint(tmp_path / "state", _checkpoint())
    target = torch.zeros(2, 3, 2, 2).to(memory_format=torch.channels_last)
    count = torch.tensor(0)
    restore({"w": target, "n": count}, read_checkpoint(tmp_path / "state"), "model")
    assert torch.equal(target, torch.arange(24.0).view(2, 3, 2, 2))
    assert target.is_contiguous(memory_format=torch.channels_last)
    assert count == 5


@pytest.mark.parametrize(
    "target",
    [{"w": torch.zeros(2, 3, 2, 2)}, {"w": torch.zeros(1), "n": torch.tensor(0)},
     {"w": torch.zeros(2, 3, 2, 2), "n": torch.tensor(0), "m": torch.tensor(0)}],
)  # fmt: skip
def test_another_network_is_refused(target):
    with pytest.raises(CheckpointError, match="not of this run: its model is another"):
        restore(target, _checkpoint(), "model")


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_checkpoint(tmp_path / "state")
    (tmp_path / "state").write_bytes(b"\x80\x04]\x94.")  # a pickle
    with pytest.raises(CheckpointError, match="is damaged"):
        read_checkpoint(tmp_path / "state")
    save_file({"w": torch.zeros(2)}, tmp_path / "state")
    with pytest.raises(CheckpointError, match="no checkpoint of this version"):
        read_checkpoint(tmp_path / "state")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_file_that_was_cut_is_refused(tmp_path, kept):
    write_checkpoint(tmp_path / "state", _checkpoint())
    whole = (tmp_path / "state").read_bytes()
    (tmp_path / "state").write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(CheckpointError):
        read_checkpoint(tmp_path / "state")
