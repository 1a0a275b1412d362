"""safetensors files, held against the library that reads them."""

from __future__ import annotations

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load, save

from cnnshape.training.tensor_file import DTYPES, file_parts

BASE = torch.arange(6.0)
TENSORS = {
    **{str(dtype): torch.ones(3, dtype=dtype) for dtype in DTYPES},
    "matrix": torch.rand(3, 2, generator=torch.Generator().manual_seed(0)),
    "größe": torch.tensor(1.5),
    "empty": torch.empty(0, 4),
    "turned": torch.arange(6.0).view(2, 3).T,
    "last": torch.rand(2, 3, 4, 4).to(memory_format=torch.channels_last),
    "one": BASE[:3],
    "same": BASE,
    "learned": torch.nn.Parameter(torch.ones(2)),
}


@pytest.mark.parametrize("count", [0, 1, len(TENSORS)])
def test_the_library_reads_what_was_written(tmp_path, count):
    tensors = dict(list(TENSORS.items())[:count])
    content = b"".join(file_parts(tensors, {}))
    read = load(content)
    assert read.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert read[name].dtype == tensor.dtype
        assert torch.equal(read[name], tensor)


def test_it_is_byte_for_byte_what_the_library_writes():
    # Of floats alone: the library orders types of one size in a way of its own.
    tensors = {name: each.detach().contiguous().clone() for name, each in TENSORS.items()
               if each.dtype == torch.float32}  # fmt: skip
    assert b"".join(file_parts(tensors, {})) == save(tensors)


def test_notes_are_kept(tmp_path):
    notes = {"format": "mine", "plan": '{"a": "é\\n"}'}
    (tmp_path / "state").write_bytes(b"".join(file_parts(TENSORS, notes)))
    with safe_open(tmp_path / "state", "pt") as opened:
        assert opened.metadata() == notes
