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
USUAL_SEEDS = range(3)


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


def usual_loop(mnist: str, seed: int) -> dict[str, Any]:
    """The usual loop's figures, its seconds counted from the start of the process."""
    told, whole = by_hand("usual_loop", mnist, seed)
    return {**told, "seconds": told["seconds"] + whole - told["all_seconds"]}


def beside_bare_loop(mnist: str, data: Sequence[str]) -> tuple[Runs, list[float], list[float]]:
    """Our runs, the accuracies of a bare loop, and how many times its throughput ours is.

    Each run stands between two of the bare loop's, for what else the machine does changes from
    one minute to the next by more than the two differ.
    """
    runs, accuracy, ratios = Runs([], [], []), [], []
    before, _ = by_hand("bare_loop", mnist, 2, SEEDS[0])
    for seed in SEEDS:
        run = trained("lenet5", *data, seeds=[seed])
        after, _ = by_hand("bare_loop", mnist, 2, seed)
        for kept, new in zip(runs, run, strict=True):
            kept.extend(new)
        accuracy.append(100 * after["accuracy"])
        beside = statistics.mean((before["images_per_second"], after["images_per_second"]))
        ratios.append(run.images_per_second[0] / beside)
        before = after
    return runs, accuracy, ratios


def main() -> None:
    """Print accuracies and seconds over the seeds, and the ratios to both peers."""
    print(trained("lenet5").line("lenet5, digits", "asked: 98 %, 6 s"))
    mnist = os.environ.get("MNIST")
    if not mnist:
        print("set MNIST=FOLDER for the figures of MNIST")
        return
    data = ("--dataset", "mnist", "--data-dir", mnist)
    shipped, bare, ratios = beside_bare_loop(mnist, data)
    print(shipped.line("lenet5, MNIST", "asked: 99.0 %, 12 s"))
    print(f"a bare loop                        {_spread(bare, 2)} %")
    print(f"throughput against it              {_spread(ratios, 3)}  (asked: 0.95)")
    usual = [usual_loop(mnist, seed) for seed in USUAL_SEEDS]
    best = _spread([100 * run["accuracy"] for run in usual], 2)
    seconds = _spread([run["seconds"] for run in usual], 0)
    print(f"DataLoader, Adam, {usual[0]['data']:16} {best} % at best, after {seconds} s")
    times = [run["seconds"] / statistics.mean(shipped.seconds) for run in usual]
    print(f"time against it                    {_spread(times, 1)}  (asked: 8)")
    print(trained("lenet5_1998", *data).line("lenet5_1998, MNIST", "asked: 98.9 %"))
    longer = trained("lenet5", *data, "--recipe", "best")
    print(longer.line("lenet5, MNIST, --recipe best", "asked: 99.25 %"))


def _timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    return time.perf_counter() - start


def _spread(values: list[float], digits: int) -> str:
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.{digits}f} ± {deviation:.{digits}f}"
