"""``cnnshape explain``."""

from __future__ import annotations

import json


def test_a_layer_is_explained(cli, spec):
    result = cli("explain", str(spec), "C1")
    assert result.exit_code == 0
    assert "(32−5+2·0)/1+1 = 28" in result.stdout
    assert "4,704 × 25 = 117,600" in result.stdout
    assert "MaxPool2d" not in result.stdout


def test_options_change_the_network(cli, spec):
    result = cli("explain", str(spec), "C1", "--set", "width=7", "--input", "1x30x30")
    assert "(30−5+2·0)/1+1 = 26" in result.stdout
    assert "7·26·26 outputs" in result.stdout


def test_json_names_each_layer(cli, spec):
    result = cli("explain", str(spec), "--format", "json")
    data = json.loads(result.stdout)
    assert (data["schema"], data["name"]) == (1, "tiny")
    assert [layer["path"] for layer in data["layers"]] == ["C1", "relu1", "S2"]


def test_markdown_has_a_heading_a_layer(cli, spec):
    result = cli("explain", str(spec), "--format", "markdown")
    assert [line for line in result.stdout.splitlines() if line.startswith("## ")] == [
        "## C1", "## relu1", "## S2",
    ]  # fmt: skip


def test_a_layer_that_is_not_there_is_a_usage_error(cli, spec):
    result = cli("explain", str(spec), "relu2")
    assert result.exit_code == 2
    assert "tiny has no layer 'relu2'; did you mean relu1?" in result.stderr


def test_a_faulty_spec_is_told(cli, faulty):
    result = cli("explain", str(faulty))
    assert result.exit_code == 1
    assert "error: " in result.stderr
    assert result.stdout == ""
