"""What the code that is imported does while it is loaded."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

import pytest
import torch

from cnnshape.importing import import_module
from cnnshape.importing.importer import import_source

COMPILED = """
import torch
from torch import nn
from torch.jit import script


@torch.jit.script
def swish(x):
    return x * torch.sigmoid(x)


def halved(x):
    return x / 2


halved = script(halved)


class Net(nn.Module):
    def forward(self, x):
        return halved(swish(x))
"""


@pytest.mark.parametrize("callable", ["Net", "made"])
def test_functions_that_the_code_compiles_are_followed(tmp_path: Path, callable: str) -> None:
    path = tmp_path / "net.py"
    path.write_text(f"{COMPILED}\n\ndef made():\n    return torch.jit.script(Net())\n")
    script = torch.jit.script
    network = import_source(f"{path}:{callable}", (3, 4, 4)).network
    assert [node.type for node in network.layers] == ["SiLU", "Rescale"]
    assert torch.jit.script is script


WITH_COMPILED_PARTS = """
import torch
from torch import nn


@torch.compile
def halved(x):
    return x / 2


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.compile(nn.Conv2d(3, 4, 3))
        self.b = nn.Conv2d(4, 4, 3)
        self.b.compile(mode="reduce-overhead")
        self.c = torch.jit.trace(nn.Conv2d(4, 2, 1), torch.zeros(1, 4, 4, 4))
        self.forward = torch.compile(self.forward, fullgraph=True)

    @torch.compile(dynamic=True)
    def head(self, x):
        return self.c(x).relu()

    def forward(self, x):
        return halved(self.head(self.b(self.a(x))))


def made():
    return torch.compile(Net())
"""


@pytest.mark.parametrize("callable", ["Net", "made"])
def test_what_is_compiled_imports_as_it_was_written(tmp_path: Path, callable: str) -> None:
    path = tmp_path / "net.py"
    path.write_text(WITH_COMPILED_PARTS)
    network = import_source(f"{path}:{callable}", (3, 8, 8)).network
    assert [(node.path, node.type) for node in network.layers] == [
        ("a", "Conv2d"),
        ("b", "Conv2d"),
        ("c", "Conv2d"),
        ("relu1", "ReLU"),
        ("rescale1", "Rescale"),
    ]


def test_a_module_that_is_compiled_already_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "compiled_already.py"
    path.write_text(WITH_COMPILED_PARTS.replace("torch.jit.trace(", "(lambda x, _: x)("))
    namespace = run_path(str(path))
    net = namespace["made"]()
    found = import_module(net, (3, 8, 8))
    assert len(found.network.layers) == 5
    assert isinstance(net, torch._dynamo.OptimizedModule)
