"""``cnnshape export``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import cnnshape
from cnnshape.commands import export as command
from cnnshape.exporting import onnx_model
from cnnshape.torch_backend.devices import readable_bytes

pytestmark = pytest.mark.torch


def test_python_goes_to_stdout_and_is_nothing_but_python(cli, spec):
    result = cli("export", spec, "--to", "pytorch")
    assert result.exit_code == 0, result.output
    assert "class Tiny(nn.Module):" in result.stdout
    compile(result.stdout, "tiny.py", "exec")
    assert cli("export", spec, "--to", "pytorch", "--out", "-").stdout == result.stdout


def test_the_ending_names_the_form(cli, spec):
    result = cli("export", spec, "--out", "tiny.py")
    assert result.exit_code == 0
    assert result.stdout == ""
    size = readable_bytes(Path("tiny.py").stat().st_size)
    checked = "loaded again: the same 2 tensors, the same outputs"
    assert result.stderr == f"tiny.py: {size}; {checked}\n"


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["safetensors", "ts", "pt2"])
def test_every_file_is_loaded_again(cli, spec, ending):
    result = cli("export", spec, "--out", f"tiny.{ending}", "--seed", "3")
    assert result.exit_code == 0, result.output
    assert "the same outputs" in result.stderr or "read again" in result.stderr
    network = cnnshape.load(str(spec))
    torch.manual_seed(3)
    module = network.to_module().eval()
    x = torch.randn(5, 1, 32, 32)
    if ending == "safetensors":
        again = network.to_module().eval()
        again.load_state_dict(load_file("tiny.safetensors"))
    elif ending == "ts":
        again = torch.jit.load("tiny.ts")
    else:
        again = torch.export.load("tiny.pt2").module()
    with torch.no_grad():
        torch.testing.assert_close(again(x), module(x))


def test_a_fixed_batch_is_fixed(cli, spec):
    result = cli("export", spec, "--out", "tiny.pt2", "--batch", "1")
    assert result.exit_code == 0, result.output
    again = torch.export.load("tiny.pt2").module()
    assert again(torch.randn(1, 1, 32, 32)).shape == (1, 6, 14, 14)
    with pytest.raises(Exception, match=r"batch|shape|size|Guard"):
        again(torch.randn(2, 1, 32, 32))


def test_weights_come_from_a_run_or_from_a_file(cli, spec):
    module = cnnshape.load(str(spec)).to_module()
    state = {key: torch.full_like(value, 0.5) for key, value in module.state_dict().items()}
    Path("run").mkdir()
    save_file(state, "run/model.safetensors")
    torch.save(state, "weights.pt")
    for given in ("run", "run/model.safetensors", "weights.pt"):
        result = cli("export", spec, "--weights", given, "--out", "tiny.safetensors")
        assert result.exit_code == 0, result.output
        written = load_file("tiny.safetensors")
        assert all(torch.equal(written[key], value) for key, value in state.items())


def test_weights_of_another_network_are_named(cli, spec):
    save_file({"C1.weight": torch.zeros(6, 1, 3, 3), "C9.bias": torch.zeros(2)}, "w.safetensors")
    result = cli("export", spec, "--weights", "w.safetensors", "--out", "tiny.onnx")
    assert result.exit_code == 1
    assert result.stderr == (
        "error: the weights in w.safetensors are not of this network: it lacks C1.bias; it has "
        "also C9.bias; C1.weight is (6, 1, 3, 3) where the network has (6, 1, 5, 5)\n"
    )
    assert not Path("tiny.onnx").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.safetensors", None, "cannot read none.safetensors: No such file"),
        ("bad.safetensors", b"no", "bad.safetensors is damaged"),
        ("bad.pt", b"cos\nsystem\n(S'echo'\ntR.", "bad.pt is no file of weights"),
        ("empty", "folder", "empty holds no model.safetensors"),
    ],
)
def test_files_that_hold_no_weights_are_told(cli, spec, name, content, words):
    if content == "folder":
        Path(name).mkdir()
    elif content is not None:
        Path(name).write_bytes(content)
    result = cli("export", spec, "--weights", name, "--out", "tiny.safetensors")
    assert result.exit_code == 1
    assert words in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "in which form?"),
        (["--out", "net.xyz"], "net.xyz does not end in one of"),
        (["--to", "onnx"], "name a file, such as --out net.onnx"),
        (["--to", "pytorch", "--weights", "w"], "Python source holds no weights"),
        (["--out", "n.onnx", "--batch", "0"], "expected a number of at least 1, or dynamic"),
        (["--out", "n.onnx", "--batch", "two"], "expected a number of at least 1, or dynamic"),
        (["--to", "caffe"], "'caffe'"),
    ],
)
def test_usage_errors(cli, spec, arguments, words):
    result = cli("export", spec, *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.replace("│", " ").split())


def test_a_faulty_spec_is_told_and_nothing_written(cli, faulty):
    result = cli("export", faulty, "--out", "net.py")
    assert result.exit_code == 1
    assert "did you mean Sigmoid?" in result.stderr
    assert not Path("net.py").exists()


@pytest.mark.slow
def test_a_folder_that_is_not_there(process, spec):
    result = process("export", spec, "--out", "missing/net.py")
    assert result.returncode == 2
    assert result.stderr == "error: missing/net.py: No such file or directory\n"


HUGE = """\
name: huge
input: [1, 8, 8]
layers:
  - {type: Conv2d, out_channels: 2, kernel_size: 3}
  - {type: Upsample, size: [400000, 400000]}
  - {type: AvgPool2d, kernel_size: 400000}
