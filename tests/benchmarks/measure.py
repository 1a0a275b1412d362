"""How benchmarks measure: medians of alternating runs, and a child's own peak memory."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Run(NamedTuple):
    """One process: seconds from start to end, to its first line, and its peak memory."""

    seconds: float
    first_line: float
    peak_mb: float


def process(arguments: Sequence[str], environment: dict[str, str] | None = None) -> Run:
    """Run a Python process and measure it; raises when it fails."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    assert child.stdout is not None
    child.stdout.readline()
    first_line = time.perf_counter() - start
    child.stdout.read()
    errors = child.stderr.read() if child.stderr else b""
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise RuntimeError(f"{list(arguments)} failed: {errors.decode()}")
    return Run(seconds, first_line, usage.ru_maxrss / 1024)


def alternate(jobs: Sequence[Callable[[], float]], times: int) -> list[float]:
    """The median of each job's figure, the jobs run in turn so that drift falls on all."""
    figures: list[list[float]] = [[] for _ in jobs]
    for _ in range(times):
        for job, kept in zip(jobs, figures, strict=True):
            kept.append(job())
    return [statistics.median(kept) for kept in figures]


def seconds_of(function: Callable[[], object], calls: int = 5) -> float:
    """Seconds that one call takes: the best of a few, as timeit advises."""
    best = float("inf")
    for _ in range(calls):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best
