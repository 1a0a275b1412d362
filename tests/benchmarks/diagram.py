"""resnet152 as SVG, against torchview's drawing of the same net by the same drawing program."""

import shutil
import tempfile
from pathlib import Path

from cnnshape.diagrams.graph.program import find

from .measure import alternate, process

TORCHVIEW = """
import sys
from torchview import draw_graph
from tests.benchmarks.engine import resnet152
graph = draw_graph(
    resnet152(), input_size=(1, 3, 224, 224), device="meta", expand_nested=True, depth=9
).visual_graph
graph.format = "svg"
graph.render(sys.argv[1], engine="dot")
"""


def main(times: int = 7) -> None:
    """Print whole-process medians of both, and their ratio; torchview is installed apart."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(find(), Path(folder, "dot"))  # torchview knows no program but dot
        path = {"PATH": folder}
        ours = ("-m", "cnnshape", "diagram", "resnet152", "--out", f"{folder}/ours.svg")
        every = (*ours, "--expand", "--depth", "all")
        process(ours, path)  # fills the compiled files
        mine, all_layers, theirs = alternate(
            [
                lambda: process(ours, path).seconds,
                lambda: process(every, path).seconds,
                lambda: process(("-c", TORCHVIEW, f"{folder}/theirs"), path).seconds,
            ],
            times,
        )
    print(f"diagram resnet152, alike blocks once  {mine:6.3f} s  (asked: 0.6)")
    print(f"every block on its own                {all_layers:6.3f} s")
    print(f"torchview, every layer on its own     {theirs:6.3f} s")
    print(f"ratio                                 {theirs / mine:6.1f}    (asked: 8)")
    print(f"ratio, every block on its own         {theirs / all_layers:6.1f}")
