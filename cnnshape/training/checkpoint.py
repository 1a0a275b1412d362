"""The state of a run in one file, from which it goes on as if it had never stopped.

The file is safetensors: the tensors, and everything else as JSON in its header. Nothing of it
is ever executed, and it is replaced whole, so that a kill at any moment leaves the old state
or the new.

No state of a random generator is kept. What is drawn in a step follows from the seed, the
epoch and the step, so the place in the run is all that there is to know.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ..storage.files import write_atomically
from .faults import CheckpointError
from .reading import NotWhole, parse_json
from .tensor_file import bytes_of, file_parts

FORMAT = "cnnshape-checkpoint-2"


@dataclass
class Position:
    """Where a run stands.

    Attributes:
        epoch: from 0; the epoch that is under way.
        step: steps done in it.
        history: the figures of the epochs that are done, one dict each.
        confusion: of the last evaluation: a row a class, a column an answer; [] before one.
        epoch_seconds: of training in the epoch that is under way.
        seconds: of the whole run so far, evaluation included.
    """

    epoch: int = 0
    step: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    confusion: list[list[int]] = field(default_factory=list)
    epoch_seconds: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds.

    Attributes:
        tensors: by name: 'model.C1.weight', 'optimizer.0.momentum.0', 'average.C1.weight',
            and what the loop adds up in an epoch.
        position: where the run stands.
        plan: what the run does, as plain data.
    """

    tensors: Mapping[str, Tensor]
    position: Position
    plan: dict[str, Any]


def write_checkpoint(file: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint, whole or not at all, onto the disk itself; raises OSError."""
    header = {
        "format": FORMAT,
        "position": json.dumps(vars(checkpoint.position)),
        "plan": json.dumps(checkpoint.plan),
    }
    header["sha256"] = _digest(header, checkpoint.tensors)
    write_atomically(file, file_parts(checkpoint.tensors, header), durable=True)


def read_checkpoint(file: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        OSError: there is no such file, or it cannot be read.
        CheckpointError: it is no checkpoint of this version.
    """
    if not file.exists():
        raise FileNotFoundError(2, "No such file", str(file))
    if not file.is_file():
        raise OSError(22, "it is no ordinary file", str(file))
    try:
        with safe_open(file, "pt") as opened:
            header = opened.metadata() or {}
            if header.get("format") != FORMAT:
                raise CheckpointError(f"{file} is no checkpoint of this version of cnnshape")
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        if header.get("sha256") != _digest(header, tensors):
            raise NotWhole("its checksum is another")
        plan, position = (parse_json(header[key]) for key in ("plan", "position"))
        return Checkpoint(tensors, Position(**position), plan)
    except (
        SafetensorError, NotWhole, KeyError, TypeError, ValueError, RuntimeError, MemoryError,
    ) as fault:  # fmt: skip
        raise CheckpointError(f"{file} is damaged: {fault}") from None


def _digest(header: Mapping[str, str], tensors: Mapping[str, Tensor]) -> str:
    """The SHA-256 of all that a checkpoint holds."""
    digest = sha256()
    for key in ("position", "plan"):
        digest.update(header[key].encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {[*tensor.shape]}".encode())
        digest.update(bytes_of(tensor))
    return digest.hexdigest()


def under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors with 'prefix.' before their names."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def restore(target: Mapping[str, Tensor], checkpoint: Checkpoint, prefix: str) -> None:
    """Copy what `under` named into the tensors that it was taken from.

    They keep their place and their order in memory, so that every kernel does then what it
    would have done in an unbroken run.

    Raises:
        CheckpointError: the names or shapes are others.
    """
    start = f"{prefix}."
    found = {
        name[len(start) :]: tensor
        for name, tensor in checkpoint.tensors.items()
        if name.startswith(start)
    }
    if {name: each.shape for name, each in found.items()} != {
        name: each.shape for name, each in target.items()
    }:
        raise CheckpointError(f"the state is not of this run: its {prefix} is another")
    with torch.no_grad():
        for name, tensor in target.items():
            tensor.copy_(found[name])
