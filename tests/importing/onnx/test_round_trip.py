"""A net that is exported to ONNX and imported again is the net that it was.

Some of the zoo; all of it, on smaller inputs where it may be, by the script:

    python -m tests.importing.onnx.test_round_trip [NAME ...]
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

import cnnshape
from cnnshape import zoo
from cnnshape.errors import SpecError
from cnnshape.exporting import ExportError, to_onnx, weighted_module
from cnnshape.importing import Imported, ImportFault, import_onnx
from cnnshape.network import Network

from ...needing import needs

pytestmark = pytest.mark.slow

needs("onnxruntime", "onnxscript")

NETS = [
    ("lenet5", None, {}),
    ("lenet5_1998", None, {}),
    ("mobilenet_v3_small", (3, 64, 64), {}),
    ("convnext_tiny", (3, 32, 32), {"depths": [1, 1, 1, 1], "width": 24}),
]
HEADS = "InceptionAux"
"""It does not run in evaluation mode, so that no file holds it."""


def hold(network: Network) -> Imported:
    """Write a network as ONNX, and import that again: the costs must stay."""
    made = to_onnx(network, weighted_module(network, None, seed=1), None)
    path = Path("net.onnx")
    path.write_bytes(made.content)
    found = import_onnx(str(path))
    heads = sum(node.params for node in network.layers if node.type == HEADS)
    wanted, again = network.totals, found.network.totals
    assert (again.params, again.macs) == (wanted.params - heads, wanted.macs)
    assert found.network.output_shapes == network.output_shapes
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "shape", "params"), NETS)
def test_costs_stay(name: str, shape: tuple[int, ...] | None, params: dict[str, Any]) -> None:
    found = hold(cnnshape.load(name, input=shape, params=params))
    assert found.check is not None
    assert found.check.named == found.check.tensors


def _small(name: str) -> Network:
    """A net on the smallest of some inputs that it can read."""
    for size in (64, 96, 128):
        network = cnnshape.load(name)
        if network.input_shape[0] != 3 or len(network.input_shape) != 3:
            return network
        try:
            return cnnshape.load(name, input=(3, size, size))
        except SpecError:
            continue
    return network


if __name__ == "__main__":
    begin = perf_counter()
    for net in sys.argv[1:] or [entry.name for entry in zoo.nets()]:
        start = perf_counter()
        try:
            lines = len(hold(_small(net)).text.splitlines())
            told = f"{lines} lines"
        except (ExportError, ImportFault) as fault:
            told = f"FAULT: {fault}"
        except AssertionError as fault:
            told = f"DIFFERS: {fault}"
        print(f"{net}: {told}, {perf_counter() - start:.1f} s", flush=True)  # noqa: T201
    print(f"{perf_counter() - begin:.0f} s")  # noqa: T201
