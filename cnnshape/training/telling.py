"""What several processes of a run have to tell, told once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import Any

from .interruption import interrupts_noted

CONNECT_TIMEOUT = timedelta(seconds=30)
"""How long the launcher is called: it may have gone down with its machine."""
TELL_TIMEOUT = timedelta(minutes=5)
"""How long a process waits for the one that tells."""


def tell_once(text: str, tell: Callable[[], None]) -> None:
    """Call `tell` in one process of each machine: the first that comes here with this text.

    The others come back when it has told: where one ended before, the launcher would send
    SIGTERM to the one that tells. Where no launcher keeps count, every process tells.
    """
    key, store = key_of(text), None
    with interrupts_noted(signal.SIGTERM):
        try:
            store = _launchers_store()
            if store is not None and store.add(key, 1) > 1:
                store.wait([f"{key}/told"], TELL_TIMEOUT)
                return
        except RuntimeError:  # the launcher does not answer, or the one that tells is gone
            store = None
        try:
            tell()
        finally:
            if store is not None:
                with suppress(RuntimeError):
                    store.set(f"{key}/told", "")


def key_of(text: str) -> str:
    """Under which it is counted who comes with a text: on this machine, since the last start."""
    start, machine = (
        os.environ.get(name, "") for name in ("TORCHELASTIC_RESTART_COUNT", "GROUP_RANK")
    )
    return f"cnnshape/{start}/{machine}/{sha256(text.encode(errors='replace')).hexdigest()}"


def _launchers_store() -> Any:
    """The TCPStore that torchrun keeps for its processes; None without torchrun.

    Raises:
        RuntimeError: it cannot be reached.
    """
    if os.environ.get("TORCHELASTIC_USE_AGENT_STORE") != "True":
        return None
    from torch.distributed import TCPStore  # type: ignore[attr-defined]

    host, port = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
    return TCPStore(host, port, wait_for_workers=False, timeout=CONNECT_TIMEOUT)
