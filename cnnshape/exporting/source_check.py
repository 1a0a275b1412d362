"""Loading Python source that was written, and holding it against the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..text.counts import count_of
from .errors import ExportError
from .libraries import refusals
from .output_check import hold, no_run, outputs_of, with_state
from .python_file import root_class

if TYPE_CHECKING:
    from torch import nn

    from ..network import Network

LARGE_PARAMS = 100_000_000
LARGE_MACS = 20_000_000_000
"""From these sizes on, it is checked by its shapes, and not run."""


def check_python(network: Network, source: str) -> str:
    """Load a file of `to_python`, and hold it against the network.

    Returns what was checked: the keys and shapes of the state_dict, and the outputs for the
    same weights, or the shapes alone where the network is large.

    Raises:
        ExportError: they differ, or the file cannot be loaded.
    """
    import torch

    from ..torch_backend import build

    large = network.totals.params > LARGE_PARAMS or (network.totals.macs or 0) > LARGE_MACS
    why = "not run: it is large" if large else no_run(network)
    made = _loaded(source, root_class(source))
    with torch.device("meta" if why else "cpu"):
        torch.manual_seed(0)
        module = build(network).eval()
        again: nn.Module = made().eval()
    own, other = module.state_dict(), again.state_dict()
    count = count_of(len(own), "tensor")
    if {k: v.shape for k, v in own.items()} != {k: v.shape for k, v in other.items()}:
        raise ExportError("the file that was written has other parameters than the network")
    if why:
        with torch.device("meta"), torch.no_grad():
            x = torch.empty(2, *network.input_shape)
            for want, have in zip(outputs_of(module(x)), outputs_of(again(x)), strict=True):
                if want.shape != have.shape:
                    raise ExportError("the file that was written gives other shapes")
        return f"loaded again: the same {count} and shapes ({why})"
    again.load_state_dict(own)
    found = hold(network, module, again, with_state(again))
    return f"loaded again: the same {count}, {found}"


def _loaded(source: str, name: str) -> Callable[[], nn.Module]:
    """The class of this name in a Python file that was written here."""
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="cnnshape-") as folder:
        path = Path(folder) / "exported.py"
        path.write_text(source, encoding="utf-8")
        spec = spec_from_file_location("cnnshape_exported", path)
        assert spec is not None
        assert spec.loader is not None
        file = module_from_spec(spec)
        with refusals("Python"):
            spec.loader.exec_module(file)
    made: Callable[[], nn.Module] = getattr(file, name)
    return made
