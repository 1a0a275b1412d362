"""The cost of 10,000 layers against that of 1,000, written flat and as a repeated block."""

from collections.abc import Callable

from cnnshape import loads

from .measure import alternate, seconds_of


def flat(count: int) -> str:
    """A spec of `count` layers, each written out."""
    pair = "  - {type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}\n  - ReLU\n"
    return "input: [8, 32, 32]\nlayers:\n" + pair * (count // 2)


def repeated(count: int) -> str:
    """A spec of `count` layers from one block."""
    return f"""
input: [8, 32, 32]
blocks:
  pair: {{layers: [{{type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}}, ReLU]}}
layers: [{{type: pair, repeat: {count // 2}}}]
"""


def main(times: int = 5) -> None:
    """Print the medians and the growth for ten times the layers."""
    for name, write in (("flat", flat), ("repeated", repeated)):
        small, large = alternate([_load(write(1_000)), _load(write(10_000))], times)
        print(
            f"{name:9} 1,000 layers {1e3 * small:7.1f} ms, 10,000 layers {1e3 * large:7.1f} ms, "
            f"growth {large / small:5.1f} (asked: 12)"
        )


def _load(text: str) -> Callable[[], float]:
    return lambda: seconds_of(lambda: loads(text), calls=3)
