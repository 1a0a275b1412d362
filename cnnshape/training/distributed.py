"""One run on several processes, by torch's own engine: started by torchrun, joined here.

Each process trains on its part of every batch; gradients and figures are averaged over all.
The first one alone, rank 0, prints and writes.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from .interruption import interrupts_noted

if TYPE_CHECKING:
    import torch
    from torch import Tensor

TIMEOUT = timedelta(minutes=15)
"""How long a process waits for the others. One that ends is noticed at once; this is for one
that hangs, a machine that goes away without a word, and a first download."""


READING_TIMEOUT = timedelta(days=2)
"""How long it waits while they read a data set, which may take hours."""


class PeerLost(Exception):
    """Another process of the run has ended or does not answer."""


@dataclass(frozen=True)
class Group:
    """The processes of a run, as one of them sees them.

    Attributes:
        rank: this one's number, from 0. size: how many there are.
        local_rank: its number on its own machine, which is also that of its GPU.
        local_size: how many are on its own machine, and share the memory of that.
    """

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    local_size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the one that prints and writes."""
        return self.rank == 0

    @property
    def alone(self) -> bool:
        """Whether it is the only one."""
        return self.size == 1

    def share(self, batch: Tensor) -> Tensor:
        """This process's part of a batch; every process has as many."""
        return batch if self.alone else batch[self.rank :: self.size]

    def add_up(self, tensor: Tensor) -> Tensor:
        """The sum of a tensor in main memory over all processes."""
        if self.alone:
            return tensor
        import torch.distributed

        device = "cuda" if torch.distributed.get_backend() == "nccl" else "cpu"
        message = tensor.to(device)
        torch.distributed.all_reduce(message)
        return message.cpu()

    def agree(self, tensors: Iterable[Tensor]) -> None:
        """Give every process, in place, the tensors of the one that leads."""
        if self.alone:
            return
        import torch.distributed

        for tensor in tensors:
            torch.distributed.broadcast(tensor, 0)

    def wait(self) -> None:
        """Go on when all processes are here."""
        if not self.alone:
            import torch.distributed

            torch.distributed.barrier()

    @contextmanager
    def patient(self) -> Iterator[Callable[[], None]]:
        """Gives what waits for all processes though they read for as long as READING_TIMEOUT."""
        if self.alone:
            yield lambda: None
            return
        import torch.distributed

        # Of its own, for a group's timeout is that of every message. One that ends is noticed.
        readers = torch.distributed.new_group(timeout=READING_TIMEOUT, backend="gloo")
        try:
            yield lambda: torch.distributed.barrier(readers)
        finally:
            torch.distributed.destroy_process_group(readers)


def this_process() -> Group:
    """What torchrun says of this process in its environment; alone where it says nothing."""
    numbers = [os.environ.get(name, "") for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK")]
    if not all(number.isdecimal() for number in numbers):
        return Group()
    rank, size, local_rank = map(int, numbers)
    here = os.environ.get("LOCAL_WORLD_SIZE", "")  # not every launcher says it
    return Group(rank, size, local_rank, int(here) if here.isdecimal() else 1)


@contextmanager
def told_before_the_end(group: Group) -> Iterator[None]:
    """Within the context a process has the time to say why the run ends.

    As soon as one has ended, the launcher sends SIGTERM to the others.
    """
    if group.alone:
        yield
        return
    with interrupts_noted(signal.SIGTERM, launched=True):
        yield


@contextmanager
def joined(group: Group, device: torch.device) -> Iterator[None]:
    """Meet the other processes for as long as the context lasts.

    Raises:
        PeerLost: another process ended meanwhile.
    """
    if group.alone:
        yield
        return
    import torch.distributed

    try:
        torch.distributed.init_process_group(
            "nccl" if device.type == "cuda" else "gloo", timeout=TIMEOUT
        )
        yield
    except RuntimeError as fault:
        if not tells_of_a_lost_peer(fault):
            raise
        raise PeerLost(
            "another process of the run has ended or does not answer, so this one ends too; "
            "go on with --resume when all are back"
        ) from None
    # Not where something went wrong: it would wait for those who are not there.
    torch.distributed.destroy_process_group()


def tells_of_a_lost_peer(fault: RuntimeError) -> bool:
    """Whether a fault of torch says that another process is gone."""
    import torch.distributed

    kinds = (torch.distributed.DistBackendError, torch.distributed.DistNetworkError)
    text = str(fault).lower()
    return isinstance(fault, kinds) or any(
        word in text for word in ("gloo", "nccl", "connection", "timed out")
    )
