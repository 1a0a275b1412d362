"""``cnnshape list``."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

import cnnshape
from cnnshape import loading, shipped, zoo
from cnnshape.commands.list import parse_count, short_reference
from cnnshape.zoo import catalogue

NETS = """\
reference: Somebody, 2001, Nets
input: [3, $size, $size]
params: {width: 1, size: 32}
variants:
  net2: {width: 2}
  net10: {width: 10}
  large: {width: 5, size: 64}
layers:
  - {type: Conv2d, out_channels: $width, kernel_size: 1, bias: false}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A zoo of two files, without an index."""
    folder = tmp_path / "zoo"
    folder.mkdir()
    (folder / "nets.yaml").write_text(NETS)
    (folder / "single.yaml").write_text("input: [1, 500]\nlayers: [ReLU]\n")
    monkeypatch.setattr(shipped, "folder", lambda: folder)
    return folder


def _names(cli, *arguments):
    return cli("list", "--format", "names", *arguments).stdout.split()


def _nets_in(table):
    """The nets that a table has, in its order; a row of a family has no sizes."""
    return re.findall(r"^ *(\S+) +[0-9]", table, re.MULTILINE)


def test_every_net_is_listed_once_in_every_format(cli):
    names = [entry.name for entry in zoo.nets()]
    assert _names(cli) == names
    nets = json.loads(cli("list", "--format", "json").stdout)["nets"]
    assert [net["name"] for net in nets] == names
    lines = list(csv.DictReader(io.StringIO(cli("list", "--format", "csv").stdout)))
    assert [line["name"] for line in lines] == names
    assert _nets_in(cli("list").stdout) == names


def test_the_numbers_are_the_networks_own(cli):
    nets = {net["name"]: net for net in json.loads(cli("list", "--format", "json").stdout)["nets"]}
    network = cnnshape.load("resnet50")
    assert nets["resnet50"] == {
        "name": "resnet50",
        "reference": network.reference,
        "input": [3, 224, 224],
        "params": 25_557_032,
        "macs": network.totals.macs,
        "file": "resnet.yaml",
    }
    assert "25,557,032" in cli("list").stdout


def test_a_file_with_variants_stands_above_them(cli, folder):
    lines = [line.rstrip() for line in cli("list").stdout.splitlines()]
    assert lines[0].split() == ["name", "input", "params", "MACs", "reference", "file"]
    assert lines[2].split("  ")[0] == "nets"
    assert "Somebody, 2001" in lines[2]
    assert lines[2].endswith("nets.yaml")
    assert [line.split()[0] for line in lines[3:6]] == ["net2", "net10", "large"]
    assert all(line.startswith("  ") for line in lines[3:6])
    assert lines[6].startswith("single ")
    assert lines[6].endswith("single.yaml")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--max-params 15", "net2 large single"),
        ("--max-params 15 --min-params 1", "net2 large"),
        ("--min-params 0.007k", "net10 large"),
        ("--max-macs 6144", "net2 single"),
        ("--min-macs 6145", "net10 large"),
        ("--input 32", "net2 net10"),
        ("--input 64x64", "large"),
        ("--input 3x32x32", "net2 net10"),
        ("--input 500", "single"),
        ("--input 3", ""),
        ("--family single", "single"),
        ("--family single --family nets", "net2 net10 large single"),
        ("--sort name", "large net2 net10 single"),
        ("--sort params", "single net2 large net10"),
        ("--sort macs --family nets", "net2 net10 large"),
    ],
)
def test_filters_and_orders(cli, folder, options, expected):
    assert _names(cli, *options.split()) == expected.split()


def test_sorted_nets_are_in_no_families(cli, folder):
    lines = cli("list", "--sort", "params").stdout.splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["single", "net2", "large", "net10"]


def test_nothing_to_list_is_told(cli, folder):
    result = cli("list", "--max-params", "5", "--min-params", "1")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no net of the zoo is like that" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--max-params 5Q", "a number such as 5M"),
        ("--min-macs -1", "a number such as 5M"),
        ("--family net", "did you mean nets?"),
        ("--family qqqqq", "there are nets, single"),
        ("--input a", "expected sizes"),
    ],
)
def test_what_cannot_be_asked_for_is_a_usage_error(cli, folder, options, message):
    result = cli("list", *options.split())
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("5M", 5_000_000),
        ("1.5g", 1_500_000_000),
        ("0.25k", 250),
        ("2T", 2 * 10**12),
        ("3B", 3 * 10**9),
        ("4_000,000", 4_000_000),
        (None, None),
    ],
)
def test_counts(text, number):
    assert parse_count(text, "--max-params") == number


@pytest.mark.slow
def test_narrow_and_piped(process):
    narrow = process("list", COLUMNS="80").stdout
    assert max(map(len, narrow.splitlines())) <= 80
    assert "…" not in narrow
    assert _nets_in(narrow) == [entry.name for entry in zoo.nets()]
    assert narrow.count("\n") == process("list").stdout.count("\n"), "no row is folded"


@pytest.mark.slow
def test_no_number_is_cut_where_not_even_the_sizes_fit(process):
    narrow = process("list", COLUMNS="40").stdout
    assert narrow == process("list", COLUMNS="80").stdout


def test_a_faulty_file_does_not_hide_the_others(cli, tmp_path, monkeypatch):
    folder = tmp_path / "zoo"
    folder.mkdir()
    (folder / "bad.yaml").write_text("input: [1]\nlayers: [Relu6]\n")
    (folder / "good.yaml").write_text("input: [1]\nlayers: [ReLU]\n")
    monkeypatch.setattr(shipped, "folder", lambda: folder)
    result = cli("list", "--format", "csv")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == ["good,,1,0,0,good.yaml"]
    assert "bad.yaml:2" in result.stderr


def test_no_file_is_analysed_that_the_index_knows(cli, folder, monkeypatch):
    (folder / catalogue.INDEX).write_text(catalogue.index_text())
    before = cli("list", "--format", "json").stdout
    read = []
    monkeypatch.setattr(
        loading,
        "read_file",
        lambda path, name, real=loading.read_file: read.append(name) or real(path, name),
    )
    assert cli("list", "--format", "json").stdout == before
    assert read == []
    (folder / "single.yaml").write_text("input: [2, 500]\nlayers: [ReLU]\n")
    assert json.loads(cli("list", "--format", "json").stdout)["nets"][-1]["input"] == [2, 500]
    assert read == ["single.yaml"], "a file that was changed is analysed, and no other"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": 0, "files": {}}'])
def test_an_index_that_cannot_be_read_is_none(cli, folder, text):
    expected = cli("list", "--format", "json").stdout
    (folder / catalogue.INDEX).write_text(text)
    assert cli("list", "--format", "json").stdout == expected


@pytest.mark.parametrize(
    ("reference", "short"),
    [
        ("LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based", "LeCun et al., 1998"),
        ("Simonyan and Zisserman, 2014, Very deep", "Simonyan and Zisserman, 2014"),
        ("Krizhevsky, 2014, One weird trick", "Krizhevsky, 2014"),
        ("a lesson", "a lesson"),
        ("", ""),
    ],
)
def test_short_reference(reference, short):
    assert short_reference(reference) == short
