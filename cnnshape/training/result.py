"""What a finished run says of itself, and the files that it leaves."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
import torch

from ..storage.files import write_atomically
from ..text.counts import count_of
from ..version import __version__
from .checkpoint import Position
from .confusion import confusion_svg
from .curves import curves_svg
from .evaluation import Evaluation
from .faults import TrainingError
from .loop import Job
from .reading import digest_of
from .run import Run, metrics_csv
from .tensor_file import file_parts
from .wording import percent

if TYPE_CHECKING:
    from ..network import Network
    from .plan import Plan


def leave_files(
    run: Run, job: Job, position: Position, network: Network, plan: Plan
) -> dict[str, Any]:
    """Write the files of a run that is done, result.json last; gives what is in it.

    Raises:
        TrainingError: a file cannot be written.
    """
    result = result_of(job, position, network, plan)
    digest = sha256()
    title = f"{network.name} on {plan.recipe.dataset}"
    subtitle = (
        f"{percent(result['test_accuracy'])} of {plan.samples[1]:,} test images "
        f"after {count_of(len(position.history), 'epoch')}"
    )
    weights = job.answering.module.state_dict()
    try:
        write_atomically(run.model, _digested(file_parts(weights, {}), digest))
        write_atomically(run.metrics, metrics_csv(position.history))
        write_atomically(run.curves, curves_svg(position.history, title, subtitle))
        write_atomically(
            run.confusion, confusion_svg(position.confusion, plan.classes, title, subtitle)
        )
        result["sha256"] = {
            run.model.name: digest.hexdigest(),
            run.spec.name: digest_of(plan.spec.encode()),
        }
        run.write_result(result)
    except OSError as fault:
        raise TrainingError(
            f"cannot write into {run.folder}: {fault.strerror}; the run is done and its state is "
            f"saved: make room, then {run.resumption}"
        ) from None
    return result


def _digested(parts: Iterable[memoryview], digest: Any) -> Iterator[memoryview]:
    """The parts of a file, which `digest` takes in as they pass."""
    for part in parts:
        digest.update(part)
        yield part


def result_of(job: Job, position: Position, network: Network, plan: Plan) -> dict[str, Any]:
    """The content of result.json."""
    last = position.history[-1]
    confusion = tuple(map(tuple, position.confusion))
    evaluation = Evaluation(last["test_loss"], confusion)
    training_seconds = sum(row["seconds"] for row in position.history)
    images = len(position.history) * len(job.train)
    return {
        "name": network.name,
        "dataset": plan.recipe.dataset,
        "data_dir": plan.data_dir,
        "test_accuracy": evaluation.accuracy,
        "test_loss": evaluation.loss,
        "epochs": len(position.history),
        "seconds": round(position.seconds, 3),
        "training_seconds": round(training_seconds, 3),
        "images_per_second": round(images / training_seconds, 1),
        "device": device_facts(job.classifier.device, job.group.size),
        "precision": plan.precision,
        "compiled": plan.compile,
        "seed": plan.seed,
        "params": network.totals.params,
        "input_shape": list(network.input_shape),
        "samples": {"train": plan.samples[0], "test": plan.samples[1]},
        "classes": list(plan.classes),
        "class_accuracy": dict(zip(plan.classes, evaluation.class_accuracy, strict=True)),
        "confusion": [list(row) for row in confusion],
        "recipe": plan.recipe.to_dict(),
        "preparation": job.classifier.preparation.to_dict(),
        "plugins": list(plan.plugins),
        "versions": {
            "cnnshape": __version__,
            "torch": torch.__version__,
            "numpy": numpy.__version__,
            "python": platform.python_version(),
        },
    }


def device_facts(device: torch.device, processes: int) -> dict[str, Any]:
    """What a run was computed on: the device, its name, threads, and how many of them."""
    cuda = device.type == "cuda"
    return {
        "type": device.type,
        "name": torch.cuda.get_device_name(device) if cuda else _processor(),
        "threads": torch.get_num_threads(),
        "processes": processes,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
