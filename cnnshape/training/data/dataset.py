"""What a data set is: images with labels, in two parts, and how one fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels: TypeAlias = NDArray[np.uint8]
    Labels: TypeAlias = NDArray[np.int64]
    Index: TypeAlias = slice | NDArray[np.int64]


Report: TypeAlias = Callable[[str], None]
"""What is told a line of what goes on."""


CheckClasses: TypeAlias = Callable[[int], object]
"""What is given the number of classes, and raises where they cannot be learned."""


class DataError(Exception):
    """A data set that cannot be had as asked. The text is one line: what is wrong, what helps."""


@dataclass(frozen=True)
class Drawing:
    """Light strokes on black, in grey: how images of this kind lie in their frame.

    Attributes:
        box: the side in pixels of the square that the strokes just fill; None: they lie as
            they were found.
    """

    box: int | None = None


class Images(Protocol):
    """Labelled images of one shape. It can be sent to another process.

    Attributes:
        labels: the classes of the images, int64, N.
        shape: of an image: C×H×W, or whatever a network's input is.
        drawing: how they are drawn, where they are light strokes on black; else None.
        in_memory: whether to ask for pixels costs next to nothing.
    """

    @property
    def labels(self) -> Labels: ...

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def drawing(self) -> Drawing | None: ...

    @property
    def in_memory(self) -> bool: ...

    def __len__(self) -> int: ...

    def pixels(self, index: Index) -> Pixels:
        """The images of a slice or of an array of numbers: uint8, n×C×H×W.

        Raises:
            DataError: a file cannot be read any more.
        """


@dataclass(frozen=True, eq=False)
class ArrayImages:
    """Images in memory.

    Attributes:
        array: uint8, N×C×H×W.
        labels, drawing, in_memory: see `Images`.
    """

    array: Pixels
    labels: Labels
    drawing: Drawing | None = None
    in_memory: bool = True

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape[1:]

    def __len__(self) -> int:
        return len(self.labels)

    def pixels(self, index: Index) -> Pixels:
        return self.array[index]


@dataclass(frozen=True, eq=False)
class SomeImages:
    """Some of other images, by their numbers.

    Attributes:
        images: those that they are of.
        numbers: which, in their order.
    """

    images: Images
    numbers: Labels

    @property
    def labels(self) -> Labels:
        return self.images.labels[self.numbers]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.images.shape

    @property
    def drawing(self) -> Drawing | None:
        return self.images.drawing

    @property
    def in_memory(self) -> bool:
        return self.images.in_memory

    def __len__(self) -> int:
        return len(self.numbers)

    def pixels(self, index: Index) -> Pixels:
        return self.images.pixels(self.numbers[index])


@dataclass(frozen=True)
class Data:
    """A data set.

    Attributes:
        name: as it was asked for.
        classes: their names; a label is an index into them.
        train, test: the two parts.
        notes: what a user should be told of it, a sentence each: the split, skipped images.
        files: where it is made of the user's own files, one of these a line each: part, name
            and size. The data set is known again by them.
    """

    name: str
    classes: tuple[str, ...]
    train: Images
    test: Images
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
