"""``cnnshape show``."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from cnnshape.layers.shapes import completed

from ..patience import PATIENCE
from .conftest import FAULTY, SPEC

ESCAPE = "\x1b["


@pytest.mark.torch
def test_the_table_then_the_verdict_live_then_cached(cli, spec):
    live = cli("show", spec)
    assert live.exit_code == 0
    assert live.stdout.index("C1") < live.stdout.index("✓ verified against PyTorch")
    assert "on cpu: 3 layers agree in shape, parameters and MACs\n" in live.stdout
    assert "second witness torchinfo" in live.stdout
    cached = cli("show", spec)
    assert "parameters and MACs (cached)\n" in cached.stdout
    assert cached.stdout.replace(" (cached)", "") == live.stdout
    assert "(cached)" not in cli("show", spec, "--verify", "live").stdout
    assert "PyTorch" not in cli("show", spec, "--verify", "off").stdout


def test_the_default_spec_is_lenet5(cli):
    result = cli("show", "--verify", "off")
    assert result.exit_code == 0
    assert "61,706 parameters, 416,520 MACs" in result.stdout


@pytest.mark.slow
def test_a_cached_verdict_is_told_without_torch(process, spec):
    process("show", spec)
    code = (
        "import sys; from cnnshape.commands import main\n"
        "try: main(['show', 'tiny.yaml'])\n"
        "except SystemExit: pass\n"
        "sys.exit('torch' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert "(cached)" in result.stdout
    assert result.returncode == 0


def test_without_torch_the_verification_is_skipped_and_says_why(cli, spec, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    result = cli("show", spec)
    assert result.exit_code == 0
    assert "○ not verified: this needs torch, which is not installed; help: " in result.stdout
    assert " -m pip install torch" in result.stdout


@pytest.mark.torch
def test_a_failed_verification_exits_with_1_and_names_each_mismatch(cli, spec):
    Path("wrong.py").write_text(
        "from cnnshape.layers import Layer\n"
        "class Doubled(Layer):\n"
        "    '''Claims twice the channels.'''\n"
        "    def output_shape(self, inputs): return (2 * inputs[0][0], *inputs[0][1:])\n"
        "    def module(self):\n"
        "        from torch import nn\n"
        "        return nn.Identity()\n"
    )
    spec.write_text(SPEC + "  - {name: D, type: Doubled}\n")
    try:
        result = cli("show", spec, "--plugin", "wrong.py")
    finally:
        _forget("Doubled")
    assert result.exit_code == 1
    assert "✗ failed against PyTorch" in result.stdout
    assert "D: output shape: expected 12×14×14, found 6×14×14" in result.stdout


def _forget(name: str) -> None:
    from cnnshape.layers.base import register

    register().pop(name, None)


@pytest.mark.torch
def test_json_is_the_contract_with_its_verification(cli, spec):
    result = cli("show", spec, "--format", "json")
    shown = json.loads(result.stdout)
    assert (shown["schema"], shown["name"], shown["input_shape"]) == (1, "tiny", [1, 32, 32])
    assert shown["layers"][0]["output_shape"] == [6, 28, 28]
    assert shown["totals"]["params"] == 156
    verification = shown["verification"]
    assert (verification["status"], verification["layers_checked"]) == ("passed", 3)
    assert verification["mismatches"] == []
    off = json.loads(cli("show", spec, "--format", "json", "--verify", "off").stdout)
    assert (off["verification"]["status"], off["verification"]["reason"]) == (
        "skipped",
        "--verify off",
    )


@pytest.mark.torch
def test_csv_and_markdown_keep_the_verdict_off_stdout(cli, spec):
    written = cli("show", spec, "--format", "csv", "--columns", "name,params")
    assert list(csv.reader(io.StringIO(written.stdout)))[:2] == [["name", "params"], ["C1", "156"]]
    assert "✓ verified" in written.stderr
    markdown = cli("show", spec, "--format", "markdown")
    assert "| --- |" in markdown.stdout.replace("---:", "---").replace("|---|", "| --- |")
    assert "✓ verified" not in markdown.stdout


def test_options_reach_the_network(cli, spec):
    options = ["--verify", "off", "--format", "json"]
    wide = json.loads(cli("show", spec, "--set", "width=8", *options).stdout)
    assert wide["layers"][0]["output_shape"] == [8, 28, 28]
    for written in ("3x64x48", "3×64×48", "3, 64, 48", "[3, 64, 48]"):
        other = json.loads(cli("show", spec, "--input", written, *options).stdout)
        assert other["input_shape"] == [3, 64, 48]


@pytest.mark.parametrize("written", ["32", "32x32", "1x32x32"])
def test_sizes_without_channels_mean_the_same_to_show_and_to_list(cli, written):
    shown = json.loads(
        cli("show", "nin_cifar10", "--input", written, "--verify", "off", "--format", "json").stdout
    )
    channels = 1 if written.startswith("1x") else 3
    assert shown["input_shape"] == [channels, 32, 32]
    listed = json.loads(cli("list", "--input", written, "--format", "json").stdout)["nets"]
    everything = json.loads(cli("list", "--format", "json").stdout)["nets"]
    assert listed
    for net in everything:
        fits = completed(tuple(map(int, written.split("x"))), tuple(net["input"]))
        assert (net in listed) == (list(fits) == net["input"])


@pytest.mark.parametrize(
    ("own", "written", "shape"),
    [("[2, 500]", "100", [2, 100]), ("[2, 500]", "3x100", [3, 100]), ("[7]", "9", [9]),
     ("[$c, 4, 9, 9]", "8", [5, 8, 8, 8]), ("[$c, 4, 9, 9]", "2x8x7", [5, 2, 8, 7]),
     ("[2, 9, 9]", "3x4x5x6", [3, 4, 5, 6]), ("[7]", "9x9", [9, 9])],
)  # fmt: skip
def test_the_channels_are_the_specs_own(cli, own, written, shape):
    Path("n.yaml").write_text(f"params: {{c: 3}}\ninput: {own}\nlayers: [ReLU]\n")
    options = ("--set", "c=5", "--verify", "off", "--format", "json")
    shown = json.loads(cli("show", "n.yaml", "--input", written, *options).stdout)
    assert shown["input_shape"] == shape


@pytest.mark.parametrize(
    ("written", "value"),
    [("3", 3), ("0.5", 0.5), ("1e-3", 1e-3), ("true", True), ("no", "no"), ("", None),
     ("[1, 2]", [1, 2]), ("'a=b'", "a=b"), ("a=b", "a=b")],
)  # fmt: skip
def test_the_values_of_set_are_those_of_a_spec(written, value):
    from cnnshape.commands._common import parse_setting

    assert parse_setting(f"name={written}") == ("name", value)


def test_columns_depth_and_batch_reach_the_table(cli, spec):
    result = cli("show", spec, "--verify", "off", "--columns", "name, output", "--batch", "4")
    assert "4×6×28×28" in result.stdout
    assert "MACs:" not in result.stdout
    every = cli("show", spec, "--verify", "off", "--columns", "all")
    assert "receptive field" in every.stdout


def test_every_column_is_named_in_the_help(cli):
    from cnnshape.views.columns import COLUMNS

    text = " ".join(cli("show", "--help").stdout.split())
    assert ", ".join(column.key for column in COLUMNS) in text


def test_a_faulty_spec_shows_its_table_up_to_the_fault(cli, faulty):
    result = cli("show", faulty)
    assert result.exit_code == 1
    assert "6×28×28" in result.stdout
    assert "error: " not in result.stdout
    assert "PyTorch" not in result.stdout
    assert result.stderr.count("error: ") == 2
    assert "faulty.yaml:6:5" in result.stderr
    assert "did you mean Sigmoid?" in result.stderr
    written = cli("show", faulty, "--format", "json")
    assert (written.exit_code, written.stdout) == (1, "")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfe\x00\x01", "not UTF-8 text"),
        (b"\x00" * 100, "error: "),
        (b"just a text", "a spec is a mapping"),
        (b"layers: [", "this is not YAML"),
        (b"x" * (1 << 20) + b"x", "bytes"),
    ],
)
def test_a_file_that_is_no_spec_is_a_diagnostic(cli, data, says):
    Path("damaged.yaml").write_bytes(data)
    result = cli("show", "damaged.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert says in result.stderr


def test_warnings_go_to_stderr(cli):
    Path("two.yaml").write_text(
        "input: [4]\nlayers:\n- {name: a, type: ReLU, from: input}\n"
        "- {name: b, type: ReLU, from: input}\n"
    )
    result = cli("show", "two.yaml", "--verify", "off")
    assert result.exit_code == 0
    assert "warning: " in result.stderr
    assert "warning: " not in result.stdout


@pytest.mark.slow
def test_no_line_is_wider_than_columns_and_none_is_cut(process, spec):
    process("show", spec)  # so that each of the following has the verdict of one run
    narrow = process("show", spec, COLUMNS="80")
    assert max(map(len, narrow.stdout.splitlines())) <= 80
    piped = process("show", spec)
    wide = process("show", spec, COLUMNS="200")
    for text in (narrow, wide, piped):
        assert "…" not in text.stdout
    footer = "Bias, activation, norm and pooling are not counted. FLOPs = 2 × MACs."
    assert any(line.endswith(footer) for line in piped.stdout.splitlines())
    # The same words stand in each; how they are wrapped is all that differs.
    words = [sorted(re.findall(r"[\w×]+", text.stdout)) for text in (narrow, wide, piped)]
    assert words[0] == words[1] == words[2]


@pytest.mark.slow
def test_a_pipe_has_no_escape_codes(process, spec, faulty):
    assert ESCAPE not in process("show", spec).stdout
    assert ESCAPE not in process("show", faulty).stderr
    assert ESCAPE in process("show", faulty, FORCE_COLOR="1").stderr


def _on_terminal(spec: Path, **environment: str) -> str:
    env = {**os.environ, "TERM": "xterm-256color", **environment}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "cnnshape", "show", str(spec), "--verify", "off"],
        env=env,
        dimensions=(40, 90),
        encoding="utf-8",
        timeout=PATIENCE,
    )
    child.expect(pexpect.EOF)
    child.close()
    return str(child.before)


@pytest.mark.slow
def test_a_terminal_has_colours_unless_told_otherwise_and_its_own_width(spec, faulty):
    shown = _on_terminal(spec)
    assert ESCAPE in shown
    assert ESCAPE in _on_terminal(faulty)
    plain = _on_terminal(spec, NO_COLOR="1")
    assert ESCAPE not in plain
    assert ESCAPE not in _on_terminal(faulty, NO_COLOR="1")
    assert max(len(line.rstrip()) for line in plain.splitlines()) <= 90


class _Watch:
    """A running `show --watch`, with what it has printed so far."""

    def __init__(self, *arguments: object) -> None:
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "cnnshape", "show", *map(str, arguments), "--verify", "off", "--watch"],
            env={**os.environ, "TERM": "xterm-256color", "NO_COLOR": "1"},
            dimensions=(40, 120),
            encoding="utf-8",
            timeout=PATIENCE,
        )

    def expect(self, text: str) -> None:
        self.child.expect_exact(text)

    def end(self) -> int | None:
        self.child.sendintr()
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus


@pytest.mark.slow
def test_watch_shows_each_save_and_survives_faults_and_replacement(spec):
    watch = _Watch(spec)
    watch.expect("\x1b[2J")
    watch.expect("6×28×28")
    spec.write_text(SPEC.replace("width: 6", "width: 7"))
    watch.expect("7×28×28")
    spec.write_text(FAULTY)
    watch.expect("did you mean Sigmoid?")
    new = Path("new.txt")
    new.write_text(SPEC.replace("width: 6", "width: 9"))
    new.replace(spec)
    watch.expect("9×28×28")
    assert watch.end() == 130


def test_watch_waits_for_a_file_that_is_away(cli, spec, monkeypatch):
    def between_looks() -> Iterator[None]:
        spec.unlink()
        yield
        yield
        spec.write_text(SPEC.replace("width: 6", "width: 9"))
        yield
        raise KeyboardInterrupt

    looks = between_looks()
    monkeypatch.setattr("time.sleep", lambda seconds: next(looks))
    result = cli("show", spec, "--verify", "off", "--watch")
    assert result.exit_code == 130
    assert re.findall(r"\d×28×28", result.stdout) == ["6×28×28"] * 2 + ["9×28×28"] * 2
    assert result.stderr == "\ninterrupted\n"


@pytest.mark.slow
def test_watch_sees_an_edited_plugin(spec):
    source = (
        "from cnnshape.layers import Layer\n"
        "class Same(Layer):\n"
        "    '''Keeps its input.'''\n"
        "    def output_shape(self, inputs): return inputs[0]\n"
        "    def formula(self, inputs, output): return 'first text'\n"
    )
    plugin = Path("same.py")
    plugin.write_text(source)
    spec.write_text(SPEC + "  - Same\n")
    watch = _Watch(spec, "--plugin", plugin)
    watch.expect("first text")
    plugin.write_text(source.replace("first", "second"))
    watch.expect("second text")
    assert watch.end() == 130


def test_a_file_of_the_zoo_is_called_by_its_name(cli):
    result = cli("show", "resnet.yaml")
    assert result.exit_code == 2
    assert "No such file or directory; the zoo's own is called resnet" in result.stderr
