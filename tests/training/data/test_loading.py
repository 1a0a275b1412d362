"""From the name of a data set to its images."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cnnshape.training.data import DataError, load_data
from cnnshape.training.data.loading import SETS, lasting_name

LENET = (1, 32, 32)


def told(name: str, **options: object) -> str:
    with pytest.raises(DataError) as fault:
        load_data(name, **{"input_shape": LENET, **options})  # type: ignore[arg-type]
    assert "\n" not in str(fault.value)
    return str(fault.value)


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    assert told("minst") == (
        "there is no data set 'minst': did you mean mnist? (known: digits, mnist, fashion-mnist, "
        "kmnist, cifar10, cifar100, folder:PATH, synthetic[:N])"
    )
    assert told("qqq").startswith("there is no data set 'qqq' (known: ")
    for name in ("", "folder", "digits:5", "MNIST:"):
        assert told(name).startswith("there is no data set")


@pytest.mark.parametrize("name", [*list(SETS)[:-2], "folder:somewhere"])
def test_networks_that_read_no_images_are_told_what_suits_them(name: str) -> None:
    for shape, reason in {
        (784,): "the network reads 784: an input of C×H×W is needed",
        (1, 784): "the network reads 1×784: an input of C×H×W is needed",
        (3, 8, 32, 32): "the network reads 3×8×32×32: an input of C×H×W is needed",
        (4, 32, 32): "1 channel or 3, and the network reads 4 (4×32×32)",
    }.items():
        message = told(name, input_shape=shape)
        assert reason in message
        assert message.endswith("; --dataset synthetic suits any network")


@pytest.mark.parametrize("name", ["digits", "synthetic", "folder:somewhere"])
def test_a_data_dir_is_for_published_sets(name: str, tmp_path: Path) -> None:
    kind = name.partition(":")[0]
    assert told(name, data_dir=tmp_path).endswith(f"such as mnist; {kind} has none")


@pytest.mark.slow
def test_importing_takes_neither_numpy_nor_torch() -> None:
    script = (
        "import sys, cnnshape.training, cnnshape.training.data\n"
        "print({'numpy', 'torch', 'PIL', 'sklearn', 'pooch', 'rich'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert run.stdout == "set()\n"


@pytest.mark.parametrize("name", ["folder:", "folder: "])
def test_a_folder_without_a_name_is_not_the_one_where_one_stands(name: str) -> None:
    assert told(name) == "folder: needs the path of a folder: --dataset folder:PATH"
    assert lasting_name(name) == name


def test_a_folder_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tv").mkdir()
    assert told("tv") == "there is no data set 'tv'; the folder of this name is folder:tv"
    assert lasting_name("folder:tv") == f"folder:{tmp_path / 'tv'}"
    assert lasting_name("mnist") == "mnist"


def test_the_page_has_a_line_for_each() -> None:
    page = Path(__file__).parents[3].joinpath("docs", "training.md").read_text("utf-8")
    for name, each in SETS.items():
        assert f"| `{name}{each.argument}` | {each.holds} |\n" in page
