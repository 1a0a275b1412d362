"""``cnnshape layers``."""

from __future__ import annotations

import json

from cnnshape.layers import listed


def test_every_type_is_listed_once_in_every_format(cli):
    names = cli("layers", "--format", "names").stdout.split()
    assert sorted(names) == sorted(listed())
    told = json.loads(cli("layers", "--format", "json").stdout)["layers"]
    assert [layer["type"] for layer in told] == names
    assert all(layer["summary"] and layer["family"] for layer in told)
    lines = cli("layers").stdout.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == names
    assert [line for line in lines if not line.startswith(" ")] == sorted(
        {kind.kind for kind in listed().values()}
    )


def test_a_word_filters_by_name_and_line(cli):
    names = cli("layers", "transposed", "--format", "names").stdout.split()
    assert "ConvTranspose2d" in names
    assert "Conv2d" not in names
    assert (
        cli("layers", "convtranspose2D", "--format", "names").stdout.split()[0].startswith("Conv")
    )


def test_a_word_of_another_library_is_told_as_what_it_is_here(cli):
    run = cli("layers", "UpSampling2D", "--format", "names")
    assert run.stdout.split() == ["Upsample"]
    assert "UpSampling2D is Upsample here" in run.stderr
    run = cli("layers", "SeparableConv2D")
    assert run.exit_code == 2
    assert "two layers here" in " ".join(run.stderr.split())
    run = cli("layers", "frobnicate")
    assert run.exit_code == 2
    assert "no layer type is called" in run.stderr
