"""One process at a time trains into a folder."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NAME = ".lock"
"""The file that is locked. It is gone when the run is left; one that a killed process leaves
locks nothing."""
TAKEN = (errno.EACCES, errno.EAGAIN)


class Locked(Exception):
    """Another process has the lock; the text says which."""


@dataclass
class Lock:
    """A lock that this process has, until it is released or the process ends, however it does.

    Attributes:
        file: the path of what is locked.
        handle: of the open file; None: it is released, or there was no lock to be had.
    """

    file: Path
    handle: int | None

    def release(self) -> None:
        """Let others have it. A second time nothing happens."""
        if self.handle is None:
            return
        with suppress(OSError):
            self.file.unlink()  # before another can take it
        with suppress(OSError):
            os.close(self.handle)
        self.handle = None


def take_lock(folder: Path, tell: Callable[[str], None]) -> Lock:
    """Lock a folder for this process; between its own threads it holds nobody off.

    Record locks are the system's own: they end with the process, are not inherited by the
    readers that it starts, and reach over network file systems that know locks at all. Where
    there are none, `tell` is given a line and the run goes on without.

    Raises:
        Locked: another process has it.
        OSError: the folder cannot be written into.
    """
    file = folder / NAME
    while True:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            _lock(handle)
        except (OSError, ImportError) as fault:
            if isinstance(fault, OSError) and fault.errno in TAKEN:
                owner = os.read(handle, 200).decode(errors="replace")
                os.close(handle)
                raise Locked(owner if owner.isprintable() else "") from None
            os.close(handle)
            with suppress(OSError):
                file.unlink()
            tell(f"{folder} cannot be locked here: see that no other process trains into it")
            return Lock(file, None)
        if _is_still(file, handle):
            os.truncate(handle, 0)
            os.write(handle, f"process {os.getpid()} on {socket.gethostname()}".encode())
            return Lock(file, handle)
        os.close(handle)  # its owner has left meanwhile, and removed it


def _lock(handle: int) -> None:
    """Lock an open file, or raise at once: ImportError on systems without such locks."""
    import fcntl

    fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_still(file: Path, handle: int) -> bool:
    """Whether a path still names the open file."""
    try:
        return os.path.samestat(os.stat(file), os.fstat(handle))
    except FileNotFoundError:
        return False
