"""torchinfo's count is explained where it can be, and is never said to be what it is not."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import torchinfo

import cnnshape
from cnnshape.layers import registry
from cnnshape.network import Network
from cnnshape.torch_backend import Report, Witness, verify

from .networks import Builder, chain

TYPES = registry()
Conv2d: Any = TYPES["Conv2d"]
ConvTranspose2d: Any = TYPES["ConvTranspose2d"]
BatchNorm2d: Any = TYPES["BatchNorm2d"]
Linear: Any = TYPES["Linear"]
ReLU: Any = TYPES["ReLU"]


def witness(network: Network) -> Witness:
    found = verify(network, "cpu").witness
    assert found is not None
    return found


def test_lenet5_is_explained_to_the_last_addition() -> None:
    # 6·28² + 16·10² + 120 + 84 + 10 biases are added to the 416,520 MACs.
    assert witness(cnnshape.load("lenet5")) == Witness(
        name="torchinfo",
        version=torchinfo.__version__,
        status="agrees",
        params=61_706,
        trainable_params=61_706,
        mult_adds=423_038,
        reason="torchinfo counts 423,038 mult-adds: it adds 6,518 bias additions to the MACs",
    )


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        ([Conv2d(out_channels=2, kernel_size=3, bias=False)], "1,944 mult-adds too"),
        (
            [Conv2d(out_channels=2, kernel_size=3, bias=False), BatchNorm2d()],
            "1,948 mult-adds: it adds 4 parameters of layers without MACs to the MACs",
        ),
        (
            [Conv2d(out_channels=2, kernel_size=3), BatchNorm2d()],
            "2,020 mult-adds: it adds 72 bias additions and 4 parameters of layers without "
            "MACs to the MACs",
        ),
        (
            [ConvTranspose2d(out_channels=2, kernel_size=3, bias=False)],
            "5,400 mult-adds: by a rule of its own for weights it counts 1,944 more in "
            "ConvTranspose2d",
        ),
        (
            [Linear(in_features=8, out_features=5)],
            "45 mult-adds: it adds 5 bias additions to the MACs; by a rule of its own for "
            "weights it counts 920 fewer in Linear",
        ),
        ([ReLU()], "0 mult-adds too"),
    ],
)
def test_each_part_of_the_difference_has_its_words(layers: list[Any], reason: str) -> None:
    found = witness(chain((3, 8, 8), *layers))
    assert found.status == "agrees"
    assert found.reason == f"torchinfo counts {reason}"


def test_shared_weights_are_counted_at_each_use() -> None:
    linear = Linear(out_features=4)
    network = Builder(4).add("a", linear).add("b", linear, shares="a").network()
    found = witness(network)
    assert (found.params, found.mult_adds, found.status) == (20, 40, "agrees")


def summed_up_with(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> Report:
    """The report on LeNet-5 where torchinfo's summary says something else."""
    real = torchinfo.summary

    def summary(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        for name, value in changed.items():
            setattr(result, name, value)
        return result

    monkeypatch.setattr(torchinfo, "summary", summary)
    return verify(cnnshape.load("lenet5"), "cpu")


def test_a_total_that_is_not_explained_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    report = summed_up_with(monkeypatch, total_mult_adds=2 * 423_039)
    assert report.status == "passed"
    assert report.witness is not None
    assert report.witness.status == "differs"
    assert report.witness.reason == (
        "torchinfo counts 423,039 mult-adds where its convention gives 423,038 for these "
        "layers: the difference is not explained"
    )


def test_a_total_that_no_batch_divides_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    report = summed_up_with(monkeypatch, total_mult_adds=3)
    assert report.witness is not None
    assert report.witness.reason == "torchinfo's mult-adds are not a multiple of the batch"


def test_parameters_that_differ_are_a_mismatch(monkeypatch: pytest.MonkeyPatch) -> None:
    report = summed_up_with(monkeypatch, total_params=61_707, trainable_params=61_700)
    assert report.status == "failed"
    assert [tuple(mismatch) for mismatch in report.mismatches] == [
        ("", "torchinfo params", 61_706, 61_707),
        ("", "torchinfo trainable params", 61_706, 61_700),
    ]
    assert report.witness is not None
    assert report.witness.status == "differs"


def test_without_torchinfo_the_verdict_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchinfo", None)
    report = verify(cnnshape.load("lenet5"), "cpu")
    assert report.status == "passed"
    assert report.witness is not None
    assert (report.witness.status, report.witness.params) == ("silent", None)
    assert report.witness.reason.startswith("torchinfo is not installed: ")


def test_a_torchinfo_that_fails_is_told_with_the_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    def summary(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("Failed to run torchinfo.") from TypeError("a list\nof lists")

    monkeypatch.setattr(torchinfo, "summary", summary)
    report = verify(cnnshape.load("lenet5"), "cpu")
    assert report.status == "passed"
    assert report.witness is not None
    assert report.witness.reason == "torchinfo cannot sum it up: TypeError: a list"


def test_it_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    witness(cnnshape.load("lenet5"))
    assert capfd.readouterr() == ("", "")
