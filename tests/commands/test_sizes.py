"""``cnnshape sizes``."""

from __future__ import annotations

import json
from pathlib import Path

GOLDEN = """\
tiny, input 1×32×32

works: every size, from 6 on
nothing left over: multiples of 2, from 6 on
every stride divides: multiples of 2, from 6 on
output = (input − 4)/2

input    output   remark
1×6×6    6×1×1
1×24×24  6×10×10
1×26×26  6×11×11
1×28×28  6×12×12
1×30×30  6×13×13
1×32×32  6×14×14  its own
1×34×34  6×15×15
1×36×36  6×16×16
1×38×38  6×17×17

Left over are positions behind the last window, which no window reads. A stride
  divides where (W−F+2P)/S has no rest. Found by the shape engine at one size
  after another.
"""


def test_the_text_is_the_golden_one(cli, spec):
    result = cli("sizes", spec)
    assert (result.exit_code, result.stdout, result.stderr) == (0, GOLDEN, "")


def test_markdown_has_a_table(cli, spec):
    lines = cli("sizes", spec, "--format", "markdown").stdout.splitlines()
    assert lines[0] == "## tiny, input 1×32×32"
    assert "- nothing left over: multiples of 2, from 6 on" in lines
    assert "| 1×32×32 | 6×14×14 | its own |" in lines


def test_json_has_the_rules(cli, spec):
    data = json.loads(cli("sizes", spec, "--format", "json", "--input", "33").stdout)
    assert (data["schema"], data["name"], data["input_shape"]) == (1, "tiny", [1, 33, 33])
    (group,) = data["groups"]
    assert group["rules"] == {
        "works": {"period": 1, "rests": [0], "first": 6},
        "whole": {"period": 2, "rests": [0], "first": 6},
        "exact": {"period": 2, "rests": [0], "first": 6},
    }
    assert (group["dimensions"], group["output"], group["failed"]) == (
        [0, 1],
        "(input − 4)/2",
        None,
    )
    assert {"input": [1, 33, 33], "outputs": [[6, 14, 14]], "fault": "", "whole": False,
            "exact": False} in group["sizes"]  # fmt: skip


SKIP = """\
input: [1, 8, 8]
layers:
  - {name: a, type: ReLU}
  - {type: MaxPool2d, kernel_size: 2}
  - {type: Upsample, scale_factor: 2}
  - {type: Add, from: [upsample1, a]}
"""


def test_a_size_that_fails_is_told_with_its_fault(cli):
    Path("skip.yaml").write_text(SKIP, encoding="utf-8")
    told = " ".join(cli("sizes", "skip.yaml").stdout.split())
    assert "works: not every size: 9 fails: Add cannot join 1×8×8 and 1×9×9" in told
    assert "nothing left over: multiples of 2, from 2 on" in told


def test_options_serve_as_everywhere(cli, spec):
    assert "output = (input − 4)/2" in cli("sizes", spec, "--set", "width=2").stdout
    text = cli("sizes", spec, "--input", "32x48").stdout
    assert text.startswith("tiny, input 1×32×48\n\nH varied, the rest as it is\n")


def test_a_faulty_spec_is_told(cli, faulty):
    result = cli("sizes", faulty)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error: " in result.stderr


def test_a_vector_has_no_size_to_choose(cli):
    result = cli("sizes", "dcgan_generator")
    assert result.exit_code == 2
    assert "reads a vector, which has no size to choose" in result.stderr


def test_a_size_that_was_given_is_called_so(cli, spec):
    lines = cli("sizes", spec, "--input", "36").stdout.splitlines()
    (own,) = (line for line in lines if line.startswith("1×36×36"))
    assert own.endswith("as given")
    assert not any("its own" in line for line in lines)


def test_where_its_own_size_fails_the_rule_is_told_and_the_fault(cli, tmp_path):
    file = tmp_path / "deep.yaml"
    file.write_text(
        "input: [3, 20, 20]\nlayers:\n"
        "  - {type: Conv2d, out_channels: 4, kernel_size: 5, stride: 2}\n"
        "  - {type: MaxPool2d, kernel_size: 2}\n"
        "  - {type: Conv2d, out_channels: 4, kernel_size: 5}\n"
    )
    result = cli("sizes", file)
    assert result.exit_code == 1
    assert "works: every size, from 23 on" in result.stdout
    assert "its own" not in result.stdout
    assert "Conv2d's window of 5×5 is larger" in result.stderr
    file.write_text(file.read_text().replace("20, 20", "20, 23"))
    assert cli("sizes", file).exit_code == 1


def test_where_its_first_layer_fails_the_rule_is_told_too(cli, tmp_path):
    file = tmp_path / "wide.yaml"
    file.write_text(
        "input: [1, 4, 4]\nlayers:\n  - {type: Conv2d, out_channels: 2, kernel_size: 5}\n"
    )
    other = tmp_path / "computed.yaml"
    other.write_text(file.read_text().replace("[1, 4, 4]", "[1, $s, $s]\nparams: {s: 4}"))
    for words in ([file], [file, "--input", "1x3x3"], [other], [other, "--set", "s=2"]):
        result = cli("sizes", *words)
        assert result.exit_code == 1
        assert "works: every size, from 5 on" in result.stdout
        assert "Conv2d's window of 5×5 is larger" in result.stderr
    file.write_text(file.read_text().replace("[1, 4, 4]", "[]"))
    assert cli("sizes", file).exit_code == 1
