"""The zoo: names, variants, and what a SPEC argument means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from cnnshape import shipped, zoo
from cnnshape.zoo import Entry, UnknownNet


@pytest.mark.slow
def test_the_names_are_those_that_a_full_parse_finds():
    expected = []
    for file in sorted(shipped.folder().glob("*.yaml")):
        expected.append(Entry(file.stem, file, None))
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        expected += [Entry(name, file, name) for name in document.get("variants", {})]
    assert zoo.names() == expected
    assert len({entry.name for entry in expected}) == len(expected), "each name means one net"


def test_the_nets_that_are_promised_are_there():
    names = {entry.name for entry in zoo.nets()}
    assert names >= {
        "lenet5", "lenet5_1998", "lenet_rgb224", "alexnet", "vgg16", "resnet18", "resnet34",
        "resnet50", "resnet101", "resnet152", "googlenet", "densenet121", "mobilenet_v2", "unet",
    }  # fmt: skip


def test_find_takes_the_file_before_a_variant(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "folder", lambda: tmp_path)
    (tmp_path / "a.yaml").write_text("variants: {ab: {}, b: {}}\nlayers: []\n")
    (tmp_path / "b.yaml").write_text(
        "params: {x: 1}\nvariants:\n  # a note\n\n  c: {x: 2}\n  d:\n    x: 3\nlayers: [ReLU]\n"
    )
    (tmp_path / "note.txt").touch()
    found = {name: zoo.find(name) for name in ("a", "b", "ab", "c", "d")}
    assert found["a"] == Entry("a", tmp_path / "a.yaml", None)
    assert found["b"] == Entry("b", tmp_path / "b.yaml", None)
    assert found["ab"] == Entry("ab", tmp_path / "a.yaml", "ab")
    assert found["d"] == Entry("d", tmp_path / "b.yaml", "d")
    assert [entry.name for entry in zoo.nets()] == ["ab", "b", "c", "d"]


def test_an_unknown_name_has_a_suggestion():
    with pytest.raises(UnknownNet, match="did you mean resnet50") as caught:
        zoo.find("ResNet-50")
    assert caught.value.suggestion == "resnet50"
    with pytest.raises(UnknownNet, match="`cnnshape list` shows the zoo"):
        zoo.find("qqqqq")


@pytest.mark.parametrize("spec", ["net.yaml", "net.yml", "nets/one", f".{os.sep}one"])
def test_what_looks_like_a_path_is_one(spec):
    assert zoo.resolve(spec) == (Path(spec), None)


def test_a_file_is_taken_before_a_net_of_its_name_but_a_folder_is_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("lenet5").mkdir()
    assert zoo.resolve("lenet5") == (shipped.folder() / "lenet5.yaml", None)
    Path("resnet50").touch()
    assert zoo.resolve("resnet50") == (Path("resnet50"), None)
    assert zoo.resolve("resnet18") == (shipped.folder() / "resnet.yaml", "resnet18")
