"""``cnnshape import``."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnshape

pytestmark = pytest.mark.torch

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


def ends():
    raise SystemExit(3)


class Asks(Net):
    def forward(self, x):
        x = self.conv(x)
        return -x if x.sum() > 0 else x


class Fails(Net):
    def forward(self, x):
        raise KeyError("nothing here")


class Ends(Net):
    def forward(self, x):
        raise SystemExit(0)
"""

SCRIPT = """\
import argparse

from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=4)
given = parser.parse_args()
print("a width of", given.width)


def net():
    print("making it")
    return nn.Conv2d(1, given.width, 3)
"""


@pytest.fixture
def net() -> Path:
    path = Path("net.py")
    path.write_text(NET, encoding="utf-8")
    return path


@pytest.mark.slow
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


@pytest.mark.slow
def test_partial_keeps_the_rest_as_unknown_and_never_as_zero(cli, net):
    result = cli(
        "import", "net.py:Net", "--input", "1x8x8", "--kwarg", "odd=true", "--partial",
        "--out", "n.yaml",
    )  # fmt: skip
    assert result.exit_code == 0
    assert "not verified: 1 operation" in result.stderr
    shown = cli("show", "n.yaml", "--verify", "off").stdout
    assert "MACs unknown" in shown


def test_a_script_that_prints_and_reads_its_options_leaves_the_spec_alone(cli):
    Path("script.py").write_text(SCRIPT, encoding="utf-8")
    result = cli("import", "script.py:net", "--input", "1x8x8", "--out", "-")
    assert result.exit_code == 0
    assert cnnshape.loads(result.stdout).layers[0].output_shape == (4, 6, 6)
    assert "a width of 4\nmaking it\n" in result.stderr
    assert not Path("-").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.py:Net", "--input", "1x8x8"), "there is no file nowhere.py"),
        (("net.py:Nett", "--input", "1x8x8"), "did you mean Net?"),
        (("no_such_package:Net", "--input", "1x8x8"), "cannot import no_such_package"),
        (("net.py", "--input", "1x8x8"), "which class of it? net.py:Net, net.py:Asks"),
        (("torch.nn", "--input", "1x8x8"), "expected package.module:callable"),
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
        ("number", "gives int, not a torch.nn.Module"),
        ("fails", "fails() cannot be made: ValueError (net.py:24): no weights here"),
        ("ends", "ends() cannot be made: it ends the program (net.py:28)"),
        ("Asks", "it asks for the values of a tensor (net.py:34)"),
        ("Fails", "cannot be recorded: KeyError (net.py:39): 'nothing here'"),
        ("Ends", "cannot be recorded: it ends the program (net.py:44)"),
    ],
)
def test_what_gives_no_module_or_cannot_run_is_said(cli, net, called, message):
    result = cli("import", f"net.py:{called}", "--input", "1x8x8")
    assert result.exit_code == 1
    assert message in result.stderr


def test_an_argument_that_the_callable_lacks_is_said(cli, net):
    result = cli("import", "net.py:Net", "--input", "1x8x8", "--kwarg", "depth=3")
    assert result.exit_code == 1
    assert "depth" in result.stderr


def test_a_file_that_ends_the_program_is_said(cli):
    Path("ends.py").write_text("import sys\n\nsys.exit(0)\n", encoding="utf-8")
    result = cli("import", "ends.py:Net", "--input", "1x8x8")
    assert result.exit_code == 2
    assert "cannot run ends.py: it ends the program (ends.py:3)" in result.stderr


def test_a_file_that_is_no_python_is_not_said_to_have_no_class(cli):
    Path("open.py").write_text("class Net(nn.Module:\n    pass\n", encoding="utf-8")
    for source in ("open.py", "open.py:Net"):
        result = cli("import", source, "--input", "1x8x8")
        assert result.exit_code == 2
        said = " ".join(result.stderr.split())
        assert "cannot run open.py: SyntaxError: " in said
        assert "line 1" in said


def test_what_is_too_large_to_run_is_said(cli, net):
    result = cli("import", "net.py:Net", "--input", "1x100000000x100000")
    assert result.exit_code == 1
    assert "error: it cannot be held against the module: " in result.stderr


WRONG = (
    NET
    + """

class Wrong(Net):
    def forward(self, x):
        return self.fc(torch.relu(self.conv(x)).flatten(1))
"""
)


def test_an_input_without_its_channels_is_told_so(cli):
    Path("net.py").write_text(NET, encoding="utf-8")
    result = cli("import", "net.py:Net", "--input", "8x8")
    assert result.exit_code == 1
    told = "help: has the input channels? then --input 3x8x8, or 1x8x8 if they are grey"
    assert told in result.stderr


