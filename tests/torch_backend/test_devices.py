"""How much memory a run takes, and how much there is."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnshape
from cnnshape.torch_backend import devices


def test_memory_needed_covers_parameters_and_activations() -> None:
    network = cnnshape.loads("{input: [10], layers: [{type: Linear, out_features: 5}, ReLU]}")
    # 55 parameters and the largest layer's again; twice, for 3 samples, 10 + 5 + 5 values.
    assert devices.memory_needed(network, 3) == 4 * (55 + 55 + 2 * 3 * 20)


def test_free_memory_is_known_here() -> None:
    free = devices.free_memory()
    assert free is not None
    assert free > 1 << 20


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (999_700, "1 MB"),
        (999_499, "999 kB"),
        (553_430_176, "553 MB"),
        (2 * 10**13, "20.0 TB"),
    ],
)
def test_bytes_are_written_readably(count: int, text: str) -> None:
    assert devices.readable_bytes(count) == text


@pytest.mark.parametrize(
    ("limit", "used"),
    [("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes")],
)
def test_a_control_group_leaves_less(
    limit: str, used: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "_control_groups", lambda: [tmp_path])
    unlimited = devices.free_memory()
    (tmp_path / limit).write_text("1000\n")
    (tmp_path / used).write_text("400\n")
    assert devices.free_memory() == 600
    (tmp_path / "memory.stat").write_text("anon 300\ninactive_file 100\n")
    assert devices.free_memory() == 700
    (tmp_path / limit).write_text("max\n")
    assert unlimited is not None
    assert devices.free_memory() == pytest.approx(unlimited, rel=0.5)
