"""What the code that is imported does while it is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

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
