"""``cnnshape verify``."""

from __future__ import annotations

import json

import pytest

from cnnshape import shipped
from cnnshape.commands._verdict import no_verification, verdict_lines
from cnnshape.torch_backend import verification

pytestmark = pytest.mark.torch


def _text(verification: dict[str, object]) -> str:
    return "\n".join("".join(text for _, text in line) for line in verdict_lines(verification))


def test_one_line_a_net_and_all_are_reported(cli, spec, faulty):
    result = cli("verify", faulty, spec)
    assert result.exit_code == 1
    first, second = result.stdout.splitlines()
    assert first == "faulty.yaml  ✗ failed: the spec is faulty: 2 errors"
    assert second.startswith("tiny.yaml    ✓ verified against PyTorch")
    assert second.endswith(" s")
    assert "did you mean Sigmoid?" in result.stderr


def test_live_unless_cached_is_asked_for(cli, spec):
    assert "(cached)" not in cli("verify", spec).stdout
    assert "(cached)" not in cli("verify", spec).stdout
    assert "(cached)" in cli("verify", spec, "--cached").stdout


def test_json_is_one_list(cli, spec, faulty):
    result = cli("verify", spec, faulty, "--format", "json")
    assert result.exit_code == 1
    sound, bad = json.loads(result.stdout)
    assert list(sound) == ["schema", "spec", "name", "verification"]
    assert (sound["schema"], sound["spec"], sound["name"]) == (1, "tiny.yaml", "tiny")
    assert sound["verification"]["status"] == "passed"
    assert (bad["name"], bad["verification"]["status"]) == (None, "failed")
    assert len(bad["verification"]["faults"]) == 2


def test_a_giant_is_run_on_meta_and_the_verdict_says_so(cli, tmp_path, monkeypatch):
    folder = tmp_path / "zoo"
    folder.mkdir()
    net = "input: [3, 8, 8]\nlayers: [{type: Conv2d, out_channels: %d, kernel_size: 1}]\n"
    (folder / "giant.yaml").write_text(net % 2)
    (folder / "small.yaml").write_text(net % 1)
    monkeypatch.setattr(shipped, "folder", lambda: folder)
    monkeypatch.setattr(verification, "GIANT", 3 * 8 * 8)
    giant, small = cli("verify", "--all").stdout.splitlines()
    assert " on meta (shapes alone: it takes 0.0 billion MACs): 1 layer agrees" in giant
    assert " on cpu: 1 layer agrees" in small
    assert " on meta" not in cli("verify", "--all", "--device", "cpu").stdout
    assert " on meta (shapes alone" in cli("show", "giant").stdout


def test_changes_and_device_apply(cli, spec):
    result = cli(
        "verify", spec, "--set", "width=3", "--input", "2x9x9", "--device", "meta",
        "--format", "json",
    )  # fmt: skip
    assert result.exit_code == 0
    (found,) = json.loads(result.stdout)
    assert found["verification"]["device"] == "meta"


def test_what_could_not_be_verified_is_not_well(cli, spec, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    result = cli("verify", spec)
    assert result.exit_code == 1
    assert "○ not verified: this needs torch, which is not installed; help: " in result.stdout


def test_a_verdict_tells_everything_that_was_found():
    verification = {
        **no_verification("failed", "shapes alone were run"),
        "device": "meta",
        "torch": "2.13.0",
        "layers_checked": 1,
        "mismatches": [
            {"path": "C1", "quantity": "macs", "expected": 1176, "found": 1177.5},
            {"path": "", "quantity": "torchinfo params", "expected": 156, "found": None},
        ],
        "skipped": [{"path": "P", "reason": "not on meta"}],
        "unknown_macs": [{"path": "X", "found": 5000}],
        "witness": {
            "name": "torchinfo", "version": "1.8.0", "status": "agrees", "params": 156,
            "trainable_params": 156, "mult_adds": 1, "reason": "it adds biases",
        },
    }  # fmt: skip
    assert _text(verification) == (
        "✗ failed against PyTorch 2.13.0 on meta: 2 mismatches in 1 layer\n"
        "  C1: macs: expected 1,176, found 1,177.5\n"
        "  the whole network: torchinfo params: expected 156, found none\n"
        "  note: shapes alone were run\n"
        "  P was not run: not on meta\n"
        "  X: MACs are not known to cnnshape; PyTorch counts 5,000\n"
        "  second witness torchinfo 1.8.0 agrees: 156 parameters; it adds biases"
    )


def test_a_witness_who_agrees_is_left_out_of_a_brief_verdict_and_the_reason_is_not():
    verification = {
        **no_verification("passed", "shapes alone: it takes 7.6 billion MACs"),
        "device": "meta",
        "torch": "2.13.0",
        "layers_checked": 2,
        "witness": {"status": "agrees"},
    }
    told = ["".join(text for _, text in line) for line in verdict_lines(verification, brief=True)]
    assert told == [
        "✓ verified against PyTorch 2.13.0 on meta (shapes alone: it takes 7.6 billion MACs): "
        "2 layers agree in shape, parameters and MACs"
    ]


def test_a_silent_witness_says_why():
    verification = {
        **no_verification("passed", ""),
        "device": "cpu",
        "torch": "2.13.0",
        "layers_checked": 2,
        "witness": {"status": "silent", "reason": "torchinfo is not installed"},
    }
    assert _text(verification) == (
        "✓ verified against PyTorch 2.13.0 on cpu: "
        "2 layers agree in shape, parameters and MACs\n"
        "  no second witness: torchinfo is not installed"
    )
