"""`convolve` and `pool` against a trivial command, which is the start of Python, typer and rich."""

from .measure import alternate, process
from .startup import TRIVIAL

COMMANDS = {
    "convolve": (),
    "pool": (),
    "convolve, 28×28×3 by 4 filters": ("--image", "3x28x28", "--filters", "4"),
}


def main(times: int = 15) -> None:
    """Print whole-process medians and their ratios to a trivial typer+yaml+rich command."""
    jobs = [("-m", "cnnshape", name.partition(",")[0], *rest) for name, rest in COMMANDS.items()]
    for job in jobs:
        process(job)  # compiles the files
    *ours, trivial = alternate(
        [lambda job=job: process(job).seconds for job in (*jobs, ("-c", TRIVIAL))], times
    )
    print(f"a trivial typer+yaml+rich       {trivial:6.3f} s   (0.12 on an idle machine)")
    for name, seconds in zip(COMMANDS, ours, strict=True):
        asked = "2.5, 0.3 s" if "," in name else "1.7, 0.2 s"
        print(f"{name:30}  {seconds:6.3f} s   ratio {seconds / trivial:4.2f}  (asked: {asked})")
