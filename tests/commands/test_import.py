"""``cnnshape import``."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnshape

NET = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width=4, odd=False):
        super().__init__()
        self.conv = nn.Conv2d(1, width, 3)
        self.fc = nn.Linear(width, 10)
        self.odd = odd

    def forward(self, x):
        x = torch.relu(self.conv(x))
        if self.odd:
            x = x.cumsum(2)
        return self.fc(x.mean((2, 3)))


def number():
    return 3


def fails():
    raise ValueError("no weights here")
"""


@pytest.fixture
def net() -> Path:
    path = Path("net.py")
    path.write_text(NET, encoding="utf-8")
    return path


def test_the_spec_is_written_and_what_was_verified_is_said(cli, net):
    result = cli(
        "import", "net.py:Net", "--input", "1x8x8", "--kwarg", "width=6", "--out", "n.yaml"
    )
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "✓ verified against net.py:Net: 4 layers, 130 parameters, 2,004 MACs" in result.stderr
    network = cnnshape.load("n.yaml")
    assert [node.path for node in network.layers] == ["conv", "relu1", "mean1", "fc"]
    assert network.name == "Net"
    assert cli("verify", "n.yaml").exit_code == 0


def test_without_out_the_spec_alone_is_on_stdout(cli, net):
    result = cli("import", "net.py:Net", "--input", "1x8x8", "--name", "mine")
    assert cnnshape.loads(result.stdout).name == "mine"
    assert "✓ verified" in result.stderr


def test_a_module_of_a_package(cli):
    result = cli("import", "torch.nn:Softplus", "--input", "8", "--kwarg", "beta=2.0")
    assert result.exit_code == 0
    assert "{name: softplus, type: Softplus, beta: 2.0}" in result.stdout


def test_what_cannot_be_said_is_named_and_nothing_is_written(cli, net):
    result = cli(
        "import", "net.py:Net", "--input", "1x8x8", "--kwarg", "odd=true", "--out", "n.yaml"
    )
    assert result.exit_code == 1
    assert "error: 1 operation cannot be said as a spec" in result.stderr
    assert "torch.Tensor.cumsum in the module itself (net.py:15): no layer type" in result.stderr
    assert "--partial" in result.stderr
    assert not Path("n.yaml").exists()


def test_partial_keeps_the_rest_as_unknown_and_never_as_zero(cli, net):
    result = cli(
        "import", "net.py:Net", "--input", "1x8x8", "--kwarg", "odd=true", "--partial",
        "--out", "n.yaml",
    )  # fmt: skip
    assert result.exit_code == 0
    assert "not verified: 1 operation" in result.stderr
    shown = cli("show", "n.yaml", "--verify", "off").stdout
    assert "MACs unknown" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.py:Net", "--input", "1x8x8"), "there is no file nowhere.py"),
        (("net.py:Nett", "--input", "1x8x8"), "did you mean Net?"),
        (("no_such_package:Net", "--input", "1x8x8"), "cannot import no_such_package"),
        (("net.py", "--input", "1x8x8"), "expected package.module:callable"),
        (("net.py:Net",), "the shape of one sample"),
        (("net.py:Net", "--input", "big"), "expected sizes"),
        (("net.py:Net", "--input", "1x8x8", "--kwarg", "width"), "expected NAME=VALUE"),
    ],
)
def test_what_the_command_line_cannot_mean_is_exit_code_2(cli, net, arguments, message):
    result = cli("import", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("called", "message"),
    [
        ("number", "gives a int, not a torch.nn.Module"),
        ("fails", "fails() cannot be made: ValueError: no weights here"),
    ],
)
def test_what_gives_no_module_is_said(cli, net, called, message):
    result = cli("import", f"net.py:{called}", "--input", "1x8x8")
    assert result.exit_code == 1
    assert message in result.stderr


def test_an_argument_that_the_callable_lacks_is_said(cli, net):
    result = cli("import", "net.py:Net", "--input", "1x8x8", "--kwarg", "depth=3")
    assert result.exit_code == 1
    assert "depth" in result.stderr
