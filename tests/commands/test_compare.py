"""``cnnshape compare``."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import SPEC

ESCAPE = "\x1b["


@pytest.fixture
def wider(spec):
    path = Path("wider.yaml")
    path.write_text(SPEC.replace("width: 6", "width: 12"), encoding="utf-8")
    return path


def test_the_facts_then_what_differs(cli, spec, wider):
    result = cli("compare", spec, wider)
    assert result.exit_code == 0
    facts, layers = result.stdout.split("tiny.yaml → wider.yaml: ")
    assert ["params", "156", "312", "×2.00"] in [line.split() for line in facts.splitlines()]
    assert layers.startswith("3 layers changed (2 only by what they read), none the same\n")
    line = " ".join(layers.split("\n")[4].split())
    assert line.startswith("~ C1 Conv2d: out_channels 6 → 12 6×28×28 → 12×28×28 156 → 312 ")
    assert "changed in shape or cost alone" in layers


def test_the_same_network_is_said_to_be_so_in_a_line(cli, spec):
    other = Path("other.yaml")
    other.write_text(SPEC.replace("C1", "first").replace("tiny", "huge"), encoding="utf-8")
    same = cli("compare", spec, spec, "--totals").stdout
    assert "the same network" not in same
    same = cli("compare", spec, spec, "--exit-code")
    assert same.exit_code == 0
    assert (
        "tiny.yaml → tiny.yaml: the same network: 3 layers agree in type, arguments, shapes and "
        "what is read\n" in same.stdout
    )
    renamed = cli("compare", spec, other, "--exit-code")
    assert renamed.exit_code == 0
    assert "what is read; 1 under another name, such as C1 → first\n" in renamed.stdout


def test_the_exit_code_tells_a_difference_only_if_it_is_asked_to(cli, spec, wider):
    assert cli("compare", spec, wider).exit_code == 0
    assert cli("compare", spec, wider, "--exit-code").exit_code == 1
    assert cli("compare", spec, spec, wider, "--exit-code", "--totals").exit_code == 1
    assert cli("compare", spec, wider, "--exit-code", "--set", "width=3").exit_code == 0


def test_one_spec_is_held_against_what_the_options_make_of_it(cli, spec):
    result = cli("compare", spec, "--set", "width=12", "--input", "1x28x28", "--format", "json")
    before, after = json.loads(result.stdout)["networks"]
    assert (before["label"], after["label"]) == ("tiny.yaml", "width=12, 1x28x28")
    assert [net["facts"]["params"] for net in (before, after)] == [156, 312]
    assert [net["facts"]["input"] for net in (before, after)] == [[[1, 32, 32]], [[1, 28, 28]]]
    default = json.loads(cli("compare", "--input", "1x64x64", "--format", "json").stdout)
    assert default["networks"][0]["label"] == "lenet5"


def test_variants_of_one_spec_are_compared_with_it_or_each_other(cli, spec):
    spec.write_text(SPEC + "variants: {wide: {width: 12}, narrow: {width: 3}}\n", encoding="utf-8")

    def params(*options):
        found = json.loads(cli("compare", spec, *options, "--format", "json").stdout)
        return {network["label"]: network["facts"]["params"] for network in found["networks"]}

    assert params("--variant", "wide") == {"tiny.yaml": 156, "wide": 312}
    assert params("--variant", "wide", "--variant", "narrow") == {"wide": 312, "narrow": 78}
    family = cli("compare", "resnet18", "resnet34", "--format", "json").stdout
    assert [net["facts"]["depth"] for net in json.loads(family)["networks"]] == [18, 34]


def test_of_more_than_two_each_is_summed_up_against_the_first(cli, spec, wider):
    text = cli("compare", spec, wider, spec).stdout
    assert "tiny.yaml → wider.yaml: 3 layers changed" in text
    assert "tiny.yaml → tiny.yaml: the same network" in text
    assert "out_channels" not in text


def test_facts_totals_and_expand_choose_what_is_told(cli, spec, wider):
    text = cli("compare", spec, wider, "--facts", "macs, params", "--totals").stdout
    assert [line.split()[0] for line in text.splitlines()[2:4]] == ["MACs", "params"]
    assert "→" not in text
    folded = cli("compare", "resnet18", "resnet34").stdout
    assert "layer2.2–3 ×2" in folded
    each = cli("compare", "resnet18", "resnet34", "--expand").stdout
    assert "layer2.2–3" not in each
    assert "+ layer2.3.main.conv1.conv" in each


def test_csv_and_markdown(cli, spec, wider):
    lines = list(csv.DictReader(io.StringIO(cli("compare", spec, wider, "--format", "csv").stdout)))
    assert [(line["net"], line["params"]) for line in lines] == [
        ("tiny.yaml", "156"), ("wider.yaml", "312"),
    ]  # fmt: skip
    markdown = cli("compare", spec, wider, "--format", "markdown").stdout
    assert "| params | 156 | 312 | ×2.00 |" in markdown
    assert "| \\~ C1 | Conv2d: out\\_channels 6 → 12 |" in markdown


def test_every_fact_is_named_in_the_help(cli):
    from cnnshape.analysis.facts import FACTS

    text = " ".join(cli("compare", "--help").stdout.split())
    assert ", ".join(fact.key for fact in FACTS) in text


def test_all_faulty_specs_are_told_and_warnings_go_to_stderr(cli, spec, faulty):
    Path("second.yaml").write_text("layers: [Sigmoid]\n", encoding="utf-8")
    result = cli("compare", spec, faulty, "second.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("error: ") == 3
    unread = Path("unread.yaml")
    unread.write_text("input: [4]\nlayers:\n- {name: a, type: ReLU, from: input}\n"
                      "- {name: b, type: ReLU, from: input}\n")  # fmt: skip
    warned = cli("compare", spec, unread)
    assert warned.exit_code == 0
    assert "warning: " in warned.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["lenet5"], "name another"),
        ([], "name another"),
        (["lenet5", "rednet50"], "did you mean resnet50?"),
        (["lenet5", "missing.yaml"], "cannot read missing.yaml"),
        (["lenet5", "vgg16", "--facts", "parms"], "did you mean params?"),
        (["lenet5", "vgg16", "--facts", ","], "one fact at least"),
        (["lenet5", "vgg16", "--variant", "a", "--variant", "b"], "several values of an option"),
        (["lenet5", "vgg16", "--format", "xml"], "'table', 'json', 'csv', 'markdown'"),
    ],
)
def test_usage_errors_exit_with_2(cli, arguments, says):
    result = cli("compare", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in " ".join(result.stderr.split())


@pytest.mark.slow
def test_a_pipe_has_no_colours_and_no_line_is_wider_than_columns(process):
    piped = process("compare", "lenet5", "lenet5_1998")
    assert ESCAPE not in piped.stdout
    assert ESCAPE in process("compare", "lenet5", "lenet5_1998", FORCE_COLOR="1").stdout
    plain = process("compare", "lenet5", "lenet5_1998", FORCE_COLOR="1", NO_COLOR="1")
    assert ESCAPE not in plain.stdout
    narrow = process("compare", "lenet5", "lenet5_1998", COLUMNS="80")
    assert max(map(len, narrow.stdout.splitlines())) <= 80


@pytest.mark.slow
def test_torch_is_not_imported(spec):
    code = (
        "import sys; from cnnshape.commands import main\n"
        "try: main(['compare', 'tiny.yaml', '--set', 'width=8'])\n"
        "except SystemExit: pass\n"
        "sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert ended.returncode == 0
    assert "out_channels 6 → 8".encode() in ended.stdout
