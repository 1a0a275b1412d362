"""python -m tests.proof --examples 10000 [--seed N]: the proof by random networks, at length."""

# ruff: noqa: T201  (it prints what it finds)

from __future__ import annotations

import argparse
import sys
from time import perf_counter

import torch

from .campaign import Summary, campaign


def main() -> int:
    """Run the campaign and print what came of it; 1 where there is a disagreement."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000, help="how many networks")
    parser.add_argument("--seed", type=int, default=0, help="the same seed draws the same")
    options = parser.parse_args()
    torch.set_num_threads(1)
    start = perf_counter()

    def tell(summary: Summary) -> None:
        print(f"{summary.examples:,} of {options.examples:,}", end="\r", file=sys.stderr)

    summary = campaign(options.examples, options.seed, progress=tell)
    print(summary)
    print(f"{perf_counter() - start:.0f} s, PyTorch {torch.__version__}, seed {options.seed}")
    return 1 if summary.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
