"""What the code that is imported does while it is loaded."""

from __future__ import annotations

import sys
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
import torch

from cnnshape.importing import ImportFault, NotFound, import_module
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


@pytest.mark.slow
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


PARTS = "from torch import nn\n\n\nclass Part(nn.Conv2d):\n    pass\n"


@pytest.mark.parametrize("package", [True, False])
@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("relative/net.py", "from .parts import Part"),
        ("deeper/inner/net.py", "from ..parts import Part"),
        ("absolute/net.py", "from absolute.parts import Part"),
        ("beside/net.py", "from parts import Part"),
    ],
)
def test_a_file_of_a_package_finds_its_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: bool, file: str, line: str
) -> None:
    root = f"{file.partition('/')[0]}_{package}"
    path = tmp_path / file.replace(root.partition("_")[0], root, 1)
    path.parent.mkdir(parents=True)
    (tmp_path / root / "parts.py").write_text(PARTS)
    if package:
        for folder in {tmp_path / root, path.parent}:
            (folder / "__init__.py").touch()
    path.write_text(line.replace("absolute", root) + "\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "parts", raising=False)
    before = list(sys.path)
    arguments = {"in_channels": 1, "out_channels": 2, "kernel_size": 3}
    network = import_source(f"{path}:Part", (1, 8, 8), arguments=arguments).network
    assert network.totals.params == 20
    assert sys.path == before


def test_a_file_that_its_package_cannot_load_is_named_as_it_would_be(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "net.py").write_text("from .nothing import Net\n")
    with pytest.raises(NotFound, match=r"as broken\.net: .*, it is named broken\.net:Net"):
        import_source(f"{tmp_path}/broken/net.py:Net", (1, 8, 8))


def test_a_file_alone_lists_its_classes(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(f"{PARTS}\n\nclass Net(Part):\n    pass\n\n\nclass Options:\n    pass\n")
    with pytest.raises(NotFound, match=r"which class of it\? .*net\.py:Part, .*net\.py:Net$"):
        import_source(str(path), (1, 8, 8))


def test_a_notebook_is_told_what_to_do() -> None:
    with pytest.raises(NotFound, match=r"import_module\(net, \(1, 28, 28\)\)"):
        import_source("net.ipynb:Net", (1, 8, 8))


@pytest.mark.parametrize(
    ("name", "place"),
    [("<ipython-input-7-0a1b>", "cell 7:8"), ("/tmp/ipykernel_12/34567.py", "a cell:8")],
)
def test_a_class_of_a_notebook_is_named_by_its_cell(name: str, place: str) -> None:
    source = PARTS + "\n    def forward(self, x):\n        return super().forward(x).view(7, 7)\n"
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, name, "exec"), namespace)  # noqa: S102
    with pytest.raises(ImportFault) as caught:
        import_module(namespace["Part"](1, 2, 3), (1, 8, 8))
    assert f"({place})" in str(caught.value)
