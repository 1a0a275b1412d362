"""scikit-learn's digits, read without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnshape.training.data import DataError, load_data


def test_they_are_those_that_scikit_learn_gives() -> None:
    from sklearn.datasets import load_digits

    data = load_data("digits", input_shape=(1, 32, 32))
    given = load_digits()
    pixels = np.concatenate([data.train.pixels(slice(None)), data.test.pixels(slice(None))])
    assert pixels.shape == (1797, 1, 10, 10)
    assert not pixels[:, :, [0, -1]].any()
    assert not pixels[:, :, :, [0, -1]].any()
    assert pixels.max() == 255
    labels = np.concatenate([data.train.labels, data.test.labels])
    ours = np.column_stack([pixels[:, 0, 1:-1, 1:-1].reshape(-1, 64), labels])
    theirs = np.column_stack([np.rint(given.data * 255 / 16), given.target])
    assert sorted(ours.tolist()) == sorted(theirs.tolist())


def test_the_division_is_stratified_and_fixed() -> None:
    from sklearn.datasets import load_digits

    data = load_data("digits", input_shape=(1, 32, 32))
    again = load_data("digits", input_shape=(1, 32, 32), seed=7)
    assert (len(data.train), len(data.test)) == (1442, 355)
    share = np.bincount(data.test.labels) / np.bincount(load_digits().target)
    assert (abs(share - 0.2) < 0.01).all()
    assert np.array_equal(data.test.pixels(slice(None)), again.test.pixels(slice(None)))
    assert data.notes == (
        "digits: 1,442 training and 355 test images of 8×8 pixels; of each class, every 5th is "
        "for the test",
        "an empty pixel is put around each: they fill their 8×8 to the edge",
    )


@pytest.mark.slow
def test_scikit_learn_is_not_imported() -> None:
    script = (
        "import sys; from cnnshape.training.data import load_data;"
        "load_data('digits', input_shape=(1, 32, 32)); print('sklearn' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert run.stdout == "False\n"


def test_without_scikit_learn_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnshape.training.data.digits.find_spec", lambda name: None)
    with pytest.raises(DataError, match="-m pip install scikit-learn"):
        load_data("digits", input_shape=(1, 32, 32))


def test_a_damaged_file_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Spec:
        submodule_search_locations = (str(tmp_path),)

    folder = tmp_path / "datasets" / "data"
    folder.mkdir(parents=True)
    (folder / "digits.csv.gz").write_bytes(b"no gzip file")
    monkeypatch.setattr("cnnshape.training.data.digits.find_spec", lambda name: Spec)
    with pytest.raises(DataError, match="not whole here"):
        load_data("digits", input_shape=(1, 32, 32))
