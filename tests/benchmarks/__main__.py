"""Run the benchmarks, all or by name: `python -m tests.benchmarks startup engine`."""

import sys
from importlib import import_module

NAMES = ("startup", "lesson", "engine", "growth", "verification", "diagram", "training")


def main() -> None:
    """Run those named, or all, one after another on an otherwise idle machine."""
    for name in sys.argv[1:] or NAMES:
        print(f"== {name}")
        import_module(f"tests.benchmarks.{name}").main()


main()
