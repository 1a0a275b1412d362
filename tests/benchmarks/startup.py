"""`show lenet5`, verdict cached, against a script that prints torchinfo's summary."""

import tempfile

from .measure import alternate, process

TORCHINFO = """
from torch import nn
from torchinfo import summary
net = nn.Sequential(
    nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
    nn.MaxPool2d(2), nn.Conv2d(16, 120, 5), nn.ReLU(), nn.Flatten(), nn.Linear(120, 84),
    nn.ReLU(), nn.Linear(84, 10), nn.Softmax(1),
)
summary(net, input_size=(1, 1, 32, 32))
"""
TRIVIAL = """
import typer, yaml
from rich.console import Console
from rich.table import Table
app = typer.Typer()
@app.command()
def show(count: int = 13) -> None:
    yaml.load("a: 1", Loader=yaml.CSafeLoader)
    table = Table(*"abcdef")
    for _ in range(count):
        table.add_row(*["(32-5+2*0)/1+1"] * 6)
    Console().print(table)
app()
"""
SHOW = ("-m", "cnnshape", "show", "lenet5")


def main(times: int = 15) -> None:
    """Print whole-process medians, their ratio, peak memory, and the first line's time."""
    with tempfile.TemporaryDirectory() as folder:
        cache = {"CNNSHAPE_CACHE_DIR": folder}
        process(SHOW, cache)  # fills the cache and the compiled files
        ours, theirs, trivial = alternate(
            [
                lambda: process(SHOW, cache).seconds,
                lambda: process(("-c", TORCHINFO)).seconds,
                lambda: process(("-c", TRIVIAL)).seconds,
            ],
            times,
        )
        memory = process(SHOW, cache).peak_mb
        their_memory = process(("-c", TORCHINFO)).peak_mb
        live = process((*SHOW, "--verify", "live"), cache)
    print(f"show lenet5, verdict cached   {ours:6.3f} s   {memory:4.0f} MB")
    print(f"torchinfo's summary           {theirs:6.3f} s   {their_memory:4.0f} MB")
    print(f"a trivial typer+yaml+rich     {trivial:6.3f} s")
    print(f"ratio                         {theirs / ours:6.1f}      (asked: 10, aim 12)")
    print(f"first line, live verification {live.first_line:6.3f} s   (asked: 0.2)")