"""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("py", "the same 2 tensors and shapes (not run, as that takes about "),
        ("onnx", "passes onnx.checker; not run, as that takes about "),
        ("pt2", "loaded again; not run, as that takes about "),
        ("safetensors", "2 tensors, read again"),
    ],
)
def test_what_no_memory_holds_is_written_and_not_run(cli, ending, words):
    Path("huge.yaml").write_text(HUGE)
    result = cli("export", "huge.yaml", "--out", f"huge.{ending}")
    assert (result.exit_code, Path(f"huge.{ending}").exists()) == (0, True)
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_what_no_memory_holds_is_not_traced(cli):
    Path("huge.yaml").write_text(HUGE)
    result = cli("export", "huge.yaml", "--out", "huge.ts")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: to trace it takes about 5.1 TB of memory, and ")
    assert result.stderr.endswith(" are free; ONNX and torch.export need no run\n")


def test_weights_that_no_memory_holds_are_not_made(cli):
    Path("wide.yaml").write_text(
        "input: [10000000]\nlayers: [{type: Linear, out_features: 9999999}]"
    )
    result = cli("export", "wide.yaml", "--out", "wide.safetensors")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: the weights take about 800.0 TB of memory, and ")


def test_memory_that_runs_out_all_the_same_is_told_in_a_line(cli, spec, monkeypatch):
    def fails(*_):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory\nfurther lines")

    monkeypatch.setattr(command, "_made", fails)
    result = cli("export", spec, "--out", "tiny.ts")
    assert (result.exit_code, result.stderr) == (
        1,
        "error: there is not enough memory: RuntimeError: DefaultCPUAllocator: can't allocate "
        "memory\n",
    )


def test_the_versions_of_operators_are_those_in_the_document():
    words = Path(__file__).parents[2].joinpath("docs", "export.md").read_text("utf-8")
    versions = onnx_model.OLDEST_OPSET, onnx_model.NEWEST_OPSET, onnx_model.OPSET
    assert "from {} to {}; {} where nothing is said".format(*versions) in words


def test_without_onnx_the_extra_is_named(cli, spec, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    result = cli("export", spec, "--out", "tiny.onnx")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: this needs onnx, which is not installed; help: ")
    assert result.stderr.endswith(" -m pip install onnx onnxscript\n")


def test_another_input_and_other_params(cli, spec):
    result = cli("export", spec, "--to", "pytorch", "--set", "width=9", "--input", "1x64x64")
    assert "nn.Conv2d(1, 9, kernel_size=5)" in result.stdout
    assert "9×30×30" in result.stdout


def test_the_endings_are_of_all_forms():
    assert set(command.ENDINGS.values()) == set(command.FORMS)
