"""A part of a value: one chunk of a split, a range, a crop."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..fixes import Fix, at_most, setting
from ._dimensions import sample_dimension
from ._python import Python
from ._spatial import SpatialLayer, axes, folded
from .base import ELEMENTWISE, Example, Layer, LayerError, Step, function_module
from .fields import Either, Integer, ListOf, PerDimension, defaulted, required
from .shapes import Shape, Shapes, format_shape, minus, per_dimension, spatial_letters

if TYPE_CHECKING:
    from torch import nn


class _Selection(Layer):
    """A layer that gives some of what it reads, along one dimension."""

    kind = "shape"
    dim = defaulted(Integer(), 1)

    def _length(self, size: int) -> int:
        """How many positions of `size` it gives; raises LayerError."""
        raise NotImplementedError

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        place = sample_dimension(self, self.dim, shape) - 1
        return (*shape[:place], self._length(shape[place]), *shape[place + 1 :])

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return (ELEMENTWISE,) * (len(output) - 1) or None

    def _one_of(self, index: int, count: int, size: int) -> int:
        """`index` as a number from 0; raises LayerError where there is no such part."""
        if not -count <= index < count:
            raise LayerError(
                f"there is no part {minus(index)}: {size} gives {count} "
                f"part{'s' if count != 1 else ''}",
                fixes=[setting(f"index from 0 to {count - 1}", index=count - 1)],
                field="index",
            )
        return index % count


class Chunk(_Selection):
    """One of several equal parts; the last may be smaller.

    Args:
        chunks: how many parts to make.
        dim: the dimension to part, the batch counted as 0.
        index: which part to give, from 0; negative from the end.

    Source: torch.chunk.
    """

    python = Python(
        call=lambda module, inputs, arguments: "{0}.chunk({chunks}, dim={dim})[{index}]".format(
            *inputs, **arguments
        )
    )
    examples = (
        Example({"chunks": 2, "index": 0}, (116, 28, 28), (58, 28, 28)),
        Example({"chunks": 3, "index": -1}, (8, 10), (2, 10)),
        Example({"chunks": 2, "dim": 2, "index": 1}, (3, 5, 5), (3, 2, 5)),
    )

    chunks = required(Integer(min=1))
    index = required(Integer())

    def _length(self, size: int) -> int:
        each = -(-size // self.chunks)
        count = -(-size // each)
        index = self._one_of(self.index, count, size)
        return min(each, size - index * each)

    def formula(self, inputs: Shapes, output: Shape) -> str:
        place = sample_dimension(self, self.dim, inputs[0]) - 1
        size = inputs[0][place]
        if size % self.chunks == 0:
            return f"{size}/{self.chunks} = {output[place]}"
        return f"part {minus(self.index)} of {size} in parts of ⌈{size}/{self.chunks}⌉"

    def summary(self) -> str:
        dim = "" if self.dim == 1 else f" along {minus(self.dim)}"
        return f"part {minus(self.index)} of {self.chunks}{dim}"

    def module(self) -> nn.Module:
        chunks, dim, index = self.chunks, self.dim, self.index
        return function_module(lambda x: x.chunk(chunks, dim)[index])


class Split(_Selection):
    """One of several parts of given sizes.

    Args:
        split_size: the size of each part (the last may be smaller), or the list of all sizes.
        dim: the dimension to split, the batch counted as 0.
        index: which part to give, from 0; negative from the end.

    Source: torch.split.
    """

    python = Python(
        call=lambda module, inputs, arguments: "{0}.split({split_size}, dim={dim})[{index}]".format(
            *inputs, **arguments
        )
    )
    examples = (
        Example({"split_size": 24, "index": 1}, (72, 14, 14), (24, 14, 14)),
        Example({"split_size": [1, 3, 4], "index": 2}, (8, 10), (4, 10)),
        Example({"split_size": 3, "index": -1}, (8,), (2,)),
    )

    split_size = required(Either(Integer(min=1), ListOf(Integer(min=0))))
    index = required(Integer())

    def _length(self, size: int) -> int:
        if isinstance(self.split_size, tuple):
            return self._listed_length(self.split_size, size)
        each: int = self.split_size
        index = self._one_of(self.index, -(-size // each), size)
        return min(each, size - index * each)

    def _listed_length(self, sizes: tuple[int, ...], size: int) -> int:
        total = sum(sizes)
        if total != size:
            raise LayerError(
                f"split_size {list(sizes)} adds up to {total}, not to {size}",
                fixes=_adding_up(sizes, size),
                help=f"the sizes must add up to {size}",
                field="split_size",
            )
        length = sizes[self._one_of(self.index, len(sizes), size)]
        if length == 0:
            raise LayerError(
                f"part {minus(self.index)} of {list(sizes)} is empty",
                fixes=[
                    setting(f"index a part of at least 1, as index: {part}", index=part)
                    for part, length in enumerate(sizes)
                    if length
                ][:1],
                field="index",
            )
        return length

    def summary(self) -> str:
        sizes = self.split_size
        parts = list(sizes) if isinstance(sizes, tuple) else sizes
        return f"part {minus(self.index)} of parts of {parts}"

    def module(self) -> nn.Module:
        sizes, dim, index = self.split_size, self.dim, self.index
        written = list(sizes) if isinstance(sizes, tuple) else sizes
        return function_module(lambda x: x.split(written, dim)[index])


class Narrow(_Selection):
    """A range of one dimension.

    Args:
        dim: the dimension, the batch counted as 0.
        start: the first position, from 0; negative from the end.
        length: how many positions.

    Source: torch.narrow.
    """

    python = Python(
        call=lambda module, inputs, arguments: "{0}.narrow({dim}, {start}, {length})".format(
            *inputs, **arguments
        )
    )
    examples = (
        Example({"start": 4, "length": 8}, (16, 5, 5), (8, 5, 5)),
        Example({"dim": 2, "start": -3, "length": 3}, (3, 10), (3, 3)),
    )

    start = required(Integer())
    length = required(Integer(min=1))

    def _length(self, size: int) -> int:
        start = self.start + size if self.start < 0 else self.start
        if not 0 <= start < size or start + self.length > size:
            raise LayerError(
                f"{self.length} from {minus(self.start)} on does not fit a dimension of {size}",
                fixes=[setting(f"start from 0 to {size - self.length}", start=size - self.length)]
                if self.length <= size
                else [Fix(f"start: 0 with length of at most {size}", {"start": 0, "length": size})],
                field="start" if self.length <= size else "length",
            )
        return self.length

    def summary(self) -> str:
        dim = "" if self.dim == 1 else f" along {minus(self.dim)}"
        return f"{self.length} from {minus(self.start)}{dim}"

    def module(self) -> nn.Module:
        dim, start, length = self.dim, self.start, self.length
        return function_module(lambda x: x.narrow(dim, start, length))


class _CenterCrop(SpatialLayer, abstract=True):
    """The middle of a map; where it cannot be cut evenly, one row more goes from the end."""

    kind = "shape"

    def _cropped(self, shape: Shape, size: Shape, field: str | None) -> Shape:
        for letter, have, want in zip(spatial_letters(len(size)), shape[1:], size, strict=True):
            if want > have:
                raise LayerError(
                    f"{self.type_name} cannot cut {letter} = {want} out of {have} "
                    f"({format_shape(shape)})",
                    fixes=[at_most(field, min(shape[1:]))] if field else [],
                    help="crop the larger map to the size of the smaller",
                    field=field,
                )
        return (shape[0], *size)

    def formula(self, inputs: Shapes, output: Shape) -> str:
        cuts = [have - want for have, want in zip(inputs[0][1:], output[1:], strict=True)]
        texts = [
            f"{have}−{cut // 2}−{cut - cut // 2} = {want}"
            for have, cut, want in zip(inputs[0][1:], cuts, output[1:], strict=True)
        ]
        return per_dimension(texts)

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return (ELEMENTWISE,) * (len(output) - 1)


class CenterCrop2d(_CenterCrop):
    """The middle of a map, of a given size.

    Args:
        size: the height and width that stay, one number or one for each.
    """

    spatial_dims: ClassVar[int] = 2
    python = Python(
        file="selecting",
        needs=("center_crop",),
        call=lambda module, inputs, arguments: f"center_crop({inputs[0]}, {arguments['size']})",
    )
    examples = (
        Example({"size": 56}, (512, 64, 64), (512, 56, 56)),
        Example({"size": [3, 4]}, (8, 6, 9), (8, 3, 4)),
    )

    size = required(PerDimension(Integer(min=1)))

    def output_shape(self, inputs: Shapes) -> Shape:
        self.channels_and_size(inputs)
        return self._cropped(inputs[0], self.size, "size")

    def summary(self) -> str:
        return folded(self.size)

    def module(self) -> nn.Module:
        from .modules.selecting import center_crop

        size = self.size
        return function_module(lambda x: center_crop(x, size))


class CropLike(_CenterCrop):
    """The middle of the first map, of the second map's height and width (or length, or volume).

    U-Net crops so what it copies from the way down.
    """

    inputs = (2, 2)
    python = Python(
        file="selecting",
        needs=("center_crop",),
        call=lambda module, inputs, arguments: "center_crop({}, {}.shape[2:])".format(*inputs),
    )
    reads_size_of = frozenset({1})
    examples = (
        Example({}, ((512, 64, 64), (512, 56, 56)), (512, 56, 56)),
        Example({}, ((4, 11), (8, 6)), (4, 6)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        large, small = inputs
        if len(large) != len(small) or len(large) < 2:
            raise LayerError(
                f"CropLike reads two maps of as many dimensions, not {format_shape(large)} "
                f"and {format_shape(small)}",
                help=f"both must be {axes(max(len(large), len(small), 2) - 1)}",
            )
        return self._cropped(large, small[1:], None)

    def module(self) -> nn.Module:
        from .modules.selecting import center_crop

        return function_module(lambda x, like: center_crop(x, like.shape[2:]))


def _adding_up(sizes: tuple[int, ...], size: int) -> list[Fix]:
    """The fixes that make one of the sizes what the others leave."""
    left = [size - sum(sizes) + each for each in sizes]
    return [
        setting(split_size=[*sizes[:part], rest, *sizes[part + 1 :]])
        for part, rest in reversed(list(enumerate(left)))
        if rest > 0
    ]
