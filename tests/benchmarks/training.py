"""LeNet-5 trained on MNIST and digits, against what people write by hand.

MNIST=FOLDER python -m tests.benchmarks training, with the four files of MNIST in FOLDER.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

SEEDS = range(5)
USUAL_EPOCHS = int(os.environ.get("USUAL_EPOCHS", "8"))


class Runs(NamedTuple):
    """Runs that differ in their seeds: accuracy in percent, seconds of the whole process."""

    accuracy: list[float]
    seconds: list[float]
    images_per_second: list[float]

    def line(self, name: str, asked: str) -> str:
        """Means with deviations."""
        return f"{name:34} {_spread(self.accuracy, 2)} %  {_spread(self.seconds, 1)} s  ({asked})"


def trained(*arguments: str, seeds: Sequence[int] = SEEDS) -> Runs:
    """`cnnshape train` with each seed, each in a process of its own."""
    runs = Runs([], [], [])
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            command = [
                "-m", "cnnshape", "train", *arguments, "--quiet", "--seed", str(seed),
                "--out", f"{folder}/run",
            ]  # fmt: skip
            seconds = _timed(command)
            result = json.loads(Path(folder, "run", "result.json").read_text())
        runs.accuracy.append(100 * result["test_accuracy"])
        runs.seconds.append(seconds)
        runs.images_per_second.append(result["images_per_second"])
    return runs


def by_hand(name: str, *arguments: object) -> tuple[dict[str, Any], float]:
    """What a peer prints, and the seconds of its whole process."""
    command = [sys.executable, "-m", f"tests.benchmarks.peers.{name}", *map(str, arguments)]
    start = time.perf_counter()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(told), time.perf_counter() - start


def main() -> None:
    """Print accuracies and seconds over the seeds, and the ratios to both peers."""
    print(trained("lenet5").line("lenet5, digits", "asked: 98 %, 6 s"))
    mnist = os.environ.get("MNIST")
    if not mnist:
        print("set MNIST=FOLDER for the figures of MNIST")
        return
    data = ("--dataset", "mnist", "--data-dir", mnist)
    shipped = trained("lenet5", *data)
    print(shipped.line("lenet5, MNIST", "asked: 99.0 %, 12 s"))
    bare = [by_hand("bare_loop", mnist, 2, seed)[0] for seed in SEEDS]
    ratio = statistics.median(shipped.images_per_second) / statistics.median(
        run["images_per_second"] for run in bare
    )
    accuracy = _spread([100 * run["accuracy"] for run in bare], 2)
    print(f"a bare loop                        {accuracy} %")
    print(f"throughput against it              {ratio:.2f}  (asked: 0.95)")
    usual, _ = by_hand("usual_loop", mnist, USUAL_EPOCHS, 0)
    mean = statistics.mean(shipped.seconds)
    print(
        f"Dataset, DataLoader, Adam          {100 * usual['accuracy']:.2f} % at best, after "
        f"{usual['seconds']:.0f} s of {USUAL_EPOCHS} epochs"
    )
    print(f"time against it                    {usual['seconds'] / mean:.1f}  (asked: 8)")
    print(trained("lenet5_1998", *data).line("lenet5_1998, MNIST", "asked: 98.9 %"))
    best = trained("lenet5", *data, "--recipe", "best")
    print(best.line("lenet5, MNIST, --recipe best", "asked: 99.25 %"))


def _timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    return time.perf_counter() - start


def _spread(values: list[float], digits: int) -> str:
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.{digits}f} ± {deviation:.{digits}f}"
