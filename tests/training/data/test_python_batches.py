"""A pickle can give pixels and labels, and can do nothing else."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnshape.training.data.python_batches import NotABatch, read_python_batch

PIXELS = np.arange(2 * 3072, dtype=np.int64).astype(np.uint8).reshape(2, 3072)


def batch(**changes: Any) -> dict[str, Any]:
    return {"batch_label": "x", "labels": [3, 7], "data": PIXELS, "filenames": ["a"], **changes}


@pytest.mark.parametrize("protocol", range(5))
def test_batches_of_the_usual_protocols_are_read(protocol: int) -> None:
    content, labels = read_python_batch(pickle.dumps(batch(), protocol), "labels")
    assert content == PIXELS.tobytes()
    assert labels == [3, 7]


def test_a_batch_that_python_2_wrote_is_read() -> None:
    """The published ones are: texts without an encoding, and NumPy's old module."""
    written = (
        b"(dp0\nS'data'\np1\ncnumpy.core.multiarray\n_reconstruct\np2\n(cnumpy\nndarray\np3\n"
        b"(I0\ntp4\nS'b'\np5\ntp6\nRp7\n(I1\n(I2\nI3\ntp8\ncnumpy\ndtype\np9\n(S'u1'\np10\nI0\n"
        b"I1\ntp11\nRp12\n(I3\nS'|'\np13\nNNNI-1\nI-1\nI0\ntp14\nbI00\nS'\\x01\\x02\\xff\\x00AB'\n"
        b"p15\ntp16\nbsS'labels'\np17\n(lp18\nI4\naI0\nas."
    )
    assert read_python_batch(written, "labels") == (b"\x01\x02\xff\x00AB", [4, 0])


class Harmful:
    """What runs a command when it is read."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("place", ["data", "labels", "other"])
def test_nothing_is_called(tmp_path: Path, place: str) -> None:
    import os

    trace = tmp_path / "trace"
    content = pickle.dumps(batch(**{place: Harmful(os.mkdir, str(trace))}))
    with pytest.raises(NotABatch, match=r"it asks for (posix|nt)\.mkdir, which no batch needs"):
        read_python_batch(content, "labels")
    assert not trace.exists()


@pytest.mark.parametrize(
    "function", [eval, print, getattr, np.load, np.frombuffer, pickle.loads, __import__]
)
def test_no_other_name_is_known(function: Any) -> None:
    with pytest.raises(NotABatch, match="it asks for"):
        read_python_batch(pickle.dumps(batch(data=Harmful(function, "1"))), "labels")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (pickle.dumps([1, 2]), "it holds no table of data and labels"),
        (pickle.dumps({}), "its 'data' is no array of bytes"),
        (pickle.dumps(batch(data=[1, 2])), "its 'data' is no array of bytes"),
        (pickle.dumps(batch(data=PIXELS.astype(np.int32))), "its 'data' is no array of bytes"),
        (pickle.dumps(batch(data=np.asfortranarray(PIXELS))), "its 'data' is no array of bytes"),
        (pickle.dumps(batch(data=np.array([{}]))), "its 'data' is no array of bytes"),
        (pickle.dumps(batch(labels=None)), "its 'labels' is no list of labels"),
        (pickle.dumps(batch(labels=[1, "2"])), "its 'labels' is no list of labels"),
        (pickle.dumps(batch(labels=[1, True])), "its 'labels' is no list of labels"),
        (pickle.dumps(batch(labels=[1, -1])), "its 'labels' is no list of labels"),
        (pickle.dumps(batch(labels=[1, 1 << 80])), "its 'labels' is no list of labels"),
        (pickle.dumps(batch())[:-20], "it is no whole pickle"),
        (b"", "it is no whole pickle"),
        (b"<!DOCTYPE html>", "it is no whole pickle"),
    ],
)
def test_what_is_no_batch_is_told(content: bytes, told: str) -> None:
    with pytest.raises(NotABatch) as fault:
        read_python_batch(content, "labels")
    assert str(fault.value).startswith(told)
    assert "\n" not in str(fault.value)
