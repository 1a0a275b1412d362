"""The public names: load, loads, and what importing them costs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import cnnshape
from cnnshape.zoo import UnknownNet

from .patience import PATIENCE

SPEC = """input: [1, 8, 8]
params: {width: 2}
layers: [{type: Conv2d, out_channels: $width, kernel_size: 3}]
"""


def test_every_public_name_is_there() -> None:
    for name in cnnshape.__all__:
        assert getattr(cnnshape, name) is not None
    assert set(cnnshape.__all__) <= set(dir(cnnshape))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        cnnshape.nothing  # noqa: B018


def test_load_a_net_of_the_zoo() -> None:
    network = cnnshape.load("lenet5")
    assert (network.name, network.totals.params, network.totals.macs) == ("LeNet-5", 61706, 416520)


def test_load_a_variant_by_its_name() -> None:
    assert cnnshape.load("resnet50").totals.params == 25_557_032
    assert cnnshape.load("resnet", variant="resnet50").totals.params == 25_557_032


def test_load_with_another_input_and_parameters() -> None:
    network = cnnshape.load("resnet18", input=[3, 320, 320], params={"classes": 10})
    assert network.input_shape == (3, 320, 320)
    assert network.output_shapes == ((10,),)


@pytest.mark.parametrize("kind", [str, Path])
def test_load_a_file(tmp_path: Path, kind: type) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(SPEC, encoding="utf-8")
    network = cnnshape.load(kind(path), params={"width": 5})
    assert (network.name, network.output_shapes) == ("mine", ((5, 6, 6),))
    assert network.source == str(path)


def test_a_faulty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SPEC.replace("Conv2d", "Conv").encode())
    with pytest.raises(cnnshape.SpecError) as caught:
        cnnshape.load(path)
    assert f"  --> {path}:3:17\n" in str(caught.value)


def test_a_file_that_ships_is_named_without_where_it_is_installed() -> None:
    with pytest.raises(cnnshape.SpecError) as caught:
        cnnshape.load("resnet50", params={"depths": (3,)})
    assert re.search(r"  --> architectures.resnet\.yaml:\d+:\d+\n", str(caught.value))


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        cnnshape.load("nowhere/nothing.yaml")
    with pytest.raises(UnknownNet, match="did you mean lenet5"):
        cnnshape.load("lenet55")


def test_loads_names_its_text() -> None:
    with pytest.raises(cnnshape.SpecError) as caught:
        cnnshape.loads("layers: []", name="a cell")
    assert "--> a cell:1:1" in str(caught.value)


def test_an_impossible_input_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="at least 1, not -1"):
        cnnshape.loads(SPEC, input=(-1, 8, 8))
    with pytest.raises(ValueError, match="input has 5 dimensions"):
        cnnshape.loads(SPEC, input=(1, 1, 8, 8, 8))


def test_the_cycle_collector_is_left_as_it_was() -> None:
    import gc

    assert gc.isenabled()
    cnnshape.loads(SPEC)
    with pytest.raises(cnnshape.SpecError):
        cnnshape.loads("layers: [Nothing]")
    assert gc.isenabled()
    gc.disable()
    try:
        cnnshape.loads(SPEC)
        assert not gc.isenabled()
    finally:
        gc.enable()


def run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE
    ).stdout  # fmt: skip


HEAVY = "print(*({'torch', 'numpy', 'rich', 'typer', 'pydantic'} & sys.modules.keys()))"


@pytest.mark.slow
def test_a_network_is_loaded_without_torch_numpy_and_rich() -> None:
    code = "import sys, cnnshape; net = cnnshape.load('resnet50'); net.to_dict(); "
    assert run(code + HEAVY).strip() == ""


@pytest.mark.slow
def test_that_test_would_see_torch() -> None:
    assert run("import sys, cnnshape; cnnshape.load('lenet5').to_module(); " + HEAVY).strip() != ""
