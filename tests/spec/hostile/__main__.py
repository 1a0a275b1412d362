"""Reads every hostile file as the command line would.

It prints as JSON what came of each and in how many seconds (of the processor: a busy machine
changes the clock, not these), in how many an ordinary long file is read, and the most mebibytes
that any took beyond an empty file.
"""

from __future__ import annotations

import json
import sys
from time import process_time

from . import CORPUS, as_bytes, outcome
from .texts import HEAD, MEBIBYTE, layers


def measure(data: bytes, soon: float = 0) -> dict[str, object]:
    """What came of a file, and the processor seconds it took: of three tries where not soon."""
    best = 1e9
    said = ""
    for _ in range(3):
        start = process_time()
        try:
            said = outcome(data)
        except Exception as error:  # a finding, to be told beside those of the other files
            said = f"{type(error).__name__}: {error}"
        best = min(best, process_time() - start)
        if best < soon:
            break
    return {"said": said, "seconds": best}


def _peak_mebibytes() -> float:
    try:
        import resource
    except ModuleNotFoundError:  # on Windows, where only time is measured
        return 0.0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEBIBYTE


def main() -> None:
    """Read the whole corpus; the peak of the process bounds what each file took."""
    outcome(HEAD.encode() + b"layers: [ReLU]")
    before = _peak_mebibytes()
    ordinary = measure(layers(*["{type: Conv2d, out_channels: 8, kernel_size: 1}"] * 5000).encode())
    soon = 5 * float(str(ordinary["seconds"]))
    files = {name: measure(as_bytes(name), soon) for name in CORPUS}
    peak = _peak_mebibytes() - before
    json.dump({"ordinary": ordinary, "files": files, "mebibytes": peak}, sys.stdout)


if __name__ == "__main__":
    main()
