"""Batches of a data set on the device of a run: from memory where it fits, else streamed."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, NamedTuple, Protocol
from warnings import catch_warnings, filterwarnings

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..torch_backend.devices import free_memory_of
from .data import DataError

if TYPE_CHECKING:
    from ..layers.shapes import Shape
    from .data import Images
    from .data.preparation import Preparation

CHUNK = 4096
"""Images that are brought into the network's geometry at once: bounds what is alive twice."""
MEMORY_SHARE = 0.5
"""Of the memory that is free, what a data set may fill; the rest is for the network."""
PREFETCH = 4
"""Batches that each worker process holds ready."""


class Batch(NamedTuple):
    """n samples on the run's device: pixels uint8 n×C×H×W as the network reads them; labels."""

    pixels: Tensor
    labels: Tensor


class Samples(Protocol):
    """A part of a data set, from which batches are taken."""

    def __len__(self) -> int:
        """How many samples there are."""

    def batches(self, order: Sequence[Tensor]) -> Iterator[Batch]:
        """The batches of the samples whose numbers are in each tensor."""


class Resident:
    """Samples in the memory of a device, in the geometry of the network."""

    def __init__(self, pixels: Tensor, labels: Tensor) -> None:
        self.pixels = pixels
        self.labels = labels

    @classmethod
    def of(
        cls, images: Images, preparation: Preparation, shape: Shape, device: torch.device
    ) -> Resident:
        """The images, brought to `shape`, on a device."""
        pixels = torch.empty((len(images), *shape), dtype=torch.uint8, device=device)
        for start in range(0, len(images), CHUNK):
            chunk = slice(start, start + CHUNK)
            pixels[chunk] = preparation.geometry(torch.from_numpy(images.pixels(chunk)))
        return cls(pixels, torch.from_numpy(images.labels).to(device))

    def __len__(self) -> int:
        return len(self.labels)

    def batches(self, order: Sequence[Tensor]) -> Iterator[Batch]:
        # The numbers go to the device once: a copy a batch would wait for the device each time.
        numbers = torch.cat([*order]).to(self.labels.device) if order else torch.tensor([])
        for chosen in torch.split(numbers, [len(batch) for batch in order]):
            yield Batch(self.pixels[chosen], self.labels[chosen])


class Streamed:
    """Samples that are read and prepared by worker processes while the network computes."""

    def __init__(
        self, images: Images, preparation: Preparation, device: torch.device, workers: int
    ) -> None:
        self.source = _Source(images, preparation)
        self.device = device
        self.workers = workers

    def __len__(self) -> int:
        return len(self.source.images)

    def batches(self, order: Sequence[Tensor]) -> Iterator[Batch]:
        with catch_warnings():
            # That there are more workers than cores: as was asked for, perhaps elsewhere.
            filterwarnings("ignore", "This DataLoader will create", UserWarning)
            loader = DataLoader(
                self.source,
                batch_size=None,
                sampler=order,
                num_workers=self.workers,
                prefetch_factor=PREFETCH if self.workers else None,
                pin_memory=self.device.type == "cuda",
                worker_init_fn=_leave_interrupts_to_the_run,
            )
            reader = iter(loader)
        for read in reader:
            if isinstance(read, DataError):
                raise read
            pixels, labels = read
            yield Batch(
                pixels.to(self.device, non_blocking=True),
                labels.to(self.device, non_blocking=True),
            )


def _leave_interrupts_to_the_run(worker: int) -> None:
    """Ctrl-C reaches all processes of a terminal: the run, which saves, needs its readers yet."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Source(Dataset["tuple[Tensor, Tensor] | DataError"]):
    """Gives whole batches: what is asked for is a tensor of numbers.

    A fault is given, not raised: what a worker raises comes with its traceback for a text.
    """

    def __init__(self, images: Images, preparation: Preparation) -> None:
        self.images = images
        self.preparation = preparation

    def __getitem__(self, numbers: Tensor) -> tuple[Tensor, Tensor] | DataError:
        try:
            pixels = torch.from_numpy(self.images.pixels(numbers.numpy()))
        except DataError as fault:
            return fault
        return self.preparation.geometry(pixels), torch.from_numpy(self.images.labels)[numbers]


def open_samples(
    images: Images, preparation: Preparation, shape: Shape, device: torch.device, workers: int
) -> Resident | Streamed:
    """The images as samples of `shape` on `device`: in its memory, where they fit into a share
    of what is free there, else streamed by so many workers."""
    free = free_memory_of(device)
    if free is None or len(images) * prod(shape) <= MEMORY_SHARE * free:
        return Resident.of(images, preparation, shape, device)
    return Streamed(images, preparation, device, workers)
