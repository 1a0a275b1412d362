"""A safetensors file, made a tensor at a time.

The library makes a whole file in memory, from copies of all tensors: of a network of 500 MB and
its optimizer's state that would be three times 1 GB, for a run that has no room for them.

Source: the format's own page, https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

ALIGNMENT = 8
"""What the length of the header is a multiple of."""
DTYPES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.complex64: "C64", torch.int64: "I64", torch.int32: "I32", torch.int16: "I16",
    torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}  # fmt: skip
"""What the format calls the types of elements."""


def file_parts(tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> Iterator[memoryview]:
    """The bytes of a file, part by part.

    Args:
        tensors: by name, on any device; those that share their memory are written each.
        notes: texts by name, which the file holds beside the tensors.
    """
    # The largest elements first: then each begins at a multiple of its size.
    names = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    yield memoryview(_header({name: tensors[name] for name in names}, notes))
    for name in names:
        yield bytes_of(tensors[name])


def bytes_of(tensor: Tensor) -> memoryview:
    """The elements of a tensor in order, as they are in a file."""
    return tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data


def _header(tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> bytes:
    table: dict[str, object] = {"__metadata__": dict(notes)} if notes else {}
    end = 0
    for name, tensor in tensors.items():
        start, end = end, end + tensor.nbytes
        table[name] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return len(text).to_bytes(8, "little") + text
