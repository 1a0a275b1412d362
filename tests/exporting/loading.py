"""Files that were written, loaded again and held against the network."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import torch
from torch import nn

from cnnshape.exporting import root_class
from cnnshape.network import Network


def load_source(source: str) -> type[nn.Module]:
    """The class of the whole network in a file that was written."""
    module = ModuleType("exported")
    exec(compile(source, "exported.py", "exec"), module.__dict__)  # noqa: S102
    made: type[nn.Module] = getattr(module, root_class(source))
    return made


def assert_same(
    network: Network, source: str, *, device: str = "cpu", formatted: bool = True
) -> None:
    """The same keys and shapes, the same weights of the same seed, and the same outputs."""
    if formatted:
        assert ruff_format(source) == source
    with torch.device(device), torch.no_grad():
        torch.manual_seed(7)
        module = network.to_module().eval()
        torch.manual_seed(7)
        again = load_source(source)().eval()
        own, other = module.state_dict(), again.state_dict()
        assert list(own) == list(other)
        assert [v.shape for v in own.values()] == [v.shape for v in other.values()]
        if device == "cpu":
            assert all(torch.equal(own[key], other[key]) for key in own)
        x = torch.randn(2, *network.input_shape)
        torch.manual_seed(8)
        wanted = module(x.clone())  # a layer may work in place
        torch.manual_seed(8)
        found = again(x.clone())
    assert type(wanted) is type(found)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    found = found if isinstance(found, tuple) else (found,)
    for want, have in zip(wanted, found, strict=True):
        assert want.shape == have.shape
        if device == "cpu":
            torch.testing.assert_close(want, have, rtol=0, atol=0, equal_nan=True)


def ruff_format(source: str) -> str:
    """The source as `ruff format` with its own settings leaves it."""
    return subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "-"],
        input=source,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