def test_a_net_that_cannot_run_is_shown_up_to_its_fault(cli):
    Path("wrong.py").write_text(WRONG, encoding="utf-8")
    result = cli("import", "wrong.py:Wrong", "--input", "1x8x8")
    assert result.exit_code == 1
    assert result.stdout == ""
    table, _, error = result.stderr.partition("error: ")
    assert "relu1" in table
    assert "Linear in fc (wrong.py:49) reads 4 features of each sample, and gets 144" in error


IDLE = """
class Idle(Net):
    def __init__(self):
        super().__init__()
        self.more = nn.Linear(2, 3)
        self.blocks = nn.ModuleList(nn.ModuleDict({"relu5": nn.ReLU()}) for _ in range(3))
        self.none = nn.Sequential()
"""


def test_what_is_left_out_is_named(cli):
    Path("more.py").write_text(NET + IDLE, encoding="utf-8")
    result = cli("import", "more.py:Idle", "--input", "1x8x8")
    assert result.stderr.splitlines()[1:] == [
        "left out: more, 9 parameters: it does not run",
        "left out: blocks: it does not run",
    ]


def test_parts_of_one_name_are_counted(cli):
    idle = (
        IDLE.replace("nn.ModuleDict", "Parts")
        + """

class Parts(nn.Module):
    def __init__(self, parts):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 3, padding=1)
        self.relu5 = parts["relu5"]

    def forward(self, x):
        return self.conv(x)
"""
    )
    forward = """
    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return super().forward(x)
"""
    text = NET + idle.replace("        self.none = nn.Sequential()\n", forward)
    Path("more.py").write_text(text, encoding="utf-8")
    result = cli("import", "more.py:Idle", "--input", "1x8x8")
    assert "left out: blocks.0.relu5 and 2 more of this name: it does not run" in result.stderr


MASKED = """
import torch
from torch import nn
from torch.nn.utils import prune

class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(70, 4, 3, bias=False)
        prune.l1_unstructured(self.conv, "weight", 520)
        self.register_buffer("mean", torch.randn(70, 1, 1))
        self.register_buffer("order", torch.randperm(70))
        self.register_buffer("window", torch.randn(70, 1, 3, 3))

    def forward(self, x):
        x = nn.functional.conv2d(x + self.mean, self.window, groups=70)
        return self.conv(x[:, self.order])
"""

ONE = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 2, 3)

    def forward(self, x):
        return {}
"""


def test_what_a_spec_does_not_hold_is_said_with_what_stands_for_it(cli):
    Path("masked.py").write_text(MASKED, encoding="utf-8")
    result = cli("import", "masked.py:Masked", "--input", "70x9x9")
    assert [line for line in result.stderr.splitlines() if line.startswith("not in")] == [
        "not in the spec: the numbers of mean (Buffer): init_value until weights are loaded",
        "not in the spec: the list of positions of indexselect1 (IndexSelect): 0 throughout "
        "until weights are loaded",
        "not in the spec: the kernel of fixedconv2d1 (FixedConv2d): random numbers until "
        "weights are loaded",
        "not in the spec: the mask of conv: 520 of 2,520 weights are zero there, and learned here",
    ]


@pytest.mark.parametrize(
    ("forward", "told"), [("self.a(x) if len(x) > 1 else x", True), ("self.a(x)", False)]
)
def test_a_net_that_does_something_else_with_one_sample_is_said_to(cli, forward, told):
    Path("one.py").write_text(ONE.format(forward), encoding="utf-8")
    result = cli("import", "one.py:Net", "--input", "1x8x8")
    assert result.exit_code == 0
    assert ("not for one sample alone: given one, the module gives" in result.stderr) == told


def test_a_net_that_rounds_says_how_it_was_held(cli):
    Path("half.py").write_text(
        NET.replace("x = torch.relu(", "x = torch.relu(x.half().float() * 1.1 + "), encoding="utf-8"
    )
    result = cli("import", "half.py:Net", "--input", "1x3x3")
    assert "it ran in its own precision, float16: a difference up to" in result.stderr


def test_the_page_shows_what_is_refused(cli):
    page = Path(__file__).parents[2].joinpath("docs", "import.md").read_text("utf-8")
    shown = page.split("```\nerror: ")[1].split("```")[0]
    Path("net.py").write_text("""\
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential()
        self.encoder.add_module("conv", nn.Conv2d(3, 8, 3))
        self.encoder.add_module("mix", Mix())

    def forward(self, x): return self.encoder(x)


class Mix(nn.Module):
    def forward(self, x): return x.cumsum(1)
""")
    result = cli("import", "net.py:Net", "--input", "3x8x8")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"error: {shown}" in result.stderr
