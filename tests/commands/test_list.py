"""``cnnshape list``."""

from __future__ import annotations

import csv
import io
import json

import pytest

import cnnshape
from cnnshape import zoo
from cnnshape.commands.list import short_reference


def test_every_net_is_listed_once_in_every_format(cli):
    names = [entry.name for entry in zoo.nets()]
    assert cli("list", "--format", "names").stdout.split() == names
    nets = json.loads(cli("list", "--format", "json").stdout)["nets"]
    assert [net["name"] for net in nets] == names
    lines = list(csv.DictReader(io.StringIO(cli("list", "--format", "csv").stdout)))
    assert [line["name"] for line in lines] == names
    table = cli("list").stdout
    assert [line.split()[0] for line in table.splitlines()[2:]] == names


def test_the_numbers_are_the_networks_own(cli):
    nets = {net["name"]: net for net in json.loads(cli("list", "--format", "json").stdout)["nets"]}
    network = cnnshape.load("resnet50")
    assert nets["resnet50"]["params"] == network.totals.params == 25_557_032
    assert nets["resnet50"]["macs"] == network.totals.macs
    assert nets["resnet50"]["input"] == [3, 224, 224]
    assert nets["resnet50"]["file"] == "resnet.yaml"
    assert "25,557,032" in cli("list").stdout


def test_narrow_and_piped(process):
    narrow = process("list", COLUMNS="80").stdout
    assert max(map(len, narrow.splitlines())) <= 80
    assert "…" not in narrow
    shown = {line.split()[0] for line in narrow.splitlines()[2:] if not line.startswith(" ")}
    assert shown == {entry.name for entry in zoo.nets()}, "no name is broken"


def test_a_faulty_file_does_not_hide_the_others(cli, tmp_path, monkeypatch):
    folder = tmp_path / "zoo"
    folder.mkdir()
    (folder / "bad.yaml").write_text("input: [1]\nlayers: [Relu6]\n")
    (folder / "good.yaml").write_text("input: [1]\nlayers: [ReLU]\n")
    monkeypatch.setattr(zoo, "folder", lambda: folder)
    result = cli("list", "--format", "csv")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == ["good,,1,0,0,good.yaml"]
    assert "bad.yaml:2" in result.stderr


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
