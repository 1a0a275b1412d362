"""Python's own CIFAR batches, read without letting a pickle run anything.

A pickle names functions and classes that reading it calls. Here there are three names that
it may use, and each is answered with a plain record of our own: even NumPy is not called.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

MOST_CLASSES = 1000


class NotABatch(Exception):
    """Bytes that are no such batch. The text says why."""


def read_python_batch(content: bytes, labels_key: str) -> tuple[bytes, list[int]]:
    """The pixels, image after image, and the labels of a batch.

    Args:
        content: the file.
        labels_key: how it calls its labels, 'labels' or 'fine_labels'.

    Raises:
        NotABatch: it is no pickle, is cut off, names what it may not, or holds other things.
    """
    try:
        batch = _Reader(io.BytesIO(content), encoding="bytes").load()
    except NotABatch:
        raise
    except Exception as fault:  # what a pickle's damage raises is not foreseeable
        raise NotABatch(f"it is no whole pickle ({fault or type(fault).__name__})") from None
    if not isinstance(batch, dict):
        raise NotABatch("it holds no table of data and labels")
    values = {key.decode() if isinstance(key, bytes) else key: batch[key] for key in batch}
    data, labels = values.get("data"), values.get(labels_key)
    if not isinstance(data, _Array) or data.content is None:
        raise NotABatch("its 'data' is no array of bytes")
    if not isinstance(labels, list) or not all(map(_is_label, labels)):
        raise NotABatch(f"its '{labels_key}' is no list of labels")
    return data.content, labels


def _is_label(value: object) -> bool:
    return type(value) is int and 0 <= value < MOST_CLASSES


class _Array:
    """What a pickled array says of itself.

    Attributes:
        content: its elements in order, where they are unsigned bytes row by row; else None.
    """

    content: bytes | None = None

    def __setstate__(self, state: Any) -> None:
        """Take (version, shape, dtype, whether column by column, content)."""
        _, _, dtype, by_columns, content = state
        if isinstance(dtype, _ElementType) and dtype.is_byte and not by_columns:
            self.content = content if isinstance(content, bytes) else None


class _ElementType:
    """What a pickled dtype says of itself."""

    is_byte = False

    def __call__(self, code: Any, *_: Any) -> _ElementType:
        made = _ElementType()
        made.is_byte = code in (b"u1", "u1")
        return made

    def __setstate__(self, state: Any) -> None:
        """The rest, such as the order of bytes, does not concern single bytes."""


def _array(*_: Any) -> _Array:
    return _Array()


def _latin_bytes(text: Any, encoding: Any) -> bytes:
    """How Python 3 writes bytes for Python 2 to read."""
    if not isinstance(text, str) or encoding not in ("latin1", b"latin1"):
        raise NotABatch("it encodes a text in an unknown way")
    return text.encode("latin1")


_ADMITTED: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _array,
    ("numpy._core.multiarray", "_reconstruct"): _array,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _ElementType(),
    ("_codecs", "encode"): _latin_bytes,
}


class _Reader(pickle.Unpickler):
    """An unpickler for which there are no names but those admitted."""

    def find_class(self, module: str, name: str) -> Any:
        """What stands for a name; raises NotABatch for all but a few."""
        try:
            return _ADMITTED[module, name]
        except KeyError:
            raise NotABatch(
                f"it asks for {module}.{name}, which no batch needs: it may be harmful"
            ) from None
