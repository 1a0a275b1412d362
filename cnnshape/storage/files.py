"""Files are written whole or not at all, and never over what they are made from."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def write_atomically(
    path: str | Path, content: str | bytes | Iterable[bytes | memoryview], *, durable: bool = False
) -> None:
    """Write a file so that a reader meets its old content or its new, never a part.

    Text is written as UTF-8. A link is followed: the file that it points to is replaced. What
    is no ordinary file, such as /dev/stdout, is written into.

    Args:
        path: the file.
        content: all of it, or its parts.
        durable: wait until it is on the disk, so that this holds where the machine goes down,
            too. It takes milliseconds, or tens of them.

    Raises:
        OSError: the folder is missing, not writable or full; nothing is left behind.
    """
    text = content.encode("utf-8") if isinstance(content, str) else content
    parts = [text] if isinstance(text, bytes) else text
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file() and not target.is_dir():
        with target.open("wb") as file:
            file.writelines(parts)
        return
    if target.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    except OSError as fault:
        raise type(fault)(fault.errno, fault.strerror, str(path)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def is_same_file(one: str | Path, other: str | Path) -> bool:
    """Whether two paths lead to one file: by links of either kind, or by another spelling."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):  # ValueError: a null character, which no path holds
        return os.path.realpath(one) == os.path.realpath(other)


def _mode(target: Path) -> int:
    """The permissions that the file has, or those that a new one would get."""
    try:
        return target.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
